import assert from "node:assert/strict";
import { createDatabase, hasDatabase, type TestDatabase } from "../../support/database.ts";
import { answerOffer, dispatchTrip, offerTo, onlineDrivers } from "../chat/support/dispatch.ts";
import { newPerson } from "../chat/support/people.ts";
import { claimOutbox } from "../chat/support/worker.ts";
import { type Connection, openTrip, rideIn } from "../support/rides.ts";
import { gauges, hoursOf, rollUp } from "./support/totals.ts";

interface Pruned {
  readonly hours: number;
  readonly searches: number;
  readonly rates: number;
  readonly job_runs: number;
}

const NOTHING: Pruned = { hours: 0, searches: 0, rates: 0, job_runs: 0 };

async function prune(sql: Connection, limit = 20_000): Promise<Pruned> {
  const [row] = await sql<{ answer: Pruned }[]>`select public.prune(${limit}) as answer`;
  if (row === undefined) throw new Error("Cannot read what was pruned: there is no row");
  return row.answer;
}

function pruningTest(name: string, test: (database: TestDatabase) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !hasDatabase,
    fn: async () => {
      await using database = await createDatabase();
      await test(database);
    },
  });
}

pruningTest(
  "prune() adds up hours of more than a week ago, and no counter falls",
  async ({ sql }) => {
    for (let i = 0; i < 3; i++) await rideIn(sql, "completed");
    await rollUp(sql);
    const before = await gauges(sql, "mobility_rides_total");
    assert.equal(Object.values(before)[0], 3);
    assert.deepEqual(await prune(sql), NOTHING);
    await sql`update mobility.hourly_totals set hour = hour - interval '6 days 23 hours'
    where hour > '-infinity'`;
    assert.deepEqual(await prune(sql), NOTHING);
    await sql`update mobility.hourly_totals set hour = hour - interval '2 hours'
    where hour > '-infinity'`;
    await sql`update mobility.matches set ended_at = ended_at - interval '7 days 1 hour'`;
    assert.ok((await prune(sql)).hours > 0);
    assert.deepEqual(await gauges(sql, "mobility_rides_total"), before);
    assert.deepEqual(
      (await hoursOf(sql, "mobility_rides_total")).map((
        { hours_ago, value },
      ) => [hours_ago, value]),
      [[null, 3]],
    );
    // Not even after a month without the job is an hour that was added up counted again.
    await sql`update mobility.job_runs set last_success_at = now() - interval '30 days'`;
    await rollUp(sql);
    assert.deepEqual(await gauges(sql, "mobility_rides_total"), before);
    await rideIn(sql, "completed");
    await rollUp(sql);
    assert.equal(Object.values(await gauges(sql, "mobility_rides_total"))[0], 4);
  },
);

pruningTest(
  "prune() takes searches and their offers after 90 days, a batch at a time, and no ride",
  async ({ sql }) => {
    const drivers = await onlineDrivers(sql, 3);
    for (const driver of drivers) {
      const { id } = await openTrip(sql, "passenger");
      await dispatchTrip(sql, { trip: id, drivers: [driver] });
      await answerOffer(sql, await offerTo(sql, id, driver), true);
    }
    const [running] = await onlineDrivers(sql, 1);
    assert.ok(running);
    const { id } = await openTrip(sql, "passenger");
    await dispatchTrip(sql, { trip: id, drivers: [running] });
    const age = (interval: string): Promise<unknown> =>
      sql`update mobility.dispatches set created_at = now() - ${interval}::interval,
      ended_at = case when status <> 'running' then now() - ${interval}::interval end`;
    await age("89 days");
    assert.deepEqual(await prune(sql), NOTHING);
    await age("91 days");
    assert.equal((await prune(sql, 2)).searches, 2);
    assert.equal((await prune(sql, 2)).searches, 1);
    assert.equal((await prune(sql, 2)).searches, 0);
    const [left] = await sql`
    select (select count(*)::int from mobility.dispatches) as searches,
      (select count(*)::int from mobility.offers) as offers,
      (select count(*)::int from mobility.matches) as rides`;
    assert.deepEqual(left, { searches: 1, offers: 1, rides: 3 });
  },
);

pruningTest("prune() forgets the rate of who was sent nothing for a day", async ({ sql }) => {
  for (let i = 0; i < 2; i++) {
    const { user_id } = await newPerson(sql);
    await sql`select mobility.say(${user_id}, 'rated')`;
  }
  await claimOutbox(sql);
  assert.deepEqual(await prune(sql), NOTHING);
  await sql`update mobility.sending_pairs set next_slot_at = now() - interval '25 hours'
    where user_id = (select user_id from mobility.sending_pairs limit 1)`;
  assert.deepEqual(await prune(sql), { ...NOTHING, rates: 1 });
});

pruningTest(
  "prune() deletes what pg_cron noted of runs longer than a day ago, the oldest first",
  async ({ sql }) => {
    await sql.unsafe(`
    create schema cron;
    create table cron.job_run_details (runid bigint primary key, start_time timestamptz);
    insert into cron.job_run_details
    select i, now() - i * interval '1 hour' from generate_series(1, 48) i`);
    assert.deepEqual(await prune(sql, 20), { ...NOTHING, job_runs: 20 });
    assert.deepEqual(await prune(sql), { ...NOTHING, job_runs: 5 });
    const [left] = await sql`select max(runid)::int as oldest from cron.job_run_details`;
    assert.deepEqual(left, { oldest: 23 });
  },
);

pruningTest("prune() twenty times at once takes each away once", async ({ sql }) => {
  await rideIn(sql, "completed");
  await rollUp(sql);
  const before = await gauges(sql, "mobility_rides_total");
  await sql`update mobility.hourly_totals set hour = hour - interval '9 days' where hour > '-infinity'`;
  await sql`update mobility.matches set ended_at = ended_at - interval '9 days'`;
  const answers = await Promise.all(Array.from({ length: 20 }, () => prune(sql)));
  assert.equal(answers.filter(({ hours }) => hours > 0).length, 1);
  assert.deepEqual(await gauges(sql, "mobility_rides_total"), before);
});
