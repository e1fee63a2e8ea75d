import { z } from "zod";
import { invariant } from "./invariants.ts";
import { OUTCOMES } from "./request.ts";
import { distribution } from "./statistics.ts";

const figure = z.number().nullable();
const degrees = { lat: z.number(), lng: z.number() };

/** One wish and what became of it. Seconds and metres; seconds of the day count from the period's beginning. */
const requestRow = z.object({
  index: z.number().int(),
  at_s: z.number(),
  pickup: z.object(degrees),
  dropoff: z.object(degrees),
  outcome: z.enum(OUTCOMES),
  offers: z.number().int(),
  dispatches: z.number().int(),
  matches: z.number().int(),
  /** From the wish to the first driver who accepted. */
  time_to_match_s: figure,
  /** From the wish to the driver's arrival. */
  wait_s: figure,
  /** Of the last driver who accepted: through the air, and how long it was said to take. */
  pickup_distance_m: figure,
  promised_s: figure,
  /** Later than promised; below zero: sooner. */
  eta_error_s: figure,
  driver: z.number().int().nullable(),
  fare: z.number().nullable(),
});

const driverRow = z.object({
  index: z.number().int(),
  online_s: z.number(),
  idle_s: z.number(),
  to_pickup_s: z.number(),
  riding_s: z.number(),
  rides: z.number().int(),
  offers: z.number().int(),
  earned: z.number(),
});

/** The figures that matter. */
export const summary = z.object({
  requests: z.number().int(),
  match_rate: figure,
  served_rate: figure,
  time_to_match_s: distribution,
  wait_s: distribution,
  pickup_distance_m: distribution,
  eta_error_s: distribution,
  eta_error_abs_s: distribution,
  offers_per_request: distribution,
  offers_accepted_share: figure,
  cancelled_by_passenger_share: figure,
  cancelled_by_driver_share: figure,
  drivers: z.number().int(),
  online_hours: z.number(),
  /** Of those who were online for half an hour at least, in money an hour. */
  earnings_per_h: distribution,
  earnings_gini: figure,
  rides_per_h: distribution,
  idle_share: distribution,
  idle_gini: figure,
});

const step = z.object({
  step: z.string(),
  calls: z.number().int(),
  p50_ms: z.number(),
  p95_ms: z.number(),
  p99_ms: z.number(),
  max_ms: z.number(),
});

/** What was asked for; what two results are told apart by. */
export const resultOptions = z.object({
  city: z.string(),
  scale: z.number(),
  date: z.string(),
  from: z.string(),
  hours: z.number(),
  seed: z.number().int(),
  vehicle_type: z.string(),
  drivers: z.number().int().nullable(),
  /** Of drivers to accept, where it is not the usual one. */
  willingness: z.number().optional(),
  strategy: z.string(),
  window_s: z.number(),
  idle_credit_s: z.number(),
  batch_size: z.number().int(),
  offer_s: z.number().int(),
  radius_m: z.number().int(),
});

/** The result of a simulation, as it is kept. Equal runs differ in `measured` alone. */
export const results = z.object({
  kind: z.literal("mobility simulation"),
  version: z.literal(1),
  name: z.string(),
  options: resultOptions,
  /** Names the wishes: results with the same one can be compared wish by wish. */
  demand: z.string(),
  /** False when it was stopped before its end. */
  is_complete: z.boolean(),
  summary,
  /** Searches for drivers, and how many of them the cache answered; older results do not say. */
  searches: z.object({ all: z.number().int(), cached: z.number().int() }).optional(),
  cancellations: z.array(
    z.object({ side: z.string(), stage: z.string(), reason: z.string(), count: z.number().int() }),
  ),
  requests: z.array(requestRow),
  drivers: z.array(driverRow),
  /** How many drivers did what, and how many passengers searched, every few minutes. */
  timeline: z.array(
    z.object({
      at_s: z.number(),
      idle: z.number().int(),
      to_pickup: z.number().int(),
      riding: z.number().int(),
      searching: z.number().int(),
    }),
  ),
  /** Where drivers had nothing to do: minutes by squares of a hundred metres or so. */
  idle_places: z.array(z.object({ ...degrees, minutes: z.number() })),
  places: z.array(z.object({ ...degrees, name: z.string() })),
  refused_positions: z.record(z.string(), z.number().int()),
  invariants: z.array(invariant),
  measured: z.object({
    started_at: z.string(),
    took_s: z.number(),
    code: z.string(),
    machine: z.string(),
    latencies: z.array(step),
  }),
});

/** The result of a simulation. */
export type Results = z.infer<typeof results>;
/** One wish and what became of it. */
export type RequestRow = z.infer<typeof requestRow>;
/** How one driver spent the period. */
export type DriverRow = z.infer<typeof driverRow>;
/** What was asked for. */
export type ResultOptions = z.infer<typeof resultOptions>;

/** Reads results from a file. @throws {Error} naming the file and what is wrong with it */
export async function readResults(path: string): Promise<Results> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Error(`Cannot read "${path}": there is no such file`, { cause });
  }
  try {
    return results.parse(JSON.parse(text));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new Error(
      `Cannot read "${path}": it is no result of this version of the simulator, run it again.\n${reason}`,
      { cause },
    );
  }
}
