import type { Sql } from "postgres";

/** How many searches start from how many different pickups. */
export const SEARCHES = 1000;

/**
 * Fills a migrated database with a dense city: `drivers` open driver trips within 11 km, four fifths of
 * them motos and one in 200 a truck, each with a record; and the passenger trips that search, a moto's
 * with the ids …0001 to …1000 and a truck's with …1001 to …2000.
 */
export async function fillCity(sql: Sql, drivers: number): Promise<void> {
  await sql.unsafe(`
    create schema bench;
    create table bench.drivers as
      select i, gen_random_uuid() as trip_id, gen_random_uuid() as user_id,
        case when i % 200 = 0 then 'truck' when i % 5 = 0 then 'cab' else 'moto' end as vehicle_type,
        -1.95 + (random() + random() - 1) * 0.1 as lat, 30.06 + (random() + random() - 1) * 0.1 as lng
      from generate_series(1, ${drivers}) i;
    alter table bench.drivers add primary key (i);
    insert into mobility.profiles (user_id) select user_id from bench.drivers;
    insert into mobility.trips (id, user_id, role, vehicle_type, pickup_lat, pickup_lng, expires_at)
      select trip_id, user_id, 'driver', vehicle_type, lat, lng, now() + interval '1 day' from bench.drivers;
    insert into mobility.live_positions (trip_id, user_id, role, vehicle_type, lat, lng, position_at, expires_at,
        available, standing)
      select trip_id, user_id, 'driver', vehicle_type, lat, lng, now(), now() + interval '1 day', true,
        json_build_object('rating', 4.5, 'rating_count', 40, 'acceptance_rate', 0.9, 'offer_count', 50,
          'completion_rate', 0.95, 'match_count', 45, 'total_trips', 43) from bench.drivers;
    insert into mobility.profiles (user_id)
      select ('00000000-0000-4000-9000-' || lpad(i::text, 12, '0'))::uuid from generate_series(1, ${
    2 * SEARCHES
  }) i;
    insert into mobility.trips (id, user_id, role, vehicle_type, pickup_lat, pickup_lng, expires_at)
      select ('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid,
        ('00000000-0000-4000-9000-' || lpad(i::text, 12, '0'))::uuid, 'passenger',
        case when i > ${SEARCHES} then 'truck' else 'moto' end,
        -1.95 + (random() + random() - 1) * 0.1, 30.06 + (random() + random() - 1) * 0.1, now() + interval '1 day'
      from generate_series(1, ${2 * SEARCHES}) i;
  `);
  await sql`vacuum analyze`;
}

/**
 * The table that the obvious search would use: geography, one spatial index for all. Made beside the real
 * one, of the same drivers, so that both are measured in one run.
 */
export async function fillObviousTable(sql: Sql): Promise<void> {
  await sql.unsafe(`
    create table bench.obvious as
      select trip_id, user_id, vehicle_type, available, position_at, expires_at,
        extensions.st_setsrid(extensions.st_makepoint(lng, lat), 4326)::extensions.geography as position,
        lat, lng, standing
      from mobility.live_positions where role = 'driver';
    create index on bench.obvious using gist (position);
  `);
  await sql`vacuum analyze bench.obvious`;
}
