import assert from "node:assert/strict";
import { databaseTest } from "../support/database.ts";
import { codeOf } from "./support/outcome.ts";
import { openTrip, propose, proposedRide, rideIn, sweep, type Swept } from "./support/rides.ts";
import { letTimePass, snapshot, tripState } from "./support/trip-state.ts";

const NOTHING: Swept = {
  expired_matches: 0,
  expired_trips: 0,
  hidden_positions: 0,
  due_trips: 0,
  forgotten_keys: 0,
};
const HOUR = 3600;

function inSeconds(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString();
}

databaseTest("sweep() expires an unanswered proposal and reopens both trips", async ({ sql }) => {
  const match = await proposedRide(sql);
  assert.deepEqual(await sweep(sql), NOTHING);
  await letTimePass(sql, 61);
  assert.deepEqual(await sweep(sql), { ...NOTHING, expired_matches: 1 });
  const [row] = await sql`
    select m.status, e.actor, u.offers_expired from mobility.matches m
    join mobility.match_events e on e.match_id = m.id and e.to_status = 'expired'
    join mobility.user_metrics u on u.user_id = m.driver_user_id and u.role = 'driver'
    where m.id = ${match.id}`;
  assert.deepEqual(row, { status: "expired", actor: "system", offers_expired: 1 });
  for (const id of [match.passenger_trip_id, match.driver_trip_id]) {
    const { status, available } = await tripState(sql, id);
    assert.deepEqual([status, available], ["open", true]);
  }
});

databaseTest("sweep() ends rides that both sides walked away from", async ({ sql }) => {
  for (
    const [status, hours] of [["accepted", 2], ["driver_arrived", 2], ["in_progress", 12]] as const
  ) {
    const match = await rideIn(sql, status, { expires_in_s: 24 * HOUR });
    await letTimePass(sql, hours * HOUR - 5);
    assert.equal((await sweep(sql)).expired_matches, 0, status);
    await letTimePass(sql, 6);
    assert.equal((await sweep(sql)).expired_matches, 1, status);
    for (const id of [match.passenger_trip_id, match.driver_trip_id]) {
      const trip = await tripState(sql, id);
      assert.deepEqual([trip.status, trip.available], ["expired", undefined], status);
    }
  }
});

databaseTest("sweep() expires open trips at their time, never matched ones", async ({ sql }) => {
  const open = await openTrip(sql, "passenger", { expires_in_s: 100 });
  const match = await rideIn(sql, "accepted", { expires_in_s: 100 });
  await letTimePass(sql, 95);
  assert.equal((await sweep(sql)).expired_trips, 0);
  await letTimePass(sql, 6);
  assert.equal((await sweep(sql)).expired_trips, 1);
  const trip = await tripState(sql, open.id);
  assert.deepEqual([trip.status, trip.available], ["expired", undefined]);
  assert.equal((await tripState(sql, match.driver_trip_id)).status, "matched");
});

databaseTest("sweep() hides drivers whose position is old, never passengers", async ({ sql }) => {
  const driver = await openTrip(sql, "driver", { expires_in_s: 2 * HOUR });
  const passenger = await openTrip(sql, "passenger", { expires_in_s: 2 * HOUR });
  await letTimePass(sql, 29 * 60);
  assert.equal((await sweep(sql)).hidden_positions, 0);
  await letTimePass(sql, 61);
  assert.equal((await sweep(sql)).hidden_positions, 1);
  assert.equal((await tripState(sql, driver.id)).available, false);
  assert.equal((await tripState(sql, driver.id)).status, "open");
  assert.equal((await tripState(sql, passenger.id)).available, true);
});

databaseTest("sweep() forgets idempotency keys after a day", async ({ sql }) => {
  const key = "forgotten";
  const user_id = crypto.randomUUID();
  const first = await openTrip(sql, "passenger", { user_id, key });
  assert.equal((await openTrip(sql, "passenger", { user_id, key })).id, first.id);
  await letTimePass(sql, 24 * HOUR + 1);
  assert.equal((await sweep(sql)).forgotten_keys, 1);
  assert.notEqual((await openTrip(sql, "passenger", { user_id, key })).id, first.id);
});

