-- The search. One walk of one spatial index in order of distance, stopped at the limit: its cost does
-- not depend on how many are in the radius. Filtering by radius first and sorting visits everybody in
-- it (measured by `deno task bench:search`). The k nearest overall contain the k nearest within any
-- radius, so the radius is applied to the shortlist, by the caller, with the true distances.

-- mobility.nearest, which write_search writes, walks one pool: the nearest available rows as JSON, nearest
-- first: {trip_id, user_id, lat, lng, position_age_s, expires_in_s, standing}. An unknown pool raises
-- case_not_found; the callers check both names.
comment on function mobility.nearest is 'The nearest available trips of a role and vehicle type, as JSON, nearest first.';

-- The counterparts near an open trip: drivers for a passenger, passengers for a driver.
-- {trip, vehicle, found}: "trip" carries what a cached search needs to answer without the database,
-- among it the people with whom it was matched before, in vain, or whom a block keeps away.
create function public.find_counterparts(
  p_acting_user uuid, p_trip_id uuid, p_role text, p_limit integer
) returns json
language plpgsql stable security definer
set search_path = ''
as $$
declare
  t mobility.trips;
  v_vehicle mobility.vehicle_types;
  v_refused_by uuid[];
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
  elsif t.status <> 'open' or t.expires_at <= now() or t.scheduled_for is not null then
    perform mobility.check_open(t, t.role);
  end if;
  select * into v_vehicle from mobility.vehicle_types where code = t.vehicle_type;
  if t.role = 'passenger' then
    v_refused_by := array(select driver_user_id from mobility.matches
      where passenger_trip_id = t.id and not live and status <> 'completed');
  else
    v_refused_by := array(select passenger_user_id from mobility.matches
      where driver_trip_id = t.id and not live and status <> 'completed');
  end if;
  v_refused_by := v_refused_by || mobility.blocked_with(t.user_id);
  return json_build_object(
    'trip', json_build_object(
      'id', t.id, 'user_id', t.user_id, 'role', t.role, 'vehicle_type', t.vehicle_type,
      'lat', t.pickup_lat, 'lng', t.pickup_lng, 'expires_at', t.expires_at,
      'refused_by', v_refused_by
    ),
    'vehicle', mobility.pace_json(v_vehicle, t.pickup_lat, t.pickup_lng),
    'found', mobility.nearest(case t.role when 'passenger' then 'driver' else 'passenger' end, t.vehicle_type,
      t.pickup_lat, t.pickup_lng, p_limit)
  );
end
$$;
comment on function public.find_counterparts is 'Available counterparts near an open trip: {trip, vehicle, found}.';
revoke all on function public.find_counterparts from public, anon, authenticated;
grant execute on function public.find_counterparts to service_role;

-- Who is available near a point: {vehicle, found}. Raises INVALID_VEHICLE_TYPE, INVALID_LOCATION.
create function public.find_nearby(
  p_role text, p_vehicle_type text, p_lat double precision, p_lng double precision, p_limit integer
) returns json
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_vehicle mobility.vehicle_types := mobility.vehicle_type(p_vehicle_type);
begin
  perform mobility.check_location(p_lat, p_lng);
  return json_build_object(
    'vehicle', mobility.pace_json(v_vehicle, p_lat, p_lng),
    'found', mobility.nearest(p_role, v_vehicle.code, p_lat, p_lng, p_limit)
  );
end
$$;
comment on function public.find_nearby is 'Available people near a point: {vehicle, found}.';
revoke all on function public.find_nearby from public, anon, authenticated;
grant execute on function public.find_nearby to service_role;
