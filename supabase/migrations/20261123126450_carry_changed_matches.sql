-- Carrying matches that both sides have, and V2's to V1.

-- V1's word for a state. V1 has no "declined": it is a cancellation by whoever was asked, marked.
create function mobility_v1.old_status(p_status text, p_initiated_by text, out status text, out declined boolean)
language plpgsql stable
set search_path = ''
as $$
begin
  declined := p_status = 'declined';
  select c.v1 into status from mobility_v1.codes c
  where c.kind = 'match_status' and c.main and c.v2 = case when not declined then p_status
    when p_initiated_by = 'passenger' then 'cancelled_driver' else 'cancelled_passenger' end;
end
$$;
comment on function mobility_v1.old_status is 'V1''s word for the state of a match.';

create function mobility_v1.put_old_match(m mobility.matches) returns text
language plpgsql
set search_path = ''
as $$
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
$$;
comment on function mobility_v1.put_old_match is 'Writes a match of V2 into V1.';

-- Joins the two images of a match. The further state holds, and brings its times along: those of states the other
-- side has in its history stay.
create function mobility_v1.merge_match(
  a mobility_v1.match_image, b mobility_v1.match_image, c mobility_v1.carried_matches
) returns mobility_v1.match_image
language plpgsql stable
set search_path = ''
as $$
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
comment on function mobility_v1.merge_match is 'The image of a match that both sides go to.';

-- Writes what changed of a match into V1's row, if nobody changed that meanwhile.
create function mobility_v1.change_old_match(
  o mobility_v1.old_match, a mobility_v1.match_image, i mobility_v1.match_image, p_initiated_by text
) returns void
language plpgsql
set search_path = ''
as $$
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
$$;
comment on function mobility_v1.change_old_match is 'Writes what changed of a match into V1.';

-- Carries a match.
create function mobility_v1.carry_match(p_id uuid) returns text
language plpgsql
set search_path = ''
as $$
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
comment on function mobility_v1.carry_match is 'Carries a match to whichever side has not the latest.';
