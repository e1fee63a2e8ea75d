-- How V1's values read in V2: pure functions, which carrying and verifying share. In PL/pgSQL where
-- they are called for each row: what sets its path cannot be inlined, and SQL costs more to start than to run.

-- A number as E.164 with its plus, or null for none. V1 has them with and without the plus, and as Rwandans
-- write them at home (07..., or 7... without the zero).
create function mobility_v1.e164(p_number text) returns text
language plpgsql immutable
set search_path = ''
as $$
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
$$;
comment on function mobility_v1.e164 is 'A phone number as +E.164, or null.';

create function mobility_v1.locale_of(p_locale text) returns text
language plpgsql immutable
set search_path = ''
as $$
begin
  return case
    when left(lower(trim(p_locale)), 2) in ('en', 'fr', 'rw', 'sw') then left(lower(trim(p_locale)), 2)
    when left(lower(trim(p_locale)), 3) = 'kin' then 'rw'
  end;
end
$$;
comment on function mobility_v1.locale_of is 'The language of a locale, or null for one that V2 does not speak.';

-- A person without the question who else has the number, which needs the tables.
create function mobility_v1.read_profile(o mobility_v1.old_profile) returns mobility_v1.profile_reading
language plpgsql stable
set search_path = ''
as $$
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
comment on function mobility_v1.read_profile is 'A person of V1 in V2''s words.';

-- Whether a point is in a service area.
create function mobility_v1.in_area(p_lat double precision, p_lng double precision) returns boolean
language plpgsql stable
set search_path = ''
as $$
begin
  return exists (select from mobility.areas a
    where extensions.st_intersects(a.boundary, extensions.st_setsrid(extensions.st_makepoint(p_lng, p_lat), 4326)));
end
$$;
comment on function mobility_v1.in_area is 'Whether a point is in a service area.';

-- A point that a person can be at, exchanged when only that puts it into a service area: {lat, lng, exchanged},
-- all null for no such point.
create function mobility_v1.read_point(
  p_lat double precision, p_lng double precision, out lat double precision, out lng double precision, out exchanged boolean
)
language plpgsql stable
set search_path = ''
as $$
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
comment on function mobility_v1.read_point is 'A plausible point out of V1''s coordinates.';

create function mobility_v1.read_trip(o mobility_v1.old_trip) returns mobility_v1.trip_reading
language plpgsql stable
set search_path = ''
as $$
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
comment on function mobility_v1.read_trip is 'A trip of V1 in V2''s words, or why it cannot be one.';

-- The states a match went through, in order.
create function mobility_v1.ride_rank(p_status text) returns integer
language plpgsql immutable
set search_path = ''
as $$
begin
  return array_position(array['pending', 'accepted', 'driver_arrived', 'in_progress', 'expired', 'declined',
    'cancelled_passenger', 'cancelled_driver', 'completed'], p_status);
end
$$;
comment on function mobility_v1.ride_rank is 'How far a state of a match is: when two sides differ, the further one holds.';

create function mobility_v1.is_live(p_status text) returns boolean
language plpgsql immutable
set search_path = ''
as $$
begin
  return p_status in ('pending', 'accepted', 'driver_arrived', 'in_progress');
end
$$;
comment on function mobility_v1.is_live is 'Whether a state binds two people.';

-- Whether V2's clock calls a live match over: by the limits of public.sweep.
create function mobility_v1.is_stale(p_status text, p_at timestamptz) returns boolean
language plpgsql stable
set search_path = ''
as $$
begin
  return case when p_status = 'in_progress' then p_at < now() - interval '12 hours'
    when mobility_v1.is_live(p_status) then p_at < now() - interval '2 hours' else false end;
end
$$;
comment on function mobility_v1.is_stale is 'Whether a match in this state was forgotten.';

create function mobility_v1.read_match(o mobility_v1.old_match) returns mobility_v1.match_reading
language plpgsql stable
set search_path = ''
as $$
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
comment on function mobility_v1.read_match is 'A match of V1 in V2''s words, or why it cannot be one.';

-- V2's own rows as images.
create function mobility_v1.image_of(p mobility.profiles) returns mobility_v1.profile_image
language plpgsql immutable
set search_path = ''
as $$
begin
  return row(p.phone, p.display_name, p.locale, p.created_at)::mobility_v1.profile_image;
end
$$;
comment on function mobility_v1.image_of(mobility.profiles) is 'A person of V2 as both sides know one.';

-- V1 says "matched" of a trip whose ride is over, too.
create function mobility_v1.image_of(t mobility.trips) returns mobility_v1.trip_image
language plpgsql immutable
set search_path = ''
as $$
begin
  return row(t.user_id, t.role, t.vehicle_type, case t.status when 'completed' then 'matched' else t.status end,
    t.pickup_lat, t.pickup_lng, t.pickup_text, t.dropoff_lat, t.dropoff_lng, t.dropoff_text,
    t.scheduled_for, t.expires_at, t.created_at)::mobility_v1.trip_image;
end
$$;
comment on function mobility_v1.image_of(mobility.trips) is 'A trip of V2 as both sides know one.';

create function mobility_v1.image_of(m mobility.matches) returns mobility_v1.match_image
language plpgsql immutable
set search_path = ''
as $$
begin
  return row(m.passenger_user_id, m.driver_user_id, m.status, m.fare_amount,
    case when m.fare_amount is not null then m.currency end, round(m.distance_m / 1000.0, 2),
    m.created_at, m.accepted_at, m.arrived_at, m.started_at, m.completed_at,
    case when m.status in ('cancelled_driver', 'cancelled_passenger', 'declined') then m.ended_at end,
    case when not m.live then m.cancel_reason end)::mobility_v1.match_image;
end
$$;
comment on function mobility_v1.image_of(mobility.matches) is 'A match of V2 as both sides know one.';

-- Field by field: what only one side changed is that side's; what both did is the side's where the row was born.
create function mobility_v1.merge(a jsonb, b jsonb, p_base jsonb, p_born "char") returns jsonb
language sql immutable
set search_path = ''
as $$
  select jsonb_object_agg(k, case
    when a -> k = b -> k then a -> k
    when a -> k = p_base -> k then b -> k
    when b -> k = p_base -> k then a -> k
    when p_born = '1' then a -> k else b -> k end)
  from jsonb_object_keys(a) k
$$;
comment on function mobility_v1.merge is 'Joins the changes of both sides of a row, by what they agreed on last.';
