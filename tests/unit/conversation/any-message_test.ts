import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import {
  type Answer,
  type ClaimedEvent,
  claimedEvent,
  decide,
  parseAction,
  type Search,
} from "../../../shared/conversation/mod.ts";
import { afterRefusal } from "../../../shared/conversation/refusals.ts";
import { afterPlace, afterSearch } from "../../../shared/conversation/search-result.ts";
import { steps } from "../../../shared/conversation/steps.ts";
import { renderMessage } from "../../../shared/messages/mod.ts";
import { catalogue, isErrorCode } from "../../../shared/platform/mod.ts";
import { commandPhrases, commandWords, locales } from "../../../shared/words/mod.ts";
import { allSamples } from "../messages/samples/all-samples.ts";
import {
  driverTrip,
  eventOf,
  ids,
  kigali,
  match,
  now,
  scheduledTrip,
  type Surroundings,
  tap,
  trip,
} from "./events.ts";

const tripPageUrl = "https://trip.example/";

/** Every id that a message of any kind carries. */
function idsOf(message: unknown): string[] {
  if (typeof message !== "object" || message === null) return [];
  return Object.entries(message).flatMap(([key, value]) =>
    key === "id" && typeof value === "string" ? [value] : idsOf(value)
  );
}

const allIds = new Set(
  allSamples().flatMap(({ kind, params }) => {
    const open = renderMessage({ kind, params, locale: "en", window_open: true }, { tripPageUrl });
    const closed = renderMessage({ kind, params, locale: "en", window_open: false }, {
      tripPageUrl,
    });
    return [...idsOf(open), ...(closed?.type === "template" ? closed.buttons ?? [] : [])];
  }),
);

Deno.test("parseAction() understands every button and row of every message", () => {
  assert.ok(allIds.size > 40, `${allIds.size}`);
  for (const id of allIds) assert.ok(parseAction(id) !== undefined, id);
});

const anyTrip = fc.constantFrom(
  ids.passengerTrip,
  ids.driverTrip,
  ids.scheduledTrip,
  ids.otherTrip,
);
const anyMatch = fc.constantFrom(ids.match, ids.otherMatch);
const anyId = fc.oneof(
  fc.constantFrom(...allIds),
  fc.tuple(fc.constantFrom("pick", "take"), anyTrip, anyTrip).map((parts) => parts.join(":")),
  fc.tuple(
    fc.constantFrom("best", "watch", "again", "cancel", "stay", "near", "offline"),
    anyTrip,
  ).map((parts) => parts.join(":")),
  fc.tuple(
    fc.constantFrom(
      "match_yes",
      "match_no",
      "arrive",
      "complete",
      "mcancel",
      "share",
      "sos",
      "block",
    ),
    anyMatch,
  ).map((parts) => parts.join(":")),
  fc.tuple(fc.constantFrom("why:trip", "why:match"), fc.oneof(anyTrip, anyMatch))
    .map(([verb, id]) => `${verb}:${id}:other`),
  anyMatch.map((id) => `rate:${id}:3`),
  fc.string({ minLength: 1, maxLength: 256 }),
);
const phrases = commandWords.flatMap((word) =>
  locales.flatMap((locale) => commandPhrases[word][locale])
);
const anyText = fc.oneof(
  fc.constantFrom(...phrases),
  fc.constantFrom("4711", "18:30", "6pm", "RAD 123 C", "0788123456", "moto", "1", "\0", "\ud800"),
  fc.string({ minLength: 1, maxLength: 4096, unit: "binary" }),
);
const degrees = (most: number): fc.Arbitrary<number> =>
  fc.oneof(fc.constant(0), fc.double({ min: -most, max: most, noNaN: true }));
const anyContent: fc.Arbitrary<ClaimedEvent["event"]["content"]> = fc.oneof(
  anyText.map((text) => ({ kind: "text" as const, text })),
  fc.record({ id: anyId, title: fc.string({ maxLength: 24 }) })
    .map((reply) => ({ kind: "reply" as const, ...reply })),
  fc.record({
    lat: degrees(90),
    lng: degrees(180),
    name: fc.option(fc.string({ maxLength: 300, unit: "binary" }), { nil: undefined }),
  }).map((pin) => ({ kind: "location" as const, ...pin })),
  fc.array(fc.record({ name: fc.string({ maxLength: 120 }), phone: fc.string() }), {
    minLength: 1,
    maxLength: 5,
  }).map((contacts) => ({ kind: "contacts" as const, contacts })),
  fc.string({ minLength: 1, maxLength: 64 })
    .map((type) => ({ kind: "unsupported" as const, type })),
  anyTrip.map((trip_id) => ({ kind: "task" as const, task: "search" as const, trip_id })),
);

const anyContext = fc.record({
  role: fc.oneof(fc.constantFrom("driver", "passenger"), fc.anything()),
  vehicle_type: fc.oneof(fc.constantFrom("moto", "cab"), fc.anything()),
  pickup: fc.oneof(fc.constantFrom(kigali, { ...kigali, text: "Home" }), fc.anything()),
  later: fc.oneof(fc.boolean(), fc.anything()),
  scheduled_for: fc.oneof(
    fc.constantFrom(now, "2026-11-24T05:00:00.000Z", "2020-01-01T00:00:00Z"),
    fc.anything(),
  ),
}, { requiredKeys: [] });
const anySide = fc.constantFrom("driver" as const, "passenger" as const);
const anyStatus = fc.constantFrom(
  "pending" as const,
  "accepted" as const,
  "driver_arrived" as const,
  "in_progress" as const,
);
function orNull<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.option(arbitrary, { nil: null });
}

