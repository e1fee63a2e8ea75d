import type { Point } from "../../../shared/geo/mod.ts";
import type { Connection, Side } from "./rides.ts";

/** Somebody open at a point. */
export interface Placed extends Point {
  readonly trip_id: string;
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Opens trips at the points in three statements, as create_trip() would one by one. */
export async function placeCrowd(
  sql: Connection,
  points: readonly Point[],
  options: { readonly role?: Side; readonly vehicle_type?: string } = {},
): Promise<Placed[]> {
  const { role = "driver", vehicle_type = "moto" } = options;
  const placed = points.map(({ lat, lng }) => ({ lat, lng, trip_id: crypto.randomUUID() }));
  const users = placed.map(() => crypto.randomUUID());
  await sql`insert into mobility.profiles (user_id) select unnest(${users}::uuid[])`;
  await sql`
    insert into mobility.trips (id, user_id, role, vehicle_type, pickup_lat, pickup_lng, expires_at)
    select id, user_id, ${role}, ${vehicle_type}, lat, lng, now() + interval '1 hour'
    from unnest(${placed.map(({ trip_id }) => trip_id)}::uuid[], ${users}::uuid[],
      ${placed.map(({ lat }) => lat)}::float8[], ${placed.map(({ lng }) => lng)}::float8[])
      crowd (id, user_id, lat, lng)`;
  await sql`
    select mobility.enter_pool(t) from mobility.trips t
    where t.user_id = any (${users}::uuid[])`;
  return placed;
}

/** So many points scattered around a centre, denser in the middle, as far as `spread` degrees. */
export function scatter(
  centre: Point,
  { count, spread, random }: {
    readonly count: number;
    readonly spread: number;
    readonly random: () => number;
  },
): Point[] {
  return Array.from({ length: count }, () => ({
    lat: centre.lat + (random() + random() - 1) * spread,
    lng: centre.lng + (random() + random() - 1) * spread,
  }));
}
