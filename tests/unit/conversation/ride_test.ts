import {
  airport,
  driverTrip,
  ids,
  kigali,
  match,
  now,
  pin,
  scheduledTrip,
  tap,
  text,
  trip,
} from "./events.ts";
import { testRows } from "./rows.ts";

type Changes = Parameters<typeof match>[1];

function driving(changes: Changes = {}): {
  driver_trip: ReturnType<typeof driverTrip>;
  match: ReturnType<typeof match>;
} {
  return { driver_trip: driverTrip({ status: "matched" }), match: match("driver", changes) };
}

function riding(changes: Changes = {}): {
  passenger_trip: ReturnType<typeof trip>;
  match: ReturnType<typeof match>;
} {
  return { passenger_trip: trip({ status: "matched" }), match: match("passenger", changes) };
}

const arrived = driving({ status: "driver_arrived" });
const showRide = { name: "show_ride", match_id: ids.match } as const;
const relay = (words: string): unknown => ({
  name: "relay",
  match_id: ids.match,
  text: words,
});

testRows([
  {
    title: "says that the driver is there, and waits for the PIN",
    content: tap(`arrive:${ids.match}`),
    around: driving(),
    command: { name: "advance", action: "arrive", match_id: ids.match },
    step: "pin",
  },
  {
    title: "ends the ride",
    content: tap(`complete:${ids.match}`),
    around: driving({ status: "in_progress" }),
    command: { name: "advance", action: "complete", match_id: ids.match },
  },
  ...([
    ["arrive", driving({ status: "in_progress" }), "idle"],
    ["arrive", arrived, "pin"],
    ["arrive", driving({ status: "pending" }), "idle"],
    ["complete", arrived, "pin"],
    ["complete", driving(), "idle"],
    ["match_yes", driving(), "idle"],
    ["match_no", driving(), "idle"],
    ["arrive", riding(), "idle"],
    ["complete", riding({ status: "in_progress" }), "idle"],
  ] as const).map(([verb, around, step]) => ({
    title:
      `shows the ride to ${verb} by the ${around.match.side} of one that is ${around.match.status}`,
    content: tap(`${verb}:${ids.match}`),
    around,
    command: showRide,
    step,
  })),
  ...["arrive", "complete", "match_yes", "match_no", "mcancel", "share"].flatMap((verb) => [
    {
      title: `answers an old ${verb} button of another ride`,
      content: tap(`${verb}:${ids.otherMatch}`),
      around: driving(),
      say: ["gone"],
      params: { what: "match" },
    },
    {
      title: `answers an old ${verb} button when there is no ride`,
      content: tap(`${verb}:${ids.match}`),
      say: ["gone"],
      params: { what: "match" },
    },
  ]),

  // The PIN.
  ...[
    "4711",
    " 4711 ",
    "47 11",
    "4-7-1-1",
    "PIN 4711",
    "pin: 4711",
    "code 4711",
    "４７１１",
    "4711.",
  ]
    .map((typed) => ({
      title: `takes "${typed}" at the pickup for the PIN`,
      content: text(typed),
      around: { ...arrived, step: "pin" },
      command: { name: "advance", action: "start", match_id: ids.match, pin: "4711" },
      step: "idle",
    })),
  {
    title: "takes the PIN at whatever step the driver is",
    content: text("4711"),
    around: { ...arrived, step: "contact" },
    command: { name: "advance", action: "start", match_id: ids.match, pin: "4711" },
    step: "idle",
  },
  ...["471", "47111", "1"].map((typed) => ({
    title: `asks for the PIN again for "${typed}"`,
    content: text(typed),
    around: { ...arrived, step: "pin" },
    say: ["ask_pin"],
    params: { match_id: ids.match },
  })),
  {
    title: "relays what the driver at the pickup writes, and still waits for the PIN",
    content: text("I am at gate 4"),
    around: { ...arrived, step: "pin" },
    say: ["relay_sent"],
    command: relay("I am at gate 4"),
  },
  ...[driving(), riding({ status: "driver_arrived" })].map((around) => ({
    title: `relays four digits of the ${around.match.side} when no PIN is waited for`,
    content: text("4711"),
    around,
    say: ["relay_sent"],
    command: relay("4711"),
  })),
  {
    title: "leaves the step of the PIN when the ride has moved on",
    content: text("thanks"),
    around: { step: "pin" },
    say: ["not_understood"],
    step: "idle",
  },

  // Between the two.
  ...(["accepted", "driver_arrived", "in_progress"] as const).map((status) => ({
    title: `relays what a passenger writes while the ride is ${status}`,
    content: text("I wear a red hat"),
    around: riding({ status }),
    say: ["relay_sent"],
    command: relay("I wear a red hat"),
  })),
  ...[
    "Hello, I am outside",
    "hello",
    "yes",
    "ok",
    "muraho",
    "cancel culture is a thing",
    "help me carry it",
  ]
    .map((typed) => ({
      title: `relays "${typed}" in a ride, as no command`,
      content: text(typed),
      around: driving(),
      say: ["relay_sent"],
      command: relay(typed),
    })),
  {
    title: "relays no more than fits into a message, and no half character",
    content: text("x".repeat(899) + "😀" + "y".repeat(300)),
    around: riding(),
    say: ["relay_sent"],
    command: relay("x".repeat(899)),
  },
  {
    title: "relays nothing to somebody who has not agreed to the ride",
    content: text("please come"),
    around: riding({ status: "pending" }),
    say: ["not_understood"],
  },
  {
    title: "relays where the passenger is",
    content: pin({ ...airport, name: "Gate 2" }),
    around: riding(),
    say: ["relay_sent"],
    command: relay(
      "📍 Gate 2 https://www.google.com/maps/search/?api=1&query=-1.9686,30.1395",
    ),
  },
  {
    title: "shows the passenger their proposal when they share another pin meanwhile",
    content: pin(airport),
    around: riding({ status: "pending" }),
    say: ["refusal"],
    command: showRide,
  },
  {
    title: "is not held up in a ride by what was being put together before",
    content: text("where are you?"),
    around: { ...riding(), step: "dropoff", context: { role: "passenger", pickup: kigali } },
    say: ["relay_sent"],
    command: relay("where are you?"),
    step: "idle",
    context: {},
  },
  {
    title: "lets somebody in a ride put another one for later together",
    content: pin(airport),
    around: {
      ...riding(),
      step: "pickup",
      context: {
        role: "passenger",
        vehicle_type: "moto",
        later: true,
        scheduled_for: "2026-11-24T05:00:00Z",
      },
    },
    say: ["ask_dropoff"],
    step: "dropoff",
  },

  // Cancelling.
  ...[tap(`mcancel:${ids.match}`), text("cancel"), text("annuler"), text("stop")].flatMap((
    content,
  ) =>
    [driving(), riding({ status: "in_progress" })].map((around) => ({
      title: `asks the ${around.match.side} why the ride is cancelled (${JSON.stringify(content)})`,
      content,
      around,
      say: ["choose_cancel_reason"],
      params: { id: ids.match, target: "match", side: around.match.side },
    }))
  ),
  {
    title: "cancels the ride for a reason",
    content: tap(`why:match:${ids.match}:vehicle_problem`),
    around: { ...driving(), step: "pin" },
    command: {
      name: "advance",
      action: "cancel",
      match_id: ids.match,
      reason: "vehicle_problem",
    },
    step: "idle",
  },
  {
    title: "has no ride to cancel for a reason any more",
    content: tap(`why:match:${ids.otherMatch}:other`),
    around: driving(),
    say: ["gone"],
  },
  {
    title: "cancels the wish by a word",
    content: text("cancel"),
    around: { passenger_trip: trip(), driver_trip: driverTrip() },
    say: ["choose_cancel_reason"],
    params: { id: ids.passengerTrip, target: "trip", side: "passenger" },
  },
  {
    title: "offers to cancel the rides for later by a word",
    content: text("cancel"),
    around: { scheduled_trips: [scheduledTrip()] },
    say: ["scheduled"],
    params: {
      trip_id: ids.scheduledTrip,
      at: "2026-11-24T05:00:00.000Z",
      fare_amount: 1500,
      currency: "RWF",
      time_zone: "Africa/Kigali",
    },
  },
  {
    title: "throws away what is being put together before anything else is cancelled",
    content: text("cancel"),
    around: { passenger_trip: trip(), step: "dropoff", context: { role: "passenger" } },
    say: ["welcome"],
    step: "idle",
    context: {},
  },
  {
    title: "shows the menu when there is nothing to cancel",
    content: text("cancel"),
    say: ["welcome"],
  },

  // Rating and after.
  ...[1, 2, 3, 4, 5].map((rating) => ({
    title: `rates with ${rating}`,
    content: tap(`rate:${ids.match}:${rating}`),
    around: { last_match: match("passenger", { status: "completed", completed_at: now }) },
    command: { name: "rate", match_id: ids.match, rating },
  })),
  {
    title: "leaves the rating of an older ride to the database",
    content: tap(`rate:${ids.otherMatch}:4`),
    command: { name: "rate", match_id: ids.otherMatch, rating: 4 },
  },
  {
    title: "rates nothing twice",
    content: tap(`rate:${ids.match}:4`),
    around: {
      last_match: match("driver", { status: "completed", completed_at: now, rated: true }),
    },
    say: ["refusal"],
    params: { code: "ALREADY_RATED" },
  },
]);
