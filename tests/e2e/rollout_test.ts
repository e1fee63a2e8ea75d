import assert from "node:assert/strict";
import { z } from "zod";
import { isInShare } from "../../shared/webhook/rollout.ts";
import { signBody, verifySignature } from "../../shared/whatsapp/mod.ts";
import { chatSuite, type ChatWorld } from "../support/chat/chat-suite.ts";
import { type HookPost, openHookServer } from "../support/chat/hook-server.ts";
import type { Phone } from "../support/chat/phone.ts";
import { askForRide, pinOf, rideInChat, type Spot } from "../support/chat/rides.ts";
import {
  messageOf,
  metaBody,
  type MetaMessage,
  type MetaStatus,
  postWebhook,
} from "../support/chat/webhook-post.ts";
import { restartWebhook } from "../support/chat/webhook-process.ts";
import { createDatabase, hasDatabase } from "../support/database.ts";
import { newSpot, north } from "../support/stack-people.ts";
import { until } from "../support/stack-search.ts";

const PEOPLE = 40;

const posted = z.object({
  entry: z.array(z.object({
    changes: z.array(z.object({
      value: z.object({
        messages: z.array(z.object({ id: z.string() })).default([]),
        statuses: z.array(z.object({ id: z.string() })).default([]),
        contacts: z.array(z.object({ user_id: z.string() })).default([]),
      }),
    })),
  })),
});

const v1 = await openHookServer();
Deno.test.afterAll(() => v1.close());

const { test } = chatSuite({
  name: hasDatabase ? "rollout, on PostgreSQL" : "rollout, on the embedded stack",
  ...(hasDatabase ? { database: createDatabase } : {}),
  env: () => ({ MOBILITY_V1_WEBHOOK_URL: v1.url }),
});

test("at 0 percent V1 gets every webhook byte for byte, and V2 answers nobody", async (world) => {
  await setRollout(world, 0);
  const secret = world.info.whatsapp_app_secret;
  const { identity } = world.phone({ name: "Aline É" });
  const escaped = metaBody(messageOf(identity, { kind: "text", text: "Muraho 🏍" }));
  // As nobody would write it again: other spaces, other order, characters that are not escaped.
  const raw = new TextEncoder().encode(
    ` ${JSON.stringify(JSON.parse(new TextDecoder().decode(escaped)), null, 3)}\r\n`,
  );
  for (const bytes of [escaped, raw]) {
    const before = v1.taken.length;
    const signature = await signBody(secret, bytes);
    assert.equal((await postWebhook(world, bytes, { signature })).status, 200);
    const post = await nextPost(before);
    assert.deepEqual(post.bytes, bytes, "the body is untouched");
    assert.equal(post.headers["x-hub-signature-256"], signature);
    assert.match(String(post.headers["content-type"]), /^application\/json/);
  }
  await world.settle();
  const [row] = await world.sql`
      select count(*)::integer as people from mobility.profiles
      where whatsapp_user_id = ${identity.whatsapp_user_id}`;
  assert.equal(row?.["people"], 0, "V2 has not heard of them");
});

test("while V1 is down nothing is lost, and afterwards each event reaches it once", async (world) => {
  const start = v1.taken.length;
  const messages: MetaMessage[] = Array.from(
    { length: 12 },
    () => messageOf(world.phone().identity, { kind: "text", text: "Hello" }),
  );
  try {
    for (const [index, message] of messages.entries()) {
      v1.status = [500, 0, 302, 404][index % 4] ?? 500;
      const { refused } = v1;
      assert.equal((await postWebhook(world, metaBody(message))).status, 200);
      await until(() => Promise.resolve(v1.refused), (count) => count > refused);
    }
  } finally {
    v1.status = 200;
  }
  assert.equal(v1.taken.length, start, "V1 took nothing");
  await until(
    async () => {
      await world.hurry();
      await world.work();
      return v1.taken.length;
    },
    (count) => count >= start + messages.length,
    { ms: 15_000 },
  );
  await world.settle();
  assert.deepEqual(
    v1.taken.slice(start).flatMap(idsOf).toSorted(),
    messages.map(({ message_id }) => message_id).toSorted(),
  );
});

