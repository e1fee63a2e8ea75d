import { field, post, think } from "./api.ts";
import { countSearch } from "./searches.ts";
import { optionsOf, usersOf } from "./settings.ts";
import { nextWay } from "./wishes.ts";

export const options = optionsOf({ find_drivers: usersOf(1) }, ["open trip", "find drivers"]);

/** A passenger who looks who is near, some times, and puts the phone away. */
export function findDrivers(): void {
  const opened = post({
    call: "open trip",
    path: "orchestrator/trips",
    body: {
      user_id: crypto.randomUUID(),
      role: "passenger",
      vehicle_type: "moto",
      ...nextWay({ from: 0.4 }),
    },
  });
  const tripId = field(opened, "trip.id");
  if (tripId === "") return;
  for (let looks = 0; looks < 5; looks++) {
    think(4, 12);
    countSearch(post({
      call: "find drivers",
      path: "orchestrator/find-drivers",
      body: { passenger_trip_id: tripId, limit: 9 },
    }));
  }
}

export default findDrivers;