databaseTest("sweep() does the same work once", async ({ sql }) => {
  await proposedRide(sql);
  await openTrip(sql, "driver", { expires_in_s: 60 });
  await openTrip(sql, "passenger", { scheduled_for: inSeconds(20 * 60) });
  await letTimePass(sql, 31 * 60);
  assert.notDeepEqual(await sweep(sql), NOTHING);
  const before = await snapshot(sql);
  assert.deepEqual(await sweep(sql), NOTHING);
  assert.equal(await snapshot(sql), before);
});

databaseTest("sweep() does at most the given number of each kind", async ({ sql }) => {
  for (let i = 0; i < 3; i++) await openTrip(sql, "driver", { expires_in_s: 60 });
  await letTimePass(sql, 61);
  const counts: number[] = [];
  for (let i = 0; i < 3; i++) {
    const [row] = await sql<{ expired: number }[]>`
      select (public.sweep(2) ->> 'expired_trips')::int as expired`;
    counts.push(row?.expired ?? -1);
  }
  assert.deepEqual(counts, [2, 1, 0]);
});

databaseTest(
  "accept_match() releases lapsed proposals itself, before the sweep comes",
  async ({ sql }) => {
    const lapsed = await proposedRide(sql);
    const other = await proposedRide(sql);
    assert.equal(
      await codeOf(propose(sql, {
        passenger: lapsed.passenger_trip_id,
        driver: other.driver_trip_id,
      })),
      "TRIP_ALREADY_MATCHED",
    );
    await letTimePass(sql, 61);
    const match = await propose(sql, {
      passenger: lapsed.passenger_trip_id,
      driver: other.driver_trip_id,
    });
    assert.equal(match.status, "pending");
    const rows = await sql`
      select status from mobility.matches where id in (${lapsed.id}, ${other.id})`;
    assert.deepEqual(rows.map(({ status }) => status), ["expired", "expired"]);
    assert.equal((await tripState(sql, lapsed.driver_trip_id)).available, true);
    assert.equal((await tripState(sql, other.passenger_trip_id)).available, true);
    assert.equal((await tripState(sql, lapsed.passenger_trip_id)).available, false);
  },
);

databaseTest("a scheduled trip is hidden until the sweep finds it due", async ({ sql }) => {
  const trip = await openTrip(sql, "passenger", { scheduled_for: inSeconds(HOUR) });
  const driver = await openTrip(sql, "driver", { expires_in_s: 2 * HOUR });
  assert.equal((await tripState(sql, trip.id)).available, false);
  const proposal = { passenger: trip.id, driver: driver.id };
  assert.equal(await codeOf(propose(sql, proposal)), "TRIP_NOT_DUE");
  await letTimePass(sql, 44 * 60);
  assert.equal((await sweep(sql)).due_trips, 0);
  assert.equal(await codeOf(propose(sql, proposal)), "TRIP_NOT_DUE");
  await letTimePass(sql, 61);
  assert.equal((await sweep(sql)).due_trips, 1);
  assert.equal((await tripState(sql, trip.id)).available, true);
  assert.equal(await codeOf(propose(sql, proposal)), "ok");
});

databaseTest(
  "a scheduled trip stands beside an open one and expires after its time",
  async ({ sql }) => {
    const user_id = crypto.randomUUID();
    const open = await openTrip(sql, "passenger", { user_id });
    const later = await openTrip(sql, "passenger", {
      user_id,
      scheduled_for: inSeconds(HOUR),
      expires_in_s: 600,
    });
    assert.equal((await tripState(sql, open.id)).status, "open");
    const { expires_in_s } = await tripState(sql, later.id);
    assert.ok(Math.abs(expires_in_s - HOUR - 600) < 5, `expires in ${expires_in_s} s`);
  },
);
