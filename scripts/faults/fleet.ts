import { z } from "zod";
import type { Point } from "../../shared/geo/mod.ts";
import { type Caller, pause } from "./caller.ts";

/** A driver with an app. */
export interface Driver {
  readonly userId: string;
  position: Point;
  tripId: string;
}

export const tripAnswer = z.object({ trip: z.object({ id: z.guid(), status: z.string() }) });
const FLUSH_EVERY_MS = 2_000;
const VEHICLE = "moto";

/** Drivers who are online, and the stream of their positions. */
export class Fleet {
  readonly #caller: Caller;
  readonly #byTrip = new Map<string, Driver>();

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  get size(): number {
    return this.#byTrip.size;
  }

  driverOf(tripId: string): Driver | undefined {
    return this.#byTrip.get(tripId);
  }

  /** Puts a driver online where they are, or sees that they are it still. */
  async goOnline(driver: Driver): Promise<void> {
    const outcome = await this.#caller.ask({
      step: "go online",
      method: "POST",
      path: "/orchestrator/trips",
      body: {
        user_id: driver.userId,
        role: "driver",
        vehicle_type: VEHICLE,
        pickup: driver.position,
        expires_in_s: 7_200,
      },
      answer: tripAnswer,
    });
    // Somebody has asked them already: they are online.
    if (!outcome.ok) return;
    this.#byTrip.delete(driver.tripId);
    driver.tripId = outcome.value.trip.id;
    this.#byTrip.set(driver.tripId, driver);
  }

  /** Sends where everybody is until the signal is aborted. */
  async sendPositions(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(FLUSH_EVERY_MS, signal);
      const drivers = [...this.#byTrip.values()];
      if (signal.aborted || drivers.length === 0) continue;
      await this.#caller.ask({
        step: "positions",
        method: "POST",
        path: "/tracking/update-locations",
        body: {
          locations: drivers.map(({ tripId, position }) => ({
            trip_id: tripId,
            ...position,
            by_hand: true,
          })),
        },
        answer: z.object({ results: z.array(z.unknown()) }),
      });
    }
  }
}
