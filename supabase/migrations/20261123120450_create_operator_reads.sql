-- The city, one ride in full, and calls for help, for operators.

-- What a map for operators is drawn on, and what it can be narrowed to: {areas, vehicle_types, places}.
create function public.operator_city(p_acting_user uuid) returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_operator text := mobility.check_operator(p_acting_user);
begin
  return jsonb_build_object('operator', v_operator, 'time_zone', mobility.time_zone(),
    'areas', coalesce((
      select jsonb_agg(jsonb_build_object('code', code, 'name', name,
        'south', extensions.st_ymin(boundary::extensions.box3d), 'west', extensions.st_xmin(boundary::extensions.box3d),
        'north', extensions.st_ymax(boundary::extensions.box3d), 'east', extensions.st_xmax(boundary::extensions.box3d)
      ) order by extensions.st_area(boundary), code) from mobility.areas), '[]'),
    'vehicle_types', (select jsonb_agg(jsonb_build_object('code', code, 'name', name) order by name)
      from mobility.vehicle_types),
    'places', coalesce((
      select jsonb_agg(jsonb_build_object('name', p.name, 'lat', p.lat, 'lng', p.lng, 'weight', p.weight)
        order by p.weight desc, p.name)
      from (select * from mobility.places order by weight desc, name limit mobility.operator_list_limit()) p), '[]'));
end
$$;
comment on function public.operator_city is 'What a map for operators is drawn on: {areas, vehicle_types, places}.';
revoke all on function public.operator_city from public, anon, authenticated;
grant execute on function public.operator_city to service_role;

-- A person of a ride, with the number to call.
create function mobility.person_card(p_user_id uuid, p_role text) returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object('user_id', p.user_id, 'name', p.display_name, 'phone', p.phone, 'locale', p.locale,
    'rating', (s.standing ->> 'rating')::numeric, 'rating_count', (s.standing ->> 'rating_count')::integer,
    'total_trips', (s.standing ->> 'total_trips')::integer)
  from mobility.profiles p
  cross join lateral (select mobility.standing_of(p.user_id, p_role) as standing) s
  where p.user_id = p_user_id
$$;
comment on function mobility.person_card is 'A person of a ride as operators see one.';

-- Everything that happened on a passenger's way to a ride and on it, matches that came to nothing before
-- included, in order: [{at, kind, ...}]. Of messages only which they were and how far they came.
create function mobility.ride_timeline(m mobility.matches) returns jsonb
language sql stable
set search_path = ''
as $$
  with way as materialized (
    select r.id, p.display_name as driver_name from mobility.matches r
    join mobility.profiles p on p.user_id = r.driver_user_id
    where r.passenger_trip_id = m.passenger_trip_id
  ),
  -- "place" and "nth" order what happened in one transaction.
  entry (at, kind, place, nth, detail) as (
    select t.created_at, 'opened', 0, 0::bigint, '{}'::jsonb from mobility.trips t where t.id = m.passenger_trip_id
    union all
    select d.created_at, 'dispatch', 1, 0, jsonb_build_object('status', 'running', 'candidates', jsonb_array_length(d.candidates))
    from mobility.dispatches d where d.passenger_trip_id = m.passenger_trip_id
    union all
    select d.ended_at, 'dispatch', 5, 0, jsonb_build_object('status', d.status, 'offered', d.next_candidate)
    from mobility.dispatches d where d.passenger_trip_id = m.passenger_trip_id and d.ended_at is not null
    union all
    select s.at, 'offer', s.place, 0, jsonb_build_object('status', s.status, 'driver_name', p.display_name,
      'distance_m', o.distance_m, 'eta_s', o.eta_s)
    from mobility.offers o
    join mobility.profiles p on p.user_id = o.driver_user_id
    cross join lateral (values (o.created_at, 'offered', 2), (o.answered_at, o.status, 3)) s (at, status, place)
    where o.passenger_trip_id = m.passenger_trip_id and s.at is not null
    union all
    select e.at, 'match', 4, e.id, jsonb_build_object('match_id', w.id, 'driver_name', w.driver_name,
      'from_status', e.from_status, 'status', e.to_status, 'actor', e.actor)
    from way w join mobility.match_events e on e.match_id = w.id
    union all
    select a.at, 'operator', 3, a.id, jsonb_build_object('action', a.action, 'name', a.operator_name, 'reason', a.reason)
    from mobility.operator_actions a
    where a.target in (select id::text from way union all select m.passenger_trip_id::text
      union all select s.id::text from mobility.sos_alerts s join way w on w.id = s.match_id)
    union all
    select a.created_at, 'sos', 6, 0, jsonb_build_object('alert_id', a.id, 'side', a.side, 'acknowledged_at', a.acknowledged_at,
      'acknowledged_by', a.acknowledged_by)
    from way w join mobility.sos_alerts a on a.match_id = w.id
    union all
    select g.created_at, 'rating', 7, 0, jsonb_build_object('by', g.rater_role, 'rating', g.rating, 'comment', g.comment)
    from way w join mobility.ratings g on g.match_id = w.id
    union all
    (select b.created_at, 'message', 8, b.seq, jsonb_build_object('message', b.kind, 'status', b.status, 'error_code', b.error_code,
      'to', case b.user_id when m.passenger_user_id then 'passenger' else 'driver' end)
    from mobility.outbox b
    where b.user_id in (m.passenger_user_id, m.driver_user_id)
      and (b.params ->> 'match_id' in (select id::text from way) or b.subject in (select id from way)
        or b.params ->> 'trip_id' = m.passenger_trip_id::text)
    order by b.created_at desc limit 200)
  )
  select coalesce(jsonb_agg(jsonb_strip_nulls(newest.detail || jsonb_build_object('at', newest.at, 'kind', newest.kind))
    order by newest.at, newest.place, newest.nth, newest.detail), '[]')
  from (select * from entry order by at desc, place desc, nth desc limit mobility.operator_list_limit()) newest
