-- Positions in, positions out.

-- The price of a ride that had no dropoff when it was asked for: the road from the pickup to where the
-- driver is now, and the minutes since the start.
create function mobility.price_finished_ride(m mobility.matches) returns mobility.matches
language plpgsql
set search_path = ''
as $$
declare
  v_distance_m integer;
  v_fare mobility.fare;
  t mobility.trips;
begin
  select * into t from mobility.trips where id = m.passenger_trip_id;
  select mobility.distance_m(t.pickup_lat, t.pickup_lng, l.lat, l.lng) * v.road_factor into v_distance_m
  from mobility.live_positions l
  join mobility.vehicle_types v on v.code = l.vehicle_type
  where l.role = 'driver' and l.vehicle_type = t.vehicle_type and l.trip_id = m.driver_trip_id;
  v_fare := mobility.fare_for(t.vehicle_type, t.pickup_lat, t.pickup_lng, v_distance_m,
    extract(epoch from now() - m.started_at), now());
  update mobility.matches
  set distance_m = v_distance_m, fare_amount = v_fare.fare_amount, currency = v_fare.currency
  where id = m.id returning * into m;
  return m;
end
$$;
comment on function mobility.price_finished_ride is 'Prices a ride without a dropoff when it ends.';

-- What to think of a position that follows another: ok; repeat (the very same point, as a frozen fix gives it);
-- mock (the phone says that an app made it up); jump (nobody is that fast). Only ok and repeat move anything.
-- 55 m/s is 200 km/h; below a kilometre it is taken for the noise of a phone that has just found itself. A
-- jump that was true is believed after a while, because the time since the last good point grows. Time counts
-- either way: a point kept while a phone was offline may be the older one.
create function mobility.judge_position(
  p_from_lat double precision, p_from_lng double precision, p_from_at timestamptz,
  p_lat double precision, p_lng double precision, p_at timestamptz, p_mock boolean
) returns text
-- Not in SQL: what cannot be inlined, because it sets its path, costs more to start than this to run.
language plpgsql immutable parallel safe
set search_path = ''
as $$
begin
  return case
    when p_mock then 'mock'
    when p_lat = p_from_lat and p_lng = p_from_lng then 'repeat'
    -- Less than a kilometre anywhere on Earth: most points need no trigonometry.
    when abs(p_lat - p_from_lat) < 0.006 and abs(p_lng - p_from_lng) < 0.006 then 'ok'
    when mobility.distance_m(p_from_lat, p_from_lng, p_lat, p_lng)
      > greatest(1000, 55 * abs(extract(epoch from p_at - p_from_at))) then 'jump'
    else 'ok'
  end;
end
$$;
comment on function mobility.judge_position is 'What to think of a position: ok, repeat, mock or jump.';

-- How far positions are believed after one more.
create function mobility.trust_after(p_trust real, p_verdict text) returns real
language plpgsql immutable parallel safe
set search_path = ''
as $$
begin
  return case p_verdict
    when 'ok' then least(1, p_trust + 0.05)
    -- Standing still is no offence: a frozen fix alone never hides anybody.
    when 'repeat' then greatest(least(p_trust, 0.5), p_trust - 0.01)
    when 'jump' then greatest(0, p_trust - 0.2)
    else greatest(0, p_trust - 0.4)
  end::real;
end
$$;
comment on function mobility.trust_after is 'The trust in a trip''s positions after one more.';

-- Takes up to 500 positions {trip_id, lat, lng, recorded_at?, accuracy_m?, heading?, speed_mps?, mock?} and
-- answers each, in order, with {trip_id, accepted, code?}. A point that is older than what is known is not
-- an error and not used (OUT_OF_DATE), nor is one that cannot be true (IMPLAUSIBLE_POSITION), which costs trust.
-- Nobody but the owner moves a trip. "by_hand", a pin set in the chat, is believed as it is.
create function public.update_positions(p_acting_user uuid, p_points jsonb) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_now timestamptz := now();
  v_fresh_since timestamptz := v_now - mobility.freshness_limit();
  v_least_trust real := mobility.least_trust();
  v_answers jsonb;
  v_rides jsonb;
