import type { City } from "./city.ts";
import { Fleet } from "./fleet.ts";
import { createRandom } from "../city/random.ts";
import { playRide, type RideOutcome } from "./ride.ts";
import { RideCalls } from "./ride-calls.ts";
import type { ServiceClient } from "../city/service-client.ts";

/** How to replay a city. */
export interface ReplayOptions {
  readonly client: ServiceClient;
  /** Passengers at a time. */
  readonly concurrency: number;
  readonly seed: number;
  /** Simulated seconds in a second. */
  readonly speed: number;
  /** Stops the replay; rides that are under way are cancelled. */
  readonly signal: AbortSignal;
  /** Called as drivers come online and as rides end. */
  readonly onProgress: (progress: Progress) => void;
}

/** How far the replay is. */
export interface Progress {
  readonly what: "drivers online" | "rides";
  readonly done: number;
  readonly of: number;
  /** The time of the newest request. */
  readonly at?: string;
}

/** What a replay came to. `failure` is the first answer that a correct system does not give. */
export interface Replay {
  readonly outcomes: readonly RideOutcome[];
  readonly driversOnline: number;
  readonly failure: unknown;
}

/** Puts the drivers online, then plays every request in order, so many at a time. */
export async function replay(city: City, options: ReplayOptions): Promise<Replay> {
  const { client, concurrency, seed, speed, onProgress } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const fleet = new Fleet(client);
  const outcomes: RideOutcome[] = [];
  let failure: unknown;
  // The first failure ends the replay: the others wind their rides up.
  const guard = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      failure ??= error;
      stop.abort();
    }
  };
  const inTurn = async <T>(
    items: readonly T[],
    work: (item: T) => Promise<void>,
  ): Promise<void> => {
    const queue = items.values();
    await Promise.all(Array.from({ length: concurrency }, () =>
      guard((async () => {
        for (const item of queue) {
          if (signal.aborted) return;
          await work(item);
        }
      })())));
  };

  let started = 0;
  await inTurn(city.drivers, async (driver) => {
    await fleet.start(driver);
    onProgress({ what: "drivers online", done: ++started, of: city.drivers.length });
  });

  const ended = new AbortController();
  const positions = guard(fleet.sendPositions(AbortSignal.any([signal, ended.signal])));
  const calls = new RideCalls(client);
  let at = "";
  await inTurn(city.requests, async (request) => {
    const random = createRandom(seed, request.index + 1);
    at = request.askedAt;
    outcomes.push(await playRide(request, { calls, fleet, speed, signal, random }));
    const { length } = city.requests;
    onProgress({ what: "rides", done: outcomes.length, of: length, at });
  });
  ended.abort();
  await positions;
  return { outcomes, driversOnline: fleet.size, failure };
}