const anySurroundings: fc.Arbitrary<Surroundings> = fc.record({
  step: fc.oneof(fc.constantFrom(...steps), fc.string()),
  context: anyContext,
  person: fc.record({
    locale_known: fc.boolean(),
    display_name: orNull(fc.string({ maxLength: 120 })),
    phone: fc.constantFrom("+250788000001", "+254700000001", "+32470000001", null),
  }),
  passenger_trip: orNull(
    fc.constantFrom(trip(), trip({ status: "matched" }), trip({ id: ids.otherTrip })),
  ),
  driver_trip: orNull(fc.constantFrom(driverTrip(), driverTrip({ status: "matched" }))),
  scheduled_trips: fc.constantFrom([], [scheduledTrip()]),
  match: orNull(
    fc.record({ side: anySide, status: anyStatus, initiated_by: anySide })
      .map(({ side, ...changes }) => match(side, changes)),
  ),
  last_match: orNull(
    fc.record({ side: anySide, rated: fc.boolean() }).map(({ side, rated }) =>
      match(side, { status: "completed", completed_at: now, rated })
    ),
  ),
  dispatching: fc.boolean(),
  vehicles: fc.constantFrom([], [{ vehicle_type: "moto", plate: "RAD 123 C" }]),
  vehicle_types: fc.constantFrom(["moto"], ["moto", "cab", "lifan", "truck", "other"]),
});
const anyEvent = fc.record({ content: anyContent, around: anySurroundings }).map(
  ({ content, around }) => eventOf(content, around),
);

/** An answer that the database and the outbox can do something with. */
function checkAnswer(event: ClaimedEvent, answer: Answer): void {
  const stored: unknown = JSON.parse(JSON.stringify(answer));
  z.json().parse(stored);
  assert.doesNotMatch(
    JSON.stringify(answer),
    /\\u0000|\\ud[89a-f]/,
    "PostgreSQL stores no such text",
  );
  assert.ok(steps.includes(answer.step));
  for (const { kind, params } of answer.say) {
    const rendered = renderMessage({ kind, params, locale: "en", window_open: true }, {
      tripPageUrl,
    });
    for (const id of idsOf(rendered)) assert.ok(parseAction(id) !== undefined, id);
  }
  // Somebody who does something is not left without a word.
  const isTask = event.event.content.kind === "task";
  assert.ok(isTask || answer.say.length > 0 || answer.command !== null, "nothing is answered");
  assert.equal(event.person.locale_known && answer.locale !== undefined, false);
  // What is stored is read again as what it was.
  const next = claimedEvent.parse({
    ...event,
    conversation: { step: answer.step, context: answer.context },
  });
  decide(next);
}

Deno.test("decide() answers anything, anywhere, with what can be stored and said", () => {
  fc.assert(
    fc.property(anyEvent, (event) => {
      const decision = decide(event);
      assert.deepEqual(decide(event), decision, "the same again");
      if (decision.kind === "answer") checkAnswer(event, decision.answer);
    }),
    { numRuns: 1_000 },
  );
});

const found = fc.array(
  fc.record({
    trip_id: anyTrip,
    distance_m: fc.nat(15_000),
    eta_s: fc.nat(5_000),
    rating: orNull(fc.double({ min: 1, max: 5, noNaN: true })),
    rating_count: fc.nat(1_000),
    total_trips: fc.nat(1_000),
    name: orNull(fc.string({ maxLength: 120 })),
  }),
  { maxLength: 40 },
);

function complete(
  event: ClaimedEvent,
  options: { found: Parameters<typeof afterSearch>[2]["result"]["found"]; isPlace: boolean },
): Answer {
  const decision = decide(event);
  if (decision.kind === "answer") return decision.answer;
  if (decision.kind === "find_place") {
    const { text } = decision.question;
    return afterPlace(event, { text, place: options.isPlace ? { ...kigali, text } : null });
  }
  const search: Search = decision.search;
  return afterSearch(event, search, {
    result: { radius_m: 5_000, wider: false, found: options.found },
  });
}

Deno.test("afterSearch() and afterPlace() answer whatever was found", () => {
  fc.assert(
    fc.property(anyEvent, found, fc.boolean(), (event, found, isPlace) => {
      checkAnswer(event, complete(event, { found, isPlace }));
    }),
    { numRuns: 500 },
  );
});

Deno.test("afterRefusal() answers every command and every code, and in the end without a command", () => {
  const codes = Object.keys(catalogue).filter(isErrorCode);
  const details = fc.oneof(
    fc.constant(undefined),
    fc.record({ trip: anySide }),
    fc.record({ reason: fc.constantFrom("taken", "accepted", "declined") }),
    fc.json().map((text): unknown => JSON.parse(text)),
  );
  fc.assert(
    fc.property(anyEvent, fc.constantFrom(...codes), details, (event, code, details) => {
      const attempted = complete(event, { found: [], isPlace: true });
      if (attempted.command === null) return;
      const refusal = { code, details };
      const answer = afterRefusal(event, { attempted, refusal });
      checkAnswer(event, answer);
      assert.notDeepEqual(answer.command, attempted.command, "the same would be refused again");
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("decide() has something to say to every button of every message, out of the blue", () => {
  for (const id of allIds) {
    const decision = decide(eventOf(tap(id)));
    assert.ok(decision.kind === "answer", id);
    const { say, command } = decision.answer;
    assert.ok(say.length > 0 || command !== null, id);
    assert.notEqual(say[0]?.kind, "not_understood", id);
  }
});