test("at 50 percent everybody has one system for ever, and batches are split", async (world) => {
  await setRollout(world, 50);
  const phones = Array.from({ length: PEOPLE }, () => world.phone());
  const start = v1.taken.length;
  for (const text of ["Hello", "help"]) {
    await Promise.all(
      phones.map(({ identity }) =>
        postWebhook(world, metaBody(messageOf(identity, { kind: "text", text })))
      ),
    );
  }
  await world.settle();
  const ofV1 = contactsOf(v1.taken.slice(start));
  const [mine, theirs] = await partOf(phones, ofV1);
  assert.ok(mine.length >= 5 && theirs.length >= 5, `${mine.length} and ${theirs.length}`);
  for (const phone of mine) {
    await phone.receive("welcome", "help");
    await phone.assertQuiet();
  }
  for (const phone of theirs) {
    await phone.assertQuiet();
    const times = ofV1.filter((id) => id === phone.identity.whatsapp_user_id).length;
    assert.equal(times, 2, "both messages went to V1");
  }

  const [here, there] = [mine[0], theirs[0]];
  assert.ok(here && there);
  const messages = [here, there].map(({ identity }) =>
    messageOf(identity, { kind: "text", text: "today 🇷🇼" })
  );
  const statuses: MetaStatus[] = [`outbox:${crypto.randomUUID()}`, "trip:42"].map((
    callbackData,
  ) => ({
    to: here.identity,
    message_id: `wamid.${callbackData}`,
    status: "read",
    callbackData,
  }));
  const before = v1.taken.length;
  await postWebhook(world, metaBody(...messages, ...statuses));
  const post = await nextPost(before);
  const header = String(post.headers["x-hub-signature-256"]);
  const secret = world.info.whatsapp_app_secret;
  assert.ok(await verifySignature(secret, { body: post.bytes, header }), "signed anew");
  assert.deepEqual(idsOf(post), [messages[1]?.message_id, "wamid.trip:42"], "V1's part alone");
  assert.deepEqual(new Set(contactsOf([post])), new Set([there, here].map(idOf)));
  await here.receive("today");
  for (const phone of [here, there]) await phone.assertQuiet();

  // More of the people, and those who were there already stay.
  await setRollout(world, 90);
  const at90 = v1.taken.length;
  await Promise.all(
    phones.map(({ identity }) =>
      postWebhook(world, metaBody(messageOf(identity, { kind: "text", text: "menu" })))
    ),
  );
  await world.settle();
  const later = contactsOf(v1.taken.slice(at90));
  assert.ok(mine.every((phone) => !later.includes(idOf(phone))), "nobody goes back to V1");
  assert.ok(later.length < theirs.length, "some more came over");
});

test("at 100 percent V1 gets only the statuses of what it sent", async (world) => {
  await setRollout(world, 100);
  const phone = world.phone();
  const start = v1.taken.length;
  await phone.write("Hello");
  const { outbox_id } = await phone.receive("welcome");
  const status = { to: phone.identity, message_id: "wamid.v1", status: "read" } as const;
  await postWebhook(
    world,
    metaBody({ ...status, callbackData: `outbox:${outbox_id}` }, {
      ...status,
      message_id: "wamid.of-v1",
    }),
  );
  assert.deepEqual(idsOf(await nextPost(start)), ["wamid.of-v1"]);
  await phone.assertQuiet();
  assert.equal(v1.taken.length, start + 1);
});

test("a driver of V1 to whom V2 brings a ride is V2's until its end, and V1's before and after", async (world) => {
  await setRollout(world, 50);
  const [passenger, driver] = [phoneOf(world, true), phoneOf(world, false)];
  const at = newSpot();
  await becomeOldDriver(world, { driver, at: north(at, 400) });
  const start = v1.taken.length;
  await driver.write("Before");
  await nextPost(start);
  await askForRide(passenger, { at, to: north(at, 3000) });
  await passenger.receive("drivers_found");
  await passenger.tap("pick:");
  await passenger.receive("asking_driver");
  const { type } = await driver.receive("proposal");
  assert.equal(type, "template", "they have never written to V2");
  await driver.tap("match_yes:");
  await driver.receive("ride_won");
  const pin = pinOf(await passenger.receive("ride_accepted"));
  await driver.write("On my way");
  await driver.receive("relay_sent");
  await passenger.receive("relayed");
  // Nobody waits for the answer to the tap.
  await driver.tap("arrive:");
  await driver.write(pin);
  await driver.receive("ask_pin", "ride_running");
  await passenger.receive("driver_arrived", "ride_started");
  await driver.tap("complete:");
  await driver.receive("ride_done");
  await passenger.receive("receipt");
  await world.settle();
  assert.equal(v1.taken.length, start + 1, "V1 was not asked about V2's ride");
  // Its last button is still V2's, and what is written belongs to V1 again.
  await driver.tap("rate:");
  await driver.receive("rated");
  await driver.write("After");
  assert.deepEqual(contactsOf([await nextPost(start + 1)]), [idOf(driver)]);
  for (const phone of [passenger, driver]) await phone.assertQuiet();
});

