import { print, report } from "../print.ts";
import { runPlainCommand } from "../run-command.ts";
import { findPrograms } from "./binaries.ts";
import { listOps, OPS, RECEIVERS, withReceivers, writeConfiguration } from "./configuration.ts";
import { findUntested, readRules, readRuleTests } from "./rule-coverage.ts";

const USAGE = `deno task ops:check

Checks ops/ with Prometheus's and Alertmanager's own tools: the configuration, every rule, the rules' unit tests
and that no rule lacks one, Alertmanager's file with each kind of receivers.`;

/** One check, and what it found; undefined when all is well. */
export interface OpsCheck {
  readonly name: string;
  run(): Promise<string | undefined>;
}

/** The checks, each on its own. @throws {ProgramNotFoundError} naming the packages to install */
export async function opsChecks(): Promise<OpsCheck[]> {
  const { promtool, amtool } = await findPrograms(["promtool", "amtool"]);
  const rules = (await listOps("prometheus/rules")).map((name) =>
    `${OPS}/prometheus/rules/${name}`
  );
  const tests = (await listOps("prometheus/tests")).map((name) =>
    `${OPS}/prometheus/tests/${name}`
  );
  return [
    {
      name: "promtool check config",
      run: () =>
        withFolder(async (folder) => {
          await writeConfiguration(folder, {
            projectUrl: "https://project.test",
            token: "not-a-token",
            ports: { prometheus: 9090, alertmanager: 9093, blackbox: 9115 },
          });
          return await complaintOf(promtool, [
            "check",
            "config",
            "--lint-fatal",
            `${folder}/prometheus/prometheus.yml`,
          ]);
        }),
    },
    {
      name: "promtool check rules",
      run: () => complaintOf(promtool, ["check", "rules", "--lint-fatal", ...rules]),
    },
    { name: "promtool test rules", run: () => complaintOf(promtool, ["test", "rules", ...tests]) },
    {
      name: "a unit test for every rule",
      run: async () => {
        const untested = findUntested(await readRules(), await readRuleTests());
        return untested.length === 0 ? undefined : untested.join("\n");
      },
    },
    ...RECEIVERS.map((kind) => ({
      name: `amtool check-config, receivers: ${kind}`,
      run: () =>
        withFolder(async (folder) => {
          const file = await Deno.readTextFile(`${OPS}/alertmanager/alertmanager.yml`);
          await Deno.writeTextFile(`${folder}/alertmanager.yml`, await withReceivers(file, kind));
          return await complaintOf(amtool, ["check-config", `${folder}/alertmanager.yml`]);
        }),
    })),
  ];
}

async function complaintOf(
  program: string,
  args: readonly string[],
): Promise<string | undefined> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  const decoder = new TextDecoder();
  return success ? undefined : decoder.decode(stdout) + decoder.decode(stderr);
}

async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "mobility-ops-" });
  try {
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** `deno task ops:check`: exit code 1 and what is wrong, or "ops: N checks passed". */
async function main(): Promise<number> {
  let failed = 0;
  const checks = await opsChecks();
  for (const check of checks) {
    const complaint = await check.run();
    report(`${complaint === undefined ? "ok" : "FAILED"}  ${check.name}`);
    if (complaint === undefined) continue;
    failed++;
    report(complaint);
  }
  print(
    failed === 0
      ? `ops: ${checks.length} checks passed`
      : `ops: ${failed} of ${checks.length} checks failed`,
  );
  return failed === 0 ? 0 : 1;
}

if (import.meta.main) await runPlainCommand(main, USAGE);
