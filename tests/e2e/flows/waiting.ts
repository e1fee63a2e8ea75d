import assert from "node:assert/strict";
import { z } from "zod";
import type { ChatSuite, ChatWorld } from "../../support/chat/chat-suite.ts";
import type { Phone } from "../../support/chat/phone.ts";
import { askForRide, goOnline } from "../../support/chat/rides.ts";
import { newSpot, north } from "../../support/stack-people.ts";

/** Nobody near, and rides for later. */
export function waitingFlows({ test }: ChatSuite): void {
  test("nobody near: the passenger is told as soon as a driver comes online", async (world) => {
    const at = newSpot();
    const [passenger, driver] = [world.phone(), world.phone()];
    await askForRide(passenger, { at, to: north(at, 3000) });
    const nobody = await passenger.receive("nobody_near");
    assert.match(nobody.text, /15 km/, "how far was looked is told");
    await passenger.tap("again:");
    await passenger.receive("nobody_near");
    await passenger.tap("watch:");
    await passenger.receive("watching");
    await world.sweepAnd("sweep_chat");
    await passenger.assertQuiet();
    await goOnline(driver, { at: north(at, 800) });
    await world.sweepAnd("sweep_chat");
    await passenger.receive("somebody_near");
    await world.sweepAnd("sweep_chat");
    await passenger.assertQuiet();
    await passenger.tap("best:");
    await passenger.receive("dispatching");
    await driver.receive("offer");
    await driver.tap("offer_yes:");
    await driver.receive("ride_won");
    await passenger.receive("ride_accepted");
    for (const phone of [passenger, driver]) await phone.assertQuiet();
  });

  test("a driver 9 km away is found by the wider search, which is said", async (world) => {
    const at = newSpot();
    const [passenger, driver] = [world.phone(), world.phone()];
    await goOnline(driver, { at: north(at, 9000) });
    await askForRide(passenger, { at });
    const found = await passenger.receive("drivers_found");
    assert.equal(found.params["wider"], true);
    assert.match(found.text, /15 km/);
    assert.doesNotMatch(found.text, /RWF/, "without a dropoff there is no fare to tell");
    await passenger.assertQuiet();
  });

  test("a ride for later is booked, reminded of when its time comes, and ridden", async (world) => {
    const at = newSpot();
    const [passenger, driver] = [world.phone(), world.phone()];
    await passenger.write("Hello");
    await passenger.receive("welcome");
    await passenger.tap("menu:more");
    await passenger.receive("menu_more");
    await passenger.tap("menu:later");
    const times = await passenger.receive("choose_time");
    assert.equal(times.choices.length, 8);
    await passenger.write("yesterday at noon");
    await passenger.receive("choose_time");
    await passenger.tapOld(times.choices[3] ?? { id: "", title: "" });
    await passenger.receive("choose_vehicle");
    await passenger.tap("veh:passenger:moto");
    await passenger.receive("ask_pickup");
    await passenger.pin(at);
    await passenger.receive("ask_dropoff");
    await passenger.pin(north(at, 4000));
    const booked = await passenger.receive("scheduled");
    assert.match(booked.text, /RWF/);
    await world.sweepAnd("sweep_chat");
    await passenger.assertQuiet();

    await goOnline(driver, { at: north(at, 600) });
    await makeDue(world, booked.params["trip_id"]);
    await world.sweepAnd("sweep_chat");
    await passenger.receive("scheduled_reminder", "drivers_found");
    await world.sweepAnd("sweep_chat");
    await passenger.assertQuiet();
    await passenger.tap("pick:");
    await passenger.receive("asking_driver");
    await driver.receive("proposal");
    await driver.write("yes");
    await driver.receive("ride_won");
    await passenger.receive("ride_accepted");
    for (const phone of [passenger, driver]) await phone.assertQuiet();
  });

  test("a ride for later is cancelled by its button, or by the word", async (world) => {
    const passenger = world.phone();
    const first = await book(passenger, "menu:more");
    await passenger.tap(`cancel:${first}`);
    await passenger.receive("trip_cancelled");
    await passenger.tap(`cancel:${first}`);
    assert.equal((await passenger.receive("gone")).params["what"], "trip");
    const second = await book(passenger, "menu:more");
    await passenger.write("cancel");
    await passenger.receive("scheduled");
    await passenger.tap(`cancel:${second}`);
    await passenger.receive("trip_cancelled");
    await passenger.assertQuiet();
  });
}

/** Books a ride for tomorrow morning, the time typed. */
async function book(passenger: Phone, menu: string): Promise<string> {
  const at = newSpot();
  await passenger.write("Hello");
  await passenger.receive("welcome");
  await passenger.tap(menu);
  await passenger.receive("menu_more");
  await passenger.tap("menu:later");
  await passenger.receive("choose_time");
  await passenger.write("tomorrow 7:15");
  await passenger.receive("choose_vehicle");
  await passenger.write("cab");
  await passenger.receive("ask_pickup");
  await passenger.pin(at);
  await passenger.receive("ask_dropoff");
  await passenger.write("skip");
  const booked = await passenger.receive("scheduled");
  assert.match(booked.text, /07:15/);
  return z.guid().parse(booked.params["trip_id"]);
}

/** Ten minutes before the time that a ride was booked for: the time comes to the ride. */
async function makeDue({ sql }: ChatWorld, tripId: unknown): Promise<void> {
  const id = z.guid().parse(tripId);
  await sql`update mobility.trips set scheduled_for = now() + interval '10 minutes' where id = ${id}`;
  await sql`update mobility.live_positions set findable_from = now() - interval '5 minutes' where trip_id = ${id}`;
}
