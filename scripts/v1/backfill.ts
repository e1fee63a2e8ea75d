import { parseArgs } from "node:util";
import type { Sql } from "postgres";
import { z } from "zod";
import { alignRows } from "../city/align-rows.ts";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { BridgeError, connectBridge, findSituation, listByReason } from "./bridge.ts";
import { BACKFILLED } from "./differences.ts";
import { ProgressBar } from "./progress-bar.ts";

const USAGE = `DATABASE_URL=postgresql://... deno task v1:backfill [options]

  --batch N     rows a transaction (1000); fewer keep V2's writers waiting less
  --again       from the beginning; what was carried is looked at again and left as it is
  --help        this text

Carries V1's people, trips and matches to V2, then what V2 had before the bridge to V1. Stop it whenever you like:
it goes on where it was. V1 and V2 go on working meanwhile. Afterwards: deno task v1:verify`;

const batchAnswer = z.union([
  z.object({ busy: z.literal(true) }),
  z.object({
    busy: z.literal(false),
    done: z.number(),
    total: z.number(),
    rejected: z.number(),
    rows: z.number(),
    finished: z.boolean(),
  }),
]);

/** `deno task v1:backfill`: carries history, in batches that a crash undoes at most one of. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      batch: { type: "string", default: "1000" },
      again: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const batch = Number(values.batch);
  if (!Number.isInteger(batch) || batch < 1 || batch > 10_000) {
    throw new BridgeError(`--batch is a number from 1 to 10000, received "${values.batch}"`);
  }
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => interruption.abort());
  }
  const sql = connectBridge(Deno.env.get("DATABASE_URL"));
  try {
    const situation = await findSituation(sql);
    if (situation === "no V1") {
      report("There is no V1 in this database (no table public.rides_trips): nothing to carry");
      return 0;
    }
    if (situation === "not installed") {
      throw new BridgeError(
        "The bridge is not installed, so later changes would be missed. Run: deno task deploy database",
      );
    }
    if (values.again) await sql`delete from mobility_v1.backfills`;
    for (const table of BACKFILLED) {
      if (!await backfillTable(sql, { table, batch, signal: interruption.signal })) {
        report("Stopped. The same command goes on from here.");
        return 130;
      }
    }
    await printOutcome(sql);
    report("Next: deno task v1:verify");
    return 0;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Whether it came to the end of the table, rather than being told to stop. */
async function backfillTable(
  sql: Sql,
  { table, batch, signal }: { table: string; batch: number; signal: AbortSignal },
): Promise<boolean> {
  const bar = new ProgressBar();
  const started = performance.now();
  let carried = 0;
  try {
    while (!signal.aborted) {
      const [row] = await sql<{ answer: unknown }[]>`
        select mobility_v1.backfill_batch(${table}, ${batch}) as answer`;
      const answer = batchAnswer.parse(row?.answer);
      // Another carrier has the bridge; it was waited for.
      if (answer.busy) continue;
      carried += answer.rows;
      const seconds = (performance.now() - started) / 1000;
      bar.show({
        what: table,
        done: answer.done,
        total: Math.max(answer.total, answer.done),
        rate: carried / Math.max(seconds, 0.001),
      });
      if (answer.finished) return true;
    }
    return false;
  } finally {
    bar.end();
  }
}

async function printOutcome(sql: Sql): Promise<void> {
  const rows = await sql<
    { table: string; v1: number; v2: number; made: number; rejected: number }[]
  >`
    select t.name as table,
      (select count(*)::integer from mobility_v1.synthetic s where s."table" = t.name) as made,
      (select count(*)::integer from mobility_v1.rejects r where r."table" = t.name) as rejected,
      c.v1, c.v2
    from (
      select 'profiles' as name, count(*) filter (where born = '1')::integer as v1,
        count(*) filter (where born = '2')::integer as v2 from mobility_v1.carried_profiles
      union all select 'trips', count(*) filter (where born = '1')::integer,
        count(*) filter (where born = '2')::integer from mobility_v1.carried_trips
      union all select 'matches', count(*) filter (where born = '1')::integer,
        count(*) filter (where born = '2')::integer from mobility_v1.carried_matches
    ) c (name, v1, v2) join (values ('profiles', 1), ('trips', 2), ('matches', 3)) t (name, n) using (name)
    order by t.n`;
  for (
    const line of alignRows([
      ["", "V1 to V2", "V2 to V1", "made up for V1", "rejected"],
      ...rows.map((row) => [row.table, `${row.v1}`, `${row.v2}`, `${row.made}`, `${row.rejected}`]),
    ])
  ) print(line);
  for (const list of ["repairs", "rejects"] as const) {
    const found = await listByReason(sql, list);
    if (found.length === 0) continue;
    print("");
    print(list === "repairs" ? "Repaired in V2 (V1 keeps its own)" : "Rejected");
    const lines = found.map(({ table, reason, rows }) => [`${table} ${reason}`, `${rows}`]);
    for (const line of alignRows(lines)) print(`  ${line}`);
  }
}

if (import.meta.main) await runCommand(main, USAGE);
