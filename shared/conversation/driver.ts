import { say } from "../messages/mod.ts";
import { type Answer, answered, type Decision, reply } from "./answer.ts";
import type { ClaimedEvent, Situation } from "./claimed-event.ts";
import { ask, askNext } from "./flow.ts";
import { gone } from "./menu.ts";
import { alreadyInRide, cancelMatch } from "./ride.ts";
import type { Context, Place } from "./steps.ts";

/** How long a driver is online before they are asked again, in seconds; a tap or a pin prolongs it. */
const DRIVER_EXPIRES_IN_S = 4 * 3600;

type DriverTrip = NonNullable<Situation["driver_trip"]>;

/** Begins to bring somebody online: who is known by one vehicle is only asked where they are. */
export function startDriving(event: ClaimedEvent): Answer {
  const { match, driver_trip, vehicles, vehicle_types } = event.situation;
  if (match?.side === "driver") return alreadyInRide(event, match);
  const mine = vehicles.length > 0
    ? [...new Set(vehicles.map((vehicle) => vehicle.vehicle_type))]
    : vehicle_types;
  const vehicle_type = driver_trip?.vehicle_type ?? (mine.length === 1 ? mine[0] : undefined);
  return askNext(event, { role: "driver", ...(vehicle_type !== undefined && { vehicle_type }) });
}

/** Goes online at a place; who is online with this vehicle already is moved there. */
export function goOnline(
  event: ClaimedEvent,
  { context, place }: { context: Context; place: Place },
): Answer {
  const { driver_trip } = event.situation;
  const { vehicle_type } = context;
  if (vehicle_type === undefined) return ask(event, "vehicle", { context: { role: "driver" } });
  if (driver_trip?.vehicle_type === vehicle_type) {
    return moveTo(event, { trip: driver_trip, place });
  }
  return reply(event, {
    step: "idle",
    command: {
      name: "open_trip",
      role: "driver",
      vehicle_type,
      pickup: place,
      expires_in_s: DRIVER_EXPIRES_IN_S,
    },
  });
}

/** Takes the pin of somebody who is online or on a ride as where they are now. */
export function moveTo(
  event: ClaimedEvent,
  { trip, place }: { trip: DriverTrip; place: Place },
): Answer {
  return reply(event, {
    step: "idle",
    command: { name: "move", trip_id: trip.id, lat: place.lat, lng: place.lng },
  });
}

/**
 * Runs `then` for the driver trip that is online, whichever trip the button is from: after every ride it is
 * another one, and the driver means being online. Offline and during a ride it is answered here.
 */
function whileOnline(
  event: ClaimedEvent,
  { then }: { then: (trip: DriverTrip) => Decision },
): Decision {
  const { match, driver_trip } = event.situation;
  if (driver_trip === null) return answered(gone(event, "trip"));
  if (match?.driver_trip_id === driver_trip.id) return answered(alreadyInRide(event, match));
  return then(driver_trip);
}

/** Stays online where they are. */
export function stayOnline(event: ClaimedEvent): Decision {
  return whileOnline(event, {
    then: ({ id }) => answered(reply(event, { command: { name: "stay_online", trip_id: id } })),
  });
}

/** Looks for passengers who wait nearby. */
export function passengersNear(event: ClaimedEvent): Decision {
  return whileOnline(event, {
    then: ({ id }) => ({
      kind: "search",
      search: { role: "passenger", trip_id: id, then: "list_passengers" },
    }),
  });
}

/** Offers oneself to a passenger of a list of any age. */
export function takePassenger(event: ClaimedEvent, passengerTripId: string): Decision {
  return whileOnline(event, {
    then: ({ id }) =>
      answered(reply(event, {
        command: { name: "propose", passenger_trip_id: passengerTripId, driver_trip_id: id },
      })),
  });
}

/** Answers an offer of dispatch; whether it still stands is for the database to say. */
export function answerOffer(
  event: ClaimedEvent,
  { offer_id, accept }: { offer_id: string; accept: boolean },
): Answer {
  return reply(event, {
    ...(accept && { step: "idle" as const }),
    command: { name: "answer_offer", offer_id, accept },
  });
}

/** Goes offline; in a ride, asks first why it is to be cancelled. */
export function goOffline(event: ClaimedEvent): Answer {
  const { match, driver_trip } = event.situation;
  if (match?.side === "driver") return cancelMatch(event, match);
  if (driver_trip === null) return gone(event, "trip");
  return reply(event, {
    step: "idle",
    command: { name: "cancel_trip", trip_id: driver_trip.id },
  });
}

/** Who waits nearby, as a list. */
export function listPassengers(
  event: ClaimedEvent,
  { tripId, found }: {
    tripId: string;
    found: readonly { trip_id: string; distance_m: number; eta_s: number }[];
  },
): Answer {
  if (found.length === 0) {
    return reply(event, { say: [say("no_passengers_near", { trip_id: tripId })] });
  }
  return reply(event, {
    say: [say("passengers_near", {
      trip_id: tripId,
      passengers: found.map(({ trip_id, distance_m, eta_s }) => ({ trip_id, distance_m, eta_s })),
    })],
  });
}
