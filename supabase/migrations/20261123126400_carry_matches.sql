-- Carrying matches. In V2 a match goes through its states one by one, and its events and the records of its people
-- say so: a state of V1 that comes from afar is walked to.

create function mobility_v1.old_match(p_id uuid) returns mobility_v1.old_match
language plpgsql stable
set search_path = ''
as $$
declare
  o mobility_v1.old_match;
begin
  execute 'select id, driver_id, passenger_id, trip_id, vehicle_type, pickup_latitude, pickup_longitude,
      dropoff_latitude, dropoff_longitude, pickup_text, dropoff_text, fare_estimate, actual_fare, currency, distance_km,
      status, created_at, updated_at, matched_at, accepted_at, started_at, pickup_time, dropoff_time, completed_at,
      cancelled_at, cancellation_reason, metadata
    from public.mobility_matches where id = $1' into o using p_id;
  return o;
end
$$;
comment on function mobility_v1.old_match(uuid) is 'A match of V1.';

-- Adds to a person's record: mobility.add_to_metrics, without the copy for the searches where there is none.
create function mobility_v1.count_answer(
  p_user_id uuid, p_role text, p_accepted integer, p_declined integer, p_expired integer, p_response_ms bigint,
  p_completed integer, p_cancelled integer
) returns void
language plpgsql
set search_path = ''
as $$
begin
  insert into mobility.user_metrics as u (
    user_id, role, offers_accepted, offers_declined, offers_expired, response_ms_total, rides_completed, rides_cancelled)
  values (p_user_id, p_role, p_accepted, p_declined, p_expired, greatest(0, p_response_ms), p_completed, p_cancelled)
  on conflict (user_id, role) do update set
    offers_accepted = u.offers_accepted + excluded.offers_accepted, offers_declined = u.offers_declined + excluded.offers_declined,
    offers_expired = u.offers_expired + excluded.offers_expired, response_ms_total = u.response_ms_total + excluded.response_ms_total,
    rides_completed = u.rides_completed + excluded.rides_completed, rides_cancelled = u.rides_cancelled + excluded.rides_cancelled,
    updated_at = now();
  if exists (select from mobility.trips where user_id = p_user_id and role = p_role and status in ('open', 'matched')) then
    perform mobility.add_to_metrics(p_user_id, p_role, '{}');
  end if;
end
$$;
comment on function mobility_v1.count_answer is 'Adds to a person''s record.';

-- Walks from a state to that of an image: appends the events and counts them where people's records are, as
-- mobility.apply_transition does. From a state that was the last, one event of the system puts it right.
create function mobility_v1.walk(m mobility.matches, p_from text, i mobility_v1.match_image) returns void
language plpgsql
set search_path = ''
as $$
declare
  v_chain text[] := array['pending', 'accepted', 'driver_arrived', 'in_progress', 'completed'];
  v_at timestamptz[] := array[i.created_at, i.accepted_at, i.arrived_at, i.started_at, i.completed_at];
  v_last integer := coalesce(array_position(v_chain, i.status),
    case when i.started_at is not null then 4 when i.arrived_at is not null then 3 when i.accepted_at is not null then 2 else 1 end);
  v_first integer := coalesce(array_position(v_chain, p_from), 0) + 1;
  v_asked text := case m.initiated_by when 'passenger' then 'driver' else 'passenger' end;
  v_asked_user uuid := case v_asked when 'driver' then m.driver_user_id else m.passenger_user_id end;
  v_ended_at timestamptz := coalesce(i.cancelled_at, m.ended_at, now());
  v_from text;
  v_actor text;
  v_accepted integer := 0;
  v_declined integer := 0;
  v_expired integer := 0;
  v_completed integer := case i.status when 'completed' then 1 else 0 end;
  v_cancelled integer := 0;
  v_response_ms bigint := 0;
