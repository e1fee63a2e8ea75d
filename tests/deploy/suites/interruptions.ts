import assert from "node:assert/strict";
import { until } from "../../support/stack-search.ts";
import { deploy, type DeployProcess, startDeploy } from "../support/deploy-process.ts";
import { QUICK_SOAK } from "../support/quick-soak.ts";
import { deployTest, shareOf, withTraffic, type World } from "../support/world.ts";

const MIGRATION = "20991231000000_note_interruption";

/** kill -9 in each phase, while its work is under way, and then the same command again. */
export function testInterruptions(): void {
  deployTest("pre-check killed while it asks for access is simply run again", async (world) => {
    const release = world.hosted.api.hold(({ path }) => path.endsWith("/secrets"));
    const running = startDeploy(world, ["pre-check"]);
    await reached(running, /ok +room for a backup/);
    await running.kill();
    release();
    const { code, output } = await deploy(world, ["pre-check"]);
    assert.equal(code, 0, output);
    assert.match(output, /0 failed/);
    // An earlier test set it, and the file no longer has it.
    assert.match(
      output,
      /warning +access to the project: .*LOG_LEVEL not by .*\n +If they are not/,
    );
  });

  deployTest(
    "database killed while it pushes is resumed to the end, and nothing pushes on alone",
    async (world) => {
      const { sql } = world.database;
      await world.copy.commit(
        `supabase/migrations/${MIGRATION}.sql`,
        "create table mobility.interruption (id integer);\n" +
          "comment on table mobility.interruption is 'From a test.';\n" +
          "alter table mobility.interruption enable row level security;\n",
      );
      // The push waits for this lock when it records its migration.
      const holding = await sql.reserve();
      await holding`begin`;
      await holding`lock table supabase_migrations.schema_migrations in share mode`;
      const running = startDeploy(world, ["database", "--yes"]);
      try {
        await until(
          async () => {
            const [row] = await sql<{ waiting: number }[]>`
          select count(*)::integer as waiting from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`;
            return row?.waiting;
          },
          (waiting) => waiting !== undefined && waiting > 0,
          { ms: 60_000 },
        );
        assert.ok(commandsOf(world).some((command) => command.includes("db\0push")), "the CLI");
        await running.kill();
        // The CLI is gone with its parent.
        await until(() => Promise.resolve(commandsOf(world)), (commands) => commands.length === 0);
      } finally {
        await holding`rollback`;
        holding.release();
      }
      assert.equal(await stepStatus(world, "push"), "started");

      const { code, output } = await deploy(world, ["database", "--yes"]);
      assert.equal(code, 0, output);
      const [row] = await sql`
      select count(*)::integer as times from supabase_migrations.schema_migrations
      where version = ${MIGRATION.slice(0, 14)}`;
      assert.equal(row?.["times"], 1);
      const statuses = await sql<{ status: string }[]>`
      select status from mobility_deploy.steps
      where phase = 'database' and step = 'push' order by id desc limit 2`;
      assert.deepEqual(statuses.map(({ status }) => status), ["done", "interrupted"]);
    },
  );

  deployTest(
    "services killed while it sends secrets, then while it uploads, is resumed where it was",
    async (world) => {
      const { api } = world.hosted;
      const sent = (): Promise<number> => Promise.resolve(api.count("POST", /secrets$/));
      const deployed = (): Promise<number> => Promise.resolve(api.count("PUT", /functions$/));
      const [sentBefore, deployedBefore] = await Promise.all([sent(), deployed()]);

      const releaseSecrets = api.hold((each) =>
        each.method === "POST" && /secrets$/.test(each.path)
      );
      const first = startDeploy(world, ["services", "--yes"]);
      await until(sent, (count) => count > sentBefore, { ms: 60_000 });
      assert.ok(commandsOf(world).some((command) => command.includes("secrets\0set")), "the CLI");
      await first.kill();
      releaseSecrets();
      assert.equal(await secretFiles(world), 1, "the killed run could not delete it");

      const release = api.hold((each) => each.method === "PUT" && /functions$/.test(each.path));
      const second = startDeploy(world, ["services", "--yes"]);
      await until(deployed, (count) => count > deployedBefore, { ms: 60_000 });
      await second.kill();
      release();
      assert.equal(await secretFiles(world), 0, "the next run has deleted it");

      const { code, output } = await deploy(world, ["services", "--yes"]);
      assert.equal(code, 0, output);
      assert.match(output, /secrets: done before/);
      assert.match(output, /functions: done in/);
      assert.equal(
        await sent(),
        sentBefore + 2,
        "by the first and by the second, not by the third",
      );
    },
  );

  for (const percent of [10, 50, 100]) {
    deployTest(`cutover-${percent} killed in its soak is resumed to the end`, async (world) => {
      const args = [`cutover-${percent}`, "--yes", ...QUICK_SOAK];
      await withTraffic(world, async () => {
        const running = startDeploy(world, args);
        await reached(running, new RegExp(`${percent}%, .*requests, 0% errors`));
        await running.kill();
        assert.equal(await shareOf(world), percent, "the share stays");
        const { code, output } = await deploy(world, args);
        assert.equal(code, 0, output);
      });
      assert.equal(await stepStatus(world, "soak"), "done");
      assert.equal(await shareOf(world), percent);
    });
  }

  deployTest(
    "rollback killed while it verifies has rolled back, and can be run again",
    async (world) => {
      const { sql } = world.database;
      const [before] = await sql<
        { at: string }[]
      >`select changed_at::text as at from mobility.rollout`;
      const release = world.hosted.holdGateway(/get_rollout/);
      const running = startDeploy(world, ["rollback", "--yes"]);
      await reached(running, /the share is 0%, it was 100%/);
      await running.kill();
      release();
      assert.equal(await shareOf(world), 0);
      const { code, output } = await deploy(world, ["rollback", "--yes"]);
      assert.equal(code, 0, output);
      // What follows goes on from 100%, as it was watched.
      await sql`update mobility.rollout set percent = 100, changed_at = ${
        before?.at ?? ""
      }::text::timestamptz`;
    },
  );
}

async function reached(running: DeployProcess, line: RegExp): Promise<void> {
  await until(
    () => Promise.resolve(running.lines),
    (lines) => lines.some((each) => line.test(each)),
    { ms: 60_000 },
  );
}

/** The command lines of what runs in the copy's folder: the tool, and the CLI that it starts there. */
function commandsOf({ copy, secrets }: World): string[] {
  const commands: string[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (Deno.readLinkSync(`/proc/${name}/cwd`) !== copy.root) continue;
      commands.push(Deno.readTextFileSync(`/proc/${name}/cmdline`));
    } catch {
      // It ended meanwhile, or is somebody else's.
    }
  }
  for (const secret of secrets) {
    assert.ok(!commands.some((command) => command.includes(secret)), "anybody could read it");
  }
  return commands;
}

async function secretFiles({ copy }: World): Promise<number> {
  let count = 0;
  for await (const { name } of Deno.readDir(`${copy.root}/.deploy`)) {
    if (!name.startsWith("secrets-")) continue;
    count++;
    const { mode } = await Deno.stat(`${copy.root}/.deploy/${name}`);
    assert.equal((mode ?? 0o777) & 0o077, 0, "nobody else may read it");
  }
  return count;
}

async function stepStatus({ database }: World, step: string): Promise<string> {
  const [row] = await database.sql<{ status: string }[]>`
    select status from mobility_deploy.steps where step = ${step} order by id desc limit 1`;
  return row?.status ?? "none";
}
