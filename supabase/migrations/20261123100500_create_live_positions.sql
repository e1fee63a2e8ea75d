-- What a search reads and a ping writes: one narrow row for each trip that is open or under way.
-- Partitioned by role and vehicle type, so that each pool has a heap and a spatial index of its own:
-- a rare vehicle is found without walking past the common ones, and a ping touches one small index.
-- The counterpart's record (rating and the rest) is copied into the row, ready to be sent: joining and
-- printing it costs a search of twenty more than the index scan itself (docs/decisions/0003-search.md).

create table mobility.live_positions (
  -- No foreign key: a ping writes this row every few seconds, and only create_trip inserts one.
  trip_id uuid not null,
  user_id uuid not null,
  role text not null,
  vehicle_type text not null,
  lat double precision not null,
  lng double precision not null,
  position extensions.geometry(Point, 3857) not null generated always as (mobility.mercator(lat, lng)) stored,
  position_at timestamptz not null,
  expires_at timestamptz not null,
  -- Only available rows are in the spatial index: not matched, not stale, not before their time.
  available boolean not null,
  -- From when it may become available: its time if it is scheduled, never while it is matched. A ping
  -- decides by this column of the row it locks, not by what a match is just changing in "trips".
  findable_from timestamptz not null default '-infinity',
  accuracy_m real,
  heading real,
  speed_mps real,
  -- How far its positions are to be believed, 0 to 1 (mobility.judge_position).
  trust real not null default 1,
  -- Positions that a phone sent in a row, each within ten minutes of the one before; counted up to 2. Whose
  -- phone sends is expected to go on: silence means something then (public.sweep).
  pings smallint not null default 0,
  -- What standing_of says of the person, ready to be sent.
  standing json not null,
  -- The trip first: within a pool the others are all the same, and would be compared before it.
  primary key (trip_id, role, vehicle_type)
) partition by list (role);
comment on table mobility.live_positions is 'Where each open trip is now; what the search reads.';
create table mobility.live_drivers partition of mobility.live_positions
  for values in ('driver') partition by list (vehicle_type);
create table mobility.live_passengers partition of mobility.live_positions
  for values in ('passenger') partition by list (vehicle_type);
create index live_positions_available on mobility.live_positions using gist (position) where available;

alter table mobility.live_positions enable row level security;
create policy live_positions_read_own on mobility.live_positions for select to authenticated
  using (user_id = (select auth.uid()));
grant select on mobility.live_positions to authenticated, service_role;

-- A position older than this is no longer offered; the sweep takes it out of the index.
create function mobility.freshness_limit() returns interval
language sql immutable parallel safe
set search_path = ''
as $$ select interval '30 minutes' $$;
comment on function mobility.freshness_limit is 'Age from which a driver''s position is not offered any more.';

-- Whose phone sent positions and fell silent for longer than this is not offered.
create function mobility.silence_limit() returns interval
language sql immutable parallel safe
set search_path = ''
as $$ select interval '3 minutes' $$;
comment on function mobility.silence_limit is 'Silence after which a driver whose phone sent positions is not offered.';

-- Whose positions are believed less than this is not offered.
create function mobility.least_trust() returns real
language sql immutable parallel safe
set search_path = ''
as $$ select 0.3::real $$;
comment on function mobility.least_trust is 'The trust in a driver''s positions below which they are not offered.';

-- Writes the search anew, with one statement for each pool. A statement that names its table keeps its
-- plan; one put together on each call is planned on each call, which costs as much as running it.
create function mobility.write_search() returns void
language plpgsql
set search_path = ''
as $write$
declare
  v_pool text;
  v_branches text := '';
begin
  for v_pool in
    select format('live_%ss_%s', r, code)
    from mobility.vehicle_types, unnest(array['driver', 'passenger']) r order by 1
  loop
    v_branches := v_branches || format($branch$
    when %L then
      select coalesce(json_agg(near), '[]') into v_found
      from (
        select trip_id, user_id, lat, lng,
          date_part('epoch', v_now - position_at)::integer as position_age_s,
          date_part('epoch', expires_at - v_now)::integer as expires_in_s, standing
        from mobility.%I
        where available and position_at > v_fresh_since and expires_at > v_now
        order by position operator(extensions.<->) v_here
        limit p_limit
      ) near;$branch$, v_pool, v_pool);
  end loop;
  -- One plan for all parameters: left alone, PostgreSQL takes it for dearer than a new plan each time.
  -- Without sorts, for a limit it does not know: the only plan left is the walk of the index.
  execute format($search$
    create or replace function mobility.nearest(
      p_role text, p_vehicle_type text, p_lat double precision, p_lng double precision, p_limit integer
    ) returns json
    language plpgsql stable
    set search_path = ''
    set plan_cache_mode = force_generic_plan
    set enable_sort = off
    as $body$
declare
  v_here extensions.geometry := mobility.mercator(p_lat, p_lng);
  v_now timestamptz := now();
  -- A passenger waits at the pickup and sends no positions.
  v_fresh_since timestamptz := case p_role when 'driver' then v_now - mobility.freshness_limit()
    else '-infinity' end;
  v_found json;
begin
  case 'live_' || p_role || 's_' || p_vehicle_type%s
  end case;
  return v_found;
end
$body$
    $search$, v_branches);
end
$write$;
comment on function mobility.write_search is 'Writes mobility.nearest, with a statement for each pool there is.';

