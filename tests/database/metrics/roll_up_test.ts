import assert from "node:assert/strict";
import { createDatabase, hasDatabase, type TestDatabase } from "../../support/database.ts";
import { letChatTimePass } from "../chat/support/chat-clock.ts";
import {
  answerOffer,
  dispatchTrip,
  offersOf,
  offerTo,
  onlineDrivers,
  sweepDispatch,
} from "../chat/support/dispatch.ts";
import { advance, cancelTrip, type Connection, openTrip, rideIn } from "../support/rides.ts";
import { gauges, hoursOf, rollUp } from "./support/totals.ts";

/** A test on a database of its own: what was counted is never forgotten. */
function countingTest(name: string, test: (database: TestDatabase) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !hasDatabase,
    fn: async () => {
      await using database = await createDatabase();
      await test(database);
    },
  });
}

/** Passengers and drivers, of whom this many rides were completed. */
async function completeRides(sql: Connection, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await rideIn(sql, "completed");
}

const COMPLETED = 'mobility_rides_total{outcome="completed",vehicle_type="moto"}';

countingTest(
  "roll_up() counts rides by how they ended and trips by who opened them, once each",
  async ({ sql }) => {
    for (const status of ["completed", "completed", "declined", "expired", "cancelled_driver"]) {
      await rideIn(sql, status);
    }
    await rideIn(sql, "in_progress");
    await openTrip(sql, "driver", { vehicle_type: "cab" });
    for (let i = 0; i < 3; i++) await rollUp(sql);
    assert.deepEqual(await gauges(sql, "mobility_rides_total"), {
      [COMPLETED]: 2,
      'mobility_rides_total{outcome="declined",vehicle_type="moto"}': 1,
      'mobility_rides_total{outcome="expired",vehicle_type="moto"}': 1,
      'mobility_rides_total{outcome="cancelled_driver",vehicle_type="moto"}': 1,
    });
    assert.deepEqual(await gauges(sql, "mobility_trips_created_total"), {
      'mobility_trips_created_total{role="driver",vehicle_type="moto"}': 6,
      'mobility_trips_created_total{role="driver",vehicle_type="cab"}': 1,
      'mobility_trips_created_total{role="passenger",vehicle_type="moto"}': 6,
    });
  },
);

countingTest(
  "roll_up() counts what became of offers, and how long drivers took to accept",
  async ({ sql }) => {
    const drivers = await onlineDrivers(sql, 5);
    const [expires, declines, accepts, ...slow] = drivers;
    assert.ok(expires && declines && accepts);
    const { id: first } = await openTrip(sql, "passenger");
    await dispatchTrip(sql, { trip: first, drivers: [expires, declines, accepts, ...slow] });
    await answerOffer(sql, await offerTo(sql, first, declines), false);
    await letChatTimePass(sql, 7);
    await answerOffer(sql, await offerTo(sql, first, accepts), true);
    // The first of those two is called back by that.
    const { id: second } = await openTrip(sql, "passenger");
    await dispatchTrip(sql, { trip: second, drivers: [expires], offer_s: 20 });
    await letChatTimePass(sql, 21);
    await sweepDispatch(sql);
    const { id: third } = await openTrip(sql, "passenger");
    await dispatchTrip(sql, { trip: third, drivers: slow, batch_size: 1 });
    assert.equal((await offersOf(sql, third)).length, 1, "one is still out");
    await rollUp(sql);
    assert.deepEqual(await gauges(sql, "mobility_offers_total"), {
      'mobility_offers_total{outcome="accepted"}': 1,
      'mobility_offers_total{outcome="declined"}': 1,
      'mobility_offers_total{outcome="taken"}': 1,
      'mobility_offers_total{outcome="expired"}': 1,
    });
    const response = await gauges(sql, "mobility_offer_response_seconds");
    const bucket = (le: string): number =>
      response[`mobility_offer_response_seconds_bucket{le="${le}"}`] ?? 0;
    assert.deepEqual(["5", "10", "15", "300", "+Inf"].map(bucket), [0, 1, 1, 1, 1]);
    assert.equal(response["mobility_offer_response_seconds_count"], 1);
    const sum = response["mobility_offer_response_seconds_sum"] ?? 0;
    assert.ok(sum >= 7 && sum < 10, `${sum} s`);
  },
);

countingTest(
  "roll_up() measures from the trip to its first match that is accepted",
  async ({ sql }) => {
    const { passenger_trip_id, id } = await rideIn(sql, "pending");
    await letChatTimePass(sql, 100);
    await sql`update mobility.matches set respond_by = now() + interval '1 minute' where id = ${id}`;
    await advance(sql, { match: id, action: "accept" });
    await letChatTimePass(sql, 500);
    await advance(sql, { match: id, action: "cancel", as: "driver" });
    const { id: driver } = await openTrip(sql, "driver");
    const [again] = await sql<{ id: string }[]>`
    select public.accept_match(null, ${passenger_trip_id}, ${driver}) ->> 'id' as id`;
    assert.ok(again);
    await advance(sql, { match: again.id, action: "accept" });
    await rollUp(sql);
    const found = await gauges(sql, "mobility_time_to_match_seconds");
    assert.equal(found["mobility_time_to_match_seconds_count"], 1);
    const sum = found["mobility_time_to_match_seconds_sum"] ?? 0;
    assert.ok(sum >= 100 && sum < 110, `${sum} s`);
    assert.equal(found['mobility_time_to_match_seconds_bucket{le="60"}'], undefined);
    assert.equal(found['mobility_time_to_match_seconds_bucket{le="120"}'], 1);
  },
);

