import { ids, kigali, match, now, pin, scheduledTrip, tap, text, trip } from "./events.ts";
import { testRows } from "./rows.ts";

const later = { role: "passenger", later: true };
const tonight = "2026-11-23T18:00:00.000Z";
const timed = { ...later, scheduled_for: tonight };
const atTime = { step: "time", context: later };

testRows([
  {
    title: "offers times for a ride for later",
    content: tap("menu:later"),
    say: ["choose_time"],
    params: {
      times: [
        "2026-11-23T15:00:00.000Z",
        "2026-11-23T15:30:00.000Z",
        "2026-11-23T16:00:00.000Z",
        "2026-11-23T16:30:00.000Z",
        "2026-11-23T18:00:00.000Z",
        "2026-11-24T04:00:00.000Z",
        "2026-11-24T05:00:00.000Z",
        "2026-11-24T06:00:00.000Z",
      ],
      time_zone: "Africa/Kigali",
    },
    step: "time",
    context: later,
  },
  {
    title: "lets somebody in a ride book another one for later",
    content: tap("menu:later"),
    around: { passenger_trip: trip({ status: "matched" }), match: match("passenger") },
    say: ["choose_time"],
    step: "time",
  },
  ...[tap(`at:${tonight}`), tap("at:2026-11-23T20:00:00+02:00"), text("20:00"), text("8pm")].map((
    content,
  ) => ({
    title: `asks for the vehicle when the time is chosen (${JSON.stringify(content)})`,
    content,
    around: atTime,
    say: ["choose_vehicle"],
    step: "vehicle",
    context: timed,
  })),
  {
    title: "starts a ride for later by a time of an old message",
    content: tap(`at:${tonight}`),
    say: ["choose_vehicle"],
    step: "vehicle",
    context: timed,
  },
  ...[
    "2026-11-23T14:00:00.000Z",
    "2026-11-23T14:19:00.000Z",
    "2026-11-30T14:16:00.000Z",
    "2020-01-01T00:00:00Z",
  ].map((at) => ({
    title: `offers other times than ${at}`,
    content: tap(`at:${at}`),
    say: ["choose_time"],
    step: "time",
    context: later,
  })),
  ...["soon", "7", "25:00", "saa 3"].map((typed) => ({
    title: `asks again for the time "${typed}"`,
    content: text(typed),
    around: atTime,
    say: ["choose_time"],
    context: later,
  })),
  {
    title: "asks for the pickup of a ride for later",
    content: tap("veh:passenger:cab"),
    around: { step: "vehicle", context: timed },
    say: ["ask_pickup"],
    step: "pickup",
    context: { ...timed, vehicle_type: "cab" },
  },
  {
    title: "books a ride for later",
    content: tap("drop:skip"),
    around: { step: "dropoff", context: { ...timed, vehicle_type: "cab", pickup: kigali } },
    command: {
      name: "open_trip",
      role: "passenger",
      vehicle_type: "cab",
      pickup: kigali,
      expires_in_s: 1800,
      scheduled_for: tonight,
    },
    step: "idle",
    context: {},
  },
  {
    title: "asks for the time again when it has passed meanwhile, and keeps the rest",
    content: tap("drop:skip"),
    around: {
      step: "dropoff",
      context: { ...later, scheduled_for: now, vehicle_type: "cab", pickup: kigali },
    },
    say: ["choose_time"],
    step: "time",
    context: { ...later, vehicle_type: "cab", pickup: kigali },
  },
  {
    title: "asks only for the dropoff when the time alone was missing",
    content: text("20:00"),
    around: { step: "time", context: { ...later, vehicle_type: "cab", pickup: kigali } },
    say: ["ask_dropoff"],
    step: "dropoff",
    context: { ...timed, vehicle_type: "cab", pickup: kigali },
  },
  {
    title: "keeps a pin that comes before the time",
    content: pin(kigali),
    around: atTime,
    say: ["choose_time"],
    context: { ...later, pickup: kigali },
  },
  {
    title: "goes back from the vehicle of a ride for later to the time",
    content: text("back"),
    around: { step: "vehicle", context: timed },
    say: ["choose_time"],
    step: "time",
    context: later,
  },
  {
    title: "goes back from the time to the menu",
    content: text("back"),
    around: atTime,
    say: ["welcome"],
    step: "idle",
    context: {},
  },
  {
    title: "shows at most three rides for later to cancel",
    content: text("cancel"),
    around: { scheduled_trips: Array.from({ length: 5 }, () => scheduledTrip()) },
    say: ["scheduled", "scheduled", "scheduled"],
  },
  {
    title: "has no ride for later to cancel behind an old button",
    content: tap(`cancel:${ids.scheduledTrip}`),
    say: ["gone"],
    params: { what: "trip" },
  },
]);
