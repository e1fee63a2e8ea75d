import { parseArgs } from "node:util";
import type { Sql } from "postgres";
import { alignRows } from "../city/align-rows.ts";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { BridgeError, connectBridge, findSituation, listByReason } from "./bridge.ts";
import { type Difference, findDifferences, openBackfills, waitForQuiet } from "./differences.ts";

const USAGE = `DATABASE_URL=postgresql://... deno task v1:verify [options]

  --wait N      seconds to wait for changes that are being carried (60)
  --show N      differences to print (20)
  --help        this text

Compares every row of V1 with V2's and every row of V2 with V1's. Exit code 1 when there is a difference. What
cannot be carried is listed by reason; it is no difference. Nothing personal is printed.`;

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
        "The bridge is not installed: what changed since is not carried. Run: deno task deploy database",
      );
    }
    await warnOfHistory(sql);
    const left = await waitForQuiet(sql, wholeNumber(values.wait, "--wait"));
    const found = await findDifferences(sql);
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
  if ((await openBackfills(sql)).length > 0) {
    report("The backfill has not come to its end: first deno task v1:backfill");
  }
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
