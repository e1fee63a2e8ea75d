import assert from "node:assert/strict";
import { z } from "zod";
import { match, trip } from "../../shared/rides/mod.ts";
import { type As, expectOk } from "./http.ts";
import type { World } from "./stack.ts";

/** A trip as the API shows it. */
export type Trip = z.infer<typeof trip>;
/** A match as the API shows it. */
export type Match = z.infer<typeof match>;

const tripAnswer = z.object({ trip });
const matchAnswer = z.object({ match });
let spots = 0;

/** A place of a test's own: no trip of another test is within the largest radius. */
export function newSpot(): { lat: number; lng: number } {
  spots++;
  // In the middle of one of the cells that share a cached search (0.0025 degrees).
  return {
    lat: 35.00125 + Math.floor(spots / 40) * 1.5,
    lng: 60.00125 + (spots % 40) * 2,
  };
}

/** A point a distance to the north of another, in metres. */
export function north(
  of: { lat: number; lng: number },
  metres: number,
): { lat: number; lng: number } {
  return { lat: of.lat + metres / 111_195, lng: of.lng };
}

/** What to open; a passenger or driver who has never been seen, unless `user` names one. */
export interface OpenTrip {
  readonly at: { lat: number; lng: number };
  readonly user?: string;
  readonly vehicle_type?: string;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** Opens a passenger's trip. */
export function openPassenger(world: World, options: OpenTrip): Promise<Trip> {
  return open(world, { ...options, role: "passenger" });
}

/** Opens a driver's trip. */
export function openDriver(world: World, options: OpenTrip): Promise<Trip> {
  return open(world, { ...options, role: "driver" });
}

async function open(world: World, options: OpenTrip & { role: string }): Promise<Trip> {
  const user = options.user ?? crypto.randomUUID();
  const answer = await world.http.post("orchestrator/trips", {
    as: { user },
    body: {
      user_id: user,
      role: options.role,
      vehicle_type: options.vehicle_type ?? "moto",
      pickup: options.at,
      ...options.more,
    },
  });
  assert.equal(answer.status, 201, answer.text);
  return expectOk(answer, tripAnswer).trip;
}

/** A passenger and a driver beside each other, both open. */
export async function openPair(world: World): Promise<{ passenger: Trip; driver: Trip }> {
  const at = newSpot();
  return {
    passenger: await openPassenger(world, { at, more: { dropoff: north(at, 3000) } }),
    driver: await openDriver(world, { at: north(at, 400) }),
  };
}

/** Proposes a match as the passenger, unless told otherwise. */
export async function propose(
  world: World,
  pair: { passenger: Trip; driver: Trip; as?: As; more?: Readonly<Record<string, unknown>> },
): Promise<Match> {
  const answer = await world.http.post("orchestrator/accept-match", {
    as: pair.as ?? { user: pair.passenger.user_id },
    body: {
      passenger_trip_id: pair.passenger.id,
      driver_trip_id: pair.driver.id,
      ...pair.more,
    },
  });
  assert.equal(answer.status, 201, answer.text);
  return expectOk(answer, matchAnswer).match;
}

/** One action on a match that must succeed. */
export async function act(
  world: World,
  options: { match: string; action: string; as: As; body?: unknown },
): Promise<Match> {
  const path = `orchestrator/matches/${options.match}/${options.action}`;
  const answer = await world.http.post(path, { as: options.as, body: options.body ?? {} });
  return expectOk(answer, matchAnswer).match;
}

/** A pair with a match that has come as far as `status`. */
export async function rideIn(
  world: World,
  status: "pending" | "accepted" | "driver_arrived" | "in_progress" | "completed",
): Promise<{ passenger: Trip; driver: Trip; match: Match; pin: string }> {
  const pair = await openPair(world);
  let made = await propose(world, pair);
  const pin = made.pin ?? "";
  const driver = { user: pair.driver.user_id };
  for (const action of ["accept", "arrive", "start", "complete"]) {
    if (made.status === status) break;
    const body = action === "start" ? { pin } : {};
    made = await act(world, { match: made.id, action, as: driver, body });
  }
  assert.equal(made.status, status);
  return { ...pair, match: made, pin };
}
