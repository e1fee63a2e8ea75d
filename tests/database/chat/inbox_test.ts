import assert from "node:assert/strict";
import { codeOf } from "../support/outcome.ts";
import { advance, type Connection, openTrip, propose } from "../support/rides.ts";
import { letChatTimePass } from "./support/chat-clock.ts";
import { chatRace, chatTest } from "./support/chat-test.ts";
import { isAnswered, newPerson, type Person, tasksOf, writes } from "./support/people.ts";
import { kindsTo, saidTo } from "./support/said.ts";
import { message, newPhone, newWhatsappId, receive } from "./support/whatsapp.ts";
import { answerInbox, claimInbox, failInbox } from "./support/worker.ts";

/** Stores texts of one sender, each so many seconds after now. */
async function send(
  sql: Connection,
  sender: { phone: string },
  texts: Readonly<Record<string, number>>,
): Promise<void> {
  await receive(sql, {
    messages: Object.entries(texts).map(([text, seconds]) =>
      message({
        ...sender,
        sent_at: new Date(Date.now() + seconds * 1000).toISOString(),
        content: { kind: "text", text },
      })
    ),
  });
}

function textOf({ content }: { content: unknown }): string {
  return typeof content === "object" && content !== null && "text" in content
    ? String(content.text)
    : "";
}

/** Everything that answering can change, to see that nothing was. */
async function state(sql: Connection, { user_id }: Pick<Person, "user_id">): Promise<unknown> {
  const [row] = await sql`
    select (select to_jsonb(c) from mobility.conversations c where user_id = ${user_id}) as conversation,
      (select jsonb_agg(to_jsonb(i) order by id) from mobility.inbox i where user_id = ${user_id}) as inbox,
      (select jsonb_agg(to_jsonb(o) order by seq) from mobility.outbox o where user_id = ${user_id}) as outbox,
      (select to_jsonb(p) from mobility.profiles p where user_id = ${user_id}) as profile,
      (select jsonb_agg(to_jsonb(t) order by id) from mobility.trips t where user_id = ${user_id}) as trips`;
  return row;
}

chatTest("claim_inbox() hands out a message with where its person stands", async ({ sql }) => {
  const whatsapp_user_id = newWhatsappId();
  const phone = newPhone();
  await receive(sql, {
    messages: [message({ whatsapp_user_id, phone, display_name: "Aline" })],
  });
  const [claimed] = await claimInbox(sql);
  assert.ok(claimed);
  const { event, person, conversation, situation } = claimed;
  assert.deepEqual(event.content, { kind: "text", text: "hello" });
  assert.equal(event.attempts, 0);
  assert.deepEqual({ ...person, user_id: "" }, {
    user_id: "",
    locale: "en",
    locale_known: false,
    display_name: "Aline",
    phone,
    whatsapp_user_id,
  });
  assert.deepEqual(conversation, { step: "idle", context: {} });
  assert.deepEqual({ ...situation, now: "" }, {
    passenger_trip: null,
    driver_trip: null,
    scheduled_trips: [],
    match: null,
    last_match: null,
    dispatching: false,
    vehicles: [],
    vehicle_types: ["moto", "cab", "lifan", "truck", "other"],
    now: "",
    time_zone: "Africa/Kigali",
  });
});

