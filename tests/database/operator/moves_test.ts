import assert from "node:assert/strict";
import { chatTest } from "../chat/support/chat-test.ts";
import { dispatchTrip, offersOf, onlineDrivers } from "../chat/support/dispatch.ts";
import { newPerson } from "../chat/support/people.ts";
import { kindsTo, lastTo } from "../chat/support/said.ts";
import { codeOf } from "../support/outcome.ts";
import {
  advance,
  type Connection,
  type Match,
  openTrip,
  propose,
  rideIn,
} from "../support/rides.ts";
import { tripState } from "../support/trip-state.ts";
import {
  actionsOf,
  cancelBy,
  newOperator,
  operatorSnapshot,
  redispatchBy,
} from "./support/operator.ts";

const LIVE = ["pending", "accepted", "driver_arrived", "in_progress"];
const ENDED = ["completed", "declined", "expired", "cancelled_driver", "cancelled_passenger"];

/** A ride of two people whom WhatsApp reaches. */
async function rideOfReachable(sql: Connection, status: string): Promise<Match> {
  const [passenger, driver] = [await newPerson(sql, "Aline"), await newPerson(sql, "Jean")];
  const match = await propose(sql, {
    passenger: (await openTrip(sql, "passenger", { user_id: passenger.user_id })).id,
    driver: (await openTrip(sql, "driver", { user_id: driver.user_id })).id,
  });
  for (const action of ["accept", "arrive", "start"].slice(0, LIVE.indexOf(status))) {
    await advance(sql, { match: match.id, action, as: "driver", pin: match.pin ?? "" });
  }
  return { ...match, status };
}

/** What people are judged by. */
async function records(sql: Connection, match: Match): Promise<unknown> {
  return [
    ...await sql`
      select user_id, role, rides_cancelled, offers_declined, offers_expired from mobility.user_metrics
      where user_id in (${match.driver_user_id}, ${match.passenger_user_id}) order by 1, 2`,
  ];
}

for (const status of LIVE) {
  chatTest(
    `operator_cancel() ends a ride that is ${status} for both, at nobody's cost`,
    async ({ sql }) => {
      const operator = await newOperator(sql, "Claire");
      const ride = await rideOfReachable(sql, status);
      const before = await records(sql, ride);
      const { match } = await cancelBy(sql, operator, { match: ride.id });
      assert.deepEqual([match?.status, match?.cancel_reason], ["cancelled_passenger", "operator"]);
      assert.deepEqual(await records(sql, ride), before);
      const passenger = await tripState(sql, ride.passenger_trip_id);
      assert.deepEqual([passenger.status, passenger.cancel_reason], ["cancelled", "operator"]);
      const driver = await tripState(sql, ride.driver_trip_id);
      assert.deepEqual([driver.status, driver.available], ["open", true]);
      for (
        const [user, side] of [[ride.passenger_user_id, "passenger"], [
          ride.driver_user_id,
          "driver",
        ]] as const
      ) {
        const { kind, params } = await lastTo(sql, user);
        assert.deepEqual([kind, params], ["ride_withdrawn", {
          match_id: ride.id,
          trip_id: ride.passenger_trip_id,
          side,
          searching: false,
        }]);
      }
      assert.deepEqual(await actionsOf(sql, ride.id), [
        { action: "cancel_ride", operator_name: "Claire", reason: "They quarrel" },
      ]);
    },
  );
}

for (const status of LIVE.slice(0, 3)) {
  chatTest(
    `operator_redispatch() of a ride that is ${status} frees both, at nobody's cost`,
    async ({ sql }) => {
      const operator = await newOperator(sql, "Claire");
      const ride = await rideOfReachable(sql, status);
      const before = await records(sql, ride);
      const freed = await redispatchBy(sql, operator, { match: ride.id });
      assert.deepEqual([freed.passenger_trip_id, freed.match?.status], [
        ride.passenger_trip_id,
        "cancelled_driver",
      ]);
      assert.deepEqual(await records(sql, ride), before);
      for (const trip of [ride.passenger_trip_id, ride.driver_trip_id]) {
        const state = await tripState(sql, trip);
        assert.deepEqual([state.status, state.available], ["open", true]);
      }
      assert.equal((await lastTo(sql, ride.passenger_user_id)).params.searching, true);
      assert.ok(!(await kindsTo(sql, ride.passenger_user_id)).includes("cancelled_by_driver"));
      assert.deepEqual(await actionsOf(sql, ride.id), [
        { action: "redispatch", operator_name: "Claire", reason: "Flat tyre" },
      ]);
      // The driver is not found for this passenger again.
      const [search] = await sql<{ refused_by: string[] }[]>`
      select public.find_counterparts(null, ${ride.passenger_trip_id}, 'driver', 10)
        #> '{trip,refused_by}' as refused_by`;
      assert.deepEqual(search?.refused_by, [ride.driver_user_id]);
    },
  );
}

