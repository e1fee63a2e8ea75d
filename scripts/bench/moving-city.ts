import type { Sql } from "postgres";

/** How many positions a batch has, as many as update-locations takes. */
export const BATCH = 500;
const VARIANTS = 10;

/**
 * Lets a city of `fillCity` move: `rides` of its drivers, scattered, are in rides that were accepted, and
 * bench.batches has ready what phones would send, each batch of 500 neighbours by number, in ten variants.
 */
export async function fillMovement(
  sql: Sql,
  { drivers, rides }: { readonly drivers: number; readonly rides: number },
): Promise<void> {
  await sql.unsafe(`
    create table bench.rides as
      select trip_id as driver_trip_id, user_id as driver_user_id, vehicle_type, lat, lng,
        gen_random_uuid() as passenger_trip_id, gen_random_uuid() as passenger_user_id
      from bench.drivers where i % ${Math.floor(drivers / rides)} = 1;
    insert into mobility.profiles (user_id) select passenger_user_id from bench.rides;
    insert into mobility.trips (id, user_id, role, vehicle_type, status, pickup_lat, pickup_lng, expires_at)
      select passenger_trip_id, passenger_user_id, 'passenger', vehicle_type, 'matched', lat, lng,
        now() + interval '1 day' from bench.rides;
    insert into mobility.matches (passenger_trip_id, driver_trip_id, passenger_user_id, driver_user_id, status,
        initiated_by, respond_by, accepted_at)
      select passenger_trip_id, driver_trip_id, passenger_user_id, driver_user_id, 'accepted', 'passenger', now(), now()
      from bench.rides;
    update mobility.trips set status = 'matched' where id in (select driver_trip_id from bench.rides);
    update mobility.live_positions l set available = false, findable_from = 'infinity'
      from bench.rides r where l.role = 'driver' and l.trip_id = r.driver_trip_id;

    create table bench.batches (batch integer, variant integer, points text, primary key (batch, variant));
    alter table bench.batches alter column points set storage external;
    insert into bench.batches
      select (d.i - 1) / ${BATCH}, v, jsonb_agg(jsonb_build_object('trip_id', d.trip_id,
        'lat', round((d.lat + (random() - 0.5) * 0.002)::numeric, 6),
        'lng', round((d.lng + (random() - 0.5) * 0.002)::numeric, 6),
        'accuracy_m', 8, 'heading', round((random() * 359)::numeric, 1),
        'speed_mps', round((random() * 14)::numeric, 1)))::text
      from bench.drivers d, generate_series(1, ${VARIANTS}) v
      where d.i <= ${drivers - drivers % BATCH} group by 1, 2;
  `);
  await sql`vacuum analyze`;
}

/** A script for pgbench: one batch of positions, parsed as what comes in by the API is. */
export function batchScript(drivers: number): string {
  return `\\set batch random(0, ${Math.floor(drivers / BATCH) - 1})
\\set variant random(1, ${VARIANTS})
select public.update_positions(null,
  (select points::jsonb from bench.batches where batch = :batch and variant = :variant));`;
}

/** How large the drivers' pools are, in MiB, and how much of them is dead. */
export interface PoolSizes {
  readonly heap: number;
  readonly indexes: number;
  readonly dead: number;
  readonly vacuums: number;
}

/** Measures the drivers' pools. */
export async function poolSizes(sql: Sql): Promise<PoolSizes> {
  const [row] = await sql<PoolSizes[]>`
    select sum(pg_table_size(c.oid))::float8 / 1048576 as heap,
      sum(pg_indexes_size(c.oid))::float8 / 1048576 as indexes,
      sum(pg_stat_get_dead_tuples(c.oid))::int as dead,
      sum(pg_stat_get_autovacuum_count(c.oid))::int as vacuums
    from pg_partition_tree('mobility.live_drivers') t
    join pg_class c on c.oid = t.relid where t.isleaf`;
  if (row === undefined) throw new Error("Cannot measure the pools: the statement gave no row");
  return row;
}
