import assert from "node:assert/strict";
import { z } from "zod";
import type { ChatSuite, ChatWorld } from "../../support/chat/chat-suite.ts";
import type { Phone } from "../../support/chat/phone.ts";
import type { Received } from "../../support/chat/received.ts";
import { askForRide, goOnline } from "../../support/chat/rides.ts";
import { newSpot, north } from "../../support/stack-people.ts";

/** "Best available": the system asks the drivers. */
export function dispatchFlows({ test }: ChatSuite): void {
  test("best available: the nearest declines, the next is too late, the third gets it", async (world) => {
    const { passenger, drivers } = await offered(world, 3);
    const [declining, slow, quick] = drivers;
    assert.ok(declining && slow && quick);
    const offers = [await declining.receive("offer")];
    for (const phone of [slow, quick]) await phone.assertQuiet();
    await declining.tap("offer_no:");
    await declining.receive("offer_declined");
    offers.push(await slow.receive("offer"));
    await letOffersRunOut(world, [offers[1]]);
    await slow.tap("offer_yes:");
    assert.equal((await slow.receive("offer_gone")).params["reason"], "expired");
    await world.sweepAnd("sweep_dispatch");
    assert.equal((await slow.receive("offer_gone")).params["reason"], "expired");
    offers.push(await quick.receive("offer"));
    for (const { text, choices } of offers) {
      assert.match(text, /RWF/);
      assert.match(text, /towards the north/);
      assert.deepEqual(choices.map(({ id }) => id.split(":")[0]), ["offer_yes", "offer_no"]);
    }
    await quick.tap("offer_yes:");
    await quick.receive("ride_won");
    await passenger.receive("ride_accepted");
    // Taps that come later still.
    await slow.tap("offer_yes:");
    assert.equal((await slow.receive("offer_gone")).params["reason"], "expired");
    await declining.tap("offer_yes:");
    assert.equal((await declining.receive("gone")).params["what"], "offer");
    await quick.tap("offer_yes:");
    await quick.receive("ride_won");
    for (const phone of [passenger, ...drivers]) await phone.assertQuiet();
    assert.equal(await matchesOf(world, offers), 1);
  });

  test("an offer that runs out goes to the next driver, and no sooner", async (world) => {
    const { passenger, drivers } = await offered(world, 2);
    const [first, second] = drivers;
    assert.ok(first && second);
    const offer = await first.receive("offer");
    await world.sweepAnd("sweep_dispatch");
    await second.assertQuiet();
    await letOffersRunOut(world, [offer]);
    await world.sweepAnd("sweep_dispatch");
    assert.equal((await first.receive("offer_gone")).params["reason"], "expired");
    await second.receive("offer");
    await second.tap("offer_yes:");
    await second.receive("ride_won");
    await passenger.receive("ride_accepted");
    for (const phone of [passenger, ...drivers]) await phone.assertQuiet();
  });

  test("when nobody accepts the passenger is told, and can look again", async (world) => {
    const { passenger, drivers: [driver] } = await offered(world, 1);
    assert.ok(driver);
    await driver.receive("offer");
    await driver.tap("offer_no:");
    await driver.receive("offer_declined");
    await passenger.receive("nobody_accepted");
    await passenger.tap("again:");
    await passenger.receive("drivers_found");
    await passenger.tap("best:");
    await passenger.receive("dispatching");
    await driver.receive("offer");
    await driver.tap("offer_yes:");
    await driver.receive("ride_won");
    await passenger.receive("ride_accepted");
    await passenger.assertQuiet();
  });
}

/** So many drivers around a passenger who has tapped "best available". */
async function offered(
  world: ChatWorld,
  count: number,
): Promise<{ passenger: Phone; drivers: Phone[] }> {
  const at = newSpot();
  const drivers = Array.from({ length: count }, () => world.phone());
  await Promise.all(drivers.map((driver, index) => {
    return goOnline(driver, { at: north(at, 300 + 200 * index), plate: `RAD ${100 + index} B` });
  }));
  const passenger = world.phone();
  await askForRide(passenger, { at, to: north(at, 4000) });
  await passenger.receive("drivers_found");
  await passenger.tap("best:");
  await passenger.receive("dispatching");
  return { passenger, drivers };
}

/** The time to answer is over: what a clock would do in half a minute. */
async function letOffersRunOut(
  { sql }: ChatWorld,
  offers: readonly (Received | undefined)[],
): Promise<void> {
  const ids = offers.map((offer) => z.guid().parse(offer?.params["offer_id"]));
  await sql`update mobility.offers set expires_at = now() - interval '1 second' where id in ${
    sql(ids)
  }`;
}

async function matchesOf({ sql }: ChatWorld, [offer]: readonly Received[]): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer from mobility.matches m
    join mobility.offers o on o.passenger_trip_id = m.passenger_trip_id
    where o.id = ${String(offer?.params["offer_id"])}`;
  return row?.count ?? 0;
}