chatTest(
  "operator_redispatch() of a ride that has begun is refused, and changes nothing",
  async ({ sql }) => {
    const ride = await rideOfReachable(sql, "in_progress");
    const before = await operatorSnapshot(sql);
    assert.equal(await codeOf(redispatchBy(sql, null, { match: ride.id })), "MATCH_INVALID_STATE");
    assert.equal(await operatorSnapshot(sql), before);
  },
);

for (const status of ENDED) {
  chatTest(
    `a ride that is ${status} is neither cancelled nor dispatched again`,
    async ({ sql }) => {
      const { id: match } = await rideIn(sql, status);
      const before = await operatorSnapshot(sql);
      assert.equal(await codeOf(cancelBy(sql, null, { match })), "MATCH_INVALID_STATE");
      assert.equal(await codeOf(redispatchBy(sql, null, { match })), "MATCH_INVALID_STATE");
      assert.equal(await operatorSnapshot(sql), before);
    },
  );
}

chatTest(
  "operator_cancel() of an open trip calls its offers back, and tells its owner",
  async ({ sql }) => {
    const aline = await newPerson(sql);
    const { id: trip } = await openTrip(sql, "passenger", { user_id: aline.user_id });
    const drivers = await onlineDrivers(sql, 2);
    await dispatchTrip(sql, { trip, drivers });
    const cancelled = await cancelBy(sql, null, { trip });
    assert.equal(cancelled.trip?.status, "cancelled");
    assert.deepEqual((await offersOf(sql, trip)).map(({ status }) => status), [
      "cancelled",
      "cancelled",
    ]);
    assert.equal((await lastTo(sql, aline.user_id)).kind, "trip_cancelled");
    const [driver] = drivers;
    assert.ok(driver);
    await cancelBy(sql, null, { trip: driver.trip_id });
    assert.equal((await lastTo(sql, driver.user_id)).kind, "offline");
    assert.deepEqual(await actionsOf(sql, trip), [
      { action: "cancel_trip", operator_name: "service", reason: "They quarrel" },
    ]);
  },
);

chatTest(
  "a trip is cancelled while it is open, and a passenger's alone dispatched",
  async ({ sql }) => {
    const ride = await rideIn(sql, "accepted");
    const gone = await openTrip(sql, "passenger");
    await cancelBy(sql, null, { trip: gone.id });
    const driver = await openTrip(sql, "driver");
    const before = await operatorSnapshot(sql);
    for (
      const [trip, cancel, redispatch] of [
        [ride.passenger_trip_id, "TRIP_ALREADY_MATCHED", "TRIP_ALREADY_MATCHED"],
        [gone.id, "TRIP_CANCELLED", "TRIP_CANCELLED"],
        [crypto.randomUUID(), "TRIP_NOT_FOUND", "TRIP_NOT_FOUND"],
        [driver.id, undefined, "TRIP_WRONG_ROLE"],
      ] as const
    ) {
      if (cancel) assert.equal(await codeOf(cancelBy(sql, null, { trip })), cancel);
      assert.equal(await codeOf(redispatchBy(sql, null, { trip })), redispatch);
    }
    const match = crypto.randomUUID();
    assert.equal(await codeOf(cancelBy(sql, null, { match })), "MATCH_NOT_FOUND");
    assert.equal(await codeOf(redispatchBy(sql, null, { match })), "MATCH_NOT_FOUND");
    assert.equal(await operatorSnapshot(sql), before);
  },
);
