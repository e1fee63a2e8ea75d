import assert from "node:assert/strict";
import fc from "fast-check";
import { beginsAnew, cancelReasons, parseAction } from "../../../shared/conversation/mod.ts";
import { ids } from "./events.ts";

const trip = ids.passengerTrip;
const driver = ids.driverTrip;

Deno.test("parseAction() reads every id that the messages have", () => {
  const actions: Record<string, unknown> = {
    ...Object.fromEntries(
      ["home", "ride", "drive", "more", "language", "today", "later", "contacts", "blocked", "help"]
        .map((to) => [`menu:${to}`, { verb: "menu", to }]),
    ),
    ...Object.fromEntries(
      ["en", "fr", "rw", "sw"].map((locale) => [`lang:${locale}`, { verb: "lang", locale }]),
    ),
    "veh:driver:moto": { verb: "veh", role: "driver", vehicle_type: "moto" },
    "veh:passenger:cab": { verb: "veh", role: "passenger", vehicle_type: "cab" },
    "drop:skip": { verb: "drop_skip" },
    "at:2026-11-23T18:30:00.000Z": { verb: "at", at: "2026-11-23T18:30:00.000Z" },
    "at:2026-11-23T18:30:00+02:00": { verb: "at", at: "2026-11-23T18:30:00+02:00" },
    [`pick:${trip}:${driver}`]: { verb: "pick", trip_id: trip, other_trip_id: driver },
    [`take:${driver}:${trip}`]: { verb: "take", trip_id: driver, other_trip_id: trip },
    ...Object.fromEntries(
      ["best", "watch", "again", "cancel", "stay", "near", "offline"]
        .map((verb) => [`${verb}:${trip}`, { verb, trip_id: trip }]),
    ),
    ...Object.fromEntries(
      ["match_yes", "match_no", "arrive", "complete", "mcancel", "share", "sos", "block"]
        .map((verb) => [`${verb}:${ids.match}`, { verb, match_id: ids.match }]),
    ),
    [`offer_yes:${ids.offer}`]: { verb: "offer_yes", offer_id: ids.offer },
    [`offer_no:${ids.offer}`]: { verb: "offer_no", offer_id: ids.offer },
    ...Object.fromEntries(
      [...cancelReasons.passenger, ...cancelReasons.driver].flatMap((reason) =>
        ["trip", "match"].map((target) => [
          `why:${target}:${ids.match}:${reason}`,
          { verb: "why", target, id: ids.match, reason },
        ])
      ),
    ),
    ...Object.fromEntries(
      [1, 2, 3, 4, 5].map((rating) => [
        `rate:${ids.match}:${rating}`,
        { verb: "rate", match_id: ids.match, rating },
      ]),
    ),
    [`unblock:${ids.person}`]: { verb: "unblock", user_id: ids.person },
    [`uncontact:${ids.contact}`]: { verb: "uncontact", contact_id: ids.contact },
  };
  for (const [id, action] of Object.entries(actions)) assert.deepEqual(parseAction(id), action, id);
});

Deno.test("parseAction() knows ids in capitals as the same ids", () => {
  assert.deepEqual(parseAction(`sos:${ids.match.toUpperCase()}`), {
    verb: "sos",
    match_id: ids.match,
  });
});

Deno.test("parseAction() takes nothing else for an action", () => {
  const strangers = [
    "",
    ":",
    "menu",
    "menu:",
    "menu:admin",
    "menu:home:more",
    "lang:de",
    "veh:driver",
    "veh:owner:moto",
    "veh:driver:Moto!",
    "drop:everything",
    "at:tomorrow",
    "at:2026-13-01T00:00:00Z",
    "pick:1:2",
    `pick:${trip}`,
    `pick:${trip}:${driver}:${driver}`,
    `best:${trip}'`,
    `best: ${trip}`,
    `why:user:${trip}:other`,
    `why:trip:${trip}:because`,
    `rate:${ids.match}:0`,
    `rate:${ids.match}:6`,
    `rate:${ids.match}:4.5`,
    `rate:${ids.match}`,
    "accept:42",
    "constructor:1",
    "__proto__:1",
  ];
  for (const id of strangers) assert.equal(parseAction(id), undefined, id);
});

Deno.test("parseAction() never throws", () => {
  const part = fc.oneof(
    fc.string(),
    fc.uuid(),
    fc.constantFrom("menu", "at", "why", "rate", "veh"),
  );
  fc.assert(fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
    parseAction(parts.join(":"));
  }));
});

Deno.test("beginsAnew() for what is about no trip, offer or ride", () => {
  const id = crypto.randomUUID();
  for (
    const begins of [
      "menu:home",
      "lang:fr",
      "veh:driver:moto",
      "drop:skip",
      "at:2026-11-24T05:00:00Z",
    ]
  ) {
    assert.equal(beginsAnew(begins), true, begins);
  }
  const goesOn = [`pick:${id}:${id}`, `offer_no:${id}`, `rate:${id}:5`, `stay:${id}`, "nonsense"];
  for (const other of goesOn) assert.equal(beginsAnew(other), false, other);
});