chatTest("claim_inbox() shows the trips and the ride a person is in", async ({ sql }) => {
  const passenger = await newPerson(sql, "Aline");
  const driver = await newPerson(sql, "Eric");
  await sql`insert into mobility.vehicles values (${driver.user_id}, 'moto', 'RA 123 B')`;
  const at = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();
  const wish = { user_id: passenger.user_id };
  const later = [at(300), at(60), at(16)];
  for (const scheduled_for of later) await openTrip(sql, "passenger", { ...wish, scheduled_for });
  const trip = await openTrip(sql, "passenger", { ...wish, dropoff: { lat: -1.96, lng: 30.1 } });
  const online = await openTrip(sql, "driver", { user_id: driver.user_id });
  const situation = async (person: Person) => {
    await writes(sql, person);
    await sql`update mobility.conversations set lease = null, lease_until = null`;
    const claimed = await claimInbox(sql);
    const found = claimed.find((one) => one.person.user_id === person.user_id);
    assert.ok(found);
    await answerInbox(sql, found.event);
    return found.situation;
  };

  const open = await situation(passenger);
  assert.equal(open.passenger_trip?.id, trip.id);
  assert.deepEqual(
    open.scheduled_trips.map(({ scheduled_for }) => Date.parse(scheduled_for ?? "")),
    later.map((time) => Date.parse(time)).sort((a, b) => a - b),
  );
  const waiting = await situation(driver);
  assert.deepEqual([waiting.driver_trip?.id, waiting.driver_trip?.position_age_s], [online.id, 0]);
  assert.deepEqual(waiting.vehicles, [{ vehicle_type: "moto", plate: "RA 123 B" }]);
  assert.equal(waiting.passenger_trip, null);

  const match = await propose(sql, { passenger: trip.id, driver: online.id });
  for (
    const [person, side, other] of [[passenger, "passenger", "Eric"], [
      driver,
      "driver",
      "Aline",
    ]] as const
  ) {
    const seen = (await situation(person)).match;
    assert.deepEqual({ ...seen, respond_by: "" }, {
      id: match.id,
      side,
      status: "pending",
      initiated_by: "passenger",
      respond_by: "",
      passenger_trip_id: trip.id,
      driver_trip_id: online.id,
      other_name: other,
      rated: false,
      completed_at: null,
    });
  }
  for (const action of ["accept", "arrive", "start", "complete"]) {
    await advance(sql, { match: match.id, action, pin: match.pin ?? "" });
  }
  await sql`select public.rate_match(${passenger.user_id}, ${match.id}, 5)`;
  const over = await situation(passenger);
  assert.equal(over.match, null);
  assert.deepEqual([over.last_match?.id, over.last_match?.rated], [match.id, true]);
  assert.equal((await situation(driver)).last_match?.rated, false);
  await letChatTimePass(sql, 7 * 86_400);
  assert.equal((await situation(passenger)).last_match, null);
});

chatTest("claim_inbox() takes a person's messages as they were sent", async ({ sql }) => {
  const sender = { phone: newPhone() };
  await send(sql, sender, { third: -1, first: -10 });
  await send(sql, sender, { second: -5 });
  const order: string[] = [];
  for (let i = 0; i < 3; i++) {
    const [claimed] = await claimInbox(sql);
    assert.ok(claimed);
    order.push(textOf(claimed.event));
    assert.deepEqual(await claimInbox(sql), [], "one at a time");
    await answerInbox(sql, claimed.event);
  }
  assert.deepEqual(order, ["first", "second", "third"]);
  assert.deepEqual(await claimInbox(sql), []);
});

chatTest("claim_inbox() hands out again what a lost worker had", async ({ sql }) => {
  await send(sql, { phone: newPhone() }, { hello: 0 });
  const [lost] = await claimInbox(sql, { lease_s: 30 });
  await letChatTimePass(sql, 29);
  assert.deepEqual(await claimInbox(sql), []);
  await letChatTimePass(sql, 1);
  const [again] = await claimInbox(sql);
  assert.ok(lost && again);
  assert.deepEqual([again.event.id, again.event.attempts], [lost.event.id, 1]);
  assert.equal(await codeOf(answerInbox(sql, lost.event)), "LEASE_LOST");
  assert.deepEqual(await failInbox(sql, lost.event), { dead: false });
  assert.equal(await codeOf(answerInbox(sql, again.event)), "ok");
});

chatTest("claim_inbox() gives up what no worker survives", async ({ sql }) => {
  const { user_id } = await newPerson(sql);
  const [{ phone = "" } = {}] = await sql<{ phone: string }[]>`
    select phone from mobility.profiles where user_id = ${user_id}`;
  await send(sql, { phone }, { poison: 0, cure: 1 });
  for (let attempt = 0; attempt < 10; attempt++) {
    const [claimed] = await claimInbox(sql);
    assert.ok(claimed);
    assert.deepEqual([textOf(claimed.event), claimed.event.attempts], ["poison", attempt]);
    await letChatTimePass(sql, 30);
  }
  const [next] = await claimInbox(sql);
  assert.ok(next);
  assert.equal(textOf(next.event), "cure");
  const [row] = await sql`
    select done_at is not null as done, error_code from mobility.inbox
    where user_id = ${user_id} and content ->> 'text' = 'poison'`;
  assert.deepEqual(row, { done: true, error_code: "TOO_MANY_ATTEMPTS" });
  assert.deepEqual((await saidTo(sql, user_id)).map(({ kind, params }) => ({ kind, params })), [
    { kind: "refusal", params: { code: "INTERNAL_ERROR" } },
  ]);
});

