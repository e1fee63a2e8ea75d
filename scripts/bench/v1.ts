import { parseArgs } from "node:util";
import postgres from "postgres";
import { migrate } from "../postgres/migrate.ts";
import { startTemporaryPostgres } from "../postgres/temporary-postgres.ts";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { runInFull } from "../v1/rehearsal/full-run.ts";
import { addServiceArea, createV1, fillV1 } from "../v1/rehearsal/v1-fixture.ts";
import { describeMachine, publish, type Ratio, type Result, summarize } from "./results.ts";
import { measureWrites } from "./v1-writes.ts";

const USAGE = `deno task bench:v1 [options]

  --only PART   writes: what the triggers cost V1; history: backfill and verification at full size (both)
  --trips N     trips of V1 (100,000)
  --matches N   matches of V1 (40,000)
  --kills N     how often the backfill is killed (3)
  --quick       short rounds of writes, a tenth of the history
  --json FILE   write the results there too
  --help        this text`;

/** `deno task bench:v1`: V1 and V2 side by side, on PostgreSQLs of its own. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      only: { type: "string" },
      trips: { type: "string", default: "100000" },
      matches: { type: "string", default: "40000" },
      kills: { type: "string", default: "3" },
      quick: { type: "boolean", default: false },
      json: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  if (values.only !== undefined && !["writes", "history"].includes(values.only)) {
    throw new Error(`--only is writes or history, received "${values.only}"\n\n${USAGE}`);
  }
  const results: Result[] = [];
  const ratios: Record<string, Ratio> = {};
  let machine = "";
  if (values.only !== "history") {
    for (const durable of [true, false]) {
      const measured = await measureWrites({
        durable,
        seconds: values.quick ? 20 : 90,
        onProgress: report,
      });
      results.push(...measured.results);
      Object.assign(ratios, measured.ratios);
      machine = measured.machine;
    }
  }
  if (values.only !== "writes") {
    await using server = await startTemporaryPostgres({ settings: { shared_buffers: "512MB" } });
    const scale = values.quick ? 0.1 : 1;
    const size = { trips: Number(values.trips) * scale, matches: Number(values.matches) * scale };
    results.push(...await measureHistory(server.url, { ...size, kills: Number(values.kills) }));
    machine = await describeMachine(server.url);
  }
  await publish(
    { name: "v1", date: new Date().toISOString(), machine, results, ratios },
    values.json,
  );
  return 0;
}

async function measureHistory(
  url: string,
  { trips, matches, kills }: {
    readonly trips: number;
    readonly matches: number;
    readonly kills: number;
  },
): Promise<Result[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    report(`making a V1 of ${trips} trips and ${matches} matches`);
    await migrate(sql);
    await createV1(sql, { install: false });
    await addServiceArea(sql);
    await fillV1(sql, { trips, matches });
    await sql`select mobility_v1.install()`;
    const run = await runInFull(url, { kills, onProgress: report });
    print(run.verifyOutput);
    const started = performance.now();
    const [found] = await sql<{ differences: number }[]>`
      select count(*)::integer as differences from mobility_v1.verify()`;
    const verified = (performance.now() - started) / 1000;
    const rejected = run.rejects.reduce((sum, { rows }) => sum + rows, 0);
    return [
      summarize(`backfill beside writes, killed ${run.kills} times`, [run.backfillSeconds], "s"),
      summarize("rows carried by it", [(trips + matches) / run.backfillSeconds], "rows/s"),
      summarize("writes of V1 meanwhile", [run.counts.v1], "writes"),
      summarize("deeds of V2 meanwhile", [run.counts.v2], "deeds"),
      summarize("verification", [verified], "s"),
      summarize("differences found by it", [found?.differences ?? NaN], "rows"),
      summarize("rows that cannot be carried, listed with reasons", [rejected], "rows"),
    ];
  } finally {
    await sql.end();
  }
}

if (import.meta.main) await runCommand(main, USAGE);
