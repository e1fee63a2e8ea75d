import assert from "node:assert/strict";
import { createDatabase, databaseTest, hasDatabase } from "../support/database.ts";
import { untilWaiting } from "./support/lock-waits.ts";
import { inSeconds, ping, type Point, type PointAnswer } from "./support/positions.ts";
import { cancelTrip, type Connection, openTrip, propose, rideIn, sweep } from "./support/rides.ts";
import { letTimePass, snapshot, tripState } from "./support/trip-state.ts";

async function whereIs(sql: Connection, trip: string): Promise<unknown> {
  const [row] = await sql`
    select lat, lng, accuracy_m, heading, speed_mps from mobility.live_positions where trip_id = ${trip}`;
  return row;
}

databaseTest("update_positions() moves a trip, and nothing else", async ({ sql }) => {
  const { id, user_id } = await openTrip(sql, "driver");
  const other = await openTrip(sql, "driver");
  const [others, before] = [await whereIs(sql, other.id), await snapshot(sql)];
  const point = { lat: -1.955, lng: 30.065, accuracy_m: 5, heading: 90, speed_mps: 7.5 };
  assert.deepEqual(await ping(sql, [{ trip_id: id, ...point }], user_id), [
    { trip_id: id, accepted: true },
  ]);
  assert.deepEqual(await whereIs(sql, id), point);
  assert.deepEqual(await whereIs(sql, other.id), others);
  const apart = (text: string): string[] => text.split("\n").filter((line) => !line.includes(id));
  assert.deepEqual(apart(await snapshot(sql)), apart(before));
  const [agrees] = await sql<{ agrees: boolean }[]>`
    select extensions.st_equals(position, mobility.mercator(-1.955, 30.065)) as agrees
    from mobility.live_positions where trip_id = ${id}`;
  assert.equal(agrees?.agrees, true);
});

databaseTest(
  "update_positions() answers 500 points in their order, the newest of a trip counting",
  async ({ sql }) => {
    const trips = await Promise.all(
      Array.from({ length: 100 }, () => openTrip(sql, "driver").then(({ id }) => id)),
    );
    // Five points of each trip, scattered; the second last in time order comes last.
    const points = Array.from({ length: 500 }, (_, i) => ({
      trip_id: trips[(i * 7) % 100] ?? "",
      lat: -1.9 - i / 10_000,
      lng: 30.06,
      recorded_at: inSeconds([10, 20, 30, 50, 40][Math.floor(i / 100)] ?? 0),
    }));
    const answers = await ping(sql, points);
    assert.deepEqual(answers.map(({ trip_id }) => trip_id), points.map(({ trip_id }) => trip_id));
    answers.forEach((answer, i) => {
      const newest = i >= 300 && i < 400;
      assert.equal(answer.accepted, newest, `point ${i}`);
      assert.equal(answer.code, newest ? undefined : "OUT_OF_DATE", `point ${i}`);
    });
    for (const { trip_id, lat } of points.slice(300, 400)) {
      const [row] = await sql`
      select lat from mobility.live_positions where trip_id = ${trip_id}`;
      assert.equal(row?.lat, lat);
    }
  },
);

databaseTest("update_positions() takes the last of equally new points", async ({ sql }) => {
  const { id: trip_id } = await openTrip(sql, "driver");
  const recorded_at = inSeconds(10);
  const answers = await ping(
    sql,
    [1, 2, 3].map((i) => ({ trip_id, lat: -1.95 - i / 1000, lng: 30.06, recorded_at })),
  );
  assert.deepEqual(answers.map(({ accepted }) => accepted), [false, false, true]);
});

