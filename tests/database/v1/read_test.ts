import assert from "node:assert/strict";
import {
  addOldMatch,
  addOldPerson,
  addOldTrip,
  bridgeTest,
  rejectOf,
  repairsOf,
  settle,
  type V1Columns,
} from "./support/v1-database.ts";

bridgeTest(
  "e164() takes a number with and without plus, zeros, spaces and the country",
  async (sql) => {
    const numbers: Record<string, string | null> = {
      "+250788123456": "+250788123456",
      "250788123456": "+250788123456",
      "0788123456": "+250788123456",
      "788123456": "+250788123456",
      "+250 788-123 456": "+250788123456",
      "00250788123456": "+250788123456",
      "+256700123456": "+256700123456",
      "12": null,
      "": null,
      "none": null,
      "0123456789012345678": null,
    };
    for (const [given, expected] of Object.entries(numbers)) {
      const [row] = await sql`select mobility_v1.e164(${given}) as phone`;
      assert.equal(row?.["phone"], expected, given);
    }
  },
);

bridgeTest("sync() carries a person with phone, name and language", async (sql) => {
  const id = await addOldPerson(sql, {
    whatsapp_number: null,
    phone_number: "0799 000 001",
    display_name: "  Aline ",
    locale: "rw-RW",
    created_at: "2024-02-03T04:05:06.789Z",
  });
  await sql`
    update public.profiles set created_at = created_at + interval '123 microseconds' where user_id = ${id}`;
  const bad = await addOldPerson(sql, {
    whatsapp_number: "12",
    locale: "xx",
    display_name: "a".repeat(130),
  });
  await settle(sql);
  const [row] = await sql`
    select phone, display_name, locale, created_at = '2024-02-03T04:05:06.789123Z' as same_time
    from mobility.profiles where user_id = ${id}`;
  assert.deepEqual({ ...row }, {
    phone: "+250799000001",
    display_name: "Aline",
    locale: "rw",
    same_time: true,
  });
  assert.deepEqual(await repairsOf(sql, id), []);
  assert.deepEqual(await repairsOf(sql, bad), ["BAD_PHONE", "TEXT_CUT", "UNKNOWN_LOCALE"]);
});

bridgeTest("sync() carries every vehicle type and state of a trip", async (sql) => {
  const vehicles = { moto: "moto", cab: "cab", lifan: "lifan", truck: "truck", others: "other" };
  for (const [v1, v2] of Object.entries(vehicles)) {
    const id = await addOldTrip(sql, { vehicle_type: `veh_${v1}` });
    await settle(sql);
    const [row] = await sql`select vehicle_type, status from mobility.trips where id = ${id}`;
    assert.deepEqual({ ...row }, { vehicle_type: v2, status: "open" });
  }
  // A trip that V1 calls matched and no match holds is over.
  const states = {
    matched: "completed",
    expired: "expired",
    cancelled: "cancelled",
    canceled: "cancelled",
  };
  for (const [v1, v2] of Object.entries(states)) {
    const id = await addOldTrip(sql, { status: v1 });
    await settle(sql);
    const [row] = await sql`select status from mobility.trips where id = ${id}`;
    assert.equal(row?.["status"], v2, v1);
  }
});

/** A trip as V1 has it, and what becomes of it. */
const TRIPS: Readonly<
  Record<string, { columns: V1Columns; reject?: string; repairs?: string[]; is?: V1Columns }>
