import assert from "node:assert/strict";
import {
  type Answer,
  type ClaimedEvent,
  claimedEvent,
  decide,
  type Search,
} from "../../../shared/conversation/mod.ts";

export const ids = {
  person: "10000000-0000-4000-8000-000000000001",
  passengerTrip: "20000000-0000-4000-8000-000000000001",
  driverTrip: "20000000-0000-4000-8000-000000000002",
  otherTrip: "20000000-0000-4000-8000-000000000003",
  scheduledTrip: "20000000-0000-4000-8000-000000000004",
  match: "30000000-0000-4000-8000-000000000001",
  otherMatch: "30000000-0000-4000-8000-000000000002",
  offer: "40000000-0000-4000-8000-000000000001",
  contact: "50000000-0000-4000-8000-000000000001",
};
/** A quarter past four in the afternoon in Kigali, on a Monday. */
export const now = "2026-11-23T14:15:00.000Z";
export const kigali = { lat: -1.9441, lng: 30.0619 };
export const airport = { lat: -1.9686, lng: 30.1395 };

type Situation = ClaimedEvent["situation"];
type Content = ClaimedEvent["event"]["content"];
type Trip = NonNullable<Situation["passenger_trip"]>;
type Match = NonNullable<Situation["match"]>;

/** An open trip of the person's. */
export function trip(changes: Partial<Trip> = {}): Trip {
  return {
    id: ids.passengerTrip,
    role: "passenger",
    vehicle_type: "moto",
    status: "open",
    pickup: { ...kigali, text: null },
    dropoff: null,
    distance_m: null,
    duration_s: null,
    fare_amount: null,
    currency: null,
    scheduled_for: null,
    expires_at: "2026-11-23T14:45:00.000Z",
    ...changes,
  };
}

/** The person online as a driver. */
export function driverTrip(
  changes: Partial<NonNullable<Situation["driver_trip"]>> = {},
): NonNullable<Situation["driver_trip"]> {
  return { ...trip({ id: ids.driverTrip, role: "driver" }), position_age_s: 20, ...changes };
}

/** A ride for tomorrow. */
export function scheduledTrip(changes: Partial<Trip> = {}): Trip {
  return trip({
    id: ids.scheduledTrip,
    scheduled_for: "2026-11-24T05:00:00.000Z",
    fare_amount: 1500,
    currency: "RWF",
    ...changes,
  });
}

/** A ride that the person takes part in: accepted, and asked for by the passenger, unless told otherwise. */
export function match(side: "driver" | "passenger", changes: Partial<Match> = {}): Match {
  return {
    id: ids.match,
    side,
    status: "accepted",
    initiated_by: "passenger",
    respond_by: "2026-11-23T14:16:00.000Z",
    passenger_trip_id: ids.passengerTrip,
    driver_trip_id: ids.driverTrip,
    other_name: "Aline",
    rated: false,
    completed_at: null,
    ...changes,
  };
}

/** What surrounds a message; the person is in Kigali, at the menu, and has nothing under way. */
export interface Surroundings extends Partial<Situation> {
  step?: string;
  context?: Record<string, unknown>;
  person?: Partial<ClaimedEvent["person"]>;
}

/** A claimed event, parsed as a worker parses it. */
export function eventOf(content: Content, surroundings: Surroundings = {}): ClaimedEvent {
  const { step = "idle", context = {}, person = {}, ...situation } = surroundings;
  return claimedEvent.parse({
    event: {
      id: 7,
      lease: "60000000-0000-4000-8000-000000000001",
      content,
      sent_at: now,
      attempts: 1,
    },
    person: {
      user_id: ids.person,
      locale: "en",
      locale_known: true,
      display_name: "Eric",
      phone: "+250788000001",
      whatsapp_user_id: "RW.1000000000000000001",
      ...person,
    },
    conversation: { step, context },
    situation: {
      passenger_trip: null,
      driver_trip: null,
      scheduled_trips: [],
      match: null,
      last_match: null,
      dispatching: false,
      vehicles: [],
      vehicle_types: ["moto", "cab", "lifan", "truck", "other"],
      now,
      time_zone: "Africa/Kigali",
      ...situation,
    },
  });
}

/** A typed text. */
export function text(typed: string): Content {
  return { kind: "text", text: typed };
}

/** A tap on the button or row of an id. */
export function tap(id: string, title = "Tap"): Content {
  return { kind: "reply", id, title };
}

/** A shared pin. */
export function pin(at: { lat: number; lng: number; name?: string; address?: string }): Content {
  return { kind: "location", ...at };
}

/** What is answered, when no search is needed for it. */
export function answerTo(content: Content, surroundings?: Surroundings): Answer {
  const decision = decide(eventOf(content, surroundings));
  assert.equal(decision.kind, "answer");
  assert.ok(decision.kind === "answer");
  return decision.answer;
}

/** What is searched before there is an answer. */
export function searchFor(content: Content, surroundings?: Surroundings): Search {
  const decision = decide(eventOf(content, surroundings));
  assert.ok(decision.kind === "search", `${decision.kind} instead of a search`);
  return decision.search;
}

/** An answer in short: the kinds that are said, the command, the step. */
export function brief(answer: Answer): { say: string[]; command: string | null; step: string } {
  return {
    say: answer.say.map(({ kind }) => kind),
    command: answer.command?.name ?? null,
    step: answer.step,
  };
}
