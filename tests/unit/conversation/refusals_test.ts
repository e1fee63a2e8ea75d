import assert from "node:assert/strict";
import type { Answer, Command } from "../../../shared/conversation/mod.ts";
import {
  afterRefusal,
  afterSearchRefusal,
  type Refusal,
} from "../../../shared/conversation/refusals.ts";
import {
  airport,
  brief,
  driverTrip,
  eventOf,
  ids,
  kigali,
  match,
  type Surroundings,
  tap,
  text,
  trip,
} from "./events.ts";

interface Row {
  readonly title: string;
  readonly command: Command | null;
  readonly code: Refusal["code"];
  readonly details?: unknown;
  readonly around?: Surroundings;
  readonly say: readonly string[];
  readonly params?: unknown;
  readonly then?: Command;
  readonly step?: string;
  readonly context?: unknown;
}

const passenger = { passenger_trip: trip() };
const driver = { driver_trip: driverTrip() };
const inRide = { driver_trip: driverTrip({ status: "matched" }), match: match("driver") };
const arrived = { ...inRide, match: match("driver", { status: "driver_arrived" }) };
const showRide: Command = { name: "show_ride", match_id: ids.match };
const propose: Command = {
  name: "propose",
  passenger_trip_id: ids.passengerTrip,
  driver_trip_id: ids.driverTrip,
};
const accept: Command = { name: "answer_offer", offer_id: ids.offer, accept: true };
const start: Command = { name: "advance", action: "start", match_id: ids.match, pin: "4711" };
const open: Command = {
  name: "open_trip",
  role: "passenger",
  vehicle_type: "moto",
  pickup: kigali,
  dropoff: airport,
  expires_in_s: 1800,
};
const atDropoff = {
  step: "dropoff",
  context: { role: "passenger", vehicle_type: "moto", pickup: kigali },
};
const again: Command = { name: "search_again", trip_id: ids.passengerTrip };

