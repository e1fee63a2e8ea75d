import assert from "node:assert/strict";
import { databaseTest } from "../support/database.ts";
import { codeOf } from "./support/outcome.ts";
import { advance, cancelTrip, openTrip, propose, rideIn, sweep } from "./support/rides.ts";
import { letTimePass, snapshot, tripState } from "./support/trip-state.ts";

databaseTest("create_trip() opens a trip that is findable at its pickup", async ({ sql }) => {
  const trip = await openTrip(sql, "driver", { lat: -1.9, lng: 30.1 });
  assert.equal(trip.status, "open");
  const [position] = await sql`
    select l.lat, l.lng, l.available, l.role, l.vehicle_type, l.user_id,
      l.expires_at = t.expires_at as expires
    from mobility.live_positions l join mobility.trips t on t.id = l.trip_id
    where t.id = ${trip.id}`;
  assert.deepEqual(position, {
    lat: -1.9,
    lng: 30.1,
    available: true,
    role: "driver",
    vehicle_type: "moto",
    user_id: trip.user_id,
    expires: true,
  });
});

databaseTest(
  "create_trip() replaces the open trip of the person in that role alone",
  async ({ sql }) => {
    const user_id = crypto.randomUUID();
    const asPassenger = await openTrip(sql, "passenger", { user_id });
    const first = await openTrip(sql, "driver", { user_id });
    const second = await openTrip(sql, "driver", { user_id, vehicle_type: "cab" });
    const replaced = await tripState(sql, first.id);
    assert.deepEqual([replaced.status, replaced.cancel_reason, replaced.available], [
      "cancelled",
      "replaced",
      undefined,
    ]);
    assert.equal((await tripState(sql, second.id)).status, "open");
    assert.equal((await tripState(sql, asPassenger.id)).status, "open");
  },
);

databaseTest(
  "create_trip() is refused with ALREADY_IN_RIDE in the role that rides, and changes nothing",
  async ({ sql }) => {
    for (const status of ["pending", "accepted", "driver_arrived", "in_progress"]) {
      const match = await rideIn(sql, status);
      const before = await snapshot(sql);
      const { driver_user_id, passenger_user_id } = match;
      assert.equal(
        await codeOf(openTrip(sql, "driver", { user_id: driver_user_id })),
        "ALREADY_IN_RIDE",
      );
      assert.equal(
        await codeOf(openTrip(sql, "passenger", { user_id: passenger_user_id })),
        "ALREADY_IN_RIDE",
      );
      assert.equal(await snapshot(sql), before);
      assert.equal(await codeOf(openTrip(sql, "passenger", { user_id: driver_user_id })), "ok");
    }
  },
);

databaseTest("create_trip() refuses what no trip can be, and changes nothing", async ({ sql }) => {
  await sql`
    insert into mobility.areas (code, name, boundary) values ('kigali', 'Kigali',
      extensions.st_multi(extensions.st_makeenvelope(29.97, -2.09, 30.29, -1.77, 4326)))`;
  const before = await snapshot(sql);
  const someone = crypto.randomUUID();
  const refused = {
    FORBIDDEN: [{ acting_user: someone }],
    INVALID_VEHICLE_TYPE: [{ vehicle_type: "zeppelin" }],
    INVALID_LOCATION: [
      { lat: 0, lng: 0 },
      { lat: 91 },
      { lng: 181 },
      { lat: Infinity },
      // Exchanged: only the mirror is in Kigali.
      { lat: 30.06, lng: -1.95 },
      { dropoff: { lat: 30.06, lng: -1.95 } },
      { dropoff: { lat: -1.95, lng: 130 } },
    ],
  };
  for (const [code, wishes] of Object.entries(refused)) {
    for (const wish of wishes) {
      assert.equal(await codeOf(openTrip(sql, "passenger", wish)), code, JSON.stringify(wish));
    }
  }
  assert.equal(await snapshot(sql), before);
  await sql`delete from mobility.areas`;
});

