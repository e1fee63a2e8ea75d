import assert from "node:assert/strict";
import { databaseTest, type TestDatabase } from "../support/database.ts";
import { advance, openTrip, propose, rideIn } from "./support/rides.ts";

const KIGALI = { lat: -1.95, lng: 30.06 };
/** A Wednesday, noon in Kigali (UTC+2). */
const NOON = "2026-11-25T12:00:00+02:00";

interface Tariff {
  readonly area_code: string | null;
  readonly valid_from: string;
  readonly valid_to: string | null;
  readonly base_amount: number;
  readonly base_distance_m: number;
  readonly per_km: number;
  readonly long_distance_m: number | null;
  readonly long_per_km: number | null;
  readonly per_minute: number;
  readonly minimum_amount: number;
  readonly surge_cap: number;
  readonly round_to: number;
}

/** RURA, motorcycle taxis: 300 RWF up to 2 km, then 107 a km, beyond 40 km 187 a km. */
const RURA: Tariff = {
  area_code: null,
  valid_from: "2022-01-01T00:00:00Z",
  valid_to: null,
  base_amount: 300,
  base_distance_m: 2000,
  per_km: 107,
  long_distance_m: 40_000,
  long_per_km: 187,
  per_minute: 0,
  minimum_amount: 300,
  surge_cap: 1,
  round_to: 1,
};

