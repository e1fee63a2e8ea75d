import assert from "node:assert/strict";
import type { DriverPlan } from "../../../scripts/simulate/city.ts";
import { Streams } from "../../../scripts/simulate/streams.ts";
import {
  driversAtOnce,
  driversByShift,
  type SupplyOptions,
} from "../../../scripts/simulate/supply.ts";

const HOUR_MS = 3_600_000;
const DAY = Date.UTC(2026, 2, 2);
const SPOTS = [{ lat: -1.94, lng: 30.06, weight: 1 }];

function optionsOf(fromHour: number, hours: number): SupplyOptions {
  const fromMs = DAY + fromHour * HOUR_MS;
  const period = { warmUpFromMs: fromMs, fromMs, untilMs: fromMs + hours * HOUR_MS };
  return { period, spots: SPOTS, streams: new Streams(1) };
}

function onlineAt(plans: readonly DriverPlan[], hour: number): number {
  const atMs = DAY + hour * HOUR_MS;
  return plans.filter(({ fromMs, untilMs }) => fromMs <= atMs && untilMs > atMs).length;
}

Deno.test("driversByShift() has most drivers by day, and some at night who began the day before", () => {
  const all = { drivers: 2000, dayMs: DAY };
  const at = (hour: number): number =>
    onlineAt(driversByShift(all, optionsOf(hour - 0.5, 1)), hour);
  assert.ok(at(9) > 1000 && at(9) < 1800, `at nine ${at(9)}`);
  assert.ok(at(3.5) < at(9) / 5, `at half past three ${at(3.5)}`);
  assert.ok(at(1) > 0);
  const plans = driversByShift(all, optionsOf(9, 1));
  assert.deepEqual(plans.map(({ index }) => index), plans.map((_, index) => index));
});

Deno.test("driversAtOnce() has about as many at any time", () => {
  const plans = driversAtOnce(200, optionsOf(6, 8));
  for (const hour of [6.5, 9, 11, 13.5]) {
    assert.ok(Math.abs(onlineAt(plans, hour) - 200) < 45, `${onlineAt(plans, hour)} at ${hour}`);
  }
  assert.ok(plans.every(({ fromMs, untilMs }) => fromMs < untilMs));
});
