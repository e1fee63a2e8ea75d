import assert from "node:assert/strict";
import { distanceM, type Point } from "../../shared/geo/mod.ts";
import { createDatabase, databaseTest } from "../support/database.ts";
import { placeCrowd, type Placed, scatter, seededRandom } from "./support/crowd.ts";
import { codeOf } from "./support/outcome.ts";
import {
  advance,
  type Connection,
  openTrip,
  propose,
  rideIn,
  type Side,
  sweep,
} from "./support/rides.ts";
import { letTimePass } from "./support/trip-state.ts";

interface Found {
  readonly trip_id: string;
  readonly user_id: string;
  readonly lat: number;
  readonly lng: number;
  readonly position_age_s: number;
  readonly expires_in_s: number;
  readonly standing: { readonly rating: number | null };
}

interface Counterparts {
  readonly trip: { readonly id: string; readonly role: Side; readonly refused_by: string[] };
  readonly found: Found[];
}

async function nearby(
  sql: Connection,
  { lat, lng, limit = 20, role = "driver", vehicle_type = "moto" }: Point & {
    readonly limit?: number;
    readonly role?: Side;
    readonly vehicle_type?: string;
  },
): Promise<Found[]> {
  const [row] = await sql<{ found: Found[] }[]>`
    select public.find_nearby(p_role => ${role}, p_vehicle_type => ${vehicle_type},
      p_lat => ${lat}, p_lng => ${lng}, p_limit => ${limit}) -> 'found' as found`;
  return row?.found ?? [];
}

async function counterparts(
  sql: Connection,
  { trip, role, limit = 20, acting_user }: {
    readonly trip: string;
    readonly role: Side;
    readonly limit?: number;
    readonly acting_user?: string;
  },
): Promise<Counterparts> {
  const [row] = await sql<{ answer: Counterparts }[]>`
    select public.find_counterparts(p_acting_user => ${acting_user ?? null}, p_trip_id => ${trip},
      p_role => ${role}, p_limit => ${limit}) as answer`;
  assert.ok(row !== undefined);
  return row.answer;
}

async function forgetEverybody(sql: Connection): Promise<void> {
  await sql`truncate mobility.profiles, mobility.live_positions cascade`;
}

/** The index orders by Mercator distance, whose scale changes by this much across a search. */
const TOLERANCE = 1.001;

/** Asserts that `found` are the `limit` nearest of all by the great circle, in that order. */
function assertNearest(
  found: readonly Found[],
  { all, from, limit }: { all: readonly Placed[]; from: Point; limit: number },
): void {
  assert.equal(found.length, Math.min(limit, all.length));
  const truth = all.map((one) => distanceM(from, one)).sort((a, b) => a - b);
  found.forEach((one, rank) => {
    const metres = distanceM(from, one);
    const wanted = truth[rank] ?? NaN;
    assert.ok(
      metres <= wanted * TOLERANCE + 0.01 && metres >= wanted / TOLERANCE - 0.01,
      `rank ${rank} is ${metres} m away, the true one ${wanted} m`,
    );
  });
  assert.equal(new Set(found.map(({ trip_id }) => trip_id)).size, found.length);
}

const CITIES: Record<string, Point> = {
  "Quito, on the equator": { lat: -0.18, lng: -78.47 },
  "Kigali, 2 S": { lat: -1.95, lng: 30.06 },
  "Delhi, 29 N": { lat: 28.61, lng: 77.21 },
  "Oslo, 60 N": { lat: 59.91, lng: 10.75 },
  "Ushuaia, 55 S": { lat: -54.8, lng: -68.3 },
};

for (const [name, centre] of Object.entries(CITIES)) {
  databaseTest(`find_nearby() finds the true nearest in ${name}`, async ({ sql }) => {
    const random = seededRandom(Math.round(centre.lat * 1000));
    const all = await placeCrowd(sql, scatter(centre, { count: 1000, spread: 0.05, random }));
    for (const limit of [1, 20, 100]) {
      for (const from of scatter(centre, { count: 10, spread: 0.03, random })) {
        assertNearest(await nearby(sql, { ...from, limit }), { all, from, limit });
      }
    }
    await forgetEverybody(sql);
  });
}

