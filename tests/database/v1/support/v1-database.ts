import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { createDatabase, hasDatabase, type TestDatabase } from "../../../support/database.ts";
import { differences, syncToQuiet } from "../../../../scripts/v1/rehearsal/compare-sides.ts";
import { addServiceArea, createV1 } from "../../../../scripts/v1/rehearsal/v1-fixture.ts";

/** A database with an empty V1, the bridge in place and Rwanda as a service area. */
export async function createBridged(): Promise<TestDatabase> {
  const database = await createDatabase();
  await createV1(database.sql);
  await addServiceArea(database.sql);
  return database;
}

let shared: Promise<TestDatabase> | undefined;
Deno.test.afterAll(async () => {
  await (await shared)?.close();
});

/** A test beside an empty V1, on one database that the tests of a file share. */
export function bridgeTest(name: string, test: (sql: Sql) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !hasDatabase,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => await test((await (shared ??= createBridged())).sql),
  });
}

/** Carries all there is, and asserts that both sides are equal then. */
export async function settle(sql: Sql): Promise<void> {
  await syncToQuiet(sql);
  assert.deepEqual(await differences(sql), []);
}

/** Columns of a new V1 row, over the defaults of a moto ride in Kigali. */
export type V1Columns = Readonly<Record<string, string | number | null>>;

let people = 0;

/** A person of V1; gives the id. */
export async function addOldPerson(sql: Sql, columns: V1Columns = {}): Promise<string> {
  const user_id = crypto.randomUUID();
  const row = { user_id, whatsapp_number: `25078${String(++people).padStart(7, "0")}`, ...columns };
  await sql`insert into public.profiles ${sql(row)}`;
  return user_id;
}

/** A trip of V1, by default open for half an hour, seen now; gives the id. */
export async function addOldTrip(sql: Sql, columns: V1Columns = {}): Promise<string> {
  const id = crypto.randomUUID();
  const now = Date.now();
  const row = {
    id,
    creator_user_id: "creator_user_id" in columns
      ? columns["creator_user_id"] ?? null
      : await addOldPerson(sql),
    role: "driver",
    vehicle_type: "veh_moto",
    pickup_latitude: -1.95,
    pickup_longitude: 30.06,
    status: "open",
    created_at: new Date(now - 60_000).toISOString(),
    expires_at: new Date(now + 1_800_000).toISOString(),
    last_location_at: new Date(now - 1000).toISOString(),
    ...columns,
  };
  await sql`insert into public.rides_trips ${sql(row)}`;
  return id;
}

/** A match of V1, by default pending between two new people of whom the passenger has a trip; gives the id. */
export async function addOldMatch(sql: Sql, columns: V1Columns = {}): Promise<string> {
  const id = crypto.randomUUID();
  const passenger_id = columns["passenger_id"] ?? await addOldPerson(sql);
  const row = {
    id,
    passenger_id,
    driver_id: "driver_id" in columns ? columns["driver_id"] ?? null : await addOldPerson(sql),
    trip_id: "trip_id" in columns
      ? columns["trip_id"] ?? null
      : await addOldTrip(sql, { creator_user_id: passenger_id, role: "passenger" }),
    vehicle_type: "veh_moto",
    status: "pending",
    // Before whatever the columns say has happened since.
    created_at: new Date(Date.now() - 1000).toISOString(),
    updated_at: new Date().toISOString(),
    ...columns,
  };
  await sql`insert into public.mobility_matches ${sql(row)}`;
  return id;
}

/** Why a row was not carried, if it was not. */
export async function rejectOf(sql: Sql, id: string): Promise<string | undefined> {
  const [row] = await sql<{ reason: string }[]>`
    select reason from mobility_v1.rejects where id = ${id}`;
  return row?.reason;
}

/** What was repaired in a row. */
export async function repairsOf(sql: Sql, id: string): Promise<string[]> {
  const rows = await sql<{ reason: string }[]>`
    select reason from mobility_v1.repairs where id = ${id} order by 1`;
  return rows.map(({ reason }) => reason);
}