begin
  if p_from is not null and v_first = 1 then
    insert into mobility.match_events (match_id, from_status, to_status, actor, at)
    values (m.id, p_from, i.status, 'system', coalesce(i.completed_at, v_ended_at));
  else
    insert into mobility.match_events (match_id, from_status, to_status, actor, at)
    select m.id, case s when v_first then p_from else v_chain[s - 1] end, v_chain[s],
      case s when 1 then m.initiated_by when 2 then v_asked else 'driver' end, coalesce(v_at[s], now())
    from generate_series(v_first, v_last) s;
    if 2 between v_first and v_last then
      v_accepted := 1;
      v_response_ms := extract(epoch from coalesce(v_at[2], now()) - m.created_at) * 1000;
    end if;
    if i.status <> all (v_chain) then
      v_from := v_chain[greatest(v_last, v_first - 1)];
      v_actor := case i.status when 'declined' then v_asked when 'cancelled_driver' then 'driver'
        when 'cancelled_passenger' then 'passenger' else 'system' end;
      -- Declining what was agreed is not a move of V2; it happens when both sides answered at once.
      if i.status = 'declined' and v_from <> 'pending' then v_actor := 'system'; end if;
      insert into mobility.match_events (match_id, from_status, to_status, actor, at)
      values (m.id, v_from, i.status, v_actor, v_ended_at);
      if v_from = 'pending' then
        v_declined := (i.status = 'declined')::integer;
        v_expired := (i.status = 'expired')::integer;
        if v_declined = 1 then v_response_ms := extract(epoch from v_ended_at - m.created_at) * 1000; end if;
      else
        v_cancelled := (v_actor <> 'system')::integer;
      end if;
    end if;
  end if;
  if v_accepted + v_declined + v_expired > 0 or v_completed = 1 then
    perform mobility_v1.count_answer(v_asked_user, v_asked, v_accepted, v_declined, v_expired, v_response_ms, v_completed, 0);
  end if;
  if v_completed = 1 then
    perform mobility_v1.count_answer(case v_asked when 'driver' then m.passenger_user_id else m.driver_user_id end,
      case v_asked when 'driver' then 'passenger' else 'driver' end, 0, 0, 0, 0, 1, 0);
  end if;
  if v_cancelled = 1 then
    perform mobility_v1.count_answer(case v_actor when 'driver' then m.driver_user_id else m.passenger_user_id end, v_actor,
      0, 0, 0, 0, 0, 1);
  end if;
end
$$;
comment on function mobility_v1.walk is 'Appends what happened to a match on its way to a state, and counts it.';

-- A trip that a match of V1 lacks, made up: it never goes to V1.
create function mobility_v1.make_trip(
  p_user_id uuid, p_role text, p_vehicle_type text, p_at mobility.trips, i mobility_v1.match_image
) returns mobility.trips
language plpgsql
set search_path = ''
as $$
declare
  t mobility.trips;
begin
  insert into mobility.trips (user_id, role, vehicle_type, status, pickup_lat, pickup_lng, pickup_text, dropoff_lat,
    dropoff_lng, dropoff_text, expires_at, created_at, updated_at)
  values (p_user_id, p_role, p_vehicle_type, case when i.status = 'completed' then 'completed' else 'expired' end,
    p_at.pickup_lat, p_at.pickup_lng, p_at.pickup_text,
    case when p_role = 'passenger' then p_at.dropoff_lat end, case when p_role = 'passenger' then p_at.dropoff_lng end,
    case when p_role = 'passenger' then p_at.dropoff_text end,
    i.created_at + interval '30 minutes', i.created_at, i.created_at)
  returning * into t;
  insert into mobility_v1.synthetic values ('trips', t.id, format('V1 has no such trip of the %s', p_role));
  return t;
end
$$;
comment on function mobility_v1.make_trip is 'Makes up a trip for a match.';

-- The passenger's trip of a match of V1: the one it names, or one made of the match's own pickup. Null id: neither.
create function mobility_v1.passenger_trip(o mobility_v1.old_match, i mobility_v1.match_image) returns mobility.trips
language plpgsql
set search_path = ''
as $$
declare
  p mobility.trips;
  v_point record;
