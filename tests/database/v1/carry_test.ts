import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { advance, cancelTrip, openTrip, propose, rideIn, sweep } from "../support/rides.ts";
import { unexpectedBreaches } from "../../../scripts/v1/rehearsal/compare-sides.ts";
import {
  addOldMatch,
  addOldPerson,
  addOldTrip,
  bridgeTest,
  rejectOf,
  repairsOf,
  settle,
} from "./support/v1-database.ts";

async function oldTrip(sql: Sql, id: string): Promise<Record<string, unknown>> {
  const [row] = await sql`select * from public.rides_trips where id = ${id}`;
  return row ?? {};
}

async function oldMatch(sql: Sql, id: string): Promise<Record<string, unknown>> {
  const [row] = await sql`select * from public.mobility_matches where id = ${id}`;
  return row ?? {};
}

async function status(sql: Sql, table: "trips" | "matches", id: string): Promise<unknown> {
  const [row] = await sql`select status from mobility.${sql(table)} where id = ${id}`;
  return row?.["status"];
}

/** What has been said to people by WhatsApp so far. */
async function messages(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`select count(*)::integer from mobility.outbox`;
  return row?.count ?? 0;
}

async function foundDrivers(sql: Sql, passengerTrip: string): Promise<string[]> {
  const [row] = await sql<{ found: { trip_id: string }[] }[]>`
    select public.find_counterparts(null, ${passengerTrip}, 'driver', 20) -> 'found' as found`;
  return (row?.found ?? []).map(({ trip_id }) => trip_id);
}

bridgeTest("a passenger of V2 finds, takes and rides with a driver of V1", async (sql) => {
  const driver = await addOldTrip(sql, { pickup_latitude: -2.1, pickup_longitude: 30.2 });
  const stale = await addOldTrip(sql, {
    pickup_latitude: -2.1,
    pickup_longitude: 30.2,
    last_location_at: new Date(Date.now() - 3_600_000).toISOString(),
  });
  await settle(sql);
  const passenger = await openTrip(sql, "passenger", {
    lat: -2.1,
    lng: 30.201,
    dropoff: { lat: -2.12, lng: 30.22 },
  });
  const found = await foundDrivers(sql, passenger.id);
  assert.deepEqual([found.includes(driver), found.includes(stale)], [true, false]);

  const match = await propose(sql, { passenger: passenger.id, driver });
  await settle(sql);
  assert.equal((await oldTrip(sql, driver))["status"], "matched");
  assert.equal((await oldTrip(sql, passenger.id))["status"], "matched");
  const there = await oldMatch(sql, match.id);
  assert.deepEqual(
    [there["status"], there["trip_id"], there["driver_id"], there["passenger_id"]],
    ["pending", passenger.id, match.driver_user_id, match.passenger_user_id],
  );
  assert.equal(Number(there["fare_estimate"]), match.fare_amount);
  assert.equal(Number(there["distance_km"]), Math.round((match.distance_m ?? 0) / 10) / 100);

  // The driver goes on in V1.
  await sql`
    update public.mobility_matches set status = 'accepted', accepted_at = now(), updated_at = now()
    where id = ${match.id}`;
  await settle(sql);
  assert.equal(await status(sql, "matches", match.id), "accepted");
  // The passenger's side goes on in V2.
  for (const action of ["arrive", "start", "complete"]) {
    await advance(sql, { match: match.id, action, as: "driver", pin: match.pin ?? "" });
  }
  await settle(sql);
  const done = await oldMatch(sql, match.id);
  assert.deepEqual([done["status"], Number(done["actual_fare"])], ["completed", match.fare_amount]);
  assert.ok(done["started_at"] && done["pickup_time"] && done["completed_at"]);
  assert.equal(await status(sql, "trips", driver), "completed");
});

