import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { asRole, createDatabase, hasDatabase, type TestDatabase } from "../../support/database.ts";
import { inSeconds, ping } from "../support/positions.ts";
import { advance, type Connection, type Match, rideIn } from "../support/rides.ts";
import { letTimePass } from "../support/trip-state.ts";

let shared: Promise<TestDatabase> | undefined;
Deno.test.afterAll(async () => await (await shared)?.close());

/** A test on a database that has Supabase's Realtime in it. */
function realtimeTest(name: string, test: (sql: Sql) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !hasDatabase,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => await test((await (shared ??= createDatabase({ realtime: true }))).sql),
  });
}

interface Pushed {
  readonly topic: string;
  readonly private: boolean;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The positions told of a ride, the first first. */
async function pushedOf(sql: Connection, match: string): Promise<Pushed[]> {
  return [
    ...await sql<Pushed[]>`
      select topic, private, payload from realtime.messages
      where event = 'position_moved' and payload ->> 'match_id' = ${match}
      order by inserted_at, topic`,
  ];
}

/** The latitudes kept of a ride, in the order of time. */
async function wayOf(sql: Connection, match: string): Promise<number[]> {
  const rows = await sql<{ lat: number }[]>`
    select lat from mobility.ride_points where match_id = ${match} order by recorded_at`;
  return rows.map(({ lat }) => lat);
}

/** A ride in a state, agreed two minutes ago. */
async function ride(sql: Connection, status: string): Promise<Match> {
  const match = await rideIn(sql, status);
  await letTimePass(sql, 120);
  return match;
}

const point = (trip_id: string, i: number): { trip_id: string; lat: number; lng: number } => ({
  trip_id,
  lat: -1.95 + i / 10_000,
  lng: 30.06,
});

realtimeTest(
  "update_positions() keeps every point of a batch and tells the newest once",
  async (sql) => {
    const match = await ride(sql, "accepted");
    const trip = match.driver_trip_id;
    // As a phone sends what it kept while it was offline, and mixed up at that.
    const order = [2, 1, 4, 5, 3];
    const points = order.map((i) => ({
      ...point(trip, i),
      recorded_at: inSeconds(-60 + i * 10),
      heading: 90,
      speed_mps: 7.5,
      accuracy_m: 12,
    }));
    const answers = await ping(sql, points);
    assert.deepEqual(answers.map(({ accepted }) => accepted), order.map((i) => i === 5));
    assert.deepEqual(await wayOf(sql, match.id), [1, 2, 3, 4, 5].map((i) => point("", i).lat));

    const pushed = await pushedOf(sql, match.id);
    assert.deepEqual(pushed.map(({ topic }) => topic), [`match:${match.id}`, "operators"]);
    for (const { private: isPrivate, payload } of pushed) {
      assert.equal(isPrivate, true);
      const { id: _, recorded_at, ...rest } = payload;
      assert.deepEqual(rest, {
        match_id: match.id,
        ...point(trip, 5),
        heading: 90,
        speed_mps: 7.5,
        accuracy_m: 12,
      });
      assert.equal(Date.parse(String(recorded_at)), Date.parse(points[3]?.recorded_at ?? ""));
    }
    // The same request again, as after an answer that was lost.
    await ping(sql, points);
    assert.equal((await wayOf(sql, match.id)).length, 5);
    assert.equal((await pushedOf(sql, match.id)).length, 2);
    // One that came too late is history, and nobody's position now.
    await ping(sql, [{ ...point(trip, 0), recorded_at: inSeconds(-60) }]);
    assert.deepEqual((await wayOf(sql, match.id))[0], point("", 0).lat);
    assert.equal((await pushedOf(sql, match.id)).length, 2);
  },
);

realtimeTest(
  "update_positions() follows a ride from acceptance to its end, and no other trip",
  async (sql) => {
    const pending = await ride(sql, "pending");
    await ping(sql, [point(pending.driver_trip_id, 1)]);
    assert.deepEqual(await wayOf(sql, pending.id), []);
    assert.deepEqual(await pushedOf(sql, pending.id), []);

    for (const status of ["accepted", "driver_arrived", "in_progress"]) {
      const match = await ride(sql, status);
      await ping(sql, [point(match.driver_trip_id, 1), point(match.passenger_trip_id, 2)]);
      assert.deepEqual(await wayOf(sql, match.id), [point("", 1).lat], status);
      assert.equal((await pushedOf(sql, match.id)).length, 2, status);
    }

    const over = await ride(sql, "accepted");
    await advance(sql, { match: over.id, action: "cancel", as: "passenger", reason: "test" });
    await ping(sql, [point(over.driver_trip_id, 1)]);
    assert.deepEqual(await wayOf(sql, over.id), []);
    assert.deepEqual(await pushedOf(sql, over.id), []);
  },
);

realtimeTest(
  "update_positions() keeps nothing from before the ride, and one point a second",
  async (sql) => {
    const match = await ride(sql, "accepted");
    const trip = match.driver_trip_id;
    await ping(sql, [
      { ...point(trip, 1), recorded_at: inSeconds(-300) },
      { ...point(trip, 2), recorded_at: inSeconds(-190) },
    ]);
    assert.deepEqual(await wayOf(sql, match.id), []);
    const second = Math.floor(Date.now() / 1000) * 1000 - 20_000;
    await ping(
      sql,
      Array.from({ length: 500 }, (_, i) => ({
        ...point(trip, i % 7),
        recorded_at: new Date(second + i * 4).toISOString(),
      })),
    );
    assert.equal((await wayOf(sql, match.id)).length, 2);
  },
);

realtimeTest("update_positions() keeps and tells nothing that cannot be true", async (sql) => {
  const match = await ride(sql, "in_progress");
  const trip = match.driver_trip_id;
  const far = { ...point(trip, 0), lat: -1.5 };
  const refused: [string, Parameters<typeof ping>[1]][] = [
    ["an invention", [{ ...point(trip, 1), mock: true }]],
    ["a jump", [far]],
    ["a jump before a jump", [{ ...far, recorded_at: inSeconds(-3) }, far]],
    ["from the future", [{ ...point(trip, 1), recorded_at: inSeconds(90) }]],
    ["nowhere", [{ ...point(trip, 1), lat: 91 }]],
  ];
  for (const [what, points] of refused) {
    await ping(sql, points);
    assert.deepEqual(await wayOf(sql, match.id), [], what);
    assert.deepEqual(await pushedOf(sql, match.id), [], what);
  }
  // A jump in the middle of a good way is left out of it.
  await ping(sql, [
    { ...point(trip, 1), recorded_at: inSeconds(-30) },
    { ...far, recorded_at: inSeconds(-20) },
    { ...point(trip, 2), recorded_at: inSeconds(-10) },
  ]);
  assert.deepEqual(await wayOf(sql, match.id), [point("", 1).lat, point("", 2).lat]);
});

realtimeTest("update_positions() tells no time that is still to come", async (sql) => {
  const match = await ride(sql, "accepted");
  await ping(sql, [{ ...point(match.driver_trip_id, 1), recorded_at: inSeconds(50) }]);
  const [pushed] = await pushedOf(sql, match.id);
  assert.ok(Date.parse(String(pushed?.payload["recorded_at"])) <= Date.now() + 1000);
});

realtimeTest(
  "update_positions() tells the rides of a batch apart, and nothing without a commit",
  async (sql) => {
    const rides = [await ride(sql, "accepted"), await ride(sql, "in_progress")];
    const undone = new Error("Undone");
    const points = rides.map((match, i) => point(match.driver_trip_id, i + 1));
    await assert.rejects(
      sql.begin(async (transaction) => {
        await ping(transaction, points);
        throw undone;
      }),
      undone,
    );
    for (const { id } of rides) assert.deepEqual(await pushedOf(sql, id), []);
    await ping(sql, points);
    for (const [i, { id, driver_trip_id }] of rides.entries()) {
      const [own] = await pushedOf(sql, id);
      assert.deepEqual([own?.payload["trip_id"], own?.payload["lat"]], [
        driver_trip_id,
        point("", i + 1).lat,
      ]);
    }
  },
);

realtimeTest("a ride's way is read by its two people, and forgotten after a week", async (sql) => {
  const match = await ride(sql, "accepted");
  const trip = match.driver_trip_id;
  await ping(sql, [1, 2].map((i) => ({ ...point(trip, i), recorded_at: inSeconds(-60 + 10 * i) })));
  const seen = async (sub: string): Promise<number> =>
    await asRole(
      sql,
      { role: "authenticated", sub },
      async (transaction) =>
        (await transaction`select from mobility.ride_points where match_id = ${match.id}`).length,
    );
  assert.equal(await seen(match.driver_user_id), 2);
  assert.equal(await seen(match.passenger_user_id), 2);
  assert.equal(await seen(crypto.randomUUID()), 0);

  await sql`
    update mobility.ride_points set recorded_at = recorded_at - interval '7 days'
    where match_id = ${match.id} and lat = ${point("", 1).lat}`;
  await sql`select public.sweep_chat()`;
  assert.deepEqual(await wayOf(sql, match.id), [point("", 2).lat]);
});