> = {
  "no pickup": { columns: { pickup_longitude: null }, reject: "NO_PICKUP" },
  "nobody's": { columns: { creator_user_id: null }, reject: "NO_USER" },
  "a boat": { columns: { vehicle_type: "veh_boat" }, reject: "UNKNOWN_VEHICLE" },
  "no vehicle": { columns: { vehicle_type: null }, reject: "UNKNOWN_VEHICLE" },
  "an unknown state": { columns: { status: "paused" }, reject: "UNKNOWN_STATUS" },
  "an unknown role": { columns: { role: "both" }, reject: "UNKNOWN_ROLE" },
  "null island": {
    columns: { pickup_latitude: 0, pickup_longitude: 0 },
    reject: "BAD_COORDINATES",
  },
  "out of this world": { columns: { pickup_latitude: 123 }, reject: "BAD_COORDINATES" },
  "exchanged coordinates": {
    columns: { pickup_latitude: 30.06, pickup_longitude: -1.95 },
    repairs: ["SWAPPED_COORDINATES"],
    is: { pickup_lat: -1.95, pickup_lng: 30.06 },
  },
  "a point in another country": {
    columns: { pickup_latitude: 48.2, pickup_longitude: 16.37 },
    is: { pickup_lat: 48.2, pickup_lng: 16.37 },
  },
  "half a dropoff": {
    columns: { dropoff_latitude: -1.9 },
    repairs: ["BAD_DROPOFF"],
    is: { dropoff_lat: null, dropoff_lng: null },
  },
  "an exchanged dropoff": {
    columns: { dropoff_latitude: 30.1, dropoff_longitude: -1.9 },
    repairs: ["SWAPPED_DROPOFF"],
    is: { dropoff_lat: -1.9, dropoff_lng: 30.1 },
  },
  "no expiry": {
    columns: { expires_at: null, created_at: "2024-01-01T00:00:00Z" },
    repairs: ["NO_EXPIRY"],
    is: { expires: "2024-01-01T00:30:00", status: "expired" },
  },
  "expiry before creation": {
    columns: { expires_at: "2023-12-31T00:00:00Z", created_at: "2024-01-01T00:00:00Z" },
    repairs: ["EXPIRY_BEFORE_CREATION"],
    is: { expires: "2024-01-01T00:30:00", status: "expired" },
  },
  "a long text": {
    columns: { pickup_text: "x".repeat(400) },
    repairs: ["TEXT_CUT"],
    is: { pickup_text: "x".repeat(300) },
  },
};

for (const [name, { columns, reject, repairs = [], is = {} }] of Object.entries(TRIPS)) {
  const outcome = reject === undefined ? `carried ${repairs.join(", ") || "as it is"}` : reject;
  bridgeTest(`a trip of V1 with ${name} is ${outcome}`, async (sql) => {
    const id = await addOldTrip(sql, columns);
    const before = await sql`select * from public.rides_trips where id = ${id}`;
    await settle(sql);
    assert.equal(await rejectOf(sql, id), reject);
    assert.deepEqual(await repairsOf(sql, id), repairs);
    const [trip] = await sql`
      select *, to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') as expires
      from mobility.trips where id = ${id}`;
    assert.equal(trip === undefined, reject !== undefined);
    for (const [column, value] of Object.entries(is)) assert.equal(trip?.[column], value, column);
    assert.deepEqual(
      [...await sql`select * from public.rides_trips where id = ${id}`],
      [...before],
      "V1 keeps its own",
    );
  });
}

bridgeTest("a rejected trip is carried once V1 corrects it, and leaves the list", async (sql) => {
  const id = await addOldTrip(sql, { pickup_latitude: null, vehicle_type: "veh_boat" });
  await settle(sql);
  assert.equal(await rejectOf(sql, id), "UNKNOWN_VEHICLE");
  await sql`update public.rides_trips set vehicle_type = 'veh_cab' where id = ${id}`;
  await settle(sql);
  assert.equal(await rejectOf(sql, id), "NO_PICKUP");
  await sql`update public.rides_trips set pickup_latitude = -1.95 where id = ${id}`;
  await settle(sql);
  assert.equal(await rejectOf(sql, id), undefined);
  const [trip] = await sql`select status, vehicle_type from mobility.trips where id = ${id}`;
  assert.deepEqual({ ...trip }, { status: "open", vehicle_type: "cab" });
});

bridgeTest("an unknown state is carried once an operator says what it means", async (sql) => {
  const id = await addOldTrip(sql, { status: "parked" });
  await settle(sql);
  assert.equal(await rejectOf(sql, id), "UNKNOWN_STATUS");
  await sql`
    insert into mobility_v1.codes (kind, v1, v2, obsolete) values ('trip_status', 'parked', 'expired', true)`;
  await sql`update public.rides_trips set pickup_text = 'seen' where id = ${id}`;
  await settle(sql);
  assert.deepEqual([await rejectOf(sql, id), await repairsOf(sql, id)], [
    undefined,
    ["OBSOLETE_STATUS"],
  ]);
});