chatRace("10 workers answer each message once, each person's in order", 10, async ({ sql }) => {
  const people = Array.from({ length: 30 }, () => ({ phone: newPhone() }));
  const texts = ["a", "b", "c", "d", "e"];
  for (const person of people) {
    await send(sql, person, Object.fromEntries(texts.map((text, i) => [text, i - 10])));
  }
  const answered = new Map<string, string[]>();
  let left = people.length * texts.length;
  let idle = 0;
  await Promise.all(Array.from({ length: 10 }, async (_, worker) => {
    while (left > 0) {
      const claimed = await claimInbox(sql, { limit: 1 + worker % 4 });
      if (claimed.length === 0) idle++;
      for (const { event, person } of claimed) {
        const { user_id } = person;
        answered.set(user_id, [...answered.get(user_id) ?? [], textOf(event)]);
        left--;
        await answerInbox(sql, event, { say: [{ kind: "not_understood", params: {} }] });
      }
    }
  }));
  assert.equal(answered.size, people.length);
  for (const order of answered.values()) assert.deepEqual(order, texts);
  const rows = await sql`select from mobility.inbox where done_at is null or attempts <> 1`;
  assert.equal(rows.length, 0);
  const [said] = await sql`select count(*)::int as said from mobility.outbox`;
  assert.equal(said?.said, people.length * texts.length);
  assert.ok(idle < 1000, `workers found nothing to do ${idle} times`);
});

chatRace("workers that look at once find different people", 5, async ({ sql }) => {
  const people = Array.from({ length: 20 }, () => ({ phone: newPhone() }));
  for (const person of people) await send(sql, person, { hello: 0 });
  // Each ends its transaction when all have looked.
  let looking = 5;
  let release = (): void => {};
  const allLooked = new Promise<void>((resolve) => release = resolve);
  const claims = await Promise.all(
    Array.from({ length: 5 }, () =>
      sql.begin(async (transaction) => {
        const claimed = await claimInbox(transaction, { limit: 4 });
        if (--looking === 0) release();
        await allLooked;
        return claimed;
      })),
  );
  assert.deepEqual(claims.map(({ length }) => length), [4, 4, 4, 4, 4]);
  assert.equal(new Set(claims.flat().map(({ event }) => event.id)).size, 20);
});

chatTest("answer_inbox() does all of an answer and lets go of the person", async ({ sql }) => {
  const person = await newPerson(sql);
  const event = await writes(sql, person);
  const answer = await answerInbox(sql, event, {
    step: "plate",
    context: { vehicle_type: "moto" },
    say: [
      { kind: "welcome", params: { name: null } },
      { kind: "ask_plate", params: { vehicle_type: "moto" } },
    ],
    command: { name: "set_locale", locale: "fr" },
    locale: "sw",
  });
  assert.deepEqual(answer, { done: true, result: {} });
  // What was said comes before what the command says.
  assert.deepEqual(await kindsTo(sql, person.user_id), ["welcome", "ask_plate", "language_set"]);
  const [row] = await sql`
    select step, context, locale_known, lease, lease_until, locale
    from mobility.conversations join mobility.profiles using (user_id)
    where user_id = ${person.user_id}`;
  assert.deepEqual(row, {
    step: "plate",
    context: { vehicle_type: "moto" },
    locale_known: true,
    lease: null,
    lease_until: null,
    locale: "fr",
  });
  const done = await sql`select from mobility.inbox where id = ${event.id} and done_at is null`;
  assert.equal(done.length, 0);
  assert.equal(await codeOf(answerInbox(sql, event)), "LEASE_LOST", "once");
});

