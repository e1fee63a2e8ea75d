import assert from "node:assert/strict";
import { createDatabase, databaseTest, hasDatabase } from "../../support/database.ts";
import { ping } from "../support/positions.ts";
import { advance, type Connection, openTrip, rideIn, sweep } from "../support/rides.ts";
import { letTimePass } from "../support/trip-state.ts";

interface Factor {
  readonly cell_lat: number;
  readonly cell_lng: number;
  readonly hour: number;
  readonly factor: number;
  readonly rides: number;
}

const NOON = "2026-03-02T10:30:00Z";
const HERE = { lat: -1.951, lng: 30.061 };

async function learn(
  sql: Connection,
  ratios: readonly number[],
  where: { vehicle?: string; lat?: number; lng?: number; at?: string } = {},
): Promise<void> {
  const { vehicle = "moto", lat = HERE.lat, lng = HERE.lng, at = NOON } = where;
  for (const ratio of ratios) {
    await sql`select mobility.learn_pace(${vehicle}, ${lat}, ${lng}, ${at}, ${ratio})`;
  }
}

async function factorAt(
  sql: Connection,
  where: { vehicle?: string; lat?: number; lng?: number; at?: string } = {},
): Promise<number> {
  const { vehicle = "moto", lat = HERE.lat, lng = HERE.lng, at = NOON } = where;
  await sql`select mobility.refresh_paces(${at})`;
  const [row] = await sql<{ factor: number }[]>`
    select mobility.pace_factor(v, ${lat}, ${lng}) as factor
    from mobility.vehicle_types v where code = ${vehicle}`;
  return row?.factor ?? NaN;
}

async function factors(sql: Connection, vehicle: string): Promise<Factor[]> {
  return [
    ...await sql<Factor[]>`
      select cell_lat, cell_lng, hour, factor, rides from mobility.pace_factors
      where vehicle_type = ${vehicle} order by hour, cell_lat`,
  ];
}

/** Rolls back what is learnt, so that each test starts with a city of which nothing is known. */
function paceTest(name: string, test: (sql: Connection) => Promise<void>): void {
  const undone = new Error("Undone");
  databaseTest(name, async ({ sql }) => {
    await assert.rejects(
      sql.begin(async (transaction) => {
        await test(transaction);
        throw undone;
      }),
      undone,
    );
  });
}

function near(actual: number, expected: number, what = ""): void {
  assert.ok(Math.abs(actual - expected) < 0.002, `${what} ${actual}, not ${expected}`);
}

paceTest("pace_factor() is 1 where nothing was learnt, and for other vehicles", async (sql) => {
  assert.equal(await factorAt(sql), 1);
  await learn(sql, Array(50).fill(2));
  assert.equal(await factorAt(sql, { vehicle: "cab" }), 1);
  assert.ok(await factorAt(sql) > 1.5);
});

paceTest("learn_pace() averages, by cell and hour and for the whole city", async (sql) => {
  await learn(sql, [1, 2, 3]);
  await learn(sql, [4], { lat: -1.89, at: "2026-03-02T15:30:00Z" });
  // -1.951 * 20 = -39.02.
  const [city, noon, evening] = await factors(sql, "moto");
  assert.deepEqual(
    [city, noon, evening].map((row) => [row?.cell_lat, row?.cell_lng, row?.hour, row?.rides]),
    [[-1, -1, -1, 4], [-40, 601, 10, 3], [-38, 601, 15, 1]],
  );
  near(city?.factor ?? 0, 2.5);
  near(noon?.factor ?? 0, 2);
  near(evening?.factor ?? 0, 4);
});

paceTest(
  "pace_factor() draws a cell towards its city, and the city towards 1, by ten rides",
  async (sql) => {
    await learn(sql, Array(10).fill(2));
    // City: (10 * 2 + 10 * 1) / 20; cell: (10 * 2 + 10 * 1.5) / 20.
    near(await factorAt(sql), 1.75, "the cell");
    near(await factorAt(sql, { at: "2026-03-02T11:30:00Z" }), 1.5, "another hour");
    near(await factorAt(sql, { lat: -1.89 }), 1.5, "another cell");
    await learn(sql, Array(190).fill(2));
    near(await factorAt(sql), (200 * 2 + 10 * (210 + 200) / 210) / 210, "with many rides");
  },
);

paceTest(
  "learn_pace() takes a ride for no more than five times as long, or a fifth",
  async (sql) => {
    await learn(sql, [1000]);
    near((await factors(sql, "moto"))[0]?.factor ?? 0, 5);
    await learn(sql, [0.001, 0, -3], { vehicle: "cab" });
    near((await factors(sql, "cab"))[0]?.factor ?? 0, 0.2);
  },
);

paceTest(
  "learn_pace() forgets: the city of today counts for more than that of last year",
  async (sql) => {
    await learn(sql, Array(500).fill(1));
    await learn(sql, Array(150).fill(2));
    // Each of them weighs a fiftieth: 2 - 0.98^150.
    near((await factors(sql, "moto"))[0]?.factor ?? 0, 2 - 0.98 ** 150);
  },
);

