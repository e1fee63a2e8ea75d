import { type Answer, field, post, think } from "./api.ts";
import { countSearch } from "./searches.ts";
import { optionsOf, usersOf } from "./settings.ts";
import { nextWay } from "./wishes.ts";

export const rideCalls = [
  "open trip",
  "find drivers",
  "accept match",
  "accept",
  "arrive",
  "start",
  "complete",
  "rate",
  "go online",
] as const;

export const options = optionsOf({ full_ride: usersOf(1) }, rideCalls);

/** A passenger and a driver, from the wish to the ratings; the ways are short, the pauses are people's. */
export function fullRide(): void {
  const { pickup, dropoff } = nextWay({ from: 0 });
  const opened = post({
    call: "open trip",
    path: "orchestrator/trips",
    body: {
      user_id: crypto.randomUUID(),
      role: "passenger",
      vehicle_type: "moto",
      pickup,
      dropoff,
    },
  });
  const tripId = field(opened, "trip.id");
  if (tripId === "") return;
  think(2, 6);
  const match = bind(tripId);
  if (match === undefined) return;
  const matchId = field(match, "match.id");
  const act = (action: string, body: object = {}): Answer =>
    post({ call: action, path: `orchestrator/matches/${matchId}/${action}`, body });
  think(3, 12);
  act("accept");
  think(10, 25);
  act("arrive");
  think(3, 8);
  act("start", { pin: field(match, "match.pin") });
  think(10, 30);
  act("complete");
  think(2, 6);
  act("rate", { as: "passenger", rating: 5 });
  act("rate", { as: "driver", rating: 5 });
  post({
    call: "go online",
    path: "orchestrator/trips",
    body: {
      user_id: field(match, "match.driver_user_id"),
      role: "driver",
      vehicle_type: "moto",
      pickup: dropoff,
      expires_in_s: 7200,
    },
  });
}

/**
 * Picks one of the best; whoever was taken a moment before is answered with 409, and the next is tried. Nobody here
 * drives to the pickup, so drivers from whom "arrive" would not be believed (500 m) are left out.
 */
function bind(tripId: string): Answer | undefined {
  for (let searches = 0; searches < 3; searches++) {
    const found = post({
      call: "find drivers",
      path: "orchestrator/find-drivers",
      body: { passenger_trip_id: tripId, limit: 9 },
    });
    countSearch(found);
    const drivers = found.json("drivers.#(distance_m<=400)#.trip_id");
    think(3, 10);
    for (const driver of Array.isArray(drivers) ? drivers : []) {
      const bound = post({
        call: "accept match",
        path: "orchestrator/accept-match",
        body: { passenger_trip_id: tripId, driver_trip_id: driver },
        expected: [200, 201, 409, 410],
      });
      if (bound.status < 300) return bound;
      think(1, 3);
    }
  }
  return undefined;
}

export default fullRide;