const rows: Row[] = [
  ...(["TRIP_ALREADY_MATCHED", "TRIP_EXPIRED", "TRIP_CANCELLED", "TRIP_COMPLETED"] as const)
    .map((code) => ({
      title: `looks for others when the driver is gone (${code})`,
      command: propose,
      code,
      details: { trip: "driver", status: "x" },
      around: passenger,
      say: ["refusal"],
      params: { code: "TRIP_ALREADY_MATCHED", details: { trip: "driver" } },
      then: again,
    })),
  {
    title: "looks for others when the database cannot tell which of the two was bound",
    command: propose,
    code: "TRIP_ALREADY_MATCHED",
    around: passenger,
    say: ["refusal"],
    then: again,
  },
  {
    title: "tells a passenger that their own wish is over",
    command: propose,
    code: "TRIP_EXPIRED",
    details: { trip: "passenger" },
    around: passenger,
    say: ["gone"],
    params: { what: "trip" },
  },
  {
    title: "tells a driver that the passenger is gone",
    command: propose,
    code: "TRIP_CANCELLED",
    details: { trip: "passenger" },
    around: driver,
    say: ["refusal"],
    params: { code: "TRIP_ALREADY_MATCHED", details: { trip: "passenger" } },
  },
  {
    title: "tells a driver that they are offline by now",
    command: propose,
    code: "TRIP_EXPIRED",
    details: { trip: "driver" },
    around: driver,
    say: ["gone"],
  },
  ...(["BLOCKED", "SELF_MATCH", "VEHICLE_TYPE_MISMATCH"] as const).map((code) => ({
    title: `explains ${code}`,
    command: propose,
    code,
    around: passenger,
    say: ["refusal"],
    params: { code },
  })),

  ...(["taken", "cancelled", "expired"] as const).map((reason) => ({
    title: `tells a late tap that the offer is ${reason}`,
    command: accept,
    code: "OFFER_GONE" as const,
    details: { reason },
    around: driver,
    say: ["offer_gone"],
    params: { reason },
  })),
  {
    title: "tells that a ride is taken which is bound to another driver",
    command: accept,
    code: "TRIP_ALREADY_MATCHED",
    details: { trip: "passenger" },
    around: driver,
    say: ["offer_gone"],
    params: { reason: "taken" },
  },
  {
    title: "shows the ride to a second tap on its offer",
    command: accept,
    code: "OFFER_GONE",
    details: { reason: "accepted" },
    around: inRide,
    say: [],
    then: showRide,
  },
  {
    title: "shows the ride that a driver has to one who takes another",
    command: accept,
    code: "TRIP_ALREADY_MATCHED",
    details: { trip: "driver" },
    around: inRide,
    say: ["refusal"],
    params: { code: "ALREADY_IN_RIDE" },
    then: showRide,
  },
  ...([
    ["OFFER_GONE", { reason: "declined" }],
    ["OFFER_GONE", { reason: "withdrawn" }],
    ["OFFER_GONE", undefined],
    ["OFFER_NOT_FOUND", undefined],
    ["FORBIDDEN", undefined],
  ] as const).map(([code, details]) => ({
    title: `tells that there is no such offer any more (${code}, ${details?.reason})`,
    command: accept,
    code,
    details,
    around: driver,
    say: ["gone"],
    params: { what: "offer" },
  })),

  ...([
    ["PIN_INVALID", { attempts_left: 3 }],
    ["PIN_LOCKED", { retry_after_s: 600 }],
  ] as const).map(([code, details]) => ({
    title: `waits on for the PIN after ${code}`,
    command: start,
    code,
    details,
    around: arrived,
    say: ["refusal"],
    params: { code, details },
    step: "pin",
    context: {},
  })),
  ...(["MATCH_NOT_FOUND", "MATCH_INVALID_STATE", "FORBIDDEN"] as const).map((code) => ({
    title: `tells that the ride is over (${code})`,
    command: { name: "advance", action: "accept", match_id: ids.match } as const,
    code,
    say: ["gone"],
    params: { what: "match" },
  })),
  {
    title: "tells that a proposal was answered too late",
    command: { name: "advance", action: "accept", match_id: ids.match },
    code: "MATCH_EXPIRED",
    say: ["refusal"],
    params: { code: "MATCH_EXPIRED" },
  },

  {
    title: "asks for the pickup again when a place makes no sense, and keeps the vehicle",
    command: open,
    code: "INVALID_LOCATION",
    around: atDropoff,
    say: ["refusal", "ask_pickup"],
    step: "pickup",
    context: { role: "passenger", vehicle_type: "moto" },
  },
  {
    title: "asks a driver for their place again",
    command: { ...open, role: "driver" },
    code: "INVALID_LOCATION",
    around: { step: "pickup", context: { role: "driver", vehicle_type: "moto" } },
    say: ["refusal", "ask_pickup"],
    step: "pickup",
    context: { role: "driver", vehicle_type: "moto" },
  },
  {
    title: "asks for another vehicle",
    command: open,
    code: "INVALID_VEHICLE_TYPE",
    around: atDropoff,
    say: ["refusal", "choose_vehicle"],
    step: "vehicle",
    context: { role: "passenger" },
  },
  {
    title: "ends the flow when a ride is under way",
    command: open,
    code: "ALREADY_IN_RIDE",
    around: atDropoff,
    say: ["refusal"],
    step: "idle",
    context: {},
  },
  {
    title: "asks for another time",
    command: { ...open, scheduled_for: "2026-11-24T05:00:00Z" },
    code: "VALIDATION_ERROR",
    around: atDropoff,
    say: ["refusal", "choose_time"],
    step: "time",
    context: { role: "passenger", vehicle_type: "moto", later: true },
  },
  {
    title: "asks for the plate again",
    command: { name: "set_vehicle", vehicle_type: "moto", plate: "A1" },
    code: "VALIDATION_ERROR",
    around: { step: "plate", context: { role: "driver", vehicle_type: "moto" } },
    say: ["refusal", "ask_plate"],
    step: "plate",
  },

  ...([
    { name: "cancel_trip", trip_id: ids.passengerTrip },
    { name: "watch", trip_id: ids.passengerTrip },
    { name: "search_again", trip_id: ids.passengerTrip },
    { name: "dispatch", passenger_trip_id: ids.passengerTrip, candidates: [] },
    { name: "stay_online", trip_id: ids.driverTrip },
    { name: "move", trip_id: ids.driverTrip, ...kigali },
  ] satisfies Command[]).flatMap((command) => [
    {
      title: `tells that the trip is over (${command.name})`,
      command,
      code: "TRIP_EXPIRED" as const,
      say: ["gone"],
      params: { what: "trip" },
    },
    {
      title: `shows the ride that has come in between (${command.name})`,
      command,
      code: "TRIP_ALREADY_MATCHED" as const,
      around: inRide,
      say: [],
      then: showRide,
    },
  ]),
  {
    title: "refuses a place that makes no sense for a driver who is online",
    command: { name: "move", trip_id: ids.driverTrip, ...kigali },
    code: "INVALID_LOCATION",
    around: driver,
    say: ["refusal"],
    params: { code: "INVALID_LOCATION" },
  },

  ...([
    { name: "relay", match_id: ids.match, text: "x" },
    { name: "share_trip", match_id: ids.match },
    { name: "block", match_id: ids.match },
    { name: "rate", match_id: ids.match, rating: 5 },
  ] satisfies Command[]).map((command) => ({
    title: `tells that the ride is over (${command.name})`,
    command,
    code: "MATCH_INVALID_STATE" as const,
    say: ["gone"],
    params: { what: "match" },
  })),
  {
    title: "thanks for a rating that was given before",
    command: { name: "rate", match_id: ids.match, rating: 5 },
    code: "ALREADY_RATED",
    say: ["refusal"],
    params: { code: "ALREADY_RATED" },
  },
  {
    title: "says that there is no ride to raise the alarm for",
    command: { name: "sos", match_id: ids.match },
    code: "MATCH_INVALID_STATE",
    say: ["refusal"],
    params: { code: "NO_RIDE" },
  },
  {
    title: "explains that there are enough contacts",
    command: { name: "add_contact", phone: "+250788123456", contact_name: "x" },
    code: "TOO_MANY_CONTACTS",
    around: { step: "contact" },
    say: ["refusal"],
    params: { code: "TOO_MANY_CONTACTS" },
    step: "contact",
  },
];