countingTest("roll_up() measures a booking from when it is looked for", async ({ sql }) => {
  const in20Minutes = new Date(Date.now() + 20 * 60_000).toISOString();
  const { id } = await openTrip(sql, "passenger", { scheduled_for: in20Minutes });
  await letChatTimePass(sql, 6 * 60);
  await sql`select public.sweep()`;
  const { id: driver } = await openTrip(sql, "driver");
  const [made] = await sql<{ id: string }[]>`
    select public.accept_match(null, ${id}, ${driver}) ->> 'id' as id`;
  assert.ok(made);
  await advance(sql, { match: made.id, action: "accept" });
  await rollUp(sql);
  const sum = (await gauges(sql))["mobility_time_to_match_seconds_sum"] ?? 0;
  assert.ok(sum >= 60 && sum < 70, `${sum} s since 15 minutes before its time`);
});

countingTest(
  "roll_up() finds what is committed late, in the hour it belongs to",
  async ({ sql }) => {
    await completeRides(sql, 1);
    const late = await sql.reserve();
    try {
      await late`begin`;
      await completeRides(late, 1);
      // It began, and so is dated, before the job ran for the last hour and a half.
      await late`update mobility.matches set ended_at = now() - interval '90 minutes'
      where id = (select id from mobility.matches order by created_at desc limit 1)`;
      for (let i = 0; i < 2; i++) await rollUp(sql);
      assert.equal((await gauges(sql))[COMPLETED], 1);
      await late`commit`;
    } finally {
      late.release();
    }
    await rollUp(sql);
    assert.equal((await gauges(sql))[COMPLETED], 2);
    const [early, now] = await hoursOf(sql, "mobility_rides_total");
    assert.ok(early?.hours_ago === 1 || early?.hours_ago === 2, `${early?.hours_ago} hours ago`);
    assert.equal(now?.hours_ago, 0);
  },
);

countingTest(
  "roll_up() makes up for all the time it did not run, but for hours that are added up",
  async ({ sql }) => {
    await completeRides(sql, 3);
    const [a, b, c] = await sql<{ id: string }[]>`select id from mobility.matches order by id`;
    const move = (id: string | undefined, interval: string): Promise<unknown> =>
      sql`update mobility.matches set ended_at = now() - ${interval}::interval where id = ${
        id ?? null
      }`;
    await move(a?.id, "5 hours");
    await move(b?.id, "50 hours");
    await move(c?.id, "8 days");
    const counted = async (): Promise<(number | null)[]> =>
      (await hoursOf(sql, "mobility_rides_total")).map(({ hours_ago }) => hours_ago);
    await rollUp(sql);
    assert.deepEqual(await counted(), [], "it has run all the time");
    await sql`update mobility.job_runs set last_success_at = now() - interval '49 hours'`;
    await rollUp(sql);
    assert.deepEqual(await counted(), [50, 5]);
    await sql`update mobility.job_runs set last_success_at = now() - interval '1 year'`;
    await rollUp(sql);
    assert.deepEqual(await counted(), [50, 5]);
  },
);

countingTest("roll_up() takes nothing back of what was deleted", async ({ sql }) => {
  const { id } = await openTrip(sql, "passenger");
  const [driver] = await onlineDrivers(sql, 1);
  assert.ok(driver);
  await dispatchTrip(sql, { trip: id, drivers: [driver] });
  await cancelTrip(sql, { trip: id });
  await rollUp(sql);
  const before = await gauges(sql, "mobility_offers_total");
  assert.deepEqual(before, { 'mobility_offers_total{outcome="cancelled"}': 1 });
  await sql`delete from mobility.offers`;
  await rollUp(sql);
  assert.deepEqual(await gauges(sql, "mobility_offers_total"), before);
});

countingTest(
  "roll_up() twenty times at once counts once, and none waits for another",
  async ({ sql }) => {
    await completeRides(sql, 3);
    await rollUp(sql);
    const [before] = await sql<{ runs: number }[]>`
    select runs::int from mobility.job_runs where job = 'roll_up'`;
    await completeRides(sql, 4);
    const answers = await Promise.all(Array.from({ length: 20 }, () => rollUp(sql)));
    const done = answers.filter(({ busy }) => busy === undefined);
    assert.ok(done.length >= 1);
    assert.equal((await gauges(sql))[COMPLETED], 7);
    const [after] = await sql<{ runs: number }[]>`
    select runs::int from mobility.job_runs where job = 'roll_up'`;
    assert.equal((after?.runs ?? 0) - (before?.runs ?? 0), done.length);
  },
);

countingTest(
  "roll_up() shows every series from the start, of new vehicles too",
  async ({ sql }) => {
    await rollUp(sql);
    await sql`select mobility.add_vehicle_type('tuk_tuk', 'Tuk-tuk', 5)`;
    await rollUp(sql);
    const rows = await sql<{ metric: string; count: number }[]>`
    select metric, count(*)::int from mobility.hourly_totals group by metric order by metric`;
    assert.deepEqual(Object.fromEntries(rows.map(({ metric, count }) => [metric, count])), {
      mobility_rides_total: 6 * 5,
      mobility_trips_created_total: 6 * 2,
      mobility_offers_total: 6,
      mobility_offer_response_seconds_bucket: 12,
      mobility_offer_response_seconds_sum: 1,
      mobility_offer_response_seconds_count: 1,
      mobility_time_to_match_seconds_bucket: 13,
      mobility_time_to_match_seconds_sum: 1,
      mobility_time_to_match_seconds_count: 1,
    });
    const [other] = await sql`
    select count(*)::int as outcomes from mobility.match_transitions t
    where t.to_status not in ('accepted', 'driver_arrived', 'in_progress') and not exists (
      select from mobility.hourly_totals where labels ->> 'outcome' = t.to_status)`;
    assert.deepEqual(other, { outcomes: 0 });
  },
);
