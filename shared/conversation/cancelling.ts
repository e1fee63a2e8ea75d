import type { Answer } from "./answer.ts";
import type { ClaimedEvent } from "./claimed-event.ts";
import { goOffline } from "./driver.ts";
import { home } from "./menu.ts";
import { cancelTrip } from "./passenger.ts";
import { cancelMatch } from "./ride.ts";
import { showScheduled } from "./scheduling.ts";
import { isInFlow } from "./steps.ts";

/** "Cancel": what is being put together, or else the ride, the wish, the ride for later, being online. */
export function cancel(event: ClaimedEvent): Answer {
  const { match, passenger_trip, scheduled_trips, driver_trip } = event.situation;
  if (isInFlow(event)) return home(event);
  if (match) return cancelMatch(event, match);
  if (passenger_trip) return cancelTrip(event, passenger_trip.id);
  if (scheduled_trips.length > 0) return showScheduled(event);
  return driver_trip ? goOffline(event) : home(event);
}

/** "Stop", "offline": a driver goes offline wherever they are; anybody else cancels. */
export function stop(event: ClaimedEvent): Answer {
  return event.situation.driver_trip ? goOffline(event) : cancel(event);
}
