import assert from "node:assert/strict";
import { until } from "../../support/stack-search.ts";
import { deploy, startDeploy } from "../support/deploy-process.ts";
import { QUICK_SOAK } from "../support/quick-soak.ts";
import { deployTest, greet, runV1, shareOf, withTraffic, type World } from "../support/world.ts";

const LONG_SOAK = [...QUICK_SOAK, "--soak=1h"];

/** Back to V1: by hand, by a breach, and while somebody else deploys. */
export function testRollbacks(): void {
  deployTest("deploy rollback sends everybody to V1 in less than 10 seconds", async (world) => {
    assert.equal(await shareOf(world), 100);
    const before = world.v1.taken.length;
    assert.equal(await greet(world), 200);
    assert.equal(world.v1.taken.length, before, "V2 answers");

    const startedAt = performance.now();
    const running = startDeploy(world, ["rollback", "--yes"]);
    // The first greeting that V1 gets; everybody writes all the time.
    const atV1 = until(
      async () => {
        await greet(world);
        return world.v1.taken.length;
      },
      (count) => count > before,
      { ms: 20_000 },
    ).then(() => performance.now() - startedAt);
    const [code, took] = await Promise.all([running.ended, atV1]);
    const whole = performance.now() - startedAt;
    assert.equal(code, 0, running.lines.join("\n"));
    assert.ok(took < 10_000, `V1 gets people again after ${took} ms`);
    assert.ok(whole < 10_000, `the command says so after ${whole} ms`);
    assert.equal(await shareOf(world), 0);
    assert.match(running.lines.join("\n"), /the API says 0%/);

    // From here nobody is answered by V2.
    const count = world.v1.taken.length;
    for (let each = 0; each < 5; each++) await greet(world);
    await until(() => Promise.resolve(world.v1.taken.length), (taken) => taken >= count + 5);
  });

  deployTest("after a rollback nothing but the first step comes next", async (world) => {
    const { code, output } = await deploy(world, ["cutover-50", "--yes", ...QUICK_SOAK]);
    assert.equal(code, 1);
    assert.match(output, /Cannot give it 50%: the share has been set to 0% since.*cutover-10/s);
    assert.equal(await shareOf(world), 0);
  });

  deployTest(
    "the first cutover refuses while V1 and V2 differ, and says how to see it",
    async (world) => {
      const { sql } = world.database;
      const setText = async (text: string | null): Promise<void> => {
        // As the bridge writes: without a note, so that nothing mends it.
        await sql.begin(async (transaction) => {
          await transaction`select set_config('mobility_v1.carrying', 'on', true)`;
          await transaction`update mobility.trips set pickup_text = ${text}
          where id = (select id from mobility_v1.carried_trips order by id limit 1)`;
        });
      };
      await setText("elsewhere");
      const { code, output } = await deploy(world, ["cutover-10", "--yes", ...QUICK_SOAK]);
      assert.equal(code, 1, output);
      assert.match(
        output,
        /V1 and V2 differ in 1 places \(trips [0-9a-f-]{36} pickup_text\)\..*deno task v1:verify/,
      );
      assert.doesNotMatch(output, /elsewhere/, "what is written is nobody's business");
      assert.equal(await runV1(world, "verify"), 1);
      assert.equal(await shareOf(world), 0);
      await setText(null);
      assert.equal(await runV1(world, "verify"), 0);
    },
  );

  deployTest("a soak without enough traffic says so and does not pass", async (world) => {
    const running = startDeploy(world, ["cutover-10", "--yes", ...QUICK_SOAK]);
    await until(
      () => Promise.resolve(running.lines.filter((line) => /too little traffic/.test(line)).length),
      (count) => count >= 12,
      { ms: 30_000 },
    );
    await running.kill();
    assert.ok(!running.lines.some((line) => /watched$/.test(line)));
    const [soak] = await world.database.sql`
      select watched_s, outcome from mobility_deploy.soaks order by id desc limit 1`;
    assert.deepEqual({ ...soak }, { watched_s: 0, outcome: "running" });
  });

  deployTest(
    "a killed soak goes on where it was, and then the next share may follow",
    async (world) => {
      const { code, output } = await withTraffic(
        world,
        () => deploy(world, ["cutover-10", "--yes", ...QUICK_SOAK]),
      );
      assert.equal(code, 0, output);
      assert.match(output, /10% already/);
      const [row] = await world.database.sql`
      select count(*)::integer as soaks from mobility_deploy.soaks
      where percent = 10 and share_set_at = (select changed_at from mobility.rollout)`;
      assert.equal(row?.["soaks"], 1, "it is the same soak");
    },
  );

  deployTest("a forced breach at 50% rolls back by itself", async (world) => {
    const { sql } = world.database;
    const running = startDeploy(world, ["cutover-50", "--yes", ...LONG_SOAK]);
    try {
      const code = await withTraffic(world, async () => {
        await until(
          () => Promise.resolve(running.lines),
          (lines) => lines.some((line) => /50%, .*requests, 0% errors/.test(line)),
          { ms: 60_000 },
        );
        // The webhook answers 500 from here on: the function that stores what it takes is gone.
        await sql`alter function public.receive_whatsapp rename to receive_whatsapp_away`;
        return await running.ended;
      });
      assert.equal(code, 3, running.lines.join("\n"));
      assert.match(
        running.lines.join("\n"),
        /Rolled back to 0% in [\d.]+ s: [\d.]+% of the answers are errors/,
      );
      assert.equal(await shareOf(world), 0);
      const [soak] =
        await sql`select percent, outcome from mobility_deploy.soaks order by id desc limit 1`;
      assert.deepEqual({ ...soak }, { percent: 50, outcome: "breached" });
    } finally {
      await sql`alter function public.receive_whatsapp_away rename to receive_whatsapp`;
    }
  });

  deployTest(
    "metrics that cannot be read for longer than the limit are a breach",
    async (world) => {
      const blind = [
        ...LONG_SOAK,
        "--max-blind=1500ms",
        `--metrics-url=${world.hosted.apiUrl}/functions/v1/nothing`,
      ];
      const { code, output } = await deploy(world, ["cutover-10", "--yes", ...blind]);
      assert.equal(code, 3, output);
      assert.match(output, /Rolled back to 0%.*metrics unreadable \(status 404\) for/);
      assert.equal(await shareOf(world), 0);
    },
  );

  deployTest(
    "of two deployers the second is refused and told who works since when",
    async (world) => {
      const first = await soaking(world);
      const { code, output } = await deploy(world, ["services", "--yes"]);
      assert.equal(code, 1);
      assert.match(
        output,
        /Somebody else is deploying to this database: Tester, \S+, phase cutover-10, since \d{4}-\S+Z/,
      );
      const status = await deploy(world, ["status"]);
      assert.match(status.output, /^deploying now +Tester, .*phase cutover-10/m);
      await first.kill();
      await until(async () => {
        const [row] = await world.database.sql<{ locks: number }[]>`
        select count(*)::integer as locks from pg_locks
        where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`;
        return row?.locks;
      }, (locks) => locks === 0);
      const after = await deploy(world, ["services", "--yes"]);
      assert.equal(after.code, 0, after.output);
    },
  );

  deployTest(
    "a rollback waits for no deployer, and whoever soaks stops without touching it",
    async (world) => {
      const first = await soaking(world);
      const { code, output } = await deploy(world, ["rollback", "--yes"]);
      assert.equal(code, 0, output);
      assert.equal(await first.ended, 1, first.lines.join("\n"));
      assert.match(first.lines.join("\n"), /rollback by Tester|has rolled back/);
      const [row] = await world.database.sql`select percent, changed_by from mobility.rollout`;
      assert.equal(row?.["percent"], 0);
      assert.match(String(row?.["changed_by"]), /^rollback by Tester/);
      const [soak] = await world.database.sql`
      select outcome from mobility_deploy.soaks order by id desc limit 1`;
      assert.ok(["rolled_back", "taken_over"].includes(String(soak?.["outcome"])));
    },
  );
}

/** A deployer that watches 10% for an hour. */
async function soaking(world: World): Promise<ReturnType<typeof startDeploy>> {
  const running = startDeploy(world, ["cutover-10", "--yes", ...LONG_SOAK]);
  await until(
    () => Promise.resolve(running.lines),
    (lines) => lines.some((line) => /10%, .*to watch/.test(line)),
    { ms: 30_000 },
  );
  return running;
}
