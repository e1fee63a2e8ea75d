import assert from "node:assert/strict";
import type { MessageKind } from "../../../shared/messages/mod.ts";
import type { ChatSuite } from "../../support/chat/chat-suite.ts";
import type { Phone } from "../../support/chat/phone.ts";
import { askForRide, rideInChat } from "../../support/chat/rides.ts";
import { newSpot } from "../../support/stack-people.ts";

/** Words: languages, help, back, cancel, what people write to each other, what nobody can read. */
export function talkingFlows({ test }: ChatSuite): void {
  test("help, back and cancel are understood at every step of asking for a ride", async (world) => {
    const phone = world.phone();
    await phone.write("hi");
    await phone.receive("welcome");
    await helpIs(phone, "idle");
    await phone.tap("menu:ride");
    await phone.receive("choose_vehicle");
    await helpIs(phone, "vehicle");
    await says(phone, "back", "welcome");
    await says(phone, "ride", "choose_vehicle");
    await says(phone, "moto", "ask_pickup");
    await helpIs(phone, "pickup");
    await says(phone, "back", "choose_vehicle");
    await phone.tap("veh:passenger:cab");
    await phone.receive("ask_pickup");
    await phone.pin(newSpot());
    await phone.receive("ask_dropoff");
    await helpIs(phone, "dropoff");
    await says(phone, "back", "ask_pickup");
    await phone.pin(newSpot());
    await phone.receive("ask_dropoff");
    await says(phone, "a place that nobody knows", "place_not_found");
    await says(phone, "cancel", "welcome");
    for (const step of ["choose_vehicle", "ask_pickup", "ask_dropoff"] as const) {
      await comeTo(phone, step);
      await says(phone, "cancel", "welcome");
    }
    await phone.assertQuiet();
    const [row] = await world.sql<{ count: number }[]>`
      select count(*)::integer from mobility.trips t join mobility.profiles p using (user_id)
      where p.whatsapp_user_id = ${phone.identity.whatsapp_user_id}`;
    assert.equal(row?.count, 0, "no trip was opened");
  });

  test("help, back and cancel at the steps of a driver, a booking and a contact", async (world) => {
    const phone = world.phone();
    await says(phone, "Hello", "welcome");
    await says(phone, "drive", "choose_vehicle");
    await helpIs(phone, "vehicle");
    await phone.tap("veh:driver:moto");
    await phone.receive("ask_plate");
    await helpIs(phone, "plate");
    await says(phone, "no plate", "ask_plate");
    await says(phone, "back", "choose_vehicle");
    await says(phone, "1", "ask_plate");
    await says(phone, "rab.123.c", "ask_pickup");
    await helpIs(phone, "pickup");
    await says(phone, "cancel", "welcome");
    await phone.tap("menu:more");
    await phone.receive("menu_more");
    await phone.tap("menu:later");
    await phone.receive("choose_time");
    await helpIs(phone, "time");
    await says(phone, "tomorrow 7:00", "choose_vehicle");
    await says(phone, "back", "choose_time");
    await says(phone, "back", "welcome");
    await phone.tap("menu:contacts");
    await phone.receive("contacts");
    await helpIs(phone, "contact");
    await says(phone, "back", "welcome");
    await phone.assertQuiet();
  });

  test("at the PIN: help, a mistyped one, too many wrong ones, a word to the passenger", async (world) => {
    const { driver, passenger, pin } = await rideInChat(world, "arrived");
    await helpIs(driver, "pin");
    await says(driver, "12", "ask_pin");
    await says(driver, "I am at the blue gate", "relay_sent");
    assert.match((await passenger.receive("relayed")).text, /Person \d+.*I am at the blue gate/s);
    const wrong = pin === "1111" ? "2222" : "1111";
    for (let left = 4; left >= 0; left--) {
      const refused = await says(driver, wrong, "refusal");
      assert.equal(refused.params["code"], left > 0 ? "PIN_INVALID" : "PIN_LOCKED");
    }
    assert.equal((await says(driver, pin, "refusal")).params["code"], "PIN_LOCKED");
    await world.sql`update mobility.match_pins set locked_until = now()`;
    await says(driver, `pin: ${pin}`, "ride_running");
    await passenger.receive("ride_started");
    for (const phone of [driver, passenger]) await phone.assertQuiet();
  });

  test("what people write in a ride reaches the other side, pins too", async (world) => {
    const { driver, passenger } = await rideInChat(world, "accepted");
    driver.locale = passenger.locale = "en";
    await says(passenger, "Hello! J'ai un sac rouge 🎒\n\nprès du portail", "relay_sent");
    assert.match((await driver.receive("relayed")).text, /sac rouge 🎒/);
    await says(driver, "ok", "relay_sent");
    assert.match((await passenger.receive("relayed")).text, /ok/);
    await passenger.pin({ lat: -1.95, lng: 30.06 }, { name: "Kigali Heights" });
    await passenger.receive("relay_sent");
    assert.match((await driver.receive("relayed")).text, /Kigali Heights.*query=-1\.95,30\.06/);
    await says(passenger, "x".repeat(4096), "relay_sent");
    await driver.receive("relayed");
    await driver.pin(newSpot());
    await driver.assertQuiet();
    await passenger.assertQuiet();
  });

  test("the language is changed in the middle of a flow, which goes on", async (world) => {
    const phone = world.phone();
    await says(phone, "hello", "welcome");
    await comeTo(phone, "ask_pickup");
    await says(phone, "langue", "choose_language");
    phone.locale = "fr";
    await phone.tap("lang:fr");
    await phone.receive("language_set");
    await phone.pin(newSpot());
    await phone.receive("ask_dropoff");
    await says(phone, "aide", "help");
    await says(phone, "passer", "nobody_near");
    // A greeting in another language does not change what was chosen.
    await says(phone, "Habari", "welcome");
    await phone.assertQuiet();
  });

  test("a person without a phone number, and one without a business-scoped id, ride", async (world) => {
    const passenger = world.phone({ phone: null });
    const driver = world.phone({ whatsapp_user_id: null });
    const { pin } = await rideInChat(world, "arrived", { passenger, driver });
    await says(driver, pin, "ride_running");
    await passenger.receive("ride_started");
    await driver.tap("complete:");
    await driver.receive("ride_done");
    await passenger.receive("receipt");
    for (const phone of [driver, passenger]) await phone.assertQuiet();
  });

  test("what cannot be read is answered politely, reactions not at all", async (world) => {
    const phone = world.phone();
    await says(phone, "hi", "welcome");
    await comeTo(phone, "ask_pickup");
    const raw = (type: string, more: Record<string, unknown>): Promise<void> =>
      phone.do({ kind: "raw", message: { type, ...more } });
    await raw("audio", { audio: { id: "1", mime_type: "audio/ogg", voice: true } });
    await phone.receive("unsupported");
    await raw("unsupported", {
      errors: [{ code: 131051, title: "Message type unknown" }],
      unsupported: { type: "location" },
    });
    assert.match((await phone.receive("unsupported")).text, /location/i);
    await raw("sticker", { sticker: { id: "2", mime_type: "image/webp", animated: false } });
    await phone.receive("unsupported");
    await raw("reaction", { reaction: { message_id: "wamid.x", emoji: "👍" } });
    await raw("something_new", { something_new: { a: [1, { b: null }] } });
    await phone.receive("unsupported");
    await phone.shareCard("Nobody", "+250788000000");
    await phone.receive("unsupported");
    await phone.pin({ lat: 0, lng: 0 });
    await phone.receive("refusal", "ask_pickup");
    await phone.pin(newSpot());
    await phone.receive("ask_dropoff");
    await phone.assertQuiet();
  });

  test("a passenger asks again while a search is under way", async (world) => {
    const passenger = world.phone();
    await askForRide(passenger, { at: newSpot() });
    await passenger.receive("nobody_near");
    await askForRide(passenger, { at: newSpot() });
    await passenger.receive("nobody_near");
    const [row] = await world.sql<{ count: number }[]>`
      select count(*)::integer from mobility.trips t join mobility.profiles p using (user_id)
      where p.whatsapp_user_id = ${passenger.identity.whatsapp_user_id} and t.status = 'open'`;
    assert.equal(row?.count, 1, "the first wish was replaced");
    await passenger.assertQuiet();
  });
}

async function says(phone: Phone, text: string, kind: MessageKind): ReturnType<Phone["receive"]> {
  await phone.write(text);
  return await phone.receive(kind);
}

async function helpIs(phone: Phone, step: string): Promise<void> {
  assert.equal((await says(phone, "help", "help")).params["step"], step);
}

/** From the menu to a question of the passenger's flow. */
async function comeTo(
  phone: Phone,
  question: "choose_vehicle" | "ask_pickup" | "ask_dropoff",
): Promise<void> {
  await phone.tap("menu:ride");
  await phone.receive("choose_vehicle");
  if (question === "choose_vehicle") return;
  await phone.tap("veh:passenger:moto");
  await phone.receive("ask_pickup");
  if (question === "ask_pickup") return;
  await phone.pin(newSpot());
  await phone.receive("ask_dropoff");
}