async function addTariff({ sql }: TestDatabase, changes: Partial<Tariff> = {}): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    insert into mobility.tariffs ${
    sql({ ...RURA, ...changes, vehicle_type: "moto", currency: "RWF", source: "test" })
  } returning id::int`;
  return row?.id ?? 0;
}

/** Starts from the given tariffs alone, with Kigali as an area of UTC+2. */
async function only(database: TestDatabase, ...tariffs: Partial<Tariff>[]): Promise<void> {
  const { sql } = database;
  await sql`delete from mobility.tariff_peaks`;
  await sql`update mobility.trips set tariff_id = null where tariff_id is not null`;
  await sql`delete from mobility.tariffs`;
  await sql`
    insert into mobility.areas (code, name, boundary) values ('kigali', 'Kigali',
      extensions.st_multi(extensions.st_makeenvelope(29.97, -2.09, 30.29, -1.77, 4326)))
    on conflict do nothing`;
  for (const tariff of tariffs) await addTariff(database, tariff);
}

async function fare(
  { sql }: TestDatabase,
  { metres, seconds = 0, at = NOON, from = KIGALI }: {
    metres: number;
    seconds?: number;
    at?: string;
    from?: { lat: number; lng: number };
  },
): Promise<number | null> {
  const [row] = await sql<{ fare_amount: number | null }[]>`
    select (mobility.fare_for('moto', ${from.lat}, ${from.lng}, ${metres}, ${seconds}, ${at})).fare_amount`;
  return row?.fare_amount ?? null;
}

databaseTest("fare_for() gives the regulator's examples", async (database) => {
  await only(database, {});
  const examples = [
    // Within the base distance: 300.
    [0, 300],
    [1999, 300],
    [2000, 300],
    // 300 + 107 x (3 - 2) = 407.
    [3000, 407],
    // 300 + 107 x (10 - 2) = 300 + 856 = 1156.
    [10_000, 1156],
    // 300 + 107 x (40 - 2) = 300 + 4066 = 4366.
    [40_000, 4366],
    // 4366 + 187 x (45 - 40) = 4366 + 935 = 5301.
    [45_000, 5301],
    // 300 + 107 x 0.5 = 353.5, rounded up.
    [2500, 354],
  ] as const;
  for (const [metres, wanted] of examples) {
    assert.equal(await fare(database, { metres }), wanted, `${metres} m`);
  }
});

databaseTest(
  "fare_for() adds minutes, keeps the minimum and rounds up to change",
  async (database) => {
    await only(database, { per_minute: 20, minimum_amount: 1000, round_to: 100 });
    // 300 + 20 x 10 = 500: the minimum.
    assert.equal(await fare(database, { metres: 2000, seconds: 600 }), 1000);
    // 300 + 856 + 20 x 7.5 = 1306: the next hundred.
    assert.equal(await fare(database, { metres: 10_000, seconds: 450 }), 1400);
    // 300 + 107 x 4 + 20 x 13.6 = 1000, which is round already.
    assert.equal(await fare(database, { metres: 6000, seconds: 816 }), 1000);
  },
);

databaseTest(
  "fare_for() multiplies in peak hours of the area's clock, up to the cap",
  async (database) => {
    const { sql } = database;
    await only(database);
    const tariff = await addTariff(database, { area_code: "kigali", surge_cap: 1.5 });
    await sql`
    insert into mobility.tariff_peaks (tariff_id, weekdays, starts_at, ends_at, multiplier) values
      (${tariff}, '{1,2,3,4,5}', '07:00', '09:00', 1.2), (${tariff}, '{3}', '08:00', '08:30', 2)`;
    const at = (at: string): Promise<number | null> => fare(database, { metres: 10_000, at });
    const peak = 1388; // 1156 x 1.2 = 1387.2
    assert.equal(await at("2026-11-25T06:59:59+02:00"), 1156);
    assert.equal(await at("2026-11-25T07:00:00+02:00"), peak);
    // The same moment, told by another clock.
    assert.equal(await at("2026-11-25T05:00:00Z"), peak);
    assert.equal(await at("2026-11-25T07:30:00Z"), 1156, "9:30 in Kigali");
    assert.equal(await at("2026-11-25T09:00:00+02:00"), 1156);
    // Both peaks apply: the higher one, 2, capped at 1.5: 1156 x 1.5 = 1734.
    assert.equal(await at("2026-11-25T08:15:00+02:00"), 1734);
    assert.equal(await at("2026-11-24T08:15:00+02:00"), peak, "a Tuesday");
    assert.equal(await at("2026-11-28T08:15:00+02:00"), 1156, "a Saturday");
  },
);

databaseTest(
  "fare_for() keeps to the area's tariff before the one for anywhere",
  async (database) => {
    await only(database, { base_amount: 500 }, {
      area_code: "kigali",
      base_amount: 400,
      valid_from: "2020-01-01T00:00:00Z",
    });
    assert.equal(await fare(database, { metres: 1000 }), 400);
    assert.equal(await fare(database, { metres: 1000, from: { lat: -2.6, lng: 29.74 } }), 500);
  },
);

databaseTest("fare_for() keeps to the tariff of its moment", async (database) => {
  await only(
    database,
    { base_amount: 300, valid_to: "2026-01-01T00:00:00Z" },
    { base_amount: 350, valid_from: "2026-01-01T00:00:00Z" },
    { base_amount: 400, valid_from: "2026-06-01T00:00:00Z", valid_to: "2026-07-01T00:00:00Z" },
  );
  const at = (at: string): Promise<number | null> => fare(database, { metres: 1000, at });
  assert.equal(await at("2025-12-31T23:59:59Z"), 300);
  assert.equal(await at("2026-01-01T00:00:00Z"), 350);
  assert.equal(await at("2026-06-15T00:00:00Z"), 400);
  assert.equal(await at("2026-07-01T00:00:00Z"), 350);
  assert.equal(await at("2021-12-31T23:59:59Z"), null);
});

databaseTest(
  "create_trip() estimates road, time and fare of a trip with a dropoff",
  async (database) => {
    const { sql } = database;
    await only(database, {});
    const dropoff = { lat: KIGALI.lat, lng: KIGALI.lng + 0.05 };
    const trip = await openTrip(sql, "passenger", { ...KIGALI, dropoff });
    // 0.05 degrees at 1.95 S: 6371008.8 x 0.05 x pi / 180 x cos(1.95) = 5556.5 m; by road x 1.3 = 7223 m;
    // at 6.9 m/s 1047 s; 300 + 107 x 5.223 = 858.86, rounded up to 859.
    assert.deepEqual([trip.distance_m, trip.duration_s, trip.fare_amount], [7223, 1047, 859]);
    const without = await openTrip(sql, "passenger", KIGALI);
    assert.deepEqual([without.distance_m, without.fare_amount], [null, null]);
  },
);

databaseTest(
  "accept_match() promises the fare that the trip was estimated at",
  async (database) => {
    const { sql } = database;
    await only(database, {});
    const passenger = await openTrip(sql, "passenger", {
      ...KIGALI,
      dropoff: { lat: -1.99, lng: 30.1 },
    });
    const driver = await openTrip(sql, "driver", KIGALI);
    const match = await propose(sql, { passenger: passenger.id, driver: driver.id });
    assert.ok(passenger.fare_amount !== null);
    assert.deepEqual(
      [match.fare_amount, match.currency, match.distance_m],
      [passenger.fare_amount, "RWF", passenger.distance_m],
    );
  },
);

databaseTest(
  "complete prices a ride without a dropoff by where it ended and how long it took",
  async (database) => {
    const { sql } = database;
    await only(database, { per_minute: 10 });
    const match = await rideIn(sql, "in_progress", KIGALI);
    assert.equal(match.fare_amount, null);
    await sql`
    update mobility.matches set started_at = now() - interval '10 minutes' where id = ${match.id}`;
    await sql`
    select public.update_positions(null, jsonb_build_array(jsonb_build_object(
      'trip_id', ${match.driver_trip_id}::text, 'lat', ${KIGALI.lat}::float8, 'lng', ${
      KIGALI.lng + 0.05
    }::float8, 'by_hand', true)))`;
    const done = await advance(sql, { match: match.id, action: "complete" });
    // 858.86 for the road as above, 10 x 10 for ten minutes and a bit: 958.86, rounded up.
    assert.deepEqual([done.distance_m, done.currency], [7223, "RWF"]);
    assert.ok(done.fare_amount === 959 || done.fare_amount === 960, `${done.fare_amount}`);
  },
);

databaseTest("complete leaves the promised fare of a ride with a dropoff", async (database) => {
  const { sql } = database;
  await only(database, {});
  const match = await rideIn(sql, "in_progress", { ...KIGALI, dropoff: { lat: -1.99, lng: 30.1 } });
  await sql`
    update mobility.live_positions set lat = -2.05 where trip_id = ${match.driver_trip_id}`;
  const done = await advance(sql, { match: match.id, action: "complete" });
  assert.equal(done.fare_amount, match.fare_amount);
});

databaseTest("complete works where no tariff applies", async (database) => {
  await only(database);
  const match = await rideIn(database.sql, "completed", KIGALI);
  const [row] = await database.sql`
    select fare_amount, currency, status from mobility.matches where id = ${match.id}`;
  assert.deepEqual(row, { fare_amount: null, currency: null, status: "completed" });
});
