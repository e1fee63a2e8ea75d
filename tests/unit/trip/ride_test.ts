import assert from "node:assert/strict";
import { distanceM } from "../../../web/trip/geography.js";
import { LOST_AFTER_S, Ride } from "../../../web/trip/ride.js";

type Opened = ConstructorParameters<typeof Ride>[0];

/** The server's clock is ten minutes ahead of the phone's. */
const NOW = Date.parse("2026-11-23T10:00:00Z");
const SERVER_NOW = NOW + 600_000;
const PICKUP = { lat: -1.9441, lng: 30.0619 };
const DRIVER = { lat: -1.9621, lng: 30.0619 };

Deno.test("Ride tells the age of the driver's point by the server's clock", () => {
  const ride = new Ride(opened({ ageS: 12 }), NOW);
  assert.equal(ride.ageS(NOW), 12);
  assert.equal(ride.ageS(NOW + 5_000), 17);
  assert.equal(ride.serverTime(NOW), SERVER_NOW);
});

Deno.test("Ride holds the signal for lost after a minute without a point, and never after the ride", () => {
  const ride = new Ride(opened({ ageS: 0 }), NOW);
  assert.equal(ride.isLost(NOW + LOST_AFTER_S * 1000), false);
  assert.equal(ride.isLost(NOW + (LOST_AFTER_S + 1) * 1000), true);
  ride.move({ ...DRIVER, recorded_at: iso(61) });
  assert.equal(ride.isLost(NOW + (LOST_AFTER_S + 1) * 1000), false);
  ride.changeTo("completed");
  assert.equal(ride.isLost(NOW + 3_600_000), false);
  assert.equal(new Ride(opened({ position: null }), NOW).isLost(NOW), true);
});

Deno.test("Ride counts the ETA down between points, but not for a driver who is not heard of", () => {
  const ride = new Ride(opened({ ageS: 0 }), NOW);
  assert.equal(ride.wayLeft(NOW)?.seconds, 300);
  assert.equal(ride.wayLeft(NOW + 45_000)?.seconds, 255);
  assert.equal(ride.wayLeft(NOW + 3_600_000)?.seconds, 300 - LOST_AFTER_S);
  const near = new Ride(opened({ ageS: 0, eta_s: 20 }), NOW);
  assert.equal(near.wayLeft(NOW + 59_000)?.seconds, 0);
});

Deno.test("Ride scales what the server said of the way to where the driver is now", () => {
  const ride = new Ride(opened({ ageS: 0 }), NOW);
  const half = { lat: (DRIVER.lat + PICKUP.lat) / 2, lng: PICKUP.lng };
  ride.move({ ...half, recorded_at: iso(20) });
  const way = ride.wayLeft(NOW + 20_000);
  assert.ok(way !== null);
  assert.ok(Math.abs(way.seconds - 150) < 1, String(way.seconds));
  assert.ok(Math.abs(way.metres - 1300) < 5, String(way.metres));
  assert.deepEqual([way.to, way.direction], ["pickup", "n"]);
});

Deno.test("Ride does not go back to an older point, be it pushed or asked for", () => {
  const ride = new Ride(opened({ ageS: 0 }), NOW);
  const newer = { lat: -1.95, lng: 30.06, recorded_at: iso(10) };
  ride.move(newer);
  ride.move({ ...DRIVER, recorded_at: iso(5) });
  assert.deepEqual(ride.position, newer);
  ride.update(opened({ ageS: 0 }), NOW + 11_000);
  assert.deepEqual(ride.position, newer);
});

Deno.test("Ride shows a driver the own position at once, and its age as the others see it", () => {
  const ride = new Ride(opened({ ageS: 30 }), NOW);
  const own = { lat: -1.95, lng: 30.06, recorded_at: iso(0) };
  ride.show(own);
  assert.deepEqual([ride.position, ride.ageS(NOW)], [own, 30]);
  ride.move(own);
  assert.equal(ride.ageS(NOW), 0);
});

Deno.test("Ride heads for the pickup, then for the destination, and for nothing in between", () => {
  const ride = new Ride(opened({ ageS: 0 }), NOW);
  assert.equal(ride.target?.to, "pickup");
  ride.changeTo("driver_arrived");
  assert.deepEqual([ride.target, ride.wayLeft(NOW)], [null, null]);
  ride.changeTo("in_progress");
  assert.equal(ride.target?.to, "dropoff");
  // What was said of the way to the pickup says nothing of this one.
  assert.equal(ride.wayLeft(NOW), null);
  const open = new Ride(opened({ ageS: 0, dropoff: null, status: "in_progress" }), NOW);
  assert.deepEqual([open.target, open.isOver], [null, false]);
  for (const status of ["completed", "declined", "expired", "cancelled_driver"]) {
    ride.changeTo(status);
    assert.equal(ride.isOver, true, status);
  }
});

interface Given {
  readonly ageS?: number;
  readonly eta_s?: number;
  readonly status?: string;
  readonly dropoff?: null;
  readonly position?: null;
}

function opened({ ageS = 0, eta_s = 300, status = "accepted", dropoff, position }: Given): Opened {
  const air = distanceM(DRIVER, PICKUP);
  return {
    link: { viewer: "passenger", locale: "en", expires_at: iso(3600) },
    match: {
      id: "0",
      status,
      vehicle_type: "moto",
      pickup: PICKUP,
      dropoff: dropoff === null ? null : { lat: -1.93, lng: 30.13 },
    },
    driver: null,
    passenger_name: null,
    driver_position: position === null ? null : { ...DRIVER, position_at: iso(-ageS) },
    heading_for: "pickup",
    remaining_m: air * 1.3,
    eta_s,
    realtime: null,
    now: iso(0),
  };
}

/** A moment by the server's clock, so many seconds after the beginning. */
function iso(seconds: number): string {
  return new Date(SERVER_NOW + seconds * 1000).toISOString();
}
