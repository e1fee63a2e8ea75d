import assert from "node:assert/strict";
import { findPrograms, ProgramNotFoundError } from "../../scripts/ops/binaries.ts";
import { opsChecks } from "../../scripts/ops/check.ts";
import { listOps, OPS, RECEIVERS, withReceivers } from "../../scripts/ops/configuration.ts";
import { hasPrograms } from "../support/monitoring-programs.ts";

const ignore = !await hasPrograms(["promtool", "amtool"]);

Deno.test({
  name: "ops:check finds nothing wrong with the configuration, the rules and their tests",
  ignore,
  fn: async (t) => {
    const checks = await opsChecks();
    assert.equal(checks.length, 4 + RECEIVERS.length);
    for (const check of checks) {
      await t.step(check.name, async () => assert.equal(await check.run(), undefined));
    }
  },
});

Deno.test({
  name: "Alertmanager pages for P0 and P1, and does not for the rest",
  ignore,
  fn: async () => {
    const { amtool } = await findPrograms(["amtool"]);
    const receivers: Record<string, string> = {};
    for (const severity of ["P0", "P1", "P2", "P3"]) {
      const { stdout } = await new Deno.Command(amtool, {
        args: [
          "config",
          "routes",
          "test",
          `--config.file=${OPS}/alertmanager/alertmanager.yml`,
          `severity=${severity}`,
        ],
      }).output();
      receivers[severity] = new TextDecoder().decode(stdout).trim();
    }
    assert.deepEqual(receivers, { P0: "page", P1: "page", P2: "ticket", P3: "note" });
  },
});

Deno.test("findPrograms() names what is missing and the packages to install", async () => {
  const path = Deno.env.get("PATH") ?? "";
  Deno.env.set("PATH", "/nonexistent");
  try {
    await assert.rejects(
      findPrograms(["promtool", "amtool", "blackbox"]),
      (error: unknown) =>
        error instanceof ProgramNotFoundError &&
        /promtool, amtool, prometheus-blackbox-exporter or blackbox_exporter/.test(error.message) &&
        /apt-get install -y prometheus prometheus-alertmanager prometheus-blackbox-exporter$/
          .test(error.message),
    );
  } finally {
    Deno.env.set("PATH", path);
  }
});

Deno.test("withReceivers() puts each kind in place of any other, and none back", async () => {
  const file = await Deno.readTextFile(`${OPS}/alertmanager/alertmanager.yml`);
  assert.deepEqual((await listOps("alertmanager/receivers")).toSorted(), [
    "email.yml",
    "none.yml",
    "slack.yml",
    "webhook.yml",
  ]);
  for (const kind of RECEIVERS) {
    const changed = await withReceivers(file, kind);
    assert.equal(changed.match(/^receivers:$/gm)?.length, 1);
    assert.equal(changed.includes(`${kind}_configs:`), kind !== "none");
    assert.equal(await withReceivers(changed, "none"), file);
  }
});
