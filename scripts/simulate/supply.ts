import { pickWeighted, type Random } from "../city/random.ts";
import { pointNear } from "../city/route.ts";
import { type DriverPlan, type HotSpot, type Period, personId } from "./city.ts";
import { habits } from "./habits.ts";
import { normalWithin, type Streams } from "./streams.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Drivers begin around the places that people know, not on them. */
const START_RADIUS_M = 700;

/** What every way of drawing drivers needs. */
export interface SupplyOptions {
  readonly period: Period;
  readonly spots: readonly HotSpot[];
  readonly streams: Streams;
}

/**
 * Those of a city's drivers whose shifts touch the period, a day being from one local midnight to the next.
 */
export function driversByShift(
  { drivers, dayMs }: { readonly drivers: number; readonly dayMs: number },
  options: SupplyOptions,
): DriverPlan[] {
  return plansOf(drivers, options, (random) => {
    if (random() >= habits.fleet.worksToday) return undefined;
    const start = pickWeighted(random, habits.fleet.shiftStarts);
    const hour = normalWithin(random, {
      mean: start.hour,
      deviation: start.deviation,
      min: 0,
      max: 23,
    });
    const fromMs = dayMs + hour * HOUR_MS;
    const untilMs = fromMs + normalWithin(random, habits.fleet.shiftHours) * HOUR_MS;
    // One day is like the one before: who ends after midnight did so this morning.
    const isYesterdays = fromMs >= options.period.untilMs;
    return isYesterdays
      ? { fromMs: fromMs - DAY_MS, untilMs: untilMs - DAY_MS }
      : { fromMs, untilMs };
  });
}

/** So many drivers at any moment of the period, coming and going evenly. */
export function driversAtOnce(drivers: number, options: SupplyOptions): DriverPlan[] {
  const { period } = options;
  const meanMs = habits.fleet.shiftHours.mean * HOUR_MS;
  const total = Math.round(drivers * (meanMs + period.untilMs - period.warmUpFromMs) / meanMs);
  return plansOf(total, options, (random) => {
    const fromMs = period.warmUpFromMs - meanMs +
      random() * (period.untilMs - period.warmUpFromMs + meanMs);
    return { fromMs, untilMs: fromMs + meanMs };
  });
}

function plansOf(
  drivers: number,
  { period, spots, streams }: SupplyOptions,
  shiftOf: (random: Random) => { fromMs: number; untilMs: number } | undefined,
): DriverPlan[] {
  const plans: DriverPlan[] = [];
  for (let number = 0; number < drivers; number++) {
    const random = streams.of("driver", number, "shift");
    const shift = shiftOf(random);
    if (shift === undefined) continue;
    // Those who are there when it begins come one after the other, within the first minute.
    const fromMs = Math.max(shift.fromMs, period.warmUpFromMs + random() * 60_000);
    if (fromMs >= Math.min(shift.untilMs, period.untilMs)) continue;
    plans.push({
      index: plans.length,
      userId: personId("driver", plans.length),
      start: pointNear(pickWeighted(random, spots), { radiusM: START_RADIUS_M, random }),
      fromMs: Math.round(fromMs),
      untilMs: Math.round(shift.untilMs),
    });
  }
  return plans;
}
