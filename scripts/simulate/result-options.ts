import { basename } from "node:path";
import type { SimulateOptions } from "./options.ts";
import type { ResultOptions } from "./results.ts";

/** What a result says of what was asked for, on a day of the demand. */
export function resultOptionsOf(
  { policy, ...options }: SimulateOptions,
  date: string,
): ResultOptions {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  return {
    city: cityName(options),
    scale: options.scale,
    date,
    from: `${two(options.fromMinutes / 60)}:${two(options.fromMinutes % 60)}`,
    hours: options.hours,
    seed: options.seed,
    vehicle_type: options.vehicleType,
    drivers: options.drivers ?? null,
    ...(options.willingness === undefined ? {} : { willingness: options.willingness }),
    strategy: policy.strategy,
    window_s: policy.windowS,
    idle_credit_s: policy.idleCreditS,
    batch_size: policy.batchSize,
    offer_s: policy.offerS,
    radius_m: policy.radiusM,
  };
}

/** A file's name, or the city of the model. */
export function cityName({ pickups }: Pick<SimulateOptions, "pickups">): string {
  return pickups === undefined ? "Kigali" : basename(pickups);
}