bridgeTest("a passenger of V1 takes a driver of V2, and both ends follow", async (sql) => {
  const driver = await openTrip(sql, "driver", { lat: -1.99, lng: 30.1 });
  await settle(sql);
  const offered = await oldTrip(sql, driver.id);
  assert.deepEqual([offered["status"], offered["vehicle_type"]], ["open", "veh_moto"]);
  assert.ok(offered["last_location_at"]);

  const person = await addOldPerson(sql);
  const trip = await addOldTrip(sql, {
    creator_user_id: person,
    role: "passenger",
    status: "matched",
  });
  await sql`update public.rides_trips set status = 'matched', matched_at = now() where id = ${driver.id}`;
  const match = await addOldMatch(sql, {
    driver_id: driver.user_id,
    passenger_id: person,
    trip_id: trip,
    status: "accepted",
    accepted_at: new Date().toISOString(),
  });
  await settle(sql);
  assert.deepEqual(await repairsOf(sql, match), []);
  assert.equal(await status(sql, "matches", match), "accepted");
  assert.deepEqual(
    [await status(sql, "trips", driver.id), await status(sql, "trips", trip)],
    ["matched", "matched"],
  );
  // It has a PIN and positions, so that V2 can go on with it.
  await advance(sql, { match, action: "arrive", as: "driver" });
  const [pin] = await sql<{ pin: string }[]>`
    select pin from mobility.match_pins where match_id = ${match}`;
  await advance(sql, { match, action: "start", as: "driver", pin: pin?.pin ?? "" });
  await settle(sql);
  assert.equal((await oldMatch(sql, match))["status"], "in_progress");

  // The passenger cancels in V1: the V2 driver is open again, in both.
  await sql`
    update public.mobility_matches set status = 'cancelled_by_passenger', cancelled_at = now(),
      updated_at = now(), cancellation_reason = 'changed plans' where id = ${match}`;
  await settle(sql);
  assert.equal(await status(sql, "matches", match), "cancelled_passenger");
  assert.equal(await status(sql, "trips", driver.id), "open");
  assert.equal((await oldTrip(sql, driver.id))["status"], "open");
  assert.equal((await oldTrip(sql, trip))["status"], "cancelled");
  assert.deepEqual(await unexpectedBreaches(sql), []);
});

bridgeTest("declined in V2 is cancelled by whoever was asked in V1, marked", async (sql) => {
  for (const initiated_by of ["passenger", "driver"] as const) {
    const { id } = await rideIn(sql, "declined", { initiated_by });
    await settle(sql);
    const there = await oldMatch(sql, id);
    assert.equal(
      there["status"],
      initiated_by === "passenger" ? "cancelled_by_driver" : "cancelled_by_passenger",
    );
    assert.deepEqual(there["metadata"], { v2_status: "declined" });
    // It comes back as what it was.
    await sql`update public.mobility_matches set duration_minutes = 3 where id = ${id}`;
    await settle(sql);
    assert.equal(await status(sql, "matches", id), "declined");
  }
});

bridgeTest("a ride of V1 counts once, however often it is carried", async (sql) => {
  const driver = await addOldPerson(sql);
  const match = await addOldMatch(sql, { driver_id: driver });
  await settle(sql);
  for (const state of ["accepted", "driver_arrived", "in_progress", "completed"]) {
    await sql`
      update public.mobility_matches set status = ${state}, updated_at = now(),
        completed_at = case when ${state} = 'completed' then now() end where id = ${match}`;
    await settle(sql);
    await sql`update public.mobility_matches set duration_minutes = 1 where id = ${match}`;
    await settle(sql);
  }
  const [row] = await sql`
    select offers_accepted, rides_completed, rides_cancelled from mobility.user_metrics
    where user_id = ${driver} and role = 'driver'`;
  assert.deepEqual({ ...row }, { offers_accepted: 1, rides_completed: 1, rides_cancelled: 0 });
  const events = await sql<{ to_status: string }[]>`
    select to_status from mobility.match_events where match_id = ${match} order by id`;
  assert.deepEqual(events.map(({ to_status }) => to_status), [
    "pending",
    "accepted",
    "driver_arrived",
    "in_progress",
    "completed",
  ]);
  assert.deepEqual(await unexpectedBreaches(sql), []);
});

