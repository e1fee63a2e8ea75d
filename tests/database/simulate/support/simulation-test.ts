import { report } from "../../../../scripts/print.ts";
import {
  FaketimeNotFoundError,
  findFaketimeLibrary,
} from "../../../../scripts/postgres/faketime-library.ts";
import {
  findPostgresBinaries,
  PostgresNotFoundError,
} from "../../../../scripts/postgres/postgres-binaries.ts";

const canSimulate = await findTools();

async function findTools(): Promise<boolean> {
  try {
    await findPostgresBinaries();
    await findFaketimeLibrary();
    return true;
  } catch (error) {
    const isMissing = error instanceof PostgresNotFoundError ||
      error instanceof FaketimeNotFoundError;
    if (!isMissing || Deno.env.get("REQUIRE_POSTGRES") === "1") throw error;
    report(`skipping the simulations. ${error.message}`);
    return false;
  }
}

/** A test that starts a PostgreSQL on simulated time; ignored where there are not the tools. */
export function simulationTest(name: string, fn: () => Promise<void>): void {
  // The functions' clients keep connections that outlive a test.
  Deno.test({ name, ignore: !canSimulate, sanitizeOps: false, sanitizeResources: false, fn });
}
