-- Opening and cancelling trips. Each function is one transaction; p_acting_user is the signed-in
-- user, or null for the service, which may act for anyone.

-- Raises the code that says why a trip cannot take part in a match or a search, if it cannot.
-- p_side goes into the hint, so that a caller who named two trips learns which one is meant.
create function mobility.check_open(t mobility.trips, p_side text) returns void
language plpgsql stable
set search_path = ''
as $$
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
comment on function mobility.check_open is 'Raises why a trip is not open, if it is not.';

-- Puts a trip into its pool for the searches, at its pickup.
create function mobility.enter_pool(t mobility.trips) returns void
language sql
set search_path = ''
as $$
  insert into mobility.live_positions (
    trip_id, user_id, role, vehicle_type, lat, lng, position_at, expires_at, available, findable_from, standing
  )
  select t.id, t.user_id, t.role, t.vehicle_type, t.pickup_lat, t.pickup_lng, now(), t.expires_at,
    coalesce(t.scheduled_for - mobility.schedule_lead() <= now(), true),
    coalesce(t.scheduled_for - mobility.schedule_lead(), '-infinity'), mobility.standing_of(t.user_id, t.role)
$$;
comment on function mobility.enter_pool is 'Makes an open trip findable.';

-- Hides a trip from the searches; its position is still kept while its ride is under way. What is being
-- offered for it, or to it, is called back.
create function mobility.leave_pool(t mobility.trips) returns void
language plpgsql
set search_path = ''
as $$
begin
  update mobility.live_positions set available = false, findable_from = 'infinity'
  where role = t.role and vehicle_type = t.vehicle_type and trip_id = t.id;
  perform mobility.close_offers(t, 'taken');
end
$$;
comment on function mobility.leave_pool is 'Hides a matched trip from the searches.';

-- Ends a trip and forgets where it was.
create function mobility.end_trip(p_trip_id uuid, p_status text, p_reason text default null) returns void
language plpgsql
set search_path = ''
as $$
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
comment on function mobility.end_trip is 'Ends a trip: completed, expired or cancelled.';

-- Opens a trip. "refused_by" are people a block keeps away. An open trip that the person already has in this role is replaced by the new one
-- (a driver who goes online at a new pin, a passenger who asks again); a ride that is under way is
-- not: ALREADY_IN_RIDE. Raises INVALID_VEHICLE_TYPE, INVALID_LOCATION.
create function public.create_trip(
  p_acting_user uuid, p_user_id uuid, p_role text, p_vehicle_type text,
  p_pickup_lat double precision, p_pickup_lng double precision, p_pickup_text text default null,
  p_dropoff_lat double precision default null, p_dropoff_lng double precision default null,
  p_dropoff_text text default null, p_expires_in_s integer default 1800,
  p_scheduled_for timestamptz default null, p_idempotency_key text default null
) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
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
comment on function public.create_trip is 'Opens a trip: {trip, replaced_trip_id, vehicle}.';
revoke all on function public.create_trip from public, anon, authenticated;
grant execute on function public.create_trip to service_role;
