import assert from "node:assert/strict";
import { outcomeOf } from "../support/outcome.ts";
import { openTrip, propose } from "../support/rides.ts";
import { letChatTimePass } from "./support/chat-clock.ts";
import { chatRide } from "./support/chat-ride.ts";
import { chatTest } from "./support/chat-test.ts";
import { commands, newPerson } from "./support/people.ts";
import { kindsTo, lastTo, saidTo } from "./support/said.ts";
import { message, newPhone, newWhatsappId, receive } from "./support/whatsapp.ts";
import { claimDeliveries, claimOutbox } from "./support/worker.ts";

chatTest("add_contact, list_contacts and remove_contact keep who is told", async ({ sql }) => {
  const person = await newPerson(sql);
  const phones = [newPhone(), newPhone()];
  for (const [i, phone] of phones.entries()) {
    await commands(sql, person, { name: "add_contact", phone, contact_name: ` Friend ${i} ` });
  }
  // The same person once more is the same contact, under the new name.
  await commands(sql, person, {
    name: "add_contact",
    phone: phones[1],
    contact_name: "Sister",
  });
  await commands(sql, person, { name: "list_contacts" });
  const list = (await lastTo(sql, person.user_id)).params.contacts;
  assert.ok(Array.isArray(list));
  assert.deepEqual(list.map(({ name, phone_tail }) => [name, phone_tail]), [
    ["Friend 0", phones[0]?.slice(-3)],
    ["Sister", phones[1]?.slice(-3)],
  ]);
  const contact_id = list[0]?.id;
  await commands(sql, await newPerson(sql), { name: "remove_contact", contact_id });
  assert.equal((await sql`select from mobility.trusted_contacts`).length, 2, "not theirs");
  await commands(sql, person, { name: "remove_contact", contact_id });
  assert.deepEqual(
    (await saidTo(sql, person.user_id)).map(({ kind, params }) => [kind, params.name]),
    [
      ["contact_added", "Friend 0"],
      ["contact_added", "Friend 1"],
      ["contact_added", "Sister"],
      ["contacts", undefined],
      ["contact_removed", "Friend 0"],
    ],
  );
  assert.equal((await sql`select from mobility.trusted_contacts`).length, 1);
});

chatTest("add_contact takes nine, and not oneself", async ({ sql }) => {
  const person = await newPerson(sql);
  const phones = Array.from({ length: 9 }, newPhone);
  const add = async (phone: string | undefined): Promise<string> =>
    (await outcomeOf(
      commands(sql, person, { name: "add_contact", phone, contact_name: "" }),
    )).code;
  assert.equal(await add(person.phone), "VALIDATION_ERROR");
  for (const phone of phones) assert.equal(await add(phone), "ok");
  assert.equal(await add(newPhone()), "TOO_MANY_CONTACTS");
  assert.equal(await add(phones[3]), "ok", "one of the nine");
  assert.equal((await sql`select from mobility.trusted_contacts`).length, 9);
  assert.equal((await sql`select from mobility.profiles`).length, 10, "the tenth left no trace");
});

chatTest("list_contacts shows who is known without a number", async ({ sql }) => {
  const person = await newPerson(sql);
  const phone = newPhone();
  await commands(sql, person, { name: "add_contact", phone, contact_name: "Sister" });
  // The contact writes, and then the number belongs to somebody else.
  for (const whatsapp_user_id of [newWhatsappId(), newWhatsappId()]) {
    await receive(sql, { messages: [message({ phone, whatsapp_user_id })] });
  }
  await commands(sql, person, { name: "list_contacts" });
  const list = (await lastTo(sql, person.user_id)).params.contacts;
  assert.ok(Array.isArray(list));
  assert.deepEqual(list.map(({ name, phone_tail }) => [name, phone_tail]), [["Sister", ""]]);
});