begin
  if o.trip_id is not null and not exists (select from mobility.trips where id = o.trip_id) then
    perform mobility_v1.carry_trip(o.trip_id);
  end if;
  select * into p from mobility.trips where id = o.trip_id and role = 'passenger' and user_id = i.passenger_user_id;
  if found then return p; end if;
  v_point := mobility_v1.read_point(o.pickup_latitude, o.pickup_longitude);
  select c.v2 into p.vehicle_type from mobility_v1.codes c where c.kind = 'vehicle' and c.v1 = o.vehicle_type;
  if v_point.lat is null or p.vehicle_type is null then return p; end if;
  p.pickup_lat := v_point.lat; p.pickup_lng := v_point.lng; p.pickup_text := left(o.pickup_text, 300);
  v_point := mobility_v1.read_point(o.dropoff_latitude, o.dropoff_longitude);
  p.dropoff_lat := v_point.lat; p.dropoff_lng := v_point.lng; p.dropoff_text := left(o.dropoff_text, 300);
  return mobility_v1.make_trip(i.passenger_user_id, 'passenger', p.vehicle_type, p, i);
end
$$;
comment on function mobility_v1.passenger_trip is 'The passenger''s trip of a match of V1.';

-- The driver's: the one the match names, else the last that the driver had before it, else one made up where the
-- passenger waits. A trip that is over cannot carry a match that is not.
create function mobility_v1.driver_trip(o mobility_v1.old_match, i mobility_v1.match_image, p mobility.trips) returns mobility.trips
language plpgsql
set search_path = ''
as $$
declare
  d mobility.trips;
begin
  select t.* into d from mobility.trips t
  where t.user_id = i.driver_user_id and t.role = 'driver' and t.vehicle_type = p.vehicle_type
    and (t.id = o.trip_id or t.created_at between i.created_at - interval '1 day' and i.created_at + interval '1 minute')
    and (not mobility_v1.is_live(i.status) or t.status in ('open', 'matched')
      or t.status = 'completed' and not exists (select from mobility.matches m where m.driver_trip_id = t.id))
  order by t.id = o.trip_id desc, t.created_at desc limit 1;
  if found then return d; end if;
  return mobility_v1.make_trip(i.driver_user_id, 'driver', p.vehicle_type, p, i);
end
$$;
comment on function mobility_v1.driver_trip is 'The driver''s trip of a match of V1.';

-- Binds or frees the trips of a match that V1 moved, as mobility.bind_trips and apply_transition do, and has them
-- carried.
create function mobility_v1.move_trips(m mobility.matches, p_was_live boolean) returns void
language plpgsql
set search_path = ''
as $$
declare
  t mobility.trips;
  v_to text;
begin
  if m.live = p_was_live then return; end if;
  for t in select * from mobility.trips where id in (m.passenger_trip_id, m.driver_trip_id) order by id loop
    if m.live then
      perform mobility_v1.set_aside(t.user_id, t.role, t.id, 'BESIDE_A_RIDE', m.id);
      update mobility.trips set status = 'matched', updated_at = now() where id = t.id returning * into t;
      perform mobility.leave_pool(t);
      perform mobility_v1.place(t, null);
    else
      v_to := case
        when m.status = 'completed' then 'completed'
        when m.status = 'cancelled_passenger' and t.role = 'passenger' then 'cancelled'
        when m.status = 'expired' and m.accepted_at is not null then 'expired'
        when t.expires_at <= now() or exists (select from mobility_v1.synthetic where "table" = 'trips' and id = t.id)
          or (mobility_v1.beside(mobility_v1.image_of(t), t.id)).reason is not null then 'expired'
        else 'open' end;
      if v_to = 'open' then
        perform mobility.reopen_trip(t.id, interval '0');
      elsif v_to = 'completed' and t.role = 'driver' then
        perform mobility.finish_driver_trip(m);
      else
        perform mobility.end_trip(t.id, v_to, case v_to when 'cancelled' then m.cancel_reason end);
      end if;
    end if;
    perform mobility_v1.note('trips', t.id);
  end loop;
  -- A driver by chat is online again with another trip.
  insert into mobility_v1.changes (side, tbl, id)
  select '2', 'trips', id from mobility.trips
  where not m.live and user_id = m.driver_user_id and role = 'driver' and status = 'open' and id <> m.driver_trip_id;
end
$$;
comment on function mobility_v1.move_trips is 'Binds or frees the trips of a match that V1 moved.';

