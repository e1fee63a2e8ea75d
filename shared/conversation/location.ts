import { say } from "../messages/mod.ts";
import { type Answer, reply } from "./answer.ts";
import type { ClaimedEvent } from "./claimed-event.ts";
import { cleanText } from "./clean-text.ts";
import { goOnline, moveTo } from "./driver.ts";
import { askAgain, askNext } from "./flow.ts";
import { openRide, startRide } from "./passenger.ts";
import { agreedMatch, alreadyInRide, relayPlace } from "./ride.ts";
import { type Place, stepOf } from "./steps.ts";

const MAX_NAME_LENGTH = 300;

/** Takes a pin that was shared: as what was asked for, or else as what it most likely means. */
export function takeLocation(
  event: ClaimedEvent,
  pin: { lat: number; lng: number; name?: string | undefined; address?: string | undefined },
): Answer {
  const { step, context } = stepOf(event);
  const { match, driver_trip } = event.situation;
  const text = cleanText(pin.name ?? pin.address ?? "", MAX_NAME_LENGTH);
  const place = { lat: pin.lat, lng: pin.lng, ...(text !== "" && { text }) };
  if (!isPlausible(place)) return askAgain(event, [say("refusal", { code: "INVALID_LOCATION" })]);
  if (step === "pickup" || step === "dropoff") return takePlace(event, place);
  if (step === "plate" || step === "vehicle" || step === "time") {
    // A passenger may tell where before which vehicle; a driver's place would be old by then.
    return context.role === "driver"
      ? askAgain(event)
      : askNext(event, { ...context, role: "passenger", pickup: place });
  }
  if (match?.side === "passenger") {
    return agreedMatch(event) ? relayPlace(event, { match, place }) : alreadyInRide(event, match);
  }
  if (driver_trip) return moveTo(event, { trip: driver_trip, place });
  if (match) return alreadyInRide(event, match);
  return startRide(event, { pickup: place });
}

/** Takes a place, shared or found by its name, as the end of the ride that was asked for. */
export function takePlace(event: ClaimedEvent, place: Place): Answer {
  const { step, context } = stepOf(event);
  if (context.role === "driver") return goOnline(event, { context, place });
  if (step === "dropoff") return openRide(event, { context, dropoff: place });
  return askNext(event, { ...context, role: "passenger", pickup: place });
}

/** A name that no place was found for. */
export function placeNotFound(event: ClaimedEvent, text: string): Answer {
  return reply(event, { say: [say("place_not_found", { text })] });
}

/** Whether a person can be there; the database also knows who has exchanged the two numbers. */
function isPlausible({ lat, lng }: Place): boolean {
  return Math.abs(lat) <= 90 && Math.abs(lng) <= 180 && (lat !== 0 || lng !== 0);
}