chatTest("sos alerts the operator and the contacts, with links that work", async ({ sql }) => {
  const ride = await chatRide(sql, "in_progress");
  const phones = [newPhone(), newPhone()];
  for (const phone of phones) {
    await commands(sql, ride.passenger, { name: "add_contact", phone, contact_name: "Friend" });
  }
  const contacts = await sql<{ contact_user_id: string }[]>`
    select contact_user_id from mobility.trusted_contacts`;
  await sql`update mobility.live_positions set lat = -1.97, lng = 30.08`;
  await commands(sql, ride.passenger, { name: "sos", match_id: ride.match.id });
  assert.deepEqual((await lastTo(sql, ride.passenger.user_id)).params, {
    match_id: ride.match.id,
    contacts: 2,
  });
  const [alert] = await sql`
    select id, match_id, user_id, side, lat, lng, acknowledged_at from mobility.sos_alerts`;
  assert.deepEqual({ ...alert, id: "" }, {
    id: "",
    match_id: ride.match.id,
    user_id: ride.passenger.user_id,
    side: "passenger",
    lat: -1.97,
    lng: 30.08,
    acknowledged_at: null,
  });

  const [post] = await claimDeliveries(sql);
  assert.equal(post?.target, "sos");
  assert.deepEqual(post.headers, { "content-type": "application/json" });
  const body: unknown = JSON.parse(atob(post.body_base64));
  assert.ok(typeof body === "object" && body !== null && "link_token" in body && "at" in body);
  const { link_token, at, ...rest } = body;
  assert.deepEqual(rest, {
    alert_id: alert?.id,
    match_id: ride.match.id,
    user_id: ride.passenger.user_id,
    side: "passenger",
    name: "Aline",
    phone: ride.passenger.phone,
    lat: -1.97,
    lng: 30.08,
  });
  assert.ok(Math.abs(Date.parse(String(at)) - Date.now()) < 60_000);

  const tokens = [link_token];
  for (const { contact_user_id } of contacts) {
    const told = await lastTo(sql, contact_user_id);
    assert.deepEqual([told.kind, told.params.name], ["sos_alert", "Aline"]);
    tokens.push(told.params.link_token);
  }
  assert.equal(new Set(tokens).size, 3, "each has a link of their own");
  for (const token of tokens) {
    const links = await sql`
      select viewer, match_id from mobility.trip_links
      where token_hash = sha256(convert_to(${String(token)}, 'UTF8')) and expires_at > now()
        and revoked_at is null`;
    assert.deepEqual([...links], [{ viewer: "guest", match_id: ride.match.id }]);
  }
  // They never wrote: only a template reaches them.
  const alerts = (await claimOutbox(sql)).filter(({ kind }) => kind === "sos_alert");
  assert.deepEqual(alerts.map(({ to, window_open }) => [to.phone, window_open]), [
    [phones[0], false],
    [phones[1], false],
  ]);
});

chatTest("sos takes the place it is given, of a driver too", async ({ sql }) => {
  const ride = await chatRide(sql, "accepted");
  await commands(sql, ride.driver, {
    name: "sos",
    match_id: ride.match.id,
    lat: -1.9,
    lng: 30.2,
  });
  const [alert] = await sql`select side, lat, lng from mobility.sos_alerts`;
  assert.deepEqual(alert, { side: "driver", lat: -1.9, lng: 30.2 });
  assert.deepEqual((await lastTo(sql, ride.driver.user_id)).params.contacts, 0);
});

chatTest("sos is heard for two hours after the ride", async ({ sql }) => {
  const ride = await chatRide(sql, "completed");
  const sos = async (): Promise<string> =>
    (await outcomeOf(commands(sql, ride.passenger, { name: "sos", match_id: ride.match.id })))
      .code;
  await letChatTimePass(sql, 7140);
  assert.equal(await sos(), "ok");
  await letChatTimePass(sql, 120);
  assert.equal(await sos(), "MATCH_INVALID_STATE");
  const alerts = await sql`select lat from mobility.sos_alerts`;
  assert.deepEqual(
    [...alerts],
    [{ lat: null }],
    "no position is left, and it is sent all the same",
  );
});

chatTest("block keeps two people apart, both ways, until unblock", async ({ sql }) => {
  const ride = await chatRide(sql, "completed");
  const { passenger, driver } = ride;
  await sql`update mobility.trips set status = 'cancelled' where status = 'open'`;
  await sql`delete from mobility.live_positions`;
  await commands(sql, passenger, { name: "block", match_id: ride.match.id });
  await commands(sql, passenger, { name: "block", match_id: ride.match.id });
  await commands(sql, passenger, { name: "list_blocked" });
  assert.deepEqual(
    (await saidTo(sql, passenger.user_id)).map(({ kind, params }) => [kind, params]),
    [
      ["blocked", { name: "Eric" }],
      ["blocked", { name: "Eric" }],
      ["blocked_list", { people: [{ user_id: driver.user_id, name: "Eric" }] }],
    ],
  );
  assert.deepEqual(await kindsTo(sql, driver.user_id), [], "the other is not told");
  const code = async (rider: string, taker: string): Promise<string> =>
    (await outcomeOf(propose(sql, {
      passenger: (await openTrip(sql, "passenger", { user_id: rider })).id,
      driver: (await openTrip(sql, "driver", { user_id: taker })).id,
    }))).code;
  assert.equal(await code(passenger.user_id, driver.user_id), "BLOCKED");
  assert.equal(await code(driver.user_id, passenger.user_id), "BLOCKED");
  // Who was blocked cannot lift it.
  await commands(sql, driver, { name: "unblock", user_id: passenger.user_id });
  assert.equal(await code(passenger.user_id, driver.user_id), "BLOCKED");
  await commands(sql, passenger, { name: "unblock", user_id: driver.user_id });
  assert.deepEqual((await lastTo(sql, passenger.user_id)).params, { name: "Eric" });
  assert.equal(await code(passenger.user_id, driver.user_id), "ok");
  await commands(sql, driver, { name: "list_blocked" });
  assert.deepEqual((await lastTo(sql, driver.user_id)).params, { people: [] });
});

chatTest("block works for a month after the ride", async ({ sql }) => {
  const ride = await chatRide(sql, "completed");
  const block = async (): Promise<string> =>
    (await outcomeOf(commands(sql, ride.driver, { name: "block", match_id: ride.match.id }))).code;
  await letChatTimePass(sql, 29 * 86_400);
  assert.equal(await block(), "ok");
  await letChatTimePass(sql, 2 * 86_400);
  assert.equal(await block(), "MATCH_INVALID_STATE");
});