/** A match as V1 has it, and what becomes of it. */
const MATCHES: Readonly<
  Record<string, { columns: V1Columns; reject?: string; repairs?: string[] }>
> = {
  "no driver": { columns: { driver_id: null }, reject: "NO_DRIVER" },
  "an unknown state": { columns: { status: "teleported" }, reject: "UNKNOWN_STATUS" },
  "no trip and no pickup": { columns: { trip_id: null }, reject: "NO_PICKUP" },
  "no trip but a pickup": {
    columns: { trip_id: null, pickup_latitude: -1.95, pickup_longitude: 30.06 },
    repairs: ["SYNTHETIC_DRIVER_TRIP", "SYNTHETIC_PASSENGER_TRIP"],
  },
  "no trip and exchanged coordinates": {
    columns: { trip_id: null, pickup_latitude: 30.06, pickup_longitude: -1.95 },
    repairs: ["SYNTHETIC_DRIVER_TRIP", "SYNTHETIC_PASSENGER_TRIP"],
  },
  "a driver without a trip": { columns: {}, repairs: ["SYNTHETIC_DRIVER_TRIP"] },
  "a negative fare": {
    columns: { fare_estimate: -5 },
    repairs: ["BAD_FARE", "SYNTHETIC_DRIVER_TRIP"],
  },
  "completed without a time": {
    columns: { status: "completed" },
    repairs: ["NO_COMPLETION_TIME", "SYNTHETIC_DRIVER_TRIP"],
  },
};

for (const [name, { columns, reject, repairs = [] }] of Object.entries(MATCHES)) {
  bridgeTest(`a match of V1 with ${name} is ${reject ?? "carried"}`, async (sql) => {
    const id = await addOldMatch(sql, columns);
    await settle(sql);
    assert.equal(await rejectOf(sql, id), reject);
    assert.deepEqual(await repairsOf(sql, id), repairs);
    const rows = await sql`select from mobility.matches where id = ${id}`;
    assert.equal(rows.length, reject === undefined ? 1 : 0);
  });
}

bridgeTest("a match of one person with themselves is SAME_PERSON", async (sql) => {
  const person = await addOldPerson(sql);
  const id = await addOldMatch(sql, { driver_id: person, passenger_id: person });
  await settle(sql);
  assert.equal(await rejectOf(sql, id), "SAME_PERSON");
});

bridgeTest(
  "a match carries fare, distance and every time, and finds the driver's trip",
  async (sql) => {
    const driver = await addOldPerson(sql);
    const trip = await addOldTrip(sql, {
      creator_user_id: driver,
      created_at: "2024-05-01T09:00:00Z",
      status: "matched",
    });
    const id = await addOldMatch(sql, {
      driver_id: driver,
      status: "completed",
      fare_estimate: 900,
      actual_fare: 1250.5,
      distance_km: 4.37,
      created_at: "2024-05-01T10:00:00.123Z",
      accepted_at: "2024-05-01T10:01:00Z",
      pickup_time: "2024-05-01T10:05:00Z",
      started_at: "2024-05-01T10:06:00Z",
      completed_at: "2024-05-01T10:20:00Z",
    });
    await settle(sql);
    const [row] = await sql`
    select fare_amount, currency, distance_m, status, driver_trip_id,
      (created_at, accepted_at, arrived_at, started_at, completed_at, ended_at) = (
        '2024-05-01T10:00:00.123Z'::timestamptz, '2024-05-01T10:01:00Z'::timestamptz,
        '2024-05-01T10:05:00Z'::timestamptz, '2024-05-01T10:06:00Z'::timestamptz,
        '2024-05-01T10:20:00Z'::timestamptz, '2024-05-01T10:20:00Z'::timestamptz) as same_times
    from mobility.matches where id = ${id}`;
    assert.deepEqual({ ...row }, {
      fare_amount: 1251,
      currency: "RWF",
      distance_m: 4370,
      status: "completed",
      driver_trip_id: trip,
      same_times: true,
    });
    assert.deepEqual(await repairsOf(sql, id), ["FARE_ROUNDED"]);
  },
);
