import type { Sql } from "postgres";

/**
 * Makes a seeded database one for a simulation: the places and tariffs stay, the people go. What is random by
 * design, ids, is drawn from the seed, as ties between equals are broken by ids.
 */
export async function emptyCity(sql: Sql, seed: number): Promise<void> {
  await sql`truncate mobility.profiles, mobility.pace_factors, mobility.live_positions cascade`;
  await sql`update mobility.vehicle_types set pace = '{}' where pace <> '{}'`;
  // Recorded demand is of years before the tariffs: priced by what there is, so that shares can be compared.
  await sql`update mobility.tariffs set valid_from = '1970-01-01' where valid_to is null`;
  await sql.unsafe(`
    create schema simulation;
    create sequence simulation.ids;
    create function simulation.next_id() returns uuid language sql volatile security definer
    set search_path = '' as
    $$ select md5('${Math.trunc(seed)}/' || nextval('simulation.ids'))::uuid $$;
    grant usage on schema simulation to public;
    -- What the simulation looks for after a sweep.
    create index on mobility.dispatches (ended_at);
    do $$
    declare
      c record;
    begin
      for c in
        select d.adrelid::regclass as relation, a.attname from pg_attrdef d
        join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
        join pg_class r on r.oid = d.adrelid
        where r.relnamespace = 'mobility'::regnamespace
          and pg_get_expr(d.adbin, d.adrelid) = 'gen_random_uuid()'
      loop
        execute format('alter table %s alter column %I set default simulation.next_id()', c.relation, c.attname);
      end loop;
    end
    $$;
  `);
}
