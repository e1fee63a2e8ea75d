import { fileURLToPath } from "node:url";
import { openTestServer, type TestServer } from "./postgres/test-server.ts";
import { checkCoverage } from "./check/coverage.ts";
import { countTests, type FailedTest, failedTests, type TestCounts } from "./check/test-counts.ts";
import { MigrationError } from "./postgres/migrate.ts";
import { INSTALL_POSTGRES, PostgresNotFoundError } from "./postgres/postgres-binaries.ts";
import { print, report } from "./print.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const FOLDERS = [
  "tests/unit",
  "tests/database",
  "tests/integration",
  "tests/e2e",
  "tests/ops",
  "tests/deploy",
  "tests/docs",
];
/** Letters of a failure that are shown again at the end. */
const FAILURE_LENGTH = 3_000;
const REQUIRE_POSTGRES = Deno.env.get("REQUIRE_POSTGRES") === "1";

/**
 * `deno task test [paths] [flags of deno test]`: everything, with the coverage of shared/, or a part of the
 * tests alone. The last line is `N passed, N failed, N skipped`; gives the exit code.
 */
async function main(args: readonly string[]): Promise<number> {
  const whole = args.length === 0;
  const paths = args.filter(exists);
  const folders = paths.length > 0 ? [] : FOLDERS.filter(exists);
  const unitOnly = [...paths, ...folders].every((path) => path.includes("tests/unit"));

  // Ctrl-C reaches the tests too: they end, and this process stays to clean up behind them.
  Deno.addSignalListener("SIGINT", () => report("tests: interrupted, cleaning up"));
  const server = unitOnly ? undefined : await findServer();
  const folder = await Deno.makeTempDir({ prefix: "mobility-test-" });
  const coverage = `${folder}/coverage`;
  try {
    const flags = whole ? [`--coverage=${coverage}`, "--coverage-raw-data-only"] : [];
    const { succeeded, counts, failed } = await runTests({
      junit: `${folder}/junit.xml`,
      server,
      args: [...flags, ...args, ...folders],
    });
    const covered = !whole || await checkCoverage(coverage, { enforce: server !== undefined });
    const complete = !whole || !REQUIRE_POSTGRES || counts.skipped === 0;
    if (!complete) report("tests: FAILED: with REQUIRE_POSTGRES=1 no test may be skipped");
    if (!unitOnly && server === undefined) {
      report(`tests: the database tests were skipped; to run them: ${INSTALL_POSTGRES}`);
    }
    // Once more, where it is seen: a whole run's output is long, and a record of it may keep its end alone.
    for (const { file, name, failure } of failed) {
      report(`tests: FAILED ${file}: ${name}\n${failure.slice(0, FAILURE_LENGTH)}`);
    }
    print(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
    return succeeded && covered && complete ? 0 : 1;
  } finally {
    await server?.close();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Without a server the database tests are skipped, and the developer is told how to run them. */
async function findServer(): Promise<TestServer | undefined> {
  try {
    return await openTestServer((line) => report(`tests: ${line}`));
  } catch (error) {
    if (!(error instanceof PostgresNotFoundError) || REQUIRE_POSTGRES) throw error;
    report(`tests: SKIPPING the database tests. ${error.message}`);
    return undefined;
  }
}

async function runTests(
  { junit, server, args }: {
    junit: string;
    server: TestServer | undefined;
    args: readonly string[];
  },
): Promise<{ succeeded: boolean; counts: TestCounts; failed: FailedTest[] }> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--permit-no-files", `--junit-path=${junit}`, ...args],
    cwd: ROOT,
    env: server === undefined
      ? { TEST_DATABASE_URL: "none" }
      : { TEST_DATABASE_URL: server.url, TEST_DATABASE_TEMPLATE: server.template },
  }).spawn().status;
  // Tests that do not compile leave no report.
  const report = exists(junit) ? await Deno.readTextFile(junit) : "";
  return {
    succeeded: success,
    counts: countTests(report, success),
    failed: failedTests(report),
  };
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path.startsWith("/") ? path : `${ROOT}${path}`);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    if (!(error instanceof PostgresNotFoundError || error instanceof MigrationError)) throw error;
    report(`tests: FAILED before the first test: ${error.message}`);
    print("0 passed, 1 failed, 0 skipped");
    Deno.exit(1);
  }
}