-- Adds a vehicle type and the two pools it needs. Speed in metres a second over a whole city trip.
create function mobility.add_vehicle_type(
  p_code text, p_name text, p_speed_mps real, p_road_factor real default 1.3
) returns void
language plpgsql
set search_path = ''
as $$
declare
  v_role text;
  v_pool text;
begin
  insert into mobility.vehicle_types (code, name, speed_mps, road_factor)
  values (p_code, p_name, p_speed_mps, p_road_factor);
  foreach v_role in array array['driver', 'passenger'] loop
    v_pool := format('live_%ss_%s', v_role, p_code);
    execute format('create table mobility.%I partition of mobility.%I for values in (%L)',
      v_pool, 'live_' || v_role || 's', p_code);
    -- Positions die young: vacuum a pool long before a fifth of it is dead, and leave room on each page, so that
    -- what died there is overwritten by what moved (bench:tracking: without it a pool grows until the vacuum).
    execute format('alter table mobility.%I set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0)', v_pool);
    execute format('alter table mobility.%I enable row level security', v_pool);
    execute format('create policy read_own on mobility.%I for select to authenticated using (user_id = (select auth.uid()))', v_pool);
  end loop;
  perform mobility.write_search();
end
$$;
comment on function mobility.add_vehicle_type is 'Adds a vehicle type with its pools of drivers and passengers, and their search.';

alter table mobility.live_drivers enable row level security;
create policy read_own on mobility.live_drivers for select to authenticated
  using (user_id = (select auth.uid()));
alter table mobility.live_passengers enable row level security;
create policy read_own on mobility.live_passengers for select to authenticated
  using (user_id = (select auth.uid()));

-- Speeds: 25 km/h for a moto and 20 km/h for a cab are common planning figures for Kigali's streets;
-- measured factors per area and hour replace them when rides have been learnt from.
select mobility.add_vehicle_type('moto', 'Moto', 6.9);
select mobility.add_vehicle_type('cab', 'Cab', 5.6);
select mobility.add_vehicle_type('lifan', 'Lifan three-wheeler', 5.0);
select mobility.add_vehicle_type('truck', 'Truck', 4.7);
select mobility.add_vehicle_type('other', 'Other vehicle', 5.6);

-- A person's record in a role: averages with the counts they rest on, null where nothing is known.
create function mobility.standing_of(p_user_id uuid, p_role text) returns json
language sql stable strict
set search_path = ''
as $$
  select json_build_object(
    'rating', round(m.rating_total::numeric / nullif(m.rating_count, 0), 2),
    'rating_count', coalesce(m.rating_count, 0),
    'acceptance_rate', round(m.offers_accepted::numeric
      / nullif(m.offers_accepted + m.offers_declined + m.offers_expired, 0), 3),
    'offer_count', coalesce(m.offers_accepted + m.offers_declined + m.offers_expired, 0),
    'completion_rate', round(m.rides_completed::numeric / nullif(m.rides_completed + m.rides_cancelled, 0), 3),
    'match_count', coalesce(m.rides_completed + m.rides_cancelled, 0),
    'total_trips', coalesce(m.rides_completed, 0)
  )
  from (select 1) one
  left join mobility.user_metrics m on m.user_id = p_user_id and m.role = p_role
$$;
comment on function mobility.standing_of is 'Averages and counts of a person''s record in a role.';

-- Adds to the counts of a person's record and to the copy that searches read, in one transaction
-- with what caused it. Keys of p_delta are columns of user_metrics.
create function mobility.add_to_metrics(p_user_id uuid, p_role text, p_delta jsonb) returns void
language plpgsql
set search_path = ''
as $$
begin
  insert into mobility.user_metrics as m (
    user_id, role, offers_accepted, offers_declined, offers_expired, response_ms_total,
    rides_completed, rides_cancelled, rating_total, rating_count
  )
  select p_user_id, p_role,
    coalesce(d.offers_accepted, 0), coalesce(d.offers_declined, 0), coalesce(d.offers_expired, 0),
    coalesce(d.response_ms_total, 0), coalesce(d.rides_completed, 0), coalesce(d.rides_cancelled, 0),
    coalesce(d.rating_total, 0), coalesce(d.rating_count, 0)
  from jsonb_populate_record(null::mobility.user_metrics, p_delta) d
  on conflict (user_id, role) do update set
    offers_accepted = m.offers_accepted + excluded.offers_accepted,
    offers_declined = m.offers_declined + excluded.offers_declined,
    offers_expired = m.offers_expired + excluded.offers_expired,
    response_ms_total = m.response_ms_total + excluded.response_ms_total,
    rides_completed = m.rides_completed + excluded.rides_completed,
    rides_cancelled = m.rides_cancelled + excluded.rides_cancelled,
    rating_total = m.rating_total + excluded.rating_total,
    rating_count = m.rating_count + excluded.rating_count,
    updated_at = now();

  update mobility.live_positions l
  set standing = mobility.standing_of(p_user_id, p_role)
  from mobility.trips t
  where t.user_id = p_user_id and t.role = p_role and t.status in ('open', 'matched')
    and l.role = t.role and l.vehicle_type = t.vehicle_type and l.trip_id = t.id;
end
$$;
comment on function mobility.add_to_metrics is 'Adds to a person''s counts and to the copy of them that searches read.';
