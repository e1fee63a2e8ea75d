import { Redis } from "ioredis";
import type { Sql } from "postgres";
import type { Point } from "../../../shared/geo/mod.ts";
import { pgbench } from "../pgbench.ts";
import { batchScript } from "../moving-city.ts";
import { searchScript, type Way } from "../search-cases.ts";
import { respCommand } from "./resp.ts";
import type { RespLoad } from "./resp-load.ts";
import { serverCpu } from "./server-cpu.ts";

/** What everybody is asked for. */
export const SEARCH = { limit: 9, radiusM: 5_000 } as const;

/** A driver and where they are. */
export interface Place extends Point {
  readonly trip_id: string;
}

/** Something that finds the nearest drivers. */
export interface Contestant {
  readonly name: string;
  /** Searches a second of so many clients, for so many seconds. */
  search(load: { readonly clients: number; readonly seconds: number }): Promise<number>;
  /** Positions a second that it was given, at the rate asked for. */
  move(load: { readonly rate: number; readonly seconds: number }): Promise<number>;
  /** Processor seconds of its server so far. */
  cpu(): number;
  /** The nearest drivers, the nearest first. */
  nearest(at: Point): Promise<string[]>;
}

const BATCH = 500;

/** PostgreSQL, asked in one of the ways. */
export function postgresContestant(
  sql: Sql,
  { name, url, way, pid, drivers }: {
    readonly name: string;
    readonly url: string;
    readonly way: Way;
    readonly pid: number;
    readonly drivers: number;
  },
): Contestant {
  return {
    name,
    search: (load) => pgbench({ url, script: searchScript(way, "moto", SEARCH), ...load }),
    move: async ({ rate, seconds }) =>
      BATCH *
      await pgbench({
        url,
        script: batchScript(drivers),
        clients: 2,
        seconds,
        rate: rate / BATCH,
      }),
    cpu: () => serverCpu(pid),
    nearest: async ({ lat, lng }) => {
      const rows = way === "obvious"
        ? await sql<{ trip_id: string }[]>`
          select trip_id from bench.obvious
          where vehicle_type = 'moto' and available and extensions.st_dwithin(position,
            extensions.st_setsrid(extensions.st_makepoint(${lng}, ${lat}), 4326)::extensions.geography, ${SEARCH.radiusM})
          order by extensions.st_distance(position,
            extensions.st_setsrid(extensions.st_makepoint(${lng}, ${lat}), 4326)::extensions.geography)
          limit ${SEARCH.limit}`
        : await sql<{ trip_id: string }[]>`
          select n ->> 'trip_id' as trip_id
          from json_array_elements(mobility.nearest('driver', 'moto', ${lat}, ${lng}, ${SEARCH.limit})) n`;
      return rows.map(({ trip_id }) => trip_id);
    },
  };
}

/** A server that speaks Redis's protocol, and how it is told and asked. */
export interface RespContestant {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  readonly searchCommand: (at: Point) => (string | number)[];
  /** Commands that put some drivers where they are. */
  readonly moveCommands: (places: readonly Place[]) => (string | number)[][];
  /** The drivers in an answer to a search. */
  readonly found: (answer: unknown) => string[];
}

/** A contestant that speaks Redis's protocol, filled with the drivers. */
export async function respContestant(
  { name, port, pid, searchCommand, moveCommands, found }: RespContestant,
  { places, pickups }: { readonly places: readonly Place[]; readonly pickups: readonly Point[] },
): Promise<Contestant & AsyncDisposable> {
  const client = new Redis({ host: "127.0.0.1", port, maxRetriesPerRequest: 1 });
  const batches = Array.from(
    { length: Math.floor(places.length / BATCH) },
    (_, i) => places.slice(i * BATCH, (i + 1) * BATCH),
  );
  const put = async (batch: readonly Place[]): Promise<void> => {
    const pipeline = client.pipeline();
    for (const [command = "", ...words] of moveCommands(batch)) {
      pipeline.call(String(command), ...words);
    }
    const failed = (await pipeline.exec())?.find(([error]) => error !== null);
    if (failed?.[0]) throw failed[0];
  };
  for (let i = 0; i < places.length; i += BATCH) await put(places.slice(i, i + BATCH));
  const commands = pickups.map((at) => respCommand(searchCommand(at)));
  return {
    name,
    search: ({ clients, seconds }) => runLoad({ port, clients, seconds, commands }),
    move: async ({ rate, seconds }) => {
      const startedAt = performance.now();
      let moved = 0;
      for (let i = 0; performance.now() - startedAt < seconds * 1000; i++) {
        const due = startedAt + i * BATCH * 1000 / rate;
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
        const batch = batches[(i * 7919) % batches.length] ?? [];
        await put(batch.map(jittered));
        moved += batch.length;
      }
      return moved / seconds;
    },
    cpu: () => serverCpu(pid),
    nearest: async (at) => {
      const [command = "", ...words] = searchCommand(at);
      return found(await client.call(String(command), ...words));
    },
    [Symbol.asyncDispose]: async () => void await client.quit(),
  };
}

/** Some 100 m from where they were filled in, as the positions that PostgreSQL is given. */
function jittered(place: Place): Place {
  return {
    trip_id: place.trip_id,
    lat: place.lat + (Math.random() - 0.5) * 0.002,
    lng: place.lng + (Math.random() - 0.5) * 0.002,
  };
}

function runLoad(load: RespLoad): Promise<number> {
  const worker = new Worker(new URL("./resp-load.ts", import.meta.url), { type: "module" });
  return new Promise<number>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<unknown>): void => {
      typeof data === "number" ? resolve(data) : reject(new Error("The load gave no figure"));
    };
    worker.onerror = (event): void => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    worker.postMessage(load);
  }).finally(() => worker.terminate());
}
