-- A V1 of any size with the dirt that such systems have. Nothing is random: what looks so is drawn from hashes of
-- the seed. v1_fixture.planted lists the rows that cannot be carried, with the reason; v1_fixture.size has the sizes.

create schema if not exists v1_fixture;
create table v1_fixture.planted ("table" text, id uuid, reason text, primary key ("table", id));

create function v1_fixture.key(p_kind text, p_n bigint) returns uuid language sql immutable as $$
  select md5(current_setting('v1_fixture.seed') || p_kind || p_n)::uuid $$;
-- 0 to 1.
create function v1_fixture.drawn(p_kind text, p_n bigint) returns double precision language sql immutable as $$
  select ('x' || left(md5(p_kind || p_n || current_setting('v1_fixture.seed')), 8))::bit(32)::bigint / 4294967296.0 $$;

-- Orphans and dangling references came into V1 before it had its foreign keys.
set local session_replication_role = replica;

-- People: history's, then those of live trips (one each), then those of live matches (four each).
create temporary table people on commit drop as
select n, v1_fixture.key('user', n) as user_id from v1_fixture.size s, generate_series(1, s.people + s.live_trips + 4 * s.live_matches) n;

insert into public.profiles (user_id, whatsapp_number, phone_number, display_name, role, locale, created_at)
select user_id,
  case when n % 97 = 0 then '+25078' || lpad((n - 1)::text, 7, '0')
    when n % 101 = 0 then '12' when n % 11 = 0 then null
    when n % 7 = 0 then '078' || lpad(n::text, 7, '0') when n % 7 = 1 then '25078' || lpad(n::text, 7, '0')
    when n % 7 = 2 then '+250 78' || left(lpad(n::text, 7, '0'), 3) || ' ' || right(lpad(n::text, 7, '0'), 4)
    else '+25078' || lpad(n::text, 7, '0') end,
  case when n % 11 = 0 and n % 2 = 0 then '78' || lpad(n::text, 7, '0') end,
  case when n % 13 = 0 then null when n % 103 = 0 then repeat('Long name ', 20) when n % 17 = 0 then '  Aline   '
    else 'Person ' || n end,
  case when n % 3 = 0 then 'driver' when n % 3 = 1 then 'passenger' else null end,
  (array['en', 'fr', 'rw', 'sw', 'rw-RW', 'EN', 'xx', null, 'kinyarwanda'])[1 + n % 9],
  now() - interval '1 day' * (10 + n % 700)
from people;

-- History's trips in pairs: a driver's (odd) and the passenger's that follows it.
insert into public.rides_trips (id, creator_user_id, role, vehicle_type, pickup_latitude, pickup_longitude, pickup_text,
  pickup_radius_m, dropoff_latitude, dropoff_longitude, dropoff_text, status, scheduled_at, recurrence, created_at, matched_at,
  expires_at, last_location_at)
select v1_fixture.key('trip', k),
  case when k % 250 = 15 then null when k % 250 = 17 then v1_fixture.key('nobody', k)
    else v1_fixture.key('user', 1 + floor(v1_fixture.drawn('who', k) * s.people)::bigint) end,
  case when k % 300 = 19 then 'both' when k % 2 = 0 then 'passenger' else 'driver' end,
  case when pair % 250 = 9 then 'veh_boat'
    else (array['veh_moto', 'veh_moto', 'veh_cab', 'veh_lifan', 'veh_truck', 'veh_others'])[1 + pair % 6] end,
  -- Without, exchanged, out of this world, and the island of those without a fix.
  case when k % 200 in (5, 6) then null when k % 100 in (3, 8) then lng when k % 200 = 7 then 191.5 when k % 400 in (27, 28) then 0 else lat end,
  case when k % 200 in (5, 6) then null when k % 100 in (3, 8) then lat when k % 400 in (27, 28) then 0 else lng end,
  case when k % 1000 = 23 then repeat('Near the market ', 25) when k % 5 = 0 then 'Kimironko' end,
  100,
  case when k % 2 = 0 and k % 3 > 0 then case when k % 100 = 4 then lng + 0.03 else lat + 0.02 end end,
  case when k % 2 = 0 and k % 3 > 0 and k % 100 <> 22 then case when k % 100 = 4 then lat + 0.02 else lng + 0.03 end end,
  case when k % 10 = 2 then 'Remera' end,
  case when k % 500 = 11 then 'archived' when k % 500 = 13 then 'completed' when k % 500 = 33 then 'closed'
    when k % 40 = 35 then 'open' when pair <= s.old_matches then 'matched'
    else (array['expired', 'cancelled', 'expired', 'matched'])[1 + k % 4] end,
  case when k % 60 = 1 then at + interval '2 hours' end,
  case when k % 600 = 1 then 'weekly' end,
  case when k % 1000 = 25 then null else at end,
  case when k % 3 = 0 then at + interval '5 minutes' end,
  case when k % 100 = 1 then null when k % 100 = 2 then at - interval '1 hour' when k % 100 = 52 then at
    else at + interval '30 minutes' end,
  case when k % 4 > 0 then at + interval '10 minutes' end
