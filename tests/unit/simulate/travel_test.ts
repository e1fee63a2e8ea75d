import assert from "node:assert/strict";
import type { DriverPlan } from "../../../scripts/simulate/city.ts";
import { Driver } from "../../../scripts/simulate/driver.ts";
import { fileText, SimulatedClock } from "../../../scripts/simulate/simulated-clock.ts";
import { mean } from "../../../scripts/simulate/statistics.ts";
import { Streams } from "../../../scripts/simulate/streams.ts";
import { travelS } from "../../../scripts/simulate/travel.ts";

const KIGALI = { vehicleType: "moto", utcOffsetMinutes: 120 };
const FROM = { lat: -1.94, lng: 30.06 };
const TO = { lat: -1.94, lng: 30.1 };
const DAY = Date.UTC(2026, 2, 1, 22);
const HOUR_MS = 3_600_000;

Deno.test("travelS() takes longest where everybody travels, and never the same time twice", () => {
  const random = new Streams(1).of("ways");
  const at = (hour: number): number[] =>
    Array.from(
      { length: 400 },
      () => travelS(KIGALI, { from: FROM, to: TO, atMs: DAY + hour * HOUR_MS, random }),
    );
  assert.ok(mean(at(17.5)) > mean(at(11.5)) * 1.15);
  assert.ok(mean(at(11.5)) > mean(at(2.5)) * 1.15);
  assert.equal(new Set(at(9)).size, 400);
});

Deno.test("Driver is where the way has led, and books time to what was done in the period that counts", () => {
  const period = { warmUpFromMs: 0, fromMs: 10_000, untilMs: 100_000 };
  const plan: DriverPlan = { index: 0, userId: "", start: FROM, fromMs: 0, untilMs: 1e9 };
  const driver = new Driver(plan, {
    streams: new Streams(1),
    period,
    willingness: 0.88,
  });
  driver.enter("idle", 0);
  assert.equal(driver.drive(20_000, { to: TO, seconds: 40 }), 60_000);
  driver.enter("to_pickup", 20_000);
  assert.ok(Math.abs(driver.at(40_000).lng - 30.08) < 1e-9);
  assert.deepEqual(driver.at(70_000), TO);
  driver.enter("riding", 60_000);
  driver.enter("offline", 130_000);
  assert.deepEqual(driver.seconds, {
    offline: 0,
    idle: 10,
    to_pickup: 40,
    at_pickup: 0,
    riding: 40,
  });
});

Deno.test("SimulatedClock tells this process its time, and goes back never", async () => {
  const clock = await SimulatedClock.create(DAY);
  try {
    {
      using _installed = clock.install();
      clock.advanceTo(DAY + 1234);
      assert.equal(Date.now(), DAY + 1234);
    }
    assert.ok(Math.abs(Date.now() - DAY) > 60_000);
    assert.throws(() => clock.advanceTo(DAY), /^RangeError: Cannot turn the clock back by 1234 ms/);
    assert.equal(await Deno.readTextFile(clock.file), fileText(DAY + 1234));
    assert.equal(fileText(DAY + 1234), "2026-03-01 22:00:01.234500\n");
  } finally {
    await clock.close();
  }
});
