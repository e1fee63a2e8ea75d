CREATE SCHEMA mobility;

COMMENT ON SCHEMA mobility IS 'Ride dispatch: tables and internal functions, not exposed by the API.';

CREATE SCHEMA mobility_v1;

COMMENT ON SCHEMA mobility_v1 IS 'The bridge to V1: what changed, what was carried, what could not be.';

CREATE SCHEMA public;

COMMENT ON SCHEMA public IS 'standard public schema';

CREATE TYPE mobility.fare AS (
	fare_amount integer,
	currency text,
	tariff_id bigint
);

CREATE TYPE mobility_v1.match_image AS (
	passenger_user_id uuid,
	driver_user_id uuid,
	status text,
	fare_amount integer,
	currency text,
	distance_km numeric,
	created_at timestamp with time zone,
	accepted_at timestamp with time zone,
	arrived_at timestamp with time zone,
	started_at timestamp with time zone,
	completed_at timestamp with time zone,
	cancelled_at timestamp with time zone,
	cancel_reason text
);

CREATE TYPE mobility_v1.match_reading AS (
	image mobility_v1.match_image,
	reject text,
	repairs text[]
);

CREATE TYPE mobility_v1.old_match AS (
	id uuid,
	driver_id uuid,
	passenger_id uuid,
	trip_id uuid,
	vehicle_type text,
	pickup_latitude double precision,
	pickup_longitude double precision,
	dropoff_latitude double precision,
	dropoff_longitude double precision,
	pickup_text text,
	dropoff_text text,
	fare_estimate numeric,
	actual_fare numeric,
	currency text,
	distance_km numeric,
	status text,
	created_at timestamp with time zone,
	updated_at timestamp with time zone,
	matched_at timestamp with time zone,
	accepted_at timestamp with time zone,
	started_at timestamp with time zone,
	pickup_time timestamp with time zone,
	dropoff_time timestamp with time zone,
	completed_at timestamp with time zone,
	cancelled_at timestamp with time zone,
	cancellation_reason text,
	metadata jsonb
);

CREATE TYPE mobility_v1.old_profile AS (
	user_id uuid,
	whatsapp_number text,
	phone_number text,
	display_name text,
	role text,
	locale text,
	created_at timestamp with time zone
);

CREATE TYPE mobility_v1.old_trip AS (
	id uuid,
	creator_user_id uuid,
	role text,
	vehicle_type text,
	pickup_latitude double precision,
	pickup_longitude double precision,
	pickup_text text,
	dropoff_latitude double precision,
	dropoff_longitude double precision,
	dropoff_text text,
	status text,
	scheduled_at timestamp with time zone,
	created_at timestamp with time zone,
	matched_at timestamp with time zone,
	expires_at timestamp with time zone,
	last_location_at timestamp with time zone
);

CREATE TYPE mobility_v1.profile_image AS (
	phone text,
	display_name text,
	locale text,
	created_at timestamp with time zone
);

CREATE TYPE mobility_v1.profile_reading AS (
	image mobility_v1.profile_image,
	repairs text[],
	needs uuid
);

CREATE TYPE mobility_v1.trip_image AS (
	user_id uuid,
	role text,
	vehicle_type text,
	status text,
	pickup_lat double precision,
	pickup_lng double precision,
	pickup_text text,
	dropoff_lat double precision,
	dropoff_lng double precision,
	dropoff_text text,
	scheduled_for timestamp with time zone,
	expires_at timestamp with time zone,
	created_at timestamp with time zone
);

CREATE TYPE mobility_v1.trip_reading AS (
	image mobility_v1.trip_image,
	reject text,
	repairs text[]
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
    -- Positions die young: vacuum a pool long before a fifth of it is dead, and leave room on each page, so that
    -- what died there is overwritten by what moved (bench:tracking: without it a pool grows until the vacuum).
    execute format('alter table mobility.%I set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0)', v_pool);
    execute format('alter table mobility.%I enable row level security', v_pool);
    execute format('create policy read_own on mobility.%I for select to authenticated using (user_id = (select auth.uid()))', v_pool);
  end loop;
  perform mobility.write_search();
end
$$;

COMMENT ON FUNCTION mobility.add_vehicle_type(p_code text, p_name text, p_speed_mps real, p_road_factor real) IS 'Adds a vehicle type with its pools of drivers and passengers, and their search.';

CREATE FUNCTION mobility.advance_dispatch(p_dispatch_id uuid, p_most integer DEFAULT NULL::integer) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  d mobility.dispatches;
  p mobility.trips;
  v_candidate jsonb;
  v_driver mobility.trips;
  v_offer mobility.offers;
  v_sent integer := 0;
begin
  select * into d from mobility.dispatches where id = p_dispatch_id and status = 'running' for update;
  if not found or exists (select 1 from mobility.offers where dispatch_id = d.id and status = 'offered') then
    return;
  end if;
  select * into p from mobility.trips where id = d.passenger_trip_id;
  -- Over, though not swept: what it offers could not be taken.
  if p.expires_at <= now() then return; end if;
  while v_sent < coalesce(p_most, d.batch_size) and d.next_candidate < jsonb_array_length(d.candidates) loop
    v_candidate := d.candidates -> d.next_candidate;
    d.next_candidate := d.next_candidate + 1;
    -- Locked, so that a driver who is just being taken or going offline is not left with an offer.
    select t.* into v_driver from mobility.trips t
    join mobility.live_positions l on l.role = t.role and l.vehicle_type = t.vehicle_type and l.trip_id = t.id
    where t.id = (v_candidate ->> 'trip_id')::uuid and t.role = 'driver' and t.vehicle_type = p.vehicle_type
      and t.status = 'open' and t.expires_at > now() and l.available
      and t.user_id <> p.user_id and not mobility.is_blocked(t.user_id, p.user_id)
      and not exists (select 1 from mobility.matches m where m.live and m.driver_user_id = t.user_id)
    for no key update of t skip locked;
    continue when not found
      -- Another trip of the same driver is being offered something right now.
      or not pg_try_advisory_xact_lock(hashtextextended('offer:' || v_driver.user_id, 0));
    -- Looking at another offer, or asked before. Asked for, since an insert would wait for whoever is just
    -- ending that offer.
    continue when exists (
      select 1 from mobility.offers o
      where o.driver_user_id = v_driver.user_id and o.status = 'offered'
        or o.dispatch_id = d.id and o.driver_trip_id = v_driver.id);
    insert into mobility.offers (dispatch_id, passenger_trip_id, driver_trip_id, driver_user_id, distance_m, eta_s, expires_at)
    values (d.id, p.id, v_driver.id, v_driver.user_id, (v_candidate ->> 'distance_m')::integer,
      (v_candidate ->> 'eta_s')::integer, now() + make_interval(secs => d.offer_s))
    returning * into v_offer;
    v_sent := v_sent + 1;
    perform mobility.say(v_driver.user_id, 'offer',
      mobility.ride_card(p, v_offer.distance_m, v_offer.eta_s)
        || jsonb_build_object('offer_id', v_offer.id, 'expires_in_s', d.offer_s),
      v_offer.id, v_offer.expires_at);
  end loop;
  -- Who is only looking at another offer, or being dealt with, may be free soon: sweep_dispatch asks again.
  if v_sent = 0 and d.created_at > now() - interval '90 seconds' and exists (
    select 1 from mobility.dispatches r
    cross join lateral jsonb_array_elements(r.candidates) with ordinality as c(candidate, place)
    join mobility.trips t on t.id = (c.candidate ->> 'trip_id')::uuid
    join mobility.live_positions l on l.role = t.role and l.vehicle_type = t.vehicle_type and l.trip_id = t.id
    where r.id = d.id and c.place > r.next_candidate and t.role = 'driver' and t.vehicle_type = p.vehicle_type
      and t.status = 'open' and t.expires_at > now() and l.available
      and t.user_id <> p.user_id and not mobility.is_blocked(t.user_id, p.user_id)
      and not exists (select 1 from mobility.matches m where m.live and m.driver_user_id = t.user_id)
      and not exists (select 1 from mobility.offers o where o.dispatch_id = d.id and o.driver_trip_id = t.id)
  ) then
    return;
  end if;
  update mobility.dispatches set next_candidate = d.next_candidate,
    status = case when v_sent = 0 then 'exhausted' else status end,
    ended_at = case when v_sent = 0 then now() end
  where id = d.id;
  if v_sent = 0 then
    perform mobility.say(p.user_id, 'nobody_accepted', jsonb_build_object('trip_id', p.id));
  end if;
end
$$;

COMMENT ON FUNCTION mobility.advance_dispatch(p_dispatch_id uuid, p_most integer) IS 'Offers the ride to the next candidates.';

CREATE FUNCTION mobility.apply_statuses(p_statuses jsonb) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  r record;
  v_applied integer := 0;
begin
  for r in
    select * from jsonb_to_recordset(p_statuses) as x (message_id text, outbox_id uuid, status text,
      at timestamptz, error_code integer, error_detail text)
    order by outbox_id, message_id
  loop
    if r.status = 'failed' then
      update mobility.outbox set
        status = case when mobility.is_sent_again(outbox, r.error_code) then 'queued' else 'dead' end,
        as_template = as_template or r.error_code is not distinct from 131047,
        not_before = now() + coalesce(mobility.retry_after(r.error_code), interval '0'),
        error_code = r.error_code, error_detail = left(r.error_detail, 500),
        message_id = case when not mobility.is_sent_again(outbox, r.error_code) then r.message_id end,
        failed_message_id = r.message_id, lease = null, lease_until = null
      where (id = r.outbox_id or r.outbox_id is null and message_id = r.message_id)
        and status in ('queued', 'sent')
        -- A failure of an earlier attempt says nothing of the one that followed.
        and (message_id is null or message_id = r.message_id)
        and failed_message_id is distinct from r.message_id;
    else
      update mobility.outbox set
        status = r.status, message_id = coalesce(message_id, r.message_id), sent_at = coalesce(sent_at, r.at),
        -- Whatever was read was delivered, told or not.
        delivered_at = case when r.status in ('delivered', 'read') then coalesce(delivered_at, r.at) else delivered_at end,
        read_at = case r.status when 'read' then coalesce(read_at, r.at) else read_at end,
        lease = null
      where (id = r.outbox_id or r.outbox_id is null and message_id = r.message_id)
        and mobility.progress(status) < mobility.progress(r.status)
        -- Late news of an attempt that failed.
        and (r.status <> 'sent' or failed_message_id is distinct from r.message_id);
    end if;
    if found then v_applied := v_applied + 1; end if;
  end loop;
  return v_applied;
end
$$;

COMMENT ON FUNCTION mobility.apply_statuses(p_statuses jsonb) IS 'Applies delivery statuses; none moves a message backwards.';

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
    predicted_pickup_s integer,
    predicted_ride_s integer,
    CONSTRAINT matches_cancel_reason_check CHECK ((char_length(cancel_reason) <= 300)),
    CONSTRAINT matches_check CHECK ((driver_user_id <> passenger_user_id)),
    CONSTRAINT matches_check1 CHECK ((passenger_trip_id <> driver_trip_id)),
    CONSTRAINT matches_check2 CHECK (((completed_at IS NOT NULL) = (status = 'completed'::text))),
    CONSTRAINT matches_distance_m_check CHECK ((distance_m >= 0)),
    CONSTRAINT matches_fare_amount_check CHECK ((fare_amount >= 0)),
    CONSTRAINT matches_initiated_by_check CHECK ((initiated_by = ANY (ARRAY['driver'::text, 'passenger'::text]))),
    CONSTRAINT matches_predicted_pickup_s_check CHECK ((predicted_pickup_s >= 0)),
    CONSTRAINT matches_predicted_ride_s_check CHECK ((predicted_ride_s >= 0)),
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
  -- Withdrawing a proposal that nobody answered is no broken promise, nor is what an operator does.
  elsif v_from_status = 'pending' or p_actor = 'system' then
    null;
  elsif p_to_status = 'cancelled_driver' then
    perform mobility.add_to_metrics(m.driver_user_id, 'driver', '{"rides_cancelled": 1}');
  elsif p_to_status = 'cancelled_passenger' then
    perform mobility.add_to_metrics(m.passenger_user_id, 'passenger', '{"rides_cancelled": 1}');
  end if;

  if p_to_status = 'completed' then
    perform mobility.end_trip(m.passenger_trip_id, 'completed');
    perform mobility.finish_driver_trip(m);
  elsif p_to_status = 'expired' and v_from_status <> 'pending' then
    -- Both sides walked away from a ride: neither is waiting any more.
    perform mobility.end_trip(m.passenger_trip_id, 'expired');
    perform mobility.end_trip(m.driver_trip_id, 'expired');
  elsif not m.live then
    perform mobility.reopen_trip(m.passenger_trip_id, v_grace);
    perform mobility.reopen_trip(m.driver_trip_id, v_grace);
  end if;
  perform mobility.record_event(m, v_from_status, p_actor);
  if p_actor = 'system' and p_to_status <> 'expired' then
    perform mobility.tell_withdrawn(m);
  else
    perform mobility.tell_match(m, v_from_status);
  end if;
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

CREATE FUNCTION mobility.arrival_radius_m() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$ select 500 $$;

COMMENT ON FUNCTION mobility.arrival_radius_m() IS 'Within how many metres of the pickup a driver has arrived.';

CREATE FUNCTION mobility.available_drivers(p_vehicle_type text, p_boundary extensions.geometry) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility.available_drivers(p_vehicle_type text, p_boundary extensions.geometry) IS 'Drivers who are free: {available, drivers}.';

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

CREATE FUNCTION mobility.bind_trips(p_passenger mobility.trips, p_driver mobility.trips, p_terms jsonb) RETURNS mobility.matches
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  m mobility.matches;
begin
  if mobility.is_blocked(p_passenger.user_id, p_driver.user_id) then
    raise sqlstate 'PT403' using message = 'BLOCKED', detail = 'These two people are not brought together';
  end if;
  perform mobility.lock_offers(array[p_passenger.id, p_driver.id]);
  begin
    insert into mobility.matches (
      id, passenger_trip_id, driver_trip_id, passenger_user_id, driver_user_id, initiated_by,
      respond_by, created_at, fare_amount, currency, distance_m
    ) values (
      coalesce((p_terms ->> 'id')::uuid, gen_random_uuid()), p_passenger.id, p_driver.id, p_passenger.user_id,
      p_driver.user_id, p_terms ->> 'initiated_by', (p_terms ->> 'respond_by')::timestamptz,
      coalesce((p_terms ->> 'created_at')::timestamptz, now()), p_passenger.fare_amount, p_passenger.currency,
      p_passenger.distance_m
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
  where id in (p_passenger.id, p_driver.id);
  perform mobility.leave_pool(p_passenger);
  perform mobility.leave_pool(p_driver);
  perform mobility.record_event(m, null, m.initiated_by);
  return m;
end
$$;

COMMENT ON FUNCTION mobility.bind_trips(p_passenger mobility.trips, p_driver mobility.trips, p_terms jsonb) IS 'Binds two locked open trips in a pending match.';

CREATE FUNCTION mobility.blocked_with(p_user_id uuid) RETURNS uuid[]
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select array(
    select blocked_user_id from mobility.blocks where user_id = p_user_id
    union all
    select user_id from mobility.blocks where blocked_user_id = p_user_id
  )
$$;

COMMENT ON FUNCTION mobility.blocked_with(p_user_id uuid) IS 'Whom a block keeps away from a person.';

CREATE FUNCTION mobility.bucket_bounds(p_metric text) RETURNS double precision[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$
  select case p_metric
    -- An offer stands for 30 seconds unless told otherwise, at most 300.
    when 'mobility_offer_response_seconds' then '{1,2,5,10,15,20,30,45,60,120,300,Infinity}'::double precision[]
    when 'mobility_time_to_match_seconds' then '{5,10,20,30,60,120,180,300,600,900,1800,3600,Infinity}'::double precision[]
  end
$$;

COMMENT ON FUNCTION mobility.bucket_bounds(p_metric text) IS 'The bounds of a histogram''s buckets, in seconds.';

CREATE FUNCTION mobility.call_for_help(p_user_id uuid, p_command jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  m mobility.matches := mobility.own_match(p_user_id, (p_command ->> 'match_id')::uuid, interval '2 hours');
  p mobility.profiles;
  a mobility.sos_alerts;
  l mobility.live_positions;
  v_contact uuid;
  v_contacts integer := 0;
begin
  select * into p from mobility.profiles where user_id = p_user_id;
  select r.* into l from mobility.trips t
  join mobility.live_positions r on r.role = t.role and r.vehicle_type = t.vehicle_type and r.trip_id = t.id
  where t.id = m.driver_trip_id;
  insert into mobility.sos_alerts (match_id, user_id, side, lat, lng)
  values (m.id, p_user_id, case p_user_id when m.driver_user_id then 'driver' else 'passenger' end,
    coalesce((p_command ->> 'lat')::double precision, l.lat), coalesce((p_command ->> 'lng')::double precision, l.lng))
  returning * into a;
  insert into mobility.deliveries (target, body, headers)
  values ('sos', convert_to(jsonb_build_object('alert_id', a.id, 'match_id', m.id, 'user_id', p_user_id, 'side', a.side,
    'name', p.display_name, 'phone', p.phone, 'lat', a.lat, 'lng', a.lng, 'at', a.created_at,
    'link_token', mobility.make_trip_link(m.id, 'guest', p_user_id))::text, 'UTF8'),
    '{"content-type": "application/json"}');
  for v_contact in select contact_user_id from mobility.trusted_contacts where user_id = p_user_id order by created_at loop
    perform mobility.say(v_contact, 'sos_alert', jsonb_build_object('name', p.display_name,
      'link_token', mobility.make_trip_link(m.id, 'guest', p_user_id), 'at', a.created_at,
      'time_zone', mobility.time_zone()));
    v_contacts := v_contacts + 1;
  end loop;
  perform mobility.say(p_user_id, 'sos_sent', jsonb_build_object('match_id', m.id, 'contacts', v_contacts));
end
$$;

COMMENT ON FUNCTION mobility.call_for_help(p_user_id uuid, p_command jsonb) IS 'Raises an SOS: a row, a post to the operator, messages to the trusted contacts.';

CREATE FUNCTION mobility.cancel_trip_in_chat(p_user_id uuid, p_command jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_cancelled jsonb := public.cancel_trip(p_user_id, (p_command ->> 'trip_id')::uuid, p_command ->> 'reason');
begin
  if v_cancelled #>> '{trip,role}' = 'driver' then
    perform mobility.say(p_user_id, 'offline', mobility.earnings_today(p_user_id));
  -- Who cancelled a ride with the trip has been told so.
  elsif v_cancelled ->> 'match' is null then
    perform mobility.say(p_user_id, 'trip_cancelled', jsonb_build_object('trip_id', p_command -> 'trip_id'));
  end if;
  return v_cancelled;
end
$$;

COMMENT ON FUNCTION mobility.cancel_trip_in_chat(p_user_id uuid, p_command jsonb) IS 'Cancels a trip and says so.';

CREATE FUNCTION mobility.change_blocks(p_user_id uuid, p_command jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  m mobility.matches;
  v_other uuid := (p_command ->> 'user_id')::uuid;
begin
  if p_command ->> 'name' = 'block' then
    m := mobility.own_match(p_user_id, (p_command ->> 'match_id')::uuid, interval '30 days');
    v_other := case p_user_id when m.driver_user_id then m.passenger_user_id else m.driver_user_id end;
    insert into mobility.blocks (user_id, blocked_user_id) values (p_user_id, v_other) on conflict do nothing;
    perform mobility.say(p_user_id, 'blocked', jsonb_build_object(
      'name', (select display_name from mobility.profiles where user_id = v_other)));
  elsif p_command ->> 'name' = 'unblock' then
    delete from mobility.blocks where user_id = p_user_id and blocked_user_id = v_other;
    perform mobility.say(p_user_id, 'unblocked', jsonb_build_object(
      'name', (select display_name from mobility.profiles where user_id = v_other)));
  else
    perform mobility.say(p_user_id, 'blocked_list', jsonb_build_object('people', coalesce((
      select jsonb_agg(jsonb_build_object('user_id', p.user_id, 'name', p.display_name) order by b.created_at desc)
      from (select * from mobility.blocks where user_id = p_user_id order by created_at desc limit 10) b
      join mobility.profiles p on p.user_id = b.blocked_user_id), '[]')));
  end if;
end
$$;

COMMENT ON FUNCTION mobility.change_blocks(p_user_id uuid, p_command jsonb) IS 'Blocks, unblocks or lists.';

CREATE FUNCTION mobility.change_contacts(p_user_id uuid, p_command jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_name text;
  v_contact uuid;
begin
  if p_command ->> 'name' = 'add_contact' then
    v_name := left(nullif(trim(p_command ->> 'contact_name'), ''), 120);
    v_contact := mobility.identify(null, p_command ->> 'phone', null);
    if v_contact = p_user_id then
      raise sqlstate 'PT400' using message = 'VALIDATION_ERROR', detail = 'Nobody is their own trusted contact';
    elsif (
      select count(*) from mobility.trusted_contacts where user_id = p_user_id and contact_user_id <> v_contact
    ) >= 9 then
      raise sqlstate 'PT409' using message = 'TOO_MANY_CONTACTS', detail = 'At most nine people are told of an SOS';
    end if;
    insert into mobility.trusted_contacts (user_id, contact_user_id, name) values (p_user_id, v_contact, v_name)
    on conflict (user_id, contact_user_id) do update set name = excluded.name;
    perform mobility.say(p_user_id, 'contact_added', jsonb_build_object('name', v_name));
  elsif p_command ->> 'name' = 'remove_contact' then
    delete from mobility.trusted_contacts
    where id = (p_command ->> 'contact_id')::uuid and user_id = p_user_id returning name into v_name;
    perform mobility.say(p_user_id, 'contact_removed', jsonb_build_object('name', v_name));
  else
    perform mobility.say(p_user_id, 'contacts', jsonb_build_object('contacts', coalesce((
      select jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name, 'phone_tail', coalesce(right(p.phone, 3), '')) order by c.created_at)
      from mobility.trusted_contacts c join mobility.profiles p on p.user_id = c.contact_user_id
      where c.user_id = p_user_id), '[]')));
  end if;
end
$$;

COMMENT ON FUNCTION mobility.change_contacts(p_user_id uuid, p_command jsonb) IS 'Adds, removes or lists the trusted contacts of a person.';

CREATE FUNCTION mobility.check_arrival(m mobility.matches) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility.check_arrival(m mobility.matches) IS 'Raises TOO_FAR_FROM_PICKUP for a driver who is somewhere else.';

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

CREATE FUNCTION mobility.check_operator(p_acting_user uuid) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility.check_operator(p_acting_user uuid) IS 'The name of the operator who calls.';

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

CREATE FUNCTION mobility.city_gauges() RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  with pool as materialized (
    select l.role, l.vehicle_type, count(*) filter (where l.available) as available,
      count(*) filter (where l.findable_from < 'infinity') as open
    from mobility.live_positions l group by l.role, l.vehicle_type
  ),
  kind as (
    select r.role, v.code as vehicle_type, coalesce(p.available, 0) as available, coalesce(p.open, 0) as open
    from mobility.vehicle_types v cross join unnest('{driver,passenger}'::text[]) r (role)
    left join pool p on p.role = r.role and p.vehicle_type = v.code
  )
  select jsonb_build_object(
    'mobility_drivers_available', (select jsonb_agg(jsonb_build_object(
        'labels', jsonb_build_object('vehicle_type', k.vehicle_type), 'value', k.available))
      from kind k where k.role = 'driver'),
    'mobility_trips_open', (select jsonb_agg(jsonb_build_object(
        'labels', jsonb_build_object('role', k.role, 'vehicle_type', k.vehicle_type), 'value', k.open))
      from kind k),
    'mobility_matches_live', (select jsonb_agg(jsonb_build_object(
        'labels', jsonb_build_object('status', s.status),
        'value', (select count(*) from mobility.matches m where m.live and m.status = s.status)))
      from unnest('{pending,accepted,driver_arrived,in_progress}'::text[]) s (status)),
    'mobility_dispatches_searching', (select jsonb_build_array(jsonb_build_object('value', count(*)))
      from mobility.dispatches d where d.status = 'running'),
    'mobility_sos_open', (select jsonb_build_array(jsonb_build_object('value', count(*)))
      from mobility.sos_alerts a where a.acknowledged_at is null),
    'mobility_sos_oldest_seconds', (select jsonb_build_array(jsonb_build_object(
        'value', coalesce(extract(epoch from now() - min(a.created_at)), 0)))
      from mobility.sos_alerts a where a.acknowledged_at is null),
    'mobility_rollout_percent', (select jsonb_build_array(jsonb_build_object('value', r.percent)) from mobility.rollout r))
$$;

COMMENT ON FUNCTION mobility.city_gauges() IS 'What is going on in the city now.';

CREATE FUNCTION mobility.close_offers(t mobility.trips, p_reason text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  o mobility.offers;
begin
  perform mobility.lock_offers(array[t.id]);
  if t.role = 'passenger' then
    update mobility.dispatches set status = p_reason, ended_at = now()
    where passenger_trip_id = t.id and status = 'running';
  end if;
  for o in
    select * from mobility.offers r
    where r.status = 'offered' and (r.passenger_trip_id = t.id or r.driver_trip_id = t.id)
  loop
    update mobility.offers
    set status = case t.role when 'passenger' then p_reason else 'withdrawn' end, answered_at = now()
    where id = o.id;
    -- Who has seen it is told that it is gone; who has not never will.
    if mobility.withdraw(o.id) and t.role = 'passenger' then
      perform mobility.say(o.driver_user_id, 'offer_gone', jsonb_build_object('reason', p_reason));
    end if;
  end loop;
end
$$;

COMMENT ON FUNCTION mobility.close_offers(t mobility.trips, p_reason text) IS 'Calls back the offers of a trip that is taken or over.';

CREATE FUNCTION mobility.connection_gauges() RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  with client as materialized (
    select a.pid, a.state, a.xact_start, a.wait_event_type, a.datname
    from pg_catalog.pg_stat_activity a
    -- Whose kind may not be seen is somebody else's session.
    where a.datname is not null and coalesce(a.backend_type, 'client backend') = 'client backend'
  )
  select jsonb_build_object(
    'mobility_database_connections', (select jsonb_agg(jsonb_build_object(
        'labels', jsonb_build_object('state', s.state), 'value', (
          select count(*) from client c
          where s.state = case c.state
            when 'active' then 'active' when 'idle' then 'idle' when 'idle in transaction' then 'idle_in_transaction'
            when 'idle in transaction (aborted)' then 'idle_in_transaction_aborted' else 'other' end)))
      from unnest('{active,idle,idle_in_transaction,idle_in_transaction_aborted,other}'::text[]) s (state)),
    'mobility_database_connections_max', jsonb_build_array(jsonb_build_object(
      'value', current_setting('max_connections')::integer)),
    'mobility_database_oldest_transaction_seconds', (select jsonb_build_array(jsonb_build_object(
        'value', coalesce(extract(epoch from now() - min(c.xact_start)), 0)))
      from client c where c.datname = current_database() and c.pid <> pg_backend_pid()),
    'mobility_database_lock_waits', (select jsonb_build_array(jsonb_build_object('value', count(*)))
      from client c where c.wait_event_type = 'Lock'))
$$;

COMMENT ON FUNCTION mobility.connection_gauges() IS 'What the database''s connections do.';

CREATE FUNCTION mobility.count_abandoned(p_limit integer) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_left integer;
begin
  with silent as materialized (
    select c.user_id, c.step, mobility.is_left_open(c) as is_open
    from mobility.conversations c
    where c.step <> 'idle' and c.left_at is distinct from c.last_inbound_at
      and c.last_inbound_at < now() - mobility.patience_in_chat()
      and (c.lease_until is null or c.lease_until <= now())
    order by c.last_inbound_at limit p_limit
    -- Whoever is being answered right now has not left.
    for update of c skip locked
  ),
  marked as (
    update mobility.conversations c set left_at = c.last_inbound_at
    from silent s where c.user_id = s.user_id
  ),
  counted as (
    insert into mobility.hourly_totals as t (hour, metric, labels, value)
    select mobility.hour_of(now()), 'mobility_conversations_abandoned_total', jsonb_build_object('step', s.step), count(*)
    from silent s where s.is_open group by s.step order by s.step
    on conflict (hour, metric, labels) do update set value = t.value + excluded.value
  )
  select count(*) into v_left from silent s where s.is_open;
  return v_left;
end
$$;

COMMENT ON FUNCTION mobility.count_abandoned(p_limit integer) IS 'Counts those who left in the middle of a step.';

CREATE FUNCTION mobility.count_hours(p_since timestamp with time zone) RETURNS TABLE(hour timestamp with time zone, metric text, labels jsonb, value double precision)
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  with observed as materialized (
    select date_trunc('hour', o.answered_at, 'UTC') as hour, 'mobility_offer_response_seconds' as metric,
      extract(epoch from o.answered_at - o.created_at)::double precision as seconds
    from mobility.offers o where o.answered_at >= p_since and o.status = 'accepted'
    union all
    -- Of each trip the first time; a booking waits from when it is looked for.
    select date_trunc('hour', m.accepted_at, 'UTC'), 'mobility_time_to_match_seconds',
      greatest(0, extract(epoch from m.accepted_at - case when t.scheduled_for is null then t.created_at
        else greatest(t.created_at, t.scheduled_for - mobility.schedule_lead()) end))::double precision
    from mobility.matches m join mobility.trips t on t.id = m.passenger_trip_id
    where m.accepted_at >= p_since and not exists (
      select 1 from mobility.matches e
      where e.passenger_trip_id = m.passenger_trip_id and e.accepted_at < m.accepted_at)
  ),
  -- How many bounds an observation is beyond; a time is exact to the microsecond.
  slot as materialized (
    select o.hour, o.metric, width_bucket(o.seconds - 0.000001, h.bounds) as beyond,
      count(*) as times, sum(o.seconds) as seconds
    from (
      select metric, mobility.bucket_bounds(metric) as bounds
      from unnest('{mobility_offer_response_seconds,mobility_time_to_match_seconds}'::text[]) metric offset 0
    ) h
    join observed o on o.metric = h.metric group by 1, 2, 3
  )
  select date_trunc('hour', m.ended_at, 'UTC'), 'mobility_rides_total',
    jsonb_build_object('vehicle_type', t.vehicle_type, 'outcome', m.status), count(*)::double precision
  from mobility.matches m join mobility.trips t on t.id = m.passenger_trip_id
  where m.ended_at >= p_since group by 1, t.vehicle_type, m.status
  union all
  select date_trunc('hour', t.created_at, 'UTC'), 'mobility_trips_created_total',
    jsonb_build_object('role', t.role, 'vehicle_type', t.vehicle_type), count(*)
  from mobility.trips t where t.created_at >= p_since group by 1, t.role, t.vehicle_type
  union all
  select date_trunc('hour', o.answered_at, 'UTC'), 'mobility_offers_total', jsonb_build_object('outcome', o.status), count(*)
  from mobility.offers o where o.answered_at >= p_since group by 1, o.status
  union all
  select s.hour, s.metric || '_bucket',
    jsonb_build_object('le', case b.bound when 'Infinity' then '+Inf' else b.bound::text end),
    coalesce(sum(s.times) filter (where s.beyond < b.nth), 0)
  from slot s cross join unnest(mobility.bucket_bounds(s.metric)) with ordinality b (bound, nth)
  group by s.hour, s.metric, b.bound
  union all
  select s.hour, s.metric || '_sum', '{}', sum(s.seconds) from slot s group by s.hour, s.metric
  union all
  select s.hour, s.metric || '_count', '{}', sum(s.times) from slot s group by s.hour, s.metric
$$;

COMMENT ON FUNCTION mobility.count_hours(p_since timestamp with time zone) IS 'What the rows tell of the hours since then.';

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

CREATE FUNCTION mobility.driver_card(m mobility.matches) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
begin
  return (
    select jsonb_build_object(
      'driver_name', p.display_name, 'vehicle_type', t.vehicle_type, 'plate', v.plate,
      'rating', (s.standing ->> 'rating')::numeric, 'rating_count', (s.standing ->> 'rating_count')::integer,
      'distance_m', (d.metres * k.road_factor)::integer,
      'eta_s', (d.metres * k.road_factor / k.speed_mps
        * mobility.pace_factor(k, t.pickup_lat, t.pickup_lng))::integer,
      'fare_amount', m.fare_amount, 'currency', m.currency
    )
    from mobility.profiles p
    join mobility.trips t on t.id = m.passenger_trip_id
    join mobility.vehicle_types k on k.code = t.vehicle_type
    left join mobility.vehicles v on v.user_id = p.user_id and v.vehicle_type = t.vehicle_type
    left join mobility.live_positions l on l.role = 'driver' and l.vehicle_type = t.vehicle_type and l.trip_id = m.driver_trip_id
    cross join lateral (select mobility.standing_of(p.user_id, 'driver') as standing) s
    cross join lateral (select mobility.distance_m(l.lat, l.lng, t.pickup_lat, t.pickup_lng) as metres) d
    where p.user_id = m.driver_user_id
  );
end
$$;

COMMENT ON FUNCTION mobility.driver_card(m mobility.matches) IS 'The driver of a match as the passenger sees one.';

CREATE FUNCTION mobility.earnings_today(p_user_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object('rides', count(*), 'earnings', coalesce(sum(fare_amount), 0), 'currency', max(currency))
  from mobility.matches
  where driver_user_id = p_user_id and status = 'completed'
    and completed_at >= date_trunc('day', now() at time zone mobility.time_zone()) at time zone mobility.time_zone()
$$;

COMMENT ON FUNCTION mobility.earnings_today(p_user_id uuid) IS 'Rides and income of a driver since midnight.';

CREATE FUNCTION mobility.empty_totals() RETURNS TABLE(metric text, labels jsonb)
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select 'mobility_rides_total', jsonb_build_object('vehicle_type', v.code, 'outcome', outcome)
  from mobility.vehicle_types v,
    unnest('{completed,declined,expired,cancelled_driver,cancelled_passenger}'::text[]) outcome
  union all
  select 'mobility_trips_created_total', jsonb_build_object('role', role, 'vehicle_type', v.code)
  from mobility.vehicle_types v, unnest('{driver,passenger}'::text[]) role
  union all
  select 'mobility_offers_total', jsonb_build_object('outcome', outcome)
  from unnest('{accepted,declined,expired,taken,cancelled,withdrawn}'::text[]) outcome
  union all
  select h.metric || p.part, p.labels
  from unnest('{mobility_offer_response_seconds,mobility_time_to_match_seconds}'::text[]) h (metric),
    lateral (
      select '_bucket', jsonb_build_object('le', case b.bound when 'Infinity' then '+Inf' else b.bound::text end)
      from unnest(mobility.bucket_bounds(h.metric)) b (bound)
      union all values ('_sum', '{}'::jsonb), ('_count', '{}')
    ) p (part, labels)
$$;

COMMENT ON FUNCTION mobility.empty_totals() IS 'Every series of the totals.';

CREATE FUNCTION mobility.end_trip(p_trip_id uuid, p_status text, p_reason text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  t mobility.trips;
  v_was text;
begin
  select status into v_was from mobility.trips where id = p_trip_id;
  update mobility.trips set status = p_status, updated_at = now(), cancel_reason = p_reason
  where id = p_trip_id returning * into t;
  delete from mobility.live_positions
  where role = t.role and vehicle_type = t.vehicle_type and trip_id = t.id;
  perform mobility.close_offers(t, 'cancelled');
  if p_status = 'expired' and v_was = 'open' then
    perform mobility.say(t.user_id, 'trip_expired', jsonb_build_object('trip_id', t.id, 'role', t.role));
  end if;
end
$$;

COMMENT ON FUNCTION mobility.end_trip(p_trip_id uuid, p_status text, p_reason text) IS 'Ends a trip: completed, expired or cancelled.';

CREATE FUNCTION mobility.enqueue_task(p_user_id uuid, p_content jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  insert into mobility.inbox (message_id, user_id, content, sent_at)
  select 'task:' || gen_random_uuid(), c.user_id, p_content || '{"kind": "task"}', now()
  from mobility.conversations c where c.user_id = p_user_id;
end
$$;

COMMENT ON FUNCTION mobility.enqueue_task(p_user_id uuid, p_content jsonb) IS 'Queues work for somebody who is in a conversation.';

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

CREATE FUNCTION mobility.find_person(p_whatsapp_user_id text, p_phone text) RETURNS uuid
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select coalesce(
    (select user_id from mobility.profiles where whatsapp_user_id = p_whatsapp_user_id),
    (select user_id from mobility.profiles
      where phone = p_phone and (whatsapp_user_id is null or p_whatsapp_user_id is null))
  )
$$;

COMMENT ON FUNCTION mobility.find_person(p_whatsapp_user_id text, p_phone text) IS 'The person behind a WhatsApp identity, or null.';

CREATE FUNCTION mobility.finish_driver_trip(m mobility.matches) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  p mobility.trips;
  d mobility.trips;
  l mobility.live_positions;
begin
  select * into p from mobility.trips where id = m.passenger_trip_id;
  select * into l from mobility.live_positions
  where role = 'driver' and vehicle_type = p.vehicle_type and trip_id = m.driver_trip_id;
  perform mobility.end_trip(m.driver_trip_id, 'completed');
  if l.trip_id is null or not exists (
    select 1 from mobility.conversations where user_id = m.driver_user_id and last_inbound_at > now() - interval '24 hours'
  ) then
    return;
  end if;
  -- Without positions from the ride, the dropoff is the better guess.
  if l.position_at < m.started_at and p.dropoff_lat is not null then
    l.lat := p.dropoff_lat;
    l.lng := p.dropoff_lng;
  end if;
  insert into mobility.trips (user_id, role, vehicle_type, pickup_lat, pickup_lng, expires_at)
  values (m.driver_user_id, 'driver', p.vehicle_type, l.lat, l.lng, greatest(l.expires_at, now() + interval '1 hour'))
  on conflict do nothing returning * into d;
  if found then perform mobility.enter_pool(d); end if;
end
$$;

COMMENT ON FUNCTION mobility.finish_driver_trip(m mobility.matches) IS 'Ends the driver''s trip; a driver in chat is online again.';

CREATE FUNCTION mobility.fold_hours() RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_folded integer;
begin
  with old as (
    delete from mobility.hourly_totals
    where hour < mobility.hour_of(now() - mobility.hours_kept()) and hour > '-infinity' returning metric, labels, value
  ),
  folded as (
    insert into mobility.hourly_totals as t (hour, metric, labels, value)
    select '-infinity', o.metric, o.labels, sum(o.value) from old o group by o.metric, o.labels
    on conflict (hour, metric, labels) do update set value = t.value + excluded.value
  )
  select count(*) into v_folded from old;
  return v_folded;
end
$$;

COMMENT ON FUNCTION mobility.fold_hours() IS 'Adds old hours up.';

CREATE FUNCTION mobility.follow_rides(p_points jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility.follow_rides(p_points jsonb) IS 'Keeps and tells the positions of rides under way.';

CREATE FUNCTION mobility.forget(p_limit integer) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_forgotten integer := 0;
  v_part integer;
begin
  update mobility.inbox set content = jsonb_build_object('kind', content -> 'kind')
  where id = any (array(select id from mobility.inbox
    where done_at < now() - interval '1 day' and content - 'kind' <> '{}'
    order by done_at limit p_limit for update skip locked));
  -- What it was about is kept for whoever looks into a ride.
  update mobility.outbox set params = jsonb_strip_nulls(
    jsonb_build_object('match_id', params -> 'match_id', 'trip_id', params -> 'trip_id'))
  where id = any (array(select id from mobility.outbox
    where status <> 'queued' and created_at < now() - interval '1 day'
      and params - '{match_id,trip_id}'::text[] <> '{}'
    order by created_at limit p_limit for update skip locked));
  delete from mobility.inbox where id = any (array(select id from mobility.inbox
    where done_at < now() - interval '8 days' order by done_at limit p_limit for update skip locked));
  get diagnostics v_part = row_count;
  v_forgotten := v_forgotten + v_part;
  delete from mobility.handed_over where message_id = any (array(select message_id from mobility.handed_over
    where at < now() - interval '8 days' order by at limit p_limit for update skip locked));
  get diagnostics v_part = row_count;
  v_forgotten := v_forgotten + v_part;
  delete from mobility.outbox where id = any (array(select id from mobility.outbox
    where status <> 'queued' and created_at < now() - interval '30 days' limit p_limit for update skip locked));
  get diagnostics v_part = row_count;
  v_forgotten := v_forgotten + v_part;
  delete from mobility.deliveries where id = any (array(select id from mobility.deliveries
    where status = 'sent' and created_at < now() - interval '1 day'
      or status = 'dead' and created_at < now() - interval '30 days' limit p_limit for update skip locked));
  get diagnostics v_part = row_count;
  v_forgotten := v_forgotten + v_part;
  delete from mobility.reminders where ctid = any (array(select d.ctid from mobility.reminders d
    join mobility.trips t on t.id = d.trip_id
    where t.status not in ('open', 'matched') limit p_limit for update of d skip locked));
  delete from mobility.trip_links where token_hash = any (array(select token_hash from mobility.trip_links
    where expires_at < now() - interval '7 days' limit p_limit for update skip locked));
  -- Many times p_limit: a ride has a point every few seconds.
  delete from mobility.ride_points where ctid = any (array(select ctid from mobility.ride_points
    where recorded_at < now() - interval '7 days' limit 20 * p_limit for update skip locked));
  return v_forgotten;
end
$$;

COMMENT ON FUNCTION mobility.forget(p_limit integer) IS 'Forgets what people wrote and what is long over.';

CREATE FUNCTION mobility.forget_job_runs(p_limit integer) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $_$
declare
  v_forgotten integer := 0;
begin
  if to_regclass('cron.job_run_details') is not null then
    execute $delete$
      delete from cron.job_run_details where runid in (
        select runid from cron.job_run_details where start_time < now() - interval '1 day' order by runid limit $1)
    $delete$ using p_limit;
    get diagnostics v_forgotten = row_count;
  end if;
  return v_forgotten;
end
$_$;

COMMENT ON FUNCTION mobility.forget_job_runs(p_limit integer) IS 'Deletes what pg_cron noted of runs longer than a day ago.';

CREATE FUNCTION mobility.freshness_limit() RETURNS interval
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$ select interval '30 minutes' $$;

COMMENT ON FUNCTION mobility.freshness_limit() IS 'Age from which a driver''s position is not offered any more.';

CREATE TABLE mobility.inbox (
    id bigint NOT NULL,
    message_id text NOT NULL,
    user_id uuid NOT NULL,
    content jsonb NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    not_before timestamp with time zone DEFAULT now() NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    done_at timestamp with time zone,
    error_code text,
    CONSTRAINT inbox_message_id_check CHECK (((char_length(message_id) >= 1) AND (char_length(message_id) <= 300)))
);

COMMENT ON TABLE mobility.inbox IS 'Messages received and tasks that follow from them; each handled once.';

CREATE FUNCTION mobility.give_up(e mobility.inbox, p_code text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  update mobility.inbox set done_at = now(), error_code = p_code where id = e.id;
  perform mobility.say(e.user_id, 'refusal', '{"code": "INTERNAL_ERROR"}');
end
$$;

COMMENT ON FUNCTION mobility.give_up(e mobility.inbox, p_code text) IS 'Ends an event without an answer, and says so.';

CREATE FUNCTION mobility.hand_over_phone(p_phone text, p_to uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  p mobility.profiles;
begin
  update mobility.profiles set phone = null
  where phone = p_phone and user_id is distinct from p_to returning * into p;
  if not found or p.whatsapp_user_id is not null or p_to is null then return; end if;
  update mobility.trusted_contacts c set contact_user_id = p_to
  where c.contact_user_id = p.user_id and c.user_id <> p_to and not exists (
    select 1 from mobility.trusted_contacts t where t.user_id = c.user_id and t.contact_user_id = p_to);
  update mobility.outbox set user_id = p_to where user_id = p.user_id and status = 'queued';
end
$$;

COMMENT ON FUNCTION mobility.hand_over_phone(p_phone text, p_to uuid) IS 'Takes a number from who had it.';

CREATE FUNCTION mobility.hour_of(p_at timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$ select date_trunc('hour', p_at, 'UTC') $$;

COMMENT ON FUNCTION mobility.hour_of(p_at timestamp with time zone) IS 'The hour of a time, in UTC.';

CREATE FUNCTION mobility.hours_kept() RETURNS interval
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$ select interval '7 days' $$;

COMMENT ON FUNCTION mobility.hours_kept() IS 'For how long totals are kept by the hour.';

CREATE FUNCTION mobility.identify(p_whatsapp_user_id text, p_phone text, p_display_name text) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  p mobility.profiles;
  v_name text := left(nullif(trim(p_display_name), ''), 120);
begin
  loop
    select * into p from mobility.profiles where user_id = mobility.find_person(p_whatsapp_user_id, p_phone);
    exit when p.user_id is not null and (p.whatsapp_user_id, p.phone, p.display_name) is not distinct from
      (coalesce(p.whatsapp_user_id, p_whatsapp_user_id), coalesce(p_phone, p.phone), coalesce(v_name, p.display_name));
    -- Messages of one person at once follow each other: as conflicts of two unique keys they would deadlock.
    perform pg_advisory_xact_lock(hashtextextended('person:' || k.key, 0))
    from (select key from unnest(array[p_whatsapp_user_id, p_phone]) key where key is not null order by key) k;
    if p.user_id is not null then
      -- The conversation before the profile, as whoever answers the person locks them.
      insert into mobility.conversations as c (user_id) values (p.user_id)
      on conflict (user_id) do update set step = c.step;
    end if;
    continue when mobility.find_person(p_whatsapp_user_id, p_phone) is distinct from p.user_id;
    if p_phone is distinct from p.phone then
      perform mobility.hand_over_phone(p_phone, p.user_id);
    end if;
    if p.user_id is null then
      insert into mobility.profiles (whatsapp_user_id, phone, display_name)
      values (p_whatsapp_user_id, p_phone, v_name) returning * into p;
    else
      update mobility.profiles set whatsapp_user_id = coalesce(whatsapp_user_id, p_whatsapp_user_id),
        phone = coalesce(p_phone, phone), display_name = coalesce(v_name, display_name)
      where user_id = p.user_id;
    end if;
    exit;
  end loop;
  return p.user_id;
end
$$;

COMMENT ON FUNCTION mobility.identify(p_whatsapp_user_id text, p_phone text, p_display_name text) IS 'The person behind a WhatsApp identity, made if new.';

CREATE FUNCTION mobility.is_blocked(p_user_a uuid, p_user_b uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select exists (
    select 1 from mobility.blocks
    where user_id = p_user_a and blocked_user_id = p_user_b or user_id = p_user_b and blocked_user_id = p_user_a
  )
$$;

COMMENT ON FUNCTION mobility.is_blocked(p_user_a uuid, p_user_b uuid) IS 'Whether one of two people has blocked the other.';

CREATE FUNCTION mobility.is_held(p_user_id uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
begin
  if p_user_id is null then return false; end if;
  return exists (select from mobility.inbox i where i.user_id = p_user_id and i.done_at is null)
    -- V1 goes through its own rides with its people.
    or exists (select from mobility.matches m where m.live and (m.driver_user_id = p_user_id or m.passenger_user_id = p_user_id)
      and not exists (select from mobility_v1.carried_matches c where c.id = m.id and c.born = '1'))
    or exists (select from mobility.offers o
      where o.driver_user_id = p_user_id and o.status = 'offered' and o.expires_at > now())
    or exists (select from mobility.dispatches d join mobility.trips t on t.id = d.passenger_trip_id
      where t.user_id = p_user_id and t.status = 'open' and d.status = 'running')
    or exists (select from mobility.conversations c where c.user_id = p_user_id and c.step not in ('idle', 'pin')
      and c.last_inbound_at > now() - interval '15 minutes')
      and exists (select from mobility.rollout r where r.percent > 0);
end
$$;

COMMENT ON FUNCTION mobility.is_held(p_user_id uuid) IS 'Whether a person is in the middle of something with V2.';

CREATE TABLE mobility.conversations (
    user_id uuid NOT NULL,
    step text DEFAULT 'idle'::text NOT NULL,
    context jsonb DEFAULT '{}'::jsonb NOT NULL,
    locale_known boolean DEFAULT false NOT NULL,
    last_inbound_at timestamp with time zone,
    lease uuid,
    lease_until timestamp with time zone,
    left_at timestamp with time zone,
    CONSTRAINT conversations_step_check CHECK (((char_length(step) >= 1) AND (char_length(step) <= 40)))
);

COMMENT ON TABLE mobility.conversations IS 'Where each person is in the conversation.';

CREATE FUNCTION mobility.is_left_open(c mobility.conversations) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select case
    when c.step = 'pin' then exists (
      select 1 from mobility.matches m where m.live and m.driver_user_id = c.user_id and m.status = 'driver_arrived')
    when c.step = 'contact' or c.context ->> 'later' = 'true' then true
    else not exists (
      select 1 from mobility.matches m where m.live and m.status <> 'pending'
        and c.user_id = case c.context ->> 'role' when 'driver' then m.driver_user_id
          when 'passenger' then m.passenger_user_id end)
  end
$$;

COMMENT ON FUNCTION mobility.is_left_open(c mobility.conversations) IS 'Whether what a person was asked last still waits for an answer.';

CREATE FUNCTION mobility.is_plausible(p_lat double precision, p_lng double precision) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select coalesce(
    p_lat between -90 and 90 and p_lng between -180 and 180 and (p_lat <> 0 or p_lng <> 0)
    and not mobility.looks_exchanged(p_lat, p_lng), false)
$$;

COMMENT ON FUNCTION mobility.is_plausible(p_lat double precision, p_lng double precision) IS 'Whether a person can be at a point.';

CREATE FUNCTION mobility.is_reachable(p_user_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select exists (
    select 1 from mobility.profiles
    where user_id = p_user_id and (whatsapp_user_id is not null or phone is not null)
  )
$$;

COMMENT ON FUNCTION mobility.is_reachable(p_user_id uuid) IS 'Whether a person has WhatsApp.';

CREATE TABLE mobility.outbox (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    seq bigint NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL,
    params jsonb DEFAULT '{}'::jsonb NOT NULL,
    subject uuid,
    status text DEFAULT 'queued'::text NOT NULL,
    as_template boolean DEFAULT false NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    not_before timestamp with time zone DEFAULT now() NOT NULL,
    valid_until timestamp with time zone DEFAULT 'infinity'::timestamp with time zone NOT NULL,
    lease uuid,
    lease_until timestamp with time zone,
    message_id text,
    failed_message_id text,
    error_code integer,
    error_detail text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    sent_at timestamp with time zone,
    delivered_at timestamp with time zone,
    read_at timestamp with time zone,
    CONSTRAINT outbox_error_detail_check CHECK ((char_length(error_detail) <= 500)),
    CONSTRAINT outbox_kind_check CHECK ((kind ~ '^[a-z_]{1,40}$'::text)),
    CONSTRAINT outbox_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'sent'::text, 'delivered'::text, 'read'::text, 'dead'::text, 'expired'::text, 'withdrawn'::text])))
);

COMMENT ON TABLE mobility.outbox IS 'Messages to send: what is said and to whom; the words are chosen when it is sent.';

CREATE FUNCTION mobility.is_sent_again(o mobility.outbox, p_error_code integer) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select coalesce(p_error_code = 131047 and not o.as_template, false)
    or mobility.retry_after(p_error_code) is not null and o.attempts < 10
$$;

COMMENT ON FUNCTION mobility.is_sent_again(o mobility.outbox, p_error_code integer) IS 'Whether a message that failed is sent again.';

CREATE FUNCTION mobility.is_somebody_near(t mobility.trips) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select exists (
    select 1
    from json_to_recordset(mobility.nearest('driver', t.vehicle_type, t.pickup_lat, t.pickup_lng, 20))
      as n (user_id uuid, lat double precision, lng double precision)
    where mobility.distance_m(t.pickup_lat, t.pickup_lng, n.lat, n.lng) < 5000
      and n.user_id <> t.user_id and not mobility.is_blocked(n.user_id, t.user_id)
      and not exists (
        select 1 from mobility.matches m
        where m.passenger_trip_id = t.id and m.driver_user_id = n.user_id and not m.live and m.status <> 'completed')
  )
$$;

COMMENT ON FUNCTION mobility.is_somebody_near(t mobility.trips) IS 'Whether a driver is near whom the search would show.';

CREATE FUNCTION mobility.is_within(p_boundary extensions.geometry, p_lat double precision, p_lng double precision) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$
begin
  return extensions.st_intersects(p_boundary, extensions.st_setsrid(extensions.st_makepoint(p_lng, p_lat), 4326));
end
$$;

COMMENT ON FUNCTION mobility.is_within(p_boundary extensions.geometry, p_lat double precision, p_lng double precision) IS 'Whether a point is inside a boundary.';

CREATE FUNCTION mobility.job_gauges() RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object(
    'mobility_job_last_success_timestamp_seconds', jsonb_agg(jsonb_build_object(
      'labels', l.labels, 'value', extract(epoch from r.last_success_at))),
    'mobility_job_last_duration_seconds', jsonb_agg(jsonb_build_object(
      'labels', l.labels, 'value', r.last_duration_ms / 1000.0)),
    'mobility_job_runs_total', jsonb_agg(jsonb_build_object('labels', l.labels, 'value', r.runs)))
  from mobility.job_runs r cross join lateral (select jsonb_build_object('job', r.job) as labels) l
$$;

COMMENT ON FUNCTION mobility.job_gauges() IS 'When each job last did its work.';

CREATE FUNCTION mobility.judge_position(p_from_lat double precision, p_from_lng double precision, p_from_at timestamp with time zone, p_lat double precision, p_lng double precision, p_at timestamp with time zone, p_mock boolean) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility.judge_position(p_from_lat double precision, p_from_lng double precision, p_from_at timestamp with time zone, p_lat double precision, p_lng double precision, p_at timestamp with time zone, p_mock boolean) IS 'What to think of a position: ok, repeat, mock or jump.';

CREATE FUNCTION mobility.learn_pace(p_vehicle_type text, p_lat double precision, p_lng double precision, p_at timestamp with time zone, p_ratio double precision) RETURNS void
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  insert into mobility.pace_factors as f (vehicle_type, cell_lat, cell_lng, hour, factor, rides)
  select p_vehicle_type, c.cell_lat, c.cell_lng, c.hour, r.ratio, 1
  from (values
    (-1, -1, -1),
    (floor(p_lat * 20)::integer, floor(p_lng * 20)::integer,
      extract(hour from p_at at time zone 'UTC')::integer)
  ) as c (cell_lat, cell_lng, hour)
  cross join (select least(5, greatest(0.2, p_ratio))::real as ratio) r
  order by c.cell_lat, c.cell_lng, c.hour
  on conflict (vehicle_type, cell_lat, cell_lng, hour) do update set
    factor = least(5, greatest(0.2, f.factor + (excluded.factor - f.factor) / least(f.rides + 1, 50))),
    rides = f.rides + 1, updated_at = now()
$$;

COMMENT ON FUNCTION mobility.learn_pace(p_vehicle_type text, p_lat double precision, p_lng double precision, p_at timestamp with time zone, p_ratio double precision) IS 'Learns from one finished way how long such ways take.';

CREATE FUNCTION mobility.least_trust() RETURNS real
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$ select 0.3::real $$;

COMMENT ON FUNCTION mobility.least_trust() IS 'The trust in a driver''s positions below which they are not offered.';

CREATE FUNCTION mobility.leave_pool(t mobility.trips) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  update mobility.live_positions set available = false, findable_from = 'infinity'
  where role = t.role and vehicle_type = t.vehicle_type and trip_id = t.id;
  perform mobility.close_offers(t, 'taken');
end
$$;

COMMENT ON FUNCTION mobility.leave_pool(t mobility.trips) IS 'Hides a matched trip from the searches.';

CREATE FUNCTION mobility.letter_number(p_queue text, p_id text) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $_$ select case when p_queue = 'inbox' and p_id ~ '^[0-9]{1,18}$' then p_id::bigint end $_$;

COMMENT ON FUNCTION mobility.letter_number(p_queue text, p_id text) IS 'The id of a dead event.';

CREATE FUNCTION mobility.letter_uuid(p_queue text, p_id text) RETURNS uuid
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $_$
  select case when p_queue in ('outbox', 'deliveries') and p_id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    then p_id::uuid end
$_$;

COMMENT ON FUNCTION mobility.letter_uuid(p_queue text, p_id text) IS 'The id of a dead message or post.';

CREATE TABLE mobility.trip_links (
    token_hash bytea NOT NULL,
    match_id uuid NOT NULL,
    viewer text NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone DEFAULT (now() + '24:00:00'::interval) NOT NULL,
    revoked_at timestamp with time zone,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    CONSTRAINT trip_links_viewer_check CHECK ((viewer = ANY (ARRAY['driver'::text, 'passenger'::text, 'guest'::text])))
);

COMMENT ON TABLE mobility.trip_links IS 'Links to rides: for whom, until when; the token itself is nowhere.';

CREATE FUNCTION mobility.link_of(p_token text) RETURNS mobility.trip_links
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  l mobility.trip_links;
begin
  select * into l from mobility.trip_links where token_hash = sha256(convert_to(p_token, 'UTF8'));
  if not found then
    raise sqlstate 'PT404' using message = 'LINK_NOT_FOUND', detail = 'No ride has this link';
  elsif l.revoked_at is not null or l.expires_at <= now() then
    raise sqlstate 'PT410' using message = 'LINK_EXPIRED', detail = 'The link is not valid any more';
  end if;
  return l;
end
$$;

COMMENT ON FUNCTION mobility.link_of(p_token text) IS 'The link behind a token, if it is valid.';

CREATE FUNCTION mobility.live_rides(p_vehicle_type text, p_boundary extensions.geometry, p_status text) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility.live_rides(p_vehicle_type text, p_boundary extensions.geometry, p_status text) IS 'Rides under way: {by_status, rides}.';

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

CREATE FUNCTION mobility.lock_offers(p_trip_ids uuid[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform 1 from mobility.offers
  where status = 'offered' and (passenger_trip_id = any (p_trip_ids) or driver_trip_id = any (p_trip_ids))
  order by driver_trip_id for update;
end
$$;

COMMENT ON FUNCTION mobility.lock_offers(p_trip_ids uuid[]) IS 'Locks what is offered for some trips or to them, in one order.';

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

CREATE FUNCTION mobility.log_operator(p_acting_user uuid, p_action text, p_target text, p_reason text DEFAULT NULL::text) RETURNS void
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  insert into mobility.operator_actions (operator_user_id, operator_name, action, target, reason)
  values (p_acting_user, mobility.check_operator(p_acting_user), p_action, p_target, nullif(trim(p_reason), ''))
$$;

COMMENT ON FUNCTION mobility.log_operator(p_acting_user uuid, p_action text, p_target text, p_reason text) IS 'Writes down what an operator does.';

CREATE FUNCTION mobility.looks_exchanged(p_lat double precision, p_lng double precision) RETURNS boolean
    LANGUAGE sql STABLE STRICT
    SET search_path TO ''
    AS $$
  select abs(p_lng) <= 90 and mobility.area_at(p_lat, p_lng) is null and mobility.area_at(p_lng, p_lat) is not null
$$;

COMMENT ON FUNCTION mobility.looks_exchanged(p_lat double precision, p_lng double precision) IS 'Whether a point only makes sense with latitude and longitude exchanged.';

CREATE FUNCTION mobility.make_trip_link(p_match_id uuid, p_viewer text, p_user_id uuid) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_token text := replace(gen_random_uuid()::text, '-', '');
begin
  insert into mobility.trip_links (token_hash, match_id, viewer, user_id)
  values (sha256(convert_to(v_token, 'UTF8')), p_match_id, p_viewer, p_user_id);
  return v_token;
end
$$;

COMMENT ON FUNCTION mobility.make_trip_link(p_match_id uuid, p_viewer text, p_user_id uuid) IS 'Makes a link to a ride and answers its token.';

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

CREATE FUNCTION mobility.match_view(m mobility.matches, p_user_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object(
    'id', m.id, 'side', s.side, 'status', m.status, 'initiated_by', m.initiated_by, 'respond_by', m.respond_by,
    'passenger_trip_id', m.passenger_trip_id, 'driver_trip_id', m.driver_trip_id,
    'other_name', (select display_name from mobility.profiles
      where user_id = case s.side when 'driver' then m.passenger_user_id else m.driver_user_id end),
    'rated', exists (select 1 from mobility.ratings r where r.match_id = m.id and r.rater_role = s.side),
    'completed_at', m.completed_at)
  from (select case p_user_id when m.driver_user_id then 'driver' else 'passenger' end as side) s
  where m.id is not null
$$;

COMMENT ON FUNCTION mobility.match_view(m mobility.matches, p_user_id uuid) IS 'A match as one of its people sees it in chat.';

CREATE FUNCTION mobility.may_receive(p_topic text) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $_$
declare
  v_claims jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  v_user_id uuid;
begin
  if v_claims ? 'link_id' then
    return exists (
      select 1 from mobility.trip_links l
      where l.id = (v_claims ->> 'link_id')::uuid and l.revoked_at is null and l.expires_at > now()
        and p_topic = 'match:' || l.match_id
    );
  end if;
  v_user_id := (v_claims ->> 'sub')::uuid;
  return p_topic = 'user:' || v_user_id
    or p_topic = 'operators' and exists (select 1 from mobility.operators where user_id = v_user_id)
    or p_topic ~ '^match:[0-9a-f-]{36}$' and exists (
      select 1 from mobility.matches
      where id = substr(p_topic, 7)::uuid and v_user_id in (driver_user_id, passenger_user_id)
    );
exception when invalid_text_representation then
  -- A subject or topic that is no id of ours.
  return false;
end
$_$;

COMMENT ON FUNCTION mobility.may_receive(p_topic text) IS 'Whether the caller may listen to a Realtime topic.';

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

CREATE FUNCTION mobility.misdirected(p_messages jsonb, p_others jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_here text[];
  v_there text[];
begin
  -- The same message twice at once follows itself, though one of the two may be meant for V1.
  perform pg_advisory_xact_lock(k.key) from (
    select distinct hashtextextended('message:' || (m ->> 'message_id'), 0) as key
    from jsonb_array_elements(p_messages || p_others) m order by 1) k;
  select array_agg(m ->> 'message_id') into v_there from jsonb_array_elements(p_messages) m
  where exists (select from mobility.handed_over h where h.message_id = m ->> 'message_id');
  select array_agg(o.message_id) into v_here
  from jsonb_to_recordset(p_others) as o (message_id text, whatsapp_user_id text, phone text)
  where exists (select from mobility.inbox i where i.message_id = o.message_id)
    or mobility.is_held(mobility.find_person(o.whatsapp_user_id, o.phone))
      and not exists (select from mobility.handed_over h where h.message_id = o.message_id);
  if v_here is null and v_there is null then return null; end if;
  return jsonb_build_object('here', coalesce(to_jsonb(v_here), '[]'), 'there', coalesce(to_jsonb(v_there), '[]'));
end
$$;

COMMENT ON FUNCTION mobility.misdirected(p_messages jsonb, p_others jsonb) IS 'Messages that belong to the other side than they are meant for.';

CREATE FUNCTION mobility.move_by_operator(p_match_id uuid, p_action text) RETURNS mobility.matches
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  m mobility.matches := mobility.lock_match(p_match_id, null);
  v_to_status text;
begin
  select r.to_status into v_to_status from mobility.match_transitions r
  where r.action = p_action and r.from_status = m.status and r.actor = 'system';
  if not found then
    raise sqlstate 'PT409' using message = 'MATCH_INVALID_STATE', detail = case
        when m.live then 'A ride that has begun is cancelled, not dispatched again: the passenger is elsewhere by now'
        else format('The match is %s', m.status) end,
      hint = jsonb_build_object('status', m.status)::text;
  end if;
  return mobility.apply_transition(m, v_to_status, 'system', 'operator');
end
$$;

COMMENT ON FUNCTION mobility.move_by_operator(p_match_id uuid, p_action text) IS 'Moves a match for the system.';

CREATE FUNCTION mobility.nearest(p_role text, p_vehicle_type text, p_lat double precision, p_lng double precision, p_limit integer) RETURNS json
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_sort TO 'off'
    AS $$
declare
  v_here extensions.geometry := mobility.mercator(p_lat, p_lng);
  v_now timestamptz := now();
  -- A passenger waits at the pickup and sends no positions.
  v_fresh_since timestamptz := case p_role when 'driver' then v_now - mobility.freshness_limit()
    else '-infinity' end;
  v_found json;
begin
  case 'live_' || p_role || 's_' || p_vehicle_type
    when 'live_drivers_cab' then
      select coalesce(json_agg(near), '[]') into v_found
      from (
        select trip_id, user_id, lat, lng,
          date_part('epoch', v_now - position_at)::integer as position_age_s,
          date_part('epoch', expires_at - v_now)::integer as expires_in_s, standing
        from mobility.live_drivers_cab
        where available and position_at > v_fresh_since and expires_at > v_now
        order by position operator(extensions.<->) v_here
        limit p_limit
      ) near;
    when 'live_drivers_lifan' then
      select coalesce(json_agg(near), '[]') into v_found
      from (
        select trip_id, user_id, lat, lng,
          date_part('epoch', v_now - position_at)::integer as position_age_s,
          date_part('epoch', expires_at - v_now)::integer as expires_in_s, standing
        from mobility.live_drivers_lifan
        where available and position_at > v_fresh_since and expires_at > v_now
        order by position operator(extensions.<->) v_here
        limit p_limit
      ) near;
    when 'live_drivers_moto' then
      select coalesce(json_agg(near), '[]') into v_found
      from (
        select trip_id, user_id, lat, lng,
          date_part('epoch', v_now - position_at)::integer as position_age_s,
          date_part('epoch', expires_at - v_now)::integer as expires_in_s, standing
        from mobility.live_drivers_moto
        where available and position_at > v_fresh_since and expires_at > v_now
        order by position operator(extensions.<->) v_here
        limit p_limit
      ) near;
    when 'live_drivers_other' then
      select coalesce(json_agg(near), '[]') into v_found
      from (
        select trip_id, user_id, lat, lng,
          date_part('epoch', v_now - position_at)::integer as position_age_s,
          date_part('epoch', expires_at - v_now)::integer as expires_in_s, standing
        from mobility.live_drivers_other
        where available and position_at > v_fresh_since and expires_at > v_now
        order by position operator(extensions.<->) v_here
        limit p_limit
      ) near;
    when 'live_drivers_truck' then
      select coalesce(json_agg(near), '[]') into v_found
      from (
        select trip_id, user_id, lat, lng,
          date_part('epoch', v_now - position_at)::integer as position_age_s,
          date_part('epoch', expires_at - v_now)::integer as expires_in_s, standing
        from mobility.live_drivers_truck
        where available and position_at > v_fresh_since and expires_at > v_now
        order by position operator(extensions.<->) v_here
        limit p_limit
      ) near;
    when 'live_passengers_cab' then
      select coalesce(json_agg(near), '[]') into v_found
      from (
        select trip_id, user_id, lat, lng,
          date_part('epoch', v_now - position_at)::integer as position_age_s,
          date_part('epoch', expires_at - v_now)::integer as expires_in_s, standing
        from mobility.live_passengers_cab
        where available and position_at > v_fresh_since and expires_at > v_now
        order by position operator(extensions.<->) v_here
        limit p_limit
      ) near;
    when 'live_passengers_lifan' then
      select coalesce(json_agg(near), '[]') into v_found
      from (
        select trip_id, user_id, lat, lng,
          date_part('epoch', v_now - position_at)::integer as position_age_s,
          date_part('epoch', expires_at - v_now)::integer as expires_in_s, standing
        from mobility.live_passengers_lifan
        where available and position_at > v_fresh_since and expires_at > v_now
        order by position operator(extensions.<->) v_here
        limit p_limit
      ) near;
    when 'live_passengers_moto' then
      select coalesce(json_agg(near), '[]') into v_found
      from (
        select trip_id, user_id, lat, lng,
          date_part('epoch', v_now - position_at)::integer as position_age_s,
          date_part('epoch', expires_at - v_now)::integer as expires_in_s, standing
        from mobility.live_passengers_moto
        where available and position_at > v_fresh_since and expires_at > v_now
        order by position operator(extensions.<->) v_here
        limit p_limit
      ) near;
    when 'live_passengers_other' then
      select coalesce(json_agg(near), '[]') into v_found
      from (
        select trip_id, user_id, lat, lng,
          date_part('epoch', v_now - position_at)::integer as position_age_s,
          date_part('epoch', expires_at - v_now)::integer as expires_in_s, standing
        from mobility.live_passengers_other
        where available and position_at > v_fresh_since and expires_at > v_now
        order by position operator(extensions.<->) v_here
        limit p_limit
      ) near;
    when 'live_passengers_truck' then
      select coalesce(json_agg(near), '[]') into v_found
      from (
        select trip_id, user_id, lat, lng,
          date_part('epoch', v_now - position_at)::integer as position_age_s,
          date_part('epoch', expires_at - v_now)::integer as expires_in_s, standing
        from mobility.live_passengers_truck
        where available and position_at > v_fresh_since and expires_at > v_now
        order by position operator(extensions.<->) v_here
        limit p_limit
      ) near;
  end case;
  return v_found;
end
$$;

COMMENT ON FUNCTION mobility.nearest(p_role text, p_vehicle_type text, p_lat double precision, p_lng double precision, p_limit integer) IS 'The nearest available trips of a role and vehicle type, as JSON, nearest first.';

CREATE FUNCTION mobility.next_assignment() RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select case when window_s > 0 then
    to_timestamp((floor(extract(epoch from now()) / window_s::numeric) + 1) * window_s::numeric) end
  from mobility.dispatch_policy
$$;

COMMENT ON FUNCTION mobility.next_assignment() IS 'When the requests of now are assigned, if they are collected.';

CREATE FUNCTION mobility.open_trip_in_chat(p_user_id uuid, p_command jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_opened jsonb := public.create_trip(
    p_acting_user => p_user_id, p_user_id => p_user_id, p_role => p_command ->> 'role',
    p_vehicle_type => p_command ->> 'vehicle_type',
    p_pickup_lat => (p_command #>> '{pickup,lat}')::double precision,
    p_pickup_lng => (p_command #>> '{pickup,lng}')::double precision,
    p_pickup_text => left(p_command #>> '{pickup,text}', 300),
    p_dropoff_lat => (p_command #>> '{dropoff,lat}')::double precision,
    p_dropoff_lng => (p_command #>> '{dropoff,lng}')::double precision,
    p_dropoff_text => left(p_command #>> '{dropoff,text}', 300),
    p_expires_in_s => (p_command ->> 'expires_in_s')::integer,
    p_scheduled_for => (p_command ->> 'scheduled_for')::timestamptz);
  v_trip jsonb := v_opened -> 'trip';
begin
  if v_trip ->> 'scheduled_for' is not null then
    perform mobility.say(p_user_id, 'scheduled', jsonb_build_object('trip_id', v_trip -> 'id',
      'at', v_trip -> 'scheduled_for', 'fare_amount', v_trip -> 'fare_amount', 'currency', v_trip -> 'currency',
      'time_zone', mobility.time_zone()));
  elsif v_trip ->> 'role' = 'driver' then
    perform mobility.say(p_user_id, 'online', jsonb_build_object('trip_id', v_trip -> 'id',
      'vehicle_type', v_trip -> 'vehicle_type', 'until', v_trip -> 'expires_at', 'time_zone', mobility.time_zone()));
  else
    perform mobility.enqueue_task(p_user_id, jsonb_build_object('task', 'search', 'trip_id', v_trip -> 'id'));
  end if;
  return v_opened;
end
$$;

COMMENT ON FUNCTION mobility.open_trip_in_chat(p_user_id uuid, p_command jsonb) IS 'Opens a trip and says what follows from it.';

CREATE FUNCTION mobility.operator_list_limit() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$ select 500 $$;

COMMENT ON FUNCTION mobility.operator_list_limit() IS 'The most entries of a list for operators.';

CREATE FUNCTION mobility.own_match(p_user_id uuid, p_match_id uuid, p_since interval) RETURNS mobility.matches
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  m mobility.matches;
begin
  select * into m from mobility.matches where id = p_match_id;
  if not found then
    raise sqlstate 'PT404' using message = 'MATCH_NOT_FOUND', detail = 'No match has this id';
  elsif p_user_id not in (m.driver_user_id, m.passenger_user_id) then
    raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'The match belongs to other people';
  elsif not m.live and (m.ended_at is null or m.ended_at < now() - p_since) then
    raise sqlstate 'PT409' using message = 'MATCH_INVALID_STATE', detail = 'The ride is over',
      hint = jsonb_build_object('status', m.status)::text;
  end if;
  return m;
end
$$;

COMMENT ON FUNCTION mobility.own_match(p_user_id uuid, p_match_id uuid, p_since interval) IS 'A match of the person, under way or ended recently.';

CREATE TABLE mobility.vehicle_types (
    code text NOT NULL,
    name text NOT NULL,
    speed_mps real NOT NULL,
    road_factor real DEFAULT 1.3 NOT NULL,
    pace jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT vehicle_types_code_check CHECK ((code ~ '^[a-z][a-z0-9_]{0,30}$'::text)),
    CONSTRAINT vehicle_types_road_factor_check CHECK (((road_factor >= (1)::double precision) AND (road_factor <= (3)::double precision))),
    CONSTRAINT vehicle_types_speed_mps_check CHECK (((speed_mps >= (1)::double precision) AND (speed_mps <= (40)::double precision)))
);

COMMENT ON TABLE mobility.vehicle_types IS 'What can be asked for. Add one with mobility.add_vehicle_type.';

CREATE FUNCTION mobility.pace_factor(v mobility.vehicle_types, p_lat double precision, p_lng double precision) RETURNS real
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
begin
  return coalesce(v.pace ->> (floor(p_lat * 20)::integer || ':' || floor(p_lng * 20)::integer), v.pace ->> 'city', '1')::real;
end
$$;

COMMENT ON FUNCTION mobility.pace_factor(v mobility.vehicle_types, p_lat double precision, p_lng double precision) IS 'How much longer a way takes there than the plain estimate.';

CREATE FUNCTION mobility.pace_json(v mobility.vehicle_types, p_lat double precision, p_lng double precision) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
begin
  return jsonb_build_object('speed_mps', v.speed_mps / mobility.pace_factor(v, p_lat, p_lng), 'road_factor', v.road_factor);
end
$$;

COMMENT ON FUNCTION mobility.pace_json(v mobility.vehicle_types, p_lat double precision, p_lng double precision) IS 'A vehicle''s pace at a place and time.';

CREATE FUNCTION mobility.paces_at(p_at timestamp with time zone) RETURNS TABLE(vehicle_type text, pace jsonb)
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select c.vehicle_type, jsonb_build_object('city', round(c.factor, 3)) || coalesce((
    select jsonb_object_agg(f.cell_lat || ':' || f.cell_lng,
      round((f.rides * f.factor::numeric + 10 * c.factor) / (f.rides + 10), 3))
    from mobility.pace_factors f
    where f.vehicle_type = c.vehicle_type and f.hour = extract(hour from p_at at time zone 'UTC')), '{}')
  from (
    select f.vehicle_type, (f.rides * f.factor::numeric + 10) / (f.rides + 10) as factor
    from mobility.pace_factors f where f.hour = -1
  ) c
$$;

COMMENT ON FUNCTION mobility.paces_at(p_at timestamp with time zone) IS 'What was learnt about travel times, by vehicle, for an hour.';

CREATE FUNCTION mobility.patience_in_chat() RETURNS interval
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$ select interval '30 minutes' $$;

COMMENT ON FUNCTION mobility.patience_in_chat() IS 'Silence after which somebody in the middle of a step has left.';

CREATE FUNCTION mobility.person_card(p_user_id uuid, p_role text) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object('user_id', p.user_id, 'name', p.display_name, 'phone', p.phone, 'locale', p.locale,
    'rating', (s.standing ->> 'rating')::numeric, 'rating_count', (s.standing ->> 'rating_count')::integer,
    'total_trips', (s.standing ->> 'total_trips')::integer)
  from mobility.profiles p
  cross join lateral (select mobility.standing_of(p.user_id, p_role) as standing) s
  where p.user_id = p_user_id
$$;

COMMENT ON FUNCTION mobility.person_card(p_user_id uuid, p_role text) IS 'A person of a ride as operators see one.';

CREATE FUNCTION mobility.plain_eta_s(v mobility.vehicle_types, p_lat_a double precision, p_lng_a double precision, p_lat_b double precision, p_lng_b double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$ select mobility.distance_m(p_lat_a, p_lng_a, p_lat_b, p_lng_b) * v.road_factor / v.speed_mps $$;

COMMENT ON FUNCTION mobility.plain_eta_s(v mobility.vehicle_types, p_lat_a double precision, p_lng_a double precision, p_lat_b double precision, p_lng_b double precision) IS 'Seconds by great circle, road factor and speed.';

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

CREATE FUNCTION mobility.progress(p_status text) RETURNS integer
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$ select coalesce(array_position(array['sent', 'dead', 'delivered', 'read'], p_status), 0) $$;

COMMENT ON FUNCTION mobility.progress(p_status text) IS 'How far a message has come: 0 as long as nobody knows of its going out.';

CREATE FUNCTION mobility.prolong_trip(p_user_id uuid, p_trip_id uuid, p_by interval) RETURNS mobility.trips
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  t mobility.trips;
begin
  select * into t from mobility.trips where id = p_trip_id for update;
  if not found then
    raise sqlstate 'PT404' using message = 'TRIP_NOT_FOUND', detail = 'No trip has this id';
  elsif t.user_id <> p_user_id then
    raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'The trip belongs to somebody else';
  end if;
  perform mobility.check_open(t, t.role);
  update mobility.trips set expires_at = greatest(expires_at, now() + p_by), updated_at = now()
  where id = t.id returning * into t;
  update mobility.live_positions set expires_at = t.expires_at
  where role = t.role and vehicle_type = t.vehicle_type and trip_id = t.id;
  return t;
end
$$;

COMMENT ON FUNCTION mobility.prolong_trip(p_user_id uuid, p_trip_id uuid, p_by interval) IS 'Locks a person''s open trip and prolongs it.';

CREATE FUNCTION mobility.push(p_topics text[], p_event text, p_payload jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $_$
declare
  v_send regproc := to_regproc('realtime.send');
begin
  if v_send is not null then
    execute format('select %s($1, $2, topic, true) from unnest($3) topic', v_send)
    using p_payload, p_event, p_topics;
  end if;
end
$_$;

COMMENT ON FUNCTION mobility.push(p_topics text[], p_event text, p_payload jsonb) IS 'Sends an event to private Realtime topics.';

CREATE FUNCTION mobility.push_dispatch() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform mobility.push(
    array['user:' || (select user_id from mobility.trips where id = new.passenger_trip_id), 'operators'],
    'dispatch_changed', jsonb_build_object('dispatch_id', new.id, 'status', new.status,
      'passenger_trip_id', new.passenger_trip_id, 'offered', new.next_candidate, 'at', now()));
  return null;
end
$$;

COMMENT ON FUNCTION mobility.push_dispatch() IS 'Tells a passenger how the search for a driver goes.';

CREATE FUNCTION mobility.push_offer() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform mobility.push(array['user:' || new.driver_user_id, 'operators'], 'offer_changed', jsonb_build_object(
    'offer_id', new.id, 'status', new.status, 'driver_trip_id', new.driver_trip_id,
    'passenger_trip_id', new.passenger_trip_id, 'expires_at', new.expires_at, 'at', now()));
  return null;
end
$$;

COMMENT ON FUNCTION mobility.push_offer() IS 'Tells a driver that an offer came or went.';

CREATE FUNCTION mobility.push_sos() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform mobility.push(array['operators'], 'sos_changed', jsonb_build_object('alert_id', new.id,
    'match_id', new.match_id, 'side', new.side, 'acknowledged', new.acknowledged_at is not null, 'at', now()));
  return null;
end
$$;

COMMENT ON FUNCTION mobility.push_sos() IS 'Tells the operators of a call for help.';

CREATE FUNCTION mobility.realtime_gauges() RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $_$
declare
  v_messages regclass := to_regclass('realtime.messages');
  v_up integer;
  v_lost bigint;
begin
  if v_messages is null then return '{}'::jsonb; end if;
  -- As Realtime itself asks who may send: with a row that is taken back.
  begin
    execute format('insert into %s (topic, extension) values (''mobility:probe'', ''broadcast'')', v_messages);
    raise sqlstate 'MB000';
  exception
    when sqlstate 'MB000' then v_up := 1;
    when others then v_up := 0;
  end;
  -- A change and its messages are of one transaction, and so of one time, by which they are looked up: the day's
  -- table has a row for each movement of each ride. Of the four messages of a change one is looked for, another kind
  -- each time: what keeps one kind from being told does so every time. Realtime's clock is the session's, the embedded
  -- stack's is UTC.
  execute format($count$
    select count(*) from (
      select e.*, m.driver_user_id, m.passenger_user_id
      from mobility.match_events e join mobility.matches m on m.id = e.match_id
      where e.pushed and e.at > now() - interval '15 minutes' order by e.at desc limit 5000
    ) e
    where not exists (
      select from %s r
      where r.extension = 'broadcast' and r.private is true and r.event = 'match_changed'
        and r.topic = case e.id %% 4 when 0 then 'match:' || e.match_id when 1 then 'user:' || e.driver_user_id
          when 2 then 'user:' || e.passenger_user_id else 'operators' end
        and r.inserted_at in (e.at at time zone 'UTC', e.at::timestamp)
        and r.payload ->> 'match_id' = e.match_id::text and r.payload ->> 'status' = e.to_status)
  $count$, v_messages) into v_lost;
  return jsonb_build_object('mobility_realtime_up', jsonb_build_array(jsonb_build_object('value', v_up)),
    'mobility_realtime_lost', jsonb_build_array(jsonb_build_object('value', v_lost)));
end
$_$;

COMMENT ON FUNCTION mobility.realtime_gauges() IS 'Whether Realtime takes what it is told.';

CREATE FUNCTION mobility.record_event(m mobility.matches, p_from_status text, p_actor text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  insert into mobility.match_events (match_id, from_status, to_status, actor, pushed)
  values (m.id, p_from_status, m.status, p_actor, true);
  perform mobility.push(
    array['match:' || m.id, 'user:' || m.driver_user_id, 'user:' || m.passenger_user_id, 'operators'],
    'match_changed',
    jsonb_build_object('match_id', m.id, 'status', m.status, 'from_status', p_from_status, 'actor', p_actor, 'at', now()));
end
$$;

COMMENT ON FUNCTION mobility.record_event(m mobility.matches, p_from_status text, p_actor text) IS 'Appends a transition to the event log and broadcasts it.';

CREATE FUNCTION mobility.record_run(p_job text, p_started timestamp with time zone DEFAULT statement_timestamp()) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  -- Asked for, since an insert waits for whoever is just changing the row, even to do nothing.
  if not exists (select 1 from mobility.job_runs r where r.job = p_job) then
    insert into mobility.job_runs (job) values (p_job) on conflict do nothing;
  end if;
  update mobility.job_runs set last_success_at = clock_timestamp(), runs = runs + 1,
    last_duration_ms = greatest(0, extract(epoch from clock_timestamp() - p_started) * 1000)
  where job = (select r.job from mobility.job_runs r where r.job = p_job for update skip locked);
end
$$;

COMMENT ON FUNCTION mobility.record_run(p_job text, p_started timestamp with time zone) IS 'Notes that a scheduled job has done its work.';

CREATE FUNCTION mobility.refresh_paces(p_at timestamp with time zone DEFAULT now()) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_changed integer;
begin
  with due as materialized (
    select v.code, p.pace from mobility.vehicle_types v
    join mobility.paces_at(p_at) p on p.vehicle_type = v.code
    where v.pace <> p.pace for no key update of v skip locked
  )
  update mobility.vehicle_types v set pace = d.pace from due d where d.code = v.code;
  get diagnostics v_changed = row_count;
  return v_changed;
end
$$;

COMMENT ON FUNCTION mobility.refresh_paces(p_at timestamp with time zone) IS 'Brings the vehicles'' paces up to date.';

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

CREATE FUNCTION mobility.remind_drivers() RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  r record;
  v_reminded integer := 0;
begin
  for r in
    select l.trip_id, l.user_id, l.position_at,
      case when l.position_at > now() - mobility.freshness_limit() then 'stay_online' else 'hidden' end as kind
    from mobility.live_positions l
    join mobility.trips t on t.id = l.trip_id and t.status = 'open' and t.expires_at > now()
    join mobility.conversations c on c.user_id = l.user_id
    where l.role = 'driver' and l.position_at < now() - mobility.freshness_limit() + interval '10 minutes'
      and l.findable_from <= now()
      and not exists (
        select 1 from mobility.reminders d where d.trip_id = l.trip_id and d.at = l.position_at
          and d.kind = case when l.position_at > now() - mobility.freshness_limit() then 'stay_online' else 'hidden' end)
    order by l.trip_id limit 500
  loop
    insert into mobility.reminders (trip_id, kind, at) values (r.trip_id, r.kind, r.position_at) on conflict do nothing;
    continue when not found;
    perform mobility.say(r.user_id, r.kind, jsonb_build_object('trip_id', r.trip_id), null, now() + interval '10 minutes');
    v_reminded := v_reminded + 1;
  end loop;
  return v_reminded;
end
$$;

COMMENT ON FUNCTION mobility.remind_drivers() IS 'Asks drivers whose position grows old whether they are still there.';

CREATE FUNCTION mobility.remind_passengers() RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  t mobility.trips;
  v_reminded integer := 0;
begin
  for t in
    select * from mobility.trips r
    where r.status = 'open' and r.role = 'passenger' and r.scheduled_for is not null
      and r.scheduled_for - mobility.schedule_lead() <= now() and r.expires_at > now()
      and not exists (select 1 from mobility.reminders d where d.trip_id = r.id and d.kind = 'scheduled')
    order by r.id limit 500
  loop
    insert into mobility.reminders (trip_id, kind, at) values (t.id, 'scheduled', t.scheduled_for) on conflict do nothing;
    continue when not found;
    perform mobility.say(t.user_id, 'scheduled_reminder', jsonb_build_object('trip_id', t.id, 'at', t.scheduled_for,
      'time_zone', mobility.time_zone()), null, t.expires_at);
    perform mobility.enqueue_task(t.user_id, jsonb_build_object('task', 'search', 'trip_id', t.id));
    v_reminded := v_reminded + 1;
  end loop;
  return v_reminded;
end
$$;

COMMENT ON FUNCTION mobility.remind_passengers() IS 'Reminds of bookings and starts their search.';

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
    -- The page of the ride that is over sends nothing any more.
    pings = 0,
    available = t.role = 'passenger'
      or position_at > now() - mobility.freshness_limit() and trust >= mobility.least_trust()
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

CREATE FUNCTION mobility.retry_after(p_error_code integer) RETURNS interval
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select case
    when p_error_code in (130429, 131048, 131057, 80007, 4) then interval '30 seconds'
    when p_error_code = 131056 then interval '1 minute'
    when p_error_code in (131000, 131016, 133004, 1, 2) then interval '10 seconds'
  end
$$;

COMMENT ON FUNCTION mobility.retry_after(p_error_code integer) IS 'How long to wait before a failed message is tried again; null for never.';

CREATE FUNCTION mobility.ride_card(p_passenger_trip mobility.trips, p_distance_m integer, p_eta_s integer) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object(
    'distance_m', p_distance_m, 'eta_s', p_eta_s,
    'pickup', mobility.trip_json(p_passenger_trip) -> 'pickup', 'dropoff', mobility.trip_json(p_passenger_trip) -> 'dropoff',
    'ride_distance_m', p_passenger_trip.distance_m,
    'fare_amount', p_passenger_trip.fare_amount, 'currency', p_passenger_trip.currency,
    'passenger_rating', (s.standing ->> 'rating')::numeric,
    'passenger_rating_count', (s.standing ->> 'rating_count')::integer
  )
  from (select mobility.standing_of(p_passenger_trip.user_id, 'passenger') as standing) s
$$;

COMMENT ON FUNCTION mobility.ride_card(p_passenger_trip mobility.trips, p_distance_m integer, p_eta_s integer) IS 'A ride as a driver sees it before accepting.';

CREATE FUNCTION mobility.ride_timeline(m mobility.matches) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility.ride_timeline(m mobility.matches) IS 'What happened around a ride, in order.';

CREATE FUNCTION mobility.run_command(p_user_id uuid, p_command jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_name text := p_command ->> 'name';
  v_trip_id uuid := (p_command ->> 'trip_id')::uuid;
  v_match_id uuid := (p_command ->> 'match_id')::uuid;
  m mobility.matches;
begin
  case v_name
    when 'open_trip' then return mobility.open_trip_in_chat(p_user_id, p_command);
    when 'cancel_trip' then return mobility.cancel_trip_in_chat(p_user_id, p_command);
    when 'propose' then
      return jsonb_build_object('match', public.accept_match(p_user_id, (p_command ->> 'passenger_trip_id')::uuid,
        (p_command ->> 'driver_trip_id')::uuid, p_match_id => v_match_id));
    when 'dispatch' then
      return public.dispatch_trip(p_user_id, (p_command ->> 'passenger_trip_id')::uuid, p_command -> 'candidates');
    when 'answer_offer' then
      return public.answer_offer(p_user_id, (p_command ->> 'offer_id')::uuid, (p_command ->> 'accept')::boolean, v_match_id);
    when 'advance' then
      return jsonb_build_object('match', public.advance_match(p_user_id, v_match_id, p_command ->> 'action',
        p_pin => p_command ->> 'pin', p_reason => p_command ->> 'reason'));
    when 'rate' then
      perform public.rate_match(p_user_id, v_match_id, (p_command ->> 'rating')::integer);
      perform mobility.say(p_user_id, 'rated', jsonb_build_object('match_id', v_match_id, 'rating', p_command -> 'rating',
        'other_name', mobility.match_view(r, p_user_id) -> 'other_name')) from mobility.matches r where r.id = v_match_id;
    when 'stay_online', 'move' then perform mobility.stay_online(p_user_id, p_command);
    when 'watch' then
      perform mobility.prolong_trip(p_user_id, v_trip_id, interval '2 hours');
      insert into mobility.watches (trip_id) values (v_trip_id) on conflict do nothing;
      perform mobility.say(p_user_id, 'watching', jsonb_build_object('trip_id', v_trip_id));
    when 'search_again' then
      perform mobility.prolong_trip(p_user_id, v_trip_id, interval '30 minutes');
      perform mobility.enqueue_task(p_user_id, jsonb_build_object('task', 'search', 'trip_id', v_trip_id));
    when 'today' then perform mobility.say_today(p_user_id);
    -- Says again where the ride stands, so that its buttons are at hand.
    when 'show_ride' then
      m := mobility.own_match(p_user_id, v_match_id, interval '0');
      perform mobility.tell_match(m, null, p_user_id);
    when 'block', 'unblock', 'list_blocked' then perform mobility.change_blocks(p_user_id, p_command);
    when 'add_contact', 'remove_contact', 'list_contacts' then perform mobility.change_contacts(p_user_id, p_command);
    when 'sos' then perform mobility.call_for_help(p_user_id, p_command);
    when 'share_trip' then
      m := mobility.own_match(p_user_id, v_match_id, interval '0');
      perform mobility.say(p_user_id, 'share_trip', jsonb_build_object(
        'link_token', mobility.make_trip_link(m.id, 'guest', p_user_id)));
    when 'relay' then
      m := mobility.own_match(p_user_id, v_match_id, interval '0');
      perform mobility.say(case p_user_id when m.driver_user_id then m.passenger_user_id else m.driver_user_id end,
        'relayed', jsonb_build_object('from_role', mobility.match_view(m, p_user_id) -> 'side',
          'name', (select display_name from mobility.profiles where user_id = p_user_id),
          'text', left(p_command ->> 'text', 900)));
    when 'set_locale' then
      update mobility.profiles set locale = p_command ->> 'locale' where user_id = p_user_id;
      update mobility.conversations set locale_known = true where user_id = p_user_id;
      perform mobility.say(p_user_id, 'language_set');
    when 'set_vehicle' then
      insert into mobility.vehicles (user_id, vehicle_type, plate)
      values (p_user_id, (mobility.vehicle_type(p_command ->> 'vehicle_type')).code, p_command ->> 'plate')
      on conflict (user_id, vehicle_type) do update set plate = excluded.plate;
    else
      raise sqlstate 'PT400' using message = 'VALIDATION_ERROR', detail = format('No command is called %L', v_name);
  end case;
  return '{}'::jsonb;
end
$$;

COMMENT ON FUNCTION mobility.run_command(p_user_id uuid, p_command jsonb) IS 'Carries out one command as a person.';

CREATE FUNCTION mobility.say(p_user_id uuid, p_kind text, p_params jsonb DEFAULT '{}'::jsonb, p_subject uuid DEFAULT NULL::uuid, p_valid_until timestamp with time zone DEFAULT (now() + '1 day'::interval)) RETURNS uuid
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  insert into mobility.outbox (user_id, kind, params, subject, valid_until)
  select user_id, p_kind, jsonb_strip_nulls(p_params), p_subject, p_valid_until
  from mobility.profiles
  where user_id = p_user_id and (whatsapp_user_id is not null or phone is not null)
  returning id
$$;

COMMENT ON FUNCTION mobility.say(p_user_id uuid, p_kind text, p_params jsonb, p_subject uuid, p_valid_until timestamp with time zone) IS 'Queues a message to a person.';

CREATE FUNCTION mobility.say_today(p_user_id uuid) RETURNS void
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  select mobility.say(p_user_id, 'today', mobility.earnings_today(p_user_id) || jsonb_build_object(
    'rating', (s.standing ->> 'rating')::numeric, 'rating_count', (s.standing ->> 'rating_count')::integer,
    'rides_as_passenger', (select count(*) from mobility.matches where passenger_user_id = p_user_id
      and status = 'completed' and completed_at >= date_trunc('day', now() at time zone mobility.time_zone())
        at time zone mobility.time_zone())))
  from (select mobility.standing_of(p_user_id, 'driver') as standing) s
$$;

COMMENT ON FUNCTION mobility.say_today(p_user_id uuid) IS 'Tells a person about their day.';

CREATE FUNCTION mobility.schedule_lead() RETURNS interval
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$ select interval '15 minutes' $$;

COMMENT ON FUNCTION mobility.schedule_lead() IS 'How long before its time a scheduled trip starts to look for a counterpart.';

CREATE FUNCTION mobility.serve_watches() RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  t mobility.trips;
  v_told integer := 0;
begin
  for t in
    select r.* from mobility.watches w join mobility.trips r on r.id = w.trip_id
    order by w.looked_at limit 200 for update of w skip locked
  loop
    if t.status <> 'open' or t.expires_at <= now() then
      delete from mobility.watches where trip_id = t.id;
    elsif mobility.is_somebody_near(t) then
      delete from mobility.watches where trip_id = t.id;
      perform mobility.say(t.user_id, 'somebody_near', jsonb_build_object('trip_id', t.id, 'vehicle_type', t.vehicle_type),
        null, t.expires_at);
      v_told := v_told + 1;
    else
      update mobility.watches set looked_at = now() where trip_id = t.id;
    end if;
  end loop;
  return v_told;
end
$$;

COMMENT ON FUNCTION mobility.serve_watches() IS 'Tells waiting passengers that somebody is near.';

CREATE FUNCTION mobility.side_of(m mobility.matches, p_acting_user uuid, p_as text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select case p_acting_user when m.driver_user_id then 'driver' when m.passenger_user_id then 'passenger'
    -- Only the sweep acts for the system.
    else nullif(p_as, 'system') end
$$;

COMMENT ON FUNCTION mobility.side_of(m mobility.matches, p_acting_user uuid, p_as text) IS 'The side of a match that the caller acts for.';

CREATE FUNCTION mobility.silence_limit() RETURNS interval
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$ select interval '3 minutes' $$;

COMMENT ON FUNCTION mobility.silence_limit() IS 'Silence after which a driver whose phone sent positions is not offered.';

CREATE FUNCTION mobility.situation_of(p_user_id uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_passenger mobility.trips;
  v_driver mobility.trips;
  m mobility.matches;
  v_last mobility.matches;
begin
  select * into v_passenger from mobility.trips t
  where t.user_id = p_user_id and t.role = 'passenger' and t.status in ('open', 'matched')
    and (t.scheduled_for is null or t.status = 'matched' or t.scheduled_for - mobility.schedule_lead() <= now())
    and (t.status = 'matched' or t.expires_at > now())
  order by t.status = 'matched' desc, t.created_at desc limit 1;
  select * into v_driver from mobility.trips t
  where t.user_id = p_user_id and t.role = 'driver' and t.status in ('open', 'matched')
    and (t.status = 'matched' or t.expires_at > now())
  order by t.status = 'matched' desc, t.created_at desc limit 1;
  select * into m from mobility.matches
  where live and (driver_user_id = p_user_id or passenger_user_id = p_user_id) order by created_at desc limit 1;
  select * into v_last from (
    (select * from mobility.matches where driver_user_id = p_user_id and status = 'completed' order by created_at desc limit 1)
    union all
    (select * from mobility.matches where passenger_user_id = p_user_id and status = 'completed' order by created_at desc limit 1)
  ) l where completed_at > now() - interval '7 days' order by completed_at desc limit 1;
  return jsonb_build_object(
    'passenger_trip', case when v_passenger.id is not null then mobility.trip_json(v_passenger) end,
    'driver_trip', case when v_driver.id is not null then mobility.trip_json(v_driver) || jsonb_build_object(
      'position_age_s', (select extract(epoch from now() - l.position_at)::integer from mobility.live_positions l
        where l.role = 'driver' and l.vehicle_type = v_driver.vehicle_type and l.trip_id = v_driver.id)) end,
    'scheduled_trips', coalesce((select jsonb_agg(mobility.trip_json(t) order by t.scheduled_for) from (
      select * from mobility.trips where user_id = p_user_id and role = 'passenger' and status = 'open'
        and scheduled_for - mobility.schedule_lead() > now() order by scheduled_for limit 5) t), '[]'),
    'match', mobility.match_view(m, p_user_id),
    'last_match', mobility.match_view(v_last, p_user_id),
    'dispatching', exists (select 1 from mobility.dispatches d
      where d.passenger_trip_id = v_passenger.id and d.status = 'running'),
    'vehicles', coalesce((select jsonb_agg(jsonb_build_object('vehicle_type', vehicle_type, 'plate', plate)
      order by vehicle_type) from mobility.vehicles where user_id = p_user_id), '[]'),
    'vehicle_types', (select jsonb_agg(code order by position, code) from (
      select code, coalesce(array_position(array['moto', 'cab', 'lifan', 'truck'], code), 9) as position
      from mobility.vehicle_types) k),
    'now', now(), 'time_zone', mobility.time_zone());
end
$$;

COMMENT ON FUNCTION mobility.situation_of(p_user_id uuid) IS 'What decides the meaning of a person''s message.';

CREATE TABLE mobility.sos_alerts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    match_id uuid NOT NULL,
    user_id uuid NOT NULL,
    side text NOT NULL,
    lat double precision,
    lng double precision,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    acknowledged_at timestamp with time zone,
    acknowledged_by text,
    CONSTRAINT sos_alerts_acknowledged_by_check CHECK ((char_length(acknowledged_by) <= 120)),
    CONSTRAINT sos_alerts_side_check CHECK ((side = ANY (ARRAY['driver'::text, 'passenger'::text])))
);

COMMENT ON TABLE mobility.sos_alerts IS 'Calls for help during a ride.';

CREATE FUNCTION mobility.sos_json(a mobility.sos_alerts) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility.sos_json(a mobility.sos_alerts) IS 'A call for help as operators see it.';

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

CREATE FUNCTION mobility.standing_offers(p_vehicle_type text, p_boundary extensions.geometry) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility.standing_offers(p_vehicle_type text, p_boundary extensions.geometry) IS 'The offers that drivers look at now.';

CREATE FUNCTION mobility.stay_online(p_user_id uuid, p_command jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  t mobility.trips;
begin
  -- The trip before its position, as everybody locks them.
  select * into t from mobility.trips where id = (p_command ->> 'trip_id')::uuid and user_id = p_user_id for update;
  if p_command ? 'lat' then
    perform mobility.check_location((p_command ->> 'lat')::double precision, (p_command ->> 'lng')::double precision);
    -- Refused only where prolonging the trip is, which says why.
    perform public.update_positions(p_user_id, jsonb_build_array(jsonb_build_object(
      'trip_id', p_command -> 'trip_id', 'lat', p_command -> 'lat', 'lng', p_command -> 'lng', 'by_hand', true)));
  end if;
  -- During a ride a pin moves the driver, and there is nothing to prolong.
  if t.status = 'matched' and p_command ? 'lat' then return; end if;
  t := mobility.prolong_trip(p_user_id, (p_command ->> 'trip_id')::uuid, interval '2 hours');
  if t.role = 'driver' then
    update mobility.live_positions set position_at = now(), pings = 0,
      available = findable_from <= now() and trust >= mobility.least_trust()
    where role = t.role and vehicle_type = t.vehicle_type and trip_id = t.id;
  end if;
  perform mobility.say(p_user_id, 'still_online', jsonb_build_object(
    'trip_id', t.id, 'until', t.expires_at, 'time_zone', mobility.time_zone()));
end
$$;

COMMENT ON FUNCTION mobility.stay_online(p_user_id uuid, p_command jsonb) IS 'Confirms or moves an online driver.';

CREATE FUNCTION mobility.table_gauges() RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object(
    'mobility_table_rows', jsonb_agg(jsonb_build_object(
      'labels', jsonb_build_object('table', t.name, 'kind', k.kind),
      'value', case k.kind when 'live' then t.live_rows else t.dead_rows end)),
    'mobility_table_bytes', jsonb_agg(jsonb_build_object('labels', jsonb_build_object('table', t.name), 'value', t.bytes))
      filter (where k.kind = 'live'))
  from (
    select r.relname as name, sum(s.n_live_tup) as live_rows, sum(s.n_dead_tup) as dead_rows,
      sum(pg_total_relation_size(s.relid)) as bytes
    from pg_catalog.pg_stat_user_tables s
    join pg_catalog.pg_class r on r.oid = coalesce(pg_partition_root(s.relid), s.relid)
    where s.schemaname = 'mobility' group by r.relname
  ) t
  cross join unnest('{live,dead}'::text[]) k (kind)
$$;

COMMENT ON FUNCTION mobility.table_gauges() IS 'Rows and bytes of the tables.';

CREATE FUNCTION mobility.tell_match(m mobility.matches, p_from_status text, p_only uuid DEFAULT NULL::uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_driver_name text;
  v_passenger_name text;
  p mobility.trips;
  v_card jsonb;
  v_match jsonb := jsonb_build_object('match_id', m.id);
  v_respond_s integer := greatest(0, extract(epoch from m.respond_by - now()));
  -- Null for the one who is not to be told: saying something to nobody does nothing.
  v_driver uuid := case when coalesce(p_only, m.driver_user_id) = m.driver_user_id
    and mobility.is_reachable(m.driver_user_id) then m.driver_user_id end;
  v_passenger uuid := case when coalesce(p_only, m.passenger_user_id) = m.passenger_user_id
    and mobility.is_reachable(m.passenger_user_id) then m.passenger_user_id end;
  v_seen boolean := false;
begin
  if v_driver is null and v_passenger is null then return; end if;
  -- Answered by other means than the message, or over, it need not be sent any more.
  if p_from_status = 'pending' then v_seen := mobility.withdraw(m.id); end if;
  select display_name into v_driver_name from mobility.profiles where user_id = m.driver_user_id;
  select display_name into v_passenger_name from mobility.profiles where user_id = m.passenger_user_id;
  select * into p from mobility.trips where id = m.passenger_trip_id;

  if m.status = 'pending' and m.initiated_by = 'passenger' then
    v_card := mobility.driver_card(m);
    perform mobility.say(v_driver, 'proposal', v_match || jsonb_build_object('respond_s', v_respond_s)
      || mobility.ride_card(p, coalesce((v_card ->> 'distance_m')::integer, 0), coalesce((v_card ->> 'eta_s')::integer, 0)),
      m.id, m.respond_by);
    perform mobility.say(v_passenger, 'asking_driver', jsonb_build_object('trip_id', p.id,
      'driver_name', v_driver_name, 'respond_s', v_respond_s));
  elsif m.status = 'pending' then
    perform mobility.say(v_passenger, 'proposal_to_passenger', v_match || mobility.driver_card(m)
      || jsonb_build_object('respond_s', v_respond_s), m.id, m.respond_by);
    perform mobility.say(v_driver, 'asking_passenger', v_match || jsonb_build_object(
      'passenger_name', v_passenger_name, 'respond_s', v_respond_s));
  elsif m.status = 'accepted' then
    perform mobility.say(v_passenger, 'ride_accepted', v_match || mobility.driver_card(m) || jsonb_build_object(
      'pin', (select pin from mobility.match_pins where match_id = m.id),
      'link_token', case when v_passenger is not null then mobility.make_trip_link(m.id, 'passenger', v_passenger) end));
    perform mobility.say(v_driver, 'ride_won', v_match || jsonb_build_object(
      'passenger_name', v_passenger_name, 'pickup', mobility.trip_json(p) -> 'pickup',
      'dropoff', mobility.trip_json(p) -> 'dropoff', 'fare_amount', m.fare_amount, 'currency', m.currency,
      'link_token', case when v_driver is not null then mobility.make_trip_link(m.id, 'driver', v_driver) end));
  elsif m.status = 'driver_arrived' then
    v_card := mobility.driver_card(m);
    perform mobility.say(v_passenger, 'driver_arrived', v_match || jsonb_build_object(
      'driver_name', v_driver_name, 'plate', v_card -> 'plate',
      'pin', (select pin from mobility.match_pins where match_id = m.id)));
    perform mobility.say(v_driver, 'ask_pin', v_match);
  elsif m.status = 'in_progress' then
    perform mobility.say(v_passenger, 'ride_started', v_match || jsonb_build_object('driver_name', v_driver_name));
    perform mobility.say(v_driver, 'ride_running', v_match || jsonb_build_object(
      'dropoff', mobility.trip_json(p) -> 'dropoff'));
  elsif m.status = 'completed' then
    perform mobility.say(v_passenger, 'receipt', v_match || jsonb_build_object(
      'driver_name', v_driver_name, 'fare_amount', m.fare_amount, 'currency', m.currency, 'distance_m', m.distance_m,
      'duration_s', extract(epoch from m.completed_at - m.started_at)::integer, 'completed_at', m.completed_at));
    perform mobility.say(v_driver, 'ride_done', v_match || jsonb_build_object(
      'passenger_name', v_passenger_name, 'fare_amount', m.fare_amount, 'currency', m.currency,
      'rides_today', mobility.earnings_today(m.driver_user_id) -> 'rides',
      'earnings_today', mobility.earnings_today(m.driver_user_id) -> 'earnings',
      'online', exists (select 1 from mobility.trips t
        where t.user_id = m.driver_user_id and t.role = 'driver' and t.status = 'open' and t.scheduled_for is null)));
  else
    perform mobility.tell_match_fell_through(m, p_from_status, v_driver_name, v_seen);
  end if;
end
$$;

COMMENT ON FUNCTION mobility.tell_match(m mobility.matches, p_from_status text, p_only uuid) IS 'Tells both sides of a match where it stands.';

CREATE FUNCTION mobility.tell_match_fell_through(m mobility.matches, p_from_status text, p_driver_name text, p_seen boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_match jsonb := jsonb_build_object('match_id', m.id);
  v_trip jsonb := jsonb_build_object('trip_id', m.passenger_trip_id, 'driver_name', p_driver_name);
  -- Whoever was asked, and whoever asked.
  v_asked uuid := case m.initiated_by when 'passenger' then m.driver_user_id else m.passenger_user_id end;
begin
  if m.status = 'declined' then
    perform mobility.say(v_asked, 'offer_declined');
    if m.initiated_by = 'passenger' then
      perform mobility.say(m.passenger_user_id, 'driver_declined', v_trip);
    else
      perform mobility.say(m.driver_user_id, 'passenger_declined');
    end if;
  elsif m.status = 'expired' and p_from_status = 'pending' then
    if p_seen then perform mobility.say(v_asked, 'offer_gone', '{"reason": "expired"}'); end if;
    if m.initiated_by = 'passenger' then
      perform mobility.say(m.passenger_user_id, 'driver_silent', v_trip);
    else
      perform mobility.say(m.driver_user_id, 'passenger_silent');
    end if;
  elsif m.status = 'expired' then
    perform mobility.say(m.passenger_user_id, 'ride_lapsed', v_match || '{"side": "passenger"}');
    perform mobility.say(m.driver_user_id, 'ride_lapsed', v_match || '{"side": "driver"}');
  elsif m.status = 'cancelled_driver' then
    perform mobility.say(m.driver_user_id, 'ride_cancelled', v_match || '{"side": "driver"}');
    if p_from_status = 'pending' and m.initiated_by = 'driver' then
      if p_seen then perform mobility.say(m.passenger_user_id, 'offer_gone', '{"reason": "cancelled"}'); end if;
    else
      perform mobility.say(m.passenger_user_id, 'cancelled_by_driver', v_match
        || jsonb_build_object('trip_id', m.passenger_trip_id, 'reason', m.cancel_reason));
      perform mobility.enqueue_task(m.passenger_user_id,
        jsonb_build_object('task', 'search', 'trip_id', m.passenger_trip_id));
    end if;
  else
    perform mobility.say(m.passenger_user_id, 'ride_cancelled', v_match || '{"side": "passenger"}');
    if p_from_status = 'pending' and m.initiated_by = 'passenger' then
      if p_seen then perform mobility.say(m.driver_user_id, 'offer_gone', '{"reason": "cancelled"}'); end if;
    else
      perform mobility.say(m.driver_user_id, 'cancelled_by_passenger', v_match
        || jsonb_build_object('reason', m.cancel_reason));
    end if;
  end if;
end
$$;

COMMENT ON FUNCTION mobility.tell_match_fell_through(m mobility.matches, p_from_status text, p_driver_name text, p_seen boolean) IS 'Tells both sides why there is no match any more.';

CREATE FUNCTION mobility.tell_withdrawn(m mobility.matches) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_match jsonb := jsonb_build_object('match_id', m.id, 'trip_id', m.passenger_trip_id,
    'searching', m.status = 'cancelled_driver');
begin
  perform mobility.withdraw(m.id);
  perform mobility.say(m.passenger_user_id, 'ride_withdrawn', v_match || '{"side": "passenger"}');
  perform mobility.say(m.driver_user_id, 'ride_withdrawn', v_match || '{"side": "driver"}');
end
$$;

COMMENT ON FUNCTION mobility.tell_withdrawn(m mobility.matches) IS 'Tells both sides of a match that an operator ended it.';

CREATE FUNCTION mobility.time_ride() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  t mobility.trips;
  v mobility.vehicle_types;
  l mobility.live_positions;
  v_plain_s double precision;
begin
  if new.status not in ('accepted', 'driver_arrived', 'in_progress', 'completed') or new.status = old.status then
    return new;
  end if;
  select * into t from mobility.trips where id = new.passenger_trip_id;
  select * into v from mobility.vehicle_types where code = t.vehicle_type;
  if new.status = 'accepted' then
    select * into l from mobility.live_positions
    where role = 'driver' and vehicle_type = t.vehicle_type and trip_id = new.driver_trip_id;
    v_plain_s := mobility.plain_eta_s(v, l.lat, l.lng, t.pickup_lat, t.pickup_lng);
    new.predicted_pickup_s := v_plain_s * mobility.pace_factor(v, t.pickup_lat, t.pickup_lng);
  elsif new.status = 'in_progress' and t.dropoff_lat is not null then
    v_plain_s := mobility.plain_eta_s(v, t.pickup_lat, t.pickup_lng, t.dropoff_lat, t.dropoff_lng);
    new.predicted_ride_s := v_plain_s * mobility.pace_factor(v, t.pickup_lat, t.pickup_lng);
  elsif new.status = 'completed' and t.dropoff_lat is not null
    and mobility.distance_m(t.pickup_lat, t.pickup_lng, t.dropoff_lat, t.dropoff_lng) > 300
    and new.completed_at - new.started_at between interval '30 seconds' and interval '2 hours' then
    v_plain_s := mobility.plain_eta_s(v, t.pickup_lat, t.pickup_lng, t.dropoff_lat, t.dropoff_lng);
    perform mobility.learn_pace(v.code, t.pickup_lat, t.pickup_lng, new.started_at,
      extract(epoch from new.completed_at - new.started_at) / v_plain_s);
  end if;
  return new;
end
$$;

COMMENT ON FUNCTION mobility.time_ride() IS 'Predicts the times of a ride and learns from them.';

CREATE FUNCTION mobility.time_zone() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$ select coalesce((select timezone from mobility.areas order by code limit 1), 'Africa/Kigali') $$;

COMMENT ON FUNCTION mobility.time_zone() IS 'The time zone of the first service area.';

CREATE FUNCTION mobility.total_gauges() RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select coalesce(jsonb_object_agg(f.metric, f.samples), '{}')
  from (
    select s.metric, jsonb_agg(jsonb_build_object('labels', s.labels, 'value', s.value)) as samples
    from (select metric, labels, sum(value) as value from mobility.hourly_totals group by metric, labels) s
    group by s.metric
  ) f
$$;

COMMENT ON FUNCTION mobility.total_gauges() IS 'The totals.';

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

CREATE FUNCTION mobility.trust_after(p_trust real, p_verdict text) RETURNS real
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility.trust_after(p_trust real, p_verdict text) IS 'The trust in a trip''s positions after one more.';

CREATE FUNCTION mobility.try_lock_offers(p_trip_id uuid) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_locked integer;
begin
  perform 1 from mobility.offers
  where status = 'offered' and (passenger_trip_id = p_trip_id or driver_trip_id = p_trip_id)
  for update skip locked;
  get diagnostics v_locked = row_count;
  return v_locked = (
    select count(*) from mobility.offers
    where status = 'offered' and (passenger_trip_id = p_trip_id or driver_trip_id = p_trip_id));
end
$$;

COMMENT ON FUNCTION mobility.try_lock_offers(p_trip_id uuid) IS 'Locks what is offered for a trip or to it, unless somebody else has it.';

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

CREATE FUNCTION mobility.waiting_passengers(p_vehicle_type text, p_boundary extensions.geometry) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility.waiting_passengers(p_vehicle_type text, p_boundary extensions.geometry) IS 'Passengers who wait: {count, oldest_wait_s, trips}.';

CREATE FUNCTION mobility.wake_on_enqueue() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  if coalesce(current_setting('mobility.worker', true), '') <> 'on' then
    perform mobility.wake_worker();
    -- Once a transaction is enough.
    perform set_config('mobility.worker', 'on', true);
  end if;
  return null;
end
$$;

COMMENT ON FUNCTION mobility.wake_on_enqueue() IS 'Wakes the worker when something is to be sent.';

CREATE FUNCTION mobility.wake_worker() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $_$
declare
  v_secrets regclass := to_regclass('vault.decrypted_secrets');
  v_post regproc := to_regproc('net.http_post');
  v_url text;
  v_key text;
begin
  if v_secrets is null or v_post is null then return; end if;
  execute format($query$
    select max(decrypted_secret) filter (where name = 'mobility_worker_url'),
      max(decrypted_secret) filter (where name = 'mobility_worker_key')
    from %s where name in ('mobility_worker_url', 'mobility_worker_key')
  $query$, v_secrets) into v_url, v_key;
  if v_url is null or v_key is null then return; end if;
  -- pg_net sends after the commit, so the worker sees what woke it.
  execute format('select %s(url => $1, body => ''{}''::jsonb, headers => $2, timeout_milliseconds => 5000)', v_post)
  using v_url, jsonb_build_object('content-type', 'application/json', 'apikey', v_key);
end
$_$;

COMMENT ON FUNCTION mobility.wake_worker() IS 'Calls the worker by pg_net, where it is set up.';

CREATE FUNCTION mobility.withdraw(p_subject uuid, p_status text DEFAULT 'withdrawn'::text) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  update mobility.outbox set status = p_status
  where subject = p_subject and status = 'queued' and lease is null;
  return exists (
    select 1 from mobility.outbox where subject = p_subject and status in ('queued', 'sent', 'delivered', 'read')
  );
end
$$;

COMMENT ON FUNCTION mobility.withdraw(p_subject uuid, p_status text) IS 'Takes back what was not sent yet about a subject; whether any of it was.';

CREATE FUNCTION mobility.write_search() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $_$
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
$_$;

COMMENT ON FUNCTION mobility.write_search() IS 'Writes mobility.nearest, with a statement for each pool there is.';

CREATE FUNCTION mobility_v1.backfill_batch(p_table text, p_limit integer DEFAULT 1000) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $_$
declare
  b mobility_v1.backfills;
  v_source text := case p_table when 'profiles' then 'public.profiles' when 'trips' then 'public.rides_trips'
    when 'matches' then 'public.mobility_matches' else 'mobility.' || substr(p_table, 4) end;
  v_table text := regexp_replace(p_table, '^v2_', '');
  v_key text := case v_table when 'profiles' then 'user_id' else 'id' end;
  -- What came from V1 is in step already.
  v_where text := case when p_table like 'v2\_%' then format('not exists (select from mobility_v1.carried_%s c where c.id = s.%I)
    and not exists (select from mobility_v1.synthetic y where y."table" = %L and y.id = s.%I)', v_table, v_key, v_table, v_key)
    else 'true' end;
  v_ids uuid[];
  v_id uuid;
  v_rejected integer := 0;
begin
  if p_table not in ('profiles', 'trips', 'matches', 'v2_profiles', 'v2_trips', 'v2_matches') then
    raise 'Cannot backfill "%": it is profiles, trips, matches, v2_profiles, v2_trips or v2_matches', p_table;
  elsif not exists (select from mobility_v1.bridge where installed) then
    raise 'Cannot backfill: the bridge is not installed. Run: deno task deploy database';
  end if;
  if not mobility_v1.lock_bridge() then return '{"busy": true}'::jsonb; end if;
  select * into b from mobility_v1.backfills where "table" = p_table for update;
  if not found then
    execute format('insert into mobility_v1.backfills ("table", total) select %L, count(*) from %s s where %s returning *',
      p_table, v_source, v_where)
    into b;
  end if;
  if b.finished_at is null then
    execute format('select array(select %1$I from %2$s s where ($1 is null or %1$I > $1) and %3$s order by %1$I limit $2)',
      v_key, v_source, v_where)
    into v_ids using b.last_id, p_limit;
    foreach v_id in array v_ids loop
      if mobility_v1.carry(v_table, v_id) = 'rejected' then v_rejected := v_rejected + 1; end if;
    end loop;
    update mobility_v1.backfills set last_id = coalesce(v_ids[cardinality(v_ids)], last_id),
      done = done + cardinality(v_ids), rejected = rejected + v_rejected,
      finished_at = case when cardinality(v_ids) < p_limit then now() end
    where "table" = p_table returning * into b;
  end if;
  perform mobility_v1.leave_bridge();
  return jsonb_build_object('done', b.done, 'total', b.total, 'rejected', b.rejected,
    'finished', b.finished_at is not null, 'rows', coalesce(cardinality(v_ids), 0), 'busy', false);
end
$_$;

COMMENT ON FUNCTION mobility_v1.backfill_batch(p_table text, p_limit integer) IS 'Carries the next rows of a table.';

CREATE FUNCTION mobility_v1.bare_tables() RETURNS text[]
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select coalesce(array_agg(t."table" order by t."table" not like 'public.%', t."table"), '{}')
  from (
    select distinct t."table" from mobility_v1.triggers() t
    where not exists (select from pg_trigger g where g.tgrelid = t."table"::regclass and g.tgname = t.name)
  ) t
$$;

COMMENT ON FUNCTION mobility_v1.bare_tables() IS 'The tables that lack triggers of the bridge.';

CREATE FUNCTION mobility_v1.beside(t mobility_v1.trip_image, p_id uuid, OUT reason text, OUT needs uuid) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
begin
  if t.scheduled_for is not null then return; end if;
  select 'BESIDE_A_RIDE', m.id into reason, needs from mobility.matches m
  where m.live and case t.role when 'driver' then m.driver_user_id else m.passenger_user_id end = t.user_id
    and p_id not in (m.driver_trip_id, m.passenger_trip_id);
  if found then return; end if;
  select 'OLDER_OPEN_TRIP', r.id into reason, needs from mobility.trips r
  where r.user_id = t.user_id and r.role = t.role and r.status = 'open' and r.scheduled_for is null
    and r.id <> p_id and (r.created_at, r.id) > (t.created_at, p_id);
end
$$;

COMMENT ON FUNCTION mobility_v1.beside(t mobility_v1.trip_image, p_id uuid, OUT reason text, OUT needs uuid) IS 'Why a trip cannot be open beside what its person has.';

CREATE FUNCTION mobility_v1.broadcast(m mobility.matches, p_from text) RETURNS void
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  select mobility.push(
    array['match:' || m.id, 'user:' || m.driver_user_id, 'user:' || m.passenger_user_id, 'operators'], 'match_changed',
    jsonb_build_object('match_id', m.id, 'status', m.status, 'from_status', p_from, 'actor', 'system', 'at', now()))
$$;

COMMENT ON FUNCTION mobility_v1.broadcast(m mobility.matches, p_from text) IS 'Broadcasts that a match was moved by V1.';

CREATE FUNCTION mobility_v1.busy() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$ begin raise sqlstate 'MV001' using message = 'BUSY', detail = 'Somebody else is writing the row'; end $$;

COMMENT ON FUNCTION mobility_v1.busy() IS 'Gives up a row for now.';

CREATE FUNCTION mobility_v1.carry(p_table text, p_id uuid, p_tries integer DEFAULT 0) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_state text;
  v_constraint text;
begin
  return case p_table when 'profiles' then mobility_v1.carry_profile(p_id)
    when 'trips' then mobility_v1.carry_trip(p_id) else mobility_v1.carry_match(p_id) end;
exception
  when sqlstate 'MV001' or lock_not_available or unique_violation or deadlock_detected then
    insert into mobility_v1.changes (side, tbl, id, tries, not_before)
    values ('2', p_table, p_id, least(p_tries + 1, 100),
      clock_timestamp() + make_interval(secs => least(0.2 * (p_tries + 1), 10)));
    return 'later';
  when others then
    get stacked diagnostics v_state = returned_sqlstate, v_constraint = constraint_name;
    -- Not the message: it may quote the row.
    return mobility_v1.reject(p_table, p_id, 'FAILED', '1', null,
      jsonb_build_object('sqlstate', v_state, 'constraint', nullif(v_constraint, '')));
end
$$;

COMMENT ON FUNCTION mobility_v1.carry(p_table text, p_id uuid, p_tries integer) IS 'Carries one row, or has it carried later.';

CREATE FUNCTION mobility_v1.carry_match(p_id uuid) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  o mobility_v1.old_match := mobility_v1.old_match(p_id);
  m mobility.matches;
  c mobility_v1.carried_matches;
  r mobility_v1.match_reading;
  a mobility_v1.match_image;
  b mobility_v1.match_image;
  i mobility_v1.match_image;
  v_was text;
  v_was_live boolean;
  v_locked integer;
begin
  select * into m from mobility.matches where id = p_id;
  if found then
    -- The one order of locks: the trips, then the match.
    perform 1 from mobility.trips where id in (m.passenger_trip_id, m.driver_trip_id) order by id for update skip locked;
    get diagnostics v_locked = row_count;
    if v_locked < 2 then perform mobility_v1.busy(); end if;
    select * into m from mobility.matches where id = p_id for update skip locked;
    if not found then perform mobility_v1.busy(); end if;
  end if;
  select * into c from mobility_v1.carried_matches where id = p_id;
  -- Whom it held may be held by another now.
  if not m.live then perform mobility_v1.wake(p_id); end if;
  if o.id is null then
    if m.id is null then
      delete from mobility_v1.rejects where "table" = 'matches' and id = p_id;
      return 'none';
    elsif c.id is null then
      return mobility_v1.put_old_match(m);
    end if;
    perform mobility_v1.settle('matches', p_id, array['DELETED_IN_V1']);
    return 'none';
  end if;
  r := mobility_v1.read_match(o);
  if r.reject is not null then return mobility_v1.reject('matches', p_id, r.reject); end if;
  if m.id is null and c.id is not null then return mobility_v1.reject('matches', p_id, 'DELETED_IN_V2'); end if;
  if m.id is null then return mobility_v1.put_match(o, r); end if;

  a := r.image;
  b := mobility_v1.image_of(m);
  if (a.driver_user_id, a.passenger_user_id) is distinct from (b.driver_user_id, b.passenger_user_id) then
    return mobility_v1.reject('matches', p_id, 'PEOPLE_CHANGED');
  end if;
  -- What V2's clock ended and V1 forgot is no difference.
  if b.status = 'expired' and mobility_v1.is_stale(a.status, coalesce(o.updated_at, a.created_at)) then
    r.repairs := r.repairs || 'FORGOTTEN'::text;
    a := b;
  end if;
  v_was := m.status;
  v_was_live := m.live;
  i := a;
  if a is distinct from b then i := mobility_v1.merge_match(a, b, c); end if;
  if i is distinct from b then
    update mobility.matches set status = i.status, fare_amount = i.fare_amount, currency = i.currency,
      distance_m = case when i.distance_km is distinct from b.distance_km then (i.distance_km * 1000)::integer else distance_m end,
      created_at = i.created_at, accepted_at = i.accepted_at, arrived_at = i.arrived_at, started_at = i.started_at,
      completed_at = i.completed_at,
      ended_at = case when not mobility_v1.is_live(i.status)
        then coalesce(i.completed_at, i.cancelled_at, ended_at, o.updated_at, now()) end,
      cancel_reason = case when not mobility_v1.is_live(i.status) then i.cancel_reason end, updated_at = now()
    where id = p_id returning * into m;
    if i.status <> v_was then
      perform mobility_v1.walk(m, v_was, i);
      perform mobility_v1.move_trips(m, v_was_live);
      perform mobility_v1.broadcast(m, v_was);
    end if;
  end if;
  if i is distinct from a then
    perform mobility_v1.change_old_match(o, a, i, m.initiated_by);
    -- What V1's row lacked may not be lacking any more.
    r.repairs := (mobility_v1.read_match(mobility_v1.old_match(p_id))).repairs;
  end if;
  if c.id is null or c.base is distinct from i then
    insert into mobility_v1.carried_matches as k values (p_id, coalesce(c.born, '1'), i)
    on conflict (id) do update set base = excluded.base;
  end if;
  perform mobility_v1.settle('matches', p_id, r.repairs);
  if v_was_live and not m.live then perform mobility_v1.wake(p_id); end if;
  return 'carried';
end
$$;

COMMENT ON FUNCTION mobility_v1.carry_match(p_id uuid) IS 'Carries a match to whichever side has not the latest.';

CREATE FUNCTION mobility_v1.carry_profile(p_id uuid) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $_$
declare
  o mobility_v1.old_profile := mobility_v1.old_profile(p_id);
  p mobility.profiles;
  c mobility_v1.carried_profiles;
  r mobility_v1.profile_reading;
  a mobility_v1.profile_image;
  b mobility_v1.profile_image;
  v_new mobility_v1.profile_image;
  v_rows integer;
begin
  select * into p from mobility.profiles where user_id = p_id for no key update skip locked;
  if not found and exists (select from mobility.profiles where user_id = p_id) then perform mobility_v1.busy(); end if;
  select * into c from mobility_v1.carried_profiles where id = p_id;
  if o.user_id is null and (p.user_id is null
    or exists (select from mobility_v1.synthetic where "table" = 'profiles' and id = p_id)) then
    delete from mobility_v1.rejects where "table" = 'profiles' and id = p_id;
    return 'none';
  end if;

  if o.user_id is null then
    if c.id is not null then
      perform mobility_v1.settle('profiles', p_id, array['DELETED_IN_V1']);
      return 'none';
    end if;
    b := mobility_v1.image_of(p);
    execute 'insert into public.profiles (user_id, whatsapp_number, phone_number, display_name, role, locale, created_at)
      values ($1, $2, $2, $3, $4, $5, $6)'
    using p_id, p.phone, p.display_name,
      -- V1 knows one role a person; V2 asks anew each time.
      case when exists (select from mobility.trips where user_id = p_id and role = 'driver') then 'driver' else 'passenger' end,
      p.locale, p.created_at;
    insert into mobility_v1.carried_profiles values (p_id, '2', b);
    perform mobility_v1.settle('profiles', p_id, '{}');
    return 'carried';
  end if;

  r := mobility_v1.read_profile(o);
  a := r.image;
  if a.phone is not null and a.phone is distinct from p.phone then
    select user_id into r.needs from mobility.profiles where phone = a.phone and user_id <> p_id;
    if found then
      a.phone := null;
      r.repairs := r.repairs || 'DUPLICATE_PHONE'::text;
    end if;
  end if;
  if p.user_id is null then
    if c.id is not null then return mobility_v1.reject('profiles', p_id, 'DELETED_IN_V2'); end if;
    insert into mobility.profiles (user_id, phone, display_name, locale, created_at)
    values (p_id, a.phone, a.display_name, a.locale, a.created_at);
    insert into mobility_v1.carried_profiles values (p_id, '1', a);
    perform mobility_v1.settle('profiles', p_id, r.repairs, r.needs);
    perform mobility_v1.wake(p_id);
    return 'carried';
  end if;

  b := mobility_v1.image_of(p);
  v_new := a;
  if a is distinct from b then
    v_new := jsonb_populate_record(null::mobility_v1.profile_image, mobility_v1.merge(to_jsonb(a), to_jsonb(b),
      -- Both were there before the bridge, or V2's was made up: V1's is the one to believe.
      coalesce(to_jsonb(c.base), '{}'), coalesce(c.born, '1')));
  end if;
  -- Where the other side of the merge has the number of somebody else.
  if v_new.phone is distinct from p.phone
     and exists (select from mobility.profiles where phone = v_new.phone and user_id <> p_id) then
    v_new.phone := p.phone;
  end if;
  if v_new is distinct from b then
    update mobility.profiles set phone = v_new.phone, display_name = v_new.display_name, locale = v_new.locale,
      created_at = v_new.created_at
    where user_id = p_id;
  end if;
  if v_new is distinct from a then
    execute 'update public.profiles set
        whatsapp_number = case when $3 then $4 else whatsapp_number end,
        phone_number = case when $3 and ($4 is null or mobility_v1.e164(phone_number) = $5) then $4 else phone_number end,
        display_name = case when $6 then $7 else display_name end,
        locale = case when $8 then $9 else locale end,
        created_at = case when $10 then $11 else created_at end
      where user_id = $1 and (whatsapp_number, phone_number, display_name, locale, created_at) is not distinct from
        (($2).whatsapp_number, ($2).phone_number, ($2).display_name, ($2).locale, ($2).created_at)'
    using p_id, o, v_new.phone is distinct from a.phone, v_new.phone, a.phone,
      v_new.display_name is distinct from a.display_name, v_new.display_name,
      v_new.locale is distinct from a.locale, v_new.locale,
      v_new.created_at is distinct from a.created_at, v_new.created_at;
    get diagnostics v_rows = row_count;
    -- Changed by V1 since it was read.
    if v_rows = 0 then perform mobility_v1.busy(); end if;
    -- What V1's row lacked may not be lacking any more.
    r.repairs := (mobility_v1.read_profile(mobility_v1.old_profile(p_id))).repairs
      || array(select x from unnest(r.repairs) x where x = 'DUPLICATE_PHONE' and a.phone is not distinct from v_new.phone);
  end if;
  if c.id is null or c.base is distinct from v_new then
    insert into mobility_v1.carried_profiles as k values (p_id, coalesce(c.born, '1'), v_new)
    on conflict (id) do update set base = excluded.base;
  end if;
  delete from mobility_v1.synthetic where "table" = 'profiles' and id = p_id;
  perform mobility_v1.settle('profiles', p_id, r.repairs, r.needs);
  -- Somebody may have been waiting for the number this person had.
  if c.id is null or (c.base).phone is distinct from v_new.phone then perform mobility_v1.wake(p_id); end if;
  return 'carried';
end
$_$;

COMMENT ON FUNCTION mobility_v1.carry_profile(p_id uuid) IS 'Carries a person to whichever side has not the latest.';

CREATE FUNCTION mobility_v1.carry_trip(p_id uuid) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $_$
declare
  o mobility_v1.old_trip := mobility_v1.old_trip(p_id);
  t mobility.trips;
  c mobility_v1.carried_trips;
  r mobility_v1.trip_reading;
  a mobility_v1.trip_image;
  b mobility_v1.trip_image;
  v_new mobility_v1.trip_image;
  v_beside record;
  v_needs uuid;
  v_rows integer;
begin
  select * into t from mobility.trips where id = p_id for update skip locked;
  if not found and exists (select from mobility.trips where id = p_id) then perform mobility_v1.busy(); end if;
  select * into c from mobility_v1.carried_trips where id = p_id;
  -- What it kept from being open may be open now.
  if t.status <> 'open' then perform mobility_v1.wake(p_id); end if;
  if exists (select from mobility_v1.synthetic where "table" = 'trips' and id = p_id) then return 'none'; end if;
  if o.id is null then
    if t.id is null then
      delete from mobility_v1.rejects where "table" = 'trips' and id = p_id;
      return 'none';
    elsif c.id is null then
      return mobility_v1.put_old_trip(t);
    end if;
    -- Deleted there: nobody waits for it any more. A ride that is under way goes on.
    if t.status = 'open' then perform mobility.end_trip(p_id, 'cancelled', 'deleted in V1'); end if;
    perform mobility_v1.settle('trips', p_id, array['DELETED_IN_V1']);
    return 'none';
  end if;

  r := mobility_v1.read_trip(o);
  -- In V2 it stays as it was.
  if r.reject is not null then return mobility_v1.reject('trips', p_id, r.reject); end if;
  a := r.image;
  if t.id is null and c.id is not null then return mobility_v1.reject('trips', p_id, 'DELETED_IN_V2'); end if;
  if a.status = 'open' and a.expires_at > now() and t.status is distinct from 'open' then
    v_beside := mobility_v1.beside(a, p_id);
    if v_beside.reason is not null then
      a.status := 'expired';
      r.repairs := r.repairs || v_beside.reason;
      v_needs := v_beside.needs;
    end if;
  end if;
  if t.id is null then
    perform mobility_v1.need_person(a.user_id);
    perform mobility_v1.put_trip(p_id, t, a, o.last_location_at);
    if a.status = 'open' and a.expires_at <= now() then a.status := 'expired'; end if;
    insert into mobility_v1.carried_trips values (p_id, '1', a);
    perform mobility_v1.settle('trips', p_id, r.repairs, v_needs);
    perform mobility_v1.wake(p_id);
    return 'carried';
  end if;

  b := mobility_v1.image_of(t);
  v_new := a;
  if a is distinct from b then
    v_new := jsonb_populate_record(null::mobility_v1.trip_image, mobility_v1.merge(to_jsonb(a), to_jsonb(b),
      coalesce(to_jsonb(c.base), '{}'), coalesce(c.born, '1')));
    v_new.status := mobility_v1.merge_trip_status(a, b, (c.base).status);
    if v_new.expires_at <= v_new.created_at then v_new.expires_at := v_new.created_at + interval '30 minutes'; end if;
    -- A live match holds its trips, whatever V1 says.
    if exists (select from mobility.matches m where m.live and p_id in (m.passenger_trip_id, m.driver_trip_id)) then
      v_new.status := 'matched';
    end if;
    -- A point is one thing.
    if (v_new.pickup_lat, v_new.pickup_lng) is distinct from (a.pickup_lat, a.pickup_lng) then
      v_new.pickup_lat := b.pickup_lat; v_new.pickup_lng := b.pickup_lng;
    end if;
    if (v_new.dropoff_lat, v_new.dropoff_lng) is distinct from (a.dropoff_lat, a.dropoff_lng) then
      v_new.dropoff_lat := b.dropoff_lat; v_new.dropoff_lng := b.dropoff_lng;
    end if;
    perform mobility_v1.need_person(v_new.user_id);
  end if;
  if v_new is distinct from b then
    -- Who moved the pin is there now.
    perform mobility_v1.put_trip(p_id, t, v_new,
      case when (v_new.pickup_lat, v_new.pickup_lng) = (b.pickup_lat, b.pickup_lng) then o.last_location_at else now() end);
  elsif t.status in ('open', 'matched') then
    perform mobility_v1.place(t, o.last_location_at);
  end if;
  -- V1 sees by itself that time is over.
  if v_new.status = 'expired' and a.status = 'open' and a.expires_at <= now() then a.status := 'expired'; end if;
  if v_new is distinct from a then
    execute 'update public.rides_trips set
        status = case when $3 then $4 else status end,
        expires_at = case when $5 then $6 else expires_at end,
        pickup_latitude = case when $7 then $8 else pickup_latitude end,
        pickup_longitude = case when $7 then $9 else pickup_longitude end,
        dropoff_latitude = case when $10 then $11 else dropoff_latitude end,
        dropoff_longitude = case when $10 then $12 else dropoff_longitude end,
        pickup_text = case when $13 then $14 else pickup_text end,
        dropoff_text = case when $15 then $16 else dropoff_text end,
        scheduled_at = case when $17 then $18 else scheduled_at end,
        created_at = case when $19 then $20 else created_at end,
        creator_user_id = case when $21 then $22 else creator_user_id end,
        role = case when $23 then $24 else role end,
        vehicle_type = case when $25 then coalesce($26, vehicle_type) else vehicle_type end,
        matched_at = case when $3 and $4 = ''matched'' then coalesce(matched_at, now()) else matched_at end
      where id = $1 and (creator_user_id, role, vehicle_type, pickup_latitude, pickup_longitude, pickup_text,
          dropoff_latitude, dropoff_longitude, dropoff_text, status, scheduled_at, created_at, expires_at)
        is not distinct from (($2).creator_user_id, ($2).role, ($2).vehicle_type, ($2).pickup_latitude,
          ($2).pickup_longitude, ($2).pickup_text, ($2).dropoff_latitude, ($2).dropoff_longitude, ($2).dropoff_text,
          ($2).status, ($2).scheduled_at, ($2).created_at, ($2).expires_at)'
    using p_id, o, v_new.status is distinct from a.status, v_new.status,
      v_new.expires_at is distinct from a.expires_at, v_new.expires_at,
      (v_new.pickup_lat, v_new.pickup_lng) is distinct from (a.pickup_lat, a.pickup_lng), v_new.pickup_lat, v_new.pickup_lng,
      (v_new.dropoff_lat, v_new.dropoff_lng) is distinct from (a.dropoff_lat, a.dropoff_lng), v_new.dropoff_lat, v_new.dropoff_lng,
      v_new.pickup_text is distinct from a.pickup_text, v_new.pickup_text,
      v_new.dropoff_text is distinct from a.dropoff_text, v_new.dropoff_text,
      v_new.scheduled_for is distinct from a.scheduled_for, v_new.scheduled_for,
      v_new.created_at is distinct from a.created_at, v_new.created_at,
      v_new.user_id is distinct from a.user_id, v_new.user_id,
      v_new.role is distinct from a.role, v_new.role,
      v_new.vehicle_type is distinct from a.vehicle_type,
      (select v1 from mobility_v1.codes where kind = 'vehicle' and v2 = v_new.vehicle_type and main);
    get diagnostics v_rows = row_count;
    if v_rows = 0 then perform mobility_v1.busy(); end if;
    -- What only V1's row lacked is not lacking any more.
    o := mobility_v1.old_trip(p_id);
    r.repairs := array(select x from unnest((mobility_v1.read_trip(o)).repairs) x
      union select x from unnest(r.repairs) x where x in ('BESIDE_A_RIDE', 'OLDER_OPEN_TRIP') and o.status = 'open');
  end if;
  if v_new.status = 'open' and v_new.expires_at <= now() then v_new.status := 'expired'; end if;
  if c.id is null or c.base is distinct from v_new then
    insert into mobility_v1.carried_trips as k values (p_id, coalesce(c.born, '1'), v_new)
    on conflict (id) do update set base = excluded.base;
  end if;
  perform mobility_v1.settle('trips', p_id, r.repairs, v_needs);
  if c.id is null or t.status = 'open' and v_new.status <> 'open' then perform mobility_v1.wake(p_id); end if;
  return 'carried';
end
$_$;

COMMENT ON FUNCTION mobility_v1.carry_trip(p_id uuid) IS 'Carries a trip to whichever side has not the latest.';

CREATE FUNCTION mobility_v1.change_old_match(o mobility_v1.old_match, a mobility_v1.match_image, i mobility_v1.match_image, p_initiated_by text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $_$
declare
  s record := mobility_v1.old_status(i.status, p_initiated_by);
  v_times boolean := (i.status, i.accepted_at, i.arrived_at, i.started_at, i.completed_at, i.cancelled_at)
    is distinct from (a.status, a.accepted_at, a.arrived_at, a.started_at, a.completed_at, a.cancelled_at);
  v_rows integer;
begin
  execute 'update public.mobility_matches set
      status = case when $3 then $4 else status end,
      metadata = case when $5 then coalesce(metadata, ''{}'') || ''{"v2_status": "declined"}''
        when $3 then metadata - ''v2_status'' else metadata end,
      accepted_at = case when $6 then $7 else accepted_at end,
      pickup_time = case when $6 then $8 else pickup_time end,
      started_at = case when $6 then $9 else started_at end,
      completed_at = case when $6 then $10 else completed_at end,
      dropoff_time = case when $6 then coalesce($10, dropoff_time) else dropoff_time end,
      cancelled_at = case when $6 then $11 else cancelled_at end,
      updated_at = case when $6 then greatest(updated_at, now()) else updated_at end,
      actual_fare = case when $3 and $4 = ''completed'' or $12 and ($4 = ''completed'' or actual_fare is not null) then $13
        else actual_fare end,
      duration_minutes = case when $3 and $4 = ''completed''
        then coalesce((extract(epoch from $10 - $9) / 60)::integer, duration_minutes) else duration_minutes end,
      fare_estimate = case when $12 then case when $4 = ''completed'' or actual_fare is not null
        then coalesce(fare_estimate, $13) else $13 end else fare_estimate end,
      currency = case when $14 then $15 else currency end,
      distance_km = case when $16 then $17 else distance_km end,
      created_at = case when $18 then $19 else created_at end,
      cancellation_reason = case when $20 then $21 else cancellation_reason end
    where id = $1 and (driver_id, passenger_id, status, fare_estimate, actual_fare, currency, distance_km, created_at,
        accepted_at, pickup_time, started_at, completed_at, cancelled_at, cancellation_reason)
      is not distinct from (($2).driver_id, ($2).passenger_id, ($2).status, ($2).fare_estimate, ($2).actual_fare,
        ($2).currency, ($2).distance_km, ($2).created_at, ($2).accepted_at, ($2).pickup_time, ($2).started_at,
        ($2).completed_at, ($2).cancelled_at, ($2).cancellation_reason)'
  using o.id, o, i.status is distinct from a.status, s.status, s.declined and i.status is distinct from a.status,
    v_times, i.accepted_at, i.arrived_at, i.started_at, i.completed_at, i.cancelled_at,
    i.fare_amount is distinct from a.fare_amount, i.fare_amount::numeric,
    i.currency is distinct from a.currency, coalesce(i.currency, 'RWF'),
    i.distance_km is distinct from a.distance_km, i.distance_km,
    i.created_at is distinct from a.created_at, i.created_at,
    i.cancel_reason is distinct from a.cancel_reason, i.cancel_reason;
  get diagnostics v_rows = row_count;
  if v_rows = 0 then perform mobility_v1.busy(); end if;
end
$_$;

COMMENT ON FUNCTION mobility_v1.change_old_match(o mobility_v1.old_match, a mobility_v1.match_image, i mobility_v1.match_image, p_initiated_by text) IS 'Writes what changed of a match into V1.';

CREATE FUNCTION mobility_v1.count_answer(p_user_id uuid, p_role text, p_accepted integer, p_declined integer, p_expired integer, p_response_ms bigint, p_completed integer, p_cancelled integer) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility_v1.count_answer(p_user_id uuid, p_role text, p_accepted integer, p_declined integer, p_expired integer, p_response_ms bigint, p_completed integer, p_cancelled integer) IS 'Adds to a person''s record.';

CREATE FUNCTION mobility_v1.differences(p_table text, p_id uuid, a jsonb, b jsonb) RETURNS TABLE("table" text, id uuid, "column" text, v1 text, v2 text)
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $_$
  select p_table, p_id, k, case when k ~ '(phone|name|text|reason|lat|lng)$' then '***' else a ->> k end,
    case when k ~ '(phone|name|text|reason|lat|lng)$' then '***' else b ->> k end
  from jsonb_object_keys(a) k where a -> k is distinct from b -> k
$_$;

COMMENT ON FUNCTION mobility_v1.differences(p_table text, p_id uuid, a jsonb, b jsonb) IS 'What two images differ in.';

CREATE FUNCTION mobility_v1.dress_table(p_table text, p_wait_ms integer) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO ''
    SET lock_timeout TO '250ms'
    AS $$
declare
  r record;
begin
  perform set_config('lock_timeout', greatest(1, p_wait_ms)::text, true);
  execute format('lock table %s in share row exclusive mode', p_table::regclass);
  for r in
    select t.* from mobility_v1.triggers() t where t."table" = p_table
      and not exists (select from pg_trigger g where g.tgrelid = t."table"::regclass and g.tgname = t.name)
  loop
    execute format('create trigger %I %s', r.name, r.definition);
  end loop;
  return true;
exception when lock_not_available or deadlock_detected then
  return false;
end
$$;

COMMENT ON FUNCTION mobility_v1.dress_table(p_table text, p_wait_ms integer) IS 'Puts the triggers of the bridge on one table, unless it is busy.';

CREATE FUNCTION mobility_v1.driver_trip(o mobility_v1.old_match, i mobility_v1.match_image, p mobility.trips) RETURNS mobility.trips
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility_v1.driver_trip(o mobility_v1.old_match, i mobility_v1.match_image, p mobility.trips) IS 'The driver''s trip of a match of V1.';

CREATE FUNCTION mobility_v1.drop_message() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$ begin return null; end $$;

COMMENT ON FUNCTION mobility_v1.drop_message() IS 'Leaves a message unsaid.';

CREATE FUNCTION mobility_v1.e164(p_number text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $_$
declare
  v_digits text := regexp_replace(p_number, '[^0-9]', '', 'g');
begin
  if v_digits like '00%' then v_digits := substr(v_digits, 3); end if;
  v_digits := case
    when v_digits ~ '^07[0-9]{8}$' then '250' || substr(v_digits, 2)
    when v_digits ~ '^7[0-9]{8}$' then '250' || v_digits
    else v_digits end;
  return case when v_digits ~ '^[1-9][0-9]{5,14}$' then '+' || v_digits end;
end
$_$;

COMMENT ON FUNCTION mobility_v1.e164(p_number text) IS 'A phone number as +E.164, or null.';

CREATE FUNCTION mobility_v1.estimate(t mobility.trips) RETURNS mobility.trips
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_vehicle mobility.vehicle_types := mobility.vehicle_type(t.vehicle_type);
  v_metres double precision := mobility.distance_m(t.pickup_lat, t.pickup_lng, t.dropoff_lat, t.dropoff_lng) * v_vehicle.road_factor;
  v_fare mobility.fare;
begin
  if v_metres is null or v_metres > 1000000 then return t; end if;
  t.distance_m := v_metres;
  t.duration_s := v_metres / v_vehicle.speed_mps;
  v_fare := mobility.fare_for(t.vehicle_type, t.pickup_lat, t.pickup_lng, t.distance_m, t.duration_s,
    coalesce(t.scheduled_for, now()));
  t.fare_amount := v_fare.fare_amount;
  t.currency := v_fare.currency;
  t.tariff_id := v_fare.tariff_id;
  return t;
end
$$;

COMMENT ON FUNCTION mobility_v1.estimate(t mobility.trips) IS 'Distance, time and fare for a trip of V1 that may still be taken.';

CREATE FUNCTION mobility_v1.gauges() RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object(
    'mobility_v1_changes_pending', jsonb_build_array(jsonb_build_object('labels', '{}'::jsonb,
      'value', (select count(*) from mobility_v1.changes))),
    'mobility_v1_oldest_change_seconds', jsonb_build_array(jsonb_build_object('labels', '{}'::jsonb,
      'value', (select coalesce(greatest(0, extract(epoch from clock_timestamp() - min(at))), 0)::integer from mobility_v1.changes))),
    'mobility_v1_rejects', (select jsonb_agg(jsonb_build_object('labels', jsonb_build_object('table', t),
        'value', (select count(*) from mobility_v1.rejects r where r."table" = t)))
      from unnest(array['profiles', 'trips', 'matches']) t))
  from mobility_v1.bridge where installed
$$;

COMMENT ON FUNCTION mobility_v1.gauges() IS 'How much waits to be carried, and how much cannot be.';

CREATE FUNCTION mobility_v1.has_v1() RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select to_regclass('public.profiles') is not null and to_regclass('public.rides_trips') is not null
    and to_regclass('public.mobility_matches') is not null
$$;

COMMENT ON FUNCTION mobility_v1.has_v1() IS 'Whether V1''s tables are here.';

CREATE FUNCTION mobility_v1.hush() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  perform set_config('mobility_v1.hush', case when new.status = 'expired' and (
    tg_argv[0] = 'trips' and exists (select from mobility_v1.carried_trips where id = new.id and born = '1')
    or tg_argv[0] = 'matches' and exists (select from mobility_v1.carried_matches where id = new.id and born = '1'))
    then 'on' else 'off' end, true);
  return null;
end
$$;

COMMENT ON FUNCTION mobility_v1.hush() IS 'Keeps V2 from telling V1''s people what V1 tells them.';

CREATE FUNCTION mobility_v1.image_of(m mobility.matches) RETURNS mobility_v1.match_image
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
begin
  return row(m.passenger_user_id, m.driver_user_id, m.status, m.fare_amount,
    case when m.fare_amount is not null then m.currency end, round(m.distance_m / 1000.0, 2),
    m.created_at, m.accepted_at, m.arrived_at, m.started_at, m.completed_at,
    case when m.status in ('cancelled_driver', 'cancelled_passenger', 'declined') then m.ended_at end,
    case when not m.live then m.cancel_reason end)::mobility_v1.match_image;
end
$$;

COMMENT ON FUNCTION mobility_v1.image_of(m mobility.matches) IS 'A match of V2 as both sides know one.';

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

CREATE FUNCTION mobility_v1.image_of(p mobility.profiles) RETURNS mobility_v1.profile_image
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
begin
  return row(p.phone, p.display_name, p.locale, p.created_at)::mobility_v1.profile_image;
end
$$;

COMMENT ON FUNCTION mobility_v1.image_of(p mobility.profiles) IS 'A person of V2 as both sides know one.';

CREATE FUNCTION mobility_v1.image_of(t mobility.trips) RETURNS mobility_v1.trip_image
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
begin
  return row(t.user_id, t.role, t.vehicle_type, case t.status when 'completed' then 'matched' else t.status end,
    t.pickup_lat, t.pickup_lng, t.pickup_text, t.dropoff_lat, t.dropoff_lng, t.dropoff_text,
    t.scheduled_for, t.expires_at, t.created_at)::mobility_v1.trip_image;
end
$$;

COMMENT ON FUNCTION mobility_v1.image_of(t mobility.trips) IS 'A trip of V2 as both sides know one.';

CREATE FUNCTION mobility_v1.in_area(p_lat double precision, p_lng double precision) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
begin
  return exists (select from mobility.areas a
    where extensions.st_intersects(a.boundary, extensions.st_setsrid(extensions.st_makepoint(p_lng, p_lat), 4326)));
end
$$;

COMMENT ON FUNCTION mobility_v1.in_area(p_lat double precision, p_lng double precision) IS 'Whether a point is in a service area.';

CREATE FUNCTION mobility_v1.install() RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_started timestamptz := clock_timestamp();
  v_step jsonb;
begin
  if not mobility_v1.has_v1() then return false; end if;
  begin
    loop
      v_step := mobility_v1.install_next(500 - (extract(epoch from clock_timestamp() - v_started) * 1000)::integer);
      exit when v_step -> 'left' = '[]' or v_step ->> 'busy' is not null;
    end loop;
    -- Undoes what was possible, and gives its locks back.
    if v_step ->> 'busy' is not null then raise lock_not_available; end if;
    return true;
  exception when lock_not_available then
    raise warning 'The bridge to V1 is not in place: somebody is writing %. Run: deno task deploy database', v_step ->> 'busy';
    return false;
  end;
end
$$;

COMMENT ON FUNCTION mobility_v1.install() IS 'Puts the bridge in place where V1 is.';

CREATE FUNCTION mobility_v1.install_next(p_wait_ms integer DEFAULT 250) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_left text[];
begin
  if not mobility_v1.has_v1() then
    raise 'Cannot install the bridge: there is no V1 in this database';
  end if;
  v_left := mobility_v1.bare_tables();
  if v_left <> '{}' then
    if not mobility_v1.dress_table(v_left[1], p_wait_ms) then
      return jsonb_build_object('left', v_left, 'busy', v_left[1]);
    end if;
    v_left := v_left[2:];
  end if;
  if v_left = '{}' then
    update mobility_v1.bridge set installed = true, installed_at = coalesce(installed_at, now())
    where not installed;
  end if;
  return jsonb_build_object('left', v_left, 'busy', null);
end
$$;

COMMENT ON FUNCTION mobility_v1.install_next(p_wait_ms integer) IS 'Puts the triggers of the bridge on the next table: {left, busy}.';

CREATE FUNCTION mobility_v1.is_live(p_status text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
begin
  return p_status in ('pending', 'accepted', 'driver_arrived', 'in_progress');
end
$$;

COMMENT ON FUNCTION mobility_v1.is_live(p_status text) IS 'Whether a state binds two people.';

CREATE FUNCTION mobility_v1.is_stale(p_status text, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
begin
  return case when p_status = 'in_progress' then p_at < now() - interval '12 hours'
    when mobility_v1.is_live(p_status) then p_at < now() - interval '2 hours' else false end;
end
$$;

COMMENT ON FUNCTION mobility_v1.is_stale(p_status text, p_at timestamp with time zone) IS 'Whether a match in this state was forgotten.';

CREATE FUNCTION mobility_v1.leave_bridge() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform set_config('mobility_v1.carrying', 'off', true), set_config('lock_timeout', null, true),
    set_config('enable_seqscan', null, true), set_config('jit', null, true);
end
$$;

COMMENT ON FUNCTION mobility_v1.leave_bridge() IS 'Ends the carrying of this transaction.';

CREATE FUNCTION mobility_v1.locale_of(p_locale text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
begin
  return case
    when left(lower(trim(p_locale)), 2) in ('en', 'fr', 'rw', 'sw') then left(lower(trim(p_locale)), 2)
    when left(lower(trim(p_locale)), 3) = 'kin' then 'rw'
  end;
end
$$;

COMMENT ON FUNCTION mobility_v1.locale_of(p_locale text) IS 'The language of a locale, or null for one that V2 does not speak.';

CREATE FUNCTION mobility_v1.lock_bridge() RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform set_config('lock_timeout', '2s', true);
  perform pg_advisory_xact_lock(hashtextextended('mobility_v1', 0));
  -- From here on nobody is waited for longer than this, which is far below the time after which PostgreSQL looks
  -- for deadlocks: it is always the bridge that gives up.
  perform set_config('lock_timeout', '100ms', true);
  perform set_config('mobility_v1.carrying', 'on', true);
  -- Plans are kept, and made while a table was small they would scan it when it is not.
  perform set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true);
  return true;
exception when lock_not_available then
  return false;
end
$$;

COMMENT ON FUNCTION mobility_v1.lock_bridge() IS 'Makes this transaction the one that carries.';

CREATE FUNCTION mobility_v1.make_trip(p_user_id uuid, p_role text, p_vehicle_type text, p_at mobility.trips, i mobility_v1.match_image) RETURNS mobility.trips
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility_v1.make_trip(p_user_id uuid, p_role text, p_vehicle_type text, p_at mobility.trips, i mobility_v1.match_image) IS 'Makes up a trip for a match.';

CREATE FUNCTION mobility_v1.merge(a jsonb, b jsonb, p_base jsonb, p_born "char") RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select jsonb_object_agg(k, case
    when a -> k = b -> k then a -> k
    when a -> k = p_base -> k then b -> k
    when b -> k = p_base -> k then a -> k
    when p_born = '1' then a -> k else b -> k end)
  from jsonb_object_keys(a) k
$$;

COMMENT ON FUNCTION mobility_v1.merge(a jsonb, b jsonb, p_base jsonb, p_born "char") IS 'Joins the changes of both sides of a row, by what they agreed on last.';

CREATE TABLE mobility_v1.carried_matches (
    id uuid NOT NULL,
    born "char" NOT NULL,
    base mobility_v1.match_image NOT NULL
);

COMMENT ON TABLE mobility_v1.carried_matches IS 'Matches in step, and the image both sides had last.';

CREATE FUNCTION mobility_v1.merge_match(a mobility_v1.match_image, b mobility_v1.match_image, c mobility_v1.carried_matches) RETURNS mobility_v1.match_image
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  n mobility_v1.match_image := jsonb_populate_record(null::mobility_v1.match_image, mobility_v1.merge(to_jsonb(a), to_jsonb(b),
    coalesce(to_jsonb(c.base), '{}'), coalesce(c.born, '1')));
  w mobility_v1.match_image;
begin
  n.passenger_user_id := b.passenger_user_id;
  n.driver_user_id := b.driver_user_id;
  if a.status = b.status then
    -- V2 has a time for exactly the states that it went through.
    if a.status like 'cancelled%' or a.status in ('declined', 'expired') then
      n.accepted_at := b.accepted_at; n.arrived_at := b.arrived_at; n.started_at := b.started_at;
    end if;
    if (n.currency is null) <> (n.fare_amount is null) then
      n.currency := case when n.fare_amount is not null then coalesce(a.currency, b.currency) end;
    end if;
    return n;
  end if;
  w := case when mobility_v1.ride_rank(a.status) > mobility_v1.ride_rank(b.status) then a else b end;
  n.status := w.status;
  n.completed_at := w.completed_at;
  n.cancelled_at := w.cancelled_at;
  n.cancel_reason := w.cancel_reason;
  if w = b or not mobility_v1.is_live(b.status) and b.status <> w.status and w.status <> 'completed' then
    n.accepted_at := b.accepted_at; n.arrived_at := b.arrived_at; n.started_at := b.started_at;
  else
    n.accepted_at := coalesce(b.accepted_at, a.accepted_at);
    n.arrived_at := coalesce(b.arrived_at, a.arrived_at);
    n.started_at := coalesce(b.started_at, a.started_at);
  end if;
  if (n.currency is null) <> (n.fare_amount is null) then
    n.currency := case when n.fare_amount is not null then coalesce(a.currency, b.currency) end;
  end if;
  return n;
end
$$;

COMMENT ON FUNCTION mobility_v1.merge_match(a mobility_v1.match_image, b mobility_v1.match_image, c mobility_v1.carried_matches) IS 'The image of a match that both sides go to.';

CREATE FUNCTION mobility_v1.merge_trip_status(a mobility_v1.trip_image, b mobility_v1.trip_image, p_base text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select case
    when 'cancelled' in (a.status, b.status) then 'cancelled'
    when a.status = b.status then a.status
    when a.status = 'open' and a.expires_at <= now() then b.status
    when b.status = 'open' and b.expires_at <= now() then a.status
    when a.status = p_base then b.status
    when b.status = p_base then a.status
    when 'expired' in (a.status, b.status) then 'expired'
    else 'matched' end
$$;

COMMENT ON FUNCTION mobility_v1.merge_trip_status(a mobility_v1.trip_image, b mobility_v1.trip_image, p_base text) IS 'The state of a trip that both sides go to.';

CREATE FUNCTION mobility_v1.move_trips(m mobility.matches, p_was_live boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility_v1.move_trips(m mobility.matches, p_was_live boolean) IS 'Binds or frees the trips of a match that V1 moved.';

CREATE FUNCTION mobility_v1.need_old_person(p_id uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  o mobility_v1.old_profile := mobility_v1.old_profile(p_id);
begin
  if o.user_id is not null then return; end if;
  delete from mobility_v1.synthetic where "table" = 'profiles' and id = p_id;
  delete from mobility_v1.carried_profiles where id = p_id;
  perform mobility_v1.carry_profile(p_id);
end
$$;

COMMENT ON FUNCTION mobility_v1.need_old_person(p_id uuid) IS 'Makes sure that V1 has a person.';

CREATE FUNCTION mobility_v1.need_person(p_id uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  if exists (select from mobility.profiles where user_id = p_id) then return; end if;
  perform mobility_v1.carry_profile(p_id);
  if exists (select from mobility.profiles where user_id = p_id) then return; end if;
  insert into mobility.profiles (user_id) values (p_id);
  insert into mobility_v1.synthetic values ('profiles', p_id, 'V1 has no profile of this user id') on conflict do nothing;
  perform mobility_v1.settle('profiles', p_id, array['ORPHANED_USER']);
end
$$;

COMMENT ON FUNCTION mobility_v1.need_person(p_id uuid) IS 'Makes sure that V2 has a person.';

CREATE FUNCTION mobility_v1.note(p_table text, p_id uuid, p_side "char" DEFAULT '2'::"char") RETURNS void
    LANGUAGE sql
    SET search_path TO ''
    AS $$ insert into mobility_v1.changes (side, tbl, id) values (p_side, p_table, p_id) $$;

COMMENT ON FUNCTION mobility_v1.note(p_table text, p_id uuid, p_side "char") IS 'Has a row carried.';

CREATE FUNCTION mobility_v1.note_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  if tg_op = 'DELETE' then
    insert into mobility_v1.changes (side, tbl, id) values ('2', tg_argv[0], old.id);
  else
    insert into mobility_v1.changes (side, tbl, id) values ('2', tg_argv[0], new.id);
  end if;
  return null;
end
$$;

COMMENT ON FUNCTION mobility_v1.note_change() IS 'Notes that a row of V2 changed.';

CREATE FUNCTION mobility_v1.note_people() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  insert into mobility_v1.changes (side, tbl, id) select '1', 'profiles', user_id from changed;
  return null;
end
$$;

COMMENT ON FUNCTION mobility_v1.note_people() IS 'Notes that people of V1 changed.';

CREATE FUNCTION mobility_v1.note_person() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  if tg_op = 'DELETE' then
    insert into mobility_v1.changes (side, tbl, id) values ('2', 'profiles', old.user_id);
  else
    insert into mobility_v1.changes (side, tbl, id) values ('2', 'profiles', new.user_id);
  end if;
  return null;
end
$$;

COMMENT ON FUNCTION mobility_v1.note_person() IS 'Notes that a person of V2 changed.';

CREATE FUNCTION mobility_v1.note_rows() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  insert into mobility_v1.changes (side, tbl, id) select '1', tg_argv[0], id from changed;
  return null;
end
$$;

COMMENT ON FUNCTION mobility_v1.note_rows() IS 'Notes that rows of V1 changed.';

CREATE FUNCTION mobility_v1.old_match(p_id uuid) RETURNS mobility_v1.old_match
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $_$
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
$_$;

COMMENT ON FUNCTION mobility_v1.old_match(p_id uuid) IS 'A match of V1.';

CREATE FUNCTION mobility_v1.old_profile(p_id uuid) RETURNS mobility_v1.old_profile
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $_$
declare
  o mobility_v1.old_profile;
begin
  execute 'select user_id, whatsapp_number, phone_number, display_name, role, locale, created_at
    from public.profiles where user_id = $1' into o using p_id;
  return o;
end
$_$;

COMMENT ON FUNCTION mobility_v1.old_profile(p_id uuid) IS 'A person of V1.';

CREATE FUNCTION mobility_v1.old_status(p_status text, p_initiated_by text, OUT status text, OUT declined boolean) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
begin
  declined := p_status = 'declined';
  select c.v1 into status from mobility_v1.codes c
  where c.kind = 'match_status' and c.main and c.v2 = case when not declined then p_status
    when p_initiated_by = 'passenger' then 'cancelled_driver' else 'cancelled_passenger' end;
end
$$;

COMMENT ON FUNCTION mobility_v1.old_status(p_status text, p_initiated_by text, OUT status text, OUT declined boolean) IS 'V1''s word for the state of a match.';

CREATE FUNCTION mobility_v1.old_trip(p_id uuid) RETURNS mobility_v1.old_trip
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $_$
declare
  o mobility_v1.old_trip;
begin
  execute 'select id, creator_user_id, role, vehicle_type, pickup_latitude, pickup_longitude, pickup_text,
      dropoff_latitude, dropoff_longitude, dropoff_text, status, scheduled_at, created_at, matched_at, expires_at,
      last_location_at
    from public.rides_trips where id = $1' into o using p_id;
  return o;
end
$_$;

COMMENT ON FUNCTION mobility_v1.old_trip(p_id uuid) IS 'A trip of V1.';

CREATE FUNCTION mobility_v1.passenger_trip(o mobility_v1.old_match, i mobility_v1.match_image) RETURNS mobility.trips
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility_v1.passenger_trip(o mobility_v1.old_match, i mobility_v1.match_image) IS 'The passenger''s trip of a match of V1.';

CREATE FUNCTION mobility_v1.place(t mobility.trips, p_seen_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_due timestamptz := t.scheduled_for - mobility.schedule_lead();
  v_open boolean := t.status = 'open';
begin
  delete from mobility.live_positions l where l.trip_id = t.id
    and (t.status not in ('open', 'matched') or l.role <> t.role or l.vehicle_type <> t.vehicle_type or l.user_id <> t.user_id);
  if t.status not in ('open', 'matched') then return; end if;
  insert into mobility.live_positions as l (
    trip_id, user_id, role, vehicle_type, lat, lng, position_at, expires_at, available, findable_from, standing
  )
  values (t.id, t.user_id, t.role, t.vehicle_type, t.pickup_lat, t.pickup_lng, coalesce(p_seen_at, t.created_at), t.expires_at,
    v_open and coalesce(v_due <= now(), true) and (t.role = 'passenger'
      or coalesce(p_seen_at, t.created_at) > now() - mobility.freshness_limit()),
    case when v_open then coalesce(v_due, '-infinity') else 'infinity' end, mobility.standing_of(t.user_id, t.role))
  on conflict (trip_id, role, vehicle_type) do update set
    lat = case when excluded.position_at >= l.position_at then excluded.lat else l.lat end,
    lng = case when excluded.position_at >= l.position_at then excluded.lng else l.lng end,
    position_at = greatest(l.position_at, excluded.position_at),
    expires_at = excluded.expires_at, findable_from = excluded.findable_from,
    available = excluded.findable_from <= now() and (t.role = 'passenger' or l.trust >= mobility.least_trust()
      and greatest(l.position_at, excluded.position_at) > now()
        - case when l.pings >= 2 and l.position_at >= excluded.position_at then mobility.silence_limit()
          else mobility.freshness_limit() end)
  where (l.expires_at, l.findable_from) is distinct from (excluded.expires_at, excluded.findable_from)
    or excluded.position_at > l.position_at;
end
$$;

COMMENT ON FUNCTION mobility_v1.place(t mobility.trips, p_seen_at timestamp with time zone) IS 'Keeps the position of a carried trip.';

CREATE FUNCTION mobility_v1.put_match(o mobility_v1.old_match, r mobility_v1.match_reading) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility_v1.put_match(o mobility_v1.old_match, r mobility_v1.match_reading) IS 'Writes a match of V1 into V2.';

CREATE FUNCTION mobility_v1.put_old_match(m mobility.matches) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $_$
declare
  i mobility_v1.match_image := mobility_v1.image_of(m);
  s record := mobility_v1.old_status(m.status, m.initiated_by);
  p mobility.trips;
  v_vehicle text;
begin
  select * into p from mobility.trips where id = m.passenger_trip_id;
  select v1 into v_vehicle from mobility_v1.codes where kind = 'vehicle' and v2 = p.vehicle_type and main;
  if v_vehicle is null then return mobility_v1.reject('matches', m.id, 'UNKNOWN_VEHICLE', '2'); end if;
  perform mobility_v1.need_old_person(m.passenger_user_id);
  perform mobility_v1.need_old_person(m.driver_user_id);
  if (mobility_v1.old_trip(p.id)).id is null then perform mobility_v1.carry_trip(p.id); end if;
  execute 'insert into public.mobility_matches (id, driver_id, passenger_id, trip_id, vehicle_type, pickup_latitude,
      pickup_longitude, dropoff_latitude, dropoff_longitude, pickup_text, dropoff_text, fare_estimate, actual_fare, currency,
      distance_km, status, created_at, updated_at, matched_at, accepted_at, started_at, pickup_time, dropoff_time,
      completed_at, cancelled_at, cancellation_reason, driver_phone, passenger_phone, duration_minutes, metadata)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $17, $19, $20, $21, $22, $22,
      $23, $24, (select phone from mobility.profiles where user_id = $2),
      (select phone from mobility.profiles where user_id = $3), $25, $26)'
  using m.id, m.driver_user_id, m.passenger_user_id, (mobility_v1.old_trip(p.id)).id, v_vehicle, p.pickup_lat, p.pickup_lng,
    p.dropoff_lat, p.dropoff_lng, p.pickup_text, p.dropoff_text, i.fare_amount,
    case when i.status = 'completed' then i.fare_amount end, coalesce(i.currency, 'RWF'), i.distance_km, s.status,
    i.created_at, m.updated_at, i.accepted_at, i.started_at, i.arrived_at, i.completed_at, i.cancelled_at, i.cancel_reason,
    (extract(epoch from i.completed_at - i.started_at) / 60)::integer,
    case when s.declined then '{"v2_status": "declined"}'::jsonb end;
  insert into mobility_v1.carried_matches values (m.id, '2', i);
  perform mobility_v1.settle('matches', m.id, '{}');
  return 'carried';
end
$_$;

COMMENT ON FUNCTION mobility_v1.put_old_match(m mobility.matches) IS 'Writes a match of V2 into V1.';

CREATE FUNCTION mobility_v1.put_old_trip(t mobility.trips) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $_$
declare
  i mobility_v1.trip_image := mobility_v1.image_of(t);
  v_vehicle text := (select v1 from mobility_v1.codes where kind = 'vehicle' and v2 = t.vehicle_type and main);
begin
  if v_vehicle is null then return mobility_v1.reject('trips', t.id, 'UNKNOWN_VEHICLE', '2'); end if;
  perform mobility_v1.need_old_person(t.user_id);
  execute 'insert into public.rides_trips (id, creator_user_id, role, vehicle_type, pickup_latitude, pickup_longitude,
      pickup_text, dropoff_latitude, dropoff_longitude, dropoff_text, status, scheduled_at, created_at, expires_at,
      last_location_at, matched_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)'
  using t.id, i.user_id, i.role, v_vehicle, i.pickup_lat, i.pickup_lng, i.pickup_text, i.dropoff_lat, i.dropoff_lng,
    i.dropoff_text, i.status, i.scheduled_for, i.created_at, i.expires_at,
    coalesce((select position_at from mobility.live_positions
      where role = t.role and vehicle_type = t.vehicle_type and trip_id = t.id), t.created_at),
    (select max(created_at) from mobility.matches where t.id in (passenger_trip_id, driver_trip_id));
  insert into mobility_v1.carried_trips values (t.id, '2', i);
  perform mobility_v1.settle('trips', t.id, '{}');
  return 'carried';
end
$_$;

COMMENT ON FUNCTION mobility_v1.put_old_trip(t mobility.trips) IS 'Writes a trip of V2 into V1.';

CREATE FUNCTION mobility_v1.put_trip(p_id uuid, t mobility.trips, i mobility_v1.trip_image, p_seen_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_new boolean := t.id is null;
  v_was text := t.status;
begin
  t.id := p_id;
  t.status := case
    when i.status = 'matched' and v_was in ('matched', 'completed') then v_was
    when i.status = 'matched' then 'completed'
    when i.status = 'open' and i.expires_at <= now() and v_was is distinct from 'open' then 'expired'
    else i.status end;
  t.user_id := i.user_id; t.role := i.role; t.vehicle_type := i.vehicle_type;
  t.pickup_lat := i.pickup_lat; t.pickup_lng := i.pickup_lng; t.pickup_text := i.pickup_text;
  t.dropoff_lat := i.dropoff_lat; t.dropoff_lng := i.dropoff_lng; t.dropoff_text := i.dropoff_text;
  t.scheduled_for := i.scheduled_for; t.expires_at := i.expires_at; t.created_at := i.created_at;
  if t.status = 'open' then
    if t.scheduled_for is null and v_was is distinct from 'open' then
      perform mobility_v1.set_aside(t.user_id, t.role, p_id, 'OLDER_OPEN_TRIP', p_id);
    end if;
    if t.role = 'passenger' and t.fare_amount is null then t := mobility_v1.estimate(t); end if;
  end if;
  if v_new then
    t.updated_at := coalesce(t.updated_at, i.created_at);
    insert into mobility.trips select t.*;
    -- V1 reminds its own people.
    if t.status = 'open' and t.scheduled_for is not null then
      insert into mobility.reminders (trip_id, kind, at) values (p_id, 'scheduled', t.scheduled_for) on conflict do nothing;
    end if;
  else
    update mobility.trips set user_id = t.user_id, role = t.role, vehicle_type = t.vehicle_type, status = t.status,
      pickup_lat = t.pickup_lat, pickup_lng = t.pickup_lng, pickup_text = t.pickup_text,
      dropoff_lat = t.dropoff_lat, dropoff_lng = t.dropoff_lng, dropoff_text = t.dropoff_text,
      distance_m = t.distance_m, duration_s = t.duration_s, fare_amount = t.fare_amount, currency = t.currency,
      tariff_id = t.tariff_id, scheduled_for = t.scheduled_for, expires_at = t.expires_at, created_at = t.created_at,
      updated_at = now()
    where id = p_id;
    if v_was = 'open' and t.status <> 'open' then perform mobility.close_offers(t, 'cancelled'); end if;
  end if;
  if not v_new or t.status = 'open' then perform mobility_v1.place(t, p_seen_at); end if;
end
$$;

COMMENT ON FUNCTION mobility_v1.put_trip(p_id uuid, t mobility.trips, i mobility_v1.trip_image, p_seen_at timestamp with time zone) IS 'Writes an image of a trip into V2.';

CREATE FUNCTION mobility_v1.read_match(o mobility_v1.old_match) RETURNS mobility_v1.match_reading
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  r mobility_v1.match_reading;
  i mobility_v1.match_image;
  v_obsolete boolean;
  -- 1 pending, 2 accepted, 3 arrived, 4 in progress.
  v_reached integer;
  v_fare numeric := coalesce(o.actual_fare, o.fare_estimate);
begin
  r.repairs := '{}';
  select c.v2, c.obsolete into i.status, v_obsolete
  from mobility_v1.codes c where c.kind = 'match_status' and c.v1 = o.status;
  if i.status like 'cancelled%' and o.metadata ->> 'v2_status' = 'declined' then i.status := 'declined'; end if;
  i.passenger_user_id := o.passenger_id;
  i.driver_user_id := o.driver_id;
  if o.driver_id is null then
    select user_id into i.driver_user_id from mobility.trips where id = o.trip_id and role = 'driver';
    if found then r.repairs := r.repairs || 'DRIVER_OF_TRIP'::text; end if;
  end if;
  r.reject := case
    when i.status is null then 'UNKNOWN_STATUS'
    when i.passenger_user_id is null then 'NO_USER'
    when i.driver_user_id is null then 'NO_DRIVER'
    when i.driver_user_id = i.passenger_user_id then 'SAME_PERSON' end;
  if r.reject is not null then return r; end if;
  if v_obsolete then r.repairs := r.repairs || 'OBSOLETE_STATUS'::text; end if;

  if v_fare < 0 or v_fare > 2147483647 then
    r.repairs := r.repairs || 'BAD_FARE'::text;
  else
    i.fare_amount := round(v_fare);
    i.currency := case when v_fare is not null then upper(coalesce(nullif(trim(o.currency), ''), 'RWF')) end;
    if i.fare_amount <> v_fare then r.repairs := r.repairs || 'FARE_ROUNDED'::text; end if;
  end if;
  if o.distance_km < 0 or o.distance_km > 2000000 then
    r.repairs := r.repairs || 'BAD_DISTANCE'::text;
  else
    i.distance_km := round(o.distance_km, 2);
  end if;

  i.created_at := coalesce(o.created_at, o.matched_at, o.accepted_at, o.updated_at, '2000-01-01T00:00:00Z');
  if o.created_at is null then r.repairs := r.repairs || 'NO_CREATION_TIME'::text; end if;
  v_reached := case
    when i.status in ('pending', 'declined') then 1
    when i.status = 'accepted' then 2
    when i.status = 'driver_arrived' then 3
    when i.status in ('in_progress', 'completed') then 4
    when o.started_at is not null then 4
    when o.pickup_time is not null then 3
    when o.accepted_at is not null then 2
    else 1 end;
  -- A state it went through has a time in V2; what V1 did not write down is the time of what came next.
  if v_reached >= 2 then
    i.accepted_at := coalesce(o.accepted_at, o.matched_at, o.pickup_time, o.started_at, i.created_at);
  end if;
  if v_reached >= 3 then
    i.arrived_at := coalesce(o.pickup_time, o.started_at, i.accepted_at);
  end if;
  if v_reached >= 4 then i.started_at := coalesce(o.started_at, i.arrived_at); end if;
  if i.status = 'completed' then
    i.completed_at := coalesce(o.completed_at, o.dropoff_time, o.updated_at, i.started_at);
    if o.completed_at is null then r.repairs := r.repairs || 'NO_COMPLETION_TIME'::text; end if;
  elsif i.status in ('cancelled_driver', 'cancelled_passenger', 'declined') then
    i.cancelled_at := coalesce(o.cancelled_at, o.updated_at, i.created_at);
  end if;
  if least(i.accepted_at, i.arrived_at, i.started_at, i.completed_at, i.cancelled_at) < i.created_at then
    r.repairs := r.repairs || 'TIME_BEFORE_CREATION'::text;
    i.accepted_at := case when i.accepted_at is not null then greatest(i.accepted_at, i.created_at) end;
    i.arrived_at := case when i.arrived_at is not null then greatest(i.arrived_at, i.created_at) end;
    i.started_at := case when i.started_at is not null then greatest(i.started_at, i.created_at) end;
    i.completed_at := case when i.completed_at is not null then greatest(i.completed_at, i.created_at) end;
    i.cancelled_at := case when i.cancelled_at is not null then greatest(i.cancelled_at, i.created_at) end;
  end if;
  i.cancel_reason := case when not mobility_v1.is_live(i.status) then left(o.cancellation_reason, 300) end;
  r.image := i;
  return r;
end
$$;

COMMENT ON FUNCTION mobility_v1.read_match(o mobility_v1.old_match) IS 'A match of V1 in V2''s words, or why it cannot be one.';

CREATE FUNCTION mobility_v1.read_point(p_lat double precision, p_lng double precision, OUT lat double precision, OUT lng double precision, OUT exchanged boolean) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
begin
  if p_lat is null or p_lng is null then return; end if;
  -- The mirror first: it is in no area for nearly all points, and the index knows.
  exchanged := p_lng between -90 and 90 and p_lat between -180 and 180
    and mobility_v1.in_area(p_lng, p_lat) and (p_lat not between -90 and 90 or not mobility_v1.in_area(p_lat, p_lng));
  if exchanged then
    lat := p_lng; lng := p_lat;
  elsif p_lat between -90 and 90 and p_lng between -180 and 180 and (p_lat <> 0 or p_lng <> 0) then
    lat := p_lat; lng := p_lng;
  end if;
end
$$;

COMMENT ON FUNCTION mobility_v1.read_point(p_lat double precision, p_lng double precision, OUT lat double precision, OUT lng double precision, OUT exchanged boolean) IS 'A plausible point out of V1''s coordinates.';

CREATE FUNCTION mobility_v1.read_profile(o mobility_v1.old_profile) RETURNS mobility_v1.profile_reading
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  r mobility_v1.profile_reading;
  v_image mobility_v1.profile_image;
begin
  r.repairs := '{}';
  v_image.phone := coalesce(mobility_v1.e164(o.whatsapp_number), mobility_v1.e164(o.phone_number));
  if v_image.phone is null and coalesce(nullif(o.whatsapp_number, ''), nullif(o.phone_number, '')) is not null then
    r.repairs := r.repairs || 'BAD_PHONE'::text;
  end if;
  v_image.display_name := nullif(trim(left(trim(o.display_name), 120)), '');
  if char_length(trim(o.display_name)) > 120 then r.repairs := r.repairs || 'TEXT_CUT'::text; end if;
  v_image.locale := coalesce(mobility_v1.locale_of(o.locale), 'en');
  if o.locale is not null and mobility_v1.locale_of(o.locale) is null then
    r.repairs := r.repairs || 'UNKNOWN_LOCALE'::text;
  end if;
  v_image.created_at := o.created_at;
  if o.created_at is null then
    v_image.created_at := '2000-01-01T00:00:00Z';
    r.repairs := r.repairs || 'NO_CREATION_TIME'::text;
  end if;
  r.image := v_image;
  return r;
end
$$;

COMMENT ON FUNCTION mobility_v1.read_profile(o mobility_v1.old_profile) IS 'A person of V1 in V2''s words.';

CREATE FUNCTION mobility_v1.read_trip(o mobility_v1.old_trip) RETURNS mobility_v1.trip_reading
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  r mobility_v1.trip_reading;
  i mobility_v1.trip_image;
  v_point record;
  v_obsolete boolean;
begin
  r.repairs := '{}';
  i.user_id := o.creator_user_id;
  i.role := o.role;
  select c.v2 into i.vehicle_type from mobility_v1.codes c where c.kind = 'vehicle' and c.v1 = o.vehicle_type;
  select c.v2, c.obsolete into i.status, v_obsolete
  from mobility_v1.codes c where c.kind = 'trip_status' and c.v1 = o.status;
  v_point := mobility_v1.read_point(o.pickup_latitude, o.pickup_longitude);
  r.reject := case
    when i.user_id is null then 'NO_USER'
    when i.role is null or i.role not in ('driver', 'passenger') then 'UNKNOWN_ROLE'
    when i.vehicle_type is null then 'UNKNOWN_VEHICLE'
    when i.status is null then 'UNKNOWN_STATUS'
    when o.pickup_latitude is null or o.pickup_longitude is null then 'NO_PICKUP'
    when v_point.lat is null then 'BAD_COORDINATES' end;
  if r.reject is not null then return r; end if;
  i.pickup_lat := v_point.lat;
  i.pickup_lng := v_point.lng;
  if v_point.exchanged then r.repairs := r.repairs || 'SWAPPED_COORDINATES'::text; end if;
  if v_obsolete then r.repairs := r.repairs || 'OBSOLETE_STATUS'::text; end if;

  v_point := mobility_v1.read_point(o.dropoff_latitude, o.dropoff_longitude);
  i.dropoff_lat := v_point.lat;
  i.dropoff_lng := v_point.lng;
  if v_point.exchanged then
    r.repairs := r.repairs || 'SWAPPED_DROPOFF'::text;
  elsif v_point.lat is null and (o.dropoff_latitude is not null or o.dropoff_longitude is not null) then
    r.repairs := r.repairs || 'BAD_DROPOFF'::text;
  end if;
  i.pickup_text := left(o.pickup_text, 300);
  i.dropoff_text := left(o.dropoff_text, 300);
  if greatest(char_length(o.pickup_text), char_length(o.dropoff_text)) > 300 then
    r.repairs := r.repairs || 'TEXT_CUT'::text;
  end if;

  i.scheduled_for := o.scheduled_at;
  i.created_at := coalesce(o.created_at, o.last_location_at, o.matched_at, o.scheduled_at, '2000-01-01T00:00:00Z');
  if o.created_at is null then r.repairs := r.repairs || 'NO_CREATION_TIME'::text; end if;
  i.expires_at := o.expires_at;
  if o.expires_at is null then
    r.repairs := r.repairs || 'NO_EXPIRY'::text;
  elsif o.expires_at <= i.created_at then
    i.expires_at := null;
    r.repairs := r.repairs || 'EXPIRY_BEFORE_CREATION'::text;
  end if;
  i.expires_at := coalesce(i.expires_at, greatest(i.created_at, o.scheduled_at) + interval '30 minutes');
  r.image := i;
  return r;
end
$$;

COMMENT ON FUNCTION mobility_v1.read_trip(o mobility_v1.old_trip) IS 'A trip of V1 in V2''s words, or why it cannot be one.';

CREATE FUNCTION mobility_v1.refresh_positions() RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_rows integer := 0;
begin
  update mobility_v1.bridge set positions_at = now() where positions_at < now() - interval '1 minute';
  if not found or not mobility_v1.lock_bridge() then return 0; end if;
  execute 'with seen as materialized (
      select o.id, l.position_at from public.rides_trips o
      join mobility.live_positions l on l.trip_id = o.id and l.role = ''driver''
      where l.available and o.status = ''open'' and l.position_at > o.last_location_at + interval ''2 minutes''
      for no key update of o skip locked
    )
    update public.rides_trips o set last_location_at = s.position_at from seen s where o.id = s.id';
  get diagnostics v_rows = row_count;
  perform mobility_v1.leave_bridge();
  return v_rows;
end
$$;

COMMENT ON FUNCTION mobility_v1.refresh_positions() IS 'Tells V1 when V2''s drivers were seen.';

CREATE FUNCTION mobility_v1.reject(p_table text, p_id uuid, p_reason text, p_side "char" DEFAULT '1'::"char", p_needs uuid DEFAULT NULL::uuid, p_detail jsonb DEFAULT '{}'::jsonb) RETURNS text
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  insert into mobility_v1.rejects as r ("table", id, side, reason, detail, needs)
  values (p_table, p_id, p_side, p_reason, p_detail, p_needs)
  on conflict ("table", id) do update set side = excluded.side, reason = excluded.reason, detail = excluded.detail,
    needs = excluded.needs, at = case when r.reason = excluded.reason then r.at else now() end;
  select 'rejected'
$$;

COMMENT ON FUNCTION mobility_v1.reject(p_table text, p_id uuid, p_reason text, p_side "char", p_needs uuid, p_detail jsonb) IS 'Lists a row that cannot be carried.';

CREATE FUNCTION mobility_v1.ride_rank(p_status text) RETURNS integer
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
begin
  return array_position(array['pending', 'accepted', 'driver_arrived', 'in_progress', 'expired', 'declined',
    'cancelled_passenger', 'cancelled_driver', 'completed'], p_status);
end
$$;

COMMENT ON FUNCTION mobility_v1.ride_rank(p_status text) IS 'How far a state of a match is: when two sides differ, the further one holds.';

CREATE FUNCTION mobility_v1.set_aside(p_user_id uuid, p_role text, p_except uuid, p_reason text, p_needs uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  r record;
begin
  for r in
    select t.id, c.born from mobility.trips t left join mobility_v1.carried_trips c on c.id = t.id
    where t.user_id = p_user_id and t.role = p_role and t.status = 'open' and t.scheduled_for is null and t.id <> p_except
    order by t.id
  loop
    perform 1 from mobility.trips where id = r.id for update skip locked;
    if not found or not mobility.try_lock_offers(r.id) then perform mobility_v1.busy(); end if;
    perform mobility.end_trip(r.id, 'expired');
    if r.born = '1' then
      update mobility_v1.carried_trips k set base.status = 'expired' where k.id = r.id;
      insert into mobility_v1.repairs as x ("table", id, reason, needs) values ('trips', r.id, p_reason, p_needs)
      on conflict ("table", id, reason) do update set needs = excluded.needs;
    else
      perform mobility_v1.note('trips', r.id);
    end if;
  end loop;
end
$$;

COMMENT ON FUNCTION mobility_v1.set_aside(p_user_id uuid, p_role text, p_except uuid, p_reason text, p_needs uuid) IS 'Ends what a person has open beside a trip.';

CREATE FUNCTION mobility_v1.settle(p_table text, p_id uuid, p_repairs text[], p_needs uuid DEFAULT NULL::uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  delete from mobility_v1.rejects where "table" = p_table and id = p_id;
  delete from mobility_v1.repairs where "table" = p_table and id = p_id and reason <> all (p_repairs)
    -- What V2's rows are made of was decided when they were made.
    and reason not in ('SYNTHETIC_DRIVER_TRIP', 'SYNTHETIC_PASSENGER_TRIP', 'DELETED_IN_V1');
  if p_repairs <> '{}' then
    insert into mobility_v1.repairs as r ("table", id, reason, needs)
    select p_table, p_id, reason, case when reason in ('DUPLICATE_PHONE', 'OLDER_OPEN_TRIP', 'BESIDE_A_RIDE') then p_needs end
    from unnest(p_repairs) reason
    on conflict ("table", id, reason) do update set needs = excluded.needs where r.needs is distinct from excluded.needs;
  end if;
end
$$;

COMMENT ON FUNCTION mobility_v1.settle(p_table text, p_id uuid, p_repairs text[], p_needs uuid) IS 'Lists what was repaired in a row that was carried.';

CREATE FUNCTION mobility_v1.sync(p_limit integer DEFAULT 200) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  r record;
  v_notes integer := 0;
  v_carried integer := 0;
  v_rejected integer := 0;
  v_later integer := 0;
begin
  if not exists (select from mobility_v1.bridge where installed)
     or not mobility_v1.lock_bridge() then
    return '{"notes": 0, "carried": 0, "rejected": 0, "later": 0}'::jsonb;
  end if;
  -- The notes are read before the rows: a change that comes in between leaves a note for the next time.
  for r in
    with claimed as materialized (
      delete from mobility_v1.changes where seq = any (array(
        select seq from mobility_v1.changes where not_before <= clock_timestamp() order by seq limit p_limit
        for update skip locked))
      returning tbl, id, tries
    )
    select tbl, id, max(tries) as tries, count(*) as notes from claimed group by tbl, id
    -- People before their trips before their matches.
    order by array_position(array['profiles', 'trips', 'matches'], tbl), id
  loop
    v_notes := v_notes + r.notes;
    case mobility_v1.carry(r.tbl, r.id, r.tries)
      when 'rejected' then v_rejected := v_rejected + 1;
      when 'later' then v_later := v_later + 1;
      else v_carried := v_carried + 1;
    end case;
  end loop;
  perform mobility_v1.leave_bridge();
  return jsonb_build_object('notes', v_notes, 'carried', v_carried, 'rejected', v_rejected, 'later', v_later);
end
$$;

COMMENT ON FUNCTION mobility_v1.sync(p_limit integer) IS 'Carries what was noted to the other side.';

CREATE FUNCTION mobility_v1.triggers() RETURNS TABLE("table" text, name text, definition text)
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  -- What the bridge itself writes is not noted.
  select t.t, 'mobility_v1_' || e.e, format(
    'after %s on %s referencing %s table as changed for each statement when (%s) execute function mobility_v1.%I(%L)',
    e.e, t.t, case e.e when 'delete' then 'old' else 'new' end, c.condition,
    case t.tbl when 'profiles' then 'note_people' else 'note_rows' end, t.tbl)
  from (values ('public.profiles', 'profiles'), ('public.rides_trips', 'trips'),
    ('public.mobility_matches', 'matches')) t (t, tbl),
    unnest(array['insert', 'update', 'delete']) e (e),
    (values ('coalesce(current_setting(''mobility_v1.carrying'', true), '''') <> ''on''')) c (condition)
  union all
  select t.t, 'mobility_v1_' || e.e, format(
    'after %s on %s for each row when (%s) execute function mobility_v1.%I(%L)', e.e, t.t,
    c.condition || case e.e when 'update' then ' and old.* is distinct from new.*' else '' end,
    case t.tbl when 'profiles' then 'note_person' else 'note_change' end, t.tbl)
  from (values ('mobility.profiles', 'profiles'), ('mobility.trips', 'trips'),
    ('mobility.matches', 'matches')) t (t, tbl),
    unnest(array['insert', 'update', 'delete']) e (e),
    (values ('coalesce(current_setting(''mobility_v1.carrying'', true), '''') <> ''on''')) c (condition)
  union all
  values ('mobility.trips', 'mobility_v1_hush', 'after update of status on mobility.trips for each row
      when (new.status = ''expired'' and old.status = ''open'') execute function mobility_v1.hush(''trips'')'),
    ('mobility.matches', 'mobility_v1_hush', 'after insert or update of status on mobility.matches for each row
      execute function mobility_v1.hush(''matches'')')
  union all
  select 'mobility.outbox', 'mobility_v1_silence', 'before insert on mobility.outbox for each row
    when (coalesce(current_setting(''mobility_v1.carrying'', true), '''') = ''on''
      or coalesce(current_setting(''mobility_v1.hush'', true), '''') = ''on'')
    execute function mobility_v1.drop_message()'
$$;

COMMENT ON FUNCTION mobility_v1.triggers() IS 'The triggers of the bridge.';

CREATE FUNCTION mobility_v1.uninstall() RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO ''
    SET lock_timeout TO '3s'
    AS $$
declare
  r record;
begin
  for r in
    select t.* from mobility_v1.triggers() t
    where exists (select from pg_trigger g where g.tgrelid = to_regclass(t."table") and g.tgname = t.name)
  loop
    execute format('drop trigger %I on %s', r.name, r."table");
  end loop;
  update mobility_v1.bridge set installed = false where installed;
  delete from mobility_v1.changes;
  return true;
end
$$;

COMMENT ON FUNCTION mobility_v1.uninstall() IS 'Takes the bridge down; the lists stay.';

CREATE FUNCTION mobility_v1.verify() RETURNS TABLE("table" text, id uuid, "column" text, v1 text, v2 text)
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
begin
  if not mobility_v1.has_v1() then return; end if;
  return query select * from mobility_v1.verify_profiles();
  return query select * from mobility_v1.verify_trips();
  return query select * from mobility_v1.verify_matches();
end
$$;

COMMENT ON FUNCTION mobility_v1.verify() IS 'Every difference between V1 and V2.';

CREATE FUNCTION mobility_v1.verify_matches() RETURNS TABLE("table" text, id uuid, "column" text, v1 text, v2 text)
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $_$
begin
  return query execute $query$
    with read as materialized (
      select o.id, coalesce(o.updated_at, o.created_at) as at, mobility_v1.read_match(row(o.id, o.driver_id,
        o.passenger_id, o.trip_id, o.vehicle_type, o.pickup_latitude, o.pickup_longitude, o.dropoff_latitude,
        o.dropoff_longitude, o.pickup_text, o.dropoff_text, o.fare_estimate, o.actual_fare, o.currency, o.distance_km,
        o.status, o.created_at, o.updated_at, o.matched_at, o.accepted_at, o.started_at, o.pickup_time, o.dropoff_time,
        o.completed_at, o.cancelled_at, o.cancellation_reason, o.metadata)::mobility_v1.old_match) as r
      from public.mobility_matches o
    ), image as materialized (
      select a.id, (a.r).reject, m.id as there, (a.r).image as a, mobility_v1.image_of(m) as b,
        -- What V2's clock ended and V1 forgot.
        m.status = 'expired' and mobility_v1.is_stale(((a.r).image).status, coalesce(a.at, ((a.r).image).created_at)) as forgotten
      from read a left join mobility.matches m on m.id = a.id
    )
    select d.* from image e, mobility_v1.differences('matches', e.id, to_jsonb(e.a), to_jsonb(e.b)) d
    where e.there is not null and e.reject is null and not e.forgotten and e.a is distinct from e.b
      and not exists (select from mobility_v1.rejects x where x."table" = 'matches' and x.id = e.id)
    union all
    select 'matches', e.id, '*', 'there', null from image e
    where (e.there is null or e.reject is not null)
      and not exists (select from mobility_v1.rejects x where x."table" = 'matches' and x.id = e.id)
    union all
    select 'matches', m.id, '*', null, 'there' from mobility.matches m
    left join public.mobility_matches o on o.id = m.id
    where o.id is null
      and not exists (select from mobility_v1.rejects x where x."table" = 'matches' and x.id = m.id)
      and not exists (select from mobility_v1.repairs x
        where x."table" = 'matches' and x.id = m.id and x.reason = 'DELETED_IN_V1')
  $query$;
end
$_$;

COMMENT ON FUNCTION mobility_v1.verify_matches() IS 'Matches that are not equal on both sides.';

CREATE FUNCTION mobility_v1.verify_profiles() RETURNS TABLE("table" text, id uuid, "column" text, v1 text, v2 text)
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $_$
begin
  return query execute $query$
    with read as (
      select o.user_id as id, mobility_v1.read_profile(row(o.user_id, o.whatsapp_number, o.phone_number, o.display_name,
        o.role, o.locale, o.created_at)::mobility_v1.old_profile) as r
      from public.profiles o
    ), image as (
      select a.id, (a.r).image as i, p.user_id, mobility_v1.image_of(p) as b
      from read a left join mobility.profiles p on p.user_id = a.id
    ), expected as (
      -- A number that somebody else has in V2 cannot be this person's.
      select e.id, e.user_id, e.b, case when (e.i).phone is distinct from (e.b).phone and (e.b).phone is null
        and exists (select from mobility.profiles h where h.phone = (e.i).phone and h.user_id <> e.id)
        then row(null, (e.i).display_name, (e.i).locale, (e.i).created_at)::mobility_v1.profile_image else e.i end as a
      from image e
    )
    select d.* from expected e, mobility_v1.differences('profiles', e.id, to_jsonb(e.a), to_jsonb(e.b)) d
    where e.user_id is not null and e.a is distinct from e.b
      and not exists (select from mobility_v1.rejects x where x."table" = 'profiles' and x.id = e.id)
    union all
    select 'profiles', e.id, '*', 'there', null from expected e
    where e.user_id is null and not exists (select from mobility_v1.rejects x where x."table" = 'profiles' and x.id = e.id)
    union all
    select 'profiles', p.user_id, '*', null, 'there' from mobility.profiles p
    left join public.profiles o on o.user_id = p.user_id
    where o.user_id is null
      and not exists (select from mobility_v1.synthetic x where x."table" = 'profiles' and x.id = p.user_id)
      and not exists (select from mobility_v1.rejects x where x."table" = 'profiles' and x.id = p.user_id)
      and not exists (select from mobility_v1.repairs x
        where x."table" = 'profiles' and x.id = p.user_id and x.reason = 'DELETED_IN_V1')
  $query$;
end
$_$;

COMMENT ON FUNCTION mobility_v1.verify_profiles() IS 'People that are not equal on both sides.';

CREATE FUNCTION mobility_v1.verify_trips() RETURNS TABLE("table" text, id uuid, "column" text, v1 text, v2 text)
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $_$
begin
  return query execute $query$
    with read as materialized (
      select o.id, mobility_v1.read_trip(row(o.id, o.creator_user_id, o.role, o.vehicle_type, o.pickup_latitude,
          o.pickup_longitude, o.pickup_text, o.dropoff_latitude, o.dropoff_longitude, o.dropoff_text, o.status,
          o.scheduled_at, o.created_at, o.matched_at, o.expires_at, o.last_location_at)::mobility_v1.old_trip) as r
      from public.rides_trips o
    ), image as materialized (
      select a.id, (a.r).reject, t.id as there, to_jsonb((a.r).image) as a, to_jsonb(mobility_v1.image_of(t)) as b,
        ((a.r).image).status = 'open' and ((a.r).image).expires_at <= now()
          or exists (select from mobility_v1.repairs x where x."table" = 'trips' and x.id = a.id
            and x.reason in ('OLDER_OPEN_TRIP', 'BESIDE_A_RIDE')) as a_over,
        t.status = 'open' and t.expires_at <= now() as b_over
      from read a left join mobility.trips t on t.id = a.id
    )
    select d.* from image e, mobility_v1.differences('trips', e.id,
        case when e.a_over and e.a ->> 'status' = 'open' then e.a || '{"status": "expired"}' else e.a end,
        case when e.b_over then e.b || '{"status": "expired"}' else e.b end) d
    where e.there is not null and e.reject is null and e.a is distinct from e.b
      and not exists (select from mobility_v1.rejects x where x."table" = 'trips' and x.id = e.id)
    union all
    select 'trips', e.id, '*', 'there', null from image e
    where (e.there is null or e.reject is not null)
      and not exists (select from mobility_v1.rejects x where x."table" = 'trips' and x.id = e.id)
    union all
    select 'trips', t.id, '*', null, 'there' from mobility.trips t
    left join public.rides_trips o on o.id = t.id
    where o.id is null
      and not exists (select from mobility_v1.synthetic x where x."table" = 'trips' and x.id = t.id)
      and not exists (select from mobility_v1.rejects x where x."table" = 'trips' and x.id = t.id)
      and not exists (select from mobility_v1.repairs x
        where x."table" = 'trips' and x.id = t.id and x.reason = 'DELETED_IN_V1')
    union all
    -- Who could not be found by the searches, or would be and must not.
    select 'trips', t.id, 'live_position', t.status, case when l.trip_id is null then 'missing' else 'left over' end
    from mobility.trips t full join mobility.live_positions l on l.trip_id = t.id
    where (t.status in ('open', 'matched')) is distinct from (l.trip_id is not null)
  $query$;
end
$_$;

COMMENT ON FUNCTION mobility_v1.verify_trips() IS 'Trips that are not equal on both sides.';

CREATE FUNCTION mobility_v1.wake(p_id uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  insert into mobility_v1.changes (side, tbl, id) select '1', r."table", r.id from mobility_v1.rejects r where r.needs = p_id;
  insert into mobility_v1.changes (side, tbl, id) select '1', r."table", r.id from mobility_v1.repairs r where r.needs = p_id;
end
$$;

COMMENT ON FUNCTION mobility_v1.wake(p_id uuid) IS 'Has the rows carried that waited for this one.';

CREATE FUNCTION mobility_v1.walk(m mobility.matches, p_from text, i mobility_v1.match_image) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION mobility_v1.walk(m mobility.matches, p_from text, i mobility_v1.match_image) IS 'Appends what happened to a match on its way to a state, and counts it.';

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
  -- Once is asking, twice is nagging.
  if p_acting_user is not null and exists (
    select 1 from mobility.matches d
    where d.passenger_trip_id = v_passenger.id and d.driver_trip_id = v_driver.id and d.status = 'declined'
      and p_acting_user = case d.initiated_by when 'driver' then d.driver_user_id else d.passenger_user_id end
  ) then
    raise sqlstate 'PT409' using message = 'MATCH_DECLINED', detail = 'The other side declined this ride before';
  end if;

  m := mobility.bind_trips(v_passenger, v_driver, jsonb_build_object(
    'id', p_match_id,
    'initiated_by', case p_acting_user when v_driver.user_id then 'driver' when v_passenger.user_id then 'passenger'
      else p_initiated_by end,
    'respond_by', now() + make_interval(secs => p_respond_within_s)));
  perform mobility.tell_match(m, null);
  return mobility.remember(p_acting_user, p_idempotency_key, mobility.match_json(m, p_acting_user));
end
$$;

COMMENT ON FUNCTION public.accept_match(p_acting_user uuid, p_passenger_trip_id uuid, p_driver_trip_id uuid, p_initiated_by text, p_respond_within_s integer, p_match_id uuid, p_idempotency_key text) IS 'Binds a passenger trip and a driver trip in a pending match.';

CREATE FUNCTION public.acknowledge_sos(p_acting_user uuid, p_alert_id uuid, p_by text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_operator text := mobility.check_operator(p_acting_user);
  a mobility.sos_alerts;
begin
  select * into a from mobility.sos_alerts where id = p_alert_id for update;
  if not found then
    raise sqlstate 'PT404' using message = 'ALERT_NOT_FOUND', detail = 'No call for help has this id';
  end if;
  if a.acknowledged_at is null then
    update mobility.sos_alerts set acknowledged_at = now(), acknowledged_by = case
      when p_acting_user is null then coalesce(left(nullif(trim(p_by), ''), 120), v_operator) else v_operator end
    where id = a.id returning * into a;
    perform mobility.log_operator(p_acting_user, 'acknowledge_sos', a.id::text);
  end if;
  return jsonb_build_object('operator', v_operator, 'alert', mobility.sos_json(a));
end
$$;

COMMENT ON FUNCTION public.acknowledge_sos(p_acting_user uuid, p_alert_id uuid, p_by text) IS 'Takes up a call for help: {alert}.';

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
  elsif p_action = 'arrive' then
    perform mobility.check_arrival(m);
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

CREATE FUNCTION public.answer_inbox(p_event_id bigint, p_lease uuid, p_answer jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  e mobility.inbox;
  c mobility.conversations;
  v_result jsonb;
  v_said jsonb;
  v_said_ids uuid[];
begin
  select * into e from mobility.inbox where id = p_event_id;
  select * into c from mobility.conversations where user_id = e.user_id for update;
  -- The event as it is under the lock.
  select * into e from mobility.inbox where id = p_event_id;
  if p_lease is null or c.lease is distinct from p_lease or e.id is null or e.done_at is not null then
    raise sqlstate 'PT409' using message = 'LEASE_LOST', detail = 'Another worker answers this message';
  end if;
  -- Whoever answers goes on sending: nobody has to be woken for it.
  perform set_config('mobility.worker', 'on', true);
  if p_answer ->> 'locale' is not null then
    update mobility.profiles set locale = p_answer ->> 'locale' where user_id = e.user_id;
  end if;
  for v_said in select * from jsonb_array_elements(p_answer -> 'say') loop
    v_said_ids := v_said_ids || mobility.say(e.user_id, v_said ->> 'kind', v_said -> 'params');
  end loop;
  if jsonb_typeof(p_answer -> 'command') = 'object' then
    v_result := mobility.run_command(e.user_id, p_answer -> 'command');
    if coalesce(v_result #> '{match,error}', v_result -> 'error') is not null then
      -- Of this answer nothing stays but what the command counted.
      delete from mobility.outbox where id = any (v_said_ids);
      return jsonb_build_object('error', coalesce(v_result #> '{match,error}', v_result -> 'error'));
    end if;
  end if;
  update mobility.conversations set step = p_answer ->> 'step', context = p_answer -> 'context',
    locale_known = locale_known or p_answer ->> 'locale' is not null, lease = null, lease_until = null
  where user_id = e.user_id;
  update mobility.inbox set done_at = now(), error_code = null where id = e.id;
  return jsonb_build_object('done', true, 'result', v_result);
end
$$;

COMMENT ON FUNCTION public.answer_inbox(p_event_id bigint, p_lease uuid, p_answer jsonb) IS 'Answers a leased message in one transaction: {done, result}.';

CREATE FUNCTION public.answer_offer(p_acting_user uuid, p_offer_id uuid, p_accept boolean, p_match_id uuid DEFAULT NULL::uuid, p_idempotency_key text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_answer jsonb := mobility.replay(p_acting_user, p_idempotency_key, jsonb_build_object(
    'do', 'answer_offer', 'offer', p_offer_id, 'accept', p_accept));
  o mobility.offers;
  m mobility.matches;
  v_passenger mobility.trips;
  v_driver mobility.trips;
begin
  if v_answer is not null then return v_answer; end if;
  select * into o from mobility.offers where id = p_offer_id;
  if not found then
    raise sqlstate 'PT404' using message = 'OFFER_NOT_FOUND', detail = 'No offer has this id';
  elsif p_acting_user <> o.driver_user_id then
    raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'The offer was made to somebody else';
  end if;
  perform mobility.lock_trips(o.passenger_trip_id, o.driver_trip_id);
  select * into o from mobility.offers where id = p_offer_id for update;
  if o.status <> 'offered' or o.expires_at <= now() then
    raise sqlstate 'PT409' using message = 'OFFER_GONE', detail = 'The offer is not open any more',
      hint = jsonb_build_object('reason', case o.status when 'offered' then 'expired' else o.status end)::text;
  end if;
  -- Answered by other means than the message, it need not be sent any more.
  perform mobility.withdraw(o.id);
  if not p_accept then
    update mobility.offers set status = 'declined', answered_at = now() where id = o.id;
    perform mobility.add_to_metrics(o.driver_user_id, 'driver', jsonb_build_object('offers_declined', 1,
      'response_ms_total', (extract(epoch from now() - o.created_at) * 1000)::bigint));
    perform mobility.say(o.driver_user_id, 'offer_declined');
    perform mobility.advance_dispatch(o.dispatch_id);
    return mobility.remember(p_acting_user, p_idempotency_key, '{"declined": true}'::jsonb);
  end if;
  select * into v_passenger from mobility.trips where id = o.passenger_trip_id;
  select * into v_driver from mobility.trips where id = o.driver_trip_id;
  perform mobility.check_open(v_passenger, 'passenger');
  perform mobility.check_open(v_driver, 'driver');
  update mobility.offers set status = 'accepted', answered_at = now() where id = o.id;
  m := mobility.bind_trips(v_passenger, v_driver, jsonb_build_object(
    'id', p_match_id, 'initiated_by', 'passenger', 'respond_by', o.expires_at, 'created_at', o.created_at));
  m := mobility.apply_transition(m, 'accepted', 'driver', null);
  return mobility.remember(p_acting_user, p_idempotency_key,
    jsonb_build_object('match', mobility.match_json(m, p_acting_user)));
end
$$;

COMMENT ON FUNCTION public.answer_offer(p_acting_user uuid, p_offer_id uuid, p_accept boolean, p_match_id uuid, p_idempotency_key text) IS 'A driver''s answer to an offer: {match} or {declined}.';

CREATE FUNCTION public.assign_dispatches(p_orders jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  o record;
  v_next timestamptz := mobility.next_assignment();
  v_assigned integer := 0;
  v_postponed integer := 0;
begin
  for o in
    select d.id, d.passenger_trip_id, r.trip_ids
    from rows from (jsonb_to_recordset(p_orders) as (dispatch_id uuid, trip_ids uuid[]))
      with ordinality as r (dispatch_id, trip_ids, place)
    join mobility.dispatches d on d.id = r.dispatch_id
    order by r.place
  loop
    perform 1 from mobility.trips where id = o.passenger_trip_id for update skip locked;
    continue when not found;
    if o.trip_ids is null and v_next is not null then
      update mobility.dispatches set assign_after = v_next
      where id = o.id and status = 'running' and assign_after is not null;
      v_postponed := v_postponed + found::integer;
      continue;
    end if;
    update mobility.dispatches d set assign_after = null, next_candidate = 0, candidates = (
      select coalesce(jsonb_agg(c.value order by array_position(o.trip_ids, (c.value ->> 'trip_id')::uuid), c.ordinality), '[]')
      from jsonb_array_elements(d.candidates) with ordinality c)
    where d.id = o.id and d.status = 'running' and d.assign_after is not null;
    continue when not found;
    -- The first alone: others of its list are being asked for somebody else.
    perform mobility.advance_dispatch(o.id, 1);
    v_assigned := v_assigned + 1;
  end loop;
  return jsonb_build_object('assigned', v_assigned, 'postponed', v_postponed,
    'next_in_s', case when v_postponed > 0 then extract(epoch from v_next - now())::float8 end);
end
$$;

COMMENT ON FUNCTION public.assign_dispatches(p_orders jsonb) IS 'Sends the first offers of requests that were assigned together.';

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

CREATE FUNCTION public.claim_deliveries(p_limit integer DEFAULT 20, p_lease_s integer DEFAULT 60) RETURNS jsonb
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  with due as materialized (
    select id from mobility.deliveries
    where status = 'queued' and not_before <= now() and (lease_until is null or lease_until <= now())
    order by not_before limit p_limit for update skip locked
  ),
  claimed as (
    update mobility.deliveries d
    set lease = gen_random_uuid(), lease_until = now() + make_interval(secs => p_lease_s), attempts = attempts + 1
    from due where d.id = due.id returning d.*
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', id, 'lease', lease, 'target', target, 'attempts', attempts - 1, 'headers', headers,
    -- Base 64 of RFC 2045 has line breaks.
    'body_base64', translate(encode(body, 'base64'), E'\n', ''))), '[]')
  from claimed
$$;

COMMENT ON FUNCTION public.claim_deliveries(p_limit integer, p_lease_s integer) IS 'Leases posts to the operator''s systems.';

CREATE FUNCTION public.claim_inbox(p_limit integer DEFAULT 10, p_lease_s integer DEFAULT 30) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_user_id uuid;
  v_lease uuid;
  c mobility.conversations;
  e mobility.inbox;
  p mobility.profiles;
  v_claimed jsonb := '[]'::jsonb;
begin
  for v_user_id in
    select i.user_id from mobility.inbox i
    join mobility.conversations o on o.user_id = i.user_id
    where i.done_at is null and i.not_before <= now() and (o.lease_until is null or o.lease_until <= now())
    group by i.user_id order by min(i.id)
  loop
    -- Of those whom nobody else is just taking: a limit of the query would count them too.
    exit when jsonb_array_length(v_claimed) >= p_limit;
    select * into c from mobility.conversations where user_id = v_user_id for update skip locked;
    continue when not found or c.lease_until > now();
    -- Read after the lock: what another worker has just answered is not pending any more.
    loop
      select * into e from mobility.inbox
      where user_id = v_user_id and done_at is null and (not_before <= now() or attempts < 3)
      order by sent_at, id limit 1;
      exit when not found or e.attempts < 10;
      -- Every worker that had it is gone.
      perform mobility.give_up(e, 'TOO_MANY_ATTEMPTS');
    end loop;
    continue when e.id is null or e.not_before > now();
    v_lease := gen_random_uuid();
    update mobility.conversations set lease = v_lease, lease_until = now() + make_interval(secs => p_lease_s)
    where user_id = v_user_id;
    update mobility.inbox set attempts = attempts + 1 where id = e.id;
    select * into p from mobility.profiles where user_id = v_user_id;
    v_claimed := v_claimed || jsonb_build_object(
      'event', jsonb_build_object('id', e.id, 'lease', v_lease, 'message_id', e.message_id, 'content', e.content,
        'sent_at', e.sent_at, 'attempts', e.attempts),
      'person', jsonb_build_object('user_id', p.user_id, 'locale', p.locale, 'locale_known', c.locale_known,
        'display_name', p.display_name, 'phone', p.phone, 'whatsapp_user_id', p.whatsapp_user_id),
      'conversation', jsonb_build_object('step', c.step, 'context', c.context),
      'situation', mobility.situation_of(v_user_id));
  end loop;
  return v_claimed;
end
$$;

COMMENT ON FUNCTION public.claim_inbox(p_limit integer, p_lease_s integer) IS 'Leases messages to answer, with where each person stands.';

CREATE FUNCTION public.claim_outbox(p_limit integer DEFAULT 20, p_lease_s integer DEFAULT 60) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_rate mobility.sending_rate;
  v_lease uuid := gen_random_uuid();
  v_limit integer;
  v_claimed uuid[];
begin
  -- Claims follow each other, which keeps the rate; each takes a few milliseconds.
  select * into v_rate from mobility.sending_rate for update;
  v_limit := least(p_limit, floor(greatest(1, v_rate.per_second / 3)
    - greatest(0, extract(epoch from v_rate.next_slot_at - now())) * v_rate.per_second));
  if v_limit <= 0 then return '[]'::jsonb; end if;

  -- Never waits while it holds other rows; and what a worker is sending right now is the worker's to tell of.
  update mobility.outbox
  set status = case when valid_until <= now() then 'expired' else 'dead' end, lease = null,
    error_detail = case when valid_until <= now() then error_detail else coalesce(error_detail, 'too many attempts') end
  where id = any (array(select id from mobility.outbox
    where status = 'queued' and (valid_until <= now() or attempts >= 10) and (lease_until is null or lease_until <= now())
    for update skip locked));

  v_claimed := array(
    select o.id from mobility.outbox o
    where o.status = 'queued' and o.not_before <= now() and (o.lease_until is null or o.lease_until <= now())
      and not exists (
        select 1 from mobility.outbox e
        where e.user_id = o.user_id and e.status = 'queued' and e.seq < o.seq
      )
      and not exists (
        select 1 from mobility.sending_pairs r
        where r.user_id = o.user_id and r.next_slot_at > now() + 44 * interval '6 seconds'
      )
    order by o.seq limit v_limit for update skip locked
  );
  if cardinality(v_claimed) = 0 then return '[]'::jsonb; end if;
  update mobility.outbox
  set lease = v_lease, lease_until = now() + make_interval(secs => p_lease_s), attempts = attempts + 1
  where id = any (v_claimed);
  insert into mobility.sending_pairs as r (user_id, next_slot_at)
  select user_id, now() + interval '6 seconds' from mobility.outbox where id = any (v_claimed) order by user_id
  on conflict (user_id) do update set next_slot_at = greatest(r.next_slot_at, now()) + interval '6 seconds';
  update mobility.sending_rate
  set next_slot_at = greatest(next_slot_at, now())
    + make_interval(secs => cardinality(v_claimed)::double precision / per_second);

  return (
    select jsonb_agg(jsonb_build_object(
      'id', o.id, 'lease', o.lease, 'kind', o.kind, 'params', o.params, 'locale', p.locale,
      'to', jsonb_build_object('whatsapp_user_id', p.whatsapp_user_id, 'phone', p.phone),
      -- A minute less than the API's 24 hours: clocks differ.
      'window_open', not o.as_template and coalesce(c.last_inbound_at > now() - interval '23:59', false),
      'attempts', o.attempts - 1) order by o.seq)
    from mobility.outbox o
    join mobility.profiles p on p.user_id = o.user_id
    left join mobility.conversations c on c.user_id = o.user_id
    where o.id = any (v_claimed)
  );
end
$$;

COMMENT ON FUNCTION public.claim_outbox(p_limit integer, p_lease_s integer) IS 'Leases messages to send, the oldest of each person.';

CREATE FUNCTION public.create_link(p_acting_user uuid, p_match_id uuid, p_viewer text DEFAULT 'guest'::text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  m mobility.matches;
  v_user_id uuid;
  v_token text;
begin
  select * into m from mobility.matches where id = p_match_id;
  if not found then
    raise sqlstate 'PT404' using message = 'MATCH_NOT_FOUND', detail = 'No match has this id';
  elsif p_acting_user not in (m.driver_user_id, m.passenger_user_id)
    or p_viewer = 'driver' and p_acting_user <> m.driver_user_id
    or p_viewer = 'passenger' and p_acting_user <> m.passenger_user_id then
    raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'The match belongs to other people';
  end if;
  v_user_id := coalesce(p_acting_user, case p_viewer when 'driver' then m.driver_user_id else m.passenger_user_id end);
  v_token := mobility.make_trip_link(m.id, p_viewer, v_user_id);
  return jsonb_build_object('token', v_token, 'viewer', p_viewer, 'expires_at', (
    select expires_at from mobility.trip_links where token_hash = sha256(convert_to(v_token, 'UTF8'))));
end
$$;

COMMENT ON FUNCTION public.create_link(p_acting_user uuid, p_match_id uuid, p_viewer text) IS 'Makes a link to a ride: {token, viewer, expires_at}.';

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
    -- A matched one is locked as well: its match may be about to end, and reopen it or open another.
    perform 1 from mobility.trips
    where user_id = p_user_id and role = p_role and status in ('open', 'matched') and scheduled_for is null
    for update;
    if exists (
      select 1 from mobility.matches m
      where m.live
        and (p_role = 'driver' and m.driver_user_id = p_user_id
          or p_role = 'passenger' and m.passenger_user_id = p_user_id)
    ) then
      raise sqlstate 'PT409' using message = 'ALREADY_IN_RIDE',
        detail = 'Finish or cancel the ride that is under way first';
    end if;
    select id into v_replaced from mobility.trips
    where user_id = p_user_id and role = p_role and status = 'open' and scheduled_for is null
    for update;
    if found then
      perform mobility.end_trip(v_replaced, 'cancelled', 'replaced');
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
    'refused_by', mobility.blocked_with(p_user_id),
    'vehicle', mobility.pace_json(v_vehicle, p_pickup_lat, p_pickup_lng)
  ));
end
$$;

COMMENT ON FUNCTION public.create_trip(p_acting_user uuid, p_user_id uuid, p_role text, p_vehicle_type text, p_pickup_lat double precision, p_pickup_lng double precision, p_pickup_text text, p_dropoff_lat double precision, p_dropoff_lng double precision, p_dropoff_text text, p_expires_in_s integer, p_scheduled_for timestamp with time zone, p_idempotency_key text) IS 'Opens a trip: {trip, replaced_trip_id, vehicle}.';

CREATE FUNCTION public.database_gauges() RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select mobility.connection_gauges() || mobility.table_gauges() || (
    select jsonb_build_object(
      'mobility_database_size_bytes', jsonb_build_array(jsonb_build_object('value', pg_database_size(d.datid))),
      'mobility_database_transactions_total', jsonb_build_array(
        jsonb_build_object('labels', '{"outcome": "commit"}'::jsonb, 'value', d.xact_commit),
        jsonb_build_object('labels', '{"outcome": "rollback"}'::jsonb, 'value', d.xact_rollback)),
      'mobility_database_blocks_total', jsonb_build_array(
        jsonb_build_object('labels', '{"source": "cache"}'::jsonb, 'value', d.blks_hit),
        jsonb_build_object('labels', '{"source": "disk"}'::jsonb, 'value', d.blks_read)),
      'mobility_database_deadlocks_total', jsonb_build_array(jsonb_build_object('value', d.deadlocks)),
      'mobility_database_temp_bytes_total', jsonb_build_array(jsonb_build_object('value', d.temp_bytes)))
    from pg_catalog.pg_stat_database d where d.datname = current_database())
$$;

COMMENT ON FUNCTION public.database_gauges() IS 'The database in numbers: {family: [{labels, value}]}.';

CREATE FUNCTION public.dispatch_trip(p_acting_user uuid, p_passenger_trip_id uuid, p_candidates jsonb, p_batch_size integer DEFAULT NULL::integer, p_offer_s integer DEFAULT 30, p_idempotency_key text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_answer jsonb := mobility.replay(p_acting_user, p_idempotency_key, jsonb_build_object(
    'do', 'dispatch_trip', 'trip', p_passenger_trip_id));
  t mobility.trips;
  d mobility.dispatches;
begin
  if v_answer is not null then return v_answer; end if;
  select * into t from mobility.trips where id = p_passenger_trip_id for update;
  if not found then
    raise sqlstate 'PT404' using message = 'TRIP_NOT_FOUND', detail = 'No trip has this id';
  elsif p_acting_user <> t.user_id then
    raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'The trip belongs to somebody else';
  elsif t.role <> 'passenger' then
    raise sqlstate 'PT422' using message = 'TRIP_WRONG_ROLE', detail = 'A driver is looked for by a passenger';
  end if;
  perform mobility.check_open(t, 'passenger');
  insert into mobility.dispatches as r (passenger_trip_id, candidates, batch_size, offer_s, assign_after)
  values (t.id, p_candidates, coalesce(p_batch_size, (select batch_size from mobility.dispatch_policy)), p_offer_s,
    mobility.next_assignment())
  on conflict (passenger_trip_id) where status = 'running'
  do update set candidates = excluded.candidates, next_candidate = 0
  returning * into d;
  perform mobility.say(t.user_id, 'dispatching', jsonb_build_object('trip_id', t.id));
  if d.assign_after is null then
    perform mobility.advance_dispatch(d.id);
    select * into d from mobility.dispatches where id = d.id;
  end if;
  return mobility.remember(p_acting_user, p_idempotency_key, jsonb_build_object('dispatch', jsonb_build_object(
    'id', d.id, 'passenger_trip_id', d.passenger_trip_id, 'status', d.status, 'candidates', jsonb_array_length(d.candidates),
    'offered', (select count(*) from mobility.offers where dispatch_id = d.id),
    'offers_in_s', case when d.assign_after > now() then extract(epoch from d.assign_after - now())::float8 end)));
end
$$;

COMMENT ON FUNCTION public.dispatch_trip(p_acting_user uuid, p_passenger_trip_id uuid, p_candidates jsonb, p_batch_size integer, p_offer_s integer, p_idempotency_key text) IS 'Offers a passenger''s trip to candidates in turn: {dispatch}.';

CREATE FUNCTION public.drop_dead_letter(p_acting_user uuid, p_queue text, p_id text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_operator text := mobility.check_operator(p_acting_user);
  v_uuid uuid := mobility.letter_uuid(p_queue, p_id);
  v_number bigint := mobility.letter_number(p_queue, p_id);
  v_dropped text;
begin
  if p_queue = 'outbox' then
    update mobility.outbox set status = 'withdrawn' where id = v_uuid and status = 'dead'
    returning kind into v_dropped;
  elsif p_queue = 'deliveries' then
    delete from mobility.deliveries where id = v_uuid and status = 'dead' returning target into v_dropped;
  elsif p_queue = 'inbox' then
    update mobility.inbox set error_code = null
    where id = v_number and error_code is not null and done_at is not null returning content ->> 'kind' into v_dropped;
  end if;
  if v_dropped is null then
    raise sqlstate 'PT404' using message = 'DEAD_LETTER_NOT_FOUND', detail = 'Nothing that was given up has this id';
  end if;
  perform mobility.log_operator(p_acting_user, 'drop_dead_letter', p_queue || ':' || p_id, v_dropped);
  return jsonb_build_object('operator', v_operator, 'queue', p_queue, 'id', p_id);
end
$$;

COMMENT ON FUNCTION public.drop_dead_letter(p_acting_user uuid, p_queue text, p_id text) IS 'Drops what was given up: {queue, id}.';

CREATE FUNCTION public.eta_accuracy(p_hours integer DEFAULT 24) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select coalesce(jsonb_agg(to_jsonb(a) order by a.leg, a.vehicle_type), '[]')
  from (
    select e.leg, e.vehicle_type, count(*) as rides, round(avg(e.error_s))::integer as mean_error_s,
      round(avg(abs(e.error_s)))::integer as mean_abs_error_s,
      round(percentile_cont(0.9) within group (order by abs(e.error_s)))::integer as p90_abs_error_s
    from (
      select 'pickup' as leg, t.vehicle_type, extract(epoch from m.arrived_at - m.accepted_at) - m.predicted_pickup_s as error_s
      from mobility.matches m join mobility.trips t on t.id = m.passenger_trip_id
      where m.arrived_at > now() - make_interval(hours => p_hours) and m.predicted_pickup_s is not null
      union all
      select 'ride', t.vehicle_type, extract(epoch from m.completed_at - m.started_at) - m.predicted_ride_s
      from mobility.matches m join mobility.trips t on t.id = m.passenger_trip_id
      where m.completed_at > now() - make_interval(hours => p_hours) and m.predicted_ride_s is not null
    ) e
    group by e.leg, e.vehicle_type
  ) a
$$;

COMMENT ON FUNCTION public.eta_accuracy(p_hours integer) IS 'How far predictions were off: [{leg, vehicle_type, rides, errors}].';

CREATE FUNCTION public.fail_inbox(p_event_id bigint, p_lease uuid, p_code text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  e mobility.inbox;
begin
  update mobility.conversations c set lease = null, lease_until = null
  from mobility.inbox i where i.id = p_event_id and c.user_id = i.user_id and c.lease = p_lease;
  if not found then return '{"dead": false}'::jsonb; end if;
  update mobility.inbox set error_code = left(p_code, 100),
    not_before = now() + least(interval '5 minutes', interval '1 second' * power(3, attempts))
  where id = p_event_id and done_at is null returning * into e;
  if e.attempts >= 5 then
    perform mobility.give_up(e, e.error_code);
  end if;
  return jsonb_build_object('dead', coalesce(e.attempts >= 5, false));
end
$$;

COMMENT ON FUNCTION public.fail_inbox(p_event_id bigint, p_lease uuid, p_code text) IS 'Gives back an event that could not be answered: {dead}.';

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
    'vehicle', mobility.pace_json(v_vehicle, p_lat, p_lng),
    'found', mobility.nearest(p_role, v_vehicle.code, p_lat, p_lng, p_limit)
  );
end
$$;

COMMENT ON FUNCTION public.find_nearby(p_role text, p_vehicle_type text, p_lat double precision, p_lng double precision, p_limit integer) IS 'Available people near a point: {vehicle, found}.';

CREATE FUNCTION public.find_place(p_text text, p_lat double precision DEFAULT NULL::double precision, p_lng double precision DEFAULT NULL::double precision) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select jsonb_build_object('name', p.name, 'lat', p.lat, 'lng', p.lng)
  from mobility.places p
  cross join (select lower(trim(p_text)) as wanted) w
  where char_length(w.wanted) >= 3 and position(w.wanted in lower(p.name)) > 0
  order by lower(p.name) = w.wanted desc, position(w.wanted in lower(p.name)) = 1 desc,
    mobility.distance_m(p_lat, p_lng, p.lat, p.lng), p.weight desc, p.code
  limit 1
$$;

COMMENT ON FUNCTION public.find_place(p_text text, p_lat double precision, p_lng double precision) IS 'The place meant by a name: {name, lat, lng} or null.';

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

COMMENT ON FUNCTION public.get_match(p_acting_user uuid, p_match_id uuid) IS 'A match, both positions, its events: what a tracker shows.';

CREATE FUNCTION public.get_offer_trips(p_offer_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select jsonb_build_object('passenger_trip_id', o.passenger_trip_id, 'driver_trip_id', o.driver_trip_id)
  from mobility.offers o where o.id = p_offer_id;
$$;

COMMENT ON FUNCTION public.get_offer_trips(p_offer_id uuid) IS 'The two trips of an offer: {passenger_trip_id, driver_trip_id}, or null.';

CREATE FUNCTION public.get_offers(p_acting_user uuid, p_trip_id uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  t mobility.trips;
begin
  select * into t from mobility.trips where id = p_trip_id;
  if not found then
    raise sqlstate 'PT404' using message = 'TRIP_NOT_FOUND', detail = 'No trip has this id';
  elsif p_acting_user <> t.user_id then
    raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'The trip belongs to somebody else';
  end if;
  return coalesce((
    select jsonb_agg(jsonb_build_object(
      'id', o.id, 'status', case when o.status = 'offered' and o.expires_at <= now() then 'expired' else o.status end,
      'passenger_trip_id', o.passenger_trip_id, 'driver_trip_id', o.driver_trip_id,
      'distance_m', o.distance_m, 'eta_s', o.eta_s, 'expires_at', o.expires_at,
      'ride', mobility.ride_card(p, o.distance_m, o.eta_s)) order by o.created_at desc, o.id)
    from (
      select * from mobility.offers
      where t.role = 'driver' and driver_trip_id = t.id or t.role = 'passenger' and passenger_trip_id = t.id
      order by created_at desc limit 50
    ) o
    join mobility.trips p on p.id = o.passenger_trip_id
  ), '[]');
end
$$;

COMMENT ON FUNCTION public.get_offers(p_acting_user uuid, p_trip_id uuid) IS 'The offers of a trip, the newest first.';

CREATE FUNCTION public.get_rollout() RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$ select jsonb_build_object('percent', percent, 'changed_at', changed_at) from mobility.rollout $$;

COMMENT ON FUNCTION public.get_rollout() IS 'The share of people served: {percent, changed_at}.';

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

CREATE FUNCTION public.get_waiting_dispatches(p_limit integer DEFAULT 200) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select jsonb_build_object(
    'idle_credit_s', (select idle_credit_s from mobility.dispatch_policy),
    'dispatches', coalesce((
      select jsonb_agg(jsonb_build_object(
        'dispatch_id', d.id,
        'waited_s', greatest(extract(epoch from now() - d.created_at), 0)::integer,
        'candidates', coalesce((
          select jsonb_agg(jsonb_build_object('trip_id', c.trip_id, 'eta_s', c.eta_s,
            'idle_s', greatest(extract(epoch from now() - t.created_at), 0)::integer) order by c.place)
          from rows from (jsonb_to_recordset(d.candidates) as (trip_id uuid, eta_s integer))
            with ordinality as c (trip_id, eta_s, place)
          join mobility.trips t on t.id = c.trip_id and t.status = 'open' and t.expires_at > now()
          join mobility.live_positions l on l.role = t.role and l.vehicle_type = t.vehicle_type and l.trip_id = t.id
          where l.available and not exists (
            select 1 from mobility.offers o where o.driver_user_id = t.user_id and o.status = 'offered')
        ), '[]')) order by d.created_at)
      from (
        select * from mobility.dispatches
        where status = 'running' and assign_after <= now() order by assign_after, created_at limit p_limit
      ) d
    ), '[]'))
$$;

COMMENT ON FUNCTION public.get_waiting_dispatches(p_limit integer) IS 'The requests to be assigned now, with their candidates.';

CREATE FUNCTION public.open_link(p_token text) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  l mobility.trip_links := mobility.link_of(p_token);
  m mobility.matches;
  v_match jsonb;
  v_hidden text[] := array['passenger_user_id', 'driver_user_id', 'passenger_trip_id', 'driver_trip_id'];
begin
  select * into m from mobility.matches where id = l.match_id;
  if l.viewer <> 'passenger' then v_hidden := v_hidden || array['pin']; end if;
  if l.viewer = 'guest' then v_hidden := v_hidden || array['fare_amount', 'currency']; end if;
  v_match := public.get_match(null, m.id);
  return jsonb_build_object(
    'link', jsonb_build_object('id', l.id, 'viewer', l.viewer, 'expires_at', l.expires_at,
      'locale', (select locale from mobility.profiles where user_id = l.user_id)),
    'match', (v_match -> 'match') - v_hidden,
    'driver', mobility.driver_card(m) - array['fare_amount', 'currency', 'distance_m', 'eta_s']::text[],
    'passenger_name', (select display_name from mobility.profiles where user_id = m.passenger_user_id),
    'driver_position', v_match -> 'driver_position', 'vehicle', v_match -> 'vehicle', 'events', v_match -> 'events',
    'now', now());
end
$$;

COMMENT ON FUNCTION public.open_link(p_token text) IS 'The ride behind a link as its viewer may see it.';

CREATE FUNCTION public.operations_gauges() RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_gauges regproc := to_regproc('mobility_v1.gauges');
  v_bridge jsonb;
begin
  -- Beside V1, the bridge tells of itself in the same shape; the rest is told without it when it cannot.
  if v_gauges is not null then
    begin
      execute format('select %s()', v_gauges) into v_bridge;
    exception when others then
      raise warning 'mobility_v1.gauges(): %', sqlerrm;
    end;
  end if;
  return mobility.city_gauges() || mobility.job_gauges() || mobility.total_gauges() || mobility.realtime_gauges()
    || coalesce(v_bridge, '{}');
end
$$;

COMMENT ON FUNCTION public.operations_gauges() IS 'The service in numbers: {family: [{labels, value}]}.';

CREATE FUNCTION public.operator_cancel(p_acting_user uuid, p_match_id uuid DEFAULT NULL::uuid, p_trip_id uuid DEFAULT NULL::uuid, p_reason text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_operator text := mobility.check_operator(p_acting_user);
  m mobility.matches;
  t mobility.trips;
begin
  if p_match_id is not null then
    m := mobility.move_by_operator(p_match_id, 'stop');
    perform mobility.end_trip(m.passenger_trip_id, 'cancelled', 'operator');
    perform mobility.log_operator(p_acting_user, 'cancel_ride', m.id::text, p_reason);
    return jsonb_build_object('operator', v_operator, 'match', mobility.match_json(m, m.driver_user_id));
  end if;
  select * into t from mobility.trips where id = p_trip_id for update;
  if not found then
    raise sqlstate 'PT404' using message = 'TRIP_NOT_FOUND', detail = 'No trip has this id';
  elsif t.status = 'matched' then
    raise sqlstate 'PT409' using message = 'TRIP_ALREADY_MATCHED', detail = 'The trip is in a ride: cancel that',
      hint = (select jsonb_build_object('match_id', r.id)::text from mobility.matches r
        where r.live and t.id in (r.passenger_trip_id, r.driver_trip_id) limit 1);
  elsif t.status = 'cancelled' then
    raise sqlstate 'PT409' using message = 'TRIP_CANCELLED', detail = 'The trip was cancelled before';
  elsif t.status = 'expired' then
    raise sqlstate 'PT410' using message = 'TRIP_EXPIRED', detail = 'The trip expired';
  elsif t.status = 'completed' then
    raise sqlstate 'PT409' using message = 'TRIP_COMPLETED', detail = 'The trip is over';
  end if;
  perform mobility.end_trip(t.id, 'cancelled', 'operator');
  if t.role = 'driver' then
    perform mobility.say(t.user_id, 'offline', mobility.earnings_today(t.user_id));
  else
    perform mobility.say(t.user_id, 'trip_cancelled', jsonb_build_object('trip_id', t.id));
  end if;
  perform mobility.log_operator(p_acting_user, 'cancel_trip', t.id::text, p_reason);
  select * into t from mobility.trips where id = t.id;
  return jsonb_build_object('operator', v_operator, 'trip', mobility.trip_json(t));
end
$$;

COMMENT ON FUNCTION public.operator_cancel(p_acting_user uuid, p_match_id uuid, p_trip_id uuid, p_reason text) IS 'Cancels a ride or an open trip: {match} or {trip}.';

CREATE FUNCTION public.operator_city(p_acting_user uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION public.operator_city(p_acting_user uuid) IS 'What a map for operators is drawn on: {areas, vehicle_types, places}.';

CREATE FUNCTION public.operator_dead_letters(p_acting_user uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_operator text := mobility.check_operator(p_acting_user);
begin
  return jsonb_build_object('operator', v_operator, 'letters', coalesce((
    select jsonb_agg(to_jsonb(d) order by d.created_at desc, d.queue, d.id)
    from (
      (select 'outbox' as queue, o.id::text, o.kind, p.display_name as "to", o.error_code::text, o.error_detail, o.attempts,
        o.created_at, o.valid_until <= now() as is_expired
      from mobility.outbox o join mobility.profiles p on p.user_id = o.user_id
      where o.status = 'dead' order by o.created_at desc limit mobility.operator_list_limit())
      union all
      (select 'deliveries', y.id::text, y.target, null, null, y.error_detail, y.attempts, y.created_at, false
      from mobility.deliveries y
      where y.status = 'dead' order by y.created_at desc limit mobility.operator_list_limit())
      union all
      (select 'inbox', i.id::text, coalesce(i.content ->> 'task', i.content ->> 'kind'), p.display_name, i.error_code, null,
        i.attempts, i.received_at, i.content ->> 'kind' = 'text' and not i.content ? 'text'
      from mobility.inbox i join mobility.profiles p on p.user_id = i.user_id
      where i.error_code is not null and i.done_at is not null
      order by i.received_at desc limit mobility.operator_list_limit())
      order by created_at desc limit mobility.operator_list_limit()
    ) d), '[]'));
end
$$;

COMMENT ON FUNCTION public.operator_dead_letters(p_acting_user uuid) IS 'What the queues gave up: {letters}.';

CREATE FUNCTION public.operator_overview(p_acting_user uuid, p_filter jsonb DEFAULT '{}'::jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION public.operator_overview(p_acting_user uuid, p_filter jsonb) IS 'Everything that is going on now, for operators.';

CREATE FUNCTION public.operator_redispatch(p_acting_user uuid, p_match_id uuid DEFAULT NULL::uuid, p_trip_id uuid DEFAULT NULL::uuid, p_reason text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_operator text := mobility.check_operator(p_acting_user);
  m mobility.matches;
  t mobility.trips;
begin
  if p_match_id is not null then
    m := mobility.move_by_operator(p_match_id, 'redispatch');
    perform mobility.log_operator(p_acting_user, 'redispatch', m.id::text, p_reason);
    return jsonb_build_object('operator', v_operator, 'passenger_trip_id', m.passenger_trip_id,
      'match', mobility.match_json(m, m.driver_user_id));
  end if;
  select * into t from mobility.trips where id = p_trip_id for update;
  if not found then
    raise sqlstate 'PT404' using message = 'TRIP_NOT_FOUND', detail = 'No trip has this id';
  elsif t.role <> 'passenger' then
    raise sqlstate 'PT422' using message = 'TRIP_WRONG_ROLE', detail = 'A driver is looked for by a passenger';
  end if;
  perform mobility.check_open(t, 'passenger');
  perform mobility.log_operator(p_acting_user, 'redispatch', t.id::text, p_reason);
  return jsonb_build_object('operator', v_operator, 'passenger_trip_id', t.id, 'match', null);
end
$$;

COMMENT ON FUNCTION public.operator_redispatch(p_acting_user uuid, p_match_id uuid, p_trip_id uuid, p_reason text) IS 'Frees a passenger for another driver: {passenger_trip_id, match}.';

CREATE FUNCTION public.operator_ride(p_acting_user uuid, p_match_id uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION public.operator_ride(p_acting_user uuid, p_match_id uuid) IS 'A ride in full, for operators.';

CREATE FUNCTION public.operator_sos(p_acting_user uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION public.operator_sos(p_acting_user uuid) IS 'Calls for help: {alerts}.';

CREATE FUNCTION public.people_cards(p_trip_ids uuid[]) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'trip_id', t.id, 'display_name', p.display_name, 'plate', v.plate)), '[]')
  from mobility.trips t
  join mobility.profiles p on p.user_id = t.user_id
  left join mobility.vehicles v on v.user_id = t.user_id and v.vehicle_type = t.vehicle_type
  where t.id = any (p_trip_ids)
$$;

COMMENT ON FUNCTION public.people_cards(p_trip_ids uuid[]) IS 'Names and plates of the people of some trips.';

CREATE FUNCTION public.ping() RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$ select jsonb_build_object('now', now()) $$;

COMMENT ON FUNCTION public.ping() IS 'Answers, for health checks.';

CREATE FUNCTION public.prune(p_limit integer DEFAULT 20000) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_started timestamptz := clock_timestamp();
  v_hours integer := 0;
  v_searches integer;
  v_rates integer;
  v_runs integer;
begin
  -- Not while hours are being counted, nor by two at once.
  if pg_try_advisory_xact_lock(hashtextextended('mobility.hourly_totals', 0)) then
    v_hours := mobility.fold_hours();
  end if;
  delete from mobility.dispatches where id = any (array(
    select id from mobility.dispatches
    where ended_at < now() - interval '90 days' order by ended_at limit p_limit for update skip locked));
  get diagnostics v_searches = row_count;
  delete from mobility.sending_pairs where user_id = any (array(
    select user_id from mobility.sending_pairs
    where next_slot_at < now() - interval '1 day' limit p_limit for update skip locked));
  get diagnostics v_rates = row_count;
  v_runs := mobility.forget_job_runs(p_limit);
  perform mobility.record_run('prune', v_started);
  return jsonb_build_object('hours', v_hours, 'searches', v_searches, 'rates', v_rates, 'job_runs', v_runs);
end
$$;

COMMENT ON FUNCTION public.prune(p_limit integer) IS 'Takes away what is long over; answers with counts.';

CREATE FUNCTION public.queue_depths() RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  -- Pending and given up apart: each has an index of its own.
  select jsonb_build_object(
    'inbox', (select jsonb_build_object('pending', count(*),
        'oldest_s', coalesce(extract(epoch from now() - min(received_at))::integer, 0),
        'dead', (select count(*) from mobility.inbox where error_code is not null and done_at is not null))
      from mobility.inbox where done_at is null),
    'outbox', (select jsonb_build_object('pending', count(*),
        'oldest_s', coalesce(extract(epoch from now() - min(created_at))::integer, 0),
        'dead', (select count(*) from mobility.outbox where status = 'dead'))
      from mobility.outbox where status = 'queued'),
    'deliveries', (select jsonb_build_object('pending', count(*),
        'oldest_s', coalesce(extract(epoch from now() - min(created_at))::integer, 0),
        'dead', (select count(*) from mobility.deliveries where status = 'dead'))
      from mobility.deliveries where status = 'queued'))
$$;

COMMENT ON FUNCTION public.queue_depths() IS 'Depth, age and dead letters of the queues.';

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

CREATE FUNCTION public.receive_whatsapp(p_messages jsonb, p_statuses jsonb DEFAULT '[]'::jsonb, p_deliveries jsonb DEFAULT '[]'::jsonb, p_others jsonb DEFAULT NULL::jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  r record;
  v_user_id uuid;
  v_stored integer := 0;
  v_statuses integer;
  v_misdirected jsonb;
begin
  if p_others is not null then
    v_misdirected := mobility.misdirected(p_messages, p_others);
    if v_misdirected is not null then return v_misdirected; end if;
    insert into mobility.handed_over (message_id)
    select o ->> 'message_id' from jsonb_array_elements(p_others) o on conflict do nothing;
  end if;
  -- In one order, so that two webhooks about the same people follow each other.
  for r in
    select * from rows from (
      jsonb_to_recordset(p_messages) as (message_id text, whatsapp_user_id text, phone text,
        display_name text, sent_at timestamptz, content jsonb)
    ) with ordinality
    -- Times are whole seconds: of one second, the order they came in.
    order by whatsapp_user_id, phone, sent_at, ordinality
  loop
    v_user_id := mobility.identify(r.whatsapp_user_id, r.phone, r.display_name);
    -- First, since it locks: the same message twice at once follows itself.
    insert into mobility.conversations as c (user_id, last_inbound_at) values (v_user_id, least(r.sent_at, now()))
    on conflict (user_id) do update set last_inbound_at = greatest(c.last_inbound_at, excluded.last_inbound_at);
    insert into mobility.inbox (message_id, user_id, content, sent_at)
    values (r.message_id, v_user_id, r.content, r.sent_at) on conflict do nothing;
    if found then v_stored := v_stored + 1; end if;
  end loop;
  -- After the people: whoever answers one has locked the conversation before what is said.
  v_statuses := mobility.apply_statuses(p_statuses);
  insert into mobility.deliveries (target, body, headers)
  select d.target, decode(d.body_base64, 'base64'), d.headers
  from jsonb_to_recordset(p_deliveries) as d (target text, body_base64 text, headers jsonb);
  return jsonb_build_object('stored', v_stored, 'duplicates', jsonb_array_length(p_messages) - v_stored,
    'statuses', v_statuses);
end
$$;

COMMENT ON FUNCTION public.receive_whatsapp(p_messages jsonb, p_statuses jsonb, p_deliveries jsonb, p_others jsonb) IS 'Stores the messages of a webhook, each once: {stored, duplicates, statuses}, or {here, there}.';

CREATE FUNCTION public.record_deliveries(p_results jsonb) RETURNS jsonb
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  with recorded as (
    update mobility.deliveries d
    set status = case r.outcome when 'retry' then 'queued' else r.outcome end,
      sent_at = case r.outcome when 'sent' then now() end, lease = null, lease_until = null,
      not_before = now() + make_interval(secs => coalesce(r.retry_after_s, 0)),
      error_detail = left(r.error_detail, 500)
    from jsonb_to_recordset(p_results) as r (id uuid, lease uuid, outcome text, error_detail text,
      retry_after_s double precision)
    where d.id = r.id and d.lease = r.lease and d.status = 'queued'
    returning d.id
  )
  select jsonb_build_object('recorded', count(*)) from recorded
$$;

COMMENT ON FUNCTION public.record_deliveries(p_results jsonb) IS 'Records what became of claimed posts.';

CREATE FUNCTION public.record_outbox(p_results jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  r record;
  v_recorded integer := 0;
begin
  for r in
    select * from jsonb_to_recordset(p_results) as x (id uuid, lease uuid, outcome text, message_id text,
      error_code integer, error_detail text, retry_after_s double precision) order by id
  loop
    if r.outcome = 'sent' then
      update mobility.outbox
      set status = case when status in ('delivered', 'read') then status else 'sent' end,
        message_id = r.message_id, sent_at = coalesce(sent_at, now()), lease = null
      where id = r.id and (mobility.progress(status) = 0 or message_id is null)
        -- Its failure may be known before its sending is.
        and failed_message_id is distinct from r.message_id;
    else
      update mobility.outbox
      set status = case when r.outcome = 'dead' or r.outcome = 'template' and as_template then 'dead'
          when r.outcome = 'expired' then 'expired' else status end,
        -- Held is what fails for a reason that lies with the account: no fault of the message.
        attempts = attempts - case r.outcome when 'hold' then 1 else 0 end,
        as_template = as_template or r.outcome = 'template',
        not_before = now() + make_interval(secs => case when r.outcome in ('retry', 'hold') then coalesce(r.retry_after_s, 10)
          -- Nobody knows whether it went out: a status is waited for before it is sent again.
          when r.outcome = 'unknown' then 30 else 0 end),
        error_code = r.error_code, error_detail = left(r.error_detail, 500), lease = null, lease_until = null
      where id = r.id and lease = r.lease and status = 'queued';
    end if;
    if found then v_recorded := v_recorded + 1; end if;
  end loop;
  return jsonb_build_object('recorded', v_recorded);
end
$$;

COMMENT ON FUNCTION public.record_outbox(p_results jsonb) IS 'Records what became of claimed messages.';

CREATE FUNCTION public.record_work(p_duration_ms integer) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  perform mobility.record_run('work', clock_timestamp() - make_interval(secs => p_duration_ms / 1000.0));
  return '{"recorded": true}'::jsonb;
end
$$;

COMMENT ON FUNCTION public.record_work(p_duration_ms integer) IS 'Notes that the worker has emptied the queues.';

CREATE FUNCTION public.retry_dead_letter(p_acting_user uuid, p_queue text, p_id text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_operator text := mobility.check_operator(p_acting_user);
  v_uuid uuid := mobility.letter_uuid(p_queue, p_id);
  v_number bigint := mobility.letter_number(p_queue, p_id);
  v_is_expired boolean;
begin
  if p_queue = 'outbox' then
    select valid_until <= now() into v_is_expired from mobility.outbox where id = v_uuid and status = 'dead' for update;
  elsif p_queue = 'deliveries' then
    select false into v_is_expired from mobility.deliveries where id = v_uuid and status = 'dead' for update;
  elsif p_queue = 'inbox' then
    select content - 'kind' = '{}' into v_is_expired from mobility.inbox
    where id = v_number and error_code is not null and done_at is not null for update;
  end if;
  if v_is_expired is null then
    raise sqlstate 'PT404' using message = 'DEAD_LETTER_NOT_FOUND', detail = 'Nothing that was given up has this id';
  elsif v_is_expired then
    raise sqlstate 'PT410' using message = 'DEAD_LETTER_EXPIRED', detail = 'It is not worth another attempt any more';
  end if;
  if p_queue = 'outbox' then
    update mobility.outbox set status = 'queued', attempts = 0, not_before = now(), lease = null, lease_until = null,
      failed_message_id = coalesce(message_id, failed_message_id), message_id = null, error_code = null, error_detail = null
    where id = v_uuid;
  elsif p_queue = 'deliveries' then
    update mobility.deliveries set status = 'queued', attempts = 0, not_before = now(), lease = null, lease_until = null,
      error_detail = null
    where id = v_uuid;
  else
    update mobility.inbox set done_at = null, error_code = null, attempts = 0, not_before = now() where id = v_number;
  end if;
  perform mobility.wake_worker();
  perform mobility.log_operator(p_acting_user, 'retry_dead_letter', p_queue || ':' || p_id);
  return jsonb_build_object('operator', v_operator, 'queue', p_queue, 'id', p_id);
end
$$;

COMMENT ON FUNCTION public.retry_dead_letter(p_acting_user uuid, p_queue text, p_id text) IS 'Queues what was given up once more: {queue, id}.';

CREATE FUNCTION public.revoke_links(p_acting_user uuid, p_match_id uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  m mobility.matches;
  v_revoked integer;
begin
  select * into m from mobility.matches where id = p_match_id;
  if not found then
    raise sqlstate 'PT404' using message = 'MATCH_NOT_FOUND', detail = 'No match has this id';
  elsif p_acting_user not in (m.driver_user_id, m.passenger_user_id) then
    raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'The match belongs to other people';
  end if;
  update mobility.trip_links set revoked_at = now()
  where match_id = p_match_id and revoked_at is null and (p_acting_user is null or user_id = p_acting_user);
  get diagnostics v_revoked = row_count;
  return jsonb_build_object('revoked', v_revoked);
end
$$;

COMMENT ON FUNCTION public.revoke_links(p_acting_user uuid, p_match_id uuid) IS 'Takes back the links to a ride: {revoked}.';

CREATE FUNCTION public.roll_up() RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_started timestamptz := clock_timestamp();
  v_since timestamptz;
  v_counted integer;
  v_left integer;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('mobility.hourly_totals', 0)) then
    return '{"busy": true}'::jsonb;
  end if;
  select mobility.hour_of(least(now(), max(last_success_at)) - interval '2 hours') into v_since
  from mobility.job_runs where job = 'roll_up';
  -- Of an hour that was added up to the older ones, nothing may be counted a second time.
  v_since := greatest(v_since, mobility.hour_of(now() - mobility.hours_kept() + interval '1 day'));

  insert into mobility.hourly_totals (hour, metric, labels, value)
  select '-infinity', e.metric, e.labels, 0 from mobility.empty_totals() e on conflict do nothing;
  insert into mobility.hourly_totals as t (hour, metric, labels, value)
  select c.hour, c.metric, c.labels, c.value from mobility.count_hours(v_since) c
  on conflict (hour, metric, labels) do update set value = excluded.value where excluded.value > t.value;
  get diagnostics v_counted = row_count;
  v_left := mobility.count_abandoned(1000);
  perform mobility.record_run('roll_up', v_started);
  return jsonb_build_object('counted', v_counted, 'left', v_left);
end
$$;

COMMENT ON FUNCTION public.roll_up() IS 'Counts what was done in the last hours: {counted, left}.';

CREATE FUNCTION public.set_dispatch_policy(p_window_s real DEFAULT NULL::real, p_idle_credit_s real DEFAULT NULL::real, p_batch_size integer DEFAULT NULL::integer) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_policy mobility.dispatch_policy;
begin
  if p_window_s not between 0 and 30 or p_idle_credit_s not between 0 and 60 or p_batch_size not between 1 and 10 then
    raise sqlstate 'PT400' using message = 'VALIDATION_ERROR',
      detail = 'window_s is from 0 to 30, idle_credit_s from 0 to 60, batch_size from 1 to 10';
  end if;
  update mobility.dispatch_policy set window_s = coalesce(p_window_s, window_s),
    idle_credit_s = coalesce(p_idle_credit_s, idle_credit_s), batch_size = coalesce(p_batch_size, batch_size)
  where one returning * into v_policy;
  return jsonb_build_object('window_s', v_policy.window_s, 'idle_credit_s', v_policy.idle_credit_s,
    'batch_size', v_policy.batch_size);
end
$$;

COMMENT ON FUNCTION public.set_dispatch_policy(p_window_s real, p_idle_credit_s real, p_batch_size integer) IS 'Changes how requests are assigned: {window_s, idle_credit_s, batch_size}.';

CREATE FUNCTION public.set_rollout(p_percent integer, p_by text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  if p_percent is null or p_percent not between 0 and 100 then
    raise sqlstate 'PT400' using message = 'VALIDATION_ERROR', detail = 'percent is an integer from 0 to 100';
  end if;
  update mobility.rollout set percent = p_percent, changed_at = now(), changed_by = left(p_by, 120) where one;
  return public.get_rollout();
end
$$;

COMMENT ON FUNCTION public.set_rollout(p_percent integer, p_by text) IS 'Changes the share of people served.';

CREATE FUNCTION public.sweep(p_limit integer DEFAULT 500) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_started timestamptz := clock_timestamp();
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
    continue when not mobility.try_lock_offers(v_id);
    perform mobility.end_trip(v_id, 'expired');
    v_trips := v_trips + 1;
  end loop;

  with stale as materialized (
    select role, vehicle_type, trip_id from mobility.live_positions
    where role = 'driver' and available
      and position_at < now() - case when pings >= 2 then mobility.silence_limit() else mobility.freshness_limit() end
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
      and (l.role = 'passenger'
        or l.position_at > now() - mobility.freshness_limit() and l.trust >= mobility.least_trust())
    for update of l skip locked
  )
  update mobility.live_positions l set available = true from due d
  where l.role = d.role and l.vehicle_type = d.vehicle_type and l.trip_id = d.trip_id;
  get diagnostics v_due = row_count;

  perform mobility.refresh_paces();
  delete from mobility.idempotency_keys where ctid = any (array(
    select ctid from mobility.idempotency_keys
    where created_at < now() - interval '1 day' limit p_limit for update skip locked
  ));
  get diagnostics v_part = row_count;
  perform mobility.record_run('sweep', v_started);
  return jsonb_build_object('expired_matches', v_matches, 'expired_trips', v_trips,
    'hidden_positions', v_hidden, 'due_trips', v_due, 'forgotten_keys', v_part);
end
$$;

COMMENT ON FUNCTION public.sweep(p_limit integer) IS 'Expires what is due and answers with counts.';

CREATE FUNCTION public.sweep_chat(p_limit integer DEFAULT 1000) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_started timestamptz := clock_timestamp();
  v_counts jsonb;
begin
  v_counts := jsonb_build_object('reminded_drivers', mobility.remind_drivers(),
    'reminded_passengers', mobility.remind_passengers(), 'told_watchers', mobility.serve_watches(),
    'forgotten', mobility.forget(p_limit));
  perform mobility.record_run('sweep_chat', v_started);
  return v_counts;
end
$$;

COMMENT ON FUNCTION public.sweep_chat(p_limit integer) IS 'Reminders, watches and forgetting; answers with counts.';

CREATE FUNCTION public.sweep_dispatch(p_limit integer DEFAULT 200) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_started timestamptz := clock_timestamp();
  d mobility.dispatches;
  o mobility.offers;
  v_due uuid[];
  v_locked integer;
  v_dispatches integer := 0;
  v_expired integer := 0;
begin
  for d in
    select r.* from mobility.dispatches r
    where r.status = 'running' and not exists (
        select 1 from mobility.offers f where f.dispatch_id = r.id and f.status = 'offered' and f.expires_at > now()
      )
      -- Those whose window nobody came to close are served in the order of their lists.
      and (r.assign_after is null or r.assign_after < now() - interval '3 seconds')
    order by r.created_at limit p_limit
  loop
    -- Never waits while it holds other locks: whoever has these rows is changing them, and another sweep comes.
    perform 1 from mobility.trips where id = d.passenger_trip_id for update skip locked;
    continue when not found;
    -- Every position of the drivers, as their counts are copied to each.
    v_due := array(select driver_user_id from mobility.offers where dispatch_id = d.id and status = 'offered'
      and expires_at <= now());
    perform 1 from mobility.trips t
    join mobility.live_positions l on l.role = t.role and l.vehicle_type = t.vehicle_type and l.trip_id = t.id
    where t.user_id = any (v_due) and t.role = 'driver' and t.status in ('open', 'matched')
    order by t.id for update of l skip locked;
    get diagnostics v_locked = row_count;
    continue when v_locked < (
      select count(*) from mobility.trips t
      join mobility.live_positions l on l.role = t.role and l.vehicle_type = t.vehicle_type and l.trip_id = t.id
      where t.user_id = any (v_due) and t.role = 'driver' and t.status in ('open', 'matched'));
    for o in
      update mobility.offers set status = 'expired', answered_at = now()
      where dispatch_id = d.id and status = 'offered' and expires_at <= now() returning *
    loop
      perform mobility.add_to_metrics(o.driver_user_id, 'driver', '{"offers_expired": 1}');
      if mobility.withdraw(o.id, 'expired') then
        perform mobility.say(o.driver_user_id, 'offer_gone', '{"reason": "expired"}');
      end if;
      v_expired := v_expired + 1;
    end loop;
    update mobility.dispatches set assign_after = null where id = d.id and assign_after is not null;
    perform mobility.advance_dispatch(d.id);
    v_dispatches := v_dispatches + 1;
  end loop;
  perform mobility.record_run('sweep_dispatch', v_started);
  return jsonb_build_object('dispatches', v_dispatches, 'expired_offers', v_expired);
end
$$;

COMMENT ON FUNCTION public.sweep_dispatch(p_limit integer) IS 'Expires offers and sends the next ones.';

CREATE FUNCTION public.sync_v1() RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_started timestamptz := clock_timestamp();
  v_part jsonb;
  v_sum jsonb := '{"notes": 0, "carried": 0, "rejected": 0, "later": 0}'::jsonb;
begin
  if exists (select from mobility_v1.bridge where installed) then
    loop
      v_part := mobility_v1.sync(100);
      select jsonb_object_agg(k, (v_sum ->> k)::integer + (v_part ->> k)::integer) into v_sum from jsonb_object_keys(v_sum) k;
      exit when (v_part ->> 'notes')::integer = 0 or clock_timestamp() > v_started + interval '600 ms';
    end loop;
    perform mobility_v1.refresh_positions();
  end if;
  perform mobility.record_run('sync_v1', v_started);
  return v_sum;
end
$$;

COMMENT ON FUNCTION public.sync_v1() IS 'Carries changes between V1 and V2; answers with counts.';

CREATE FUNCTION public.update_positions(p_acting_user uuid, p_points jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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

COMMENT ON FUNCTION public.update_positions(p_acting_user uuid, p_points jsonb) IS 'Moves trips: one answer {trip_id, accepted, code?} for each point.';

CREATE FUNCTION public.update_positions_by_link(p_token text, p_points jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  l mobility.trip_links := mobility.link_of(p_token);
  m mobility.matches;
begin
  if l.viewer <> 'driver' then
    raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'Only the driver shares a position';
  end if;
  select * into m from mobility.matches where id = l.match_id;
  return public.update_positions(m.driver_user_id, (
    select jsonb_agg(p || jsonb_build_object('trip_id', m.driver_trip_id) order by i)
    from jsonb_array_elements(p_points) with ordinality as x (p, i)));
end
$$;

COMMENT ON FUNCTION public.update_positions_by_link(p_token text, p_points jsonb) IS 'Moves the driver of a ride by way of the driver''s link.';

CREATE TABLE mobility.blocks (
    user_id uuid NOT NULL,
    blocked_user_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT blocks_check CHECK ((user_id <> blocked_user_id))
);

COMMENT ON TABLE mobility.blocks IS 'Who will not be brought together with whom; it holds both ways.';

CREATE TABLE mobility.deliveries (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    target text NOT NULL,
    body bytea NOT NULL,
    headers jsonb DEFAULT '{}'::jsonb NOT NULL,
    status text DEFAULT 'queued'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    not_before timestamp with time zone DEFAULT now() NOT NULL,
    lease uuid,
    lease_until timestamp with time zone,
    error_detail text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    sent_at timestamp with time zone,
    CONSTRAINT deliveries_error_detail_check CHECK ((char_length(error_detail) <= 500)),
    CONSTRAINT deliveries_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'sent'::text, 'dead'::text]))),
    CONSTRAINT deliveries_target_check CHECK ((target = ANY (ARRAY['v1'::text, 'sos'::text])))
);

COMMENT ON TABLE mobility.deliveries IS 'HTTP posts to the operator''s own systems, each until it is taken.';

CREATE TABLE mobility.dispatch_policy (
    one boolean DEFAULT true NOT NULL,
    window_s real DEFAULT 0 NOT NULL,
    idle_credit_s real DEFAULT 1 NOT NULL,
    batch_size integer DEFAULT 1 NOT NULL,
    CONSTRAINT dispatch_policy_batch_size_check CHECK (((batch_size >= 1) AND (batch_size <= 10))),
    CONSTRAINT dispatch_policy_idle_credit_s_check CHECK (((idle_credit_s >= (0)::double precision) AND (idle_credit_s <= (60)::double precision))),
    CONSTRAINT dispatch_policy_one_check CHECK (one),
    CONSTRAINT dispatch_policy_window_s_check CHECK (((window_s >= (0)::double precision) AND (window_s <= (30)::double precision)))
);

COMMENT ON TABLE mobility.dispatch_policy IS 'How requests are assigned to drivers, one row.';

CREATE TABLE mobility.dispatches (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    passenger_trip_id uuid NOT NULL,
    status text DEFAULT 'running'::text NOT NULL,
    candidates jsonb NOT NULL,
    next_candidate integer DEFAULT 0 NOT NULL,
    batch_size integer NOT NULL,
    offer_s integer NOT NULL,
    assign_after timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT dispatches_batch_size_check CHECK (((batch_size >= 1) AND (batch_size <= 50))),
    CONSTRAINT dispatches_offer_s_check CHECK (((offer_s >= 5) AND (offer_s <= 300))),
    CONSTRAINT dispatches_status_check CHECK ((status = ANY (ARRAY['running'::text, 'taken'::text, 'exhausted'::text, 'cancelled'::text])))
);

COMMENT ON TABLE mobility.dispatches IS 'Each search for a driver by offers, and how far down the list it is.';

CREATE TABLE mobility.handed_over (
    message_id text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT handed_over_message_id_check CHECK (((char_length(message_id) >= 1) AND (char_length(message_id) <= 300)))
);

COMMENT ON TABLE mobility.handed_over IS 'Messages that V1 was given: what comes again goes where it went.';

CREATE TABLE mobility.hourly_totals (
    hour timestamp with time zone NOT NULL,
    metric text NOT NULL,
    labels jsonb DEFAULT '{}'::jsonb NOT NULL,
    value double precision NOT NULL
);

COMMENT ON TABLE mobility.hourly_totals IS 'Counters by the hour; the sum of all hours is what the metrics show.';

CREATE TABLE mobility.idempotency_keys (
    scope text NOT NULL,
    key text NOT NULL,
    request jsonb NOT NULL,
    response jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT idempotency_keys_key_check CHECK (((char_length(key) >= 1) AND (char_length(key) <= 200)))
);

COMMENT ON TABLE mobility.idempotency_keys IS 'First answers by idempotency key, kept for a day.';

ALTER TABLE mobility.inbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME mobility.inbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE mobility.job_runs (
    job text NOT NULL,
    last_success_at timestamp with time zone DEFAULT now() NOT NULL,
    last_duration_ms integer DEFAULT 0 NOT NULL,
    runs bigint DEFAULT 0 NOT NULL,
    CONSTRAINT job_runs_job_check CHECK ((job ~ '^[a-z0-9_]{1,40}$'::text))
);

COMMENT ON TABLE mobility.job_runs IS 'When each scheduled job last did its work.';

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
    trust real DEFAULT 1 NOT NULL,
    pings smallint DEFAULT 0 NOT NULL,
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
    trust real DEFAULT 1 NOT NULL,
    pings smallint DEFAULT 0 NOT NULL,
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
    trust real DEFAULT 1 NOT NULL,
    pings smallint DEFAULT 0 NOT NULL,
    standing json NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

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
    trust real DEFAULT 1 NOT NULL,
    pings smallint DEFAULT 0 NOT NULL,
    standing json NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

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
    trust real DEFAULT 1 NOT NULL,
    pings smallint DEFAULT 0 NOT NULL,
    standing json NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

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
    trust real DEFAULT 1 NOT NULL,
    pings smallint DEFAULT 0 NOT NULL,
    standing json NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

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
    trust real DEFAULT 1 NOT NULL,
    pings smallint DEFAULT 0 NOT NULL,
    standing json NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

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
    trust real DEFAULT 1 NOT NULL,
    pings smallint DEFAULT 0 NOT NULL,
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
    trust real DEFAULT 1 NOT NULL,
    pings smallint DEFAULT 0 NOT NULL,
    standing json NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

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
    trust real DEFAULT 1 NOT NULL,
    pings smallint DEFAULT 0 NOT NULL,
    standing json NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

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
    trust real DEFAULT 1 NOT NULL,
    pings smallint DEFAULT 0 NOT NULL,
    standing json NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

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
    trust real DEFAULT 1 NOT NULL,
    pings smallint DEFAULT 0 NOT NULL,
    standing json NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

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
    trust real DEFAULT 1 NOT NULL,
    pings smallint DEFAULT 0 NOT NULL,
    standing json NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_cost_delay='0');

CREATE TABLE mobility.match_events (
    id bigint NOT NULL,
    match_id uuid NOT NULL,
    from_status text,
    to_status text NOT NULL,
    actor text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    pushed boolean DEFAULT false NOT NULL,
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
    CONSTRAINT match_transitions_action_check CHECK ((action = ANY (ARRAY['accept'::text, 'decline'::text, 'expire'::text, 'arrive'::text, 'start'::text, 'complete'::text, 'cancel'::text, 'redispatch'::text, 'stop'::text]))),
    CONSTRAINT match_transitions_actor_check CHECK ((actor = ANY (ARRAY['driver'::text, 'passenger'::text, 'system'::text])))
);

COMMENT ON TABLE mobility.match_transitions IS 'Every legal transition of a match; what is not here cannot happen.';

CREATE TABLE mobility.offers (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    dispatch_id uuid NOT NULL,
    passenger_trip_id uuid NOT NULL,
    driver_trip_id uuid NOT NULL,
    driver_user_id uuid NOT NULL,
    status text DEFAULT 'offered'::text NOT NULL,
    distance_m integer NOT NULL,
    eta_s integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    CONSTRAINT offers_distance_m_check CHECK ((distance_m >= 0)),
    CONSTRAINT offers_eta_s_check CHECK ((eta_s >= 0)),
    CONSTRAINT offers_status_check CHECK ((status = ANY (ARRAY['offered'::text, 'accepted'::text, 'declined'::text, 'expired'::text, 'taken'::text, 'cancelled'::text, 'withdrawn'::text])))
);

COMMENT ON TABLE mobility.offers IS 'Rides offered to drivers, and what they answered.';

CREATE TABLE mobility.operator_actions (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    operator_user_id uuid,
    operator_name text NOT NULL,
    action text NOT NULL,
    target text NOT NULL,
    reason text,
    CONSTRAINT operator_actions_action_check CHECK ((action = ANY (ARRAY['cancel_ride'::text, 'cancel_trip'::text, 'redispatch'::text, 'acknowledge_sos'::text, 'retry_dead_letter'::text, 'drop_dead_letter'::text]))),
    CONSTRAINT operator_actions_operator_name_check CHECK (((char_length(operator_name) >= 1) AND (char_length(operator_name) <= 120))),
    CONSTRAINT operator_actions_reason_check CHECK ((char_length(reason) <= 300))
);

COMMENT ON TABLE mobility.operator_actions IS 'What operators did, to what and why; only appended to.';

ALTER TABLE mobility.operator_actions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME mobility.operator_actions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE mobility.operators (
    user_id uuid NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT operators_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120)))
);

COMMENT ON TABLE mobility.operators IS 'Signed-in users who may see and steer every ride.';

ALTER TABLE mobility.outbox ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME mobility.outbox_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE mobility.pace_factors (
    vehicle_type text NOT NULL,
    cell_lat integer NOT NULL,
    cell_lng integer NOT NULL,
    hour integer NOT NULL,
    factor real NOT NULL,
    rides integer NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT pace_factors_factor_check CHECK (((factor >= (0.2)::double precision) AND (factor <= (5)::double precision))),
    CONSTRAINT pace_factors_hour_check CHECK (((hour >= '-1'::integer) AND (hour <= 23))),
    CONSTRAINT pace_factors_rides_check CHECK ((rides > 0))
);

COMMENT ON TABLE mobility.pace_factors IS 'What finished rides teach about travel times.';

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

CREATE TABLE mobility.reminders (
    trip_id uuid NOT NULL,
    kind text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT reminders_kind_check CHECK ((kind = ANY (ARRAY['scheduled'::text, 'stay_online'::text, 'hidden'::text])))
);

COMMENT ON TABLE mobility.reminders IS 'Reminders given.';

CREATE TABLE mobility.ride_points (
    match_id uuid NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    lat double precision NOT NULL,
    lng double precision NOT NULL,
    heading real,
    speed_mps real,
    accuracy_m real
);

COMMENT ON TABLE mobility.ride_points IS 'The way of each ride, kept for a week.';

CREATE TABLE mobility.rollout (
    one boolean DEFAULT true NOT NULL,
    percent integer DEFAULT 100 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_by text,
    CONSTRAINT rollout_changed_by_check CHECK ((char_length(changed_by) <= 120)),
    CONSTRAINT rollout_one_check CHECK (one),
    CONSTRAINT rollout_percent_check CHECK (((percent >= 0) AND (percent <= 100)))
);

COMMENT ON TABLE mobility.rollout IS 'The share of people served by V2, one row.';

CREATE TABLE mobility.sending_pairs (
    user_id uuid NOT NULL,
    next_slot_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE mobility.sending_pairs IS 'The rate at which each person may be sent messages.';

CREATE TABLE mobility.sending_rate (
    one boolean DEFAULT true NOT NULL,
    per_second integer DEFAULT 60 NOT NULL,
    next_slot_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT sending_rate_one_check CHECK (one),
    CONSTRAINT sending_rate_per_second_check CHECK (((per_second >= 1) AND (per_second <= 1000)))
);

COMMENT ON TABLE mobility.sending_rate IS 'The throughput of the WhatsApp number, one row.';

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

CREATE TABLE mobility.trusted_contacts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    contact_user_id uuid NOT NULL,
    name text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT trusted_contacts_check CHECK ((user_id <> contact_user_id)),
    CONSTRAINT trusted_contacts_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120)))
);

COMMENT ON TABLE mobility.trusted_contacts IS 'Whom an SOS of a person is sent to.';

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

CREATE TABLE mobility.watches (
    trip_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    looked_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE mobility.watches IS 'Passengers who want to be told when somebody is near.';

CREATE TABLE mobility_v1.backfills (
    "table" text NOT NULL,
    last_id uuid,
    done bigint DEFAULT 0 NOT NULL,
    total bigint NOT NULL,
    rejected bigint DEFAULT 0 NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone
);

COMMENT ON TABLE mobility_v1.backfills IS 'How far the backfill of each table is.';

CREATE TABLE mobility_v1.bridge (
    one boolean DEFAULT true NOT NULL,
    installed boolean DEFAULT false NOT NULL,
    installed_at timestamp with time zone,
    positions_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    CONSTRAINT bridge_one_check CHECK (one)
);

COMMENT ON TABLE mobility_v1.bridge IS 'Whether the bridge is in place, one row.';

CREATE TABLE mobility_v1.carried_profiles (
    id uuid NOT NULL,
    born "char" NOT NULL,
    base mobility_v1.profile_image NOT NULL
);

COMMENT ON TABLE mobility_v1.carried_profiles IS 'People in step, and the image both sides had last.';

CREATE TABLE mobility_v1.carried_trips (
    id uuid NOT NULL,
    born "char" NOT NULL,
    base mobility_v1.trip_image NOT NULL
);

COMMENT ON TABLE mobility_v1.carried_trips IS 'Trips in step, and the image both sides had last.';

CREATE TABLE mobility_v1.changes (
    seq bigint NOT NULL,
    side "char" NOT NULL,
    tbl text NOT NULL,
    id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    tries smallint DEFAULT 0 NOT NULL,
    not_before timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000');

COMMENT ON TABLE mobility_v1.changes IS 'Rows that changed on a side (1 or 2) and are not carried yet.';

ALTER TABLE mobility_v1.changes ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME mobility_v1.changes_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE mobility_v1.codes (
    kind text NOT NULL,
    v1 text NOT NULL,
    v2 text NOT NULL,
    main boolean DEFAULT false NOT NULL,
    obsolete boolean DEFAULT false NOT NULL,
    CONSTRAINT codes_kind_check CHECK ((kind = ANY (ARRAY['vehicle'::text, 'trip_status'::text, 'match_status'::text])))
);

COMMENT ON TABLE mobility_v1.codes IS 'What V1''s words mean in V2.';

CREATE TABLE mobility_v1.rejects (
    "table" text NOT NULL,
    id uuid NOT NULL,
    side "char" DEFAULT '1'::"char" NOT NULL,
    reason text NOT NULL,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL,
    needs uuid,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT rejects_reason_check CHECK ((reason ~ '^[A-Z_0-9]{3,40}$'::text)),
    CONSTRAINT rejects_table_check CHECK (("table" = ANY (ARRAY['profiles'::text, 'trips'::text, 'matches'::text])))
);

COMMENT ON TABLE mobility_v1.rejects IS 'Rows that cannot be carried, each with its reason.';

CREATE TABLE mobility_v1.repairs (
    "table" text NOT NULL,
    id uuid NOT NULL,
    reason text NOT NULL,
    needs uuid,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT repairs_reason_check CHECK ((reason ~ '^[A-Z_0-9]{3,40}$'::text)),
    CONSTRAINT repairs_table_check CHECK (("table" = ANY (ARRAY['profiles'::text, 'trips'::text, 'matches'::text])))
);

COMMENT ON TABLE mobility_v1.repairs IS 'What was put right in V2 while carrying a row of V1, which keeps its own.';

CREATE TABLE mobility_v1.synthetic (
    "table" text NOT NULL,
    id uuid NOT NULL,
    because text NOT NULL,
    CONSTRAINT synthetic_table_check CHECK (("table" = ANY (ARRAY['profiles'::text, 'trips'::text])))
);

COMMENT ON TABLE mobility_v1.synthetic IS 'Rows of V2 made up so that a row of V1 could be carried; they never go to V1.';

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

ALTER TABLE ONLY mobility.blocks
    ADD CONSTRAINT blocks_pkey PRIMARY KEY (user_id, blocked_user_id);

ALTER TABLE ONLY mobility.conversations
    ADD CONSTRAINT conversations_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY mobility.deliveries
    ADD CONSTRAINT deliveries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY mobility.dispatch_policy
    ADD CONSTRAINT dispatch_policy_pkey PRIMARY KEY (one);

ALTER TABLE ONLY mobility.dispatches
    ADD CONSTRAINT dispatches_pkey PRIMARY KEY (id);

ALTER TABLE ONLY mobility.handed_over
    ADD CONSTRAINT handed_over_pkey PRIMARY KEY (message_id);

ALTER TABLE ONLY mobility.hourly_totals
    ADD CONSTRAINT hourly_totals_pkey PRIMARY KEY (hour, metric, labels);

ALTER TABLE ONLY mobility.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (scope, key);

ALTER TABLE ONLY mobility.inbox
    ADD CONSTRAINT inbox_message_id_key UNIQUE (message_id);

ALTER TABLE ONLY mobility.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY mobility.job_runs
    ADD CONSTRAINT job_runs_pkey PRIMARY KEY (job);

ALTER TABLE ONLY mobility.live_positions
    ADD CONSTRAINT live_positions_pkey PRIMARY KEY (trip_id, role, vehicle_type);

ALTER TABLE ONLY mobility.live_drivers
    ADD CONSTRAINT live_drivers_pkey PRIMARY KEY (trip_id, role, vehicle_type);

ALTER TABLE ONLY mobility.live_drivers_cab
    ADD CONSTRAINT live_drivers_cab_pkey PRIMARY KEY (trip_id, role, vehicle_type);

ALTER TABLE ONLY mobility.live_drivers_lifan
    ADD CONSTRAINT live_drivers_lifan_pkey PRIMARY KEY (trip_id, role, vehicle_type);

ALTER TABLE ONLY mobility.live_drivers_moto
    ADD CONSTRAINT live_drivers_moto_pkey PRIMARY KEY (trip_id, role, vehicle_type);

ALTER TABLE ONLY mobility.live_drivers_other
    ADD CONSTRAINT live_drivers_other_pkey PRIMARY KEY (trip_id, role, vehicle_type);

ALTER TABLE ONLY mobility.live_drivers_truck
    ADD CONSTRAINT live_drivers_truck_pkey PRIMARY KEY (trip_id, role, vehicle_type);

ALTER TABLE ONLY mobility.live_passengers
    ADD CONSTRAINT live_passengers_pkey PRIMARY KEY (trip_id, role, vehicle_type);

ALTER TABLE ONLY mobility.live_passengers_cab
    ADD CONSTRAINT live_passengers_cab_pkey PRIMARY KEY (trip_id, role, vehicle_type);

ALTER TABLE ONLY mobility.live_passengers_lifan
    ADD CONSTRAINT live_passengers_lifan_pkey PRIMARY KEY (trip_id, role, vehicle_type);

ALTER TABLE ONLY mobility.live_passengers_moto
    ADD CONSTRAINT live_passengers_moto_pkey PRIMARY KEY (trip_id, role, vehicle_type);

ALTER TABLE ONLY mobility.live_passengers_other
    ADD CONSTRAINT live_passengers_other_pkey PRIMARY KEY (trip_id, role, vehicle_type);

ALTER TABLE ONLY mobility.live_passengers_truck
    ADD CONSTRAINT live_passengers_truck_pkey PRIMARY KEY (trip_id, role, vehicle_type);

ALTER TABLE ONLY mobility.match_events
    ADD CONSTRAINT match_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY mobility.match_pins
    ADD CONSTRAINT match_pins_pkey PRIMARY KEY (match_id);

ALTER TABLE ONLY mobility.match_transitions
    ADD CONSTRAINT match_transitions_pkey PRIMARY KEY (action, from_status, actor);

ALTER TABLE ONLY mobility.matches
    ADD CONSTRAINT matches_pkey PRIMARY KEY (id);

ALTER TABLE ONLY mobility.offers
    ADD CONSTRAINT offers_dispatch_id_driver_trip_id_key UNIQUE (dispatch_id, driver_trip_id);

ALTER TABLE ONLY mobility.offers
    ADD CONSTRAINT offers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY mobility.operator_actions
    ADD CONSTRAINT operator_actions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY mobility.operators
    ADD CONSTRAINT operators_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY mobility.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY mobility.pace_factors
    ADD CONSTRAINT pace_factors_pkey PRIMARY KEY (vehicle_type, cell_lat, cell_lng, hour);

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

ALTER TABLE ONLY mobility.reminders
    ADD CONSTRAINT reminders_pkey PRIMARY KEY (trip_id, kind, at);

ALTER TABLE ONLY mobility.ride_points
    ADD CONSTRAINT ride_points_pkey PRIMARY KEY (match_id, recorded_at);

ALTER TABLE ONLY mobility.rollout
    ADD CONSTRAINT rollout_pkey PRIMARY KEY (one);

ALTER TABLE ONLY mobility.sending_pairs
    ADD CONSTRAINT sending_pairs_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY mobility.sending_rate
    ADD CONSTRAINT sending_rate_pkey PRIMARY KEY (one);

ALTER TABLE ONLY mobility.sos_alerts
    ADD CONSTRAINT sos_alerts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY mobility.tariff_peaks
    ADD CONSTRAINT tariff_peaks_pkey PRIMARY KEY (tariff_id, starts_at);

ALTER TABLE ONLY mobility.tariffs
    ADD CONSTRAINT tariffs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY mobility.trip_links
    ADD CONSTRAINT trip_links_id_key UNIQUE (id);

ALTER TABLE ONLY mobility.trip_links
    ADD CONSTRAINT trip_links_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY mobility.trips
    ADD CONSTRAINT trips_pkey PRIMARY KEY (id);

ALTER TABLE ONLY mobility.trusted_contacts
    ADD CONSTRAINT trusted_contacts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY mobility.trusted_contacts
    ADD CONSTRAINT trusted_contacts_user_id_contact_user_id_key UNIQUE (user_id, contact_user_id);

ALTER TABLE ONLY mobility.user_metrics
    ADD CONSTRAINT user_metrics_pkey PRIMARY KEY (user_id, role);

ALTER TABLE ONLY mobility.vehicle_types
    ADD CONSTRAINT vehicle_types_pkey PRIMARY KEY (code);

ALTER TABLE ONLY mobility.vehicles
    ADD CONSTRAINT vehicles_pkey PRIMARY KEY (user_id, vehicle_type);

ALTER TABLE ONLY mobility.watches
    ADD CONSTRAINT watches_pkey PRIMARY KEY (trip_id);

ALTER TABLE ONLY mobility_v1.backfills
    ADD CONSTRAINT backfills_pkey PRIMARY KEY ("table");

ALTER TABLE ONLY mobility_v1.bridge
    ADD CONSTRAINT bridge_pkey PRIMARY KEY (one);

ALTER TABLE ONLY mobility_v1.carried_matches
    ADD CONSTRAINT carried_matches_pkey PRIMARY KEY (id);

ALTER TABLE ONLY mobility_v1.carried_profiles
    ADD CONSTRAINT carried_profiles_pkey PRIMARY KEY (id);

ALTER TABLE ONLY mobility_v1.carried_trips
    ADD CONSTRAINT carried_trips_pkey PRIMARY KEY (id);

ALTER TABLE ONLY mobility_v1.changes
    ADD CONSTRAINT changes_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY mobility_v1.codes
    ADD CONSTRAINT codes_pkey PRIMARY KEY (kind, v1);

ALTER TABLE ONLY mobility_v1.rejects
    ADD CONSTRAINT rejects_pkey PRIMARY KEY ("table", id);

ALTER TABLE ONLY mobility_v1.repairs
    ADD CONSTRAINT repairs_pkey PRIMARY KEY ("table", id, reason);

ALTER TABLE ONLY mobility_v1.synthetic
    ADD CONSTRAINT synthetic_pkey PRIMARY KEY ("table", id);

CREATE INDEX areas_boundary ON mobility.areas USING gist (boundary);

CREATE INDEX blocks_blocked ON mobility.blocks USING btree (blocked_user_id);

CREATE INDEX conversations_unfinished ON mobility.conversations USING btree (last_inbound_at) WHERE ((step <> 'idle'::text) AND (left_at IS DISTINCT FROM last_inbound_at));

CREATE INDEX deliveries_created ON mobility.deliveries USING btree (created_at) WHERE (status <> 'queued'::text);

CREATE INDEX deliveries_queued ON mobility.deliveries USING btree (not_before) WHERE (status = 'queued'::text);

CREATE INDEX dispatches_ended ON mobility.dispatches USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE UNIQUE INDEX dispatches_one_running ON mobility.dispatches USING btree (passenger_trip_id) WHERE (status = 'running'::text);

CREATE INDEX dispatches_running ON mobility.dispatches USING btree (created_at) WHERE (status = 'running'::text);

CREATE INDEX dispatches_trip ON mobility.dispatches USING btree (passenger_trip_id);

CREATE INDEX dispatches_waiting ON mobility.dispatches USING btree (assign_after) WHERE ((assign_after IS NOT NULL) AND (status = 'running'::text));

CREATE INDEX handed_over_at ON mobility.handed_over USING btree (at);

CREATE INDEX idempotency_keys_created ON mobility.idempotency_keys USING btree (created_at);

CREATE INDEX inbox_done ON mobility.inbox USING btree (done_at) WHERE (done_at IS NOT NULL);

CREATE INDEX inbox_failed ON mobility.inbox USING btree (received_at) WHERE (error_code IS NOT NULL);

CREATE INDEX inbox_pending ON mobility.inbox USING btree (user_id, sent_at, id) WHERE (done_at IS NULL);

CREATE INDEX inbox_words ON mobility.inbox USING btree (done_at) WHERE ((content - 'kind'::text) <> '{}'::jsonb);

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

CREATE INDEX match_events_pushed ON mobility.match_events USING btree (at) WHERE pushed;

CREATE INDEX match_pins_passenger ON mobility.match_pins USING btree (passenger_user_id);

CREATE INDEX matches_accepted ON mobility.matches USING btree (accepted_at) WHERE (accepted_at IS NOT NULL);

CREATE INDEX matches_arrived ON mobility.matches USING btree (arrived_at) WHERE (arrived_at IS NOT NULL);

CREATE INDEX matches_completed ON mobility.matches USING btree (completed_at) WHERE (completed_at IS NOT NULL);

CREATE INDEX matches_driver ON mobility.matches USING btree (driver_user_id, created_at DESC);

CREATE INDEX matches_driver_trip ON mobility.matches USING btree (driver_trip_id, created_at DESC);

CREATE INDEX matches_ended ON mobility.matches USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE UNIQUE INDEX matches_one_live_per_driver ON mobility.matches USING btree (driver_user_id) WHERE live;

CREATE UNIQUE INDEX matches_one_live_per_passenger ON mobility.matches USING btree (passenger_user_id) WHERE live;

CREATE INDEX matches_passenger ON mobility.matches USING btree (passenger_user_id, created_at DESC);

CREATE INDEX matches_passenger_trip ON mobility.matches USING btree (passenger_trip_id, created_at DESC);

CREATE INDEX matches_unfinished ON mobility.matches USING btree (status, updated_at) WHERE live;

CREATE INDEX offers_answered ON mobility.offers USING btree (answered_at) WHERE (answered_at IS NOT NULL);

CREATE INDEX offers_driver_trip ON mobility.offers USING btree (driver_trip_id) WHERE (status = 'offered'::text);

CREATE INDEX offers_driver_trips ON mobility.offers USING btree (driver_trip_id);

CREATE INDEX offers_drivers ON mobility.offers USING btree (driver_user_id, created_at);

CREATE INDEX offers_due ON mobility.offers USING btree (expires_at) WHERE (status = 'offered'::text);

CREATE UNIQUE INDEX offers_one_per_driver ON mobility.offers USING btree (driver_user_id) WHERE (status = 'offered'::text);

CREATE INDEX offers_passenger_trip ON mobility.offers USING btree (passenger_trip_id, created_at);

CREATE INDEX operator_actions_target ON mobility.operator_actions USING btree (target, id);

CREATE INDEX outbox_created ON mobility.outbox USING btree (created_at) WHERE (status <> 'queued'::text);

CREATE INDEX outbox_dead ON mobility.outbox USING btree (created_at) WHERE (status = 'dead'::text);

CREATE INDEX outbox_in_order ON mobility.outbox USING btree (seq) WHERE (status = 'queued'::text);

CREATE INDEX outbox_message ON mobility.outbox USING btree (message_id) WHERE (message_id IS NOT NULL);

CREATE INDEX outbox_queued ON mobility.outbox USING btree (user_id, seq) WHERE (status = 'queued'::text);

CREATE INDEX outbox_subject ON mobility.outbox USING btree (subject) WHERE (subject IS NOT NULL);

CREATE INDEX outbox_user ON mobility.outbox USING btree (user_id);

CREATE INDEX outbox_words ON mobility.outbox USING btree (created_at) WHERE ((status <> 'queued'::text) AND ((params - '{match_id,trip_id}'::text[]) <> '{}'::jsonb));

CREATE INDEX places_area_code ON mobility.places USING btree (area_code);

CREATE INDEX ratings_rated ON mobility.ratings USING btree (rated_user_id);

CREATE INDEX ratings_rater ON mobility.ratings USING btree (rater_user_id);

CREATE INDEX ride_points_recorded ON mobility.ride_points USING btree (recorded_at);

CREATE INDEX sos_alerts_match ON mobility.sos_alerts USING btree (match_id);

CREATE INDEX sos_alerts_open ON mobility.sos_alerts USING btree (created_at) WHERE (acknowledged_at IS NULL);

CREATE INDEX sos_alerts_user ON mobility.sos_alerts USING btree (user_id);

CREATE INDEX tariffs_area_code ON mobility.tariffs USING btree (area_code);

CREATE INDEX tariffs_lookup ON mobility.tariffs USING btree (vehicle_type, area_code, valid_from DESC);

CREATE INDEX trip_links_match ON mobility.trip_links USING btree (match_id);

CREATE INDEX trip_links_user ON mobility.trip_links USING btree (user_id);

CREATE INDEX trips_active ON mobility.trips USING btree (user_id, role) WHERE (status = ANY (ARRAY['open'::text, 'matched'::text]));

CREATE INDEX trips_created ON mobility.trips USING btree (created_at);

CREATE UNIQUE INDEX trips_one_open ON mobility.trips USING btree (user_id, role) WHERE ((status = 'open'::text) AND (scheduled_for IS NULL));

CREATE INDEX trips_open_expiry ON mobility.trips USING btree (expires_at) WHERE (status = 'open'::text);

CREATE INDEX trips_scheduled ON mobility.trips USING btree (scheduled_for) WHERE ((status = 'open'::text) AND (scheduled_for IS NOT NULL));

CREATE INDEX trips_tariff ON mobility.trips USING btree (tariff_id);

CREATE INDEX trips_user ON mobility.trips USING btree (user_id, created_at DESC);

CREATE INDEX trips_vehicle_type ON mobility.trips USING btree (vehicle_type);

CREATE INDEX trusted_contacts_contact ON mobility.trusted_contacts USING btree (contact_user_id);

CREATE INDEX vehicles_vehicle_type ON mobility.vehicles USING btree (vehicle_type);

CREATE UNIQUE INDEX codes_main ON mobility_v1.codes USING btree (kind, v2) WHERE main;

CREATE INDEX rejects_needs ON mobility_v1.rejects USING btree (needs) WHERE (needs IS NOT NULL);

CREATE INDEX repairs_needs ON mobility_v1.repairs USING btree (needs) WHERE (needs IS NOT NULL);

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

CREATE TRIGGER push_dispatch AFTER INSERT OR UPDATE OF status, next_candidate ON mobility.dispatches FOR EACH ROW EXECUTE FUNCTION mobility.push_dispatch();

CREATE TRIGGER push_offer AFTER INSERT OR UPDATE OF status ON mobility.offers FOR EACH ROW EXECUTE FUNCTION mobility.push_offer();

CREATE TRIGGER push_sos AFTER INSERT OR UPDATE ON mobility.sos_alerts FOR EACH ROW EXECUTE FUNCTION mobility.push_sos();

CREATE TRIGGER time_ride BEFORE UPDATE OF status ON mobility.matches FOR EACH ROW EXECUTE FUNCTION mobility.time_ride();

CREATE TRIGGER wake_worker AFTER INSERT ON mobility.outbox FOR EACH STATEMENT EXECUTE FUNCTION mobility.wake_on_enqueue();

ALTER TABLE ONLY mobility.blocks
    ADD CONSTRAINT blocks_blocked_user_id_fkey FOREIGN KEY (blocked_user_id) REFERENCES mobility.profiles(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.blocks
    ADD CONSTRAINT blocks_user_id_fkey FOREIGN KEY (user_id) REFERENCES mobility.profiles(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.conversations
    ADD CONSTRAINT conversations_user_id_fkey FOREIGN KEY (user_id) REFERENCES mobility.profiles(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.dispatches
    ADD CONSTRAINT dispatches_passenger_trip_id_fkey FOREIGN KEY (passenger_trip_id) REFERENCES mobility.trips(id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.inbox
    ADD CONSTRAINT inbox_user_id_fkey FOREIGN KEY (user_id) REFERENCES mobility.profiles(user_id) ON DELETE CASCADE;

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

ALTER TABLE ONLY mobility.offers
    ADD CONSTRAINT offers_dispatch_id_fkey FOREIGN KEY (dispatch_id) REFERENCES mobility.dispatches(id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.offers
    ADD CONSTRAINT offers_driver_trip_id_fkey FOREIGN KEY (driver_trip_id) REFERENCES mobility.trips(id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.offers
    ADD CONSTRAINT offers_driver_user_id_fkey FOREIGN KEY (driver_user_id) REFERENCES mobility.profiles(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.offers
    ADD CONSTRAINT offers_passenger_trip_id_fkey FOREIGN KEY (passenger_trip_id) REFERENCES mobility.trips(id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.outbox
    ADD CONSTRAINT outbox_user_id_fkey FOREIGN KEY (user_id) REFERENCES mobility.profiles(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.pace_factors
    ADD CONSTRAINT pace_factors_vehicle_type_fkey FOREIGN KEY (vehicle_type) REFERENCES mobility.vehicle_types(code);

ALTER TABLE ONLY mobility.places
    ADD CONSTRAINT places_area_code_fkey FOREIGN KEY (area_code) REFERENCES mobility.areas(code);

ALTER TABLE ONLY mobility.ratings
    ADD CONSTRAINT ratings_match_id_fkey FOREIGN KEY (match_id) REFERENCES mobility.matches(id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.ratings
    ADD CONSTRAINT ratings_rated_user_id_fkey FOREIGN KEY (rated_user_id) REFERENCES mobility.profiles(user_id);

ALTER TABLE ONLY mobility.ratings
    ADD CONSTRAINT ratings_rater_user_id_fkey FOREIGN KEY (rater_user_id) REFERENCES mobility.profiles(user_id);

ALTER TABLE ONLY mobility.reminders
    ADD CONSTRAINT reminders_trip_id_fkey FOREIGN KEY (trip_id) REFERENCES mobility.trips(id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.ride_points
    ADD CONSTRAINT ride_points_match_id_fkey FOREIGN KEY (match_id) REFERENCES mobility.matches(id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.sending_pairs
    ADD CONSTRAINT sending_pairs_user_id_fkey FOREIGN KEY (user_id) REFERENCES mobility.profiles(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.sos_alerts
    ADD CONSTRAINT sos_alerts_match_id_fkey FOREIGN KEY (match_id) REFERENCES mobility.matches(id);

ALTER TABLE ONLY mobility.sos_alerts
    ADD CONSTRAINT sos_alerts_user_id_fkey FOREIGN KEY (user_id) REFERENCES mobility.profiles(user_id);

ALTER TABLE ONLY mobility.tariff_peaks
    ADD CONSTRAINT tariff_peaks_tariff_id_fkey FOREIGN KEY (tariff_id) REFERENCES mobility.tariffs(id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.tariffs
    ADD CONSTRAINT tariffs_area_code_fkey FOREIGN KEY (area_code) REFERENCES mobility.areas(code);

ALTER TABLE ONLY mobility.tariffs
    ADD CONSTRAINT tariffs_vehicle_type_fkey FOREIGN KEY (vehicle_type) REFERENCES mobility.vehicle_types(code);

ALTER TABLE ONLY mobility.trip_links
    ADD CONSTRAINT trip_links_match_id_fkey FOREIGN KEY (match_id) REFERENCES mobility.matches(id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.trip_links
    ADD CONSTRAINT trip_links_user_id_fkey FOREIGN KEY (user_id) REFERENCES mobility.profiles(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.trips
    ADD CONSTRAINT trips_tariff_id_fkey FOREIGN KEY (tariff_id) REFERENCES mobility.tariffs(id);

ALTER TABLE ONLY mobility.trips
    ADD CONSTRAINT trips_user_id_fkey FOREIGN KEY (user_id) REFERENCES mobility.profiles(user_id);

ALTER TABLE ONLY mobility.trips
    ADD CONSTRAINT trips_vehicle_type_fkey FOREIGN KEY (vehicle_type) REFERENCES mobility.vehicle_types(code);

ALTER TABLE ONLY mobility.trusted_contacts
    ADD CONSTRAINT trusted_contacts_contact_user_id_fkey FOREIGN KEY (contact_user_id) REFERENCES mobility.profiles(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.trusted_contacts
    ADD CONSTRAINT trusted_contacts_user_id_fkey FOREIGN KEY (user_id) REFERENCES mobility.profiles(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.user_metrics
    ADD CONSTRAINT user_metrics_user_id_fkey FOREIGN KEY (user_id) REFERENCES mobility.profiles(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.vehicles
    ADD CONSTRAINT vehicles_user_id_fkey FOREIGN KEY (user_id) REFERENCES mobility.profiles(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY mobility.vehicles
    ADD CONSTRAINT vehicles_vehicle_type_fkey FOREIGN KEY (vehicle_type) REFERENCES mobility.vehicle_types(code);

ALTER TABLE ONLY mobility.watches
    ADD CONSTRAINT watches_trip_id_fkey FOREIGN KEY (trip_id) REFERENCES mobility.trips(id) ON DELETE CASCADE;

ALTER TABLE mobility.areas ENABLE ROW LEVEL SECURITY;

CREATE POLICY areas_are_public ON mobility.areas FOR SELECT TO authenticated USING (true);

ALTER TABLE mobility.blocks ENABLE ROW LEVEL SECURITY;

CREATE POLICY blocks_read_own ON mobility.blocks FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

ALTER TABLE mobility.conversations ENABLE ROW LEVEL SECURITY;

CREATE POLICY conversations_service_only ON mobility.conversations TO service_role USING (true) WITH CHECK (true);

ALTER TABLE mobility.deliveries ENABLE ROW LEVEL SECURITY;

CREATE POLICY deliveries_service_only ON mobility.deliveries TO service_role USING (true) WITH CHECK (true);

ALTER TABLE mobility.dispatch_policy ENABLE ROW LEVEL SECURITY;

CREATE POLICY dispatch_policy_service_only ON mobility.dispatch_policy TO service_role USING (true) WITH CHECK (true);

ALTER TABLE mobility.dispatches ENABLE ROW LEVEL SECURITY;

CREATE POLICY dispatches_read_own ON mobility.dispatches FOR SELECT TO authenticated USING ((EXISTS ( SELECT 1
   FROM mobility.trips t
  WHERE ((t.id = dispatches.passenger_trip_id) AND (t.user_id = ( SELECT auth.uid() AS uid))))));

ALTER TABLE mobility.handed_over ENABLE ROW LEVEL SECURITY;

CREATE POLICY handed_over_service_only ON mobility.handed_over TO service_role USING (true) WITH CHECK (true);

ALTER TABLE mobility.hourly_totals ENABLE ROW LEVEL SECURITY;

CREATE POLICY hourly_totals_service_only ON mobility.hourly_totals TO service_role USING (true) WITH CHECK (true);

ALTER TABLE mobility.idempotency_keys ENABLE ROW LEVEL SECURITY;

CREATE POLICY idempotency_keys_service_only ON mobility.idempotency_keys TO service_role USING (true) WITH CHECK (true);

ALTER TABLE mobility.inbox ENABLE ROW LEVEL SECURITY;

CREATE POLICY inbox_service_only ON mobility.inbox TO service_role USING (true) WITH CHECK (true);

ALTER TABLE mobility.job_runs ENABLE ROW LEVEL SECURITY;

CREATE POLICY job_runs_service_only ON mobility.job_runs TO service_role USING (true) WITH CHECK (true);

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

ALTER TABLE mobility.offers ENABLE ROW LEVEL SECURITY;

CREATE POLICY offers_read_own ON mobility.offers FOR SELECT TO authenticated USING ((driver_user_id = ( SELECT auth.uid() AS uid)));

ALTER TABLE mobility.operator_actions ENABLE ROW LEVEL SECURITY;

CREATE POLICY operator_actions_service_only ON mobility.operator_actions TO service_role USING (true) WITH CHECK (true);

ALTER TABLE mobility.operators ENABLE ROW LEVEL SECURITY;

CREATE POLICY operators_read_own ON mobility.operators FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

ALTER TABLE mobility.outbox ENABLE ROW LEVEL SECURITY;

CREATE POLICY outbox_service_only ON mobility.outbox TO service_role USING (true) WITH CHECK (true);

ALTER TABLE mobility.pace_factors ENABLE ROW LEVEL SECURITY;

CREATE POLICY pace_factors_are_public ON mobility.pace_factors FOR SELECT TO authenticated USING (true);

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

ALTER TABLE mobility.reminders ENABLE ROW LEVEL SECURITY;

CREATE POLICY reminders_service_only ON mobility.reminders TO service_role USING (true) WITH CHECK (true);

ALTER TABLE mobility.ride_points ENABLE ROW LEVEL SECURITY;

CREATE POLICY ride_points_read_own ON mobility.ride_points FOR SELECT TO authenticated USING ((EXISTS ( SELECT 1
   FROM mobility.matches m
  WHERE ((m.id = ride_points.match_id) AND ((( SELECT auth.uid() AS uid) = m.driver_user_id) OR (( SELECT auth.uid() AS uid) = m.passenger_user_id))))));

ALTER TABLE mobility.rollout ENABLE ROW LEVEL SECURITY;

CREATE POLICY rollout_service_only ON mobility.rollout TO service_role USING (true) WITH CHECK (true);

ALTER TABLE mobility.sending_pairs ENABLE ROW LEVEL SECURITY;

CREATE POLICY sending_pairs_service_only ON mobility.sending_pairs TO service_role USING (true) WITH CHECK (true);

ALTER TABLE mobility.sending_rate ENABLE ROW LEVEL SECURITY;

CREATE POLICY sending_rate_service_only ON mobility.sending_rate TO service_role USING (true) WITH CHECK (true);

ALTER TABLE mobility.sos_alerts ENABLE ROW LEVEL SECURITY;

CREATE POLICY sos_alerts_read_own ON mobility.sos_alerts FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

ALTER TABLE mobility.tariff_peaks ENABLE ROW LEVEL SECURITY;

CREATE POLICY tariff_peaks_are_public ON mobility.tariff_peaks FOR SELECT TO authenticated USING (true);

ALTER TABLE mobility.tariffs ENABLE ROW LEVEL SECURITY;

CREATE POLICY tariffs_are_public ON mobility.tariffs FOR SELECT TO authenticated USING (true);

ALTER TABLE mobility.trip_links ENABLE ROW LEVEL SECURITY;

CREATE POLICY trip_links_service_only ON mobility.trip_links TO service_role USING (true) WITH CHECK (true);

ALTER TABLE mobility.trips ENABLE ROW LEVEL SECURITY;

CREATE POLICY trips_read_own ON mobility.trips FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

ALTER TABLE mobility.trusted_contacts ENABLE ROW LEVEL SECURITY;

CREATE POLICY trusted_contacts_read_own ON mobility.trusted_contacts FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

ALTER TABLE mobility.user_metrics ENABLE ROW LEVEL SECURITY;

CREATE POLICY user_metrics_read_own ON mobility.user_metrics FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

ALTER TABLE mobility.vehicle_types ENABLE ROW LEVEL SECURITY;

CREATE POLICY vehicle_types_are_public ON mobility.vehicle_types FOR SELECT TO authenticated USING (true);

ALTER TABLE mobility.vehicles ENABLE ROW LEVEL SECURITY;

CREATE POLICY vehicles_read_own ON mobility.vehicles FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

ALTER TABLE mobility.watches ENABLE ROW LEVEL SECURITY;

CREATE POLICY watches_service_only ON mobility.watches TO service_role USING (true) WITH CHECK (true);

ALTER TABLE mobility_v1.backfills ENABLE ROW LEVEL SECURITY;

ALTER TABLE mobility_v1.bridge ENABLE ROW LEVEL SECURITY;

ALTER TABLE mobility_v1.carried_matches ENABLE ROW LEVEL SECURITY;

ALTER TABLE mobility_v1.carried_profiles ENABLE ROW LEVEL SECURITY;

ALTER TABLE mobility_v1.carried_trips ENABLE ROW LEVEL SECURITY;

ALTER TABLE mobility_v1.changes ENABLE ROW LEVEL SECURITY;

ALTER TABLE mobility_v1.codes ENABLE ROW LEVEL SECURITY;

CREATE POLICY owner_only ON mobility_v1.backfills TO service_role USING (false);

CREATE POLICY owner_only ON mobility_v1.bridge TO service_role USING (false);

CREATE POLICY owner_only ON mobility_v1.carried_matches TO service_role USING (false);

CREATE POLICY owner_only ON mobility_v1.carried_profiles TO service_role USING (false);

CREATE POLICY owner_only ON mobility_v1.carried_trips TO service_role USING (false);

CREATE POLICY owner_only ON mobility_v1.changes TO service_role USING (false);

CREATE POLICY owner_only ON mobility_v1.codes TO service_role USING (false);

CREATE POLICY owner_only ON mobility_v1.rejects TO service_role USING (false);

CREATE POLICY owner_only ON mobility_v1.repairs TO service_role USING (false);

CREATE POLICY owner_only ON mobility_v1.synthetic TO service_role USING (false);

ALTER TABLE mobility_v1.rejects ENABLE ROW LEVEL SECURITY;

ALTER TABLE mobility_v1.repairs ENABLE ROW LEVEL SECURITY;

ALTER TABLE mobility_v1.synthetic ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA mobility TO authenticated;
GRANT USAGE ON SCHEMA mobility TO service_role;

GRANT USAGE ON SCHEMA public TO anon;
GRANT USAGE ON SCHEMA public TO authenticated;
GRANT USAGE ON SCHEMA public TO service_role;

REVOKE ALL ON FUNCTION mobility.add_to_metrics(p_user_id uuid, p_role text, p_delta jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.add_vehicle_type(p_code text, p_name text, p_speed_mps real, p_road_factor real) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.advance_dispatch(p_dispatch_id uuid, p_most integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.apply_statuses(p_statuses jsonb) FROM PUBLIC;

GRANT SELECT ON TABLE mobility.matches TO authenticated;
GRANT SELECT ON TABLE mobility.matches TO service_role;

REVOKE ALL ON FUNCTION mobility.apply_transition(m mobility.matches, p_to_status text, p_actor text, p_reason text) FROM PUBLIC;

GRANT SELECT ON TABLE mobility.areas TO authenticated;
GRANT SELECT ON TABLE mobility.areas TO service_role;

REVOKE ALL ON FUNCTION mobility.area_at(p_lat double precision, p_lng double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.arrival_radius_m() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.available_drivers(p_vehicle_type text, p_boundary extensions.geometry) FROM PUBLIC;

GRANT SELECT ON TABLE mobility.trips TO authenticated;
GRANT SELECT ON TABLE mobility.trips TO service_role;

REVOKE ALL ON FUNCTION mobility.bind_trips(p_passenger mobility.trips, p_driver mobility.trips, p_terms jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.blocked_with(p_user_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.bucket_bounds(p_metric text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.call_for_help(p_user_id uuid, p_command jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.cancel_trip_in_chat(p_user_id uuid, p_command jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.change_blocks(p_user_id uuid, p_command jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.change_contacts(p_user_id uuid, p_command jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.check_arrival(m mobility.matches) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.check_location(p_lat double precision, p_lng double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.check_open(t mobility.trips, p_side text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.check_operator(p_acting_user uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.check_pin(p_match_id uuid, p_pin text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.city_gauges() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.close_offers(t mobility.trips, p_reason text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.connection_gauges() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.count_abandoned(p_limit integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.count_hours(p_since timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.distance_m(p_lat_a double precision, p_lng_a double precision, p_lat_b double precision, p_lng_b double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION mobility.distance_m(p_lat_a double precision, p_lng_a double precision, p_lat_b double precision, p_lng_b double precision) TO authenticated;
GRANT ALL ON FUNCTION mobility.distance_m(p_lat_a double precision, p_lng_a double precision, p_lat_b double precision, p_lng_b double precision) TO service_role;

REVOKE ALL ON FUNCTION mobility.driver_card(m mobility.matches) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.earnings_today(p_user_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.empty_totals() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.end_trip(p_trip_id uuid, p_status text, p_reason text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.enqueue_task(p_user_id uuid, p_content jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.enter_pool(t mobility.trips) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.fare_for(p_vehicle_type text, p_lat double precision, p_lng double precision, p_distance_m double precision, p_duration_s double precision, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.find_person(p_whatsapp_user_id text, p_phone text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.finish_driver_trip(m mobility.matches) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.fold_hours() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.follow_rides(p_points jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.forget(p_limit integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.forget_job_runs(p_limit integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.freshness_limit() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.give_up(e mobility.inbox, p_code text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.hand_over_phone(p_phone text, p_to uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.hour_of(p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.hours_kept() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.identify(p_whatsapp_user_id text, p_phone text, p_display_name text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.is_blocked(p_user_a uuid, p_user_b uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.is_held(p_user_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.is_left_open(c mobility.conversations) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.is_plausible(p_lat double precision, p_lng double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.is_reachable(p_user_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.is_sent_again(o mobility.outbox, p_error_code integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.is_somebody_near(t mobility.trips) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.is_within(p_boundary extensions.geometry, p_lat double precision, p_lng double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.job_gauges() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.judge_position(p_from_lat double precision, p_from_lng double precision, p_from_at timestamp with time zone, p_lat double precision, p_lng double precision, p_at timestamp with time zone, p_mock boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.learn_pace(p_vehicle_type text, p_lat double precision, p_lng double precision, p_at timestamp with time zone, p_ratio double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.least_trust() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.leave_pool(t mobility.trips) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.letter_number(p_queue text, p_id text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.letter_uuid(p_queue text, p_id text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.link_of(p_token text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.live_rides(p_vehicle_type text, p_boundary extensions.geometry, p_status text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.lock_match(p_match_id uuid, p_acting_user uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.lock_offers(p_trip_ids uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.lock_positions(p_trip_ids uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.lock_trips(p_trip_a uuid, p_trip_b uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.log_operator(p_acting_user uuid, p_action text, p_target text, p_reason text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.looks_exchanged(p_lat double precision, p_lng double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.make_trip_link(p_match_id uuid, p_viewer text, p_user_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.match_json(m mobility.matches, p_viewer uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.match_view(m mobility.matches, p_user_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.may_receive(p_topic text) FROM PUBLIC;
GRANT ALL ON FUNCTION mobility.may_receive(p_topic text) TO authenticated;

REVOKE ALL ON FUNCTION mobility.mercator(p_lat double precision, p_lng double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.misdirected(p_messages jsonb, p_others jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.move_by_operator(p_match_id uuid, p_action text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.nearest(p_role text, p_vehicle_type text, p_lat double precision, p_lng double precision, p_limit integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.next_assignment() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.open_trip_in_chat(p_user_id uuid, p_command jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.operator_list_limit() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.own_match(p_user_id uuid, p_match_id uuid, p_since interval) FROM PUBLIC;

GRANT SELECT ON TABLE mobility.vehicle_types TO authenticated;
GRANT SELECT ON TABLE mobility.vehicle_types TO service_role;

REVOKE ALL ON FUNCTION mobility.pace_factor(v mobility.vehicle_types, p_lat double precision, p_lng double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.pace_json(v mobility.vehicle_types, p_lat double precision, p_lng double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.paces_at(p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.patience_in_chat() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.person_card(p_user_id uuid, p_role text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.plain_eta_s(v mobility.vehicle_types, p_lat_a double precision, p_lng_a double precision, p_lat_b double precision, p_lng_b double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.position_json(t mobility.trips) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.price_finished_ride(m mobility.matches) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.progress(p_status text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.prolong_trip(p_user_id uuid, p_trip_id uuid, p_by interval) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.push(p_topics text[], p_event text, p_payload jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.push_dispatch() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.push_offer() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.push_sos() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.realtime_gauges() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.record_event(m mobility.matches, p_from_status text, p_actor text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.record_run(p_job text, p_started timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.refresh_paces(p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.remember(p_acting_user uuid, p_key text, p_response jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.remind_drivers() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.remind_passengers() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.reopen_trip(p_trip_id uuid, p_grace interval) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.replay(p_acting_user uuid, p_key text, p_request jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.retry_after(p_error_code integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.ride_card(p_passenger_trip mobility.trips, p_distance_m integer, p_eta_s integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.ride_timeline(m mobility.matches) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.run_command(p_user_id uuid, p_command jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.say(p_user_id uuid, p_kind text, p_params jsonb, p_subject uuid, p_valid_until timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.say_today(p_user_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.schedule_lead() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.serve_watches() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.side_of(m mobility.matches, p_acting_user uuid, p_as text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.silence_limit() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.situation_of(p_user_id uuid) FROM PUBLIC;

GRANT SELECT ON TABLE mobility.sos_alerts TO authenticated;
GRANT SELECT ON TABLE mobility.sos_alerts TO service_role;

REVOKE ALL ON FUNCTION mobility.sos_json(a mobility.sos_alerts) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.standing_of(p_user_id uuid, p_role text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.standing_offers(p_vehicle_type text, p_boundary extensions.geometry) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.stay_online(p_user_id uuid, p_command jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.table_gauges() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.tell_match(m mobility.matches, p_from_status text, p_only uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.tell_match_fell_through(m mobility.matches, p_from_status text, p_driver_name text, p_seen boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.tell_withdrawn(m mobility.matches) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.time_ride() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.time_zone() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.total_gauges() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.trip_json(t mobility.trips) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.trust_after(p_trust real, p_verdict text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.try_lock_offers(p_trip_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.vehicle_type(p_code text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.waiting_passengers(p_vehicle_type text, p_boundary extensions.geometry) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.wake_on_enqueue() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.wake_worker() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.withdraw(p_subject uuid, p_status text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility.write_search() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.backfill_batch(p_table text, p_limit integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.bare_tables() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.beside(t mobility_v1.trip_image, p_id uuid, OUT reason text, OUT needs uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.broadcast(m mobility.matches, p_from text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.busy() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.carry(p_table text, p_id uuid, p_tries integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.carry_match(p_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.carry_profile(p_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.carry_trip(p_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.change_old_match(o mobility_v1.old_match, a mobility_v1.match_image, i mobility_v1.match_image, p_initiated_by text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.count_answer(p_user_id uuid, p_role text, p_accepted integer, p_declined integer, p_expired integer, p_response_ms bigint, p_completed integer, p_cancelled integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.differences(p_table text, p_id uuid, a jsonb, b jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.dress_table(p_table text, p_wait_ms integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.driver_trip(o mobility_v1.old_match, i mobility_v1.match_image, p mobility.trips) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.drop_message() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.e164(p_number text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.estimate(t mobility.trips) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.gauges() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.has_v1() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.hush() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.image_of(m mobility.matches) FROM PUBLIC;

GRANT SELECT ON TABLE mobility.profiles TO authenticated;
GRANT SELECT ON TABLE mobility.profiles TO service_role;

REVOKE ALL ON FUNCTION mobility_v1.image_of(p mobility.profiles) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.image_of(t mobility.trips) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.in_area(p_lat double precision, p_lng double precision) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.install() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.install_next(p_wait_ms integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.is_live(p_status text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.is_stale(p_status text, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.leave_bridge() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.locale_of(p_locale text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.lock_bridge() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.make_trip(p_user_id uuid, p_role text, p_vehicle_type text, p_at mobility.trips, i mobility_v1.match_image) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.merge(a jsonb, b jsonb, p_base jsonb, p_born "char") FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.merge_match(a mobility_v1.match_image, b mobility_v1.match_image, c mobility_v1.carried_matches) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.merge_trip_status(a mobility_v1.trip_image, b mobility_v1.trip_image, p_base text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.move_trips(m mobility.matches, p_was_live boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.need_old_person(p_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.need_person(p_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.note(p_table text, p_id uuid, p_side "char") FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.note_change() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.note_people() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.note_person() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.note_rows() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.old_match(p_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.old_profile(p_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.old_status(p_status text, p_initiated_by text, OUT status text, OUT declined boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.old_trip(p_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.passenger_trip(o mobility_v1.old_match, i mobility_v1.match_image) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.place(t mobility.trips, p_seen_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.put_match(o mobility_v1.old_match, r mobility_v1.match_reading) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.put_old_match(m mobility.matches) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.put_old_trip(t mobility.trips) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.put_trip(p_id uuid, t mobility.trips, i mobility_v1.trip_image, p_seen_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.read_match(o mobility_v1.old_match) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.read_point(p_lat double precision, p_lng double precision, OUT lat double precision, OUT lng double precision, OUT exchanged boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.read_profile(o mobility_v1.old_profile) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.read_trip(o mobility_v1.old_trip) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.refresh_positions() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.reject(p_table text, p_id uuid, p_reason text, p_side "char", p_needs uuid, p_detail jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.ride_rank(p_status text) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.set_aside(p_user_id uuid, p_role text, p_except uuid, p_reason text, p_needs uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.settle(p_table text, p_id uuid, p_repairs text[], p_needs uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.sync(p_limit integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.triggers() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.uninstall() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.verify() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.verify_matches() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.verify_profiles() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.verify_trips() FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.wake(p_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION mobility_v1.walk(m mobility.matches, p_from text, i mobility_v1.match_image) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.accept_match(p_acting_user uuid, p_passenger_trip_id uuid, p_driver_trip_id uuid, p_initiated_by text, p_respond_within_s integer, p_match_id uuid, p_idempotency_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.accept_match(p_acting_user uuid, p_passenger_trip_id uuid, p_driver_trip_id uuid, p_initiated_by text, p_respond_within_s integer, p_match_id uuid, p_idempotency_key text) TO service_role;

REVOKE ALL ON FUNCTION public.acknowledge_sos(p_acting_user uuid, p_alert_id uuid, p_by text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.acknowledge_sos(p_acting_user uuid, p_alert_id uuid, p_by text) TO service_role;

REVOKE ALL ON FUNCTION public.advance_match(p_acting_user uuid, p_match_id uuid, p_action text, p_as text, p_pin text, p_reason text, p_keep_searching boolean, p_idempotency_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.advance_match(p_acting_user uuid, p_match_id uuid, p_action text, p_as text, p_pin text, p_reason text, p_keep_searching boolean, p_idempotency_key text) TO service_role;

REVOKE ALL ON FUNCTION public.answer_inbox(p_event_id bigint, p_lease uuid, p_answer jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.answer_inbox(p_event_id bigint, p_lease uuid, p_answer jsonb) TO service_role;

REVOKE ALL ON FUNCTION public.answer_offer(p_acting_user uuid, p_offer_id uuid, p_accept boolean, p_match_id uuid, p_idempotency_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.answer_offer(p_acting_user uuid, p_offer_id uuid, p_accept boolean, p_match_id uuid, p_idempotency_key text) TO service_role;

REVOKE ALL ON FUNCTION public.assign_dispatches(p_orders jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.assign_dispatches(p_orders jsonb) TO service_role;

REVOKE ALL ON FUNCTION public.cancel_trip(p_acting_user uuid, p_trip_id uuid, p_reason text, p_idempotency_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.cancel_trip(p_acting_user uuid, p_trip_id uuid, p_reason text, p_idempotency_key text) TO service_role;

REVOKE ALL ON FUNCTION public.claim_deliveries(p_limit integer, p_lease_s integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.claim_deliveries(p_limit integer, p_lease_s integer) TO service_role;

REVOKE ALL ON FUNCTION public.claim_inbox(p_limit integer, p_lease_s integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.claim_inbox(p_limit integer, p_lease_s integer) TO service_role;

REVOKE ALL ON FUNCTION public.claim_outbox(p_limit integer, p_lease_s integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.claim_outbox(p_limit integer, p_lease_s integer) TO service_role;

REVOKE ALL ON FUNCTION public.create_link(p_acting_user uuid, p_match_id uuid, p_viewer text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_link(p_acting_user uuid, p_match_id uuid, p_viewer text) TO service_role;

REVOKE ALL ON FUNCTION public.create_trip(p_acting_user uuid, p_user_id uuid, p_role text, p_vehicle_type text, p_pickup_lat double precision, p_pickup_lng double precision, p_pickup_text text, p_dropoff_lat double precision, p_dropoff_lng double precision, p_dropoff_text text, p_expires_in_s integer, p_scheduled_for timestamp with time zone, p_idempotency_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_trip(p_acting_user uuid, p_user_id uuid, p_role text, p_vehicle_type text, p_pickup_lat double precision, p_pickup_lng double precision, p_pickup_text text, p_dropoff_lat double precision, p_dropoff_lng double precision, p_dropoff_text text, p_expires_in_s integer, p_scheduled_for timestamp with time zone, p_idempotency_key text) TO service_role;

REVOKE ALL ON FUNCTION public.database_gauges() FROM PUBLIC;
GRANT ALL ON FUNCTION public.database_gauges() TO service_role;

REVOKE ALL ON FUNCTION public.dispatch_trip(p_acting_user uuid, p_passenger_trip_id uuid, p_candidates jsonb, p_batch_size integer, p_offer_s integer, p_idempotency_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.dispatch_trip(p_acting_user uuid, p_passenger_trip_id uuid, p_candidates jsonb, p_batch_size integer, p_offer_s integer, p_idempotency_key text) TO service_role;

REVOKE ALL ON FUNCTION public.drop_dead_letter(p_acting_user uuid, p_queue text, p_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.drop_dead_letter(p_acting_user uuid, p_queue text, p_id text) TO service_role;

REVOKE ALL ON FUNCTION public.eta_accuracy(p_hours integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.eta_accuracy(p_hours integer) TO service_role;

REVOKE ALL ON FUNCTION public.fail_inbox(p_event_id bigint, p_lease uuid, p_code text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.fail_inbox(p_event_id bigint, p_lease uuid, p_code text) TO service_role;

REVOKE ALL ON FUNCTION public.find_counterparts(p_acting_user uuid, p_trip_id uuid, p_role text, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_counterparts(p_acting_user uuid, p_trip_id uuid, p_role text, p_limit integer) TO service_role;

REVOKE ALL ON FUNCTION public.find_nearby(p_role text, p_vehicle_type text, p_lat double precision, p_lng double precision, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_nearby(p_role text, p_vehicle_type text, p_lat double precision, p_lng double precision, p_limit integer) TO service_role;

REVOKE ALL ON FUNCTION public.find_place(p_text text, p_lat double precision, p_lng double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_place(p_text text, p_lat double precision, p_lng double precision) TO service_role;

REVOKE ALL ON FUNCTION public.get_match(p_acting_user uuid, p_match_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_match(p_acting_user uuid, p_match_id uuid) TO service_role;

REVOKE ALL ON FUNCTION public.get_offer_trips(p_offer_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_offer_trips(p_offer_id uuid) TO service_role;

REVOKE ALL ON FUNCTION public.get_offers(p_acting_user uuid, p_trip_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_offers(p_acting_user uuid, p_trip_id uuid) TO service_role;

REVOKE ALL ON FUNCTION public.get_rollout() FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_rollout() TO service_role;

REVOKE ALL ON FUNCTION public.get_trip(p_acting_user uuid, p_trip_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_trip(p_acting_user uuid, p_trip_id uuid) TO service_role;

REVOKE ALL ON FUNCTION public.get_waiting_dispatches(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_waiting_dispatches(p_limit integer) TO service_role;

REVOKE ALL ON FUNCTION public.open_link(p_token text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.open_link(p_token text) TO service_role;

REVOKE ALL ON FUNCTION public.operations_gauges() FROM PUBLIC;
GRANT ALL ON FUNCTION public.operations_gauges() TO service_role;

REVOKE ALL ON FUNCTION public.operator_cancel(p_acting_user uuid, p_match_id uuid, p_trip_id uuid, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.operator_cancel(p_acting_user uuid, p_match_id uuid, p_trip_id uuid, p_reason text) TO service_role;

REVOKE ALL ON FUNCTION public.operator_city(p_acting_user uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.operator_city(p_acting_user uuid) TO service_role;

REVOKE ALL ON FUNCTION public.operator_dead_letters(p_acting_user uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.operator_dead_letters(p_acting_user uuid) TO service_role;

REVOKE ALL ON FUNCTION public.operator_overview(p_acting_user uuid, p_filter jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.operator_overview(p_acting_user uuid, p_filter jsonb) TO service_role;

REVOKE ALL ON FUNCTION public.operator_redispatch(p_acting_user uuid, p_match_id uuid, p_trip_id uuid, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.operator_redispatch(p_acting_user uuid, p_match_id uuid, p_trip_id uuid, p_reason text) TO service_role;

REVOKE ALL ON FUNCTION public.operator_ride(p_acting_user uuid, p_match_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.operator_ride(p_acting_user uuid, p_match_id uuid) TO service_role;

REVOKE ALL ON FUNCTION public.operator_sos(p_acting_user uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.operator_sos(p_acting_user uuid) TO service_role;

REVOKE ALL ON FUNCTION public.people_cards(p_trip_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.people_cards(p_trip_ids uuid[]) TO service_role;

REVOKE ALL ON FUNCTION public.ping() FROM PUBLIC;
GRANT ALL ON FUNCTION public.ping() TO service_role;

REVOKE ALL ON FUNCTION public.prune(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.prune(p_limit integer) TO service_role;

REVOKE ALL ON FUNCTION public.queue_depths() FROM PUBLIC;
GRANT ALL ON FUNCTION public.queue_depths() TO service_role;

REVOKE ALL ON FUNCTION public.rate_match(p_acting_user uuid, p_match_id uuid, p_rating integer, p_as text, p_comment text, p_idempotency_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.rate_match(p_acting_user uuid, p_match_id uuid, p_rating integer, p_as text, p_comment text, p_idempotency_key text) TO service_role;

REVOKE ALL ON FUNCTION public.receive_whatsapp(p_messages jsonb, p_statuses jsonb, p_deliveries jsonb, p_others jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.receive_whatsapp(p_messages jsonb, p_statuses jsonb, p_deliveries jsonb, p_others jsonb) TO service_role;

REVOKE ALL ON FUNCTION public.record_deliveries(p_results jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.record_deliveries(p_results jsonb) TO service_role;

REVOKE ALL ON FUNCTION public.record_outbox(p_results jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.record_outbox(p_results jsonb) TO service_role;

REVOKE ALL ON FUNCTION public.record_work(p_duration_ms integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.record_work(p_duration_ms integer) TO service_role;

REVOKE ALL ON FUNCTION public.retry_dead_letter(p_acting_user uuid, p_queue text, p_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.retry_dead_letter(p_acting_user uuid, p_queue text, p_id text) TO service_role;

REVOKE ALL ON FUNCTION public.revoke_links(p_acting_user uuid, p_match_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.revoke_links(p_acting_user uuid, p_match_id uuid) TO service_role;

REVOKE ALL ON FUNCTION public.roll_up() FROM PUBLIC;
GRANT ALL ON FUNCTION public.roll_up() TO service_role;

REVOKE ALL ON FUNCTION public.set_dispatch_policy(p_window_s real, p_idle_credit_s real, p_batch_size integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_dispatch_policy(p_window_s real, p_idle_credit_s real, p_batch_size integer) TO service_role;

REVOKE ALL ON FUNCTION public.set_rollout(p_percent integer, p_by text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_rollout(p_percent integer, p_by text) TO service_role;

REVOKE ALL ON FUNCTION public.sweep(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sweep(p_limit integer) TO service_role;

REVOKE ALL ON FUNCTION public.sweep_chat(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sweep_chat(p_limit integer) TO service_role;

REVOKE ALL ON FUNCTION public.sweep_dispatch(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sweep_dispatch(p_limit integer) TO service_role;

REVOKE ALL ON FUNCTION public.sync_v1() FROM PUBLIC;
GRANT ALL ON FUNCTION public.sync_v1() TO service_role;

REVOKE ALL ON FUNCTION public.update_positions(p_acting_user uuid, p_points jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_positions(p_acting_user uuid, p_points jsonb) TO service_role;

REVOKE ALL ON FUNCTION public.update_positions_by_link(p_token text, p_points jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_positions_by_link(p_token text, p_points jsonb) TO service_role;

GRANT SELECT ON TABLE mobility.blocks TO authenticated;
GRANT SELECT ON TABLE mobility.blocks TO service_role;

GRANT SELECT ON TABLE mobility.dispatches TO authenticated;
GRANT SELECT ON TABLE mobility.dispatches TO service_role;

GRANT SELECT ON TABLE mobility.live_positions TO authenticated;
GRANT SELECT ON TABLE mobility.live_positions TO service_role;

GRANT SELECT ON TABLE mobility.match_events TO authenticated;
GRANT SELECT ON TABLE mobility.match_events TO service_role;

GRANT SELECT ON TABLE mobility.match_pins TO authenticated;
GRANT SELECT ON TABLE mobility.match_pins TO service_role;

GRANT SELECT ON TABLE mobility.match_transitions TO authenticated;
GRANT SELECT ON TABLE mobility.match_transitions TO service_role;

GRANT SELECT ON TABLE mobility.offers TO authenticated;
GRANT SELECT ON TABLE mobility.offers TO service_role;

GRANT SELECT ON TABLE mobility.operators TO authenticated;
GRANT SELECT ON TABLE mobility.operators TO service_role;

GRANT SELECT ON TABLE mobility.pace_factors TO authenticated;
GRANT SELECT ON TABLE mobility.pace_factors TO service_role;

GRANT SELECT ON TABLE mobility.places TO authenticated;
GRANT SELECT ON TABLE mobility.places TO service_role;

GRANT SELECT ON TABLE mobility.ratings TO authenticated;
GRANT SELECT ON TABLE mobility.ratings TO service_role;

GRANT SELECT ON TABLE mobility.ride_points TO authenticated;
GRANT SELECT ON TABLE mobility.ride_points TO service_role;

GRANT SELECT ON TABLE mobility.tariff_peaks TO authenticated;
GRANT SELECT ON TABLE mobility.tariff_peaks TO service_role;

GRANT SELECT ON TABLE mobility.tariffs TO authenticated;
GRANT SELECT ON TABLE mobility.tariffs TO service_role;

GRANT SELECT ON TABLE mobility.trusted_contacts TO authenticated;
GRANT SELECT ON TABLE mobility.trusted_contacts TO service_role;

GRANT SELECT ON TABLE mobility.user_metrics TO authenticated;
GRANT SELECT ON TABLE mobility.user_metrics TO service_role;

GRANT SELECT ON TABLE mobility.vehicles TO authenticated;
GRANT SELECT ON TABLE mobility.vehicles TO service_role;
