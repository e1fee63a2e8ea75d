-- What operators see: everything that is going on now, one ride in full, calls for help, and what was given up.
-- Each call asks who calls first: p_acting_user is a signed-in operator, or null for the service.

create table mobility.operator_actions (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  -- Null for the service.
  operator_user_id uuid,
  operator_name text not null check (char_length(operator_name) between 1 and 120),
  action text not null check (action in (
    'cancel_ride', 'cancel_trip', 'redispatch', 'acknowledge_sos', 'retry_dead_letter', 'drop_dead_letter'
  )),
  target text not null,
  reason text check (char_length(reason) <= 300)
);
comment on table mobility.operator_actions is 'What operators did, to what and why; only appended to.';
create index operator_actions_target on mobility.operator_actions (target, id);
alter table mobility.operator_actions enable row level security;
create policy operator_actions_service_only on mobility.operator_actions for all to service_role
  using (true) with check (true);

-- The name of the operator who calls. Raises FORBIDDEN for everybody else.
create function mobility.check_operator(p_acting_user uuid) returns text
language plpgsql stable
set search_path = ''
as $$
declare
  v_name text := 'service';
begin
  if p_acting_user is not null then
    select name into v_name from mobility.operators where user_id = p_acting_user;
    if not found then
      raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'Only operators may do this';
    end if;
  end if;
  return v_name;
end
$$;
comment on function mobility.check_operator is 'The name of the operator who calls.';

-- How many of a kind a list has at most: a screen shows no more, and the counts tell of the rest.
create function mobility.operator_list_limit() returns integer
language sql immutable parallel safe
set search_path = ''
as $$ select 500 $$;
comment on function mobility.operator_list_limit is 'The most entries of a list for operators.';

create function mobility.is_within(p_boundary extensions.geometry, p_lat double precision, p_lng double precision)
returns boolean
language plpgsql immutable parallel safe
set search_path = ''
as $$
begin
  return extensions.st_intersects(p_boundary, extensions.st_setsrid(extensions.st_makepoint(p_lng, p_lat), 4326));
end
$$;
comment on function mobility.is_within is 'Whether a point is inside a boundary.';

-- Passengers whom nobody takes yet, those who wait longest first: {count, oldest_wait_s, trips}.
create function mobility.waiting_passengers(p_vehicle_type text, p_boundary extensions.geometry) returns jsonb
language sql stable
set search_path = ''
as $$
  with waiting as materialized (
    select t.id, extract(epoch from now() - greatest(t.created_at, t.scheduled_for - mobility.schedule_lead()))::integer as wait_s
    from mobility.live_positions l join mobility.trips t on t.id = l.trip_id
    where l.role = 'passenger' and l.available and l.expires_at > now()
      and (p_vehicle_type is null or l.vehicle_type = p_vehicle_type)
      and (p_boundary is null or mobility.is_within(p_boundary, l.lat, l.lng))
  )
  select jsonb_build_object(
    'count', (select count(*) from waiting), 'oldest_wait_s', (select max(wait_s) from waiting),
    'trips', coalesce((
      select jsonb_agg(jsonb_build_object(
        'trip_id', t.id, 'vehicle_type', t.vehicle_type, 'name', p.display_name, 'wait_s', w.wait_s,
        'pickup', mobility.trip_json(t) -> 'pickup', 'dropoff', mobility.trip_json(t) -> 'dropoff',
        'fare_amount', t.fare_amount, 'currency', t.currency, 'expires_at', t.expires_at,
        'dispatch', (
          select jsonb_build_object('id', d.id, 'candidates', jsonb_array_length(d.candidates),
            'offered', d.next_candidate, 'started_at', d.created_at)
          from mobility.dispatches d where d.passenger_trip_id = t.id and d.status = 'running'
        )) order by w.wait_s desc, t.id)
      from (select * from waiting order by wait_s desc, id limit mobility.operator_list_limit()) w
      join mobility.trips t on t.id = w.id
      join mobility.profiles p on p.user_id = t.user_id
    ), '[]'))
$$;
comment on function mobility.waiting_passengers is 'Passengers who wait: {count, oldest_wait_s, trips}.';

