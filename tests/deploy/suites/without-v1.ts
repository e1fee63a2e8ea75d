import assert from "node:assert/strict";
import { createProjectDatabase, fingerprintOf } from "../support/databases.ts";
import { deploy } from "../support/deploy-process.ts";
import { deployTest } from "../support/world.ts";

/** What there is to say where no other system was, and what pre-check says of what is missing. */
export function testWithoutV1(): void {
  deployTest(
    "without a V1 the cutovers and the cleanup say so and are done, rollback says what helps",
    async (world) => {
      await using database = await createProjectDatabase();
      const target = { ...world, databaseUrl: database.url };
      const before = await fingerprintOf(database.sql);
      for (const phase of ["cutover-10", "cutover-100"]) {
        const { code, output } = await deploy(target, [phase, "--yes"]);
        assert.equal(code, 0, output);
        assert.match(output, /no V1: everybody is served already/);
      }
      const cleanup = await deploy(target, ["cleanup", "--yes"]);
      assert.equal(cleanup.code, 0, cleanup.output);
      assert.match(cleanup.output, /no V1: there is nothing to take away/);
      const rollback = await deploy(target, ["rollback", "--yes"]);
      assert.equal(rollback.code, 1);
      assert.match(rollback.output, /nothing to roll back/);
      assert.deepEqual(await fingerprintOf(database.sql), before);
    },
  );

  deployTest(
    "deploy pre-check names everything that is missing and what to do, and changes nothing",
    async (world) => {
      const before = await fingerprintOf(world.database.sql);
      const envFile = `${world.copy.root}/.env.lacking`;
      const lines = (await Deno.readTextFile(world.envFile)).split("\n");
      await Deno.writeTextFile(
        envFile,
        [
          ...lines.filter((line) => !/^(WHATSAPP_APP_SECRET|MOBILITY_V1)/.test(line)),
          "WHATSAPP_ACCESS_TOKEN=expired",
          "WHATSAP_APP_SECRET=misspelt",
        ].join("\n"),
      );
      await Deno.writeTextFile(`${world.copy.root}/shared/unsaved.ts`, "export {};\n");
      try {
        const hosted = { ...world.hosted, accessToken: `sbp_${"0".repeat(40)}` };
        const { code, output } = await deploy({ ...world, hosted, envFile }, ["pre-check"]);
        assert.equal(code, 1);
        for (
          const finding of [
            /failed +working tree: .* with 1 uncommitted changes \(shared\/unsaved.ts\)\n +Commit/,
            /failed +functions' variables: lacks WHATSAPP_APP_SECRET\n +Set them in .*\.env\.lacking/,
            /failed +V1: is there, and MOBILITY_V1_WEBHOOK_URL is not set/,
            /failed +access to the project: .*\n +Make a token at/,
            /failed +WhatsApp number: .*code 190/,
            /ok +database: PostgreSQL/,
            /ok +pg_dump: \d/,
          ]
        ) assert.match(output, finding);
        assert.deepEqual(await fingerprintOf(world.database.sql), before);
      } finally {
        await Deno.remove(`${world.copy.root}/shared/unsaved.ts`);
        await Deno.remove(envFile);
      }
    },
  );

  deployTest(
    "an address where no database answers is told once, without waiting for each check",
    async (world) => {
      const startedAt = performance.now();
      const target = { ...world, databaseUrl: "postgres://postgres@127.0.0.1:1/postgres" };
      const { code, output } = await deploy(target, ["pre-check"]);
      assert.equal(code, 1);
      assert.match(output, /failed +database: .*\n +Check DATABASE_URL/);
      assert.ok(performance.now() - startedAt < 30_000);
      const pooled = await deploy(
        { ...world, databaseUrl: "postgres://postgres@127.0.0.1:6543/postgres" },
        ["database", "--yes"],
      );
      assert.equal(pooled.code, 1);
      assert.match(pooled.output, /transaction pooler \(port 6543\).*session pooler \(port 5432\)/);
    },
  );
}
