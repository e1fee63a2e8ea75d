import type { Point } from "../../shared/geo/mod.ts";
import type { Period } from "./city.ts";
import type { Driver } from "./driver.ts";
import type { RideRequest } from "./request.ts";
import type { DriverRow, RequestRow, Results } from "./results.ts";

/** What a result has of a wish. */
export function requestRowOf(request: RideRequest, period: Period): RequestRow {
  const { wish, agreement, arrivedMs, openedMs, firstMatchedMs } = request;
  const etaErrorS = agreement === undefined || arrivedMs === undefined
    ? null
    : (arrivedMs - agreement.acceptedMs) / 1000 - agreement.promisedS;
  return {
    index: wish.index,
    at_s: tenths((wish.atMs - period.fromMs) / 1000),
    pickup: pointOf(wish.pickup),
    dropoff: pointOf(wish.dropoff),
    outcome: request.outcome,
    offers: request.offers,
    dispatches: request.dispatches,
    matches: request.matches,
    time_to_match_s: firstMatchedMs === undefined
      ? null
      : tenths((firstMatchedMs - openedMs) / 1000),
    wait_s: arrivedMs === undefined ? null : tenths((arrivedMs - openedMs) / 1000),
    pickup_distance_m: agreement === undefined ? null : Math.round(agreement.pickupDistanceM),
    promised_s: agreement?.promisedS ?? null,
    eta_error_s: etaErrorS === null ? null : tenths(etaErrorS),
    driver: agreement?.driver.plan.index ?? null,
    fare: request.outcome === "completed" ? request.fare ?? null : null,
  };
}

/** What a result has of a driver. */
export function driverRowOf(driver: Driver): DriverRow {
  const { idle, to_pickup, at_pickup, riding } = driver.seconds;
  return {
    index: driver.plan.index,
    online_s: tenths(idle + to_pickup + at_pickup + riding),
    idle_s: tenths(idle),
    to_pickup_s: tenths(to_pickup + at_pickup),
    riding_s: tenths(riding),
    rides: driver.rides,
    offers: driver.offers,
    earned: driver.earned,
  };
}

/** Cancellations by side, moment and reason, the most frequent first. */
export function cancellationsOf(requests: readonly RideRequest[]): Results["cancellations"] {
  const counts = new Map<string, Results["cancellations"][number]>();
  for (const { cancellations } of requests) {
    for (const cancellation of cancellations) {
      const key = Object.values(cancellation).join("/");
      const count = (counts.get(key)?.count ?? 0) + 1;
      counts.set(key, { ...cancellation, count });
    }
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || a.reason.localeCompare(b.reason));
}

/** Counts where drivers wait, in squares of a thousandth of a degree. */
export class IdlePlaces {
  readonly #minutes = new Map<string, number>();

  add(at: Point, minutes: number): void {
    const key = `${at.lat.toFixed(3)}/${at.lng.toFixed(3)}`;
    this.#minutes.set(key, (this.#minutes.get(key) ?? 0) + minutes);
  }

  rows(): Results["idle_places"] {
    return [...this.#minutes].map(([key, minutes]) => {
      const [lat, lng] = key.split("/").map(Number);
      return { lat: lat ?? NaN, lng: lng ?? NaN, minutes };
    });
  }
}

/** A fingerprint of wishes: equal for the same people who want the same rides at the same times. */
export async function demandOf(wishes: readonly unknown[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(wishes));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function pointOf({ lat, lng }: Point): Point {
  const round = (degrees: number): number => Math.round(degrees * 1e5) / 1e5;
  return { lat: round(lat), lng: round(lng) };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
