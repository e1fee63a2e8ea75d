import assert from "node:assert/strict";
import { z } from "zod";
import type { ChatSuite } from "../../support/chat/chat-suite.ts";
import type { HookServer } from "../../support/chat/hook-server.ts";
import { askForRide, rideInChat } from "../../support/chat/rides.ts";
import { until } from "../../support/stack-search.ts";

const alert = z.object({
  alert_id: z.guid(),
  match_id: z.guid(),
  side: z.string(),
  name: z.string(),
  phone: z.string(),
  lat: z.number(),
  lng: z.number(),
  link_token: z.string(),
});

/** Blocking, SOS, trusted contacts, sharing the trip. */
export function safetyFlows({ test }: ChatSuite, operator: HookServer): void {
  test("a driver blocked after a bad rating is not offered again, until unblocked", async (world) => {
    const { passenger, driver, at } = await rideInChat(world, "completed");
    await passenger.tap(passenger.read.at(-1)?.choices.at(-1)?.id ?? "");
    const rated = await passenger.receive("rated");
    assert.deepEqual(rated.choices.map(({ id }) => id.split(":")[0]), ["block", "menu"]);
    await passenger.tap("block:");
    assert.match((await passenger.receive("blocked")).text, new RegExp(`${driver.identity.name}`));
    await askForRide(passenger, { at });
    await passenger.receive("nobody_near");
    await driver.tap("near:");
    await driver.receive("no_passengers_near");

    await passenger.tap("menu:more");
    await passenger.receive("menu_more");
    await passenger.tap("menu:blocked");
    await passenger.receive("blocked_list");
    await passenger.tap("unblock:");
    await passenger.receive("unblocked");
    await passenger.tap("again:");
    await passenger.receive("drivers_found");
    for (const phone of [passenger, driver]) await phone.assertQuiet();
  });

  test("SOS reaches the operator's hook and the trusted contacts, once each", async (world) => {
    const contact = world.phone({ whatsapp_user_id: null, name: null });
    const { passenger, driver, matchId } = await rideInChat(world, "riding");
    const before = operator.taken.length;
    await passenger.write("menu");
    await passenger.receive("welcome", "ride_started");
    await passenger.tap("menu:more");
    await passenger.receive("menu_more");
    await passenger.tap("menu:contacts");
    await passenger.receive("contacts");
    await passenger.write("what?");
    await passenger.receive("ask_contact");
    await passenger.shareCard("Mama Aline", contact.identity.phone ?? "");
    assert.match((await passenger.receive("contact_added")).text, /Mama Aline/);
    await passenger.tap("sos:");
    const sent = await passenger.receive("sos_sent");
    assert.equal(sent.params["contacts"], 1);
    // The contact has never written: only a template reaches them.
    const told = await contact.receive("sos_alert");
    assert.equal(told.type, "template");
    assert.match(told.text, /Person \d+/);
    assert.match(told.text, /\/trip#[0-9a-f]{32}/);

    const post = await until(
      () => Promise.resolve(operator.taken[before]),
      (found) => found !== undefined,
    );
    const posted = alert.parse(JSON.parse(new TextDecoder().decode(post?.bytes)));
    assert.equal(posted.match_id, matchId);
    assert.equal(posted.phone, passenger.identity.phone);
    assert.equal(posted.side, "passenger");
    await driver.assertQuiet();

    await passenger.tap("share:");
    assert.match((await passenger.receive("share_trip")).text, /\/trip#[0-9a-f]{32}/);
    await driver.tap("sos:");
    assert.equal((await driver.receive("sos_sent")).params["contacts"], 0);
    await world.settle();
    assert.equal(operator.taken.length, before + 2);

    await passenger.write("menu");
    await passenger.receive("welcome", "ride_started");
    await passenger.tap("menu:contacts");
    await passenger.receive("contacts");
    await passenger.tap("uncontact:");
    await passenger.receive("contact_removed");
    await passenger.tap("sos:");
    assert.equal((await passenger.receive("sos_sent")).params["contacts"], 0);
    for (const phone of [passenger, driver, contact]) await phone.assertQuiet();
  });

  test("an SOS is posted again until the operator's hook takes it", async (world) => {
    const { driver } = await rideInChat(world, "accepted");
    const before = operator.taken.length;
    try {
      for (const status of [0, 500]) {
        operator.status = status;
        const { refused } = operator;
        await driver.tap("sos:");
        await driver.receive("sos_sent");
        await until(() => Promise.resolve(operator.refused), (count) => count > refused);
      }
    } finally {
      operator.status = 200;
    }
    await until(async () => {
      await world.sql`update mobility.deliveries set not_before = now() where status = 'queued'`;
      await world.work();
      return operator.taken.length;
    }, (count) => count === before + 2);
    await driver.assertQuiet();
  });
}
