import assert from "node:assert/strict";
import { fingerprintTables } from "../../../scripts/postgres/fingerprint-tables.ts";
import type { ChatSuite } from "../../support/chat/chat-suite.ts";
import type { Phone } from "../../support/chat/phone.ts";
import type { Choice } from "../../support/chat/received.ts";
import { askForRide, goOnline, rideInChat, wrongPin } from "../../support/chat/rides.ts";
import { north } from "../../support/stack-people.ts";

/** What may change when somebody taps on what a ride that is over has left in the chat. */
const MAY_CHANGE = [
  "conversations",
  "inbox",
  "outbox",
  "sending_pairs",
  "sending_rate",
  "profiles",
  "trip_links",
];
/** Verbs that mean the same for ever. */
const LASTING = ["menu", "lang", "veh"];

/** Buttons of any age. */
export function oldButtonFlows({ test }: ChatSuite): void {
  test("every button of a ride that is over is answered, and changes nothing", async (world) => {
    const ride = await rideInChat(world, "accepted");
    const { passenger, driver, at } = ride;
    // Buttons of every kind: a second wish after a cancelled ride, offers, reasons, ratings.
    await driver.tap("mcancel:");
    await driver.receive("choose_cancel_reason");
    await passenger.tap("mcancel:");
    await passenger.receive("choose_cancel_reason");
    await passenger.tapReason("other");
    await passenger.receive("ride_cancelled");
    await driver.receive("cancelled_by_passenger");
    await driver.tap("menu:drive");
    await driver.receive("ask_pickup");
    await driver.pin(north(at, 700));
    await driver.receive("still_online");
    const other = world.phone();
    // The nearest, who is asked first.
    await goOnline(other, { at: north(at, 600) });
    await askForRide(passenger, { at, to: north(at, 2000) });
    await passenger.receive("drivers_found");
    await passenger.tap("best:");
    await passenger.receive("dispatching");
    await other.receive("offer");
    await other.tap("offer_yes:");
    await other.receive("ride_won");
    const pin = String((await passenger.receive("ride_accepted")).params["pin"]);
    await other.tap("arrive:");
    await other.receive("ask_pin");
    await passenger.receive("driver_arrived");
    await other.write(wrongPin(pin));
    await other.receive("refusal");
    await other.write(pin);
    await other.receive("ride_running");
    await passenger.receive("ride_started");
    await other.tap("complete:");
    await other.receive("ride_done");
    await passenger.receive("receipt");
    for (const phone of [other, passenger]) {
      await phone.tap("rate:");
      await phone.receive("rated");
    }
    await other.write("offline");
    await other.receive("offline");
    // SOS is for two hours after the end; that is over.
    await world.sql`
      update mobility.matches set completed_at = completed_at - interval '3 hours',
        started_at = started_at - interval '3 hours', ended_at = ended_at - interval '3 hours'
      where ended_at is not null`;
    for (const phone of [passenger, other, driver]) await phone.assertQuiet();

    const before = await fingerprintTables(world.sql, { except: MAY_CHANGE });
    const verbs = new Set<string>();
    for (const phone of [passenger, other]) {
      for (const choice of everOffered(phone)) {
        const verb = choice.id.split(":")[0] ?? "";
        verbs.add(verb);
        // After 45 messages in a row a person gets one every 6 s; nobody taps as fast as this test.
        await world.hurry();
        await phone.tapOld(choice);
        const answers = await phone.receiveAll();
        assert.ok(answers.length > 0, `${choice.id} is answered`);
        assert.ok(answers.length <= 2, `${choice.id} is answered once`);
        for (const { kind, text } of answers) {
          assert.notEqual(kind, "not_understood", `${choice.id} is understood: ${text}`);
        }
        if (!LASTING.includes(verb)) continue;
        await phone.write("menu");
        await phone.receiveAll();
      }
    }
    assert.deepEqual(
      await fingerprintTables(world.sql, { except: MAY_CHANGE }),
      before,
      "nothing has changed",
    );
    for (
      const verb of ["pick", "best", "cancel", "why", "offer_yes", "arrive", "complete", "rate"]
    ) {
      assert.ok(verbs.has(verb), `a button with ${verb} was tapped`);
    }
    await driver.assertQuiet();
  });

  test("ids that were never offered, of others' rides and of nonsense, do nothing", async (world) => {
    const { passenger, driver, matchId } = await rideInChat(world, "riding");
    const stranger = world.phone();
    await stranger.write("Hello");
    await stranger.receive("welcome");
    const before = await fingerprintTables(world.sql, { except: MAY_CHANGE });
    const foreign = [...everOffered(passenger), ...everOffered(driver)]
      .filter(({ id }) => !LASTING.includes(id.split(":")[0] ?? ""));
    const invented = [
      `complete:${crypto.randomUUID()}`,
      `rate:${matchId}:5`,
      `rate:${matchId}:9`,
      `block:${matchId}`,
      `why:match:${matchId}:other`,
      `why:match:${matchId}:because`,
      "complete:1' or true --",
      "offer_yes:",
      ":::",
      "💥".repeat(60),
    ].map((id) => ({ id, title: "Tap" }));
    for (const choice of [...foreign, ...invented]) {
      await world.hurry();
      await stranger.tapOld(choice);
      const answers = await stranger.receiveAll();
      assert.ok(answers.length > 0, `${choice.id} is answered`);
      for (const { params, text } of answers) {
        assert.notEqual(params["code"], "INTERNAL_ERROR", choice.id);
        assert.ok(!text.includes(String(passenger.identity.name)), "nobody's name is told");
      }
    }
    assert.deepEqual(
      await fingerprintTables(world.sql, { except: MAY_CHANGE }),
      before,
      "nothing has changed",
    );
    for (const phone of [passenger, driver]) await phone.assertQuiet();
  });
}

/** Of every kind of button and row that was read the oldest and the newest. */
function everOffered({ read }: Phone): Choice[] {
  const oldest = new Map<string, Choice>();
  const newest = new Map<string, Choice>();
  for (const choice of read.flatMap(({ choices }) => choices)) {
    const verb = choice.id.split(":")[0] ?? "";
    // Where a menu leads is in its argument.
    const kind = verb === "menu" ? choice.id : verb;
    if (!oldest.has(kind)) oldest.set(kind, choice);
    newest.set(kind, choice);
  }
  return [...new Map([...oldest.values(), ...newest.values()].map((c) => [c.id, c])).values()];
}
