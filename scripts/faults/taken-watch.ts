import type { Sql } from "postgres";
import { z } from "zod";
import type { Outcome } from "./caller.ts";

interface Found {
  readonly drivers: readonly { readonly trip_id: string }[];
  readonly cached: boolean;
}

/** Whom to tell what. */
export interface TakenWatchOptions {
  readonly sql: Sql;
  /** Counts what was looked at. */
  readonly onSearch: (kind: string) => void;
  readonly onViolation: (what: string) => void;
}

const bound = z.array(z.object({ driver_trip_id: z.guid(), id: z.guid() }));

/** Holds the answers of searches against the database: nobody may be in them whose ride was there before the question. */
export class TakenWatch {
  readonly #options: TakenWatchOptions;

  constructor(options: TakenWatchOptions) {
    this.#options = options;
  }

  /** Searches, and gives whom it found; nobody when it was refused. */
  async search(ask: () => Promise<Outcome<Found>>): Promise<Found["drivers"]> {
    const { onSearch, onViolation } = this.#options;
    const before = await this.#taken();
    const outcome = await ask();
    if (!outcome.ok) return [];
    const { drivers, cached } = outcome.value;
    onSearch(cached ? "searches answered by the cache" : "searches answered by the database");
    const suspects = drivers.filter(({ trip_id }) => before?.has(trip_id));
    const after = suspects.length === 0 ? undefined : await this.#taken();
    if (after === undefined) return drivers;
    for (const { trip_id } of suspects) {
      // A ride that fell through meanwhile makes its driver free.
      if (after.get(trip_id) === before?.get(trip_id)) {
        onViolation(`driver trip ${trip_id}, ${cached ? "by the cache" : "by the database"}`);
      }
    }
    return drivers;
  }

  /** The live rides by their driver's trip; undefined while the database does not answer. */
  async #taken(): Promise<ReadonlyMap<string, string> | undefined> {
    try {
      const rows = await this.#options.sql`
        select driver_trip_id, id from mobility.matches where live`;
      return new Map(bound.parse([...rows]).map((row) => [row.driver_trip_id, row.id]));
    } catch {
      return undefined;
    }
  }
}
