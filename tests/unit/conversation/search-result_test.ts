import assert from "node:assert/strict";
import type { Search } from "../../../shared/conversation/mod.ts";
import {
  afterPlace,
  afterSearch,
  type FoundNear,
  type SearchResult,
} from "../../../shared/conversation/search-result.ts";
import {
  airport,
  brief,
  driverTrip,
  eventOf,
  ids,
  kigali,
  scheduledTrip,
  type Surroundings,
  tap,
  text,
  trip,
} from "./events.ts";

const open: Surroundings = {
  passenger_trip: trip({ fare_amount: 1200, currency: "RWF", distance_m: 6400 }),
  step: "contact",
};
const listing: Search = { role: "driver", trip_id: ids.passengerTrip, then: "list" };
const nobody: SearchResult = { radius_m: 15_000, wider: true, found: [] };

function driver(index: number): FoundNear {
  return {
    trip_id: `70000000-0000-4000-8000-0000000000${String(index).padStart(2, "0")}`,
    distance_m: 100 * index,
    eta_s: 10 * index,
    rating: 4.5,
    rating_count: 12,
    total_trips: 40,
    name: `Driver ${index}`,
  };
}

function some(count: number, wider = false): SearchResult {
  const found = Array.from({ length: count }, (_, index) => driver(index + 1));
  return { radius_m: wider ? 15_000 : 5_000, wider, found };
}

Deno.test("afterSearch() lists up to nine drivers in their order, with the trip's estimate", () => {
  const answer = afterSearch(eventOf(text("x"), open), listing, { result: some(12) });
  assert.deepEqual(brief(answer), { say: ["drivers_found"], command: null, step: "contact" });
  assert.deepEqual(answer.say[0]?.params, {
    trip_id: ids.passengerTrip,
    vehicle_type: "moto",
    radius_m: 5_000,
    wider: false,
    fare_amount: 1200,
    currency: "RWF",
    distance_m: 6400,
    drivers: some(9).found,
  });
});

Deno.test("afterSearch() says when it had to look farther, and when there is nobody", () => {
  const event = eventOf(text("x"), open);
  const [wider] = afterSearch(event, listing, { result: some(1, true) }).say;
  assert.ok(
    wider?.kind === "drivers_found" && wider.params.wider && wider.params.radius_m === 15_000,
  );
  const [none] = afterSearch(event, listing, { result: nobody }).say;
  assert.deepEqual(none, {
    kind: "nobody_near",
    params: { trip_id: ids.passengerTrip, radius_m: 15_000 },
  });
});

Deno.test("afterSearch() lists the drivers for a ride for later", () => {
  const event = eventOf(text("x"), { scheduled_trips: [scheduledTrip()] });
  const search: Search = { ...listing, trip_id: ids.scheduledTrip };
  const [said] = afterSearch(event, search, { result: some(2) }).say;
  assert.ok(said?.kind === "drivers_found" && said.params.fare_amount === 1500);
});

Deno.test("afterSearch() hands up to thirty candidates to the dispatch, the best first", () => {
  const event = eventOf(tap(`best:${ids.passengerTrip}`), open);
  const search: Search = { role: "driver", trip_id: ids.passengerTrip, then: "dispatch" };
  const { command, say } = afterSearch(event, search, { result: some(40) });
  assert.deepEqual(say, []);
  assert.ok(command?.name === "dispatch");
  assert.equal(command.passenger_trip_id, ids.passengerTrip);
  assert.equal(command.candidates.length, 30);
  assert.deepEqual(command.candidates[1], {
    trip_id: driver(2).trip_id,
    distance_m: 200,
    eta_s: 20,
  });
  assert.deepEqual(brief(afterSearch(event, search, { result: nobody })).say, ["nobody_near"]);
});

Deno.test("afterSearch() proposes to the driver who was picked, or looks for others when gone", () => {
  const picked = driver(3).trip_id;
  const event = eventOf(tap(`pick:${ids.passengerTrip}:${picked}`), open);
  const search: Search = {
    role: "driver",
    trip_id: ids.passengerTrip,
    then: "propose",
    driver_trip_id: picked,
  };
  assert.deepEqual(afterSearch(event, search, { result: some(3) }).command, {
    name: "propose",
    passenger_trip_id: ids.passengerTrip,
    driver_trip_id: picked,
  });
  const gone = afterSearch(event, search, { result: some(2) });
  assert.deepEqual(gone.command, { name: "search_again", trip_id: ids.passengerTrip });
  assert.deepEqual(gone.say, [{
    kind: "refusal",
    params: { code: "TRIP_ALREADY_MATCHED", details: { trip: "driver" } },
  }]);
});

Deno.test("afterSearch() lists up to nine passengers by where they are alone", () => {
  const event = eventOf(tap(`near:${ids.driverTrip}`), { driver_trip: driverTrip() });
  const search: Search = { role: "passenger", trip_id: ids.driverTrip, then: "list_passengers" };
  const [said] = afterSearch(event, search, { result: some(11) }).say;
  assert.ok(said?.kind === "passengers_near");
  assert.equal(said.params.passengers.length, 9);
  assert.deepEqual(said.params.passengers[0], {
    trip_id: driver(1).trip_id,
    distance_m: 100,
    eta_s: 10,
  });
  const none = afterSearch(event, search, { result: nobody });
  assert.deepEqual(brief(none).say, ["no_passengers_near"]);
});

Deno.test("afterPlace() takes a place that was found for the pin that was asked for", () => {
  const chosen = { role: "passenger", vehicle_type: "moto" };
  const place = { ...airport, text: "Kigali International Airport" };
  const pickup = eventOf(text("airport"), { step: "pickup", context: chosen });
  const next = afterPlace(pickup, { text: "airport", place });
  assert.deepEqual(brief(next), { say: ["ask_dropoff"], command: null, step: "dropoff" });
  assert.deepEqual(next.context.pickup, place);

  const dropoff = eventOf(text("airport"), {
    step: "dropoff",
    context: { ...chosen, pickup: kigali },
  });
  const asked = afterPlace(dropoff, { text: "airport", place });
  assert.ok(asked.command?.name === "open_trip");
  assert.deepEqual(asked.command.dropoff, place);

  const driving = eventOf(text("airport"), {
    step: "pickup",
    context: { role: "driver", vehicle_type: "moto" },
  });
  const online = afterPlace(driving, { text: "airport", place });
  assert.ok(online.command?.name === "open_trip" && online.command.role === "driver");
});

Deno.test("afterPlace() stays at the question when there is no such place", () => {
  const context = { role: "passenger", vehicle_type: "moto" };
  const event = eventOf(text("Atlantis"), { step: "pickup", context });
  const answer = afterPlace(event, { text: "Atlantis", place: null });
  assert.deepEqual(brief(answer), { say: ["place_not_found"], command: null, step: "pickup" });
  assert.deepEqual(answer.say[0]?.params, { text: "Atlantis" });
});

Deno.test("afterSearch() and afterPlace() keep the language of a first message", () => {
  const person = { locale_known: false, phone: "+254700000001" };
  const event = eventOf(text("123"), { ...open, person });
  assert.equal(afterSearch(event, listing, { result: nobody }).locale, "sw");
  assert.equal(afterPlace(event, { text: "123", place: null }).locale, "sw");
});