bridgeTest(
  "a state that V1 skips is walked through, and a cancelled ride counts once",
  async (sql) => {
    const [driver, second] = [await addOldPerson(sql), await addOldPerson(sql)];
    const jumped = await addOldMatch(sql, { driver_id: driver });
    const off = await addOldMatch(sql, {
      driver_id: second,
      status: "accepted",
      accepted_at: new Date().toISOString(),
    });
    await settle(sql);
    await sql`
    update public.mobility_matches set status = 'completed', completed_at = now() where id = ${jumped}`;
    await sql`
    update public.mobility_matches set status = 'cancelled_by_driver', cancelled_at = now() where id = ${off}`;
    await settle(sql);
    const rows = await sql`
    select user_id, rides_completed, rides_cancelled from mobility.user_metrics
    where user_id in (${driver}, ${second}) and role = 'driver'`;
    const counts = Object.fromEntries(
      rows.map((row) => [row["user_id"], [row["rides_completed"], row["rides_cancelled"]]]),
    );
    assert.deepEqual(counts, { [driver]: [1, 0], [second]: [0, 1] });
    assert.deepEqual(await unexpectedBreaches(sql), []);
  },
);

bridgeTest(
  "nothing that is carried is said by WhatsApp, nor what V2's clock ends of V1's",
  async (sql) => {
    const before = await messages(sql);
    const driver = await addOldPerson(sql);
    const trip = await addOldTrip(sql, { creator_user_id: driver });
    const match = await addOldMatch(sql, { driver_id: driver });
    await settle(sql);
    await sql`update public.mobility_matches set status = 'accepted', updated_at = now() where id = ${match}`;
    await settle(sql);
    await sql`update public.mobility_matches set status = 'cancelled_by_driver' where id = ${match}`;
    await settle(sql);
    const pending = await addOldMatch(sql);
    await settle(sql);
    assert.equal(await status(sql, "trips", trip), "open");
    await sql`update mobility.trips set expires_at = now() where id = ${trip}`;
    await sql`update mobility.matches set respond_by = now() where id = ${pending}`;
    await sweep(sql);
    assert.deepEqual(
      [await status(sql, "trips", trip), await status(sql, "matches", pending)],
      ["expired", "expired"],
    );
    assert.equal(await messages(sql), before);

    // Of V2's own, people are told as ever.
    const own = await openTrip(sql, "passenger");
    await sql`update mobility.profiles set phone = '+250790000001' where user_id = ${own.user_id}`;
    await sql`update mobility.trips set expires_at = now() where id = ${own.id}`;
    await sweep(sql);
    assert.equal(await messages(sql), before + 1);
    await settle(sql);
  },
);

bridgeTest(
  "who takes another driver after V1's never answered is told of it as ever",
  async (sql) => {
    const passenger = await openTrip(sql, "passenger");
    await settle(sql);
    const unanswered = await addOldMatch(sql, {
      passenger_id: passenger.user_id,
      trip_id: passenger.id,
    });
    await settle(sql);
    assert.equal(await status(sql, "matches", unanswered), "pending");
    const driver = await openTrip(sql, "driver");
    await sql`update mobility.profiles set phone = '+250790000077' where user_id = ${driver.user_id}`;
    await sql`update mobility.matches set respond_by = now() where id = ${unanswered}`;
    await propose(sql, { passenger: passenger.id, driver: driver.id });
    const said = await sql`select kind from mobility.outbox where user_id = ${driver.user_id}`;
    assert.deepEqual(said.map((row) => row["kind"]), ["proposal"]);
    await settle(sql);
  },
);

bridgeTest(
  "of several open trips of a person the newest is open in V2; when it ends, V1's next is",
  async (sql) => {
    const person = await addOldPerson(sql);
    const at = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
    const newest = await addOldTrip(sql, { creator_user_id: person, created_at: at(1) });
    const oldest = await addOldTrip(sql, { creator_user_id: person, created_at: at(9) });
    await settle(sql);
    assert.deepEqual(
      [await status(sql, "trips", newest), await status(sql, "trips", oldest)],
      ["open", "expired"],
    );
    assert.deepEqual(await repairsOf(sql, oldest), ["OLDER_OPEN_TRIP"]);
    assert.equal((await oldTrip(sql, oldest))["status"], "open", "V1 keeps its own");
    await sql`update public.rides_trips set status = 'cancelled' where id = ${newest}`;
    await settle(sql);
    assert.deepEqual(
      [await status(sql, "trips", newest), await status(sql, "trips", oldest)],
      ["cancelled", "open"],
    );
    assert.deepEqual(await repairsOf(sql, oldest), []);
  },
);

