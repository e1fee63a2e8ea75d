import {
  airport,
  driverTrip,
  eventOf,
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

const types = eventOf(text("x")).situation.vehicle_types;
const chosen = { role: "passenger", vehicle_type: "moto" };
const picked = { ...chosen, pickup: kigali };
const open = { passenger_trip: trip() };
const inRide = { passenger_trip: trip({ status: "matched" }), match: match("passenger") };
const asking = {
  passenger_trip: trip({ status: "matched" }),
  match: match("passenger", { status: "pending" }),
};
const showRide = { name: "show_ride", match_id: ids.match } as const;
const opened = {
  name: "open_trip",
  role: "passenger",
  vehicle_type: "moto",
  pickup: kigali,
  expires_in_s: 1800,
} as const;

testRows([
  {
    title: "asks a passenger for the vehicle",
    content: tap("menu:ride"),
    say: ["choose_vehicle"],
    params: { role: "passenger", vehicle_types: types },
    step: "vehicle",
    context: { role: "passenger" },
  },
  {
    title: "asks nobody for the vehicle where there is but one",
    content: tap("menu:ride"),
    around: { vehicle_types: ["moto"] },
    say: ["ask_pickup"],
    step: "pickup",
    context: chosen,
  },
  {
    title: "asks for the pickup when the vehicle is chosen",
    content: tap("veh:passenger:moto"),
    around: { step: "vehicle", context: { role: "passenger" } },
    say: ["ask_pickup"],
    params: { role: "passenger" },
    step: "pickup",
    context: chosen,
  },
  {
    title: "starts a ride by a vehicle button of an old message",
    content: tap("veh:passenger:cab"),
    say: ["ask_pickup"],
    step: "pickup",
    context: { role: "passenger", vehicle_type: "cab" },
  },
  {
    title: "changes the vehicle in mid-flow and keeps the pickup",
    content: tap("veh:passenger:cab"),
    around: { step: "dropoff", context: picked },
    say: ["ask_dropoff"],
    step: "dropoff",
    context: { ...picked, vehicle_type: "cab" },
  },
  {
    title: "asks again when a vehicle type is not there any more",
    content: tap("veh:passenger:rickshaw"),
    say: ["choose_vehicle"],
    step: "vehicle",
  },
  ...["moto", "Moto", "pikipiki", "1"].map((typed) => ({
    title: `takes "${typed}" for a vehicle`,
    content: text(typed),
    around: { step: "vehicle", context: { role: "passenger" } },
    say: ["ask_pickup"],
    step: "pickup",
    context: chosen,
  })),
  ...["helicopter", "0", "6", "-1", "1.5"].map((typed) => ({
    title: `asks again for "${typed}" as a vehicle`,
    content: text(typed),
    around: { step: "vehicle", context: { role: "passenger" } },
    say: ["choose_vehicle"],
  })),
  {
    title: "asks for the dropoff when the pickup is shared, and keeps its name",
    content: pin({ ...kigali, name: "Kigali Heights", address: "KG 7 Ave" }),
    around: { step: "pickup", context: chosen },
    say: ["ask_dropoff"],
    step: "dropoff",
    context: { ...chosen, pickup: { ...kigali, text: "Kigali Heights" } },
  },
  {
    title: "looks up a pickup that is typed",
    content: text("Kimironko market"),
    around: { step: "pickup", context: chosen },
    search: { text: "Kimironko market", end: "pickup" },
  },
  {
    title: "looks up a dropoff that is typed",
    content: text("Airport"),
    around: { step: "dropoff", context: picked },
    search: { text: "Airport", end: "dropoff" },
  },
  {
    title: "takes a place that only begins like a command for a place",
    content: text("Cancel Street 5"),
    around: { step: "dropoff", context: picked },
    search: { text: "Cancel Street 5", end: "dropoff" },
  },
  {
    title: "asks for the ride when the dropoff is shared",
    content: pin(airport),
    around: { step: "dropoff", context: picked },
    command: { ...opened, dropoff: airport },
    step: "idle",
    context: {},
  },
  ...[tap("drop:skip"), text("skip"), text("passer"), text("no")].map((content) => ({
    title: `asks for the ride without a dropoff (${JSON.stringify(content)})`,
    content,
    around: { step: "dropoff", context: picked },
    command: opened,
    step: "idle",
    context: {},
  })),
  {
    title: "has nothing to skip at another step",
    content: tap("drop:skip"),
    say: ["gone"],
    params: { what: "trip" },
  },
  {
    title: "starts a ride at a pin out of the blue",
    content: pin({ ...kigali, address: "KN 3 Rd" }),
    say: ["choose_vehicle"],
    step: "vehicle",
    context: { role: "passenger", pickup: { ...kigali, text: "KN 3 Rd" } },
  },
  {
    title: "asks for the dropoff next when the pickup came first",
    content: tap("veh:passenger:moto"),
    around: { step: "vehicle", context: { role: "passenger", pickup: kigali } },
    say: ["ask_dropoff"],
    step: "dropoff",
    context: picked,
  },
  {
    title: "keeps a pin that comes before the vehicle",
    content: pin(kigali),
    around: { step: "vehicle", context: { role: "passenger" } },
    say: ["choose_vehicle"],
    context: { role: "passenger", pickup: kigali },
  },
  ...["pickup", "dropoff", "vehicle", "idle"].map((step) => ({
    title: `refuses a pin where nobody can be, at step ${step}`,
    content: pin({ lat: 0, lng: 0 }),
    around: { step, context: step === "idle" ? {} : picked },
    say: [
      "refusal",
      ...{
        pickup: ["ask_pickup"],
        dropoff: ["ask_dropoff"],
        vehicle: ["choose_vehicle"],
        idle: [],
      }[step] ?? [],
    ],
    params: { code: "INVALID_LOCATION" },
  })),
  {
    title: "goes back from the dropoff to the pickup, which is forgotten",
    content: text("back"),
    around: { step: "dropoff", context: picked },
    say: ["ask_pickup"],
    step: "pickup",
    context: chosen,
  },
  {
    title: "goes back from the pickup to the vehicle, which is forgotten",
    content: text("retour"),
    around: { step: "pickup", context: chosen },
    say: ["choose_vehicle"],
    step: "vehicle",
    context: { role: "passenger" },
  },
  {
    title: "goes back from the vehicle to the menu",
    content: text("rudi"),
    around: { step: "vehicle", context: { role: "passenger" } },
    say: ["welcome"],
    step: "idle",
    context: {},
  },
  {
    title: "lets a passenger with an open wish make another one",
    content: tap("menu:ride"),
    around: open,
    say: ["choose_vehicle"],
    step: "vehicle",
  },
  ...[tap("menu:ride"), text("ride"), tap("veh:passenger:moto")].map((content) => ({
    title: `shows the ride instead of starting another (${JSON.stringify(content)})`,
    content,
    around: inRide,
    say: ["refusal"],
    params: { code: "ALREADY_IN_RIDE" },
    command: showRide,
  })),
  {
    title: "lets a driver on a ride ask for one as a passenger",
    content: tap("menu:ride"),
    around: { driver_trip: driverTrip({ status: "matched" }), match: match("driver") },
    say: ["choose_vehicle"],
    step: "vehicle",
  },
  {
    title: "asks for what is missing when the context was lost",
    content: pin(airport),
    around: { step: "dropoff", context: { role: "passenger", pickup: "gone" } },
    say: ["choose_vehicle"],
    step: "vehicle",
  },

  // What follows the search.
  {
    title: "searches for the open trip of a task",
    content: { kind: "task", task: "search", trip_id: ids.passengerTrip },
    around: { ...open, step: "contact" },
    search: { role: "driver", trip_id: ids.passengerTrip, then: "list" },
  },
  ...[
    { around: {}, what: "no trip" },
    { around: inRide, what: "a matched trip" },
    { around: { passenger_trip: trip({ id: ids.otherTrip }) }, what: "another trip" },
    { around: { ...open, dispatching: true }, what: "a trip that drivers are asked for" },
  ].map(({ around, what }) => ({
    title: `says nothing to the task of a trip that is over: there is ${what}`,
    content: { kind: "task", task: "search", trip_id: ids.passengerTrip } as const,
    around: { ...around, step: "contact" },
  })),
  {
    title: "looks for the driver that was picked",
    content: tap(`pick:${ids.passengerTrip}:${ids.driverTrip}`),
    around: open,
    search: {
      role: "driver",
      trip_id: ids.passengerTrip,
      then: "propose",
      driver_trip_id: ids.driverTrip,
    },
  },
  {
    title: "looks for the best drivers",
    content: tap(`best:${ids.passengerTrip}`),
    around: open,
    search: { role: "driver", trip_id: ids.passengerTrip, then: "dispatch" },
  },
  {
    title: "says again that drivers are being asked, at a second tap",
    content: tap(`best:${ids.passengerTrip}`),
    around: { ...open, dispatching: true },
    say: ["dispatching"],
  },
  {
    title: "searches again",
    content: tap(`again:${ids.passengerTrip}`),
    around: open,
    search: { role: "driver", trip_id: ids.passengerTrip, then: "list" },
  },
  {
    title: "searches again for a ride for later, once its time has come",
    content: tap(`again:${ids.scheduledTrip}`),
    around: { scheduled_trips: [scheduledTrip({ scheduled_for: now })] },
    search: { role: "driver", trip_id: ids.scheduledTrip, then: "list" },
  },
  {
    title: "watches for somebody near",
    content: tap(`watch:${ids.passengerTrip}`),
    around: open,
    command: { name: "watch", trip_id: ids.passengerTrip },
  },
  ...["pick", "best", "again", "watch"].flatMap((verb) => {
    const button = (id: string): string =>
      verb === "pick" ? `pick:${id}:${ids.driverTrip}` : `${verb}:${id}`;
    return [
      {
        title: `answers an old ${verb} button when there is no trip`,
        content: tap(button(ids.passengerTrip)),
        say: ["gone"],
        params: { what: "trip" },
      },
      {
        title: `answers an old ${verb} button of another trip`,
        content: tap(button(ids.otherTrip)),
        around: open,
        say: ["gone"],
        params: { what: "trip" },
      },
      {
        title: `answers a ${verb} button of a driver's trip`,
        content: tap(button(ids.driverTrip)),
        around: { driver_trip: driverTrip() },
        say: ["gone"],
      },
      ...[inRide, asking].map((around) => ({
        title: `shows the ride (${around.match.status}) to an old ${verb} button of its trip`,
        content: tap(button(ids.passengerTrip)),
        around,
        say: ["refusal"],
        params: { code: "ALREADY_IN_RIDE" },
        command: showRide,
      })),
    ];
  }),

  // Cancelling.
  {
    title: "asks why the wish is cancelled",
    content: tap(`cancel:${ids.passengerTrip}`),
    around: open,
    say: ["choose_cancel_reason"],
    params: { id: ids.passengerTrip, target: "trip", side: "passenger" },
  },
  ...[inRide, asking].map((around) => ({
    title: `asks why the ride is cancelled that the wish has become (${around.match.status})`,
    content: tap(`cancel:${ids.passengerTrip}`),
    around,
    say: ["choose_cancel_reason"],
    params: { id: ids.match, target: "match", side: "passenger" },
  })),
  {
    title: "cancels a ride for later by its button",
    content: tap(`cancel:${ids.scheduledTrip}`),
    around: { scheduled_trips: [scheduledTrip()] },
    command: { name: "cancel_trip", trip_id: ids.scheduledTrip },
  },
  {
    title: "has nothing to cancel behind an old button",
    content: tap(`cancel:${ids.otherTrip}`),
    around: open,
    say: ["gone"],
  },
  {
    title: "cancels the wish for a reason",
    content: tap(`why:trip:${ids.passengerTrip}:waited_too_long`),
    around: open,
    command: { name: "cancel_trip", trip_id: ids.passengerTrip, reason: "waited_too_long" },
  },
  {
    title: "has no wish to cancel for a reason any more",
    content: tap(`why:trip:${ids.otherTrip}:other`),
    around: open,
    say: ["gone"],
  },
]);
