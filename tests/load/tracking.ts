import { SharedArray } from "k6/data";
import { sleep } from "k6";
import exec from "k6/execution";
import { post } from "./api.ts";
import { optionsOf, settings, usersOf } from "./settings.ts";

export const options = optionsOf({ tracking: usersOf(1) }, ["update locations"]);

interface Driver {
  readonly trip_id: string;
  readonly lat: number;
  readonly lng: number;
}

const drivers = new SharedArray<Driver>(
  "drivers",
  () => JSON.parse(open(settings.driversFile)) as Driver[],
);
const PING_S = 30 * settings.pace;

/** A gateway that passes on the positions of its share of the drivers, each of whom pings every 30 s. */
export function track(): void {
  const share = Math.ceil(drivers.length / settings.gateways);
  const from = (exec.scenario.iterationInTest % settings.gateways) * share;
  const locations = drivers.slice(from, from + Math.min(share, 500)).map((
    { trip_id, lat, lng },
  ) => ({
    trip_id,
    lat: lat + (Math.random() - 0.5) * 0.0004,
    lng: lng + (Math.random() - 0.5) * 0.0004,
  }));
  if (__ITER === 0) sleep(Math.random() * PING_S);
  const startedAt = Date.now();
  if (locations.length > 0) {
    post({ call: "update locations", path: "tracking/update-locations", body: { locations } });
  }
  sleep(Math.max(0, PING_S - (Date.now() - startedAt) / 1000));
}

export default track;
