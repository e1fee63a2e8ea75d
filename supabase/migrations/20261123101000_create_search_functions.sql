-- The search. One walk of one spatial index in order of distance, stopped at the limit: its cost does
-- not depend on how many are in the radius. Filtering by radius first and sorting visits everybody in
-- it (measured by `deno task bench:search`). The k nearest overall contain the k nearest within any
-- radius, so the radius is applied to the shortlist.

-- The nearest available rows of one pool as JSON, nearest first. Distances are Mercator metres scaled
-- at the middle latitude, within 0.01% of the great circle for anything a driver would be sent for.
create function mobility.nearest(
  p_role text, p_vehicle_type text, p_lat double precision, p_lng double precision,
  p_radius_m double precision, p_limit integer
) returns json
language plpgsql stable
set search_path = ''
as $$
declare
  v_here extensions.geometry := mobility.mercator(p_lat, p_lng);
  v_now timestamptz := now();
  -- A passenger waits at the pickup and sends no positions.
  v_fresh_since timestamptz := case p_role when 'driver' then v_now - mobility.freshness_limit()
    else '-infinity' end;
begin
  return (
    select coalesce(json_agg(near), '[]')
    from (
      select trip_id, user_id, vehicle_type, lat, lng,
        round(mercator_m * cos(radians((lat + p_lat) / 2)) * 0.998882) as distance_m,
        position_age_s, position_at, expires_at,
        rating, rating_count, acceptance_rate, offer_count, completion_rate, match_count, total_trips
      from (
        select l.trip_id, l.user_id, l.vehicle_type, l.lat, l.lng,
          l.position operator(extensions.<->) v_here as mercator_m,
          extract(epoch from v_now - l.position_at)::integer as position_age_s, l.position_at, l.expires_at,
          l.rating, l.rating_count, l.acceptance_rate, l.offer_count, l.completion_rate,
          l.match_count, l.total_trips
        from mobility.live_positions l
        where l.role = p_role and l.vehicle_type = p_vehicle_type and l.available
          and l.position_at > v_fresh_since and l.expires_at > v_now
        order by l.position operator(extensions.<->) v_here
        limit p_limit
      ) k
    ) near
    where near.distance_m <= p_radius_m
  );
end
$$;
comment on function mobility.nearest is 'The nearest available trips of a role and vehicle type, as JSON, nearest first.';

-- The counterparts near an open trip: drivers for a passenger, passengers for a driver.
-- {trip, vehicle, found}: "trip" carries what a cached search needs to answer without the database,
-- among it the people who already turned this trip down.
create function public.find_counterparts(
  p_acting_user uuid, p_trip_id uuid, p_role text, p_radius_m double precision, p_limit integer
) returns json
language plpgsql stable security definer
set search_path = ''
as $$
declare
  t mobility.trips;
  v_vehicle mobility.vehicle_types;
begin
  select * into t from mobility.trips where id = p_trip_id;
  if not found then
    raise sqlstate 'PT404' using message = 'TRIP_NOT_FOUND', detail = 'No trip has this id';
  elsif p_acting_user <> t.user_id then
    raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'The trip belongs to somebody else';
  elsif t.role = p_role then
    raise sqlstate 'PT422' using message = 'TRIP_WRONG_ROLE',
      detail = 'A passenger looks for drivers, a driver for passengers',
      hint = jsonb_build_object('role', t.role)::text;
  end if;
  perform mobility.check_open(t, t.role);
  select * into v_vehicle from mobility.vehicle_types where code = t.vehicle_type;
  return json_build_object(
    'trip', json_build_object(
      'id', t.id, 'user_id', t.user_id, 'role', t.role, 'vehicle_type', t.vehicle_type,
      'lat', t.pickup_lat, 'lng', t.pickup_lng, 'expires_at', t.expires_at,
      'refused_by', (
        select coalesce(json_agg(distinct case t.role when 'passenger' then m.driver_user_id
          else m.passenger_user_id end), '[]')
        from mobility.matches m
        where (t.role = 'passenger' and m.passenger_trip_id = t.id
            or t.role = 'driver' and m.driver_trip_id = t.id)
          and m.status in ('declined', 'expired', 'cancelled_driver', 'cancelled_passenger')
      )
    ),
    'vehicle', json_build_object('speed_mps', v_vehicle.speed_mps, 'road_factor', v_vehicle.road_factor),
    'found', mobility.nearest(p_role, t.vehicle_type, t.pickup_lat, t.pickup_lng, p_radius_m, p_limit)
  );
end
$$;
comment on function public.find_counterparts is 'Available counterparts near an open trip: {trip, vehicle, found}.';
revoke all on function public.find_counterparts from public, anon, authenticated;
grant execute on function public.find_counterparts to service_role;

-- Who is available near a point: {vehicle, found}. Raises INVALID_VEHICLE_TYPE, INVALID_LOCATION.
create function public.find_nearby(
  p_role text, p_vehicle_type text, p_lat double precision, p_lng double precision,
  p_radius_m double precision, p_limit integer
) returns json
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_vehicle mobility.vehicle_types := mobility.vehicle_type(p_vehicle_type);
begin
  perform mobility.check_location(p_lat, p_lng);
  return json_build_object(
    'vehicle', json_build_object('speed_mps', v_vehicle.speed_mps, 'road_factor', v_vehicle.road_factor),
    'found', mobility.nearest(p_role, p_vehicle_type, p_lat, p_lng, p_radius_m, p_limit)
  );
end
$$;
comment on function public.find_nearby is 'Available people near a point: {vehicle, found}.';
revoke all on function public.find_nearby from public, anon, authenticated;
grant execute on function public.find_nearby to service_role;