bridgeTest("a second live match waits until the first is over", async (sql) => {
  const driver = await addOldPerson(sql);
  const first = await addOldMatch(sql, { driver_id: driver });
  await settle(sql);
  const second = await addOldMatch(sql, { driver_id: driver });
  await settle(sql);
  assert.equal(await rejectOf(sql, second), "SECOND_LIVE_MATCH");
  await sql`update public.mobility_matches set status = 'cancelled_by_driver' where id = ${first}`;
  await settle(sql);
  assert.deepEqual(
    [await rejectOf(sql, second), await status(sql, "matches", second)],
    [undefined, "pending"],
  );
  assert.deepEqual(await unexpectedBreaches(sql), []);
});

bridgeTest(
  "a live match that V1 forgot is over in V2, untold, and V1 keeps its own",
  async (sql) => {
    const before = await messages(sql);
    const long = new Date(Date.now() - 40 * 86_400_000).toISOString();
    const match = await addOldMatch(sql, {
      status: "accepted",
      created_at: long,
      updated_at: long,
    });
    await settle(sql);
    assert.equal(await status(sql, "matches", match), "expired");
    assert.deepEqual(await repairsOf(sql, match), ["FORGOTTEN", "SYNTHETIC_DRIVER_TRIP"]);
    assert.equal((await oldMatch(sql, match))["status"], "accepted");
    // It was completed after all: the further state holds.
    await sql`
    update public.mobility_matches set status = 'completed', completed_at = now(), updated_at = now()
    where id = ${match}`;
    await settle(sql);
    assert.equal(await status(sql, "matches", match), "completed");
    assert.equal(await messages(sql), before);
  },
);

bridgeTest("somebody made up for V1 stays in V2, until they do something there", async (sql) => {
  const nobody = crypto.randomUUID();
  const match = await addOldMatch(sql, { driver_id: nobody, status: "completed" });
  await settle(sql);
  const made = await sql`
    select "table" from mobility_v1.synthetic where id in (${nobody},
      (select driver_trip_id from mobility.matches where id = ${match})) order by 1`;
  assert.deepEqual(made.map((row) => row["table"]), ["profiles", "trips"]);
  assert.equal((await sql`select from public.profiles where user_id = ${nobody}`).length, 0);
  const { id } = await openTrip(sql, "driver", { user_id: nobody });
  await settle(sql);
  assert.equal((await sql`select from public.profiles where user_id = ${nobody}`).length, 1);
  assert.equal((await oldTrip(sql, id))["status"], "open");
});

bridgeTest(
  "a number two people have is the first one's, and the other's once it is free",
  async (sql) => {
    const phone = "+250788990099";
    const first = await addOldPerson(sql, { whatsapp_number: phone });
    await settle(sql);
    const other = await addOldPerson(sql, { whatsapp_number: "0788990099" });
    await settle(sql);
    const phones = async (): Promise<unknown[]> => {
      const rows = await sql`
      select phone from mobility.profiles where user_id in (${first}, ${other})
      order by user_id = ${other}`;
      return rows.map((row) => row["phone"]);
    };
    assert.deepEqual(await phones(), [phone, null]);
    assert.deepEqual(await repairsOf(sql, other), ["DUPLICATE_PHONE"]);
    await sql`update public.profiles set whatsapp_number = '+250788990100' where user_id = ${first}`;
    await settle(sql);
    assert.deepEqual(await phones(), ["+250788990100", phone]);
    assert.deepEqual(await repairsOf(sql, other), []);
  },
);

bridgeTest("a person of V1 who writes by WhatsApp is recognised by number", async (sql) => {
  const id = await addOldPerson(sql, { whatsapp_number: "0788777001", display_name: "Aline" });
  await settle(sql);
  const [row] = await sql<{ id: string }[]>`
    select mobility.identify('RW.1234', '+250788777001', 'Aline M.') as id`;
  assert.equal(row?.id, id);
  await settle(sql);
  const [there] =
    await sql`select display_name, whatsapp_number from public.profiles where user_id = ${id}`;
  assert.deepEqual({ ...there }, { display_name: "Aline M.", whatsapp_number: "0788777001" });
});

