import assert from "node:assert/strict";
import type { ChatSuite, ChatWorld } from "../../support/chat/chat-suite.ts";
import type { Phone } from "../../support/chat/phone.ts";
import { askForRide, goOnline, rideInChat } from "../../support/chat/rides.ts";
import { newSpot, north } from "../../support/stack-people.ts";

/** Cancelling on both sides, and that no driver is sent after it. */
export function cancellingFlows({ test }: ChatSuite): void {
  test("a passenger who cancels while drivers are asked leaves no ghost", async (world) => {
    const at = newSpot();
    const [driver, passenger] = [world.phone(), world.phone()];
    await goOnline(driver, { at: north(at, 500) });
    await askForRide(passenger, { at, to: north(at, 3000) });
    await passenger.receive("drivers_found");
    await passenger.tap("best:");
    await passenger.receive("dispatching");
    await driver.receive("offer");
    await passenger.tap("cancel:");
    await passenger.receive("choose_cancel_reason");
    await passenger.tapReason("changed_mind");
    await passenger.receive("trip_cancelled");
    assert.equal((await driver.receive("offer_gone")).params["reason"], "cancelled");
    await driver.tap("offer_yes:");
    assert.equal((await driver.receive("offer_gone")).params["reason"], "cancelled");
    await world.sweepAnd("sweep_dispatch");
    assert.deepEqual(await tripsOf(world, passenger), ["cancelled changed_mind"]);
    assert.deepEqual(await tripsOf(world, driver), ["open"]);
    assert.equal(await liveMatches(world, driver), 0);
    for (const phone of [passenger, driver]) await phone.assertQuiet();
  });

  test("a passenger who cancels while one driver is asked leaves no ghost", async (world) => {
    const { passenger, driver } = await rideInChat(world, "asked");
    await passenger.tap("cancel:");
    await passenger.receive("choose_cancel_reason");
    await passenger.tap("why:match:");
    await passenger.receive("ride_cancelled");
    assert.equal((await driver.receive("offer_gone")).params["reason"], "cancelled");
    await driver.tap("match_yes:");
    assert.equal((await driver.receive("gone")).params["what"], "match");
    assert.equal(await liveMatches(world, driver), 0);
    for (const phone of [passenger, driver]) await phone.assertQuiet();
  });

  test("a passenger cancels an accepted ride; the driver's late taps do nothing", async (world) => {
    const { passenger, driver } = await rideInChat(world, "accepted");
    await passenger.tap("mcancel:");
    const reasons = await passenger.receive("choose_cancel_reason");
    assert.equal(reasons.choices.length, 5);
    await passenger.tapReason("waited_too_long");
    await passenger.receive("ride_cancelled");
    const told = await driver.receive("cancelled_by_passenger");
    assert.match(told.text, /I waited too long/);
    for (const tap of ["arrive:", "match_yes:", "mcancel:"]) {
      await driver.tap(tap);
      assert.equal((await driver.receive("gone")).params["what"], "match");
    }
    assert.deepEqual(await tripsOf(world, passenger), ["cancelled waited_too_long"]);
    assert.deepEqual(await tripsOf(world, driver), ["open"]);
    assert.equal(await liveMatches(world, driver), 0);
    for (const phone of [passenger, driver]) await phone.assertQuiet();
  });

  test("a driver cancels an accepted ride; the passenger is searched for again", async (world) => {
    const { passenger, driver, at } = await rideInChat(world, "accepted");
    const other = world.phone({ name: "Another Driver" });
    await goOnline(other, { at: north(at, 900) });
    await driver.write("cancel");
    await driver.receive("choose_cancel_reason");
    await driver.tapReason("vehicle_problem");
    await driver.receive("ride_cancelled");
    assert.match((await passenger.receive("cancelled_by_driver")).text, /vehicle has a problem/);
    const found = await passenger.receive("drivers_found");
    const names = found.choices.slice(1).map(({ title }) => title);
    assert.deepEqual(names, ["Another Driver"], "not the one who cancelled");
    await passenger.tap("sos:");
    assert.equal((await passenger.receive("refusal")).params["code"], "NO_RIDE");
    await passenger.tap("Another Driver");
    await passenger.receive("asking_driver");
    await other.receive("proposal");
    await other.tap("match_yes:");
    await other.receive("ride_won");
    await passenger.receive("ride_accepted");
    for (const phone of [passenger, driver, other]) await phone.assertQuiet();
  });

  test("a driver declines the passenger who asked, or lets the time run out", async (world) => {
    const { passenger, driver, matchId } = await rideInChat(world, "asked");
    await driver.tap("match_no:");
    await driver.receive("offer_declined");
    await passenger.receive("driver_declined");
    await driver.tap("match_yes:");
    assert.equal((await driver.receive("gone")).params["what"], "match");
    assert.equal(await liveMatches(world, driver), 0);

    const silent = await rideInChat(world, "asked");
    assert.notEqual(silent.matchId, matchId);
    await world.sql`
      update mobility.matches set respond_by = now() - interval '1 second' where id = ${silent.matchId}`;
    await world.sweepAnd("sweep");
    await silent.passenger.receive("driver_silent");
    await silent.driver.receive("offer_gone");
    await silent.driver.tap("match_yes:");
    assert.equal((await silent.driver.receive("gone")).params["what"], "match");
    for (const phone of [passenger, driver, silent.passenger, silent.driver]) {
      await phone.assertQuiet();
    }
  });
}

async function tripsOf({ sql }: ChatWorld, { identity }: Phone): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    select concat_ws(' ', t.status, t.cancel_reason) as line from mobility.trips t
    join mobility.profiles p using (user_id)
    where p.whatsapp_user_id = ${identity.whatsapp_user_id} order by t.created_at`;
  return rows.map(({ line }) => line);
}

async function liveMatches({ sql }: ChatWorld, { identity }: Phone): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer from mobility.matches m
    join mobility.profiles p on p.user_id = m.driver_user_id
    where p.whatsapp_user_id = ${identity.whatsapp_user_id} and m.live`;
  return row?.count ?? -1;
}
