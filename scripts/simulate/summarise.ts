import type { z } from "zod";
import type { DriverRow, RequestRow, summary } from "./results.ts";
import { distributionOf, gini, mean, rounded } from "./statistics.ts";

/** Less time online says nothing of what somebody earns in an hour. */
const LEAST_ONLINE_S = 1800;
const HOUR_S = 3600;

/** The figures that matter, of all wishes and drivers of a result. */
export function summarise(
  requests: readonly RequestRow[],
  drivers: readonly DriverRow[],
  cancelled: { readonly driver: number; readonly passenger: number },
): z.infer<typeof summary> {
  const share = (of: (row: RequestRow) => boolean): number =>
    requests.filter(of).length / requests.length;
  const known = (of: (row: RequestRow) => number | null): number[] =>
    requests.map(of).filter((value) => value !== null);
  const matches = requests.reduce((sum, row) => sum + row.matches, 0);
  const offers = requests.reduce((sum, row) => sum + row.offers, 0);
  const regulars = regularDrivers(drivers);
  const earnings = regulars.map(earnedPerHour);
  const idle = regulars.map(idleShare);
  return {
    requests: requests.length,
    match_rate: fine(share((row) => row.matches > 0)),
    served_rate: fine(share((row) => row.outcome === "completed")),
    time_to_match_s: distributionOf(known((row) => row.time_to_match_s)),
    wait_s: distributionOf(known((row) => row.wait_s)),
    pickup_distance_m: distributionOf(known((row) => row.pickup_distance_m)),
    eta_error_s: distributionOf(known((row) => row.eta_error_s)),
    eta_error_abs_s: distributionOf(known((row) => row.eta_error_s).map(Math.abs)),
    offers_per_request: distributionOf(requests.map((row) => row.offers)),
    offers_accepted_share: fine(matches / offers),
    cancelled_by_passenger_share: fine(cancelled.passenger / matches),
    cancelled_by_driver_share: fine(cancelled.driver / matches),
    drivers: drivers.length,
    online_hours: rounded(drivers.reduce((sum, row) => sum + row.online_s, 0) / HOUR_S) ?? 0,
    earnings_per_h: distributionOf(earnings),
    earnings_gini: fine(gini(earnings)),
    rides_per_h: distributionOf(regulars.map((row) => HOUR_S * row.rides / row.online_s)),
    idle_share: distributionOf(idle),
    idle_gini: fine(gini(idle)),
  };
}

/** Drivers who were there long enough for a rate an hour to mean something. */
export function regularDrivers(drivers: readonly DriverRow[]): DriverRow[] {
  return drivers.filter((row) => row.online_s >= LEAST_ONLINE_S);
}

/** Money in an hour online. */
export function earnedPerHour(driver: DriverRow): number {
  return HOUR_S * driver.earned / driver.online_s;
}

/** The part of the time online that a driver waits for something to do. */
export function idleShare(driver: DriverRow): number {
  return driver.idle_s / driver.online_s;
}

/** The mean of what is known; NaN where nothing is. */
export function meanOf(
  rows: readonly RequestRow[],
  value: (row: RequestRow) => number | null,
): number {
  return mean(rows.map(value).filter((known) => known !== null));
}

/** Shares and coefficients need more digits than seconds do. */
function fine(value: number): number | null {
  return Number.isNaN(value) ? null : Math.round(value * 10_000) / 10_000;
}
