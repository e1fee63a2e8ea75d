import { parseArgs } from "node:util";
import type { Sql } from "postgres";
import { z } from "zod";
import { alignRows } from "../city/align-rows.ts";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { BridgeError, connectBridge, findSituation, listByReason } from "./bridge.ts";

const USAGE = `DATABASE_URL=postgresql://... deno task v1:verify [options]

  --wait N      seconds to wait for changes that are being carried (60)
  --show N      differences to print (20)
  --help        this text

Compares every row of V1 with V2's and every row of V2 with V1's. Exit code 1 when there is a difference. What
cannot be carried is listed by reason; it is no difference. Nothing personal is printed.`;

const differenceRows = z.array(z.object({
  table: z.string(),
  id: z.string(),
  column: z.string().nullable(),
  v1: z.string().nullable(),
  v2: z.string().nullable(),
}));
type Difference = z.infer<typeof differenceRows>[number];

/** `deno task v1:verify`: whether V1 and V2 are equal. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      wait: { type: "string", default: "60" },
      show: { type: "string", default: "20" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const sql = connectBridge(Deno.env.get("DATABASE_URL"));
  try {
    const situation = await findSituation(sql);
    if (situation === "no V1") {
      report("There is no V1 in this database (no table public.rides_trips): nothing to compare");
      return 0;
    }
    if (situation === "not installed") {
      throw new BridgeError(
        "The bridge is not installed: what changed since is not carried. Run: select mobility_v1.install()",
      );
    }
    await warnOfHistory(sql);
    const left = await waitForQuiet(sql, wholeNumber(values.wait, "--wait"));
    const found = await compare(sql);
    printDifferences(found, wholeNumber(values.show, "--show"));
    await printRejects(sql);
    if (left > 0) {
      report(
        `${left} changes were still being carried: what they are about may differ for a moment`,
      );
    }
    return found.length === 0 ? 0 : 1;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function wholeNumber(value: string, option: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new BridgeError(`${option} is a whole number, received "${value}"`);
}

/** History that was never carried is a difference a row; better to say why. */
async function warnOfHistory(sql: Sql): Promise<void> {
  const rows = await sql<{ open: number }[]>`
    select count(*)::integer as open from unnest(array['profiles', 'trips', 'matches',
      'v2_profiles', 'v2_trips', 'v2_matches']) t
    where not exists (select from mobility_v1.backfills b where b."table" = t and b.finished_at is not null)`;
  if ((rows[0]?.open ?? 0) > 0) {
    report("The backfill has not come to its end: first deno task v1:backfill");
  }
}

/** Carries along with the job until nothing is noted; gives how much is left when the time is over. */
async function waitForQuiet(sql: Sql, patienceS: number): Promise<number> {
  const until = Date.now() + patienceS * 1000;
  while (true) {
    await sql`select public.sync_v1()`;
    const left = await pending(sql);
    if (left === 0 || Date.now() >= until) return left;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function pending(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer as count from mobility_v1.changes`;
  return row?.count ?? 0;
}

/**
 * What differs in one snapshot. A row that is just being carried has its note in the same snapshot, since
 * both are of one transaction: it is no difference, unless its note has been waiting for long.
 */
async function compare(sql: Sql): Promise<Difference[]> {
  return differenceRows.parse([
    ...await sql`
      select v.* from mobility_v1.verify() v
      where not exists (
        select from mobility_v1.changes c
        where c.tbl = v."table" and c.id = v.id and c.at > now() - interval '30 seconds')
      order by 1, 2, 3`,
  ]);
}

function printDifferences(found: readonly Difference[], show: number): void {
  if (found.length === 0) {
    print("V1 and V2 are equal: 0 differences");
    return;
  }
  print(`${found.length} differences`);
  const lines = found.slice(0, show).map(({ table, id, column, v1, v2 }) => [
    `${table} ${id} ${column === "*" ? "the row" : column}`,
    `V1: ${v1 ?? "none"}`,
    `V2: ${v2 ?? "none"}`,
  ]);
  for (const line of alignRows(lines)) print(`  ${line}`);
  if (found.length > show) print(`  and ${found.length - show} more (--show ${found.length})`);
}

async function printRejects(sql: Sql): Promise<void> {
  const rejects = await listByReason(sql, "rejects");
  if (rejects.length === 0) return;
  print("");
  print("Not carried, by reason (correct the row where it is, and it is carried)");
  const lines = rejects.map(({ table, reason, rows, examples }) => [
    `${table} ${reason}`,
    `${rows}`,
    examples.join(" "),
  ]);
  for (const line of alignRows(lines)) print(`  ${line}`);
}

if (import.meta.main) await runCommand(main, USAGE);