begin
  with point as materialized (
    select p.ordinality, p.trip_id, p.lat, p.lng, p.accuracy_m, p.heading, p.speed_mps, p.mock, p.by_hand,
      coalesce(p.recorded_at, v_now) as recorded_at, t.role, t.vehicle_type, t.status, t.id,
      case
        when t.id is null then 'TRIP_NOT_FOUND'
        when p_acting_user <> t.user_id then 'FORBIDDEN'
        when t.status = 'completed' then 'TRIP_COMPLETED'
        when t.status = 'cancelled' then 'TRIP_CANCELLED'
        when t.status = 'expired' or t.status = 'open' and t.expires_at <= v_now then 'TRIP_EXPIRED'
        -- Near the pickup it needs no long look.
        when case
          when p.lat between -90 and 90 and p.lng between -180 and 180 and (p.lat <> 0 or p.lng <> 0)
            and abs(p.lat - t.pickup_lat) < 0.5 and abs(p.lng - t.pickup_lng) < 0.5 then false
          else not mobility.is_plausible(p.lat, p.lng) end then 'INVALID_LOCATION'
        when p.recorded_at > v_now + interval '1 minute' then 'INVALID_TIMESTAMP'
      end as code
    from rows from (
      jsonb_to_recordset(p_points) as (trip_id uuid, lat double precision, lng double precision,
        recorded_at timestamptz, accuracy_m real, heading real, speed_mps real, mock boolean, by_hand boolean)
    ) with ordinality p
    left join mobility.trips t on t.id = p.trip_id
  ),
  newest as (
    select distinct on (trip_id) * from point where code is null
    order by trip_id, recorded_at desc, ordinality desc
  ),
  -- In one order, so that two batches of the same trips do not wait for each other.
  locked as materialized (
    select n.*, l.trust as trust_before,
      case when n.by_hand then 'ok'
        else mobility.judge_position(l.lat, l.lng, l.position_at, n.lat, n.lng, n.recorded_at, n.mock) end as verdict
    from newest n
    join mobility.live_positions l on l.role = n.role and l.vehicle_type = n.vehicle_type and l.trip_id = n.trip_id
    where n.recorded_at > l.position_at
    order by n.trip_id for update of l
  ),
  judged as materialized (
    select *, mobility.trust_after(trust_before, verdict) as trust from locked
  ),
  moved as (
    update mobility.live_positions l
    set lat = n.lat, lng = n.lng,
      position_at = least(n.recorded_at, v_now), accuracy_m = n.accuracy_m, heading = n.heading,
      speed_mps = n.speed_mps, trust = n.trust,
      pings = case when n.by_hand then 0
        when l.position_at > v_now - interval '10 minutes' then least(l.pings + 1, 2) else 1 end,
      available = l.findable_from <= v_now and n.recorded_at > v_fresh_since and n.trust >= v_least_trust
    from judged n
    where l.role = n.role and l.vehicle_type = n.vehicle_type and l.trip_id = n.trip_id
      and n.verdict in ('ok', 'repeat')
    returning n.ordinality, n.trip_id, n.status, n.role, l.position_at
  ),
  doubted as (
    update mobility.live_positions l
    set trust = n.trust, available = l.available and n.trust >= v_least_trust
    from judged n
    where l.role = n.role and l.vehicle_type = n.vehicle_type and l.trip_id = n.trip_id
      and n.verdict in ('jump', 'mock')
    returning n.ordinality
  )
  select
    jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
      'trip_id', p.trip_id, 'accepted', m.ordinality is not null,
      'code', coalesce(p.code, case
        when d.ordinality is not null then 'IMPLAUSIBLE_POSITION' when m.ordinality is null then 'OUT_OF_DATE' end)
    )) order by p.ordinality),
    -- The way of a ride under way: every point of the batch, those before the newest too.
    jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
      'trip_id', p.trip_id, 'vehicle_type', p.vehicle_type, 'lat', p.lat, 'lng', p.lng, 'heading', p.heading,
      'speed_mps', p.speed_mps, 'accuracy_m', p.accuracy_m, 'recorded_at', p.recorded_at,
      'newest', m.ordinality is not null
    )) order by p.ordinality) filter (where p.status = 'matched' and p.role = 'driver' and p.code is null
      and d.ordinality is null and p.mock is not true)
  into v_answers, v_rides
  from point p left join moved m using (ordinality) left join doubted d using (ordinality);
  if v_rides is not null then perform mobility.follow_rides(v_rides); end if;
  return coalesce(v_answers, '[]');
