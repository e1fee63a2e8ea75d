import { MAX_CANDIDATES } from "../dispatch/mod.ts";
import { say } from "../messages/mod.ts";
import { type Answer, reply, type Search } from "./answer.ts";
import type { ClaimedEvent } from "./claimed-event.ts";
import { listPassengers } from "./driver.ts";
import { withLocale } from "./language.ts";
import { placeNotFound, takePlace } from "./location.ts";
import { gone } from "./menu.ts";
import { passengerTrip } from "./passenger.ts";
import type { Place } from "./steps.ts";

/** Somebody whom a search has found: metres and seconds from the trip that searched. */
export interface FoundNear {
  readonly trip_id: string;
  readonly distance_m: number;
  readonly eta_s: number;
  readonly rating: number | null;
  readonly rating_count: number;
  readonly total_trips: number;
  readonly name: string | null;
}

/** What a search came to, the best first. */
export interface SearchResult {
  readonly radius_m: number;
  /** Whether there was nobody in the first, smaller circle. */
  readonly wider: boolean;
  readonly found: readonly FoundNear[];
}

/** How many fit on a list beside "best available". */
export const LIST_LENGTH = 9;

/** The answer to an event whose search was made. Pure, as decide. */
export function afterSearch(
  event: ClaimedEvent,
  search: Search,
  { result }: { result: SearchResult },
): Answer {
  return withLocale(event, answerSearch(event, search, { result }));
}

/** The answer to an event that named a place; null when there is none of that name. Pure, as decide. */
export function afterPlace(
  event: ClaimedEvent,
  { text, place }: { text: string; place: Place | null },
): Answer {
  return withLocale(event, place ? takePlace(event, place) : placeNotFound(event, text));
}

function answerSearch(
  event: ClaimedEvent,
  search: Search,
  { result }: { result: SearchResult },
): Answer {
  const { trip_id } = search;
  switch (search.then) {
    case "list_passengers":
      return listPassengers(event, { tripId: trip_id, found: result.found.slice(0, LIST_LENGTH) });
    case "propose":
      return propose(event, { ...search, found: result.found });
    case "dispatch":
      if (result.found.length === 0) return nobodyNear(event, trip_id, result);
      return reply(event, {
        command: {
          name: "dispatch",
          passenger_trip_id: trip_id,
          candidates: result.found.slice(0, MAX_CANDIDATES)
            .map(({ trip_id, distance_m, eta_s }) => ({ trip_id, distance_m, eta_s })),
        },
      });
    case "list":
      return result.found.length > 0
        ? listDrivers(event, trip_id, result)
        : nobodyNear(event, trip_id, result);
  }
}

function propose(
  event: ClaimedEvent,
  { trip_id, driver_trip_id, found }: {
    trip_id: string;
    driver_trip_id: string;
    found: readonly FoundNear[];
  },
): Answer {
  if (!found.some((driver) => driver.trip_id === driver_trip_id)) return justTaken(event, trip_id);
  return reply(event, {
    command: { name: "propose", passenger_trip_id: trip_id, driver_trip_id },
  });
}

/** Says that the driver has gone, and looks for others. */
export function justTaken(event: ClaimedEvent, tripId: string): Answer {
  return reply(event, {
    say: [say("refusal", { code: "TRIP_ALREADY_MATCHED", details: { trip: "driver" } })],
    command: { name: "search_again", trip_id: tripId },
  });
}

function nobodyNear(event: ClaimedEvent, tripId: string, { radius_m }: SearchResult): Answer {
  return reply(event, { say: [say("nobody_near", { trip_id: tripId, radius_m })] });
}

function listDrivers(event: ClaimedEvent, tripId: string, result: SearchResult): Answer {
  const trip = passengerTrip(event, tripId);
  if (trip === undefined) return gone(event, "trip");
  return reply(event, {
    say: [say("drivers_found", {
      trip_id: tripId,
      vehicle_type: trip.vehicle_type,
      radius_m: result.radius_m,
      wider: result.wider,
      fare_amount: trip.fare_amount,
      currency: trip.currency,
      distance_m: trip.distance_m,
      drivers: result.found.slice(0, LIST_LENGTH).map((driver) => ({
        trip_id: driver.trip_id,
        name: driver.name,
        rating: driver.rating,
        rating_count: driver.rating_count,
        distance_m: driver.distance_m,
        eta_s: driver.eta_s,
        total_trips: driver.total_trips,
      })),
    })],
  });
}
