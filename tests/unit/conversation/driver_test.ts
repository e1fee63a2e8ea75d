import {
  airport,
  driverTrip,
  eventOf,
  ids,
  kigali,
  match,
  pin,
  tap,
  text,
  trip,
} from "./events.ts";
import { testRows } from "./rows.ts";

const types = eventOf(text("x")).situation.vehicle_types;
const moto = { vehicles: [{ vehicle_type: "moto", plate: "RAD 123 C" }] };
const driving = { role: "driver", vehicle_type: "moto" };
const online = { driver_trip: driverTrip(), ...moto };
const inRide = { driver_trip: driverTrip({ status: "matched" }), match: match("driver"), ...moto };
const asked = { ...inRide, match: match("driver", { status: "pending" }) };
const showRide = { name: "show_ride", match_id: ids.match } as const;

testRows([
  ...[tap("menu:drive"), text("drive"), text("online"), text("umumotari")].map((content) => ({
    title: `asks a new driver for the vehicle (${JSON.stringify(content)})`,
    content,
    say: ["choose_vehicle"],
    params: { role: "driver", vehicle_types: types },
    step: "vehicle",
    context: { role: "driver" },
  })),
  {
    title: "asks a driver with one vehicle only where they are",
    content: tap("menu:drive"),
    around: moto,
    say: ["ask_pickup"],
    params: { role: "driver" },
    step: "pickup",
    context: driving,
  },
  {
    title: "asks a driver with several vehicles which one",
    content: tap("menu:drive"),
    around: { vehicles: [...moto.vehicles, { vehicle_type: "cab", plate: "RAB 1" }] },
    say: ["choose_vehicle"],
    step: "vehicle",
  },
  {
    title: "asks for the plate of a vehicle that is new",
    content: tap("veh:driver:cab"),
    around: { step: "vehicle", context: { role: "driver" }, ...moto },
    say: ["ask_plate"],
    params: { vehicle_type: "cab" },
    step: "plate",
    context: { role: "driver", vehicle_type: "cab" },
  },
  {
    title: "takes nothing of a ride over when somebody decides to drive",
    content: tap("veh:driver:moto"),
    around: {
      step: "dropoff",
      context: { role: "passenger", vehicle_type: "cab", pickup: kigali },
      ...moto,
    },
    say: ["ask_pickup"],
    step: "pickup",
    context: driving,
  },
  {
    title: "asks where a driver is whose plate is known",
    content: tap("veh:driver:moto"),
    around: { step: "vehicle", context: { role: "driver" }, ...moto },
    say: ["ask_pickup"],
    step: "pickup",
    context: driving,
  },
  ...([
    ["rad 123 c", "RAD 123 C"],
    ["  RAD   123C ", "RAD 123C"],
    ["rad-123-c", "RAD-123-C"],
    ["RAD.123.C", "RAD 123 C"],
    ["A1", "A1"],
    ["ABCDEFGH12345678", "ABCDEFGH12345678"],
  ] as const).map(([typed, plate]) => ({
    title: `keeps the plate "${typed}" as "${plate}"`,
    content: text(typed),
    around: { step: "plate", context: driving },
    say: ["ask_pickup"],
    command: { name: "set_vehicle", vehicle_type: "moto", plate } as const,
    step: "pickup",
    context: driving,
  })),
  ...["1", "moto", "RAD 123 C!", "РАД 123", "ABCDEFGH123456789", "я"].map((typed) => ({
    title: `asks again for the plate "${typed}"`,
    content: text(typed),
    around: { step: "plate", context: driving },
    say: ["ask_plate"],
    context: driving,
  })),
  {
    title: "brings a driver online at their pin",
    content: pin(kigali),
    around: { step: "pickup", context: driving, ...moto },
    command: {
      name: "open_trip",
      role: "driver",
      vehicle_type: "moto",
      pickup: kigali,
      expires_in_s: 14_400,
    },
    step: "idle",
    context: {},
  },
  {
    title: "looks up a place that a driver types",
    content: text("Nyabugogo"),
    around: { step: "pickup", context: driving },
    search: { text: "Nyabugogo", end: "pickup" },
  },
  {
    title: "asks for the plate before the pin counts",
    content: pin(kigali),
    around: { step: "plate", context: driving },
    say: ["ask_plate"],
    context: driving,
  },
  {
    title: "asks a driver who is online where they are now",
    content: tap("menu:drive"),
    around: { driver_trip: driverTrip(), vehicles: [] },
    say: ["ask_plate"],
    step: "plate",
  },
  {
    title: "moves a driver who is online with the same vehicle",
    content: pin(airport),
    around: { ...online, step: "pickup", context: driving },
    command: { name: "move", trip_id: ids.driverTrip, ...airport },
    step: "idle",
  },
  {
    title: "brings a driver online anew with another vehicle",
    content: pin(airport),
    around: { ...online, step: "pickup", context: { role: "driver", vehicle_type: "cab" } },
    command: {
      name: "open_trip",
      role: "driver",
      vehicle_type: "cab",
      pickup: airport,
      expires_in_s: 14_400,
    },
    step: "idle",
  },
  ...[online, inRide, { ...inRide, step: "pickup", context: driving }].map((around) => ({
    title: `moves a driver by a pin out of the blue (${around.driver_trip.status}, ${
      "step" in around ? around.step : "idle"
    })`,
    content: pin(airport),
    around,
    command: { name: "move", trip_id: ids.driverTrip, ...airport } as const,
    step: "idle",
  })),
  {
    title: "refuses to move a driver to where nobody can be",
    content: pin({ lat: 0, lng: 0 }),
    around: online,
    say: ["refusal"],
  },
  {
    title: "goes back from the pin to the vehicle, also of a driver who has only one",
    content: text("back"),
    around: { step: "pickup", context: driving, ...moto },
    say: ["choose_vehicle"],
    step: "vehicle",
    context: { role: "driver" },
  },
  {
    title: "goes back from the plate to the vehicle",
    content: text("subira inyuma"),
    around: { step: "plate", context: driving },
    say: ["choose_vehicle"],
    step: "vehicle",
    context: { role: "driver" },
  },
  ...[tap("menu:drive"), tap("veh:driver:moto"), text("online")].map((content) => ({
    title: `shows the ride to a driver who is on one (${JSON.stringify(content)})`,
    content,
    around: inRide,
    say: ["refusal"],
    params: { code: "ALREADY_IN_RIDE" },
    command: showRide,
  })),

  // Being online.
  {
    title: "stays online",
    content: tap(`stay:${ids.driverTrip}`),
    around: online,
    command: { name: "stay_online", trip_id: ids.driverTrip },
  },
  {
    title: "looks for passengers nearby",
    content: tap(`near:${ids.driverTrip}`),
    around: online,
    search: { role: "passenger", trip_id: ids.driverTrip, then: "list_passengers" },
  },
  {
    title: "proposes to a passenger of the list",
    content: tap(`take:${ids.driverTrip}:${ids.otherTrip}`),
    around: online,
    command: {
      name: "propose",
      passenger_trip_id: ids.otherTrip,
      driver_trip_id: ids.driverTrip,
    },
  },
  ...["stay", "near", "take"].flatMap((verb) => {
    const button = (id: string): string =>
      verb === "take" ? `take:${id}:${ids.passengerTrip}` : `${verb}:${id}`;
    return [
      {
        title: `answers an old ${verb} button of a driver who is offline`,
        content: tap(button(ids.driverTrip)),
        say: ["gone"],
        params: { what: "trip" },
      },
      {
        title: `takes an old ${verb} button of another trip for the one that is online`,
        content: tap(button(ids.otherTrip)),
        around: online,
        ...(verb === "near"
          ? { search: { role: "passenger", trip_id: ids.driverTrip, then: "list_passengers" } }
          : verb === "stay"
          ? { command: { name: "stay_online", trip_id: ids.driverTrip } }
          : {
            command: {
              name: "propose",
              passenger_trip_id: ids.passengerTrip,
              driver_trip_id: ids.driverTrip,
            },
          }),
      } as const,
      {
        title: `shows the ride to an old ${verb} button`,
        content: tap(button(ids.driverTrip)),
        around: inRide,
        say: ["refusal"],
        command: showRide,
      },
    ];
  }),
  ...[
    tap(`offline:${ids.driverTrip}`),
    text("offline"),
    text("stop"),
    text("ntashye"),
    text("cancel"),
    // From before the last ride.
    tap(`offline:${ids.otherTrip}`),
  ].map((content) => ({
    title: `goes offline (${JSON.stringify(content)})`,
    content,
    around: online,
    command: { name: "cancel_trip", trip_id: ids.driverTrip } as const,
  })),
  {
    title: "goes offline in the middle of something else",
    content: text("offline"),
    around: { ...online, step: "pickup", context: { role: "passenger", vehicle_type: "moto" } },
    command: { name: "cancel_trip", trip_id: ids.driverTrip },
    step: "idle",
  },
  {
    title: "has nobody to bring offline behind an old button",
    content: tap(`offline:${ids.otherTrip}`),
    say: ["gone"],
  },
  ...[tap(`offline:${ids.driverTrip}`), text("offline")].map((content) => ({
    title: `asks why before a driver leaves a ride by going offline (${JSON.stringify(content)})`,
    content,
    around: inRide,
    say: ["choose_cancel_reason"],
    params: { id: ids.match, target: "match", side: "driver" },
  })),

  // Offers and proposals.
  ...[true, false].map((accept) => ({
    title: `answers an offer with ${accept ? "yes" : "no"}`,
    content: tap(`offer_${accept ? "yes" : "no"}:${ids.offer}`),
    around: online,
    command: { name: "answer_offer", offer_id: ids.offer, accept } as const,
  })),
  {
    title: "leaves a flow for an offer that is taken",
    content: tap(`offer_yes:${ids.offer}`),
    around: { ...online, step: "pickup", context: driving },
    command: { name: "answer_offer", offer_id: ids.offer, accept: true },
    step: "idle",
  },
  ...[tap(`match_yes:${ids.match}`), text("yes"), text("yego"), text("👍")].map((content) => ({
    title: `takes the ride that is proposed (${JSON.stringify(content)})`,
    content,
    around: asked,
    command: { name: "advance", action: "accept", match_id: ids.match } as const,
  })),
  ...[tap(`match_no:${ids.match}`), text("no"), text("hapana"), text("cancel")].map((content) => ({
    title: `declines the ride that is proposed (${JSON.stringify(content)})`,
    content,
    around: asked,
    command: { name: "advance", action: "decline", match_id: ids.match } as const,
  })),
  {
    title: "lets nobody accept their own proposal",
    content: tap(`match_yes:${ids.match}`),
    around: { ...asked, match: match("driver", { status: "pending", initiated_by: "driver" }) },
    command: showRide,
  },
  {
    title: "takes the ride that a driver proposes to a passenger",
    content: tap(`match_yes:${ids.match}`),
    around: {
      passenger_trip: trip({ status: "matched" }),
      match: match("passenger", { status: "pending", initiated_by: "driver" }),
    },
    command: { name: "advance", action: "accept", match_id: ids.match },
  },
  {
    title: "does not take yes for an answer when nobody asks",
    content: text("yes"),
    around: online,
    say: ["not_understood"],
  },
]);