/** A ride of 3 km that took so many times as long as the plain estimate, from pickup to dropoff. */
async function finishedRide(
  sql: Connection,
  { slowness, dropoff = { lat: -1.923, lng: 30.06 } }: {
    readonly slowness: number;
    readonly dropoff?: { lat: number; lng: number };
  },
): Promise<string> {
  const { id } = await rideIn(sql, "in_progress", { dropoff });
  const [row] = await sql<{ plain: number }[]>`
    select mobility.plain_eta_s(v, -1.95, 30.06, ${dropoff.lat}, ${dropoff.lng}) as plain
    from mobility.vehicle_types v where code = 'moto'`;
  await sql`
    update mobility.matches set started_at = now() - make_interval(secs => ${
    (row?.plain ?? 0) * slowness
  }) where id = ${id}`;
  await advance(sql, { match: id, action: "complete" });
  return id;
}

paceTest(
  "finished rides teach what a trip's ETA then says, drawn towards what they took",
  async (sql) => {
    for (let i = 0; i < 40; i++) await finishedRide(sql, { slowness: 1.6 + (i % 5) * 0.1 });
    // They began in this hour or the one before. City: (40 * 1.8 + 10) / 50.
    const [city, ...cells] = await factors(sql, "moto");
    near(city?.factor ?? 0, 1.8);
    assert.equal(cells.reduce((sum, { rides }) => sum + rides, 0), 40);
    await sweep(sql);
    const [row] = await sql<{ vehicle: { speed_mps: number; road_factor: number } }[]>`
    select public.find_nearby('driver', 'moto', -1.85, 30.06, 1) -> 'vehicle' as vehicle`;
    near(row?.vehicle.speed_mps ?? 0, 6.9 / 1.64);
    near(row?.vehicle.road_factor ?? 0, 1.3);
  },
);

paceTest(
  "refresh_paces() keeps what this hour takes with the vehicle, and changes it once",
  async (sql) => {
    await learn(sql, Array(10).fill(2));
    await learn(sql, Array(10).fill(3), { at: "2026-03-02T15:30:00Z" });
    const refreshed = async (at: string): Promise<unknown> => {
      const [row] = await sql`select mobility.refresh_paces(${at}) as changed`;
      return row?.["changed"];
    };
    assert.equal(await refreshed(NOON), 1);
    assert.equal(await refreshed(NOON), 0);
    const paces = await sql`select code, pace from mobility.vehicle_types where pace <> '{}'`;
    // City: (20 * 2.5 + 10) / 30; cell: (10 * 2 + 10 * 2) / 20.
    assert.deepEqual([...paces], [{ code: "moto", pace: { city: 2, "-40:601": 2 } }]);
    assert.equal(await refreshed("2026-03-02T15:00:00Z"), 1);
    const [later] = await sql`select pace from mobility.vehicle_types where code = 'moto'`;
    assert.deepEqual(later?.["pace"], { city: 2, "-40:601": 2.5 });
  },
);

paceTest("rides that were short, endless or without a dropoff teach nothing", async (sql) => {
  await finishedRide(sql, { slowness: 1, dropoff: { lat: -1.9480, lng: 30.06 } });
  await finishedRide(sql, { slowness: 14 });
  await finishedRide(sql, { slowness: 0.03 });
  const open = await rideIn(sql, "in_progress");
  await sql`update mobility.matches set started_at = now() - interval '10 minutes' where id = ${open.id}`;
  await advance(sql, { match: open.id, action: "complete" });
  const cancelled = await rideIn(sql, "in_progress", { dropoff: { lat: -1.92, lng: 30.06 } });
  await sql`update mobility.matches set started_at = now() - interval '10 minutes' where id = ${cancelled.id}`;
  await advance(sql, { match: cancelled.id, action: "cancel", as: "driver", reason: "test" });
  assert.deepEqual(await factors(sql, "moto"), []);
});

paceTest("a ride is predicted when it is accepted and when it starts", async (sql) => {
  const predictions = async (id: string): Promise<unknown> => {
    const [row] = await sql`
      select predicted_pickup_s, predicted_ride_s from mobility.matches where id = ${id}`;
    return row;
  };
  const dropoff = { lat: -1.923, lng: 30.06 };
  const pending = await rideIn(sql, "pending", { dropoff });
  assert.deepEqual(await predictions(pending.id), {
    predicted_pickup_s: null,
    predicted_ride_s: null,
  });
  await letTimePass(sql, 10);
  await ping(sql, [{ trip_id: pending.driver_trip_id, lat: -1.945, lng: 30.06 }]);
  await advance(sql, { match: pending.id, action: "accept" });
  // 556 m by 1.3 at 6.9 m/s; and 3,002 m.
  assert.deepEqual(await predictions(pending.id), {
    predicted_pickup_s: 105,
    predicted_ride_s: null,
  });
  await advance(sql, { match: pending.id, action: "arrive", as: "driver" });
  await learn(sql, Array(10).fill(3), { at: new Date().toISOString() });
  await sweep(sql);
  await advance(sql, {
    match: pending.id,
    action: "start",
    ...(pending.pin === undefined ? {} : { pin: pending.pin }),
  });
  const factor = await factorAt(sql, { lat: -1.95, lng: 30.06, at: new Date().toISOString() });
  assert.deepEqual(await predictions(pending.id), {
    predicted_pickup_s: 105,
    predicted_ride_s: Math.round(3002.3 * 1.3 / 6.9 * factor),
  });
});