from v1_fixture.size s, generate_series(1, s.trips - s.live_trips - 4 * s.live_matches) k,
  lateral (select (k + 1) / 2 as pair) p,
  lateral (select -1.95 + (v1_fixture.drawn('north', k) - 0.5) * 0.2 as lat, 30.06 + (v1_fixture.drawn('east', k) - 0.5) * 0.2 as lng,
    now() - interval '2 days' - interval '400 days' * v1_fixture.drawn('when', pair)
      - case when k % 2 = 1 then interval '20 minutes' else interval '0' end as at) d;

insert into v1_fixture.planted
select 'trips', v1_fixture.key('trip', k), case when k % 250 = 15 then 'NO_USER' when k % 300 = 19 then 'UNKNOWN_ROLE'
  when ((k + 1) / 2) % 250 = 9 then 'UNKNOWN_VEHICLE' when k % 500 = 11 then 'UNKNOWN_STATUS'
  when k % 200 in (5, 6) then 'NO_PICKUP' when k % 200 = 7 or k % 400 in (27, 28) then 'BAD_COORDINATES' end
from v1_fixture.size s, generate_series(1, s.trips - s.live_trips - 4 * s.live_matches) k
where k % 250 = 15 or k % 300 = 19 or ((k + 1) / 2) % 250 = 9 or k % 500 = 11 or k % 200 in (5, 6, 7)
  or k % 400 in (27, 28);

-- History's matches: of the passenger's trip of a pair with the driver's, one in four with a driver who has none.
create temporary table old_matches on commit drop as
select j, v1_fixture.key('match', j) as id, p.id as trip_id,
  case when j % 150 = 1 then null
    when j % 100 = 7 then v1_fixture.key('nobody driver', j)
    when j % 4 = 0 or d.creator_user_id is null or d.creator_user_id = p.creator_user_id
      then v1_fixture.key('user', 1 + floor(v1_fixture.drawn('driver', j) * (s.people - 1))::bigint)
    else d.creator_user_id end as driver_id,
  coalesce(p.creator_user_id, v1_fixture.key('user', s.people)) as passenger_id,
  p.vehicle_type, case when j % 50 = 9 then null else p.id end as named_trip_id,
  coalesce(p.created_at, now() - interval '100 days') + interval '1 minute' as at,
  case when j % 400 = 5 then 'teleported' when j % 400 = 205 then 'cancelled' when j % 200 = 11 then 'accepted'
    when j % 200 = 111 then 'pending'
    else (array['completed', 'completed', 'completed', 'completed', 'completed', 'cancelled_by_driver',
      'cancelled_by_passenger', 'expired', 'completed', 'cancelled_by_passenger'])[1 + j % 10] end as status,
  -1.95 + (v1_fixture.drawn('north', 2 * j) - 0.5) * 0.2 as lat, 30.06 + (v1_fixture.drawn('east', 2 * j) - 0.5) * 0.2 as lng
