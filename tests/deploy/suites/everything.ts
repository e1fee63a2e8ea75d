import assert from "node:assert/strict";
import { z } from "zod";
import { deploy } from "../support/deploy-process.ts";
import { fingerprintOf } from "../support/databases.ts";
import { QUICK_SOAK } from "../support/quick-soak.ts";
import {
  deployTest,
  migrationVersions,
  runV1,
  shareOf,
  withTraffic,
  type World,
} from "../support/world.ts";

const FUNCTIONS = [
  "matching",
  "metrics",
  "orchestrator",
  "ranking",
  "tracking",
  "whatsapp-webhook",
];
const healthAnswer = z.object({ status: z.literal("ok"), function: z.string() });

/** From an empty project to everybody, and what must not happen on the way. */
export function testEverything(): void {
  deployTest(
    "deploy all --dry-run tells the plan, names what it would run, and changes nothing",
    async (world) => {
      const before = await fingerprintOf(world.database.sql);
      const { code, output } = await deploy(world, ["all", "--dry-run"]);
      assert.equal(code, 0, output);
      for (
        const part of [
          "supabase db push --yes --remote=postgres",
          "supabase functions deploy --use-api --remote=abcdefghijklmnopqrst",
          "select public.set_rollout(10,",
          "cutover-100",
        ]
      ) assert.ok(output.includes(part), `${part} in ${output}`);
      assert.deepEqual(await fingerprintOf(world.database.sql), before);
      assert.deepEqual(world.hosted.api.requests, []);
      assert.deepEqual(await logsOf(world), []);
      assertNoSecret(world, output);
    },
  );

  deployTest("deploy refuses where nobody can be asked and --yes is not given", async (world) => {
    const before = await fingerprintOf(world.database.sql);
    const { code, output } = await deploy(world, ["database"]);
    assert.equal(code, 1);
    assert.match(output, /give --yes/);
    assert.deepEqual(await fingerprintOf(world.database.sql), before);
  });

  deployTest("deploy cutover-10 refuses before there is anything to cut over to", async (world) => {
    const { code, output } = await deploy(world, ["cutover-10", "--yes", ...QUICK_SOAK]);
    assert.equal(code, 1);
    assert.match(output, /nothing to cut over to yet: deno task deploy database/);
  });

  deployTest(
    "deploy all stops before the first cutover until V1's history is carried over",
    async (world) => {
      const { code, output } = await deploy(world, ["all", "--yes", ...QUICK_SOAK]);
      assert.equal(code, 1, output);
      assert.match(
        output,
        /Cannot cut over: V1's history is not carried over yet \(profiles, .*deno task v1:backfill/,
      );
      assert.match(output, /bridge: done in .*: in place/);
      assert.match(output, /back-up: done in .*\(to go back: deno task deploy rollback; V1 serves/);
      assert.equal(await shareOf(world), 0);
      const plan = await deploy(world, ["cutover-10", "--dry-run"]);
      assert.match(
        plan.output,
        /equal-sides: .*\n +the backfill has come to its end: deno task v1:backfill\n/,
      );
      assert.deepEqual(await runV1(world, "backfill"), 0);
    },
  );

  deployTest("deploy all brings an empty project to 100%", async (world) => {
    const { code, output } = await withTraffic(
      world,
      () => deploy(world, ["all", "--yes", ...QUICK_SOAK]),
    );
    assert.equal(code, 0, output);
    assert.equal(await shareOf(world), 100);
    const rows = await world.database.sql<{ version: string }[]>`
      select version from supabase_migrations.schema_migrations order by 1`;
    assert.deepEqual(rows.map(({ version }) => version), await migrationVersions(world.copy));
    assert.deepEqual([...world.hosted.api.uploads.keys()].sort(), FUNCTIONS);
    assert.deepEqual(Object.fromEntries(world.hosted.api.secrets), world.hosted.variables);
    const worker = await world.database
      .sql`select name, decrypted_secret from vault.decrypted_secrets order by 1`;
    assert.deepEqual([...worker], [
      { name: "mobility_worker_key", decrypted_secret: world.hosted.keys.secret_key },
      {
        name: "mobility_worker_url",
        decrypted_secret: `${world.hosted.apiUrl}/functions/v1/whatsapp-webhook/work`,
      },
    ]);
  });

  deployTest(
    "each uploaded bundle, alone in a folder, answers its health check on Deno 2.1.4",
    async (world) => {
      for (const name of FUNCTIONS) {
        const hosted = world.hosted.functions.get(name);
        assert.ok(hosted, name);
        const response = await fetch(`http://127.0.0.1:${hosted.port}/${name}/health`);
        const answer = healthAnswer.parse(await response.json());
        assert.deepEqual([response.status, answer.function], [200, name]);
        const upload = world.hosted.api.uploads.get(name);
        assert.ok(upload);
        assert.ok(upload.files.has("deno.json") && upload.files.has(upload.entrypoint));
        const foreign = [...upload.files.keys()].filter((path) =>
          path !== "deno.json" && !/^(shared|supabase\/functions)\//.test(path)
        );
        assert.deepEqual(foreign, [], "nothing else is uploaded");
      }
    },
  );

  deployTest("deploy remembers who did what when, with which outcome", async (world) => {
    const { sql } = world.database;
    const [deployment] = await sql<{ revision: string; started_by: string }[]>`
      select revision, started_by from mobility_deploy.deployments`;
    assert.match(String(deployment?.revision), /^[0-9a-f]{40}$/);
    assert.match(String(deployment?.started_by), /^Tester, /);
    const steps = await sql<{ step: string; status: string }[]>`
      select phase || ' ' || step as step, status from mobility_deploy.steps order by id`;
    assert.deepEqual(steps.map(({ step, status }) => `${step} ${status}`), [
      "cutover-10 equal-sides failed",
      "database back-up done",
      "database push done",
      "database start-at-0 done",
      "database bridge done",
      "services secrets done",
      "services functions done",
      "services worker done",
      "services smoke-tests done",
      "cutover-10 equal-sides failed",
      "database bridge done",
      "services smoke-tests done",
      "cutover-10 equal-sides done",
      ...[10, 50, 100].flatMap((percent) => [
        `cutover-${percent} set-share done`,
        `cutover-${percent} soak done`,
      ]),
    ]);
    const [waiting] = await sql<{ pending: boolean }[]>`
      select bool_or(finished_at is null or finished_at < started_at) as pending from mobility_deploy.steps`;
    assert.equal(waiting?.pending, false);
  });

  deployTest("deploy all again finds everything done and sends nothing", async (world) => {
    const uploads = world.hosted.api.count("POST", /functions\/deploy$/);
    const secrets = world.hosted.api.count("POST", /secrets$/);
    const { code, output } = await deploy(world, ["all", "--yes", ...QUICK_SOAK]);
    assert.equal(code, 0, output);
    assert.match(output, /functions: done before/);
    assert.match(output, /100% already/);
    assert.match(output, /passed before/);
    assert.equal(world.hosted.api.count("POST", /functions\/deploy$/), uploads);
    assert.equal(world.hosted.api.count("POST", /secrets$/), secrets);
  });

  deployTest(
    "a changed secret is sent by the next run, the unchanged functions are not",
    async (world) => {
      const uploads = world.hosted.api.count("POST", /functions\/deploy$/);
      const text = await Deno.readTextFile(world.envFile);
      await Deno.writeTextFile(world.envFile, `${text}LOG_LEVEL=warn\n`);
      const { code, output } = await deploy(world, ["services", "--yes"]);
      assert.equal(code, 0, output);
      assert.equal(world.hosted.api.secrets.get("LOG_LEVEL"), "warn");
      assert.equal(world.hosted.api.count("POST", /functions\/deploy$/), uploads);
      await Deno.writeTextFile(world.envFile, text);
    },
  );

  deployTest("deploy status shows version, share, soak, migrations and health", async (world) => {
    const before = await fingerprintOf(world.database.sql);
    const { code, output } = await deploy(world, ["status"]);
    assert.equal(code, 0, output);
    for (
      const line of [
        /^deployed +[0-9a-f]{12}, begun .* by Tester/m,
        /^deploying now +nobody$/m,
        /^migrations +none pending$/m,
        /^share +100%, set .* by Tester/m,
        /^soak +100% passed, \d+ s watched/m,
        /^whatsapp-webhook +well \(\d+ ms\)$/m,
      ]
    ) assert.match(output, line);
    assert.deepEqual(await fingerprintOf(world.database.sql), before);
    assertNoSecret(world, output);
  });

  deployTest("no secret is in a log, in the state or in a file that stays", async (world) => {
    const logs = await logsOf(world);
    assert.ok(logs.length > 0);
    for (const path of logs) {
      const text = await Deno.readTextFile(path);
      assertNoSecret(world, text);
      for (const line of text.trimEnd().split("\n")) JSON.parse(line);
      assert.equal(((await Deno.stat(path)).mode ?? 0o777) & 0o077, 0, "others may not read it");
    }
    const rows = await world.database.sql`
      select (select json_agg(t)::text from mobility_deploy.steps t) as steps,
        (select json_agg(t)::text from mobility_deploy.soaks t) as soaks,
        (select json_agg(t)::text from mobility_deploy.holder t) as holder`;
    assertNoSecret(world, JSON.stringify(rows));
  });
}

/** Every file in the folder where a run leaves its log. */
async function logsOf({ copy }: World): Promise<string[]> {
  const paths: string[] = [];
  try {
    for await (const { name } of Deno.readDir(`${copy.root}/.deploy`)) {
      paths.push(`${copy.root}/.deploy/${name}`);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return paths;
}

function assertNoSecret({ secrets }: World, text: string): void {
  for (const secret of secrets) assert.ok(!text.includes(secret), "a secret was told");
}