chatTest("answer_inbox() keeps a language that was detected", async ({ sql }) => {
  const person = await newPerson(sql);
  const locale = async (): Promise<unknown> =>
    (await sql`
      select locale, locale_known from mobility.profiles join mobility.conversations using (user_id)
      where user_id = ${person.user_id}`)[0];
  assert.deepEqual(await locale(), { locale: "en", locale_known: false });
  await isAnswered(sql, person, { locale: "rw" });
  assert.deepEqual(await locale(), { locale: "rw", locale_known: true });
  await isAnswered(sql, person, {});
  assert.deepEqual(await locale(), { locale: "rw", locale_known: true });
});

chatTest("answer_inbox() refuses whoever has no lease", async ({ sql }) => {
  const person = await newPerson(sql);
  const event = await writes(sql, person);
  const before = await state(sql, person);
  const wrong = crypto.randomUUID();
  assert.equal(await codeOf(answerInbox(sql, { ...event, lease: wrong })), "LEASE_LOST");
  assert.equal(await codeOf(answerInbox(sql, { id: 999_999, lease: event.lease })), "LEASE_LOST");
  await sql`update mobility.conversations set lease = null`;
  const none = codeOf(sql`
    select public.answer_inbox(${event.id}, null, '{"step": "idle", "context": {}, "say": []}')`);
  assert.equal(await none, "LEASE_LOST", "nobody's lease is not a lease");
  await sql`update mobility.conversations set lease = ${event.lease} where user_id = ${person.user_id}`;
  assert.deepEqual(await state(sql, person), before);
  // A lease that ran out is still good while nobody else has taken the event.
  await letChatTimePass(sql, 60);
  assert.equal(await codeOf(answerInbox(sql, event)), "ok");
});

chatTest(
  "answer_inbox() refused leaves nothing behind but the lease, for another answer",
  async ({ sql }) => {
    const person = await newPerson(sql);
    const event = await writes(sql, person);
    const before = await state(sql, person);
    const say = [{ kind: "welcome", params: {} }];
    const command = { name: "cancel_trip", trip_id: crypto.randomUUID() };
    const refused = answerInbox(sql, event, { step: "time", say, command, locale: "fr" });
    assert.equal(await codeOf(refused), "TRIP_NOT_FOUND");
    assert.deepEqual(await state(sql, person), before);
    await answerInbox(sql, event, {
      say: [{ kind: "refusal", params: { code: "TRIP_NOT_FOUND" } }],
    });
    assert.deepEqual(await kindsTo(sql, person.user_id), ["refusal"]);
  },
);

chatTest("answer_inbox() fails whole when any part of it does", async ({ sql }) => {
  const person = await newPerson(sql);
  const event = await writes(sql, person);
  const before = await state(sql, person);
  const open = {
    name: "open_trip",
    role: "passenger",
    vehicle_type: "moto",
    pickup: { lat: -1.95, lng: 30.06 },
    expires_in_s: 1800,
  };
  // The trip is opened, its search queued; then the step is none.
  await assert.rejects(answerInbox(sql, event, { step: "", command: open }), { code: "23514" });
  await assert.rejects(
    answerInbox(sql, event, { say: [{ kind: "Not A Kind", params: {} }], command: open }),
    { code: "23514" },
  );
  assert.equal(
    await codeOf(answerInbox(sql, event, { command: { name: "fly" } })),
    "VALIDATION_ERROR",
  );
  assert.deepEqual(await state(sql, person), before);
  assert.deepEqual(await tasksOf(sql, person.user_id), []);
  assert.equal(await codeOf(answerInbox(sql, event, { command: open })), "ok");
});