from v1_fixture.size s, generate_series(1, s.old_matches) j
join lateral (select v1_fixture.key('trip', 2 * j) as pid, v1_fixture.key('trip', 2 * j - 1) as did) x on true
join public.rides_trips p on p.id = x.pid
join public.rides_trips d on d.id = x.did;
update old_matches set driver_id = passenger_id where j % 400 = 3 and driver_id is not null;
-- By chance the same person.
update old_matches set driver_id = v1_fixture.key('user', 1) where driver_id = passenger_id and j % 400 <> 3
  and passenger_id <> v1_fixture.key('user', 1);
update old_matches set driver_id = v1_fixture.key('user', 2) where driver_id = passenger_id and j % 400 <> 3;

insert into public.mobility_matches (id, driver_id, passenger_id, trip_id, vehicle_type, pickup_latitude, pickup_longitude,
  dropoff_latitude, dropoff_longitude, pickup_text, fare_estimate, actual_fare, currency, distance_km, duration_minutes, status,
  created_at, updated_at, matched_at, accepted_at, started_at, pickup_time, dropoff_time, completed_at, cancelled_at,
  cancellation_reason, driver_phone, metadata)
select id, driver_id, passenger_id, named_trip_id, vehicle_type,
  case when j % 50 <> 9 and j % 3 = 0 then null when j % 250 = 9 then lng else lat end,
  case when j % 50 <> 9 and j % 3 = 0 then null when j % 250 = 9 then lat else lng end,
  lat + 0.01, case when j % 9 > 0 then lng + 0.01 end, 'Kacyiru',
  case when j % 8 = 1 then null when j % 333 = 4 then -100 else 500 + j % 1500 + case when j % 77 = 0 then 0.5 else 0 end end,
  case when status = 'completed' and j % 6 > 0 then 600 + j % 1500 end,
  case when j % 19 = 0 then null when j % 23 = 0 then 'rwf' else 'RWF' end,
  case when j % 444 = 4 then -1 when j % 7 > 0 then 0.5 + (j % 900) / 100.0 end, 12, status,
  case when j % 500 = 17 then null else at end, case when j % 12 > 0 then at + interval '40 minutes' end,
  at, case when status in ('completed', 'accepted') and j % 5 > 0 or status like 'cancelled%' and j % 2 = 0
    then at + case when j % 600 = 21 then -interval '1 hour' else interval '1 minute' end end,
  case when status = 'completed' and j % 9 > 0 then at + interval '12 minutes' end,
  case when status = 'completed' and j % 4 > 0 then at + interval '9 minutes' end,
  case when status = 'completed' and j % 4 = 0 then at + interval '30 minutes' end,
  case when status = 'completed' and j % 10 > 0 or j % 700 = 18 then at + interval '31 minutes' end,
  case when status like 'cancelled%' and j % 3 > 0 then at + interval '4 minutes' end,
  case when status like 'cancelled%' then 'No reason' end, '0788' || lpad(j::text, 6, '0'),
  case when j % 30 = 0 then '{"source": "chat"}'::jsonb end
from old_matches;

insert into v1_fixture.planted
select 'matches', m.id, m.reason from (
  select o.id, case when o.j % 400 = 5 then 'UNKNOWN_STATUS' when o.driver_id is null then 'NO_DRIVER'
    when o.driver_id = o.passenger_id then 'SAME_PERSON'
    -- The trip it names serves if it is carried, and is the passenger's; otherwise its own pickup and vehicle do.
    when o.named_trip_id is not null and x.id is null and p.creator_user_id = o.passenger_id then null
    when m.pickup_latitude is null then 'NO_PICKUP'
    when o.vehicle_type = 'veh_boat' then 'UNKNOWN_VEHICLE' end as reason
  from old_matches o join public.mobility_matches m on m.id = o.id
  join public.rides_trips p on p.id = o.trip_id
  left join v1_fixture.planted x on x."table" = 'trips' and x.id = o.trip_id
) m where m.reason is not null;

