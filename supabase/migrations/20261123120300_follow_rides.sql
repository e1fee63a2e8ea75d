-- Rides under way: where they went, told as it happens, and arrival checked.

create table mobility.ride_points (
  match_id uuid not null references mobility.matches (id) on delete cascade,
  recorded_at timestamptz not null,
  lat double precision not null,
  lng double precision not null,
  heading real,
  speed_mps real,
  accuracy_m real,
  primary key (match_id, recorded_at)
);
comment on table mobility.ride_points is 'The way of each ride, kept for a week.';
create index ride_points_recorded on mobility.ride_points (recorded_at);
alter table mobility.ride_points enable row level security;
create policy ride_points_read_own on mobility.ride_points for select to authenticated
  using (exists (
    select 1 from mobility.matches m
    where m.id = match_id and (select auth.uid()) in (m.driver_user_id, m.passenger_user_id)
  ));
grant select on mobility.ride_points to authenticated, service_role;

-- Keeps the points of drivers whose ride is under way, and tells those who follow it where it is now. Called by
-- update_positions with {trip_id, vehicle_type, lat, lng, recorded_at, heading, speed_mps, accuracy_m, newest}. One
-- point a second is kept, of those that can be true beside the newest: nobody fills the table by sending more.
create function mobility.follow_rides(p_points jsonb) returns void
language plpgsql
set search_path = ''
as $$
declare
  r record;
begin
  insert into mobility.ride_points (match_id, recorded_at, lat, lng, heading, speed_mps, accuracy_m)
  select m.id, date_trunc('second', p.recorded_at), p.lat, p.lng, p.heading, p.speed_mps, p.accuracy_m
  from jsonb_to_recordset(p_points) as p (trip_id uuid, vehicle_type text, recorded_at timestamptz,
    lat double precision, lng double precision, heading real, speed_mps real, accuracy_m real)
  join mobility.matches m on m.driver_trip_id = p.trip_id and m.live and m.status <> 'pending'
  join mobility.live_positions l on l.role = 'driver' and l.vehicle_type = p.vehicle_type and l.trip_id = p.trip_id
  where p.recorded_at >= m.accepted_at - interval '1 minute'
    and mobility.judge_position(l.lat, l.lng, l.position_at, p.lat, p.lng, p.recorded_at, false) <> 'jump'
  order by m.id, p.recorded_at
  on conflict do nothing;
  for r in
    select m.id, p.point from jsonb_array_elements(p_points) as p (point)
    join mobility.matches m on m.driver_trip_id = (p.point ->> 'trip_id')::uuid and m.live and m.status <> 'pending'
    where (p.point ->> 'newest')::boolean
  loop
    perform mobility.push(array['match:' || r.id, 'operators'], 'position_moved',
      r.point - array['newest', 'vehicle_type'] || jsonb_build_object('match_id', r.id,
        -- A clock that runs ahead makes no position of the future.
        'recorded_at', least((r.point ->> 'recorded_at')::timestamptz, now())));
  end loop;
end
$$;
comment on function mobility.follow_rides is 'Keeps and tells the positions of rides under way.';

-- How far from the pickup a driver may be to have arrived.
create function mobility.arrival_radius_m() returns integer
language sql immutable parallel safe
set search_path = ''
as $$ select 500 $$;
comment on function mobility.arrival_radius_m is 'Within how many metres of the pickup a driver has arrived.';

-- Raises TOO_FAR_FROM_PICKUP when the driver's phone says so: by a position of the last two minutes, sent since
-- the ride was accepted, and beyond what it may be off. Who shares no position is believed.
create function mobility.check_arrival(m mobility.matches) returns void
language plpgsql stable
set search_path = ''
as $$
declare
  v_distance_m double precision;
  v_accuracy_m real;
begin
  select mobility.distance_m(l.lat, l.lng, t.pickup_lat, t.pickup_lng), coalesce(l.accuracy_m, 0)
  into v_distance_m, v_accuracy_m
  from mobility.trips t
  join mobility.live_positions l on l.role = 'driver' and l.vehicle_type = t.vehicle_type and l.trip_id = m.driver_trip_id
  where t.id = m.passenger_trip_id and l.position_at > m.accepted_at and l.position_at > now() - interval '2 minutes';
  if v_distance_m - v_accuracy_m > mobility.arrival_radius_m() then
    raise sqlstate 'PT409' using message = 'TOO_FAR_FROM_PICKUP', detail = 'The driver is not at the pickup yet',
      hint = jsonb_build_object('distance_m', round(v_distance_m), 'radius_m', mobility.arrival_radius_m())::text;
  end if;
end
$$;
comment on function mobility.check_arrival is 'Raises TOO_FAR_FROM_PICKUP for a driver who is somewhere else.';