databaseTest(
  "update_positions() refuses each bad point by its code, and changes nothing",
  async ({ sql }) => {
    await sql`
    insert into mobility.areas (code, name, boundary) values ('kigali', 'Kigali',
      extensions.st_multi(extensions.st_makeenvelope(29.97, -2.09, 30.29, -1.77, 4326)))`;
    const { id: own, user_id } = await openTrip(sql, "driver");
    const { id: foreign } = await openTrip(sql, "driver");
    const { id: cancelled } = await openTrip(sql, "passenger", { user_id });
    await cancelTrip(sql, { trip: cancelled });
    const { id: expired } = await openTrip(sql, "passenger", { user_id });
    await sql`update mobility.trips set expires_at = now() where id = ${expired}`;
    const { driver_trip_id: completed, driver_user_id } = await rideIn(sql, "completed");
    const here = { lat: -1.95, lng: 30.06 };
    const unknown = crypto.randomUUID();
    const cases: [string, Point][] = [
      ["TRIP_NOT_FOUND", { trip_id: unknown, ...here }],
      ["FORBIDDEN", { trip_id: foreign, ...here }],
      ["TRIP_CANCELLED", { trip_id: cancelled, ...here }],
      ["TRIP_EXPIRED", { trip_id: expired, ...here }],
      ["INVALID_LOCATION", { trip_id: own, lat: 91, lng: 30 }],
      ["INVALID_LOCATION", { trip_id: own, lat: 0, lng: 0 }],
      ["INVALID_LOCATION", { trip_id: own, lat: "NaN", lng: 30 }],
      ["INVALID_LOCATION", { trip_id: own, lat: -1.95, lng: "Infinity" }],
      ["INVALID_LOCATION", { trip_id: own, lat: 30.06, lng: -1.95 }],
      ["INVALID_TIMESTAMP", { trip_id: own, ...here, recorded_at: inSeconds(120) }],
      ["OUT_OF_DATE", { trip_id: own, ...here, recorded_at: inSeconds(-60) }],
    ];
    const before = await snapshot(sql);
    const answers = await ping(sql, cases.map(([, point]) => point), user_id);
    assert.deepEqual(
      answers,
      cases.map(([code, { trip_id }]) => ({ trip_id, accepted: false, code })),
    );
    assert.deepEqual(await ping(sql, [{ trip_id: completed, ...here }], driver_user_id), [
      { trip_id: completed, accepted: false, code: "TRIP_COMPLETED" },
    ]);
    assert.equal(await snapshot(sql), before);
    await sql`delete from mobility.areas`;
  },
);

databaseTest(
  "update_positions() refuses points nobody can be at, however near they are to the pickup",
  async ({ sql }) => {
    const near = [
      { from: { lat: 89.9, lng: 10 }, to: { lat: 90.1, lng: 10 } },
      { from: { lat: 10, lng: -179.9 }, to: { lat: 10, lng: -180.1 } },
      { from: { lat: 0.2, lng: 0.2 }, to: { lat: 0, lng: 0 } },
      { from: { lat: 10, lng: 10 }, to: { lat: "NaN", lng: 10 } },
    ];
    for (const { from, to } of near) {
      const { id: trip_id } = await openTrip(sql, "driver", from);
      const [answer] = await ping(sql, [{ trip_id, ...to, by_hand: true }]);
      assert.equal(answer?.code, "INVALID_LOCATION", JSON.stringify(to));
    }
  },
);

databaseTest(
  "update_positions() uses the good points of a batch beside bad ones",
  async ({ sql }) => {
    const { id: trip_id } = await openTrip(sql, "driver");
    const answers = await ping(sql, [
      { trip_id, lat: 95, lng: 30, recorded_at: inSeconds(30) },
      { trip_id, lat: -1.955, lng: 30.06, recorded_at: inSeconds(20) },
    ]);
    assert.deepEqual(answers.map(({ accepted }) => accepted), [false, true]);
    assert.deepEqual(await ping(sql, []), []);
  },
);

databaseTest(
  "update_positions() lets a clock run ahead a little, but keeps no future time",
  async ({ sql }) => {
    const { id: trip_id } = await openTrip(sql, "driver");
    const [{ accepted } = { accepted: false }] = await ping(sql, [
      { trip_id, lat: -1.95, lng: 30.05, recorded_at: inSeconds(50) },
    ]);
    const [row] = await sql`
    select position_at <= now() as past from mobility.live_positions where trip_id = ${trip_id}`;
    assert.deepEqual([accepted, row?.past], [true, true]);
  },
);