-- Tells those who look, over Realtime alone: V1 tells its own people.
create function mobility_v1.broadcast(m mobility.matches, p_from text) returns void
language sql
set search_path = ''
as $$
  select mobility.push(
    array['match:' || m.id, 'user:' || m.driver_user_id, 'user:' || m.passenger_user_id, 'operators'], 'match_changed',
    jsonb_build_object('match_id', m.id, 'status', m.status, 'from_status', p_from, 'actor', 'system', 'at', now()))
$$;
comment on function mobility_v1.broadcast is 'Broadcasts that a match was moved by V1.';

-- A match of V1 that V2 has not yet.
create function mobility_v1.put_match(o mobility_v1.old_match, r mobility_v1.match_reading) returns text
language plpgsql
set search_path = ''
as $$
declare
  i mobility_v1.match_image := r.image;
  m mobility.matches;
  p mobility.trips;
  d mobility.trips;
  v_held_by uuid;
  v_locked integer;
  v_stale boolean := mobility_v1.is_stale(i.status, coalesce(o.updated_at, i.created_at));
  v_repairs text[] := r.repairs;
begin
  if mobility_v1.is_live(i.status) and not v_stale then
    select id into v_held_by from mobility.matches
    where live and (driver_user_id = i.driver_user_id or passenger_user_id = i.passenger_user_id) limit 1;
    if found then return mobility_v1.reject('matches', o.id, 'SECOND_LIVE_MATCH', '1', v_held_by); end if;
  end if;
  if v_stale then
    i.status := 'expired';
    i.cancel_reason := null;
    v_repairs := v_repairs || 'FORGOTTEN'::text;
  end if;
  perform mobility_v1.need_person(i.passenger_user_id);
  perform mobility_v1.need_person(i.driver_user_id);
  p := mobility_v1.passenger_trip(o, i);
  if p.id is null then
    return mobility_v1.reject('matches', o.id, case when p.vehicle_type is null and o.pickup_latitude is not null
      then 'UNKNOWN_VEHICLE' else 'NO_PICKUP' end, '1', o.trip_id);
  end if;
  if p.id is distinct from o.trip_id then v_repairs := v_repairs || 'SYNTHETIC_PASSENGER_TRIP'::text; end if;
  d := mobility_v1.driver_trip(o, i, p);
  if exists (select from mobility_v1.synthetic where "table" = 'trips' and id = d.id) then
    v_repairs := v_repairs || 'SYNTHETIC_DRIVER_TRIP'::text;
  end if;
  if mobility_v1.is_live(i.status) then
    perform 1 from mobility.trips where id in (p.id, d.id) order by id for update skip locked;
    get diagnostics v_locked = row_count;
    if v_locked < 2 then perform mobility_v1.busy(); end if;
  end if;
  insert into mobility.matches (id, passenger_trip_id, driver_trip_id, passenger_user_id, driver_user_id, status,
    initiated_by, respond_by, fare_amount, currency, distance_m, created_at, updated_at, accepted_at, arrived_at,
    started_at, completed_at, ended_at, cancel_reason)
  values (o.id, p.id, d.id, i.passenger_user_id, i.driver_user_id, i.status, 'passenger',
    -- V1 has no time to answer: V2's sweep forgets with the patience it has for a ride.
    i.created_at + interval '2 hours', i.fare_amount, i.currency, (i.distance_km * 1000)::integer, i.created_at,
    coalesce(o.updated_at, i.created_at), i.accepted_at, i.arrived_at, i.started_at, i.completed_at,
    case when not mobility_v1.is_live(i.status) then coalesce(i.completed_at, i.cancelled_at, o.updated_at, i.created_at) end,
    i.cancel_reason)
  returning * into m;
  perform mobility_v1.walk(m, null, i);
  if m.live then
    insert into mobility.match_pins (match_id, passenger_user_id, pin)
    values (m.id, m.passenger_user_id,
      lpad((('x' || left(gen_random_uuid()::text, 8))::bit(32)::bigint % 10000)::text, 4, '0'));
    perform mobility_v1.move_trips(m, false);
    perform mobility_v1.broadcast(m, null);
  end if;
  insert into mobility_v1.carried_matches values (o.id, '1', mobility_v1.image_of(m));
  perform mobility_v1.settle('matches', o.id, v_repairs);
  return 'carried';
end
$$;
comment on function mobility_v1.put_match is 'Writes a match of V1 into V2.';
