import { z } from "zod";
import type { Point } from "../geo/mod.ts";
import { greatCircle } from "./great-circle.ts";
import type { TravelTimes, Ways } from "./travel-times.ts";

/** How many places one request may name. */
const MAX_PLACES = 50;

/** Seconds from each source to each destination; null where no way was found. */
const table = z.object({
  code: z.literal("Ok"),
  durations: z.array(z.array(z.number().min(0).nullable())),
});

/** A server of OSRM's HTTP API, by its address without a slash at the end. */
export interface OsrmServer {
  readonly url: string;
  readonly deadlineMs: number;
  readonly fetch?: typeof fetch;
}

/**
 * Asks an OSRM server for the times of a car on the road, as they are. Where it knows no way, the great
 * circle's are taken. Its `seconds` throws when the server fails, refuses, or is not in time.
 */
export function osrm(server: OsrmServer): TravelTimes {
  return {
    async seconds(ways): Promise<number[]> {
      if (ways.others.length === 0) return [];
      // One deadline for all requests of a search.
      const signal = AbortSignal.timeout(server.deadlineMs);
      const parts: Promise<(number | null)[]>[] = [];
      for (let from = 0; from < ways.others.length; from += MAX_PLACES - 1) {
        const others = ways.others.slice(from, from + MAX_PLACES - 1);
        parts.push(askTable({ ...ways, others }, { server, signal }));
      }
      const known = (await Promise.all(parts)).flat();
      const plain = await greatCircle.seconds(ways);
      return plain.map((seconds, i) => Math.round(known[i] ?? seconds));
    },
  };
}

async function askTable(
  { one, others, direction }: Ways,
  { server, signal }: { server: OsrmServer; signal: AbortSignal },
): Promise<(number | null)[]> {
  const places = [one, ...others].map(coordinates).join(";");
  const indexes = others.map((_, i) => i + 1).join(";");
  const [sources, destinations] = direction === "to_one" ? [indexes, "0"] : ["0", indexes];
  const response = await (server.fetch ?? fetch)(
    `${server.url}/table/v1/driving/${places}?sources=${sources}&destinations=${destinations}&annotations=duration`,
    { signal },
  );
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`The OSRM server answered ${response.status}`);
  }
  const { durations } = table.parse(await response.json());
  const times = durations.flat();
  if (times.length !== others.length) throw new Error("The OSRM server's table has another size");
  return times;
}

/** Longitude first; a tenth of a metre is enough. */
function coordinates({ lat, lng }: Point): string {
  return `${lng.toFixed(6)},${lat.toFixed(6)}`;
}
