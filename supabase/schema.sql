CREATE SCHEMA mobility;

COMMENT ON SCHEMA mobility IS 'Ride dispatch: tables and internal functions, not exposed by the API.';

CREATE SCHEMA public;

COMMENT ON SCHEMA public IS 'standard public schema';

CREATE TYPE mobility.fare AS (
	fare_amount integer,
	currency text,
	tariff_id bigint
);

CREATE FUNCTION mobility.add_to_metrics(p_user_id uuid, p_role text, p_delta jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility.add_to_metrics(p_user_id uuid, p_role text, p_delta jsonb) IS 'Adds to a person''s counts and to the copy of them that searches read.';

CREATE FUNCTION mobility.add_vehicle_type(p_code text, p_name text, p_speed_mps real, p_road_factor real DEFAULT 1.3) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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
    -- Positions die young: vacuum a pool long before a fifth of it is dead.
    execute format('alter table mobility.%I set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0)', v_pool);
    execute format('alter table mobility.%I enable row level security', v_pool);
    execute format('create policy read_own on mobility.%I for select to authenticated using (user_id = (select auth.uid()))', v_pool);
  end loop;
end
$$;

COMMENT ON FUNCTION mobility.add_vehicle_type(p_code text, p_name text, p_speed_mps real, p_road_factor real) IS 'Adds a vehicle type with its pools of drivers and passengers.';

CREATE TABLE mobility.matches (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    passenger_trip_id uuid NOT NULL,
    driver_trip_id uuid NOT NULL,
    passenger_user_id uuid NOT NULL,
    driver_user_id uuid NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    live boolean GENERATED ALWAYS AS ((status = ANY (ARRAY['pending'::text, 'accepted'::text, 'driver_arrived'::text, 'in_progress'::text]))) STORED NOT NULL,
    initiated_by text NOT NULL,
    respond_by timestamp with time zone NOT NULL,
    fare_amount integer,
    currency text,
    distance_m integer,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    accepted_at timestamp with time zone,
    arrived_at timestamp with time zone,
    started_at timestamp with time zone,
    completed_at timestamp with time zone,
    ended_at timestamp with time zone,
    cancel_reason text,
    CONSTRAINT matches_cancel_reason_check CHECK ((char_length(cancel_reason) <= 300)),
    CONSTRAINT matches_check CHECK ((driver_user_id <> passenger_user_id)),
    CONSTRAINT matches_check1 CHECK ((passenger_trip_id <> driver_trip_id)),
    CONSTRAINT matches_check2 CHECK (((completed_at IS NOT NULL) = (status = 'completed'::text))),
    CONSTRAINT matches_distance_m_check CHECK ((distance_m >= 0)),
    CONSTRAINT matches_fare_amount_check CHECK ((fare_amount >= 0)),
    CONSTRAINT matches_initiated_by_check CHECK ((initiated_by = ANY (ARRAY['driver'::text, 'passenger'::text]))),
    CONSTRAINT matches_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'accepted'::text, 'driver_arrived'::text, 'in_progress'::text, 'completed'::text, 'declined'::text, 'expired'::text, 'cancelled_driver'::text, 'cancelled_passenger'::text])))
);

COMMENT ON TABLE mobility.matches IS 'Rides: one passenger''s trip bound to one driver''s.';

CREATE FUNCTION mobility.apply_transition(m mobility.matches, p_to_status text, p_actor text, p_reason text) RETURNS mobility.matches
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_from_status text := m.status;
  v_asked text := case m.initiated_by when 'passenger' then 'driver' else 'passenger' end;
  v_asked_user uuid := case v_asked when 'driver' then m.driver_user_id else m.passenger_user_id end;
  v_response_ms bigint := extract(epoch from now() - m.created_at) * 1000;
  -- Whoever loses a ride that was agreed gets time to find another; an unanswered proposal costs none.
  v_grace interval := case m.status when 'pending' then interval '0' else interval '10 minutes' end;
begin
  update mobility.matches set
    status = p_to_status, updated_at = now(),
    accepted_at = case p_to_status when 'accepted' then now() else accepted_at end,
    arrived_at = case p_to_status when 'driver_arrived' then now() else arrived_at end,
    started_at = case p_to_status when 'in_progress' then now() else started_at end,
    completed_at = case p_to_status when 'completed' then now() end,
    ended_at = case when p_to_status not in ('accepted', 'driver_arrived', 'in_progress') then now() end,
    cancel_reason = p_reason
  where id = m.id returning * into m;

  if p_to_status = 'accepted' then
    perform mobility.add_to_metrics(v_asked_user, v_asked,
      jsonb_build_object('offers_accepted', 1, 'response_ms_total', v_response_ms));
  elsif p_to_status = 'declined' then
    perform mobility.add_to_metrics(v_asked_user, v_asked,
      jsonb_build_object('offers_declined', 1, 'response_ms_total', v_response_ms));
  elsif p_to_status = 'expired' and v_from_status = 'pending' then
    perform mobility.add_to_metrics(v_asked_user, v_asked, '{"offers_expired": 1}');
  elsif p_to_status = 'completed' then
    perform mobility.add_to_metrics(m.driver_user_id, 'driver', '{"rides_completed": 1}');
    perform mobility.add_to_metrics(m.passenger_user_id, 'passenger', '{"rides_completed": 1}');
  -- Withdrawing a proposal that nobody answered is no broken promise.
  elsif p_to_status = 'cancelled_driver' and v_from_status <> 'pending' then
    perform mobility.add_to_metrics(m.driver_user_id, 'driver', '{"rides_cancelled": 1}');
  elsif p_to_status = 'cancelled_passenger' and v_from_status <> 'pending' then
    perform mobility.add_to_metrics(m.passenger_user_id, 'passenger', '{"rides_cancelled": 1}');
  end if;

  if p_to_status = 'completed' then
    perform mobility.end_trip(m.passenger_trip_id, 'completed');
    perform mobility.end_trip(m.driver_trip_id, 'completed');
  elsif p_to_status = 'expired' and v_from_status <> 'pending' then
    -- Both sides walked away from a ride: neither is waiting any more.
    perform mobility.end_trip(m.passenger_trip_id, 'expired');
    perform mobility.end_trip(m.driver_trip_id, 'expired');
  elsif not m.live then
    perform mobility.reopen_trip(m.passenger_trip_id, v_grace);
    perform mobility.reopen_trip(m.driver_trip_id, v_grace);
  end if;
  perform mobility.record_event(m, v_from_status, p_actor);
  return m;
end
$$;

COMMENT ON FUNCTION mobility.apply_transition(m mobility.matches, p_to_status text, p_actor text, p_reason text) IS 'Moves a locked match to a state, with everything that follows from it.';

CREATE TABLE mobility.areas (
    code text NOT NULL,
    name text NOT NULL,
    timezone text DEFAULT 'Africa/Kigali'::text NOT NULL,
    currency text DEFAULT 'RWF'::text NOT NULL,
    boundary extensions.geometry(MultiPolygon,4326) NOT NULL,
    CONSTRAINT areas_code_check CHECK ((code ~ '^[a-z0-9_-]{1,40}$'::text)),
    CONSTRAINT areas_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text))
);

COMMENT ON TABLE mobility.areas IS 'Where the service runs: decides the tariff, the clock of its peak hours, and which coordinates are plausible.';

CREATE FUNCTION mobility.area_at(p_lat double precision, p_lng double precision) RETURNS mobility.areas
    LANGUAGE sql STABLE STRICT
    SET search_path TO ''
    AS $$
  select a from mobility.areas a
  where extensions.st_intersects(a.boundary, extensions.st_setsrid(extensions.st_makepoint(p_lng, p_lat), 4326))
  order by extensions.st_area(a.boundary), a.code
  limit 1
$$;

COMMENT ON FUNCTION mobility.area_at(p_lat double precision, p_lng double precision) IS 'The smallest service area that contains a point, or null.';

CREATE FUNCTION mobility.check_location(p_lat double precision, p_lng double precision) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
begin
  if not mobility.is_plausible(p_lat, p_lng) then
    raise sqlstate 'PT400' using message = 'INVALID_LOCATION', detail = case
      when mobility.looks_exchanged(p_lat, p_lng) then 'Latitude and longitude look exchanged'
      else 'A location is a latitude within -90 to 90 and a longitude within -180 to 180 degrees, and not 0, 0'
    end;
  end if;
end
$$;

COMMENT ON FUNCTION mobility.check_location(p_lat double precision, p_lng double precision) IS 'Raises INVALID_LOCATION for coordinates no person can be at.';

CREATE TABLE mobility.trips (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    vehicle_type text NOT NULL,
    status text DEFAULT 'open'::text NOT NULL,
    pickup_lat double precision NOT NULL,
    pickup_lng double precision NOT NULL,
    pickup_text text,
    dropoff_lat double precision,
    dropoff_lng double precision,
    dropoff_text text,
    distance_m integer,
    duration_s integer,
    fare_amount integer,
    currency text,
    tariff_id bigint,
    scheduled_for timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    cancel_reason text,
    CONSTRAINT trips_cancel_reason_check CHECK ((char_length(cancel_reason) <= 300)),
    CONSTRAINT trips_check CHECK ((expires_at > created_at)),
    CONSTRAINT trips_check1 CHECK (((dropoff_lat IS NULL) = (dropoff_lng IS NULL))),
    CONSTRAINT trips_check2 CHECK (((fare_amount IS NULL) = (currency IS NULL))),
    CONSTRAINT trips_distance_m_check CHECK ((distance_m >= 0)),
    CONSTRAINT trips_dropoff_lat_check CHECK (((dropoff_lat >= ('-90'::integer)::double precision) AND (dropoff_lat <= (90)::double precision))),
    CONSTRAINT trips_dropoff_lng_check CHECK (((dropoff_lng >= ('-180'::integer)::double precision) AND (dropoff_lng <= (180)::double precision))),
    CONSTRAINT trips_dropoff_text_check CHECK ((char_length(dropoff_text) <= 300)),
    CONSTRAINT trips_duration_s_check CHECK ((duration_s >= 0)),
    CONSTRAINT trips_fare_amount_check CHECK ((fare_amount >= 0)),
    CONSTRAINT trips_pickup_lat_check CHECK (((pickup_lat >= ('-90'::integer)::double precision) AND (pickup_lat <= (90)::double precision))),
    CONSTRAINT trips_pickup_lng_check CHECK (((pickup_lng >= ('-180'::integer)::double precision) AND (pickup_lng <= (180)::double precision))),
    CONSTRAINT trips_pickup_text_check CHECK ((char_length(pickup_text) <= 300)),
    CONSTRAINT trips_role_check CHECK ((role = ANY (ARRAY['driver'::text, 'passenger'::text]))),
    CONSTRAINT trips_status_check CHECK ((status = ANY (ARRAY['open'::text, 'matched'::text, 'completed'::text, 'expired'::text, 'cancelled'::text])))
);

COMMENT ON TABLE mobility.trips IS 'Open wishes of passengers and drivers, and what became of them.';

CREATE FUNCTION mobility.check_open(t mobility.trips, p_side text) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_hint text := jsonb_build_object('trip', p_side, 'status', t.status)::text;
begin
  if t.status = 'cancelled' then
    raise sqlstate 'PT409' using message = 'TRIP_CANCELLED', hint = v_hint, detail = 'The trip was cancelled';
  elsif t.status = 'completed' then
    raise sqlstate 'PT409' using message = 'TRIP_COMPLETED', hint = v_hint, detail = 'The trip is over';
  elsif t.status = 'matched' then
    raise sqlstate 'PT409' using message = 'TRIP_ALREADY_MATCHED', hint = v_hint,
      detail = 'The trip is bound to another match';
  elsif t.status = 'expired' or t.expires_at <= now() then
    raise sqlstate 'PT410' using message = 'TRIP_EXPIRED', hint = v_hint, detail = 'The trip expired';
  elsif t.scheduled_for - mobility.schedule_lead() > now() then
    raise sqlstate 'PT409' using message = 'TRIP_NOT_DUE', hint = v_hint,
      detail = 'A scheduled trip is matched from 15 minutes before its time';
  end if;
end
$$;

COMMENT ON FUNCTION mobility.check_open(t mobility.trips, p_side text) IS 'Raises why a trip is not open, if it is not.';