-- Drivers who can be offered a ride, those heard of last first: {available: {<vehicle>: count}, drivers}.
create function mobility.available_drivers(p_vehicle_type text, p_boundary extensions.geometry) returns jsonb
language sql stable
set search_path = ''
as $$
  with free as materialized (
    select l.trip_id, l.user_id, l.vehicle_type, l.lat, l.lng, l.heading, l.trust, l.position_at from mobility.live_positions l
    where l.role = 'driver' and l.available and l.expires_at > now() and l.position_at > now() - mobility.freshness_limit()
      and (p_vehicle_type is null or l.vehicle_type = p_vehicle_type)
      and (p_boundary is null or mobility.is_within(p_boundary, l.lat, l.lng))
  )
  select jsonb_build_object(
    'available', coalesce((select jsonb_object_agg(vehicle_type, count) from (
      select vehicle_type, count(*) from free group by vehicle_type) c), '{}'),
    'drivers', coalesce((
      select jsonb_agg(jsonb_build_object(
        'trip_id', f.trip_id, 'vehicle_type', f.vehicle_type, 'name', p.display_name, 'plate', v.plate,
        'lat', f.lat, 'lng', f.lng, 'heading', f.heading, 'trust', f.trust,
        'position_age_s', extract(epoch from now() - f.position_at)::integer,
        'is_offered', exists (select from mobility.offers o where o.driver_trip_id = f.trip_id
          and o.status = 'offered' and o.expires_at > now())) order by f.position_at desc, f.trip_id)
      from (select * from free order by position_at desc, trip_id limit mobility.operator_list_limit()) f
      join mobility.profiles p on p.user_id = f.user_id
      left join mobility.vehicles v on v.user_id = f.user_id and v.vehicle_type = f.vehicle_type
    ), '[]'))
$$;
comment on function mobility.available_drivers is 'Drivers who are free: {available, drivers}.';

-- Offers that stand, the first to end first.
create function mobility.standing_offers(p_vehicle_type text, p_boundary extensions.geometry) returns jsonb
language sql stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(f) order by f.expires_at, f.offer_id), '[]')
  from (
    select o.id as offer_id, o.dispatch_id, o.passenger_trip_id, o.driver_trip_id, t.vehicle_type,
      p.display_name as driver_name, o.distance_m, o.eta_s, o.created_at, o.expires_at
    from mobility.offers o
    join mobility.trips t on t.id = o.passenger_trip_id
    join mobility.profiles p on p.user_id = o.driver_user_id
    where o.status = 'offered' and o.expires_at > now()
      and (p_vehicle_type is null or t.vehicle_type = p_vehicle_type)
      and (p_boundary is null or mobility.is_within(p_boundary, t.pickup_lat, t.pickup_lng))
    order by o.expires_at, o.id limit mobility.operator_list_limit()
  ) f
$$;
comment on function mobility.standing_offers is 'The offers that drivers look at now.';

-- Rides under way, those with a call for help first, then the longest without a change: {by_status, rides}.
create function mobility.live_rides(p_vehicle_type text, p_boundary extensions.geometry, p_status text) returns jsonb
language sql stable
set search_path = ''
as $$
  with ride as materialized (
    select m.id, m.status, m.updated_at, exists (
      select from mobility.sos_alerts a where a.match_id = m.id and a.acknowledged_at is null) as is_sos
    from mobility.matches m join mobility.trips t on t.id = m.passenger_trip_id
    where m.live and (p_vehicle_type is null or t.vehicle_type = p_vehicle_type)
      and (p_boundary is null or mobility.is_within(p_boundary, t.pickup_lat, t.pickup_lng))
  )
  select jsonb_build_object(
    'by_status', (
      select jsonb_object_agg(s.status, (select count(*) from ride r where r.status = s.status))
      from unnest(array['pending', 'accepted', 'driver_arrived', 'in_progress']) s (status)),
    'rides', coalesce((
      select jsonb_agg(jsonb_build_object(
        'match_id', m.id, 'status', m.status, 'vehicle_type', t.vehicle_type, 'is_sos', r.is_sos,
        'initiated_by', m.initiated_by, 'respond_by', m.respond_by, 'created_at', m.created_at, 'updated_at', m.updated_at,
        'passenger_name', p.display_name, 'driver_name', d.display_name, 'plate', v.plate,
        'pickup', mobility.trip_json(t) -> 'pickup', 'dropoff', mobility.trip_json(t) -> 'dropoff',
        'passenger_position', mobility.position_json(t), 'driver_position', mobility.position_json(u)
      ) order by r.is_sos desc, m.updated_at, m.id)
      from (
        select * from ride where p_status is null or status = p_status
        order by is_sos desc, updated_at, id limit mobility.operator_list_limit()
      ) r
      join mobility.matches m on m.id = r.id
      join mobility.trips t on t.id = m.passenger_trip_id
      join mobility.trips u on u.id = m.driver_trip_id
      join mobility.profiles p on p.user_id = m.passenger_user_id
      join mobility.profiles d on d.user_id = m.driver_user_id
      left join mobility.vehicles v on v.user_id = m.driver_user_id and v.vehicle_type = t.vehicle_type
    ), '[]'))