chatTest("answer_inbox() counts a wrong PIN once and answers with it", async ({ sql }) => {
  const driver = await newPerson(sql);
  const passenger = await newPerson(sql);
  const trips = {
    passenger: (await openTrip(sql, "passenger", { user_id: passenger.user_id })).id,
    driver: (await openTrip(sql, "driver", { user_id: driver.user_id })).id,
  };
  const match = await propose(sql, trips);
  for (const action of ["accept", "arrive"]) await advance(sql, { match: match.id, action });
  const event = await writes(sql, driver, "0000");
  const before = await kindsTo(sql, driver.user_id);
  const wrong = match.pin === "0000" ? "0001" : "0000";
  const start = { name: "advance", match_id: match.id, action: "start", pin: wrong };
  const answer = await answerInbox(sql, event, {
    step: "idle",
    say: [{ kind: "welcome", params: {} }],
    command: start,
  });
  assert.deepEqual(answer, {
    error: { code: "PIN_INVALID", details: { attempts_left: 4 } },
  });
  assert.deepEqual(await kindsTo(sql, driver.user_id), before, "nothing is said with it");
  const [pin] = await sql`select wrong_attempts from mobility.match_pins`;
  assert.equal(pin?.wrong_attempts, 1);
  // The event is still the worker's to answer.
  const refusal = { kind: "refusal", params: { code: "PIN_INVALID" } };
  await answerInbox(sql, event, { step: "pin", context: { match_id: match.id }, say: [refusal] });
  const right = { ...start, pin: match.pin };
  assert.equal((await isAnswered(sql, driver, { command: right })).done, true);
  assert.equal((await kindsTo(sql, driver.user_id)).at(-1), "ride_running");
});

chatTest(
  "fail_inbox() tries again later each time, and gives up the fifth time",
  async ({ sql }) => {
    const { user_id, phone } = await newPerson(sql);
    await send(sql, { phone }, { hello: 0 });
    for (const [attempt, wait_s] of [3, 9, 27, 81].entries()) {
      const [claimed] = await claimInbox(sql);
      assert.ok(claimed);
      assert.equal(claimed.event.attempts, attempt);
      assert.deepEqual(await failInbox(sql, claimed.event, "DATABASE_ERROR"), { dead: false });
      assert.deepEqual(await failInbox(sql, claimed.event), { dead: false }, "the lease is over");
      await letChatTimePass(sql, wait_s - 1);
      assert.deepEqual(await claimInbox(sql), []);
      await letChatTimePass(sql, 1);
    }
    const [last] = await claimInbox(sql);
    assert.ok(last);
    assert.deepEqual(await failInbox(sql, last.event, "DATABASE_ERROR"), { dead: true });
    assert.deepEqual((await saidTo(sql, user_id)).map(({ kind, params }) => ({ kind, params })), [
      { kind: "refusal", params: { code: "INTERNAL_ERROR" } },
    ]);
    const [row] =
      await sql`select error_code, attempts from mobility.inbox where done_at is not null
    and user_id = ${user_id} and error_code is not null`;
    assert.deepEqual(row, { error_code: "DATABASE_ERROR", attempts: 5 });
    await letChatTimePass(sql, 3600);
    assert.deepEqual(await claimInbox(sql), []);
  },
);

chatTest("fail_inbox() keeps the order of what failed once, and no longer", async ({ sql }) => {
  const { phone } = await newPerson(sql);
  await send(sql, { phone }, { first: -2, second: -1 });
  const fails = async (): Promise<string> => {
    const [claimed] = await claimInbox(sql);
    assert.ok(claimed);
    await failInbox(sql, claimed.event);
    return textOf(claimed.event);
  };
  assert.equal(await fails(), "first");
  assert.deepEqual(await claimInbox(sql), [], "what follows may rest on it");
  await letChatTimePass(sql, 3);
  assert.equal(await fails(), "first");
  assert.deepEqual(await claimInbox(sql), []);
  await letChatTimePass(sql, 9);
  assert.equal(await fails(), "first");
  // It will hardly go through, and who writes must not be left without an answer.
  const [next] = await claimInbox(sql);
  assert.equal(next && textOf(next.event), "second");
});

chatTest("an event that was answered after failing is no dead letter", async ({ sql }) => {
  const { phone } = await newPerson(sql);
  await send(sql, { phone }, { hello: 0 });
  const [first] = await claimInbox(sql);
  assert.ok(first);
  await failInbox(sql, first.event);
  await letChatTimePass(sql, 3);
  const [second] = await claimInbox(sql);
  assert.ok(second);
  await answerInbox(sql, second.event);
  const [depths] = await sql<{ inbox: unknown }[]>`
    select public.queue_depths() -> 'inbox' as inbox`;
  assert.deepEqual(depths?.inbox, { pending: 0, oldest_s: 0, dead: 0 });
});
