import { type Answer, answered, type Decision, reply } from "./answer.ts";
import type { ClaimedEvent, TripView } from "./claimed-event.ts";
import { isBookable } from "./clock-times.ts";
import { askNext } from "./flow.ts";
import { gone } from "./menu.ts";
import { say } from "../messages/mod.ts";
import { alreadyInRide, cancelMatch } from "./ride.ts";
import { type Context, type Place, stepOf } from "./steps.ts";

/** How long a passenger's wish looks for a driver, in seconds. */
const PASSENGER_EXPIRES_IN_S = 1_800;

/** Begins to put a ride together; nobody is asked for the vehicle where there is but one. */
export function startRide(event: ClaimedEvent, known: Context = {}): Answer {
  const { match, vehicle_types } = event.situation;
  if (match?.side === "passenger" && !known.later) return alreadyInRide(event, match);
  const only = vehicle_types.length === 1 ? vehicle_types[0] : undefined;
  return askNext(event, {
    role: "passenger",
    ...(only !== undefined && { vehicle_type: only }),
    ...known,
  });
}

/** Goes on without a dropoff. */
export function skipDropoff(event: ClaimedEvent): Answer {
  const { step, context } = stepOf(event);
  return step === "dropoff" ? openRide(event, { context }) : gone(event, "trip");
}

/** Asks for the ride that was put together. */
export function openRide(
  event: ClaimedEvent,
  { context, dropoff }: { context: Context; dropoff?: Place },
): Answer {
  const { pickup, vehicle_type, scheduled_for, later } = context;
  const { match, now } = event.situation;
  if (match?.side === "passenger" && !later) return alreadyInRide(event, match);
  if (scheduled_for !== undefined && !isBookable(scheduled_for, now)) {
    const { scheduled_for: _past, ...rest } = context;
    return askNext(event, { ...rest, later: true });
  }
  if (!pickup || !vehicle_type) return askNext(event, { ...context, role: "passenger" });
  return reply(event, {
    step: "idle",
    command: {
      name: "open_trip",
      role: "passenger",
      vehicle_type,
      pickup,
      ...(dropoff && { dropoff }),
      expires_in_s: PASSENGER_EXPIRES_IN_S,
      ...(scheduled_for !== undefined && { scheduled_for }),
    },
  });
}

/** The person's own passenger trip of this id, scheduled or not. */
export function passengerTrip(event: ClaimedEvent, tripId: string): TripView | undefined {
  const { passenger_trip, scheduled_trips } = event.situation;
  return [passenger_trip, ...scheduled_trips].find((trip) => trip?.id === tripId) ?? undefined;
}

/** Runs `then` for an open trip of the passenger; the old button of another one, or of a matched one, is answered here. */
function whileOpen(
  event: ClaimedEvent,
  tripId: string,
  { then }: { then: () => Decision },
): Decision {
  const { match } = event.situation;
  if (match?.side === "passenger" && match.passenger_trip_id === tripId) {
    return answered(alreadyInRide(event, match));
  }
  return passengerTrip(event, tripId)?.status === "open" ? then() : answered(gone(event, "trip"));
}

/** Asks one driver of a list of any age. */
export function pickDriver(
  event: ClaimedEvent,
  trips: { trip_id: string; other_trip_id: string },
): Decision {
  const { trip_id, other_trip_id: driver_trip_id } = trips;
  return whileOpen(event, trip_id, {
    then: () => ({
      kind: "search",
      search: { role: "driver", trip_id, then: "propose", driver_trip_id },
    }),
  });
}

/** Lets the system ask the best drivers, one after the other. */
export function askTheBest(event: ClaimedEvent, tripId: string): Decision {
  const { dispatching, passenger_trip } = event.situation;
  return whileOpen(event, tripId, {
    then: () =>
      dispatching && passenger_trip?.id === tripId
        ? answered(reply(event, { say: [say("dispatching", { trip_id: tripId })] }))
        : { kind: "search", search: { role: "driver", trip_id: tripId, then: "dispatch" } },
  });
}

/** Looks for drivers again. */
export function searchAgain(event: ClaimedEvent, tripId: string): Decision {
  return whileOpen(event, tripId, {
    then: () => ({ kind: "search", search: { role: "driver", trip_id: tripId, then: "list" } }),
  });
}

/** Tells the passenger as soon as somebody is near. */
export function watch(event: ClaimedEvent, tripId: string): Decision {
  return whileOpen(event, tripId, {
    then: () => answered(reply(event, { command: { name: "watch", trip_id: tripId } })),
  });
}

/** What the system has put into the line itself: a search for a trip that may be over by now. */
export function searchTask(event: ClaimedEvent, tripId: string): Decision {
  const { dispatching, passenger_trip } = event.situation;
  const trip = passengerTrip(event, tripId);
  const isAsking = dispatching && passenger_trip?.id === tripId;
  if (trip?.status !== "open" || isAsking) return answered(reply(event));
  return { kind: "search", search: { role: "driver", trip_id: tripId, then: "list" } };
}

/** Asks why a trip is to be cancelled; a ride for later that nobody waits for goes without. */
export function cancelTrip(event: ClaimedEvent, tripId: string): Answer {
  const { match, passenger_trip } = event.situation;
  if (match?.side === "passenger" && match.passenger_trip_id === tripId) {
    return cancelMatch(event, match);
  }
  const trip = passengerTrip(event, tripId);
  if (trip === undefined) return gone(event, "trip");
  if (trip !== passenger_trip) {
    return reply(event, { step: "idle", command: { name: "cancel_trip", trip_id: tripId } });
  }
  return reply(event, {
    step: "idle",
    say: [say("choose_cancel_reason", { id: tripId, target: "trip", side: "passenger" })],
  });
}

/** Cancels a trip for a reason. */
export function cancelTripBecause(
  event: ClaimedEvent,
  { trip_id, reason }: { trip_id: string; reason: string },
): Answer {
  if (passengerTrip(event, trip_id) === undefined) return gone(event, "trip");
  return reply(event, { step: "idle", command: { name: "cancel_trip", trip_id, reason } });
}