databaseTest(
  "update_positions() makes a driver available again whom the sweep hid",
  async ({ sql }) => {
    const { id: trip_id } = await openTrip(sql, "driver", { expires_in_s: 7200 });
    await letTimePass(sql, 31 * 60);
    await sweep(sql);
    assert.equal((await tripState(sql, trip_id)).available, false);
    // An old point moves the driver, and is no reason to offer them.
    await ping(sql, [{ trip_id, lat: -1.94, lng: 30.06, recorded_at: inSeconds(-30.5 * 60) }]);
    assert.equal((await tripState(sql, trip_id)).available, false);
    await ping(sql, [{ trip_id, lat: -1.95, lng: 30.06 }]);
    assert.equal((await tripState(sql, trip_id)).available, true);
  },
);

databaseTest(
  "update_positions() moves a matched or scheduled trip without offering it",
  async ({ sql }) => {
    for (const status of ["pending", "accepted", "driver_arrived", "in_progress"]) {
      const { driver_trip_id: trip_id } = await rideIn(sql, status);
      const [answer] = await ping(sql, [{ trip_id, lat: -1.945, lng: 30.065 }]);
      assert.equal(answer?.accepted, true);
      const { status: trip, available } = await tripState(sql, trip_id);
      assert.deepEqual([trip, available], ["matched", false], status);
    }
    const later = await openTrip(sql, "driver", { scheduled_for: inSeconds(3600) });
    await ping(sql, [{ trip_id: later.id, lat: -1.945, lng: 30.065 }]);
    assert.equal((await tripState(sql, later.id)).available, false);
    // Due in 15 minutes: the ping need not wait for the sweep.
    await letTimePass(sql, 46 * 60);
    await ping(sql, [{ trip_id: later.id, lat: -1.945, lng: 30.065 }]);
    assert.equal((await tripState(sql, later.id)).available, true);
  },
);

Deno.test({
  name: "update_positions() never offers a driver whom a match is just taking",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase({ connections: 20 });
    const { sql } = database;
    for (let round = 0; round < 30; round++) {
      const { id: driver } = await openTrip(sql, "driver");
      const { id: passenger } = await openTrip(sql, "passenger");
      const pings = (count: number): Promise<PointAnswer[]>[] =>
        Array.from(
          { length: count },
          () => ping(sql, [{ trip_id: driver, lat: -1.945, lng: 30.065 }]),
        );
      await Promise.all([...pings(5), propose(sql, { passenger, driver }), ...pings(10)]);
      const { status, available } = await tripState(sql, driver);
      assert.deepEqual([status, available], ["matched", false], `round ${round}`);
    }
  },
});

Deno.test({
  name: "update_positions() never offers a driver taken while it waited for the row",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase();
    const { sql } = database;
    const { id: driver } = await openTrip(sql, "driver");
    const { id: passenger } = await openTrip(sql, "passenger");
    let waiting: Promise<PointAnswer[]> = Promise.resolve([]);
    await sql.begin(async (transaction) => {
      await propose(transaction, { passenger, driver });
      waiting = ping(sql, [{ trip_id: driver, lat: -1.945, lng: 30.065 }]);
      await untilWaiting(sql, 1);
    });
    assert.equal((await waiting)[0]?.accepted, true);
    const { status, available } = await tripState(sql, driver);
    assert.deepEqual([status, available], ["matched", false]);
  },
});

Deno.test({
  name: "update_positions() in opposite orders, beside sweeps, never deadlocks",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase({ connections: 20 });
    const { sql } = database;
    const trips = await Promise.all(
      Array.from({ length: 200 }, () => openTrip(sql, "driver").then(({ id }) => id)),
    );
    const points = trips.map((trip_id) => ({ trip_id, lat: -1.945, lng: 30.065 }));
    for (let round = 0; round < 10; round++) {
      await sql`update mobility.live_positions set position_at = now() - interval '31 minutes'
        where ctid in (select ctid from mobility.live_positions order by random() limit 100)`;
      await Promise.all(
        Array.from(
          { length: 20 },
          (_, i): Promise<unknown> =>
            i % 5 === 0 ? sweep(sql) : ping(sql, i % 2 === 0 ? points : points.toReversed()),
        ),
      );
    }
    const hidden = await sql`select from mobility.live_positions where not available`;
    assert.equal(hidden.length, 0);
  },
});
