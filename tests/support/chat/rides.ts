import assert from "node:assert/strict";
import { z } from "zod";
import { newSpot, north } from "../stack-people.ts";
import type { ChatWorld } from "./chat-suite.ts";
import type { Phone } from "./phone.ts";
import type { Received } from "./received.ts";

/** A place. */
export interface Spot {
  readonly lat: number;
  readonly lng: number;
}

/** How somebody comes online, or asks for a ride. */
export interface Wish {
  readonly at: Spot;
  readonly vehicle?: string;
  /** What is written first. */
  readonly greeting?: string;
}

/** A stranger goes online. Gives what they are told at the end. */
export async function goOnline(
  driver: Phone,
  { at, vehicle = "moto", greeting = "Hello", plate = "RAD 123 B" }: Wish & { plate?: string },
): Promise<Received> {
  await driver.write(greeting);
  await driver.receive("welcome");
  await driver.tap("menu:drive");
  await driver.receive("choose_vehicle");
  await driver.tap(`veh:driver:${vehicle}`);
  await driver.receive("ask_plate");
  await driver.write(plate);
  await driver.receive("ask_pickup");
  await driver.pin(at);
  return await driver.receive("online");
}

/** A stranger asks for a ride; what comes of the search is for the test to read. */
export async function askForRide(
  passenger: Phone,
  { at, vehicle = "moto", greeting = "Hello", to }: Wish & { to?: Spot },
): Promise<void> {
  await passenger.write(greeting);
  await passenger.receive("welcome");
  await passenger.tap("menu:ride");
  await passenger.receive("choose_vehicle");
  await passenger.tap(`veh:passenger:${vehicle}`);
  await passenger.receive("ask_pickup");
  await passenger.pin(at);
  await passenger.receive("ask_dropoff");
  await (to === undefined ? passenger.tap("drop:skip") : passenger.pin(to));
}

/** A passenger and a driver, strangers to everybody, a street apart. */
export interface Pair {
  readonly at: Spot;
  readonly passenger: Phone;
  readonly driver: Phone;
}

/** How far a ride has come. */
export type RideState = "found" | "asked" | "accepted" | "arrived" | "riding" | "completed";

/** Two people come as far as told, by what they do on their phones; everything said so far is read. */
export async function rideInChat(
  world: ChatWorld,
  until: RideState,
  people: Partial<Pair> = {},
): Promise<Pair & { pin: string; matchId: string }> {
  const { at = newSpot(), passenger = world.phone(), driver = world.phone() } = people;
  const ride = { at, passenger, driver, pin: "", matchId: "" };
  await goOnline(driver, { at: north(at, 400) });
  await askForRide(passenger, { at, to: north(at, 3000) });
  await passenger.receive("drivers_found");
  if (until === "found") return ride;
  await passenger.tap("pick:");
  await passenger.receive("asking_driver");
  ride.matchId = matchIdOf(await driver.receive("proposal"));
  if (until === "asked") return ride;
  await driver.tap("match_yes:");
  await driver.receive("ride_won");
  ride.pin = pinOf(await passenger.receive("ride_accepted"));
  if (until === "accepted") return ride;
  await driver.tap("arrive:");
  await driver.receive("ask_pin");
  await passenger.receive("driver_arrived");
  if (until === "arrived") return ride;
  await driver.write(ride.pin);
  await driver.receive("ride_running");
  await passenger.receive("ride_started");
  if (until === "riding") return ride;
  await driver.tap("complete:");
  await driver.receive("ride_done");
  await passenger.receive("receipt");
  return ride;
}

/** The PIN that a message tells, in so many words. */
export function pinOf({ params, text }: Received): string {
  const pin = z.string().regex(/^\d{4}$/).parse(params["pin"]);
  assert.ok(text.includes(pin), "the PIN is in the text");
  return pin;
}

/** The match that a message is about. */
export function matchIdOf({ params }: Received): string {
  return z.guid().parse(params["match_id"]);
}

/** A PIN that it is not. */
export function wrongPin(pin: string): string {
  return String((Number(pin) + 1) % 10_000).padStart(4, "0");
}
