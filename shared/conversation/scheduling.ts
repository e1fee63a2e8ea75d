import { say } from "../messages/mod.ts";
import { type Answer, reply } from "./answer.ts";
import type { ClaimedEvent } from "./claimed-event.ts";
import { isBookable, parseClockTime } from "./clock-times.ts";
import { askAgain } from "./flow.ts";
import { startRide } from "./passenger.ts";
import { stepOf } from "./steps.ts";

/** Begins to put a ride for later together. */
export function startLater(event: ClaimedEvent): Answer {
  return startRide(event, { later: true });
}

/** Takes the time that was chosen, by a tap of any age; one that is past is asked for again. */
export function chooseTime(event: ClaimedEvent, at: string): Answer {
  if (!isBookable(at, event.situation.now)) return startLater(event);
  const { context } = stepOf(event);
  return startRide(event, {
    // The vehicle and the pickup, should they be known.
    ...(context.later ? context : {}),
    later: true,
    scheduled_for: new Date(at).toISOString(),
  });
}

/** Takes a time that was typed. */
export function timeTyped(event: ClaimedEvent, text: string): Answer {
  const { now, time_zone } = event.situation;
  const at = parseClockTime(text, { now, timeZone: time_zone });
  return at !== undefined && isBookable(at, now) ? chooseTime(event, at) : askAgain(event);
}

/** The rides for later, each with its button to cancel it. */
export function showScheduled(event: ClaimedEvent): Answer {
  const { scheduled_trips, time_zone } = event.situation;
  return reply(event, {
    step: "idle",
    say: scheduled_trips.slice(0, 3).flatMap((trip) =>
      trip.scheduled_for === null ? [] : [say("scheduled", {
        trip_id: trip.id,
        at: trip.scheduled_for,
        fare_amount: trip.fare_amount,
        currency: trip.currency,
        time_zone,
      })]
    ),
  });
}