bridgeTest(
  "changes of different fields on both sides are joined; of the same, the birth side's holds",
  async (sql) => {
    const old = await addOldTrip(sql);
    const own = await openTrip(sql, "driver");
    await settle(sql);
    for (const id of [old, own.id]) {
      await sql`update public.rides_trips set pickup_text = 'V1', dropoff_text = 'V1' where id = ${id}`;
      await sql`
      update mobility.trips set pickup_text = 'V2', expires_at = expires_at + interval '1 hour' where id = ${id}`;
    }
    await settle(sql);
    const rows = await sql`
    select pickup_text, dropoff_text, t.expires_at = o.expires_at as same from mobility.trips t
    join public.rides_trips o using (id, pickup_text, dropoff_text)
    where id in (${old}, ${own.id}) order by id = ${own.id}`;
    assert.deepEqual(rows.map((row) => ({ ...row })), [
      { pickup_text: "V1", dropoff_text: "V1", same: true },
      { pickup_text: "V2", dropoff_text: "V1", same: true },
    ]);
  },
);

bridgeTest("of two states at once the further one holds on both sides", async (sql) => {
  const { id } = await rideIn(sql, "accepted");
  const trip = await openTrip(sql, "driver");
  await settle(sql);
  await sql`update public.mobility_matches set status = 'in_progress', started_at = now() where id = ${id}`;
  await advance(sql, { match: id, action: "arrive", as: "driver" });
  await sql`update public.rides_trips set status = 'matched' where id = ${trip.id}`;
  await cancelTrip(sql, { trip: trip.id });
  await settle(sql);
  assert.deepEqual(
    [await status(sql, "matches", id), (await oldMatch(sql, id))["status"]],
    ["in_progress", "in_progress"],
  );
  assert.deepEqual(
    [await status(sql, "trips", trip.id), (await oldTrip(sql, trip.id))["status"]],
    ["cancelled", "cancelled"],
  );
  assert.deepEqual(await unexpectedBreaches(sql), []);
});

bridgeTest(
  "a driver of V1 who moves is found where V1 says, and V1 hears when V2's were seen",
  async (sql) => {
    const driver = await addOldTrip(sql, { pickup_latitude: -2.3, pickup_longitude: 29.7 });
    const own = await openTrip(sql, "driver", { lat: -2.31, lng: 29.71 });
    await settle(sql);
    await sql`
    update public.rides_trips set pickup_latitude = -2.32, last_location_at = clock_timestamp() where id = ${driver}`;
    await settle(sql);
    const [row] =
      await sql`select lat, available from mobility.live_positions where trip_id = ${driver}`;
    assert.deepEqual({ ...row }, { lat: -2.32, available: true });

    const [seen] = await sql<{ before: Date }[]>`
    update public.rides_trips set last_location_at = now() - interval '20 minutes' where id = ${own.id}
    returning last_location_at as before`;
    await sql`update mobility_v1.bridge set positions_at = '-infinity'`;
    await settle(sql);
    const after = (await oldTrip(sql, own.id))["last_location_at"];
    assert.ok(after instanceof Date && seen && after.getTime() > seen.before.getTime() + 600_000);
  },
);

bridgeTest("what V1 deletes is ended in V2, and kept", async (sql) => {
  const trip = await addOldTrip(sql);
  await settle(sql);
  await sql`delete from public.rides_trips where id = ${trip}`;
  await settle(sql);
  assert.equal(await status(sql, "trips", trip), "cancelled");
  assert.deepEqual(await repairsOf(sql, trip), ["DELETED_IN_V1"]);
});

bridgeTest("a booking of V1 is not looked for early, nor reminded of by V2", async (sql) => {
  const before = await messages(sql);
  const later = new Date(Date.now() + 4 * 3_600_000);
  const trip = await addOldTrip(sql, {
    role: "passenger",
    scheduled_at: later.toISOString(),
    expires_at: new Date(later.getTime() + 1_800_000).toISOString(),
  });
  await settle(sql);
  const [row] = await sql`select available from mobility.live_positions where trip_id = ${trip}`;
  assert.equal(row?.["available"], false);
  await sql`update mobility.trips set scheduled_for = now() + interval '5 minutes' where id = ${trip}`;
  await sql`select public.sweep_chat()`;
  assert.equal(await messages(sql), before);
  await settle(sql);
});