end
$$;
comment on function public.update_positions is 'Moves trips: one answer {trip_id, accepted, code?} for each point.';
revoke all on function public.update_positions from public, anon, authenticated;
grant execute on function public.update_positions to service_role;

-- Where one side of a match is now, or its pickup when nothing newer is known.
create function mobility.position_json(t mobility.trips) returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object('lat', l.lat, 'lng', l.lng, 'position_at', l.position_at,
    'position_age_s', extract(epoch from now() - l.position_at)::integer,
    'accuracy_m', l.accuracy_m, 'heading', l.heading, 'speed_mps', l.speed_mps)
  from mobility.live_positions l
  where l.role = t.role and l.vehicle_type = t.vehicle_type and l.trip_id = t.id
$$;
comment on function mobility.position_json is 'The last known position of a live trip, or null.';

-- A trip with its position and its newest match. Its owner sees it, and so does the counterpart of
-- the match that is under way.
create function public.get_trip(p_acting_user uuid, p_trip_id uuid) returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  t mobility.trips;
  m mobility.matches;
begin
  select * into t from mobility.trips where id = p_trip_id;
  if not found then
    raise sqlstate 'PT404' using message = 'TRIP_NOT_FOUND', detail = 'No trip has this id';
  end if;
  if t.role = 'driver' then
    select * into m from mobility.matches where driver_trip_id = t.id order by created_at desc limit 1;
  else
    select * into m from mobility.matches where passenger_trip_id = t.id order by created_at desc limit 1;
  end if;
  if p_acting_user <> t.user_id and (
    not coalesce(m.live, false)
    or p_acting_user not in (m.driver_user_id, m.passenger_user_id)
  ) then
    raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'The trip belongs to somebody else';
  end if;
  return jsonb_build_object('trip', mobility.trip_json(t), 'position', mobility.position_json(t),
    'match', mobility.match_json(m, p_acting_user));
end
$$;
comment on function public.get_trip is 'A trip, where it is, and its newest match: {trip, position, match}.';
revoke all on function public.get_trip from public, anon, authenticated;
grant execute on function public.get_trip to service_role;

-- A match with both positions, the history of its states, and what an ETA is computed from.
create function public.get_match(p_acting_user uuid, p_match_id uuid) returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  m mobility.matches;
  v_passenger mobility.trips;
  v_driver mobility.trips;
  v_vehicle mobility.vehicle_types;
begin
  select * into m from mobility.matches where id = p_match_id;
  if not found then
    raise sqlstate 'PT404' using message = 'MATCH_NOT_FOUND', detail = 'No match has this id';
  elsif p_acting_user not in (m.driver_user_id, m.passenger_user_id) then
    raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'The match belongs to other people';
  end if;
  select * into v_passenger from mobility.trips where id = m.passenger_trip_id;
  select * into v_driver from mobility.trips where id = m.driver_trip_id;
  select * into v_vehicle from mobility.vehicle_types where code = v_passenger.vehicle_type;
  return jsonb_build_object(
    'match', mobility.match_json(m, p_acting_user),
    -- Where somebody goes after the ride is nobody's business.
    'driver_position', case when m.live then mobility.position_json(v_driver) end,
    'passenger_position', case when m.live then mobility.position_json(v_passenger) end,
    'vehicle', mobility.pace_json(v_vehicle, v_passenger.pickup_lat, v_passenger.pickup_lng),
    'events', (
      select jsonb_agg(jsonb_build_object('from_status', e.from_status, 'to_status', e.to_status,
        'actor', e.actor, 'at', e.at) order by e.id)
      from mobility.match_events e where e.match_id = m.id
    )
  );
end
$$;
comment on function public.get_match is 'A match, both positions, its events: what a tracker shows.';
revoke all on function public.get_match from public, anon, authenticated;
grant execute on function public.get_match to service_role;