paceTest("the passenger is told the time that is predicted", async (sql) => {
  await learn(sql, Array(10).fill(3), { at: new Date().toISOString() });
  await sweep(sql);
  const pending = await rideIn(sql, "pending");
  await letTimePass(sql, 10);
  await ping(sql, [{ trip_id: pending.driver_trip_id, lat: -1.945, lng: 30.06 }]);
  await advance(sql, { match: pending.id, action: "accept" });
  const [row] = await sql<{ told: number; predicted: number }[]>`
    select (mobility.driver_card(m) ->> 'eta_s')::int as told, predicted_pickup_s as predicted
    from mobility.matches m where id = ${pending.id}`;
  assert.ok((row?.told ?? 0) > 200);
  assert.equal(row?.told, row?.predicted);
});

paceTest("eta_accuracy() tells how far predictions were off, by leg and vehicle", async (sql) => {
  const accuracy = async (hours: number): Promise<unknown> => {
    const [row] = await sql`select public.eta_accuracy(${hours}) as accuracy`;
    return row?.["accuracy"];
  };
  assert.deepEqual(await accuracy(24), []);
  // What it took beyond the prediction, in seconds.
  const errors = [60, -30, 90, 0, 30, 60, 30, -60, 120, 600];
  for (const error of errors) {
    const { id } = await rideIn(sql, "completed", { dropoff: { lat: -1.923, lng: 30.06 } });
    await sql`
      update mobility.matches set predicted_pickup_s = 300, predicted_ride_s = 400,
        accepted_at = arrived_at - make_interval(secs => ${300 + error}),
        started_at = completed_at - make_interval(secs => ${400 - error})
      where id = ${id}`;
  }
  // Rides of another day, and those of which nothing was predicted, are left out.
  const old = await rideIn(sql, "completed", { dropoff: { lat: -1.923, lng: 30.06 } });
  await sql`
    update mobility.matches set accepted_at = accepted_at - interval '3 days',
      arrived_at = arrived_at - interval '2 days', started_at = started_at - interval '2 days',
      completed_at = completed_at - interval '2 days' where id = ${old.id}`;
  const unpredicted = await rideIn(sql, "completed");
  await sql`update mobility.matches set predicted_pickup_s = null where id = ${unpredicted.id}`;
  const common = { vehicle_type: "moto", rides: 10, mean_abs_error_s: 108 };
  assert.deepEqual(await accuracy(24), [
    { ...common, leg: "pickup", mean_error_s: 90, p90_abs_error_s: 168 },
    { ...common, leg: "ride", mean_error_s: -90, p90_abs_error_s: 168 },
  ]);
});

Deno.test({
  name: "twenty rides that end at once each teach once, and none waits for ever",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase({ connections: 20 });
    const { sql } = database;
    const rides = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        rideIn(sql, "in_progress", {
          lat: i % 2 === 0 ? -1.95 : -1.88,
          dropoff: { lat: -1.923, lng: 30.06 },
        })),
    );
    await letTimePass(sql, 600);
    await Promise.all(rides.map(({ id }) => advance(sql, { match: id, action: "complete" })));
    const [city, ...cells] = await factors(sql, "moto");
    assert.equal(city?.rides, 20);
    for (const lat of [-39, -38]) {
      const own = cells.filter(({ cell_lat }) => cell_lat === lat);
      assert.equal(own.reduce((sum, { rides }) => sum + rides, 0), 10);
    }
    const [trip] = await sql<{ count: number }[]>`
      select count(*)::int from mobility.matches where status = 'completed'`;
    assert.equal(trip?.count, 20);
  },
});

databaseTest(
  "create_trip() tells the pace of the place, and a search the same",
  async ({ sql }) => {
    await learn(sql, Array(10).fill(2), { vehicle: "truck", at: new Date().toISOString() });
    await sweep(sql);
    const trip = await openTrip(sql, "passenger", { vehicle_type: "truck", ...HERE });
    const [row] = await sql<{ vehicle: { speed_mps: number } }[]>`
    select public.find_counterparts(null, ${trip.id}, 'driver', 5) -> 'vehicle' as vehicle`;
    near(row?.vehicle.speed_mps ?? 0, 4.7 / 1.75);
  },
);
