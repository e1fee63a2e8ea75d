import type { Sql } from "postgres";
import { findDifferences, openBackfills, waitForQuiet } from "../../v1/differences.ts";
import type { RunContext } from "../plan.ts";
import { StepError } from "../run-steps.ts";
import { readShare } from "../state/share.ts";

const QUIET_S = 60;
const SHOWN = 3;

/**
 * Before the first people come over: V1's history is carried, and each row is equal on both sides or listed.
 * @throws {StepError} with the command to run
 */
export async function requireEqualSides({ sql, journal }: RunContext): Promise<string> {
  if (await readShare(sql) === undefined) {
    throw new StepError(
      "There is nothing to cut over to yet: deno task deploy database, then services",
    );
  }
  const [bridge] = await sql<{ installed: boolean }[]>`select installed from mobility_v1.bridge`;
  if (bridge?.installed !== true) {
    throw new StepError(
      "Cannot cut over: the bridge to V1 is not in place. deno task deploy database",
    );
  }
  const open = await openBackfills(sql);
  if (open.length > 0 && await hasHistory(sql)) {
    throw new StepError(
      `Cannot cut over: V1's history is not carried over yet (${open.join(", ")}). ` +
        "With DATABASE_URL set: deno task v1:backfill, then deno task v1:verify, then this again",
    );
  }
  journal.report("    comparing every row of V1 and V2");
  const left = await waitForQuiet(sql, QUIET_S);
  const found = await findDifferences(sql);
  if (found.length === 0) {
    return left === 0 ? "0 differences" : `0 differences, ${left} changes being carried`;
  }
  const shown = found.slice(0, SHOWN).map(({ table, id, column }) => `${table} ${id} ${column}`);
  throw new StepError(
    `Cannot cut over: V1 and V2 differ in ${found.length} places (${shown.join("; ")}${
      found.length > SHOWN ? "; …" : ""
    }). With DATABASE_URL set: deno task v1:verify, mend what it lists, then this again`,
  );
}

/** Of an empty V1 there is nothing to carry; what V2 has beside it shows as a difference. */
async function hasHistory(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ rows: boolean }[]>`
    select exists (select from public.profiles) or exists (select from public.rides_trips)
      or exists (select from public.mobility_matches) as rows`;
  return row?.rows ?? true;
}
