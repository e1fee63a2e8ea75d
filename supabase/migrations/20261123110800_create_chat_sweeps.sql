-- What time does to offers and conversations. Idempotent, and safe to run twice at once.

-- Expires offers and sends the next batches, at most p_limit dispatches. {dispatches, expired_offers}.
create function public.sweep_dispatch(p_limit integer default 200) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
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
comment on function public.sweep_dispatch is 'Expires offers and sends the next ones.';
revoke all on function public.sweep_dispatch from public, anon, authenticated;
grant execute on function public.sweep_dispatch to service_role;

-- What people were reminded of, so that it happens once.
create table mobility.reminders (
  trip_id uuid not null references mobility.trips (id) on delete cascade,
  kind text not null check (kind in ('scheduled', 'stay_online', 'hidden')),
  -- Which occasion: the position that grew old.
  at timestamptz not null,
  primary key (trip_id, kind, at)
);
comment on table mobility.reminders is 'Reminders given.';
alter table mobility.reminders enable row level security;
create policy reminders_service_only on mobility.reminders for all to service_role using (true) with check (true);

-- Reminds drivers whose position grows old, ten minutes before they are hidden and when they are.
create function mobility.remind_drivers() returns integer
language plpgsql
set search_path = ''
as $$
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
comment on function mobility.remind_drivers is 'Asks drivers whose position grows old whether they are still there.';

-- Whether a driver is near whom the search would show: within the radius of the first search, not the
-- passenger, not kept away by a block, and not one with whom it came to nothing.
create function mobility.is_somebody_near(t mobility.trips) returns boolean
language sql stable
set search_path = ''
as $$
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
comment on function mobility.is_somebody_near is 'Whether a driver is near whom the search would show.';

-- Tells those who wanted to know that somebody is near. Whoever was looked at longest ago comes first.
create function mobility.serve_watches() returns integer
language plpgsql
set search_path = ''
as $$
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
comment on function mobility.serve_watches is 'Tells waiting passengers that somebody is near.';

-- Reminds of bookings whose time has come to be looked for, and starts the search.
create function mobility.remind_passengers() returns integer
language plpgsql
set search_path = ''
as $$
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
comment on function mobility.remind_passengers is 'Reminds of bookings and starts their search.';
