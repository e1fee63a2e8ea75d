-- Dispatch: the system looks for a driver by itself. Offers go out in small batches to the candidates, best
-- first; each runs out by the database's clock, and the next batch follows until one accepts. Whatever
-- touches the offers of a passenger's trip holds that trip's lock.

create table mobility.dispatches (
  id uuid primary key default gen_random_uuid(),
  passenger_trip_id uuid not null references mobility.trips (id) on delete cascade,
  status text not null default 'running' check (status in ('running', 'taken', 'exhausted', 'cancelled')),
  -- [{trip_id, distance_m, eta_s}], best first.
  candidates jsonb not null,
  next_candidate integer not null default 0,
  batch_size integer not null check (batch_size between 1 and 50),
  offer_s integer not null check (offer_s between 5 and 300),
  -- Until when requests are collected that are assigned together; null once its offers are going out.
  assign_after timestamptz,
  created_at timestamptz not null default now(),
  ended_at timestamptz
);
comment on table mobility.dispatches is 'Each search for a driver by offers, and how far down the list it is.';
create unique index dispatches_one_running on mobility.dispatches (passenger_trip_id) where status = 'running';
create index dispatches_trip on mobility.dispatches (passenger_trip_id);
create index dispatches_running on mobility.dispatches (created_at) where status = 'running';
create index dispatches_waiting on mobility.dispatches (assign_after) where assign_after is not null and status = 'running';
alter table mobility.dispatches enable row level security;
create policy dispatches_read_own on mobility.dispatches for select to authenticated
  using (exists (
    select 1 from mobility.trips t where t.id = passenger_trip_id and t.user_id = (select auth.uid())
  ));
grant select on mobility.dispatches to authenticated, service_role;

create table mobility.offers (
  id uuid primary key default gen_random_uuid(),
  dispatch_id uuid not null references mobility.dispatches (id) on delete cascade,
  passenger_trip_id uuid not null references mobility.trips (id) on delete cascade,
  driver_trip_id uuid not null references mobility.trips (id) on delete cascade,
  driver_user_id uuid not null references mobility.profiles (user_id) on delete cascade,
  status text not null default 'offered' check (status in (
    'offered', 'accepted', 'declined', 'expired', 'taken', 'cancelled', 'withdrawn'
  )),
  distance_m integer not null check (distance_m >= 0),
  eta_s integer not null check (eta_s >= 0),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  answered_at timestamptz,
  unique (dispatch_id, driver_trip_id)
);
comment on table mobility.offers is 'Rides offered to drivers, and what they answered.';
-- A driver looks at one offer at a time.
create unique index offers_one_per_driver on mobility.offers (driver_user_id) where status = 'offered';
create index offers_passenger_trip on mobility.offers (passenger_trip_id, created_at);
create index offers_driver_trip on mobility.offers (driver_trip_id) where status = 'offered';
create index offers_driver_trips on mobility.offers (driver_trip_id);
create index offers_drivers on mobility.offers (driver_user_id, created_at);
create index offers_due on mobility.offers (expires_at) where status = 'offered';
alter table mobility.offers enable row level security;
create policy offers_read_own on mobility.offers for select to authenticated
  using (driver_user_id = (select auth.uid()));
grant select on mobility.offers to authenticated, service_role;

-- What a driver is told of a ride before accepting it.
create function mobility.ride_card(p_passenger_trip mobility.trips, p_distance_m integer, p_eta_s integer) returns jsonb
language sql stable
set search_path = ''
as $$
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
comment on function mobility.ride_card is 'A ride as a driver sees it before accepting.';

-- Sends the next batch of offers (or p_most of them), unless some are still out; those whose time is over are for sweep_dispatch to
-- end first. The caller holds the passenger trip's lock. Nothing here waits for anybody else, who may be
-- waiting for that: a driver who is being dealt with elsewhere is passed by.
create function mobility.advance_dispatch(p_dispatch_id uuid, p_most integer default null) returns void
language plpgsql
set search_path = ''
as $$
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
comment on function mobility.advance_dispatch is 'Offers the ride to the next candidates.';

-- Locks what is offered for some trips or to them, in one order: the two sides of a match have each something
-- to call back that others are calling back too. The callers hold the locks of the trips.
create function mobility.lock_offers(p_trip_ids uuid[]) returns void
language plpgsql
set search_path = ''
as $$
begin
  perform 1 from mobility.offers
  where status = 'offered' and (passenger_trip_id = any (p_trip_ids) or driver_trip_id = any (p_trip_ids))
  order by driver_trip_id for update;
end
$$;
comment on function mobility.lock_offers is 'Locks what is offered for some trips or to them, in one order.';

-- The same for one trip by somebody who holds locks of others, and so must not wait: whether it was possible.
create function mobility.try_lock_offers(p_trip_id uuid) returns boolean
language plpgsql
set search_path = ''
as $$
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
comment on function mobility.try_lock_offers is 'Locks what is offered for a trip or to it, unless somebody else has it.';

-- Calls back what is offered for a trip, or to it, because it is taken or over. The caller holds its lock.
create function mobility.close_offers(t mobility.trips, p_reason text) returns void
language plpgsql
set search_path = ''
as $$
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
comment on function mobility.close_offers is 'Calls back the offers of a trip that is taken or over.';
