-- What each side of a match is told when it moves, in the transaction that moves it.

create function mobility.is_reachable(p_user_id uuid) returns boolean
language sql stable
set search_path = ''
as $$
  select exists (
    select 1 from mobility.profiles
    where user_id = p_user_id and (whatsapp_user_id is not null or phone is not null)
  )
$$;
comment on function mobility.is_reachable is 'Whether a person has WhatsApp.';

-- A driver as the passenger sees one: name, vehicle, record, and how far from the pickup.
create function mobility.driver_card(m mobility.matches) returns jsonb
language plpgsql stable
set search_path = ''
as $$
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
comment on function mobility.driver_card is 'The driver of a match as the passenger sees one.';

-- The clock people are told times by.
create function mobility.time_zone() returns text
language sql stable
set search_path = ''
as $$ select coalesce((select timezone from mobility.areas order by code limit 1), 'Africa/Kigali') $$;
comment on function mobility.time_zone is 'The time zone of the first service area.';

-- A driver's rides and income since midnight, by the clock of the service area.
create function mobility.earnings_today(p_user_id uuid) returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object('rides', count(*), 'earnings', coalesce(sum(fare_amount), 0), 'currency', max(currency))
  from mobility.matches
  where driver_user_id = p_user_id and status = 'completed'
    and completed_at >= date_trunc('day', now() at time zone mobility.time_zone()) at time zone mobility.time_zone()
$$;
comment on function mobility.earnings_today is 'Rides and income of a driver since midnight.';

-- Ends the driver's trip with its ride. Who drives by chat is online again where the ride ended, without
-- having to ask for it after every ride.
create function mobility.finish_driver_trip(m mobility.matches) returns void
language plpgsql
set search_path = ''
as $$
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
comment on function mobility.finish_driver_trip is 'Ends the driver''s trip; a driver in chat is online again.';

-- Tells both sides where their match stands now, or only one of them.
create function mobility.tell_match(m mobility.matches, p_from_status text, p_only uuid default null) returns void
language plpgsql
set search_path = ''
as $$
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
comment on function mobility.tell_match is 'Tells both sides of a match where it stands.';

-- Tells both sides why there is no match any more. A passenger whose driver cancelled is searched for again;
-- whoever was asked and has not seen it (p_seen) is not told that it is over.
create function mobility.tell_match_fell_through(
  m mobility.matches, p_from_status text, p_driver_name text, p_seen boolean
) returns void
language plpgsql
set search_path = ''
as $$
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
comment on function mobility.tell_match_fell_through is 'Tells both sides why there is no match any more.';
