-- Carrying trips.

-- A person that a row of V1 or V2 refers to, made if need be: in V2 out of V1's profile, or bare for an id
-- that V1 has nobody for.
create function mobility_v1.need_person(p_id uuid) returns void
language plpgsql
set search_path = ''
as $$
begin
  if exists (select from mobility.profiles where user_id = p_id) then return; end if;
  perform mobility_v1.carry_profile(p_id);
  if exists (select from mobility.profiles where user_id = p_id) then return; end if;
  insert into mobility.profiles (user_id) values (p_id);
  insert into mobility_v1.synthetic values ('profiles', p_id, 'V1 has no profile of this user id') on conflict do nothing;
  perform mobility_v1.settle('profiles', p_id, array['ORPHANED_USER']);
end
$$;
comment on function mobility_v1.need_person is 'Makes sure that V2 has a person.';

-- The same in V1, for a row of V2. Somebody made up who now does something in V2 goes to V1 after all.
create function mobility_v1.need_old_person(p_id uuid) returns void
language plpgsql
set search_path = ''
as $$
declare
  o mobility_v1.old_profile := mobility_v1.old_profile(p_id);
begin
  if o.user_id is not null then return; end if;
  delete from mobility_v1.synthetic where "table" = 'profiles' and id = p_id;
  delete from mobility_v1.carried_profiles where id = p_id;
  perform mobility_v1.carry_profile(p_id);
end
$$;
comment on function mobility_v1.need_old_person is 'Makes sure that V1 has a person.';

-- Gives an open or matched trip its row for the searches, as V1 knows where it was and when, or takes it away.
-- Only what is newer than what V2 knows moves it.
create function mobility_v1.place(t mobility.trips, p_seen_at timestamptz) returns void
language plpgsql
set search_path = ''
as $$
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
comment on function mobility_v1.place is 'Keeps the position of a carried trip.';

-- Whether V2 cannot have a trip open: its person has a newer one in this role, or is in a ride.
create function mobility_v1.beside(t mobility_v1.trip_image, p_id uuid, out reason text, out needs uuid)
language plpgsql stable
set search_path = ''
as $$
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
comment on function mobility_v1.beside is 'Why a trip cannot be open beside what its person has.';

-- Ends the open trips that a person has beside this one: a trip of V1 stays as it is there, one of V2 ends there too.
create function mobility_v1.set_aside(p_user_id uuid, p_role text, p_except uuid, p_reason text, p_needs uuid) returns void
language plpgsql
set search_path = ''
as $$
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
comment on function mobility_v1.set_aside is 'Ends what a person has open beside a trip.';

-- What a trip becomes when its sides differ. By the clock expired is no change of anybody: it yields to one.
-- Trips do come back (a ride fell through), so a change of one side alone is taken; of two, the further one.
create function mobility_v1.merge_trip_status(
  a mobility_v1.trip_image, b mobility_v1.trip_image, p_base text
) returns text
language sql stable
set search_path = ''
as $$
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
comment on function mobility_v1.merge_trip_status is 'The state of a trip that both sides go to.';

-- An estimate for a trip that came without one, as create_trip makes it.
create function mobility_v1.estimate(t mobility.trips) returns mobility.trips
language plpgsql stable
set search_path = ''
as $$
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
comment on function mobility_v1.estimate is 'Distance, time and fare for a trip of V1 that may still be taken.';

-- Writes an image into V2's row, new or not.
create function mobility_v1.put_trip(p_id uuid, t mobility.trips, i mobility_v1.trip_image, p_seen_at timestamptz) returns void
language plpgsql
set search_path = ''
as $$
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
comment on function mobility_v1.put_trip is 'Writes an image of a trip into V2.';

-- Writes a trip of V2 into V1, where it is not yet.
create function mobility_v1.put_old_trip(t mobility.trips) returns text
language plpgsql
set search_path = ''
as $$
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
$$;
comment on function mobility_v1.put_old_trip is 'Writes a trip of V2 into V1.';

-- Carries a trip.
create function mobility_v1.carry_trip(p_id uuid) returns text
language plpgsql
set search_path = ''
as $$
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
$$;
comment on function mobility_v1.carry_trip is 'Carries a trip to whichever side has not the latest.';
