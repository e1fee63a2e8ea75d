import assert from "node:assert/strict";
import { z } from "zod";
import { JOBS } from "../../../scripts/stack/jobs.ts";
import { createDatabase, hasDatabase, type TestDatabase } from "../../support/database.ts";
import { expectOk } from "../../support/http.ts";
import { act, openDriver, openPassenger } from "../../support/stack-people.ts";
import { until } from "../../support/stack-search.ts";
import { stackSuite, type World } from "../../support/stack.ts";
import { addOldMatch, addOldPerson, addOldTrip } from "./support/v1-database.ts";
import { createV1 } from "../../../scripts/v1/rehearsal/v1-fixture.ts";
import { differences } from "../../../scripts/v1/rehearsal/compare-sides.ts";

/** Far from the seeded city, where nobody else is. */
const AT = { lat: -2.6, lng: 29.7 };

/** A city that has been on V2 for weeks when V1 appears beside it; what the stack seeds is there already. */
async function createCity(): Promise<TestDatabase> {
  const database = await createDatabase({ seed: true });
  await createV1(database.sql);
  for (const table of ["v2_profiles", "v2_trips", "v2_matches"]) {
    await database.sql`select mobility_v1.backfill_batch(${table}, 100000)`;
  }
  return database;
}

/** The stack as it runs beside V1: its job carries, nobody calls sync. */
const { test } = stackSuite({
  name: "beside V1",
  ignore: !hasDatabase,
  database: createCity,
  jobs: JOBS.filter(({ name }) => name === "sync_v1"),
});

const madeMatch = z.object({
  match: z.object({ id: z.string(), pin: z.string(), driver_user_id: z.string() }),
});
const foundDrivers = z.object({ drivers: z.array(z.object({ trip_id: z.string() })) });

async function oldStatus({ sql }: World, table: string, id: string): Promise<unknown> {
  const [row] = await sql`select status from public.${sql(table)} where id = ${id}`;
  return row?.["status"];
}

async function untilOld(
  world: World,
  { table, id, is }: { table: string; id: string; is: string },
): Promise<void> {
  await until(() => oldStatus(world, table, id), (status) => status === is, { ms: 20_000 });
}

test("a driver on V1 and a passenger on V2 meet through the API and ride to the end", async (world) => {
  const { http, sql } = world;
  const driver = await addOldTrip(sql, {
    pickup_latitude: AT.lat + 0.002,
    pickup_longitude: AT.lng,
  });
  const passenger = await openPassenger(world, { at: AT });
  const search = async (): Promise<string[]> => {
    const answer = await http.post("orchestrator/find-drivers", {
      body: { passenger_trip_id: passenger.id, limit: 5 },
    });
    return expectOk(answer, foundDrivers).drivers.map(({ trip_id }) => trip_id);
  };
  // Before that the search would find nobody, and say so from the cache for a while.
  await until(
    async () => (await sql`select from mobility.trips where id = ${driver}`).length,
    (count) => count === 1,
    { ms: 20_000 },
  );
  assert.deepEqual(await search(), [driver]);

  const accepted = await http.post("orchestrator/accept-match", {
    as: { user: passenger.user_id },
    body: { passenger_trip_id: passenger.id, driver_trip_id: driver },
  });
  const { match } = expectOk(accepted, madeMatch);
  await untilOld(world, { table: "mobility_matches", id: match.id, is: "pending" });
  await untilOld(world, { table: "rides_trips", id: driver, is: "matched" });

  // V1's driver accepts there, as V1 does.
  await sql`
    update public.mobility_matches set status = 'accepted', accepted_at = now(), updated_at = now()
    where id = ${match.id}`;
  const seen = z.object({ match: z.object({ status: z.string() }) });
  await until(
    async () => expectOk(await http.get(`tracking/matches/${match.id}`), seen).match.status,
    (status) => status === "accepted",
    { ms: 20_000 },
  );
  for (const action of ["arrive", "start", "complete"]) {
    await act(world, {
      match: match.id,
      action,
      as: { user: match.driver_user_id },
      body: action === "start" ? { pin: match.pin } : {},
    });
  }
  await untilOld(world, { table: "mobility_matches", id: match.id, is: "completed" });
  await until(
    async () => (await sql`select from mobility_v1.changes`).length,
    (count) => count === 0,
    { ms: 20_000 },
  );
  assert.deepEqual(await differences(sql), []);
});

test("a passenger on V1 takes a driver on V2, who sees the ride in the API", async (world) => {
  const { http, sql } = world;
  const driver = await openDriver(world, { at: { lat: AT.lat - 0.2, lng: AT.lng } });
  await untilOld(world, { table: "rides_trips", id: driver.id, is: "open" });
  // V1 has its person, their trip and the match, and says that both trips are taken.
  const person = await addOldPerson(sql);
  const trip = await addOldTrip(sql, {
    creator_user_id: person,
    role: "passenger",
    status: "matched",
  });
  await sql`update public.rides_trips set status = 'matched' where id = ${driver.id}`;
  const match = await addOldMatch(sql, {
    driver_id: driver.user_id,
    passenger_id: person,
    trip_id: trip,
  });
  const seen = z.object({ match: z.object({ status: z.string(), driver_trip_id: z.string() }) });
  const state = async (): Promise<string> => {
    const answer = await http.get(`tracking/matches/${match}`, { as: { user: driver.user_id } });
    return answer.status === 404 ? "" : expectOk(answer, seen).match.driver_trip_id;
  };
  await until(state, (driverTrip) => driverTrip === driver.id, { ms: 20_000 });
  await act(world, { match, action: "accept", as: { user: driver.user_id } });
  await untilOld(world, { table: "mobility_matches", id: match, is: "accepted" });
  await sql`
    update public.mobility_matches set status = 'cancelled_by_passenger', cancelled_at = now(), updated_at = now()
    where id = ${match}`;
  await untilOld(world, { table: "rides_trips", id: driver.id, is: "open" });
  await until(
    async () => (await sql`select from mobility_v1.changes`).length,
    (count) => count === 0,
    { ms: 20_000 },
  );
  assert.deepEqual(await differences(sql), []);
});
