import { parseArgs } from "node:util";
import postgres from "postgres";
import { POOL_SIZE, SHARED_M } from "../../../shared/matching/pool.ts";
import { percentile } from "../../city/latencies.ts";
import { drawKigali } from "../../load/kigali-city.ts";
import { migrate } from "../../postgres/migrate.ts";
import { startTemporaryPostgres } from "../../postgres/temporary-postgres.ts";
import { print, report } from "../../print.ts";
import { runCommand } from "../../run-command.ts";
import { replay, type Sharing } from "./replay.ts";

const USAGE = `deno task bench:cache-replay [options]

  --rows N        compare pools of so many rows too
  --life N        which live for so many seconds (40)
  --shared-m N    and are shared within so many metres (${SHARED_M})
  --rate N        searches a second (16)
  --drivers N     motos without a ride (26000)
  --minutes N     how long (3)`;

const SQUARE_DEGREES = 0.0025;
/** The rules that decision 0012 chose from, the chosen one last. */
const RULES: readonly Sharing[] = [
  { rows: 60, lifeS: 60, squareDegrees: SQUARE_DEGREES },
  { rows: 240, lifeS: 60, squareDegrees: SQUARE_DEGREES },
  { rows: 60, lifeS: 60 },
  { rows: 120, lifeS: 60 },
  { rows: 240, lifeS: 60, sharedM: SHARED_M },
  { rows: 240, lifeS: 120, sharedM: SHARED_M },
  { rows: POOL_SIZE, lifeS: 30, sharedM: SHARED_M },
  { rows: POOL_SIZE, lifeS: 40, sharedM: SHARED_M },
];

/** `deno task bench:cache-replay`: how much a way of sharing searches answers, and how far off it sends people. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      rows: { type: "string" },
      life: { type: "string", default: "40" },
      "shared-m": { type: "string", default: String(SHARED_M) },
      rate: { type: "string", default: "16" },
      drivers: { type: "string", default: "26000" },
      minutes: { type: "string", default: "3" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const rate = numberOf(values.rate);
  const drivers = numberOf(values.drivers);
  const minutes = numberOf(values.minutes);
  const lifeS = numberOf(values.life);
  const sharedM = numberOf(values["shared-m"]);
  const rules = values.rows === undefined
    ? RULES
    : [...RULES, { rows: numberOf(values.rows), lifeS, sharedM }];
  await using server = await startTemporaryPostgres();
  const sql = postgres(server.url, { max: 1, onnotice: () => {} });
  try {
    report("drawing the simulator's Kigali");
    await migrate(sql);
    const city = await drawKigali(sql, drivers);
    print(`${drivers} motos, ${rate} searches a second, ${minutes} minutes`);
    print(
      "shared by              rows  life s  from the cache  farther: mean  p95   fresh: mean  p95",
    );
    for (const rule of rules) {
      const played = replay({ ...city, requestsPerS: rate, seconds: minutes * 60 }, rule);
      print([
        nameOf(rule).padEnd(21),
        String(rule.rows).padStart(6),
        String(rule.lifeS).padStart(8),
        `${(100 * played.hits / played.searches).toFixed(1)}%`.padStart(16),
        ...[played.fartherCached, played.fartherFresh].flatMap((metres) => [
          mean(metres).toFixed(0).padStart(13),
          percentile(metres, 95).toFixed(0).padStart(5),
        ]),
      ].join(""));
    }
  } finally {
    await sql.end({ timeout: 5 });
  }
  return 0;
}

function numberOf(text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new Error(`Cannot use "${text}": give a number above 0\n\n${USAGE}`);
}

function nameOf({ squareDegrees, sharedM }: Sharing): string {
  if (squareDegrees !== undefined) return "square of 280 m";
  return sharedM === undefined ? "reach" : `reach, within ${sharedM} m`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

if (import.meta.main) await runCommand(main, USAGE);