CREATE FUNCTION mobility.check_pin(p_match_id uuid, p_pin text) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_pin mobility.match_pins;
begin
  select * into v_pin from mobility.match_pins where match_id = p_match_id for update;
  if v_pin.locked_until > now() then
    return jsonb_build_object('error', jsonb_build_object('code', 'PIN_LOCKED', 'details', jsonb_build_object(
      'retry_after_s', ceil(extract(epoch from v_pin.locked_until - now())))));
  elsif v_pin.pin = p_pin then
    return null;
  end if;
  update mobility.match_pins set
    wrong_attempts = case when wrong_attempts >= 4 then 0 else wrong_attempts + 1 end,
    locked_until = case when wrong_attempts >= 4 then now() + interval '10 minutes' end
  where match_id = p_match_id returning * into v_pin;
  if v_pin.locked_until is not null then
    return '{"error": {"code": "PIN_LOCKED", "details": {"retry_after_s": 600}}}'::jsonb;
  end if;
  return jsonb_build_object('error', jsonb_build_object('code', 'PIN_INVALID', 'details', jsonb_build_object(
    'attempts_left', 5 - v_pin.wrong_attempts)));
end
$$;

COMMENT ON FUNCTION mobility.check_pin(p_match_id uuid, p_pin text) IS 'Null for the right PIN, else the error to answer with.';