databaseTest("find_nearby() finds those of the role and the vehicle alone", async ({ sql }) => {
  const here = { lat: 10, lng: 10 };
  const [moto] = await placeCrowd(sql, [here]);
  const [cab] = await placeCrowd(sql, [here], { vehicle_type: "cab" });
  const [rider] = await placeCrowd(sql, [here], { role: "passenger" });
  const ids = async (wish: Parameters<typeof nearby>[1]): Promise<string[]> =>
    (await nearby(sql, wish)).map(({ trip_id }) => trip_id);
  assert.deepEqual(await ids(here), [moto?.trip_id]);
  assert.deepEqual(await ids({ ...here, vehicle_type: "cab" }), [cab?.trip_id]);
  assert.deepEqual(await ids({ ...here, role: "passenger" }), [rider?.trip_id]);
  assert.deepEqual(await ids({ ...here, vehicle_type: "truck" }), []);
});

databaseTest(
  "add_vehicle_type() lets those of the new type be found, and the others still",
  async () => {
    await using database = await createDatabase();
    const { sql } = database;
    const here = { lat: 10, lng: 10 };
    const [moto] = await placeCrowd(sql, [here]);
    assert.equal((await nearby(sql, here))[0]?.trip_id, moto?.trip_id);
    await sql`select mobility.add_vehicle_type('tuk_tuk', 'Tuk-tuk', 5)`;
    const wish = { ...here, vehicle_type: "tuk_tuk" };
    assert.deepEqual(await nearby(sql, wish), []);
    for (const role of ["driver", "passenger"] as const) {
      const [placed] = await placeCrowd(sql, [here], { role, vehicle_type: "tuk_tuk" });
      const found = await nearby(sql, { ...wish, role });
      assert.deepEqual(found.map(({ trip_id }) => trip_id), [placed?.trip_id]);
    }
    assert.equal((await nearby(sql, here))[0]?.trip_id, moto?.trip_id);
  },
);

databaseTest("find_nearby() refuses unknown vehicles and impossible places", async ({ sql }) => {
  assert.equal(
    await codeOf(nearby(sql, { lat: 10, lng: 10, vehicle_type: "zeppelin" })),
    "INVALID_VEHICLE_TYPE",
  );
  assert.equal(
    await codeOf(nearby(sql, { lat: 10, lng: 10, vehicle_type: "moto; drop table x" })),
    "INVALID_VEHICLE_TYPE",
  );
  for (const place of [{ lat: 0, lng: 0 }, { lat: 91, lng: 0 }, { lat: NaN, lng: 1 }]) {
    assert.equal(await codeOf(nearby(sql, place)), "INVALID_LOCATION");
  }
});

databaseTest(
  "a search leaves out the stale, the expired, the taken and those not due",
  async ({ sql }) => {
    await forgetEverybody(sql);
    const here = { lat: 20, lng: 20 };
    const open = (wish: Parameters<typeof openTrip>[2] = {}): Promise<string> =>
      openTrip(sql, "driver", { ...here, ...wish }).then(({ id }) => id);
    const seen = async (): Promise<string[]> =>
      (await nearby(sql, here)).map(({ trip_id }) => trip_id).sort();
    const good = await open();
    const stale = await open();
    const expired = await open();
    await open({ scheduled_for: new Date(Date.now() + 3_600_000).toISOString() });
    const taken = await rideIn(sql, "pending", here);
    assert.deepEqual(await seen(), [good, stale, expired].sort());
    // Not swept yet: the search looks at the clock itself.
    await sql`update mobility.live_positions set position_at = now() - interval '30 minutes 1 second'
    where trip_id = ${stale}`;
    await sql`update mobility.live_positions set expires_at = now() where trip_id = ${expired}`;
    assert.deepEqual(await seen(), [good]);
    await advance(sql, { match: taken.id, action: "decline" });
    assert.deepEqual(await seen(), [good, taken.driver_trip_id].sort());
  },
);