databaseTest("accept_match() takes both trips out of the searches", async ({ sql }) => {
  const match = await rideIn(sql, "pending");
  for (const id of [match.passenger_trip_id, match.driver_trip_id]) {
    const { status, available } = await tripState(sql, id);
    assert.deepEqual([status, available], ["matched", false]);
  }
});

databaseTest(
  "accept_match() refuses each wrong pair with its own code, and changes nothing",
  async ({ sql }) => {
    const passenger = (await openTrip(sql, "passenger")).id;
    const driver = (await openTrip(sql, "driver")).id;
    const cab = (await openTrip(sql, "driver", { vehicle_type: "cab" })).id;
    const user_id = crypto.randomUUID();
    const own = {
      passenger: (await openTrip(sql, "passenger", { user_id })).id,
      driver: (await openTrip(sql, "driver", { user_id })).id,
    };
    const taken = await rideIn(sql, "accepted");
    const done = await rideIn(sql, "completed");
    const cancelled = (await openTrip(sql, "driver")).id;
    await cancelTrip(sql, { trip: cancelled });
    const expired = (await openTrip(sql, "driver")).id;
    await sql`update mobility.trips set expires_at = now() where id = ${expired}`;
    const nobody = crypto.randomUUID();
    const before = await snapshot(sql);
    const refused: [string, { passenger: string; driver: string; acting_user?: string }][] = [
      ["TRIP_NOT_FOUND", { passenger: nobody, driver }],
      ["TRIP_NOT_FOUND", { passenger, driver: nobody }],
      ["FORBIDDEN", { passenger, driver, acting_user: nobody }],
      ["TRIP_WRONG_ROLE", { passenger: driver, driver: passenger }],
      ["TRIP_WRONG_ROLE", { passenger, driver: passenger }],
      ["VEHICLE_TYPE_MISMATCH", { passenger, driver: cab }],
      ["SELF_MATCH", own],
      ["TRIP_ALREADY_MATCHED", { passenger, driver: taken.driver_trip_id }],
      ["TRIP_ALREADY_MATCHED", { passenger: taken.passenger_trip_id, driver }],
      ["TRIP_COMPLETED", { passenger, driver: done.driver_trip_id }],
      ["TRIP_CANCELLED", { passenger, driver: cancelled }],
      ["TRIP_EXPIRED", { passenger, driver: expired }],
    ];
    for (const [code, proposal] of refused) {
      assert.equal(await codeOf(propose(sql, proposal)), code, JSON.stringify(proposal));
    }
    assert.equal(await snapshot(sql), before);
  },
);

databaseTest("a ride that falls through gives both trips back to the searches", async ({ sql }) => {
  const cases: [string, string, string, number][] = [
    // From, action, by whom, and the grace in seconds that an agreed ride leaves.
    ["pending", "decline", "driver", 0],
    ["pending", "cancel", "driver", 0],
    ["accepted", "cancel", "driver", 600],
    ["driver_arrived", "cancel", "driver", 600],
    ["in_progress", "cancel", "driver", 600],
  ];
  for (const [status, action, as, grace] of cases) {
    const match = await rideIn(sql, status);
    await sql`update mobility.trips set expires_at = now() + interval '1 minute'`;
    await advance(sql, { match: match.id, action, as });
    for (const id of [match.passenger_trip_id, match.driver_trip_id]) {
      const trip = await tripState(sql, id);
      assert.deepEqual([trip.status, trip.available], ["open", true], `${status} ${action}`);
      const least = Math.max(grace, 60) - 5;
      assert.ok(
        trip.expires_in_s >= least && trip.expires_in_s <= least + 10,
        `${status} ${action}: expires in ${trip.expires_in_s} s`,
      );
    }
  }
});

databaseTest("the grace never shortens what a trip had left", async ({ sql }) => {
  const match = await rideIn(sql, "accepted", { expires_in_s: 3600 });
  await advance(sql, { match: match.id, action: "cancel", as: "driver" });
  assert.ok((await tripState(sql, match.passenger_trip_id)).expires_in_s > 3500);
});

