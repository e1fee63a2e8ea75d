-- What a person can do from the chat beyond the calls of the API: each acts as that person, checks by itself,
-- and says what came of it.

create table mobility.watches (
  trip_id uuid primary key references mobility.trips (id) on delete cascade,
  created_at timestamptz not null default now(),
  -- When it was last looked whether somebody is near.
  looked_at timestamptz not null default now()
);
comment on table mobility.watches is 'Passengers who want to be told when somebody is near.';
alter table mobility.watches enable row level security;
create policy watches_service_only on mobility.watches for all to service_role using (true) with check (true);

-- Locks a person's own open trip and prolongs it. Raises why it is not open.
create function mobility.prolong_trip(p_user_id uuid, p_trip_id uuid, p_by interval) returns mobility.trips
language plpgsql
set search_path = ''
as $$
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
comment on function mobility.prolong_trip is 'Locks a person''s open trip and prolongs it.';

-- The driver is where the last position says, or at the new one, and stays online.
create function mobility.stay_online(p_user_id uuid, p_command jsonb) returns void
language plpgsql
set search_path = ''
as $$
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
comment on function mobility.stay_online is 'Confirms or moves an online driver.';

-- Opens a trip and says or starts what follows: a passenger's search, a driver's being online, a booking.
create function mobility.open_trip_in_chat(p_user_id uuid, p_command jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
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
comment on function mobility.open_trip_in_chat is 'Opens a trip and says what follows from it.';

create function mobility.cancel_trip_in_chat(p_user_id uuid, p_command jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
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
comment on function mobility.cancel_trip_in_chat is 'Cancels a trip and says so.';

-- A person's day: rides and income as a driver, rating, rides as a passenger.
create function mobility.say_today(p_user_id uuid) returns void
language sql
set search_path = ''
as $$
  select mobility.say(p_user_id, 'today', mobility.earnings_today(p_user_id) || jsonb_build_object(
    'rating', (s.standing ->> 'rating')::numeric, 'rating_count', (s.standing ->> 'rating_count')::integer,
    'rides_as_passenger', (select count(*) from mobility.matches where passenger_user_id = p_user_id
      and status = 'completed' and completed_at >= date_trunc('day', now() at time zone mobility.time_zone())
        at time zone mobility.time_zone())))
  from (select mobility.standing_of(p_user_id, 'driver') as standing) s
$$;
comment on function mobility.say_today is 'Tells a person about their day.';

-- A match of the person that is under way, or was until two hours ago. Raises MATCH_NOT_FOUND,
-- FORBIDDEN, MATCH_INVALID_STATE.
create function mobility.own_match(p_user_id uuid, p_match_id uuid, p_since interval) returns mobility.matches
language plpgsql stable
set search_path = ''
as $$
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
comment on function mobility.own_match is 'A match of the person, under way or ended recently.';

-- Calls for help: the operator by a row and a post, the trusted contacts by a message with a link.
create function mobility.call_for_help(p_user_id uuid, p_command jsonb) returns void
language plpgsql
set search_path = ''
as $$
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
comment on function mobility.call_for_help is 'Raises an SOS: a row, a post to the operator, messages to the trusted contacts.';

-- Trusted contacts: add, remove, list.
create function mobility.change_contacts(p_user_id uuid, p_command jsonb) returns void
language plpgsql
set search_path = ''
as $$
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
comment on function mobility.change_contacts is 'Adds, removes or lists the trusted contacts of a person.';

-- Blocking holds both ways and from the next search on.
create function mobility.change_blocks(p_user_id uuid, p_command jsonb) returns void
language plpgsql
set search_path = ''
as $$
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
comment on function mobility.change_blocks is 'Blocks, unblocks or lists.';