databaseTest("a passenger is found however long they wait at the pickup", async ({ sql }) => {
  const here = { lat: 21, lng: 21 };
  const { id } = await openTrip(sql, "passenger", { ...here, expires_in_s: 7200 });
  await letTimePass(sql, 5400);
  await sweep(sql);
  const [found] = await nearby(sql, { ...here, role: "passenger" });
  assert.equal(found?.trip_id, id);
  assert.ok(Math.abs(found.position_age_s - 5400) < 5 && Math.abs(found.expires_in_s - 1800) < 5);
});

databaseTest("find_counterparts() looks around the pickup for the other role", async ({ sql }) => {
  await forgetEverybody(sql);
  const here = { lat: 30, lng: 30 };
  const near = await openTrip(sql, "driver", { lat: 30.001, lng: 30 });
  const far = await openTrip(sql, "driver", { lat: 30.01, lng: 30 });
  const passenger = await openTrip(sql, "passenger", here);
  const forPassenger = await counterparts(sql, { trip: passenger.id, role: "driver" });
  assert.deepEqual(forPassenger.found.map(({ trip_id }) => trip_id), [near.id, far.id]);
  assert.deepEqual(forPassenger.trip.refused_by, []);
  const forDriver = await counterparts(sql, { trip: far.id, role: "passenger" });
  assert.deepEqual(forDriver.found.map(({ user_id }) => user_id), [passenger.user_id]);
  assert.equal(
    (await counterparts(sql, { trip: passenger.id, role: "driver", limit: 1 })).found.length,
    1,
  );
});

databaseTest(
  "find_counterparts() names whom the trip was matched with in vain",
  async ({ sql }) => {
    const here = { lat: 40, lng: 40 };
    const passenger = (await openTrip(sql, "passenger", { ...here, expires_in_s: 7200 })).id;
    const refused: string[] = [];
    for (const action of ["decline", "cancel", "expire"]) {
      const driver = await openTrip(sql, "driver", here);
      const match = await propose(sql, { passenger, driver: driver.id });
      if (action === "expire") {
        await sql`update mobility.matches set respond_by = now() where id = ${match.id}`;
        await sweep(sql);
      } else await advance(sql, { match: match.id, action, as: "driver" });
      refused.push(driver.user_id);
      const { trip } = await counterparts(sql, { trip: passenger, role: "driver" });
      assert.deepEqual([...trip.refused_by].sort(), [...refused].sort(), action);
      const mirror = await counterparts(sql, { trip: driver.id, role: "passenger" });
      assert.deepEqual(mirror.trip.refused_by, [match.passenger_user_id]);
    }
  },
);

databaseTest(
  "find_counterparts() refuses what cannot search",
  async ({ sql }) => {
    const open = await openTrip(sql, "passenger");
    const code = (wish: Parameters<typeof counterparts>[1]): Promise<string> =>
      codeOf(counterparts(sql, wish));
    const stranger = crypto.randomUUID();
    assert.equal(await code({ trip: stranger, role: "driver" }), "TRIP_NOT_FOUND");
    assert.equal(await code({ trip: open.id, role: "driver", acting_user: stranger }), "FORBIDDEN");
    assert.equal(await code({ trip: open.id, role: "passenger" }), "TRIP_WRONG_ROLE");
    const ends = {
      accepted: "TRIP_ALREADY_MATCHED",
      completed: "TRIP_COMPLETED",
      cancelled_passenger: "TRIP_CANCELLED",
    };
    for (const [status, wanted] of Object.entries(ends)) {
      const { passenger_trip_id } = await rideIn(sql, status);
      assert.equal(await code({ trip: passenger_trip_id, role: "driver" }), wanted);
    }
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const scheduled = await openTrip(sql, "passenger", { scheduled_for: later });
    assert.equal(await code({ trip: scheduled.id, role: "driver" }), "TRIP_NOT_DUE");
    await sql`update mobility.trips set expires_at = now() where id = ${open.id}`;
    assert.equal(await code({ trip: open.id, role: "driver" }), "TRIP_EXPIRED");
  },
);