CREATE FUNCTION mobility.distance_m(p_lat_a double precision, p_lng_a double precision, p_lat_b double precision, p_lng_b double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
  select 2 * 6371008.8 * asin(least(1, sqrt(
    power(sin(radians(p_lat_b - p_lat_a) / 2), 2)
    + cos(radians(p_lat_a)) * cos(radians(p_lat_b)) * power(sin(radians(p_lng_b - p_lng_a) / 2), 2)
  )))
$$;

COMMENT ON FUNCTION mobility.distance_m(p_lat_a double precision, p_lng_a double precision, p_lat_b double precision, p_lng_b double precision) IS 'Great-circle distance in metres between two points in degrees.';

CREATE FUNCTION mobility.end_trip(p_trip_id uuid, p_status text, p_reason text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  t mobility.trips;
begin
  update mobility.trips set status = p_status, updated_at = now(), cancel_reason = p_reason
  where id = p_trip_id returning * into t;
  delete from mobility.live_positions
  where role = t.role and vehicle_type = t.vehicle_type and trip_id = t.id;
end
$$;

COMMENT ON FUNCTION mobility.end_trip(p_trip_id uuid, p_status text, p_reason text) IS 'Ends a trip: completed, expired or cancelled.';

CREATE FUNCTION mobility.enter_pool(t mobility.trips) RETURNS void
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  insert into mobility.live_positions (
    trip_id, user_id, role, vehicle_type, lat, lng, position_at, expires_at, available, findable_from, standing
  )
  select t.id, t.user_id, t.role, t.vehicle_type, t.pickup_lat, t.pickup_lng, now(), t.expires_at,
    coalesce(t.scheduled_for - mobility.schedule_lead() <= now(), true),
    coalesce(t.scheduled_for - mobility.schedule_lead(), '-infinity'), mobility.standing_of(t.user_id, t.role)
$$;

COMMENT ON FUNCTION mobility.enter_pool(t mobility.trips) IS 'Makes an open trip findable.';

CREATE FUNCTION mobility.fare_for(p_vehicle_type text, p_lat double precision, p_lng double precision, p_distance_m double precision, p_duration_s double precision, p_at timestamp with time zone) RETURNS mobility.fare
    LANGUAGE sql STABLE STRICT
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility.fare_for(p_vehicle_type text, p_lat double precision, p_lng double precision, p_distance_m double precision, p_duration_s double precision, p_at timestamp with time zone) IS 'Fare of a trip of a distance (m) and duration (s) at a moment, or null without a tariff.';

CREATE FUNCTION mobility.freshness_limit() RETURNS interval
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$ select interval '30 minutes' $$;

COMMENT ON FUNCTION mobility.freshness_limit() IS 'Age from which a driver''s position is not offered any more.';

CREATE FUNCTION mobility.is_plausible(p_lat double precision, p_lng double precision) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select coalesce(
    p_lat between -90 and 90 and p_lng between -180 and 180 and (p_lat <> 0 or p_lng <> 0)
    and not mobility.looks_exchanged(p_lat, p_lng), false)
$$;

COMMENT ON FUNCTION mobility.is_plausible(p_lat double precision, p_lng double precision) IS 'Whether a person can be at a point.';

CREATE FUNCTION mobility.leave_pool(t mobility.trips) RETURNS void
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  update mobility.live_positions set available = false, findable_from = 'infinity'
  where role = t.role and vehicle_type = t.vehicle_type and trip_id = t.id
$$;

COMMENT ON FUNCTION mobility.leave_pool(t mobility.trips) IS 'Hides a matched trip from the searches.';

CREATE FUNCTION mobility.lock_match(p_match_id uuid, p_acting_user uuid) RETURNS mobility.matches
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  m mobility.matches;
begin
  select * into m from mobility.matches where id = p_match_id;
  if not found then
    raise sqlstate 'PT404' using message = 'MATCH_NOT_FOUND', detail = 'No match has this id';
  elsif p_acting_user not in (m.driver_user_id, m.passenger_user_id) then
    raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'The match belongs to other people';
  end if;
  perform 1 from mobility.trips where id in (m.passenger_trip_id, m.driver_trip_id) order by id for update;
  perform mobility.lock_positions(array[m.passenger_trip_id, m.driver_trip_id]);
  select * into m from mobility.matches where id = p_match_id for update;
  return m;
end
$$;

COMMENT ON FUNCTION mobility.lock_match(p_match_id uuid, p_acting_user uuid) IS 'Locks a match with its trips for somebody who takes part in it.';

CREATE FUNCTION mobility.lock_positions(p_trip_ids uuid[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  t mobility.trips;
  v_all uuid[];
begin
  -- Row by row: as a join, a plan made while the tables were small would scan them when they are not.
  for t in select * from mobility.trips where id = any (p_trip_ids) loop
    v_all := v_all || array(
      select id from mobility.trips
      where user_id = t.user_id and role = t.role and status in ('open', 'matched')
    );
  end loop;
  for t in select * from mobility.trips where id = any (v_all) order by id loop
    perform 1 from mobility.live_positions
    where role = t.role and vehicle_type = t.vehicle_type and trip_id = t.id for update;
  end loop;
end
$$;

COMMENT ON FUNCTION mobility.lock_positions(p_trip_ids uuid[]) IS 'Locks the positions of the owners of some trips, in id order.';

CREATE FUNCTION mobility.lock_trips(p_trip_a uuid, p_trip_b uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  m mobility.matches;
  v_trip_ids uuid[];
begin
  v_trip_ids := array(
    select id from mobility.trips
    where id in (p_trip_a, p_trip_b)
      or id in (
        select unnest(array[l.passenger_trip_id, l.driver_trip_id]) from mobility.matches l
        where l.status = 'pending' and l.respond_by <= now()
          and (l.passenger_trip_id in (p_trip_a, p_trip_b) or l.driver_trip_id in (p_trip_a, p_trip_b))
      )
    order by id for update
  );
  perform mobility.lock_positions(v_trip_ids);
  for m in
    select * from mobility.matches l
    where l.status = 'pending' and l.respond_by <= now()
      and (l.passenger_trip_id in (p_trip_a, p_trip_b) or l.driver_trip_id in (p_trip_a, p_trip_b))
    for update
  loop
    perform mobility.apply_transition(m, 'expired', 'system', null);
  end loop;
end
$$;

COMMENT ON FUNCTION mobility.lock_trips(p_trip_a uuid, p_trip_b uuid) IS 'Locks two trips in id order and expires the unanswered proposals that hold them.';

CREATE FUNCTION mobility.looks_exchanged(p_lat double precision, p_lng double precision) RETURNS boolean
    LANGUAGE sql STABLE STRICT
    SET search_path TO ''
    AS $$
  select abs(p_lng) <= 90 and mobility.area_at(p_lat, p_lng) is null and mobility.area_at(p_lng, p_lat) is not null
$$;

COMMENT ON FUNCTION mobility.looks_exchanged(p_lat double precision, p_lng double precision) IS 'Whether a point only makes sense with latitude and longitude exchanged.';

CREATE FUNCTION mobility.match_json(m mobility.matches, p_viewer uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object(
    'id', m.id, 'status', m.status, 'initiated_by', m.initiated_by, 'respond_by', m.respond_by,
    'passenger_trip_id', m.passenger_trip_id, 'driver_trip_id', m.driver_trip_id,
    'passenger_user_id', m.passenger_user_id, 'driver_user_id', m.driver_user_id,
    'vehicle_type', t.vehicle_type,
    'pickup', mobility.trip_json(t) -> 'pickup', 'dropoff', mobility.trip_json(t) -> 'dropoff',
    'distance_m', m.distance_m, 'fare_amount', m.fare_amount, 'currency', m.currency,
    'created_at', m.created_at, 'updated_at', m.updated_at, 'accepted_at', m.accepted_at,
    'arrived_at', m.arrived_at, 'started_at', m.started_at, 'completed_at', m.completed_at,
    'ended_at', m.ended_at, 'cancel_reason', m.cancel_reason
  ) || case when p_viewer is null or p_viewer = m.passenger_user_id then
    jsonb_build_object('pin', (select p.pin from mobility.match_pins p where p.match_id = m.id))
  else '{}' end
  from mobility.trips t where t.id = m.passenger_trip_id
$$;

COMMENT ON FUNCTION mobility.match_json(m mobility.matches, p_viewer uuid) IS 'A match in the shape of the API, as one viewer may see it.';

CREATE FUNCTION mobility.mercator(p_lat double precision, p_lng double precision) RETURNS extensions.geometry
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
begin
  return extensions.st_setsrid(
    extensions.st_makepoint(
      p_lng * 111319.49079327358,
      6378137.0 * ln(tan(pi() / 4 + greatest(least(p_lat, 85.06), -85.06) * pi() / 360))
    ),
    3857
  );
end
$$;

COMMENT ON FUNCTION mobility.mercator(p_lat double precision, p_lng double precision) IS 'Degrees to an EPSG:3857 point.';

CREATE FUNCTION mobility.nearest(p_role text, p_vehicle_type text, p_lat double precision, p_lng double precision, p_limit integer) RETURNS json
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $_$
declare
  v_here extensions.geometry := mobility.mercator(p_lat, p_lng);
  v_now timestamptz := now();
  -- A passenger waits at the pickup and sends no positions.
  v_fresh_since timestamptz := case p_role when 'driver' then v_now - mobility.freshness_limit()
    else '-infinity' end;
  v_found json;
begin
  execute format(
    $query$
      select coalesce(json_agg(near), '[]')
      from (
        select trip_id, user_id, lat, lng,
          date_part('epoch', $1 - position_at)::integer as position_age_s,
          date_part('epoch', expires_at - $1)::integer as expires_in_s, standing
        from mobility.%I
        where available and position_at > $2 and expires_at > $1
        order by position operator(extensions.<->) $3
        limit $4
      ) near
    $query$, 'live_' || p_role || 's_' || p_vehicle_type)
  into v_found using v_now, v_fresh_since, v_here, p_limit;
  return v_found;
end
$_$;

COMMENT ON FUNCTION mobility.nearest(p_role text, p_vehicle_type text, p_lat double precision, p_lng double precision, p_limit integer) IS 'The nearest available trips of a role and vehicle type, as JSON, nearest first.';

CREATE FUNCTION mobility.position_json(t mobility.trips) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object('lat', l.lat, 'lng', l.lng, 'position_at', l.position_at,
    'position_age_s', extract(epoch from now() - l.position_at)::integer,
    'accuracy_m', l.accuracy_m, 'heading', l.heading, 'speed_mps', l.speed_mps)
  from mobility.live_positions l
  where l.role = t.role and l.vehicle_type = t.vehicle_type and l.trip_id = t.id
$$;

COMMENT ON FUNCTION mobility.position_json(t mobility.trips) IS 'The last known position of a live trip, or null.';

CREATE FUNCTION mobility.price_finished_ride(m mobility.matches) RETURNS mobility.matches
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility.price_finished_ride(m mobility.matches) IS 'Prices a ride without a dropoff when it ends.';

CREATE FUNCTION mobility.record_event(m mobility.matches, p_from_status text, p_actor text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $_$
declare
  v_send regprocedure := to_regprocedure('realtime.send(jsonb,text,text,boolean)');
  v_payload jsonb := jsonb_build_object(
    'match_id', m.id, 'status', m.status, 'from_status', p_from_status, 'actor', p_actor, 'at', now()
  );
begin
  insert into mobility.match_events (match_id, from_status, to_status, actor)
  values (m.id, p_from_status, m.status, p_actor);
  if v_send is not null then
    execute format('select %s($1, ''match_changed'', topic, true) from unnest($2::text[]) topic', v_send::regproc)
    using v_payload, array['match:' || m.id, 'user:' || m.driver_user_id, 'user:' || m.passenger_user_id];
  end if;
end
$_$;

COMMENT ON FUNCTION mobility.record_event(m mobility.matches, p_from_status text, p_actor text) IS 'Appends a transition to the event log and broadcasts it.';

CREATE FUNCTION mobility.remember(p_acting_user uuid, p_key text, p_response jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  if p_key is not null then
    update mobility.idempotency_keys set response = p_response
    where scope = coalesce(p_acting_user::text, 'service') and key = p_key;
  end if;
  return p_response;
end
$$;

COMMENT ON FUNCTION mobility.remember(p_acting_user uuid, p_key text, p_response jsonb) IS 'Stores the answer to an idempotency key and returns it.';

CREATE FUNCTION mobility.reopen_trip(p_trip_id uuid, p_grace interval) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  t mobility.trips;
begin
  update mobility.trips
  set status = 'open', updated_at = now(), expires_at = greatest(expires_at, now() + p_grace)
  where id = p_trip_id and status = 'matched' returning * into t;
  update mobility.live_positions
  set expires_at = t.expires_at, findable_from = '-infinity',
    available = t.role = 'passenger' or position_at > now() - mobility.freshness_limit()
  where role = t.role and vehicle_type = t.vehicle_type and trip_id = t.id;
end
$$;

COMMENT ON FUNCTION mobility.reopen_trip(p_trip_id uuid, p_grace interval) IS 'Makes a matched trip findable again.';

CREATE FUNCTION mobility.replay(p_acting_user uuid, p_key text, p_request jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_scope text := coalesce(p_acting_user::text, 'service');
  v_first mobility.idempotency_keys;
begin
  if p_key is null then return null; end if;
  insert into mobility.idempotency_keys (scope, key, request) values (v_scope, p_key, p_request)
  on conflict do nothing;
  if found then return null; end if;
  select * into v_first from mobility.idempotency_keys where scope = v_scope and key = p_key;
  if v_first.request is distinct from p_request then
    raise sqlstate 'PT422' using message = 'IDEMPOTENCY_KEY_REUSED',
      detail = 'This idempotency key was used for a different request';
  end if;
  return v_first.response;
end
$$;

COMMENT ON FUNCTION mobility.replay(p_acting_user uuid, p_key text, p_request jsonb) IS 'The first answer given to an idempotency key, or null.';

CREATE FUNCTION mobility.schedule_lead() RETURNS interval
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$ select interval '15 minutes' $$;

COMMENT ON FUNCTION mobility.schedule_lead() IS 'How long before its time a scheduled trip starts to look for a counterpart.';

CREATE FUNCTION mobility.side_of(m mobility.matches, p_acting_user uuid, p_as text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select case p_acting_user when m.driver_user_id then 'driver' when m.passenger_user_id then 'passenger'
    -- Only the sweep acts for the system.
    else nullif(p_as, 'system') end
$$;

COMMENT ON FUNCTION mobility.side_of(m mobility.matches, p_acting_user uuid, p_as text) IS 'The side of a match that the caller acts for.';

CREATE FUNCTION mobility.standing_of(p_user_id uuid, p_role text) RETURNS json
    LANGUAGE sql STABLE STRICT
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility.standing_of(p_user_id uuid, p_role text) IS 'Averages and counts of a person''s record in a role.';

CREATE FUNCTION mobility.trip_json(t mobility.trips) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object(
    'id', t.id, 'user_id', t.user_id, 'role', t.role, 'vehicle_type', t.vehicle_type, 'status', t.status,
    'pickup', jsonb_build_object('lat', t.pickup_lat, 'lng', t.pickup_lng, 'text', t.pickup_text),
    'dropoff', case when t.dropoff_lat is not null then
      jsonb_build_object('lat', t.dropoff_lat, 'lng', t.dropoff_lng, 'text', t.dropoff_text) end,
    'distance_m', t.distance_m, 'duration_s', t.duration_s,
    'fare_amount', t.fare_amount, 'currency', t.currency,
    'scheduled_for', t.scheduled_for, 'expires_at', t.expires_at,
    'created_at', t.created_at, 'updated_at', t.updated_at, 'cancel_reason', t.cancel_reason
  )
$$;

COMMENT ON FUNCTION mobility.trip_json(t mobility.trips) IS 'A trip in the shape of the API.';

CREATE TABLE mobility.vehicle_types (
    code text NOT NULL,
    name text NOT NULL,
    speed_mps real NOT NULL,
    road_factor real DEFAULT 1.3 NOT NULL,
    CONSTRAINT vehicle_types_code_check CHECK ((code ~ '^[a-z][a-z0-9_]{0,30}$'::text)),
    CONSTRAINT vehicle_types_road_factor_check CHECK (((road_factor >= (1)::double precision) AND (road_factor <= (3)::double precision))),
    CONSTRAINT vehicle_types_speed_mps_check CHECK (((speed_mps >= (1)::double precision) AND (speed_mps <= (40)::double precision)))
);

COMMENT ON TABLE mobility.vehicle_types IS 'What can be asked for. Add one with mobility.add_vehicle_type.';

CREATE FUNCTION mobility.vehicle_type(p_code text) RETURNS mobility.vehicle_types
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility.vehicle_type(p_code text) IS 'A vehicle type by its code, or INVALID_VEHICLE_TYPE.';

CREATE FUNCTION public.accept_match(p_acting_user uuid, p_passenger_trip_id uuid, p_driver_trip_id uuid, p_initiated_by text DEFAULT 'passenger'::text, p_respond_within_s integer DEFAULT 60, p_match_id uuid DEFAULT NULL::uuid, p_idempotency_key text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_answer jsonb := mobility.replay(p_acting_user, p_idempotency_key, jsonb_build_object(
    'do', 'accept_match', 'passenger_trip', p_passenger_trip_id, 'driver_trip', p_driver_trip_id));
  v_passenger mobility.trips;
  v_driver mobility.trips;
  m mobility.matches;
begin
  if v_answer is not null then return v_answer; end if;
  perform mobility.lock_trips(p_passenger_trip_id, p_driver_trip_id);
  select * into v_passenger from mobility.trips where id = p_passenger_trip_id;
  if not found then
    raise sqlstate 'PT404' using message = 'TRIP_NOT_FOUND', detail = 'No trip has this id',
      hint = '{"trip": "passenger"}';
  end if;
  select * into v_driver from mobility.trips where id = p_driver_trip_id;
  if not found then
    raise sqlstate 'PT404' using message = 'TRIP_NOT_FOUND', detail = 'No trip has this id',
      hint = '{"trip": "driver"}';
  end if;
  if p_acting_user not in (v_passenger.user_id, v_driver.user_id) then
    raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'Neither trip belongs to the caller';
  end if;
  if v_passenger.role <> 'passenger' or v_driver.role <> 'driver' then
    raise sqlstate 'PT422' using message = 'TRIP_WRONG_ROLE',
      detail = 'A match takes one passenger trip and one driver trip';
  elsif v_passenger.vehicle_type <> v_driver.vehicle_type then
    raise sqlstate 'PT422' using message = 'VEHICLE_TYPE_MISMATCH',
      detail = 'The driver comes with another vehicle than was asked for',
      hint = jsonb_build_object('asked', v_passenger.vehicle_type, 'offered', v_driver.vehicle_type)::text;
  elsif v_passenger.user_id = v_driver.user_id then
    raise sqlstate 'PT422' using message = 'SELF_MATCH', detail = 'Nobody can be matched with themselves';
  end if;
  perform mobility.check_open(v_passenger, 'passenger');
  perform mobility.check_open(v_driver, 'driver');

  begin
    insert into mobility.matches (
      id, passenger_trip_id, driver_trip_id, passenger_user_id, driver_user_id, initiated_by,
      respond_by, fare_amount, currency, distance_m
    ) values (
      coalesce(p_match_id, gen_random_uuid()), v_passenger.id, v_driver.id, v_passenger.user_id,
      v_driver.user_id,
      case p_acting_user when v_driver.user_id then 'driver' when v_passenger.user_id then 'passenger'
        else p_initiated_by end,
      now() + make_interval(secs => p_respond_within_s), v_passenger.fare_amount, v_passenger.currency,
      v_passenger.distance_m
    ) returning * into m;
  exception when unique_violation then
    raise sqlstate 'PT409' using message = 'TRIP_ALREADY_MATCHED',
      detail = 'The driver or the passenger is bound to another match';
  end;
  -- The first 32 bits of a version 4 UUID come from the server's strong random source.
  insert into mobility.match_pins (match_id, passenger_user_id, pin)
  values (m.id, m.passenger_user_id,
    lpad((('x' || left(gen_random_uuid()::text, 8))::bit(32)::bigint % 10000)::text, 4, '0'));
  update mobility.trips set status = 'matched', updated_at = now()
  where id in (v_passenger.id, v_driver.id);
  perform mobility.leave_pool(v_passenger);
  perform mobility.leave_pool(v_driver);
  perform mobility.record_event(m, null, m.initiated_by);
  return mobility.remember(p_acting_user, p_idempotency_key, mobility.match_json(m, p_acting_user));
end
$$;

COMMENT ON FUNCTION public.accept_match(p_acting_user uuid, p_passenger_trip_id uuid, p_driver_trip_id uuid, p_initiated_by text, p_respond_within_s integer, p_match_id uuid, p_idempotency_key text) IS 'Binds a passenger trip and a driver trip in a pending match.';

CREATE FUNCTION public.advance_match(p_acting_user uuid, p_match_id uuid, p_action text, p_as text DEFAULT NULL::text, p_pin text DEFAULT NULL::text, p_reason text DEFAULT NULL::text, p_keep_searching boolean DEFAULT false, p_idempotency_key text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_answer jsonb := mobility.replay(p_acting_user, p_idempotency_key, jsonb_build_object(
    'do', p_action, 'match', p_match_id));
  m mobility.matches;
  v_side text;
  v_to_status text;
  v_error jsonb;
begin
  if v_answer is not null then return v_answer; end if;
  m := mobility.lock_match(p_match_id, p_acting_user);
  v_side := coalesce(mobility.side_of(m, p_acting_user, p_as), case
    when p_action in ('accept', 'decline') then
      case m.initiated_by when 'passenger' then 'driver' else 'passenger' end
    when p_action in ('arrive', 'start', 'complete') then 'driver' end);
  if v_side is null then
    raise sqlstate 'PT400' using message = 'VALIDATION_ERROR',
      detail = 'Say which side cancels: as = driver or passenger';
  end if;
  if p_action in ('accept', 'decline') and v_side = m.initiated_by
     or not exists (select 1 from mobility.match_transitions r where r.action = p_action and r.actor = v_side) then
    raise sqlstate 'PT403' using message = 'FORBIDDEN',
      detail = format('The %s cannot %s this match', v_side, p_action);
  end if;
  select r.to_status into v_to_status from mobility.match_transitions r
  where r.action = p_action and r.from_status = m.status and r.actor = v_side;
  if not found then
    raise sqlstate 'PT409' using message = 'MATCH_INVALID_STATE',
      detail = format('A match that is %s cannot %s', m.status, p_action),
      hint = jsonb_build_object('status', m.status)::text;
  elsif p_action in ('accept', 'decline') and m.respond_by <= now() then
    raise sqlstate 'PT410' using message = 'MATCH_EXPIRED', detail = 'The time to answer is over';
  end if;
  if p_action = 'start' then
    v_error := mobility.check_pin(m.id, p_pin);
    if v_error is not null then
      delete from mobility.idempotency_keys
      where scope = coalesce(p_acting_user::text, 'service') and key = p_idempotency_key;
      return v_error;
    end if;
  elsif p_action = 'complete' and m.fare_amount is null then
    m := mobility.price_finished_ride(m);
  end if;
  m := mobility.apply_transition(m, v_to_status, v_side, p_reason);
  if v_to_status = 'cancelled_passenger' and not p_keep_searching then
    perform mobility.end_trip(m.passenger_trip_id, 'cancelled', p_reason);
  end if;
  return mobility.remember(p_acting_user, p_idempotency_key, mobility.match_json(m, p_acting_user));
end
$$;

COMMENT ON FUNCTION public.advance_match(p_acting_user uuid, p_match_id uuid, p_action text, p_as text, p_pin text, p_reason text, p_keep_searching boolean, p_idempotency_key text) IS 'One action on a match by one of its sides; the match, or {error} for a wrong PIN.';

CREATE FUNCTION public.cancel_trip(p_acting_user uuid, p_trip_id uuid, p_reason text DEFAULT NULL::text, p_idempotency_key text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_answer jsonb := mobility.replay(p_acting_user, p_idempotency_key, jsonb_build_object(
    'do', 'cancel_trip', 'trip', p_trip_id));
  t mobility.trips;
  v_match_id uuid;
  m mobility.matches;
begin
  if v_answer is not null then return v_answer; end if;
  select * into t from mobility.trips where id = p_trip_id;
  if not found then
    raise sqlstate 'PT404' using message = 'TRIP_NOT_FOUND', detail = 'No trip has this id';
  elsif p_acting_user <> t.user_id then
    raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'The trip belongs to somebody else';
  end if;
  -- A match made between the look and the lock is seen by another look. The locks of the first one are
  -- given back before, by the block's exception: keeping them would break the order of locks.
  loop
    begin
      select id into v_match_id from mobility.matches
      where (passenger_trip_id = p_trip_id or driver_trip_id = p_trip_id) and live;
      if v_match_id is not null then
        m := mobility.lock_match(v_match_id, null);
      else
        perform 1 from mobility.trips where id = p_trip_id for update;
      end if;
      select * into t from mobility.trips where id = p_trip_id;
      exit when (t.status = 'matched') = (v_match_id is not null and m.live);
      raise sqlstate 'MB001';
    exception when sqlstate 'MB001' then
      null;
    end;
  end loop;
  if t.status = 'open' then
    m := null;
    perform mobility.end_trip(t.id, 'cancelled', p_reason);
  elsif t.status = 'matched' then
    m := mobility.apply_transition(m, 'cancelled_' || t.role, t.role, p_reason);
    perform mobility.end_trip(t.id, 'cancelled', p_reason);
  elsif t.status = 'cancelled' then
    raise sqlstate 'PT409' using message = 'TRIP_CANCELLED', detail = 'The trip was cancelled before';
  elsif t.status = 'expired' then
    raise sqlstate 'PT410' using message = 'TRIP_EXPIRED', detail = 'The trip expired';
  else
    raise sqlstate 'PT409' using message = 'TRIP_COMPLETED', detail = 'The trip is over';
  end if;
  select * into t from mobility.trips where id = p_trip_id;
  return mobility.remember(p_acting_user, p_idempotency_key, jsonb_build_object(
    'trip', mobility.trip_json(t), 'match', mobility.match_json(m, p_acting_user)));
end
$$;

COMMENT ON FUNCTION public.cancel_trip(p_acting_user uuid, p_trip_id uuid, p_reason text, p_idempotency_key text) IS 'Cancels a trip and the match under way on it: {trip, match}.';

CREATE FUNCTION public.create_trip(p_acting_user uuid, p_user_id uuid, p_role text, p_vehicle_type text, p_pickup_lat double precision, p_pickup_lng double precision, p_pickup_text text DEFAULT NULL::text, p_dropoff_lat double precision DEFAULT NULL::double precision, p_dropoff_lng double precision DEFAULT NULL::double precision, p_dropoff_text text DEFAULT NULL::text, p_expires_in_s integer DEFAULT 1800, p_scheduled_for timestamp with time zone DEFAULT NULL::timestamp with time zone, p_idempotency_key text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_request jsonb := jsonb_build_object('do', 'create_trip', 'user', p_user_id, 'role', p_role,
    'vehicle', p_vehicle_type, 'from', array[p_pickup_lat, p_pickup_lng],
    'to', array[p_dropoff_lat, p_dropoff_lng], 'at', p_scheduled_for);
  v_answer jsonb := mobility.replay(p_acting_user, p_idempotency_key, v_request);
  v_vehicle mobility.vehicle_types;
  v_distance_m integer;
  v_duration_s integer;
  v_starts_at timestamptz := coalesce(p_scheduled_for, now());
  v_fare mobility.fare;
  v_replaced uuid;
  t mobility.trips;
  v_current mobility.trips;
begin
  if v_answer is not null then return v_answer; end if;
  if p_acting_user <> p_user_id then
    raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'A trip can only be opened for oneself';
  end if;
  v_vehicle := mobility.vehicle_type(p_vehicle_type);
  perform mobility.check_location(p_pickup_lat, p_pickup_lng);
  if p_dropoff_lat is not null or p_dropoff_lng is not null then
    perform mobility.check_location(p_dropoff_lat, p_dropoff_lng);
    v_distance_m := mobility.distance_m(p_pickup_lat, p_pickup_lng, p_dropoff_lat, p_dropoff_lng)
      * v_vehicle.road_factor;
    if v_distance_m > 1000000 then
      raise sqlstate 'PT400' using message = 'INVALID_LOCATION',
        detail = 'Pickup and dropoff are more than 1,000 km apart';
    end if;
    v_duration_s := v_distance_m / v_vehicle.speed_mps;
    v_fare := mobility.fare_for(p_vehicle_type, p_pickup_lat, p_pickup_lng, v_distance_m, v_duration_s, v_starts_at);
  end if;

  -- The update locks the person's row, so two requests of one person follow each other; of a column
  -- that is no key, so that a match being made meanwhile may still refer to the person.
  insert into mobility.profiles as p (user_id) values (p_user_id)
  on conflict (user_id) do update set locale = p.locale;
  if p_scheduled_for is null then
    -- A matched one is locked as well: its match may be about to end and reopen it.
    select * into v_current from mobility.trips
    where user_id = p_user_id and role = p_role and status in ('open', 'matched') and scheduled_for is null
    for update;
    if v_current.status = 'open' then
      v_replaced := v_current.id;
      perform mobility.end_trip(v_replaced, 'cancelled', 'replaced');
    end if;
    if exists (
      select 1 from mobility.matches m
      where m.live
        and (p_role = 'driver' and m.driver_user_id = p_user_id
          or p_role = 'passenger' and m.passenger_user_id = p_user_id)
    ) then
      raise sqlstate 'PT409' using message = 'ALREADY_IN_RIDE',
        detail = 'Finish or cancel the ride that is under way first';
    end if;
  end if;

  insert into mobility.trips (
    user_id, role, vehicle_type, pickup_lat, pickup_lng, pickup_text, dropoff_lat, dropoff_lng,
    dropoff_text, distance_m, duration_s, fare_amount, currency, tariff_id, scheduled_for, expires_at
  ) values (
    p_user_id, p_role, p_vehicle_type, p_pickup_lat, p_pickup_lng, p_pickup_text, p_dropoff_lat,
    p_dropoff_lng, p_dropoff_text, v_distance_m, v_duration_s, v_fare.fare_amount, v_fare.currency,
    v_fare.tariff_id, p_scheduled_for, v_starts_at + make_interval(secs => p_expires_in_s)
  ) returning * into t;
  perform mobility.enter_pool(t);
  return mobility.remember(p_acting_user, p_idempotency_key, jsonb_build_object(
    'trip', mobility.trip_json(t), 'replaced_trip_id', v_replaced,
    'vehicle', jsonb_build_object('speed_mps', v_vehicle.speed_mps, 'road_factor', v_vehicle.road_factor)
  ));
end
$$;

COMMENT ON FUNCTION public.create_trip(p_acting_user uuid, p_user_id uuid, p_role text, p_vehicle_type text, p_pickup_lat double precision, p_pickup_lng double precision, p_pickup_text text, p_dropoff_lat double precision, p_dropoff_lng double precision, p_dropoff_text text, p_expires_in_s integer, p_scheduled_for timestamp with time zone, p_idempotency_key text) IS 'Opens a trip: {trip, replaced_trip_id, vehicle}.';

CREATE FUNCTION public.find_counterparts(p_acting_user uuid, p_trip_id uuid, p_role text, p_limit integer) RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
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
  return json_build_object(
    'trip', json_build_object(
      'id', t.id, 'user_id', t.user_id, 'role', t.role, 'vehicle_type', t.vehicle_type,
      'lat', t.pickup_lat, 'lng', t.pickup_lng, 'expires_at', t.expires_at,
      'refused_by', v_refused_by
    ),
    'vehicle', json_build_object('speed_mps', v_vehicle.speed_mps, 'road_factor', v_vehicle.road_factor),
    'found', mobility.nearest(case t.role when 'passenger' then 'driver' else 'passenger' end, t.vehicle_type,
      t.pickup_lat, t.pickup_lng, p_limit)
  );
end
$$;

COMMENT ON FUNCTION public.find_counterparts(p_acting_user uuid, p_trip_id uuid, p_role text, p_limit integer) IS 'Available counterparts near an open trip: {trip, vehicle, found}.';

CREATE FUNCTION public.find_nearby(p_role text, p_vehicle_type text, p_lat double precision, p_lng double precision, p_limit integer) RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_vehicle mobility.vehicle_types := mobility.vehicle_type(p_vehicle_type);
begin
  perform mobility.check_location(p_lat, p_lng);
  return json_build_object(
    'vehicle', json_build_object('speed_mps', v_vehicle.speed_mps, 'road_factor', v_vehicle.road_factor),
    'found', mobility.nearest(p_role, v_vehicle.code, p_lat, p_lng, p_limit)
  );
end
$$;

COMMENT ON FUNCTION public.find_nearby(p_role text, p_vehicle_type text, p_lat double precision, p_lng double precision, p_limit integer) IS 'Available people near a point: {vehicle, found}.';

CREATE FUNCTION public.get_match(p_acting_user uuid, p_match_id uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
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
    'driver_position', mobility.position_json(v_driver),
    'passenger_position', mobility.position_json(v_passenger),
    'vehicle', jsonb_build_object('speed_mps', v_vehicle.speed_mps, 'road_factor', v_vehicle.road_factor),
    'events', (
      select jsonb_agg(jsonb_build_object('from_status', e.from_status, 'to_status', e.to_status,
        'actor', e.actor, 'at', e.at) order by e.id)
      from mobility.match_events e where e.match_id = m.id
    )
  );
end
$$;

COMMENT ON FUNCTION public.get_match(p_acting_user uuid, p_match_id uuid) IS 'A match, both positions, its events: what a tracker shows.';

CREATE FUNCTION public.get_trip(p_acting_user uuid, p_trip_id uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION public.get_trip(p_acting_user uuid, p_trip_id uuid) IS 'A trip, where it is, and its newest match: {trip, position, match}.';

CREATE FUNCTION public.ping() RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$ select jsonb_build_object('now', now()) $$;

COMMENT ON FUNCTION public.ping() IS 'Answers, for health checks.';

CREATE FUNCTION public.rate_match(p_acting_user uuid, p_match_id uuid, p_rating integer, p_as text DEFAULT NULL::text, p_comment text DEFAULT NULL::text, p_idempotency_key text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_answer jsonb := mobility.replay(p_acting_user, p_idempotency_key, jsonb_build_object(
    'do', 'rate', 'match', p_match_id, 'rating', p_rating));
  m mobility.matches;
  v_side text;
  v_rated_role text;
  v_rated uuid;
begin
  if v_answer is not null then return v_answer; end if;
  m := mobility.lock_match(p_match_id, p_acting_user);
  v_side := mobility.side_of(m, p_acting_user, p_as);
  if v_side is null then
    raise sqlstate 'PT400' using message = 'VALIDATION_ERROR',
      detail = 'Say which side rates: as = driver or passenger';
  elsif m.status <> 'completed' then
    raise sqlstate 'PT409' using message = 'MATCH_INVALID_STATE', detail = 'Only a completed ride is rated',
      hint = jsonb_build_object('status', m.status)::text;
  elsif m.completed_at < now() - interval '7 days' then
    raise sqlstate 'PT410' using message = 'MATCH_EXPIRED', detail = 'A ride is rated within seven days';
  end if;
  v_rated_role := case v_side when 'driver' then 'passenger' else 'driver' end;
  v_rated := case v_side when 'driver' then m.passenger_user_id else m.driver_user_id end;
  insert into mobility.ratings (match_id, rater_role, rater_user_id, rated_user_id, rating, comment)
  values (m.id, v_side, case v_side when 'driver' then m.driver_user_id else m.passenger_user_id end,
    v_rated, p_rating, p_comment)
  on conflict do nothing;
  if not found then
    raise sqlstate 'PT409' using message = 'ALREADY_RATED', detail = 'This side has rated the ride';
  end if;
  perform mobility.add_to_metrics(v_rated, v_rated_role,
    jsonb_build_object('rating_total', p_rating, 'rating_count', 1));
  return mobility.remember(p_acting_user, p_idempotency_key, jsonb_build_object(
    'match_id', m.id, 'rated_by', v_side, 'rating', p_rating, 'comment', p_comment));
end
$$;

COMMENT ON FUNCTION public.rate_match(p_acting_user uuid, p_match_id uuid, p_rating integer, p_as text, p_comment text, p_idempotency_key text) IS 'One side''s rating of a completed match.';

CREATE FUNCTION public.sweep(p_limit integer DEFAULT 500) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_id uuid;
  m mobility.matches;
  v_matches integer := 0;
  v_trips integer := 0;
  v_hidden integer := 0;
  v_due integer := 0;
  v_part integer;
begin
  for v_id in
    select id from mobility.matches
    where status = 'pending' and respond_by <= now()
      or status in ('accepted', 'driver_arrived') and updated_at < now() - interval '2 hours'
      or status = 'in_progress' and updated_at < now() - interval '12 hours'
    order by updated_at limit p_limit
  loop
    -- Never waits while it holds the locks of other matches: whoever has these rows is moving the match
    -- or the trip right now, and another sweep comes soon.
    perform 1 from mobility.matches r
    join mobility.trips t on t.id in (r.passenger_trip_id, r.driver_trip_id)
    join mobility.live_positions l on l.role = t.role and l.vehicle_type = t.vehicle_type and l.trip_id = t.id
    where r.id = v_id
    order by t.id for update of t, l skip locked;
    get diagnostics v_part = row_count;
    continue when v_part < 2;
    m := mobility.lock_match(v_id, null);
    -- Answered since it was found.
    continue when not m.live or m.status = 'pending' and m.respond_by > now()
      or m.status <> 'pending' and m.updated_at > now() - interval '2 hours';
    perform mobility.apply_transition(m, 'expired', 'system', null);
    v_matches := v_matches + 1;
  end loop;

  for v_id in
    select id from mobility.trips where status = 'open' and expires_at <= now()
    order by id limit p_limit for update skip locked
  loop
    perform mobility.end_trip(v_id, 'expired');
    v_trips := v_trips + 1;
  end loop;

  with stale as materialized (
    select role, vehicle_type, trip_id from mobility.live_positions
    where role = 'driver' and available and position_at < now() - mobility.freshness_limit()
    for update skip locked
  )
  update mobility.live_positions l set available = false from stale s
  where l.role = s.role and l.vehicle_type = s.vehicle_type and l.trip_id = s.trip_id;
  get diagnostics v_hidden = row_count;

  with due as materialized (
    select l.role, l.vehicle_type, l.trip_id from mobility.trips t
    join mobility.live_positions l on l.role = t.role and l.vehicle_type = t.vehicle_type and l.trip_id = t.id
    where t.status = 'open' and t.scheduled_for - mobility.schedule_lead() <= now()
      and not l.available and l.findable_from <= now()
      and (l.role = 'passenger' or l.position_at > now() - mobility.freshness_limit())
    for update of l skip locked
  )
  update mobility.live_positions l set available = true from due d
  where l.role = d.role and l.vehicle_type = d.vehicle_type and l.trip_id = d.trip_id;
  get diagnostics v_due = row_count;

  delete from mobility.idempotency_keys where ctid = any (array(
    select ctid from mobility.idempotency_keys
    where created_at < now() - interval '1 day' limit p_limit for update skip locked
  ));
  get diagnostics v_part = row_count;
  return jsonb_build_object('expired_matches', v_matches, 'expired_trips', v_trips,
    'hidden_positions', v_hidden, 'due_trips', v_due, 'forgotten_keys', v_part);
end
$$;

COMMENT ON FUNCTION public.sweep(p_limit integer) IS 'Expires what is due and answers with counts.';

CREATE FUNCTION public.update_positions(p_acting_user uuid, p_points jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_now timestamptz := now();
  v_fresh_since timestamptz := v_now - mobility.freshness_limit();
  v_answers jsonb;
begin
  with point as materialized (
    select p.ordinality, p.trip_id, p.lat, p.lng, p.accuracy_m, p.heading, p.speed_mps,
      coalesce(p.recorded_at, v_now) as recorded_at, t.role, t.vehicle_type, t.status, t.id,
      case
        when t.id is null then 'TRIP_NOT_FOUND'
        when p_acting_user <> t.user_id then 'FORBIDDEN'
        when t.status = 'completed' then 'TRIP_COMPLETED'
        when t.status = 'cancelled' then 'TRIP_CANCELLED'
        when t.status = 'expired' or t.status = 'open' and t.expires_at <= v_now then 'TRIP_EXPIRED'
        when not mobility.is_plausible(p.lat, p.lng) then 'INVALID_LOCATION'
        when p.recorded_at > v_now + interval '1 minute' then 'INVALID_TIMESTAMP'
      end as code
    from rows from (
      jsonb_to_recordset(p_points) as (trip_id uuid, lat double precision, lng double precision,
        recorded_at timestamptz, accuracy_m real, heading real, speed_mps real)
    ) with ordinality p
    left join mobility.trips t on t.id = p.trip_id
  ),
  newest as (
    select distinct on (trip_id) * from point where code is null
    order by trip_id, recorded_at desc, ordinality desc
  ),
  -- In one order, so that two batches of the same trips do not wait for each other.
  locked as materialized (
    select n.* from newest n
    join mobility.live_positions l on l.role = n.role and l.vehicle_type = n.vehicle_type and l.trip_id = n.trip_id
    order by n.trip_id for update of l
  ),
  moved as (
    update mobility.live_positions l
    set lat = n.lat, lng = n.lng,
      position_at = least(n.recorded_at, v_now), accuracy_m = n.accuracy_m, heading = n.heading,
      speed_mps = n.speed_mps,
      available = l.findable_from <= v_now and n.recorded_at > v_fresh_since
    from locked n
    where l.role = n.role and l.vehicle_type = n.vehicle_type and l.trip_id = n.trip_id
      and n.recorded_at > l.position_at
    returning n.ordinality
  )
  select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
    'trip_id', p.trip_id, 'accepted', m.ordinality is not null,
    'code', coalesce(p.code, case when m.ordinality is null then 'OUT_OF_DATE' end)
  )) order by p.ordinality) into v_answers
  from point p left join moved m using (ordinality);
  return coalesce(v_answers, '[]');
end
$$;

COMMENT ON FUNCTION public.update_positions(p_acting_user uuid, p_points jsonb) IS 'Moves trips: one answer {trip_id, accepted, code?} for each point.';

CREATE TABLE mobility.idempotency_keys (
    scope text NOT NULL,
    key text NOT NULL,
    request jsonb NOT NULL,
    response jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT idempotency_keys_key_check CHECK (((char_length(key) >= 1) AND (char_length(key) <= 200)))
);

COMMENT ON TABLE mobility.idempotency_keys IS 'First answers by idempotency key, kept for a day.';

CREATE TABLE mobility.live_positions (
    trip_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    vehicle_type text NOT NULL,
    lat double precision NOT NULL,
    lng double precision NOT NULL,
    "position" extensions.geometry(Point,3857) GENERATED ALWAYS AS (mobility.mercator(lat, lng)) STORED NOT NULL,
    position_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    available boolean NOT NULL,
    findable_from timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    accuracy_m real,
    heading real,
    speed_mps real,
    standing json NOT NULL
)
PARTITION BY LIST (role);

COMMENT ON TABLE mobility.live_positions IS 'Where each open trip is now; what the search reads.';

CREATE TABLE mobility.live_drivers (
    trip_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    vehicle_type text NOT NULL,
    lat double precision NOT NULL,
    lng double precision NOT NULL,
    "position" extensions.geometry(Point,3857) GENERATED ALWAYS AS (mobility.mercator(lat, lng)) STORED NOT NULL,
    position_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    available boolean NOT NULL,
    findable_from timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    accuracy_m real,
    heading real,
    speed_mps real,
    standing json NOT NULL
)
PARTITION BY LIST (vehicle_type);

CREATE TABLE mobility.live_drivers_cab (
    trip_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    vehicle_type text NOT NULL,
    lat double precision NOT NULL,
    lng double precision NOT NULL,
    "position" extensions.geometry(Point,3857) GENERATED ALWAYS AS (mobility.mercator(lat, lng)) STORED NOT NULL,
    position_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    available boolean NOT NULL,
    findable_from timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    accuracy_m real,
    heading real,
    speed_mps real,
    standing json NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

CREATE TABLE mobility.live_drivers_lifan (
    trip_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    vehicle_type text NOT NULL,
    lat double precision NOT NULL,
    lng double precision NOT NULL,
    "position" extensions.geometry(Point,3857) GENERATED ALWAYS AS (mobility.mercator(lat, lng)) STORED NOT NULL,
    position_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    available boolean NOT NULL,
    findable_from timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    accuracy_m real,
    heading real,
    speed_mps real,
    standing json NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

CREATE TABLE mobility.live_drivers_moto (
    trip_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    vehicle_type text NOT NULL,
    lat double precision NOT NULL,
    lng double precision NOT NULL,
    "position" extensions.geometry(Point,3857) GENERATED ALWAYS AS (mobility.mercator(lat, lng)) STORED NOT NULL,
    position_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    available boolean NOT NULL,
    findable_from timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    accuracy_m real,
    heading real,
    speed_mps real,
    standing json NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

CREATE TABLE mobility.live_drivers_other (
    trip_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    vehicle_type text NOT NULL,
    lat double precision NOT NULL,
    lng double precision NOT NULL,
    "position" extensions.geometry(Point,3857) GENERATED ALWAYS AS (mobility.mercator(lat, lng)) STORED NOT NULL,
    position_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    available boolean NOT NULL,
    findable_from timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    accuracy_m real,
    heading real,
    speed_mps real,
    standing json NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

CREATE TABLE mobility.live_drivers_truck (
    trip_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    vehicle_type text NOT NULL,
    lat double precision NOT NULL,
    lng double precision NOT NULL,
    "position" extensions.geometry(Point,3857) GENERATED ALWAYS AS (mobility.mercator(lat, lng)) STORED NOT NULL,
    position_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    available boolean NOT NULL,
    findable_from timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    accuracy_m real,
    heading real,
    speed_mps real,
    standing json NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

CREATE TABLE mobility.live_passengers (
    trip_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    vehicle_type text NOT NULL,
    lat double precision NOT NULL,
    lng double precision NOT NULL,
    "position" extensions.geometry(Point,3857) GENERATED ALWAYS AS (mobility.mercator(lat, lng)) STORED NOT NULL,
    position_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    available boolean NOT NULL,
    findable_from timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    accuracy_m real,
    heading real,
    speed_mps real,
    standing json NOT NULL
)
PARTITION BY LIST (vehicle_type);

CREATE TABLE mobility.live_passengers_cab (
    trip_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    vehicle_type text NOT NULL,
    lat double precision NOT NULL,
    lng double precision NOT NULL,
    "position" extensions.geometry(Point,3857) GENERATED ALWAYS AS (mobility.mercator(lat, lng)) STORED NOT NULL,
    position_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    available boolean NOT NULL,
    findable_from timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    accuracy_m real,
    heading real,
    speed_mps real,
    standing json NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

CREATE TABLE mobility.live_passengers_lifan (
    trip_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    vehicle_type text NOT NULL,
    lat double precision NOT NULL,
    lng double precision NOT NULL,
    "position" extensions.geometry(Point,3857) GENERATED ALWAYS AS (mobility.mercator(lat, lng)) STORED NOT NULL,
    position_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    available boolean NOT NULL,
    findable_from timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    accuracy_m real,
    heading real,
    speed_mps real,
    standing json NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

CREATE TABLE mobility.live_passengers_moto (
    trip_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    vehicle_type text NOT NULL,
    lat double precision NOT NULL,
    lng double precision NOT NULL,
    "position" extensions.geometry(Point,3857) GENERATED ALWAYS AS (mobility.mercator(lat, lng)) STORED NOT NULL,
    position_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    available boolean NOT NULL,
    findable_from timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    accuracy_m real,
    heading real,
    speed_mps real,
    standing json NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

CREATE TABLE mobility.live_passengers_other (
    trip_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    vehicle_type text NOT NULL,
    lat double precision NOT NULL,
    lng double precision NOT NULL,
    "position" extensions.geometry(Point,3857) GENERATED ALWAYS AS (mobility.mercator(lat, lng)) STORED NOT NULL,
    position_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    available boolean NOT NULL,
    findable_from timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    accuracy_m real,
    heading real,
    speed_mps real,
    standing json NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

CREATE TABLE mobility.live_passengers_truck (
    trip_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    vehicle_type text NOT NULL,
    lat double precision NOT NULL,
    lng double precision NOT NULL,
    "position" extensions.geometry(Point,3857) GENERATED ALWAYS AS (mobility.mercator(lat, lng)) STORED NOT NULL,
    position_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    available boolean NOT NULL,
    findable_from timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    accuracy_m real,
    heading real,
    speed_mps real,
    standing json NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

CREATE TABLE mobility.match_events (
    id bigint NOT NULL,
    match_id uuid NOT NULL,
    from_status text,
    to_status text NOT NULL,
    actor text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT match_events_actor_check CHECK ((actor = ANY (ARRAY['driver'::text, 'passenger'::text, 'system'::text])))
);

COMMENT ON TABLE mobility.match_events IS 'Every transition of every match, in order; only appended to.';

ALTER TABLE mobility.match_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME mobility.match_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE mobility.match_pins (
    match_id uuid NOT NULL,
    passenger_user_id uuid NOT NULL,
    pin text NOT NULL,
    wrong_attempts integer DEFAULT 0 NOT NULL,
    locked_until timestamp with time zone,
    CONSTRAINT match_pins_pin_check CHECK ((pin ~ '^[0-9]{4}$'::text))
);

COMMENT ON TABLE mobility.match_pins IS 'The start PIN of each match; the driver never reads it.';

CREATE TABLE mobility.match_transitions (
    action text NOT NULL,
    from_status text NOT NULL,
    actor text NOT NULL,
    to_status text NOT NULL,
    CONSTRAINT match_transitions_action_check CHECK ((action = ANY (ARRAY['accept'::text, 'decline'::text, 'expire'::text, 'arrive'::text, 'start'::text, 'complete'::text, 'cancel'::text]))),
    CONSTRAINT match_transitions_actor_check CHECK ((actor = ANY (ARRAY['driver'::text, 'passenger'::text, 'system'::text])))
);

COMMENT ON TABLE mobility.match_transitions IS 'Every legal transition of a match; what is not here cannot happen.';

CREATE TABLE mobility.places (
    code text NOT NULL,
    area_code text NOT NULL,
    name text NOT NULL,
    lat double precision NOT NULL,
    lng double precision NOT NULL,
    weight real DEFAULT 1 NOT NULL,
    CONSTRAINT places_code_check CHECK ((code ~ '^[a-z0-9_-]{1,40}$'::text)),
    CONSTRAINT places_lat_check CHECK (((lat >= ('-90'::integer)::double precision) AND (lat <= (90)::double precision))),
    CONSTRAINT places_lng_check CHECK (((lng >= ('-180'::integer)::double precision) AND (lng <= (180)::double precision))),
    CONSTRAINT places_weight_check CHECK ((weight > (0)::double precision))
);

COMMENT ON TABLE mobility.places IS 'Named places with their share of the demand.';

CREATE TABLE mobility.profiles (
    user_id uuid DEFAULT gen_random_uuid() NOT NULL,
    whatsapp_user_id text,
    phone text,
    display_name text,
    locale text DEFAULT 'en'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT profiles_display_name_check CHECK (((char_length(display_name) >= 1) AND (char_length(display_name) <= 120))),
    CONSTRAINT profiles_locale_check CHECK ((locale = ANY (ARRAY['en'::text, 'fr'::text, 'rw'::text, 'sw'::text]))),
    CONSTRAINT profiles_phone_check CHECK ((phone ~ '^\+[1-9][0-9]{5,14}$'::text)),
    CONSTRAINT profiles_whatsapp_user_id_check CHECK (((char_length(whatsapp_user_id) >= 1) AND (char_length(whatsapp_user_id) <= 140)))
);

COMMENT ON TABLE mobility.profiles IS 'A person: passenger, driver, or both.';

CREATE TABLE mobility.ratings (
    match_id uuid NOT NULL,
    rater_role text NOT NULL,
    rater_user_id uuid NOT NULL,
    rated_user_id uuid NOT NULL,
    rating integer NOT NULL,
    comment text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ratings_comment_check CHECK ((char_length(comment) <= 500)),
    CONSTRAINT ratings_rater_role_check CHECK ((rater_role = ANY (ARRAY['driver'::text, 'passenger'::text]))),
    CONSTRAINT ratings_rating_check CHECK (((rating >= 1) AND (rating <= 5)))
);

COMMENT ON TABLE mobility.ratings IS 'One rating by each side of a completed match.';

CREATE TABLE mobility.tariff_peaks (
    tariff_id bigint NOT NULL,
    weekdays integer[] NOT NULL,
    starts_at time without time zone NOT NULL,
    ends_at time without time zone NOT NULL,
    multiplier numeric(4,2) NOT NULL,
    CONSTRAINT tariff_peaks_check CHECK ((ends_at > starts_at)),
    CONSTRAINT tariff_peaks_multiplier_check CHECK ((multiplier >= (1)::numeric)),
    CONSTRAINT tariff_peaks_weekdays_check CHECK ((weekdays <@ ARRAY[1, 2, 3, 4, 5, 6, 7]))
);

COMMENT ON TABLE mobility.tariff_peaks IS 'Hours in which a tariff is multiplied, at most up to its cap.';

CREATE TABLE mobility.tariffs (
    id bigint NOT NULL,
    area_code text,
    vehicle_type text NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone,
    currency text NOT NULL,
    base_amount integer NOT NULL,
    base_distance_m integer DEFAULT 0 NOT NULL,
    per_km numeric(10,2) NOT NULL,
    long_distance_m integer,
    long_per_km numeric(10,2),
    per_minute numeric(10,2) DEFAULT 0 NOT NULL,
    minimum_amount integer DEFAULT 0 NOT NULL,
    surge_cap numeric(4,2) DEFAULT 1 NOT NULL,
    round_to integer DEFAULT 1 NOT NULL,
    source text NOT NULL,
    CONSTRAINT tariffs_base_amount_check CHECK ((base_amount >= 0)),
    CONSTRAINT tariffs_base_distance_m_check CHECK ((base_distance_m >= 0)),
    CONSTRAINT tariffs_check CHECK ((valid_to > valid_from)),
    CONSTRAINT tariffs_check1 CHECK (((long_distance_m IS NULL) = (long_per_km IS NULL))),
    CONSTRAINT tariffs_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT tariffs_long_distance_m_check CHECK ((long_distance_m >= 0)),
    CONSTRAINT tariffs_long_per_km_check CHECK ((long_per_km >= (0)::numeric)),
    CONSTRAINT tariffs_minimum_amount_check CHECK ((minimum_amount >= 0)),
    CONSTRAINT tariffs_per_km_check CHECK ((per_km >= (0)::numeric)),
    CONSTRAINT tariffs_per_minute_check CHECK ((per_minute >= (0)::numeric)),
    CONSTRAINT tariffs_round_to_check CHECK ((round_to >= 1)),
    CONSTRAINT tariffs_surge_cap_check CHECK ((surge_cap >= (1)::numeric))
);

COMMENT ON TABLE mobility.tariffs IS 'Versioned fares by vehicle type and area; the newest valid row wins.';

ALTER TABLE mobility.tariffs ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME mobility.tariffs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE mobility.user_metrics (
    user_id uuid NOT NULL,
    role text NOT NULL,
    offers_accepted integer DEFAULT 0 NOT NULL,
    offers_declined integer DEFAULT 0 NOT NULL,
    offers_expired integer DEFAULT 0 NOT NULL,
    response_ms_total bigint DEFAULT 0 NOT NULL,
    rides_completed integer DEFAULT 0 NOT NULL,
    rides_cancelled integer DEFAULT 0 NOT NULL,
    rating_total integer DEFAULT 0 NOT NULL,
    rating_count integer DEFAULT 0 NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT user_metrics_check CHECK (((rating_total >= rating_count) AND (rating_total <= (5 * rating_count)))),
    CONSTRAINT user_metrics_offers_accepted_check CHECK ((offers_accepted >= 0)),
    CONSTRAINT user_metrics_offers_declined_check CHECK ((offers_declined >= 0)),
    CONSTRAINT user_metrics_offers_expired_check CHECK ((offers_expired >= 0)),
    CONSTRAINT user_metrics_rating_count_check CHECK ((rating_count >= 0)),
    CONSTRAINT user_metrics_rating_total_check CHECK ((rating_total >= 0)),
    CONSTRAINT user_metrics_response_ms_total_check CHECK ((response_ms_total >= 0)),
    CONSTRAINT user_metrics_rides_cancelled_check CHECK ((rides_cancelled >= 0)),
    CONSTRAINT user_metrics_rides_completed_check CHECK ((rides_completed >= 0)),
    CONSTRAINT user_metrics_role_check CHECK ((role = ANY (ARRAY['driver'::text, 'passenger'::text])))
);

COMMENT ON TABLE mobility.user_metrics IS 'What a person did in a role: offers answered, rides completed and cancelled, ratings received.';

CREATE TABLE mobility.vehicles (
    user_id uuid NOT NULL,
    vehicle_type text NOT NULL,
    plate text NOT NULL,
    CONSTRAINT vehicles_plate_check CHECK (((char_length(plate) >= 2) AND (char_length(plate) <= 16)))
);

COMMENT ON TABLE mobility.vehicles IS 'The vehicle a driver comes with, one of each type.';

ALTER TABLE ONLY mobility.live_positions ATTACH PARTITION mobility.live_drivers FOR VALUES IN ('driver');

ALTER TABLE ONLY mobility.live_drivers ATTACH PARTITION mobility.live_drivers_cab FOR VALUES IN ('cab');

ALTER TABLE ONLY mobility.live_drivers ATTACH PARTITION mobility.live_drivers_lifan FOR VALUES IN ('lifan');

ALTER TABLE ONLY mobility.live_drivers ATTACH PARTITION mobility.live_drivers_moto FOR VALUES IN ('moto');

ALTER TABLE ONLY mobility.live_drivers ATTACH PARTITION mobility.live_drivers_other FOR VALUES IN ('other');

ALTER TABLE ONLY mobility.live_drivers ATTACH PARTITION mobility.live_drivers_truck FOR VALUES IN ('truck');

ALTER TABLE ONLY mobility.live_positions ATTACH PARTITION mobility.live_passengers FOR VALUES IN ('passenger');

ALTER TABLE ONLY mobility.live_passengers ATTACH PARTITION mobility.live_passengers_cab FOR VALUES IN ('cab');

ALTER TABLE ONLY mobility.live_passengers ATTACH PARTITION mobility.live_passengers_lifan FOR VALUES IN ('lifan');

ALTER TABLE ONLY mobility.live_passengers ATTACH PARTITION mobility.live_passengers_moto FOR VALUES IN ('moto');

ALTER TABLE ONLY mobility.live_passengers ATTACH PARTITION mobility.live_passengers_other FOR VALUES IN ('other');

ALTER TABLE ONLY mobility.live_passengers ATTACH PARTITION mobility.live_passengers_truck FOR VALUES IN ('truck');

ALTER TABLE ONLY mobility.areas
    ADD CONSTRAINT areas_pkey PRIMARY KEY (code);

ALTER TABLE ONLY mobility.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (scope, key);

ALTER TABLE ONLY mobility.live_positions
    ADD CONSTRAINT live_positions_pkey PRIMARY KEY (role, vehicle_type, trip_id);

ALTER TABLE ONLY mobility.live_drivers
    ADD CONSTRAINT live_drivers_pkey PRIMARY KEY (role, vehicle_type, trip_id);

ALTER TABLE ONLY mobility.live_drivers_cab
    ADD CONSTRAINT live_drivers_cab_pkey PRIMARY KEY (role, vehicle_type, trip_id);

ALTER TABLE ONLY mobility.live_drivers_lifan
    ADD CONSTRAINT live_drivers_lifan_pkey PRIMARY KEY (role, vehicle_type, trip_id);

ALTER TABLE ONLY mobility.live_drivers_moto
    ADD CONSTRAINT live_drivers_moto_pkey PRIMARY KEY (role, vehicle_type, trip_id);

ALTER TABLE ONLY mobility.live_drivers_other
    ADD CONSTRAINT live_drivers_other_pkey PRIMARY KEY (role, vehicle_type, trip_id);

ALTER TABLE ONLY mobility.live_drivers_truck
    ADD CONSTRAINT live_drivers_truck_pkey PRIMARY KEY (role, vehicle_type, trip_id);

ALTER TABLE ONLY mobility.live_passengers
    ADD CONSTRAINT live_passengers_pkey PRIMARY KEY (role, vehicle_type, trip_id);

ALTER TABLE ONLY mobility.live_passengers_cab
    ADD CONSTRAINT live_passengers_cab_pkey PRIMARY KEY (role, vehicle_type, trip_id);

ALTER TABLE ONLY mobility.live_passengers_lifan
    ADD CONSTRAINT live_passengers_lifan_pkey PRIMARY KEY (role, vehicle_type, trip_id);

ALTER TABLE ONLY mobility.live_passengers_moto
    ADD CONSTRAINT live_passengers_moto_pkey PRIMARY KEY (role, vehicle_type, trip_id);

ALTER TABLE ONLY mobility.live_passengers_other
    ADD CONSTRAINT live_passengers_other_pkey PRIMARY KEY (role, vehicle_type, trip_id);

ALTER TABLE ONLY mobility.live_passengers_truck
    ADD CONSTRAINT live_passengers_truck_pkey PRIMARY KEY (role, vehicle_type, trip_id);

ALTER TABLE ONLY mobility.match_events
    ADD CONSTRAINT match_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY mobility.match_pins
    ADD CONSTRAINT match_pins_pkey PRIMARY KEY (match_id);

ALTER TABLE ONLY mobility.match_transitions
    ADD CONSTRAINT match_transitions_pkey PRIMARY KEY (action, from_status, actor);

ALTER TABLE ONLY mobility.matches
    ADD CONSTRAINT matches_pkey PRIMARY KEY (id);

ALTER TABLE ONLY mobility.places
    ADD CONSTRAINT places_pkey PRIMARY KEY (code);

ALTER TABLE ONLY mobility.profiles
    ADD CONSTRAINT profiles_phone_key UNIQUE (phone);

ALTER TABLE ONLY mobility.profiles
    ADD CONSTRAINT profiles_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY mobility.profiles
    ADD CONSTRAINT profiles_whatsapp_user_id_key UNIQUE (whatsapp_user_id);

ALTER TABLE ONLY mobility.ratings
    ADD CONSTRAINT ratings_pkey PRIMARY KEY (match_id, rater_role);

ALTER TABLE ONLY mobility.tariff_peaks
    ADD CONSTRAINT tariff_peaks_pkey PRIMARY KEY (tariff_id, starts_at);

ALTER TABLE ONLY mobility.tariffs
    ADD CONSTRAINT tariffs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY mobility.trips
    ADD CONSTRAINT trips_pkey PRIMARY KEY (id);

ALTER TABLE ONLY mobility.user_metrics
    ADD CONSTRAINT user_metrics_pkey PRIMARY KEY (user_id, role);

ALTER TABLE ONLY mobility.vehicle_types
    ADD CONSTRAINT vehicle_types_pkey PRIMARY KEY (code);

ALTER TABLE ONLY mobility.vehicles
    ADD CONSTRAINT vehicles_pkey PRIMARY KEY (user_id, vehicle_type);

CREATE INDEX areas_boundary ON mobility.areas USING gist (boundary);

CREATE INDEX idempotency_keys_created ON mobility.idempotency_keys USING btree (created_at);

CREATE INDEX live_positions_available ON ONLY mobility.live_positions USING gist ("position") WHERE available;

CREATE INDEX live_drivers_position_idx ON ONLY mobility.live_drivers USING gist ("position") WHERE available;

CREATE INDEX live_drivers_cab_position_idx ON mobility.live_drivers_cab USING gist ("position") WHERE available;

CREATE INDEX live_drivers_lifan_position_idx ON mobility.live_drivers_lifan USING gist ("position") WHERE available;

CREATE INDEX live_drivers_moto_position_idx ON mobility.live_drivers_moto USING gist ("position") WHERE available;

CREATE INDEX live_drivers_other_position_idx ON mobility.live_drivers_other USING gist ("position") WHERE available;

CREATE INDEX live_drivers_truck_position_idx ON mobility.live_drivers_truck USING gist ("position") WHERE available;

CREATE INDEX live_passengers_position_idx ON ONLY mobility.live_passengers USING gist ("position") WHERE available;

CREATE INDEX live_passengers_cab_position_idx ON mobility.live_passengers_cab USING gist ("position") WHERE available;

CREATE INDEX live_passengers_lifan_position_idx ON mobility.live_passengers_lifan USING gist ("position") WHERE available;

CREATE INDEX live_passengers_moto_position_idx ON mobility.live_passengers_moto USING gist ("position") WHERE available;

CREATE INDEX live_passengers_other_position_idx ON mobility.live_passengers_other USING gist ("position") WHERE available;

CREATE INDEX live_passengers_truck_position_idx ON mobility.live_passengers_truck USING gist ("position") WHERE available;

CREATE INDEX match_events_match ON mobility.match_events USING btree (match_id, id);

CREATE INDEX match_pins_passenger ON mobility.match_pins USING btree (passenger_user_id);

CREATE INDEX matches_driver ON mobility.matches USING btree (driver_user_id, created_at DESC);

CREATE INDEX matches_driver_trip ON mobility.matches USING btree (driver_trip_id, created_at DESC);

CREATE UNIQUE INDEX matches_one_live_per_driver ON mobility.matches USING btree (driver_user_id) WHERE live;

CREATE UNIQUE INDEX matches_one_live_per_passenger ON mobility.matches USING btree (passenger_user_id) WHERE live;

CREATE INDEX matches_passenger ON mobility.matches USING btree (passenger_user_id, created_at DESC);

CREATE INDEX matches_passenger_trip ON mobility.matches USING btree (passenger_trip_id, created_at DESC);

CREATE INDEX matches_unfinished ON mobility.matches USING btree (status, updated_at) WHERE live;

CREATE INDEX places_area_code ON mobility.places USING btree (area_code);

CREATE INDEX ratings_rated ON mobility.ratings USING btree (rated_user_id);

CREATE INDEX ratings_rater ON mobility.ratings USING btree (rater_user_id);

CREATE INDEX tariffs_area_code ON mobility.tariffs USING btree (area_code);

CREATE INDEX tariffs_lookup ON mobility.tariffs USING btree (vehicle_type, area_code, valid_from DESC);

CREATE INDEX trips_active ON mobility.trips USING btree (user_id, role) WHERE (status = ANY (ARRAY['open'::text, 'matched'::text]));

CREATE UNIQUE INDEX trips_one_open ON mobility.trips USING btree (user_id, role) WHERE ((status = 'open'::text) AND (scheduled_for IS NULL));

CREATE INDEX trips_open_expiry ON mobility.trips USING btree (expires_at) WHERE (status = 'open'::text);

CREATE INDEX trips_scheduled ON mobility.trips USING btree (scheduled_for) WHERE ((status = 'open'::text) AND (scheduled_for IS NOT NULL));

CREATE INDEX trips_tariff ON mobility.trips USING btree (tariff_id);

CREATE INDEX trips_user ON mobility.trips USING btree (user_id, created_at DESC);

CREATE INDEX trips_vehicle_type ON mobility.trips USING btree (vehicle_type);

CREATE INDEX vehicles_vehicle_type ON mobility.vehicles USING btree (vehicle_type);

ALTER INDEX mobility.live_drivers_pkey ATTACH PARTITION mobility.live_drivers_cab_pkey;

ALTER INDEX mobility.live_drivers_position_idx ATTACH PARTITION mobility.live_drivers_cab_position_idx;

ALTER INDEX mobility.live_drivers_pkey ATTACH PARTITION mobility.live_drivers_lifan_pkey;

ALTER INDEX mobility.live_drivers_position_idx ATTACH PARTITION mobility.live_drivers_lifan_position_idx;

ALTER INDEX mobility.live_drivers_pkey ATTACH PARTITION mobility.live_drivers_moto_pkey;

ALTER INDEX mobility.live_drivers_position_idx ATTACH PARTITION mobility.live_drivers_moto_position_idx;

ALTER INDEX mobility.live_drivers_pkey ATTACH PARTITION mobility.live_drivers_other_pkey;

ALTER INDEX mobility.live_drivers_position_idx ATTACH PARTITION mobility.live_drivers_other_position_idx;

ALTER INDEX mobility.live_positions_pkey ATTACH PARTITION mobility.live_drivers_pkey;

ALTER INDEX mobility.live_positions_available ATTACH PARTITION mobility.live_drivers_position_idx;

ALTER INDEX mobility.live_drivers_pkey ATTACH PARTITION mobility.live_drivers_truck_pkey;

ALTER INDEX mobility.live_drivers_position_idx ATTACH PARTITION mobility.live_drivers_truck_position_idx;

ALTER INDEX mobility.live_passengers_pkey ATTACH PARTITION mobility.live_passengers_cab_pkey;

ALTER INDEX mobility.live_passengers_position_idx ATTACH PARTITION mobility.live_passengers_cab_position_idx;

ALTER INDEX mobility.live_passengers_pkey ATTACH PARTITION mobility.live_passengers_lifan_pkey;

ALTER INDEX mobility.live_passengers_position_idx ATTACH PARTITION mobility.live_passengers_lifan_position_idx;

ALTER INDEX mobility.live_passengers_pkey ATTACH PARTITION mobility.live_passengers_moto_pkey;

ALTER INDEX mobility.live_passengers_position_idx ATTACH PARTITION mobility.live_passengers_moto_position_idx;

ALTER INDEX mobility.live_passengers_pkey ATTACH PARTITION mobility.live_passengers_other_pkey;

ALTER INDEX mobility.live_passengers_position_idx ATTACH PARTITION mobility.live_passengers_other_position_idx;

ALTER INDEX mobility.live_positions_pkey ATTACH PARTITION mobility.live_passengers_pkey;

ALTER INDEX mobility.live_positions_available ATTACH PARTITION mobility.live_passengers_position_idx;

ALTER INDEX mobility.live_passengers_pkey ATTACH PARTITION mobility.live_passengers_truck_pkey;

ALTER INDEX mobility.live_passengers_position_idx ATTACH PARTITION mobility.live_passengers_truck_position_idx;

ALTER TABLE ONLY mobility.match_events
    ADD CONSTRAINT match_events_match_id_fkey FOREIGN KEY (match_id) REFERENCES mobility.matches(id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.match_pins
    ADD CONSTRAINT match_pins_match_id_fkey FOREIGN KEY (match_id) REFERENCES mobility.matches(id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.matches
    ADD CONSTRAINT matches_driver_trip_id_fkey FOREIGN KEY (driver_trip_id) REFERENCES mobility.trips(id);

ALTER TABLE ONLY mobility.matches
    ADD CONSTRAINT matches_driver_user_id_fkey FOREIGN KEY (driver_user_id) REFERENCES mobility.profiles(user_id);

ALTER TABLE ONLY mobility.matches
    ADD CONSTRAINT matches_passenger_trip_id_fkey FOREIGN KEY (passenger_trip_id) REFERENCES mobility.trips(id);

ALTER TABLE ONLY mobility.matches
    ADD CONSTRAINT matches_passenger_user_id_fkey FOREIGN KEY (passenger_user_id) REFERENCES mobility.profiles(user_id);

ALTER TABLE ONLY mobility.places
    ADD CONSTRAINT places_area_code_fkey FOREIGN KEY (area_code) REFERENCES mobility.areas(code);

ALTER TABLE ONLY mobility.ratings
    ADD CONSTRAINT ratings_match_id_fkey FOREIGN KEY (match_id) REFERENCES mobility.matches(id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.ratings
    ADD CONSTRAINT ratings_rated_user_id_fkey FOREIGN KEY (rated_user_id) REFERENCES mobility.profiles(user_id);

ALTER TABLE ONLY mobility.ratings
    ADD CONSTRAINT ratings_rater_user_id_fkey FOREIGN KEY (rater_user_id) REFERENCES mobility.profiles(user_id);

ALTER TABLE ONLY mobility.tariff_peaks
    ADD CONSTRAINT tariff_peaks_tariff_id_fkey FOREIGN KEY (tariff_id) REFERENCES mobility.tariffs(id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.tariffs
    ADD CONSTRAINT tariffs_area_code_fkey FOREIGN KEY (area_code) REFERENCES mobility.areas(code);

ALTER TABLE ONLY mobility.tariffs
    ADD CONSTRAINT tariffs_vehicle_type_fkey FOREIGN KEY (vehicle_type) REFERENCES mobility.vehicle_types(code);

ALTER TABLE ONLY mobility.trips
    ADD CONSTRAINT trips_tariff_id_fkey FOREIGN KEY (tariff_id) REFERENCES mobility.tariffs(id);

ALTER TABLE ONLY mobility.trips
    ADD CONSTRAINT trips_user_id_fkey FOREIGN KEY (user_id) REFERENCES mobility.profiles(user_id);

ALTER TABLE ONLY mobility.trips
    ADD CONSTRAINT trips_vehicle_type_fkey FOREIGN KEY (vehicle_type) REFERENCES mobility.vehicle_types(code);

ALTER TABLE ONLY mobility.user_metrics
    ADD CONSTRAINT user_metrics_user_id_fkey FOREIGN KEY (user_id) REFERENCES mobility.profiles(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.vehicles
    ADD CONSTRAINT vehicles_user_id_fkey FOREIGN KEY (user_id) REFERENCES mobility.profiles(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.vehicles
    ADD CONSTRAINT vehicles_vehicle_type_fkey FOREIGN KEY (vehicle_type) REFERENCES mobility.vehicle_types(code);

ALTER TABLE mobility.areas ENABLE ROW LEVEL SECURITY;

CREATE POLICY areas_are_public ON mobility.areas FOR SELECT TO authenticated USING (true);

ALTER TABLE mobility.idempotency_keys ENABLE ROW LEVEL SECURITY;

CREATE POLICY idempotency_keys_service_only ON mobility.idempotency_keys TO service_role USING (true) WITH CHECK (true);

ALTER TABLE mobility.live_drivers ENABLE ROW LEVEL SECURITY;

ALTER TABLE mobility.live_drivers_cab ENABLE ROW LEVEL SECURITY;

ALTER TABLE mobility.live_drivers_lifan ENABLE ROW LEVEL SECURITY;

ALTER TABLE mobility.live_drivers_moto ENABLE ROW LEVEL SECURITY;

ALTER TABLE mobility.live_drivers_other ENABLE ROW LEVEL SECURITY;

ALTER TABLE mobility.live_drivers_truck ENABLE ROW LEVEL SECURITY;

ALTER TABLE mobility.live_passengers ENABLE ROW LEVEL SECURITY;

ALTER TABLE mobility.live_passengers_cab ENABLE ROW LEVEL SECURITY;

ALTER TABLE mobility.live_passengers_lifan ENABLE ROW LEVEL SECURITY;

ALTER TABLE mobility.live_passengers_moto ENABLE ROW LEVEL SECURITY;

ALTER TABLE mobility.live_passengers_other ENABLE ROW LEVEL SECURITY;

ALTER TABLE mobility.live_passengers_truck ENABLE ROW LEVEL SECURITY;

ALTER TABLE mobility.live_positions ENABLE ROW LEVEL SECURITY;

CREATE POLICY live_positions_read_own ON mobility.live_positions FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

ALTER TABLE mobility.match_events ENABLE ROW LEVEL SECURITY;

CREATE POLICY match_events_read_own ON mobility.match_events FOR SELECT TO authenticated USING ((EXISTS ( SELECT 1
   FROM mobility.matches m
  WHERE ((m.id = match_events.match_id) AND ((( SELECT auth.uid() AS uid) = m.driver_user_id) OR (( SELECT auth.uid() AS uid) = m.passenger_user_id))))));

ALTER TABLE mobility.match_pins ENABLE ROW LEVEL SECURITY;

CREATE POLICY match_pins_read_own ON mobility.match_pins FOR SELECT TO authenticated USING ((passenger_user_id = ( SELECT auth.uid() AS uid)));

ALTER TABLE mobility.match_transitions ENABLE ROW LEVEL SECURITY;

CREATE POLICY match_transitions_are_public ON mobility.match_transitions FOR SELECT TO authenticated USING (true);

ALTER TABLE mobility.matches ENABLE ROW LEVEL SECURITY;

CREATE POLICY matches_read_own ON mobility.matches FOR SELECT TO authenticated USING (((( SELECT auth.uid() AS uid) = driver_user_id) OR (( SELECT auth.uid() AS uid) = passenger_user_id)));

ALTER TABLE mobility.places ENABLE ROW LEVEL SECURITY;

CREATE POLICY places_are_public ON mobility.places FOR SELECT TO authenticated USING (true);

ALTER TABLE mobility.profiles ENABLE ROW LEVEL SECURITY;

CREATE POLICY profiles_read_own ON mobility.profiles FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

ALTER TABLE mobility.ratings ENABLE ROW LEVEL SECURITY;

CREATE POLICY ratings_read_given ON mobility.ratings FOR SELECT TO authenticated USING ((rater_user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY read_own ON mobility.live_drivers FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY read_own ON mobility.live_drivers_cab FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY read_own ON mobility.live_drivers_lifan FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY read_own ON mobility.live_drivers_moto FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY read_own ON mobility.live_drivers_other FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY read_own ON mobility.live_drivers_truck FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY read_own ON mobility.live_passengers FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY read_own ON mobility.live_passengers_cab FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY read_own ON mobility.live_passengers_lifan FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY read_own ON mobility.live_passengers_moto FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY read_own ON mobility.live_passengers_other FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY read_own ON mobility.live_passengers_truck FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

ALTER TABLE mobility.tariff_peaks ENABLE ROW LEVEL SECURITY;

CREATE POLICY tariff_peaks_are_public ON mobility.tariff_peaks FOR SELECT TO authenticated USING (true);

ALTER TABLE mobility.tariffs ENABLE ROW LEVEL SECURITY;

CREATE POLICY tariffs_are_public ON mobility.tariffs FOR SELECT TO authenticated USING (true);

ALTER TABLE mobility.trips ENABLE ROW LEVEL SECURITY;

CREATE POLICY trips_read_own ON mobility.trips FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

ALTER TABLE mobility.user_metrics ENABLE ROW LEVEL SECURITY;

CREATE POLICY user_metrics_read_own ON mobility.user_metrics FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

ALTER TABLE mobility.vehicle_types ENABLE ROW LEVEL SECURITY;

CREATE POLICY vehicle_types_are_public ON mobility.vehicle_types FOR SELECT TO authenticated USING (true);

ALTER TABLE mobility.vehicles ENABLE ROW LEVEL SECURITY;

CREATE POLICY vehicles_read_own ON mobility.vehicles FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

GRANT USAGE ON SCHEMA mobility TO authenticated;
GRANT USAGE ON SCHEMA mobility TO service_role;

GRANT USAGE ON SCHEMA public TO anon;
GRANT USAGE ON SCHEMA public TO authenticated;
GRANT USAGE ON SCHEMA public TO service_role;

REVOKE ALL ON FUNCTION mobility.add_to_metrics(p_user_id uuid, p_role text, p_delta jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.add_vehicle_type(p_code text, p_name text, p_speed_mps real, p_road_factor real) FROM PUBLIC;

GRANT SELECT ON TABLE mobility.matches TO authenticated;
GRANT SELECT ON TABLE mobility.matches TO service_role;

REVOKE ALL ON FUNCTION mobility.apply_transition(m mobility.matches, p_to_status text, p_actor text, p_reason text) FROM PUBLIC;

GRANT SELECT ON TABLE mobility.areas TO authenticated;
GRANT SELECT ON TABLE mobility.areas TO service_role;

REVOKE ALL ON FUNCTION mobility.area_at(p_lat double precision, p_lng double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.check_location(p_lat double precision, p_lng double precision) FROM PUBLIC;

GRANT SELECT ON TABLE mobility.trips TO authenticated;
GRANT SELECT ON TABLE mobility.trips TO service_role;

REVOKE ALL ON FUNCTION mobility.check_open(t mobility.trips, p_side text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.check_pin(p_match_id uuid, p_pin text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.distance_m(p_lat_a double precision, p_lng_a double precision, p_lat_b double precision, p_lng_b double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION mobility.distance_m(p_lat_a double precision, p_lng_a double precision, p_lat_b double precision, p_lng_b double precision) TO authenticated;
GRANT ALL ON FUNCTION mobility.distance_m(p_lat_a double precision, p_lng_a double precision, p_lat_b double precision, p_lng_b double precision) TO service_role;

REVOKE ALL ON FUNCTION mobility.end_trip(p_trip_id uuid, p_status text, p_reason text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.enter_pool(t mobility.trips) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.fare_for(p_vehicle_type text, p_lat double precision, p_lng double precision, p_distance_m double precision, p_duration_s double precision, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.freshness_limit() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.is_plausible(p_lat double precision, p_lng double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.leave_pool(t mobility.trips) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.lock_match(p_match_id uuid, p_acting_user uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.lock_positions(p_trip_ids uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.lock_trips(p_trip_a uuid, p_trip_b uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.looks_exchanged(p_lat double precision, p_lng double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.match_json(m mobility.matches, p_viewer uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.mercator(p_lat double precision, p_lng double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.nearest(p_role text, p_vehicle_type text, p_lat double precision, p_lng double precision, p_limit integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.position_json(t mobility.trips) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.price_finished_ride(m mobility.matches) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.record_event(m mobility.matches, p_from_status text, p_actor text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.remember(p_acting_user uuid, p_key text, p_response jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.reopen_trip(p_trip_id uuid, p_grace interval) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.replay(p_acting_user uuid, p_key text, p_request jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.schedule_lead() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.side_of(m mobility.matches, p_acting_user uuid, p_as text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.standing_of(p_user_id uuid, p_role text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.trip_json(t mobility.trips) FROM PUBLIC;

GRANT SELECT ON TABLE mobility.vehicle_types TO authenticated;
GRANT SELECT ON TABLE mobility.vehicle_types TO service_role;

REVOKE ALL ON FUNCTION mobility.vehicle_type(p_code text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.accept_match(p_acting_user uuid, p_passenger_trip_id uuid, p_driver_trip_id uuid, p_initiated_by text, p_respond_within_s integer, p_match_id uuid, p_idempotency_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.accept_match(p_acting_user uuid, p_passenger_trip_id uuid, p_driver_trip_id uuid, p_initiated_by text, p_respond_within_s integer, p_match_id uuid, p_idempotency_key text) TO service_role;

REVOKE ALL ON FUNCTION public.advance_match(p_acting_user uuid, p_match_id uuid, p_action text, p_as text, p_pin text, p_reason text, p_keep_searching boolean, p_idempotency_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.advance_match(p_acting_user uuid, p_match_id uuid, p_action text, p_as text, p_pin text, p_reason text, p_keep_searching boolean, p_idempotency_key text) TO service_role;

REVOKE ALL ON FUNCTION public.cancel_trip(p_acting_user uuid, p_trip_id uuid, p_reason text, p_idempotency_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.cancel_trip(p_acting_user uuid, p_trip_id uuid, p_reason text, p_idempotency_key text) TO service_role;

REVOKE ALL ON FUNCTION public.create_trip(p_acting_user uuid, p_user_id uuid, p_role text, p_vehicle_type text, p_pickup_lat double precision, p_pickup_lng double precision, p_pickup_text text, p_dropoff_lat double precision, p_dropoff_lng double precision, p_dropoff_text text, p_expires_in_s integer, p_scheduled_for timestamp with time zone, p_idempotency_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_trip(p_acting_user uuid, p_user_id uuid, p_role text, p_vehicle_type text, p_pickup_lat double precision, p_pickup_lng double precision, p_pickup_text text, p_dropoff_lat double precision, p_dropoff_lng double precision, p_dropoff_text text, p_expires_in_s integer, p_scheduled_for timestamp with time zone, p_idempotency_key text) TO service_role;

REVOKE ALL ON FUNCTION public.find_counterparts(p_acting_user uuid, p_trip_id uuid, p_role text, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_counterparts(p_acting_user uuid, p_trip_id uuid, p_role text, p_limit integer) TO service_role;

REVOKE ALL ON FUNCTION public.find_nearby(p_role text, p_vehicle_type text, p_lat double precision, p_lng double precision, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_nearby(p_role text, p_vehicle_type text, p_lat double precision, p_lng double precision, p_limit integer) TO service_role;

REVOKE ALL ON FUNCTION public.get_match(p_acting_user uuid, p_match_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_match(p_acting_user uuid, p_match_id uuid) TO service_role;

REVOKE ALL ON FUNCTION public.get_trip(p_acting_user uuid, p_trip_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_trip(p_acting_user uuid, p_trip_id uuid) TO service_role;

REVOKE ALL ON FUNCTION public.ping() FROM PUBLIC;
GRANT ALL ON FUNCTION public.ping() TO service_role;

REVOKE ALL ON FUNCTION public.rate_match(p_acting_user uuid, p_match_id uuid, p_rating integer, p_as text, p_comment text, p_idempotency_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.rate_match(p_acting_user uuid, p_match_id uuid, p_rating integer, p_as text, p_comment text, p_idempotency_key text) TO service_role;

REVOKE ALL ON FUNCTION public.sweep(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sweep(p_limit integer) TO service_role;

REVOKE ALL ON FUNCTION public.update_positions(p_acting_user uuid, p_points jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_positions(p_acting_user uuid, p_points jsonb) TO service_role;

GRANT SELECT ON TABLE mobility.live_positions TO authenticated;
GRANT SELECT ON TABLE mobility.live_positions TO service_role;

GRANT SELECT ON TABLE mobility.match_events TO authenticated;
GRANT SELECT ON TABLE mobility.match_events TO service_role;

GRANT SELECT ON TABLE mobility.match_pins TO authenticated;
GRANT SELECT ON TABLE mobility.match_pins TO service_role;

GRANT SELECT ON TABLE mobility.match_transitions TO authenticated;
GRANT SELECT ON TABLE mobility.match_transitions TO service_role;

GRANT SELECT ON TABLE mobility.places TO authenticated;
GRANT SELECT ON TABLE mobility.places TO service_role;

GRANT SELECT ON TABLE mobility.profiles TO authenticated;
GRANT SELECT ON TABLE mobility.profiles TO service_role;

GRANT SELECT ON TABLE mobility.ratings TO authenticated;
GRANT SELECT ON TABLE mobility.ratings TO service_role;

GRANT SELECT ON TABLE mobility.tariff_peaks TO authenticated;
GRANT SELECT ON TABLE mobility.tariff_peaks TO service_role;

GRANT SELECT ON TABLE mobility.tariffs TO authenticated;
GRANT SELECT ON TABLE mobility.tariffs TO service_role;

GRANT SELECT ON TABLE mobility.user_metrics TO authenticated;
GRANT SELECT ON TABLE mobility.user_metrics TO service_role;

GRANT SELECT ON TABLE mobility.vehicles TO authenticated;
GRANT SELECT ON TABLE mobility.vehicles TO service_role;
