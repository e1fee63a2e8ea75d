import type { Sql } from "postgres";
import { z } from "zod";

const offerRow = z.object({
  id: z.guid(),
  passenger_trip_id: z.guid(),
  driver_user_id: z.guid(),
  distance_m: z.number(),
  eta_s: z.number(),
  at_ms: z.coerce.number(),
});
const exhaustedRow = z.object({ passenger_trip_id: z.guid(), at_ms: z.coerce.number() });

/** An offer as it was made. */
export type NewOffer = z.infer<typeof offerRow>;

/**
 * What the system pushes to phones, read from where it comes from: new offers, and searches that came to
 * nothing. Each is told once.
 */
export class OfferWatch {
  readonly #sql: Sql;
  readonly #seen = new Set<string>();
  #exhaustedSinceMs = 0;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** The offers that are open and were not told yet, in the order in which they were made. */
  async offers(): Promise<NewOffer[]> {
    const rows = z.array(offerRow).parse([
      ...await this.#sql`
        select id, passenger_trip_id, driver_user_id, distance_m, eta_s,
          extract(epoch from created_at) * 1000 as at_ms
        from mobility.offers where status = 'offered' order by created_at, id`,
    ]);
    const fresh = rows.filter(({ id }) => !this.#seen.has(id));
    this.#seen.clear();
    for (const { id } of rows) this.#seen.add(id);
    return fresh;
  }

  /** The trips whose search ended with nobody since the last look. */
  async exhausted(): Promise<string[]> {
    const rows = z.array(exhaustedRow).parse([
      ...await this.#sql`
        select passenger_trip_id, extract(epoch from ended_at) * 1000 as at_ms
        from mobility.dispatches
        where ended_at > to_timestamp(${this.#exhaustedSinceMs}::float8 / 1000) + interval '1 microsecond'
          and status = 'exhausted'
        order by ended_at, passenger_trip_id`,
    ]);
    for (const { at_ms } of rows) {
      this.#exhaustedSinceMs = Math.max(this.#exhaustedSinceMs, at_ms);
    }
    return rows.map((row) => row.passenger_trip_id);
  }
}