databaseTest(
  "a passenger who cancels ends the own trip, unless told to keep searching",
  async ({ sql }) => {
    const ends = await rideIn(sql, "accepted");
    await advance(sql, { match: ends.id, action: "cancel", as: "passenger", reason: "rain" });
    const ended = await tripState(sql, ends.passenger_trip_id);
    assert.deepEqual([ended.status, ended.cancel_reason, ended.available], [
      "cancelled",
      "rain",
      undefined,
    ]);
    assert.equal((await tripState(sql, ends.driver_trip_id)).available, true);

    const keeps = await rideIn(sql, "accepted");
    await advance(sql, {
      match: keeps.id,
      action: "cancel",
      as: "passenger",
      keep_searching: true,
    });
    assert.equal((await tripState(sql, keeps.passenger_trip_id)).status, "open");
  },
);

databaseTest(
  "a completed ride completes both trips and forgets where they were",
  async ({ sql }) => {
    const match = await rideIn(sql, "completed");
    for (const id of [match.passenger_trip_id, match.driver_trip_id]) {
      const { status, available } = await tripState(sql, id);
      assert.deepEqual([status, available], ["completed", undefined]);
    }
  },
);

databaseTest("cancel_trip() ends an open trip once, with its reason", async ({ sql }) => {
  const { id } = await openTrip(sql, "passenger");
  const { trip, match } = await cancelTrip(sql, { trip: id, reason: "found a bus" });
  assert.deepEqual([trip.status, trip.cancel_reason, match], ["cancelled", "found a bus", null]);
  assert.equal((await tripState(sql, id)).available, undefined);
  const before = await snapshot(sql);
  assert.equal(await codeOf(cancelTrip(sql, { trip: id })), "TRIP_CANCELLED");
  assert.equal(await snapshot(sql), before);
});

databaseTest(
  "cancel_trip() cancels the match under way by its owner's side and frees the other",
  async ({ sql }) => {
    for (const status of ["pending", "accepted", "driver_arrived", "in_progress"]) {
      for (const side of ["passenger", "driver"] as const) {
        const ride = await rideIn(sql, status);
        const other = side === "driver" ? "passenger" : "driver";
        const { trip, match } = await cancelTrip(sql, {
          trip: ride[`${side}_trip_id`],
          acting_user: ride[`${side}_user_id`],
          reason: "breakdown",
        });
        assert.deepEqual([trip.status, match?.status, match?.cancel_reason], [
          "cancelled",
          `cancelled_${side}`,
          "breakdown",
        ]);
        const freed = await tripState(sql, ride[`${other}_trip_id`]);
        assert.deepEqual([freed.status, freed.available], ["open", true]);
      }
    }
  },
);

databaseTest("cancel_trip() refuses foreign, unknown and ended trips", async ({ sql }) => {
  const open = await openTrip(sql, "passenger");
  const done = await rideIn(sql, "completed");
  const expired = await openTrip(sql, "passenger", { expires_in_s: 60 });
  await letTimePass(sql, 61);
  await sql`update mobility.trips set expires_at = now() + interval '1 hour' where id = ${open.id}`;
  await sweep(sql);
  const before = await snapshot(sql);
  const stranger = crypto.randomUUID();
  assert.equal(
    await codeOf(cancelTrip(sql, { trip: open.id, acting_user: stranger })),
    "FORBIDDEN",
  );
  assert.equal(await codeOf(cancelTrip(sql, { trip: stranger })), "TRIP_NOT_FOUND");
  assert.equal(await codeOf(cancelTrip(sql, { trip: done.driver_trip_id })), "TRIP_COMPLETED");
  assert.equal(await codeOf(cancelTrip(sql, { trip: expired.id })), "TRIP_EXPIRED");
  assert.equal(await snapshot(sql), before);
});
