-- The calls that make a match and move it. Raised codes are the API's; see shared/platform/errors.

-- Binds two open trips, which the caller has locked and checked, in a pending match. p_terms: initiated_by,
-- respond_by, and id and created_at if they are not new.
create function mobility.bind_trips(p_passenger mobility.trips, p_driver mobility.trips, p_terms jsonb)
returns mobility.matches
language plpgsql
set search_path = ''
as $$
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
comment on function mobility.bind_trips is 'Binds two locked open trips in a pending match.';

-- Proposes a match between an open passenger trip and an open driver trip: it is made at once, as
-- "pending", and both trips leave the searches. p_initiated_by says who proposed when the service
-- acts; a signed-in user proposes for the trip they own.
create function public.accept_match(
  p_acting_user uuid, p_passenger_trip_id uuid, p_driver_trip_id uuid,
  p_initiated_by text default 'passenger', p_respond_within_s integer default 60,
  p_match_id uuid default null, p_idempotency_key text default null
) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
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
comment on function public.accept_match is 'Binds a passenger trip and a driver trip in a pending match.';
revoke all on function public.accept_match from public, anon, authenticated;
grant execute on function public.accept_match to service_role;

-- Locks a match and its trips in the one order. Raises MATCH_NOT_FOUND, or FORBIDDEN for a stranger.
create function mobility.lock_match(p_match_id uuid, p_acting_user uuid) returns mobility.matches
language plpgsql
set search_path = ''
as $$
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
comment on function mobility.lock_match is 'Locks a match with its trips for somebody who takes part in it.';

-- Which side acts in a match: the signed-in user's own, or the one the service names. Null when the
-- service names none.
create function mobility.side_of(m mobility.matches, p_acting_user uuid, p_as text) returns text
language sql immutable
set search_path = ''
as $$
  select case p_acting_user when m.driver_user_id then 'driver' when m.passenger_user_id then 'passenger'
    -- Only the sweep acts for the system.
    else nullif(p_as, 'system') end
$$;
comment on function mobility.side_of is 'The side of a match that the caller acts for.';

-- Checks the PIN under the match's lock. Null when it is right; else the answer to give, with the
-- wrong attempt already written: five lock it for ten minutes.
create function mobility.check_pin(p_match_id uuid, p_pin text) returns jsonb
language plpgsql
set search_path = ''
as $$
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
comment on function mobility.check_pin is 'Null for the right PIN, else the error to answer with.';
