import assert from "node:assert/strict";
import { z } from "zod";
import type { ChatSuite, ChatWorld } from "../../support/chat/chat-suite.ts";
import type { Phone } from "../../support/chat/phone.ts";
import { askForRide, goOnline, rideInChat } from "../../support/chat/rides.ts";
import { newSpot, north } from "../../support/stack-people.ts";

/** What drivers do between rides. */
export function drivingFlows({ test }: ChatSuite): void {
  test("a driver moves by a pin, and is found there", async (world) => {
    const [from, to] = [newSpot(), newSpot()];
    const [driver, passenger] = [world.phone(), world.phone()];
    await goOnline(driver, { at: from });
    await driver.pin(to);
    await driver.receive("still_online");
    assert.deepEqual(await positionOf(world, driver), to);
    await driver.tap("menu:drive");
    await driver.receive("ask_pickup");
    await driver.pin(north(to, 300));
    await driver.receive("still_online");
    await askForRide(passenger, { at: to });
    assert.match((await passenger.receive("drivers_found")).choices[1]?.id ?? "", /^pick:/);
    for (const phone of [passenger, driver]) await phone.assertQuiet();
  });

  test("a driver sees who waits nearby and offers themselves", async (world) => {
    const at = newSpot();
    const [driver, passenger] = [world.phone(), world.phone()];
    await goOnline(driver, { at });
    await driver.tap("near:");
    await driver.receive("no_passengers_near");
    await askForRide(passenger, { at: north(at, 700), to: north(at, 4000) });
    await passenger.receive("drivers_found");
    await driver.tap("near:");
    await driver.receive("passengers_near");
    await driver.tap("take:");
    await driver.receive("asking_passenger");
    const proposal = await passenger.receive("proposal_to_passenger");
    assert.match(proposal.text, /RAD 123 B/);
    await passenger.tap("match_no:");
    await passenger.receive("offer_declined");
    await driver.receive("passenger_declined");
    await driver.tap("near:");
    await driver.receive("no_passengers_near");
    for (const phone of [passenger, driver]) await phone.assertQuiet();
  });

  test("a passenger accepts the driver who offers themselves", async (world) => {
    const at = newSpot();
    const [driver, passenger] = [world.phone(), world.phone()];
    await askForRide(passenger, { at: north(at, 700) });
    await passenger.receive("nobody_near");
    await goOnline(driver, { at });
    await driver.tap("near:");
    await driver.receive("passengers_near");
    await driver.tap("take:");
    await driver.receive("asking_passenger");
    await passenger.receive("proposal_to_passenger");
    await passenger.tap("match_yes:");
    await passenger.receive("ride_accepted");
    await driver.receive("ride_won");
    for (const phone of [passenger, driver]) await phone.assertQuiet();
  });

  test("today's rides and earnings, being online again after a ride, going offline", async (world) => {
    const { driver, passenger } = await rideInChat(world, "completed");
    const fare = Number(passenger.read.at(-1)?.params["fare_amount"]);
    assert.ok(fare > 0);
    await driver.write("today");
    const today = await driver.receive("today");
    assert.equal(today.params["rides"], 1);
    assert.equal(today.params["earnings"], fare);
    assert.match(today.text, /1 ride\b/);
    await driver.write("offline");
    const offline = await driver.receive("offline");
    assert.equal(offline.params["earnings"], fare);
    await driver.write("offline");
    await driver.receive("welcome");
    await driver.write("online");
    await driver.receive("ask_pickup");
    await driver.pin(newSpot());
    await driver.receive("online");
    await driver.tap("offline:");
    await driver.receive("offline");
    assert.equal(await positionOf(world, driver), undefined);
    await driver.assertQuiet();
  });

  test("a driver whose position grows old is asked, hidden, and back by a tap", async (world) => {
    const at = newSpot();
    const [driver, passenger] = [world.phone(), world.phone()];
    const online = await goOnline(driver, { at });
    const trip = z.guid().parse(online.params["trip_id"]);
    const grow = (minutes: number): Promise<unknown> =>
      world.sql`update mobility.live_positions
        set position_at = now() - make_interval(mins => ${minutes}) where trip_id = ${trip}`;
    await grow(21);
    await world.sweepAnd("sweep_chat");
    await driver.receive("stay_online");
    await world.sweepAnd("sweep_chat");
    await driver.assertQuiet();
    await driver.tap("stay:");
    await driver.receive("still_online");
    await grow(31);
    await world.sweepAnd("sweep");
    await world.sweepAnd("sweep_chat");
    await driver.receive("hidden");
    await askForRide(passenger, { at });
    await passenger.receive("nobody_near");
    await driver.tap("stay:");
    await driver.receive("still_online");
    await passenger.tap("again:");
    await passenger.receive("drivers_found");
    for (const phone of [passenger, driver]) await phone.assertQuiet();
  });
}

/** Where the database has the driver now; undefined when nowhere. */
async function positionOf(
  { sql }: ChatWorld,
  { identity }: Phone,
): Promise<{ lat: number; lng: number } | undefined> {
  const [row] = await sql<{ lat: number; lng: number }[]>`
    select lat, lng from mobility.live_positions l join mobility.profiles p using (user_id)
    where p.whatsapp_user_id = ${identity.whatsapp_user_id} and l.role = 'driver'`;
  return row === undefined ? undefined : { lat: row.lat, lng: row.lng };
}
