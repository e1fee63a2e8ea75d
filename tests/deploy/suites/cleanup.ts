import assert from "node:assert/strict";
import { until } from "../../support/stack-search.ts";
import { deploy, startDeploy } from "../support/deploy-process.ts";
import { QUICK_SOAK } from "../support/quick-soak.ts";
import { deployTest, shareOf, type World } from "../support/world.ts";

const V1_WEBHOOK = "MOBILITY_V1_WEBHOOK_URL";

/** The end of V1: not early, and then for good. */
export function testCleanup(): void {
  deployTest("deploy cleanup refuses before 48 stable hours at 100%", async (world) => {
    await passTime(world, "47 hours 59 minutes");
    for (const args of [["cleanup", "--yes"], ["cleanup", "--yes", "--stable=72h"]]) {
      const { code, output } = await deploy(world, args);
      assert.equal(code, 1);
      assert.match(output, /Cannot clean up yet: at 100% for 47 h 59 min of/);
    }
    const short = await deploy(world, ["cleanup", "--yes", "--stable=47h"]);
    assert.equal(short.code, 1);
    assert.match(short.output, /48h is the least/);
    assert.ok(world.hosted.api.secrets.has(V1_WEBHOOK));
  });

  deployTest("deploy cleanup refuses when the soak at 100% did not pass", async (world) => {
    const { sql } = world.database;
    await passTime(world, "49 hours");
    await sql`update mobility_deploy.soaks set outcome = 'taken_over' where percent = 100 and outcome = 'passed'`;
    const { code, output } = await deploy(world, ["cleanup", "--yes"]);
    assert.equal(code, 1);
    assert.match(output, /the soak at 100% has not passed/);
    await sql`update mobility_deploy.soaks set outcome = 'passed' where percent = 100 and outcome = 'taken_over'`;
  });

  deployTest(
    "deploy cleanup after 48 stable hours takes V1's part away, also when it was killed",
    async (world) => {
      await passTime(world, "48 hours 1 minute");
      const release = world.hosted.api.hold(({ method }) => method === "DELETE");
      const running = startDeploy(world, ["cleanup", "--yes"]);
      await until(
        () => Promise.resolve(world.hosted.api.count("DELETE", /secrets$/)),
        (count) => count > 0,
        { ms: 60_000 },
      );
      await running.kill();
      release();
      const { code, output } = await deploy(world, ["cleanup", "--yes"]);
      assert.equal(code, 0, output);
      assert.ok(!world.hosted.api.secrets.has(V1_WEBHOOK));
      const [row] = await world.database.sql<{ triggers: number }[]>`
      select count(*)::integer as triggers from pg_trigger
      where not tgisinternal and tgrelid in (
        'public.rides_trips'::regclass, 'public.mobility_matches'::regclass, 'public.profiles'::regclass)`;
      assert.equal(row?.triggers, 0, "nothing listens on V1's tables");
    },
  );

  deployTest(
    "once V1 is over there is nothing to cut over to, to roll back to, or to forward to",
    async (world) => {
      const cutover = await deploy(world, ["cutover-10", "--yes", ...QUICK_SOAK]);
      assert.equal(cutover.code, 0, cutover.output);
      assert.match(cutover.output, /V1 is over: everybody is served already/);
      const rollback = await deploy(world, ["rollback", "--yes"]);
      assert.equal(rollback.code, 1);
      assert.match(
        rollback.output,
        /V1 is over: this system goes on serving everybody.*git checkout/s,
      );
      assert.equal(await shareOf(world), 100);
      const services = await deploy(world, ["services", "--yes", "--again"]);
      assert.equal(services.code, 0, services.output);
      assert.ok(!world.hosted.api.secrets.has(V1_WEBHOOK), "it is not sent again");
    },
  );
}

/** The share was set so long ago, and its soak with it. */
async function passTime({ database }: World, age: string): Promise<void> {
  await database.sql.begin(async (sql) => {
    await sql`
      with moved as (update mobility.rollout set changed_at = now() - ${age}::interval returning changed_at)
      update mobility_deploy.soaks set share_set_at = moved.changed_at from moved
      where percent = 100 and outcome = 'passed'`;
  });
}
