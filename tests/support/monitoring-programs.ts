import { report } from "../../scripts/print.ts";
import { findPrograms, type Program, ProgramNotFoundError } from "../../scripts/ops/binaries.ts";
import { findRedisServer } from "../../scripts/loopback/redis-server.ts";

/**
 * Whether tests can run these programs; what needs them must be ignored when not. @throws {ProgramNotFoundError} where
 * nothing may be skipped
 */
export async function hasPrograms(programs: readonly Program[]): Promise<boolean> {
  try {
    await findPrograms(programs);
    return true;
  } catch (error) {
    if (!(error instanceof ProgramNotFoundError) || mustNotSkip()) throw error;
    report(`skipping tests of the monitoring. ${error.message}`);
    return false;
  }
}

/** Whether tests can run a Redis of their own. @throws {Error} where nothing may be skipped */
export async function hasRedisServer(): Promise<boolean> {
  if (await findRedisServer() !== undefined) return true;
  if (mustNotSkip()) throw new Error("Install redis-server: no test may be skipped here");
  return false;
}

function mustNotSkip(): boolean {
  return Deno.env.get("REQUIRE_POSTGRES") === "1";
}
