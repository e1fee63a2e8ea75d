import { z } from "zod";
import { type Answer, type As, expectOk } from "./http.ts";
import type { World } from "./stack.ts";

const driver = z.object({
  trip_id: z.string(),
  user_id: z.string(),
  vehicle_type: z.string(),
  distance_m: z.number(),
  eta_s: z.number(),
  score: z.number(),
  rank: z.number(),
  score_parts: z.record(z.string(), z.number()),
  rating: z.number().nullable(),
  total_trips: z.number(),
  position_age_s: z.number(),
});

const answer = z.object({
  drivers: z.array(driver),
  count: z.number(),
  strategy: z.string(),
  cached: z.boolean(),
});

/** What find-drivers found. */
export type Search = z.infer<typeof answer>;

/** find-drivers for a passenger's trip. */
export async function findDrivers(
  { http }: Pick<World, "http">,
  search: { trip: string; as?: As; more?: Readonly<Record<string, unknown>> },
): Promise<Search> {
  return expectOk(
    await http.post("orchestrator/find-drivers", {
      as: search.as ?? "service",
      body: { passenger_trip_id: search.trip, ...search.more },
    }),
    answer,
  );
}

/** The trips that a search found, in its order. */
export function tripsOf(search: Search): string[] {
  return search.drivers.map(({ trip_id }) => trip_id);
}

/** Repeats until the answer is as wanted: what is stored after a response takes a moment. Gives up after 5 s. */
export async function until<T>(
  again: () => Promise<T>,
  wanted: (value: T) => boolean,
  { ms = 5000 }: { ms?: number } = {},
): Promise<T> {
  const deadline = performance.now() + ms;
  while (true) {
    const value = await again();
    if (wanted(value)) return value;
    if (performance.now() > deadline) {
      throw new Error(`Not as wanted after ${ms} ms: ${JSON.stringify(value)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 75));
  }
}

/** One answer of find-drivers, unparsed, for what is no success. */
export function tryFindDrivers(
  { http }: Pick<World, "http">,
  search: { trip: string; as?: As },
): Promise<Answer> {
  return http.post("orchestrator/find-drivers", {
    as: search.as ?? "service",
    body: { passenger_trip_id: search.trip },
  });
}
