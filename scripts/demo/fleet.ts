import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import type { Point } from "../../shared/geo/mod.ts";
import type { DriverStart } from "./city.ts";
import { type ServiceClient, UnexpectedAnswerError } from "../city/service-client.ts";

/** A driver who is online. */
export interface Driver {
  readonly userId: string;
  readonly vehicleType: string;
  tripId: string;
  position: Point;
}

const openedSchema = z.object({ trip: z.object({ id: z.guid() }) });
const resultsSchema = z.object({
  results: z.array(
    z.object({ trip_id: z.guid(), accepted: z.boolean(), code: z.string().optional() }),
  ),
});

const FLUSH_EVERY_MS = 500;
/** Drivers who stand still report as well: a position that is half an hour old is not offered. */
const IDLE_PER_FLUSH = 10;
const ONLINE_FOR_S = 2 * 3600;
/** In a replay that runs faster than life, nobody's way is plausible. */
const KNOWN = { by_hand: true };
/** A point may come after its trip ended, or after a newer one: neither is anybody's fault. */
const LATE_CODES = ["OUT_OF_DATE", "TRIP_COMPLETED", "TRIP_CANCELLED"];

/** All drivers of the replay: who is online, where, and the stream of their positions. */
export class Fleet {
  readonly #client: ServiceClient;
  readonly #byUser = new Map<string, Driver>();
  readonly #moved = new Set<Driver>();
  #nextIdle = 0;

  constructor(client: ServiceClient) {
    this.#client = client;
  }

  get size(): number {
    return this.#byUser.size;
  }

  /** The driver of this replay who has that user id; others may be online in the same city. */
  driverOf(userId: string): Driver | undefined {
    return this.#byUser.get(userId);
  }

  /** Puts a driver online. False when a ride that somebody left unfinished still binds them. */
  async start({ userId, vehicleType, position }: DriverStart): Promise<boolean> {
    const driver: Driver = { userId, vehicleType, position, tripId: "" };
    const opened = await this.#open(driver, ["ALREADY_IN_RIDE"]);
    if (opened) this.#byUser.set(userId, driver);
    return opened;
  }

  /** Puts a driver whose trip was completed online again, where they are. */
  async goOnline(driver: Driver): Promise<void> {
    await this.#open(driver, []);
  }

  /** Remembers where a driver is; the next batch tells the service. */
  move(driver: Driver, position: Point): void {
    driver.position = position;
    this.#moved.add(driver);
  }

  /** Tells the service at once. */
  async arriveAt(driver: Driver, position: Point): Promise<void> {
    driver.position = position;
    await this.#client.call({
      step: "update location",
      method: "POST",
      path: "/tracking/update-location",
      body: { trip_id: driver.tripId, ...position, ...KNOWN },
      answer: z.object({ accepted: z.boolean() }),
    });
  }

  /** Sends batches of positions until the signal is aborted. @throws {UnexpectedAnswerError} */
  async sendPositions(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await setTimeout(FLUSH_EVERY_MS);
      if (!signal.aborted) await this.#flush();
    }
  }

  async #flush(): Promise<void> {
    const drivers = [...this.#byUser.values()];
    for (let count = 0; count < Math.min(IDLE_PER_FLUSH, drivers.length); count++) {
      const idle = drivers[this.#nextIdle++ % drivers.length];
      if (idle !== undefined) this.#moved.add(idle);
    }
    const moved = [...this.#moved].slice(0, 500);
    for (const driver of moved) this.#moved.delete(driver);
    if (moved.length === 0) return;
    const { results } = await this.#client.call({
      step: "update locations (batch)",
      method: "POST",
      path: "/tracking/update-locations",
      body: {
        locations: moved.map(({ tripId, position }) => ({
          trip_id: tripId,
          ...position,
          ...KNOWN,
        })),
      },
      answer: resultsSchema,
    });
    const refused = results.find(({ code }) => code !== undefined && !LATE_CODES.includes(code));
    if (refused !== undefined) {
      throw new UnexpectedAnswerError(
        `POST /tracking/update-locations refused the position of trip ${refused.trip_id}: ${refused.code}`,
      );
    }
  }

  async #open(driver: Driver, expectedCodes: readonly string[]): Promise<boolean> {
    const attempt = await this.#client.attempt({
      step: "go online",
      method: "POST",
      path: "/orchestrator/trips",
      body: {
        user_id: driver.userId,
        role: "driver",
        vehicle_type: driver.vehicleType,
        pickup: driver.position,
        expires_in_s: ONLINE_FOR_S,
      },
      answer: openedSchema,
    }, expectedCodes);
    if (attempt.ok) driver.tripId = attempt.value.trip.id;
    return attempt.ok;
  }
}