$$;
comment on function mobility.ride_timeline is 'What happened around a ride, in order.';

-- A ride in full: {match, passenger, driver, positions, way, timeline, now}. No PIN: that is between its two people.
create function public.operator_ride(p_acting_user uuid, p_match_id uuid) returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_operator text := mobility.check_operator(p_acting_user);
  m mobility.matches;
  t mobility.trips;
  u mobility.trips;
begin
  select * into m from mobility.matches where id = p_match_id;
  if not found then
    raise sqlstate 'PT404' using message = 'MATCH_NOT_FOUND', detail = 'No match has this id';
  end if;
  select * into t from mobility.trips where id = m.passenger_trip_id;
  select * into u from mobility.trips where id = m.driver_trip_id;
  return jsonb_build_object(
    -- As the driver may see it.
    'match', mobility.match_json(m, m.driver_user_id),
    'passenger', mobility.person_card(m.passenger_user_id, 'passenger'),
    'driver', mobility.person_card(m.driver_user_id, 'driver') || jsonb_build_object('plate', (
      select plate from mobility.vehicles v where v.user_id = m.driver_user_id and v.vehicle_type = t.vehicle_type)),
    'positions', jsonb_build_object(
      -- Where somebody goes after the ride is nobody's business.
      'driver', case when m.live then mobility.position_json(u) end,
      'passenger', case when m.live then mobility.position_json(t) end,
      'points', (select count(*) from mobility.ride_points where match_id = m.id),
      'predicted_pickup_s', m.predicted_pickup_s, 'predicted_ride_s', m.predicted_ride_s),
    'way', coalesce((
      select jsonb_agg(jsonb_build_array(w.lat, w.lng) order by w.recorded_at)
      from (select * from mobility.ride_points where match_id = m.id
        order by recorded_at desc limit mobility.operator_list_limit()) w), '[]'),
    'timeline', mobility.ride_timeline(m),
    'operator', v_operator, 'now', now());
end
$$;
comment on function public.operator_ride is 'A ride in full, for operators.';
revoke all on function public.operator_ride from public, anon, authenticated;
grant execute on function public.operator_ride to service_role;

-- A call for help as operators see it.
create function mobility.sos_json(a mobility.sos_alerts) returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object('alert_id', a.id, 'match_id', a.match_id, 'side', a.side, 'lat', a.lat, 'lng', a.lng,
    'created_at', a.created_at, 'age_s', extract(epoch from now() - a.created_at)::integer,
    'acknowledged_at', a.acknowledged_at, 'acknowledged_by', a.acknowledged_by,
    'name', p.display_name, 'phone', p.phone, 'other_name', o.display_name, 'other_phone', o.phone,
    'match_status', m.status, 'vehicle_type', t.vehicle_type, 'plate', v.plate)
  from mobility.matches m
  join mobility.trips t on t.id = m.passenger_trip_id
  join mobility.profiles p on p.user_id = a.user_id
  join mobility.profiles o on o.user_id = case a.side when 'driver' then m.passenger_user_id else m.driver_user_id end
  left join mobility.vehicles v on v.user_id = m.driver_user_id and v.vehicle_type = t.vehicle_type
  where m.id = a.match_id
$$;
comment on function mobility.sos_json is 'A call for help as operators see it.';

-- Calls for help: those nobody has taken up, the oldest first, then those of the last day, the newest first.
create function public.operator_sos(p_acting_user uuid) returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_operator text := mobility.check_operator(p_acting_user);
begin
  return jsonb_build_object('operator', v_operator, 'alerts', coalesce((
    select jsonb_agg(mobility.sos_json(a) order by a.acknowledged_at is not null,
      case when a.acknowledged_at is null then a.created_at end, a.acknowledged_at desc, a.id)
    from (
      select * from mobility.sos_alerts where acknowledged_at is null or acknowledged_at > now() - interval '1 day'
      order by acknowledged_at is not null, acknowledged_at desc, created_at limit mobility.operator_list_limit()
    ) a), '[]'));
end
$$;
comment on function public.operator_sos is 'Calls for help: {alerts}.';
revoke all on function public.operator_sos from public, anon, authenticated;
grant execute on function public.operator_sos to service_role;