$$;
comment on function mobility.live_rides is 'Rides under way: {by_status, rides}.';

-- Everything that is going on now: {operator, now, counts, trips, drivers, offers, rides}. p_filter: {vehicle_type?,
-- area?, status?}; a status (waiting, available, offered, or a live state of a match) leaves the other lists empty,
-- the counts know of vehicle and area alone.
create function public.operator_overview(p_acting_user uuid, p_filter jsonb default '{}') returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_operator text := mobility.check_operator(p_acting_user);
  v_vehicle_type text := p_filter ->> 'vehicle_type';
  v_status text := p_filter ->> 'status';
  v_boundary extensions.geometry;
  v_waiting jsonb;
  v_free jsonb;
  v_rides jsonb;
begin
  if v_vehicle_type is not null then perform mobility.vehicle_type(v_vehicle_type); end if;
  if p_filter ->> 'area' is not null then
    select boundary into v_boundary from mobility.areas where code = p_filter ->> 'area';
    if not found then
      raise sqlstate 'PT400' using message = 'VALIDATION_ERROR', detail = 'area: no area has this code',
        hint = (select jsonb_build_object('areas', jsonb_agg(code order by code))::text from mobility.areas);
    end if;
  end if;
  v_waiting := mobility.waiting_passengers(v_vehicle_type, v_boundary);
  v_free := mobility.available_drivers(v_vehicle_type, v_boundary);
  v_rides := mobility.live_rides(v_vehicle_type, v_boundary, v_status);
  return jsonb_build_object(
    'operator', v_operator, 'now', now(),
    'counts', jsonb_build_object(
      'waiting', v_waiting -> 'count', 'oldest_wait_s', v_waiting -> 'oldest_wait_s',
      'available', v_free -> 'available', 'rides', v_rides -> 'by_status',
      'dispatches', (select count(*) from mobility.dispatches d join mobility.trips t on t.id = d.passenger_trip_id
        where d.status = 'running' and (v_vehicle_type is null or t.vehicle_type = v_vehicle_type)
          and (v_boundary is null or mobility.is_within(v_boundary, t.pickup_lat, t.pickup_lng))),
      'sos', (select count(*) from mobility.sos_alerts where acknowledged_at is null),
      'dead_letters', (select sum((q.depth ->> 'dead')::integer) from jsonb_each(public.queue_depths()) q (queue, depth))),
    'trips', case when coalesce(v_status, 'waiting') = 'waiting' then v_waiting -> 'trips' else '[]' end,
    'drivers', case when coalesce(v_status, 'available') = 'available' then v_free -> 'drivers' else '[]' end,
    'offers', case when coalesce(v_status, 'offered') = 'offered'
      then mobility.standing_offers(v_vehicle_type, v_boundary) else '[]' end,
    'rides', v_rides -> 'rides');
end
$$;
comment on function public.operator_overview is 'Everything that is going on now, for operators.';
revoke all on function public.operator_overview from public, anon, authenticated;
grant execute on function public.operator_overview to service_role;