-- Live trips, one person each; of every twentieth person an older one besides.
insert into public.rides_trips (id, creator_user_id, role, vehicle_type, pickup_latitude, pickup_longitude, dropoff_latitude,
  dropoff_longitude, status, created_at, expires_at, last_location_at)
select v1_fixture.key('live trip', l), v1_fixture.key('user', s.people + case when l % 20 = 0 then l - 1 else l end),
  case when l % 4 >= 2 then 'driver' else 'passenger' end, (array['veh_moto', 'veh_cab'])[1 + (l / 4) % 2],
  -1.95 + (v1_fixture.drawn('live north', l) - 0.5) * 0.1, 30.06 + (v1_fixture.drawn('live east', l) - 0.5) * 0.1,
  case when l % 4 = 1 then -1.96 end, case when l % 4 = 1 then 30.1 end, 'open',
  now() - case when l % 20 = 0 then interval '12 minutes' else interval '5 minutes' end,
  case when l % 30 = 7 then null else now() + interval '3 hours' end,
  case when l % 9 = 4 then now() - interval '2 hours' when l % 9 > 0 then now() - interval '1 minute' end
from v1_fixture.size s, generate_series(1, s.live_trips) l;
update public.rides_trips o set role = n.role from public.rides_trips n, v1_fixture.size s, generate_series(20, s.live_trips, 20) l
where o.id = v1_fixture.key('live trip', l) and n.id = v1_fixture.key('live trip', l - 1);

-- Live matches: a driver, a passenger, their trips; of every tenth the driver's is missing, and every fifteenth
-- driver is in a second one with a passenger of its own.
insert into public.rides_trips (id, creator_user_id, role, vehicle_type, pickup_latitude, pickup_longitude, dropoff_latitude,
  dropoff_longitude, status, created_at, matched_at, expires_at, last_location_at)
select v1_fixture.key('ride trip', 4 * q + side), v1_fixture.key('user', s.people + s.live_trips + 4 * q + side),
  case when side = 1 then 'driver' else 'passenger' end, 'veh_moto', -1.95 + q * 0.00001, 30.06, case when side > 1 then -1.97 end,
  case when side > 1 then 30.08 end, 'matched', now() - interval '10 minutes' - make_interval(secs => 3 - side),
  now() - interval '8 minutes', now() + interval '3 hours', now() - interval '1 minute'
from v1_fixture.size s, generate_series(0, s.live_matches - 1) q, generate_series(1, 4) side
where side = 1 and q % 10 > 0 or side = 2 or side = 3 and q % 15 = 0;
insert into public.mobility_matches (id, driver_id, passenger_id, trip_id, vehicle_type, fare_estimate, currency, distance_km, status,
  created_at, updated_at, matched_at, accepted_at, started_at, pickup_time)
select overlay(v1_fixture.key('live match', 4 * q + side)::text placing case when side = 2 then '0000' else 'ffff' end from 1 for 4)::uuid,
  v1_fixture.key('user', s.people + s.live_trips + 4 * q + 1),
  v1_fixture.key('user', s.people + s.live_trips + 4 * q + side), v1_fixture.key('ride trip', 4 * q + side), 'veh_moto', 900, 'RWF', 3.2,
  status, now() - interval '8 minutes', now() - interval '1 minute', now() - interval '8 minutes',
  case when status <> 'pending' then now() - interval '7 minutes' end,
  case when status = 'in_progress' then now() - interval '2 minutes' end,
  case when status in ('driver_arrived', 'in_progress') then now() - interval '3 minutes' end
from v1_fixture.size s, generate_series(0, s.live_matches - 1) q, generate_series(2, 3) side,
  lateral (select (array['pending', 'accepted', 'driver_arrived', 'in_progress'])[1 + q % 4] as status) t
where side = 2 or q % 15 = 0;
insert into v1_fixture.planted
select 'matches', overlay(v1_fixture.key('live match', 4 * q + 3)::text placing 'ffff' from 1 for 4)::uuid, 'SECOND_LIVE_MATCH'
from v1_fixture.size s, generate_series(0, s.live_matches - 1, 15) q;