test("after a rollback a ride of V2 is ended in V2, and nothing else begins there", async (world) => {
  await setRollout(world, 100);
  const { passenger, driver, pin } = await rideInChat(world, "arrived");
  const halfway = world.phone();
  await halfway.write("Hello");
  await halfway.receive("welcome");
  await halfway.tap("menu:ride");
  await halfway.receive("choose_vehicle");
  await setRollout(world, 0);
  const start = v1.taken.length;
  await driver.write(pin);
  await driver.receive("ride_running");
  await passenger.receive("ride_started");
  await passenger.write("Slowly please");
  await passenger.receive("relay_sent");
  await driver.receive("relayed");
  await driver.tap("complete:");
  await driver.receive("ride_done");
  await passenger.receive("receipt");
  await world.settle();
  assert.equal(v1.taken.length, start);
  const begins = [
    () => passenger.write("Hello"),
    () => passenger.tap("menu:ride"),
    () => driver.tap("menu:drive"),
    () => halfway.tap("veh:passenger:moto"),
    () => halfway.write("Kimironko"),
  ];
  for (const [index, begin] of begins.entries()) {
    await begin();
    await nextPost(start + index);
  }
  for (const phone of [passenger, driver, halfway]) await phone.assertQuiet();
});

test("a message that is delivered again goes where it went, though the share has changed", async (world) => {
  await setRollout(world, 0);
  const { identity } = world.phone();
  const start = v1.taken.length;
  const theirs = metaBody(messageOf(identity, { kind: "text", text: "Hello" }));
  await postWebhook(world, theirs);
  await nextPost(start);
  await setRollout(world, 100);
  const phone = world.phone();
  const mine = metaBody(messageOf(phone.identity, { kind: "text", text: "Hello" }));
  await postWebhook(world, mine);
  await phone.receive("welcome");
  await postWebhook(world, theirs);
  assert.deepEqual((await nextPost(start + 1)).bytes, theirs);
  await setRollout(world, 0);
  await postWebhook(world, mine);
  await world.settle();
  assert.equal(v1.taken.length, start + 2, "V1 never hears of it");
  await phone.assertQuiet();
});

let isRead = false;

/** Somebody whom a share of 50% gives to V2, or to V1. */
function phoneOf(world: ChatWorld, ofV2: boolean): Phone {
  while (true) {
    const phone = world.phone();
    const { whatsapp_user_id, phone: number } = phone.identity;
    if (isInShare({ whatsapp_user_id, phone: number }, 50) === ofV2) return phone;
  }
}

/** As the bridge brings a driver of V1: known by number alone, online, never heard of in chat. */
async function becomeOldDriver(
  { sql }: ChatWorld,
  { driver, at }: { readonly driver: Phone; readonly at: Spot },
): Promise<void> {
  await sql`
    with person as (
      insert into mobility.profiles (phone, display_name, locale)
      values (${driver.identity.phone}, ${driver.identity.name}, 'en') returning user_id
    ), chat as (
      insert into mobility.conversations (user_id, locale_known) select user_id, true from person
    )
    select public.create_trip(null, user_id, 'driver', 'moto', ${at.lat}, ${at.lng}) from person`;
}

/** Sets the share; a webhook that has read another one remembers it for some seconds, and begins anew. */
async function setRollout(world: ChatWorld, percent: number): Promise<void> {
  await world.sql`select public.set_rollout(${percent}, 'a test')`;
  if (isRead) await restartWebhook(world);
  isRead = true;
}

async function nextPost(index: number): Promise<HookPost> {
  const post = await until(
    () => Promise.resolve(v1.taken[index]),
    (found) => found !== undefined,
  );
  if (post === undefined) throw new Error("V1 was not posted to");
  return post;
}

function valuesOf({ bytes }: HookPost): z.infer<
  typeof posted
>["entry"][number]["changes"][number]["value"][] {
  const body = posted.parse(JSON.parse(new TextDecoder().decode(bytes)));
  return body.entry.flatMap(({ changes }) => changes.map(({ value }) => value));
}

function idsOf(post: HookPost): string[] {
  return valuesOf(post).flatMap(({ messages, statuses }) =>
    [...messages, ...statuses].map(({ id }) => id)
  );
}

function contactsOf(posts: readonly HookPost[]): string[] {
  return posts.flatMap(valuesOf).flatMap(({ contacts }) => contacts.map(({ user_id }) => user_id));
}

/** Those who are V2's, and those who are V1's. */
function partOf(phones: readonly Phone[], ofV1: readonly string[]): [Phone[], Phone[]] {
  return [
    phones.filter((phone) => !ofV1.includes(idOf(phone))),
    phones.filter((phone) => ofV1.includes(idOf(phone))),
  ];
}

function idOf({ identity }: Phone): string {
  return String(identity.whatsapp_user_id);
}
