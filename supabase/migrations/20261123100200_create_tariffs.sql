-- Vehicle types and what they cost: data, so that a regulator's change is a row, not a release.

create table mobility.vehicle_types (
  code text primary key check (code ~ '^[a-z][a-z0-9_]{0,30}$'),
  name text not null,
  -- Mean speed over a city trip, stops included, and how much longer the road is than the crow's flight.
  speed_mps real not null check (speed_mps between 1 and 40),
  road_factor real not null default 1.3 check (road_factor between 1 and 3)
);
comment on table mobility.vehicle_types is 'What can be asked for. Add one with mobility.add_vehicle_type.';
alter table mobility.vehicle_types enable row level security;
create policy vehicle_types_are_public on mobility.vehicle_types for select to authenticated using (true);
grant select on mobility.vehicle_types to authenticated, service_role;

-- The vehicle type of a code. Raises INVALID_VEHICLE_TYPE with the known codes in the hint.
create function mobility.vehicle_type(p_code text) returns mobility.vehicle_types
language plpgsql stable
set search_path = ''
as $$
declare
  v_vehicle mobility.vehicle_types;
begin
  select * into v_vehicle from mobility.vehicle_types where code = p_code;
  if not found then
    raise sqlstate 'PT400' using message = 'INVALID_VEHICLE_TYPE', detail = 'No such vehicle type',
      hint = (select jsonb_build_object('vehicle_types', jsonb_agg(code order by code))
              from mobility.vehicle_types)::text;
  end if;
  return v_vehicle;
end
$$;
comment on function mobility.vehicle_type is 'A vehicle type by its code, or INVALID_VEHICLE_TYPE.';

create table mobility.tariffs (
  id bigint generated always as identity primary key,
  -- Null: anywhere that has no tariff of its own.
  area_code text references mobility.areas (code),
  vehicle_type text not null references mobility.vehicle_types (code),
  valid_from timestamptz not null,
  valid_to timestamptz,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  base_amount integer not null check (base_amount >= 0),
  base_distance_m integer not null default 0 check (base_distance_m >= 0),
  per_km numeric(10, 2) not null check (per_km >= 0),
  -- Beyond this distance a kilometre costs "long_per_km" (RURA: 187 RWF beyond 40 km).
  long_distance_m integer check (long_distance_m >= 0),
  long_per_km numeric(10, 2) check (long_per_km >= 0),
  per_minute numeric(10, 2) not null default 0 check (per_minute >= 0),
  minimum_amount integer not null default 0 check (minimum_amount >= 0),
  -- No multiplier, peak or surge, goes above this.
  surge_cap numeric(4, 2) not null default 1 check (surge_cap >= 1),
  round_to integer not null default 1 check (round_to >= 1),
  source text not null,
  check (valid_to > valid_from),
  check ((long_distance_m is null) = (long_per_km is null))
);
comment on table mobility.tariffs is 'Versioned fares by vehicle type and area; the newest valid row wins.';
create index tariffs_lookup on mobility.tariffs (vehicle_type, area_code, valid_from desc);
create index tariffs_area_code on mobility.tariffs (area_code);
alter table mobility.tariffs enable row level security;
create policy tariffs_are_public on mobility.tariffs for select to authenticated using (true);
grant select on mobility.tariffs to authenticated, service_role;

create table mobility.tariff_peaks (
  tariff_id bigint not null references mobility.tariffs (id) on delete cascade,
  -- ISO days, 1 is Monday; times are local to the area.
  weekdays integer[] not null check (weekdays <@ array[1, 2, 3, 4, 5, 6, 7]),
  starts_at time not null,
  ends_at time not null check (ends_at > starts_at),
  multiplier numeric(4, 2) not null check (multiplier >= 1),
  primary key (tariff_id, starts_at)
);
comment on table mobility.tariff_peaks is 'Hours in which a tariff is multiplied, at most up to its cap.';
alter table mobility.tariff_peaks enable row level security;
create policy tariff_peaks_are_public on mobility.tariff_peaks for select to authenticated using (true);
grant select on mobility.tariff_peaks to authenticated, service_role;

create type mobility.fare as (fare_amount integer, currency text, tariff_id bigint);

-- The price of a trip by its tariff at one moment; null when no tariff covers it.
-- base + kilometres beyond the base distance + minutes, times the peak, never below the minimum,
-- rounded up to what change can be given in.
create function mobility.fare_for(
  p_vehicle_type text, p_lat double precision, p_lng double precision,
  p_distance_m double precision, p_duration_s double precision, p_at timestamptz
) returns mobility.fare
language sql stable strict
set search_path = ''
as $$
  with area as (select * from mobility.area_at(p_lat, p_lng)),
  tariff as (
    select t.*, a.timezone
    from mobility.tariffs t
    left join area a on true
    where t.vehicle_type = p_vehicle_type
      and (t.area_code = a.code or t.area_code is null)
      and t.valid_from <= p_at and (t.valid_to is null or t.valid_to > p_at)
    order by t.area_code nulls last, t.valid_from desc, t.id desc
    limit 1
  ),
  priced as (
    select t.*,
      t.base_amount
      + t.per_km * greatest(0, least(p_distance_m, coalesce(t.long_distance_m, p_distance_m)) - t.base_distance_m)::numeric / 1000
      + coalesce(t.long_per_km, 0) * greatest(0, p_distance_m - coalesce(t.long_distance_m, p_distance_m))::numeric / 1000
      + t.per_minute * p_duration_s::numeric / 60 as amount,
      least(t.surge_cap, coalesce((
        select max(k.multiplier) from mobility.tariff_peaks k,
          lateral (select p_at at time zone coalesce(t.timezone, 'UTC') as local_at) l
        where k.tariff_id = t.id
          and extract(isodow from l.local_at)::integer = any (k.weekdays)
          and l.local_at::time >= k.starts_at and l.local_at::time < k.ends_at
      ), 1)) as multiplier
    from tariff t
  )
  select (ceil(greatest(minimum_amount, amount * multiplier) / round_to) * round_to)::integer,
    currency, id
  from priced
$$;
comment on function mobility.fare_for is 'Fare of a trip of a distance (m) and duration (s) at a moment, or null without a tariff.';