function attempt(row: Row): Answer {
  return { step: "idle", context: {}, say: [], command: row.command };
}

for (const row of rows) {
  Deno.test(`afterRefusal() ${row.title}`, () => {
    const answer = afterRefusal(eventOf(text("x"), row.around), {
      attempted: attempt(row),
      refusal: { code: row.code, details: row.details },
    });
    assert.deepEqual(answer.say.map(({ kind }) => kind), row.say);
    if (row.params !== undefined) assert.deepEqual(answer.say[0]?.params, row.params);
    assert.deepEqual(answer.command, row.then ?? null);
    const step = row.step ?? (row.then?.name === "show_ride" ? "idle" : row.around?.step ?? "idle");
    assert.equal(answer.step, step);
    if (row.context !== undefined) {
      assert.deepEqual(JSON.parse(JSON.stringify(answer.context)), row.context);
    }
  });
}

Deno.test("afterRefusal() keeps the menu when the ride beside it has ended", () => {
  const attempted: Answer = {
    step: "idle",
    context: {},
    say: [{ kind: "welcome", params: { name: "Eric" } }],
    command: showRide,
  };
  const refusal = { code: "MATCH_INVALID_STATE", details: undefined } as const;
  const answer = afterRefusal(eventOf(text("menu")), { attempted, refusal });
  assert.deepEqual(answer, { ...attempted, command: null });
  const alone = afterRefusal(eventOf(tap(`arrive:${ids.match}`)), {
    attempted: { ...attempted, say: [] },
    refusal,
  });
  assert.deepEqual(brief(alone).say, ["gone"]);
});

Deno.test("afterSearchRefusal() says nothing to a task, and that the trip is over to a tap", () => {
  const refusal = { code: "TRIP_EXPIRED", details: undefined } as const;
  const task = eventOf({ kind: "task", task: "search", trip_id: ids.passengerTrip }, {
    step: "contact",
  });
  assert.deepEqual(brief(afterSearchRefusal(task, refusal)), {
    say: [],
    command: null,
    step: "contact",
  });
  const tapped = eventOf(tap(`again:${ids.passengerTrip}`));
  assert.deepEqual(brief(afterSearchRefusal(tapped, refusal)).say, ["gone"]);
});

Deno.test("afterSearchRefusal() explains what else stands against a search, also to a task", () => {
  const asked = [
    tap(`again:${ids.scheduledTrip}`),
    { kind: "task", task: "search", trip_id: ids.passengerTrip } as const,
  ];
  for (const content of asked) {
    for (const code of ["TRIP_NOT_DUE", "RATE_LIMITED"] as const) {
      const details = { retry_after_s: 20 };
      const { say } = afterSearchRefusal(eventOf(content), { code, details });
      assert.deepEqual(say, [{ kind: "refusal", params: { code, details } }]);
    }
  }
});
