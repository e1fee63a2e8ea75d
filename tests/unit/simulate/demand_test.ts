import assert from "node:assert/strict";
import type { HotSpot, Period } from "../../../scripts/simulate/city.ts";
import {
  commuteDirection,
  drawWay,
  KIGALI,
  kigaliRate,
  kigaliWishes,
} from "../../../scripts/simulate/kigali-demand.ts";
import {
  pickupSpots,
  pickupWishes,
  timedPickups,
} from "../../../scripts/simulate/pickups-demand.ts";
import { Streams } from "../../../scripts/simulate/streams.ts";
import { distanceM } from "../../../shared/geo/mod.ts";

const HOUR_MS = 3_600_000;
const MIDNIGHT = Date.UTC(2026, 2, 1, 22);
const DOWNTOWN = { name: "Downtown", lat: -1.9441, lng: 30.0589, weight: 5 };
const OUTSKIRTS = [
  { name: "Batsinda", lat: -1.9068, lng: 30.0803, weight: 5 },
  { name: "Gahanga", lat: -2.025, lng: 30.1, weight: 5 },
];
const SPOTS: readonly HotSpot[] = [DOWNTOWN, ...OUTSKIRTS];

function periodOf(fromHour: number, hours: number): Period {
  const fromMs = MIDNIGHT + fromHour * HOUR_MS;
  return { warmUpFromMs: fromMs, fromMs, untilMs: fromMs + hours * HOUR_MS };
}

Deno.test("kigaliRate() adds up to the day's rides, and is highest when people go home", () => {
  const steps = 24 * 60;
  let day = 0;
  for (let step = 0; step < steps; step++) day += kigaliRate(24 * step / steps, 350_000) / 60;
  assert.ok(Math.abs(day - 350_000) < 1000, String(day));
  assert.ok(kigaliRate(18.5, 1) > kigaliRate(7.5, 1));
  assert.ok(kigaliRate(7.5, 1) > 10 * kigaliRate(3, 1));
  assert.equal(kigaliRate(0, 1), kigaliRate(24, 1));
});

Deno.test("kigaliWishes() asks as often as the hour says, and the same for the same seed", () => {
  const period = periodOf(7, 3);
  const draw = (seed: number, scale: number) =>
    kigaliWishes(SPOTS, { scale, period, streams: new Streams(seed) });
  const wishes = draw(1, 0.02);
  let expected = 0;
  for (let minute = 0; minute < 180; minute++) {
    expected += kigaliRate(7 + minute / 60, KIGALI.ridesADay * 0.02) / 60;
  }
  // Four standard deviations of a Poisson count.
  assert.ok(Math.abs(wishes.length - expected) < 4 * Math.sqrt(expected), `${wishes.length}`);
  assert.deepEqual(draw(1, 0.02), wishes);
  assert.notDeepEqual(draw(2, 0.02), wishes);
  assert.ok(wishes.every(({ atMs }, i) => i === 0 || atMs >= (wishes[i - 1]?.atMs ?? 0)));
  assert.ok(wishes.every(({ atMs }) => atMs >= period.warmUpFromMs && atMs < period.untilMs));
  assert.ok(Math.abs(draw(1, 0.04).length / wishes.length - 2) < 0.2);
});

Deno.test("drawWay() leads to the centres in the morning and out of them in the evening", () => {
  const random = new Streams(1).of("ways");
  const towards = (hour: number): number =>
    Array.from({ length: 600 }, () => drawWay(SPOTS, { hour, random }))
      .filter(({ dropoff }) => distanceM(dropoff, DOWNTOWN) < 500).length / 600;
  assert.ok(commuteDirection(7.5) > 0.9 && commuteDirection(18) < -0.9);
  assert.ok(towards(7.5) > towards(12.75) + 0.1);
  assert.ok(towards(12.75) > towards(18) + 0.1);
});

Deno.test("drawWay() never goes where it starts", () => {
  const random = new Streams(1).of("ways");
  for (let i = 0; i < 200; i++) {
    const { pickup, dropoff } = drawWay(SPOTS, { hour: 12, random });
    assert.ok(distanceM(pickup, dropoff) > 1000);
  }
});

const RECORDED = Array.from({ length: 300 }, (_, index) => ({
  at: `9/${1 + Math.floor(index / 100)}/2014 ${10 + Math.floor((index % 100) / 25)}:${
    String(index % 60).padStart(2, "0")
  }:00`,
  lat: 40.7 + (index % 17) / 300,
  lng: -74 + (index % 13) / 300,
}));

Deno.test("pickupWishes() plays a file's day at its own pace, thinned or multiplied by the scale", () => {
  const pickups = timedPickups(RECORDED);
  const fromMs = Date.UTC(2014, 8, 2);
  const period = { warmUpFromMs: fromMs, fromMs, untilMs: fromMs + 24 * HOUR_MS };
  const draw = (scale: number) => pickupWishes(pickups, { scale, period, streams: new Streams(1) });
  assert.equal(draw(1).length, 100);
  assert.ok(
    draw(1).every(({ atMs, pickup }, index) => {
      const same = pickups.filter(({ lat, lng }) => lat === pickup.lat && lng === pickup.lng);
      return index === draw(1)[index]?.index &&
        same.some((recorded) => atMs >= recorded.atMs && atMs < recorded.atMs + 60_000);
    }),
  );
  assert.ok(Math.abs(draw(0.5).length - 50) < 20);
  assert.ok(Math.abs(draw(3).length - 300) < 20);
  assert.ok(draw(1).every(({ pickup, dropoff }) => distanceM(pickup, dropoff) >= 800));
});

Deno.test("timedPickups() reads American and ISO times, and refuses others by name", () => {
  const at = (text: string) => timedPickups([{ at: text, lat: 1, lng: 1 }])[0]?.atMs;
  assert.equal(at("9/1/2014 0:01"), Date.UTC(2014, 8, 1, 0, 1));
  assert.equal(at("2014-09-01 00:01:30"), Date.UTC(2014, 8, 1, 0, 1, 30));
  assert.throws(() => at("yesterday"), /the time "yesterday" is neither like/);
});

Deno.test("pickupSpots() are some of the pickups, no more than there are", () => {
  assert.equal(pickupSpots(timedPickups(RECORDED)).length, 300);
  assert.ok(pickupSpots(timedPickups([...RECORDED, ...RECORDED])).length <= 400);
});
