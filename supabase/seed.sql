-- Kigali, for development and demonstrations: areas, tariffs, named places, 200 drivers and 300
-- passengers with six weeks of rides, and the drivers online. Nothing here is random: what looks so is
-- drawn from hashes of ids, so two databases seeded on the same day are equal. Running it again adds only
-- what is missing. The people are invented; their numbers (+250 70...) belong to no operator.

-- Compiling the queries would take longer than running them.
set local jit = off;

-- Where, and what it costs.

-- Rwanda: Natural Earth 1:110m (public domain), widened by hand so that every border town is inside.
-- Kigali: the bounding box of the city's limits, 1 km wider.
insert into mobility.areas (code, name, boundary)
select code, name, extensions.st_multi(extensions.st_geomfromtext('POLYGON((' || ring || '))', 4326))
from (values
  ('rwanda', 'Rwanda',
    '30.35 -1.05, 30.50 -1.03, 30.62 -1.22, 30.87 -1.65, 30.92 -2.15, 30.80 -2.42, 30.45 -2.45, '
    '30.00 -2.45, 29.95 -2.75, 29.75 -2.90, 29.62 -2.93, 29.35 -2.85, 29.00 -2.78, 28.85 -2.55, '
    '28.84 -2.38, 29.08 -2.10, 29.10 -1.85, 29.20 -1.63, 29.40 -1.48, 29.55 -1.30, 29.75 -1.30, '
    '30.05 -1.38, 30.25 -1.18, 30.35 -1.05'),
  ('kigali', 'Kigali',
    '29.97 -1.77, 30.29 -1.77, 30.29 -2.09, 29.97 -2.09, 29.97 -1.77')
) as area (code, name, ring)
on conflict (code) do nothing;

-- The moto tariff is the regulator's and applies in the whole country. The others are placeholders of a
-- plausible size: replace them before anybody pays by them.
with tariff (area_code, vehicle_type, base_amount, base_distance_m, per_km, long_distance_m, long_per_km,
  per_minute, minimum_amount, surge_cap, round_to, source) as (values
  ('kigali', 'moto', 300, 2000, 107, 40000, 187, 0, 300, 1.0, 1, 'RURA, tariff for motorcycle taxis, January 2022'),
  ('rwanda', 'moto', 300, 2000, 107, 40000, 187, 0, 300, 1.0, 1, 'RURA, tariff for motorcycle taxis, January 2022'),
  (null, 'moto', 300, 2000, 107, 40000, 187, 0, 300, 1.0, 1, 'Placeholder: the moto tariff of Rwanda'),
  ('kigali', 'cab', 1500, 1000, 600, null, null, 40, 2000, 1.5, 100, 'Placeholder, not a real tariff'),
  (null, 'cab', 1500, 1000, 600, null, null, 40, 2000, 1.0, 100, 'Placeholder, not a real tariff'),
  ('kigali', 'lifan', 1000, 1000, 400, null, null, 0, 1000, 1.0, 100, 'Placeholder, not a real tariff'),
  (null, 'lifan', 1000, 1000, 400, null, null, 0, 1000, 1.0, 100, 'Placeholder, not a real tariff'),
  ('kigali', 'truck', 15000, 5000, 1500, 50000, 1200, 0, 15000, 1.2, 500, 'Placeholder, not a real tariff'),
  (null, 'truck', 15000, 5000, 1500, 50000, 1200, 0, 15000, 1.0, 500, 'Placeholder, not a real tariff'),
  ('kigali', 'other', 1000, 2000, 350, null, null, 20, 1000, 1.0, 100, 'Placeholder, not a real tariff'),
  (null, 'other', 1000, 2000, 350, null, null, 20, 1000, 1.0, 100, 'Placeholder, not a real tariff')
)
insert into mobility.tariffs (area_code, vehicle_type, valid_from, currency, base_amount, base_distance_m,
  per_km, long_distance_m, long_per_km, per_minute, minimum_amount, surge_cap, round_to, source)
select area_code, vehicle_type, '2022-01-01T00:00:00+02:00', 'RWF', base_amount, base_distance_m,
  per_km, long_distance_m, long_per_km, per_minute, minimum_amount, surge_cap, round_to, source
from tariff n
where not exists (
  select from mobility.tariffs t
  where t.area_code is not distinct from n.area_code and t.vehicle_type = n.vehicle_type
    and t.valid_from = '2022-01-01T00:00:00+02:00'
);

-- Friday and Saturday night asks for more than the cap of the cab allows: it is charged at 1.5.
insert into mobility.tariff_peaks (tariff_id, weekdays, starts_at, ends_at, multiplier)
select t.id, p.weekdays, p.starts_at, p.ends_at, p.multiplier
from mobility.tariffs t
join (values
  ('cab', array[1, 2, 3, 4, 5], time '07:00', time '09:00', 1.3),
  ('cab', array[1, 2, 3, 4, 5], time '17:00', time '19:30', 1.3),
  ('cab', array[5, 6], time '22:00', time '23:59:59', 1.8),
  ('truck', array[1, 2, 3, 4, 5, 6], time '17:00', time '19:00', 1.2)
) as p (vehicle_type, weekdays, starts_at, ends_at, multiplier) on p.vehicle_type = t.vehicle_type
where t.area_code = 'kigali'
on conflict do nothing;

-- Positions are those of the bus stops in the city's public GTFS feed of July 2024, or beside them.
insert into mobility.places (code, area_code, name, lat, lng, weight)
select code, 'kigali', name, lat, lng, weight
from (values
  ('nyabugogo-bus-park', 'Nyabugogo bus park', -1.94065, 30.04448, 10),
  ('kimironko-market', 'Kimironko market', -1.94970, 30.12620, 10),
  ('downtown-bus-park', 'Downtown bus park', -1.94384, 30.05694, 9),
  ('kimironko-bus-park', 'Kimironko bus park', -1.94960, 30.12557, 9),
  ('remera-bus-park', 'Remera bus park', -1.95841, 30.11913, 9),
  ('kisimenti', 'Kisimenti, Remera', -1.95801, 30.11161, 8),
  ('nyarugenge-market', 'Nyarugenge market', -1.94703, 30.05749, 8),
  ('airport', 'Kigali International Airport', -1.96219, 30.13438, 6),
  ('city-plaza', 'Kigali City Plaza', -1.94479, 30.05846, 6),
  ('kicukiro-centre', 'Kicukiro centre', -1.97942, 30.10531, 6),
  ('convention-centre', 'Kigali Convention Centre', -1.95470, 30.09360, 5),
  ('kigali-heights', 'Kigali Heights', -1.95300, 30.09280, 5),
  ('gakiriro-gisozi', 'Gakiriro ka Gisozi', -1.92606, 30.07064, 5),
  ('gishushu', 'Gishushu', -1.95387, 30.10240, 5),
  ('kacyiru-bus-park', 'Kacyiru bus park', -1.93669, 30.08135, 5),
  ('nyamirambo-bus-park', 'Nyamirambo bus park (Ryanyuma)', -1.98012, 30.04198, 5),
  ('nyamirambo-kaddafi', 'Kwa Kaddafi, Nyamirambo', -1.97843, 30.04704, 5),
  ('nyanza-bus-park', 'Nyanza bus park, Kicukiro', -2.00104, 30.09138, 5),
  ('sonatube', 'Sonatube', -1.96878, 30.10296, 5),
  ('amahoro-stadium', 'Amahoro Stadium', -1.95651, 30.11523, 4),
  ('batsinda-bus-park', 'Batsinda bus park', -1.90678, 30.08027, 4),
  ('chuk', 'CHUK hospital', -1.95601, 30.06102, 4),
  ('gatsata', 'Gatsata', -1.93678, 30.04454, 4),
  ('gikondo-expo', 'Expo ground, Gikondo', -1.97562, 30.08586, 4),
  ('kabeza', 'Kabeza', -1.97103, 30.12481, 4),
  ('kabuga-bus-park', 'Kabuga bus park', -1.97901, 30.22306, 4),
  ('kigali-business-centre', 'Kigali Business Centre (KBC)', -1.95239, 30.09250, 4),
  ('kimisagara', 'Kimisagara', -1.95210, 30.05199, 4),
  ('king-faisal-hospital', 'King Faisal Hospital', -1.94517, 30.09415, 4),
  ('rwandex', 'Rwandex', -1.96938, 30.08675, 4),
  ('special-economic-zone', 'Kigali Special Economic Zone', -1.94952, 30.15696, 4),
  ('ulk', 'ULK, Gisozi', -1.92127, 30.05423, 4),
  ('ur-education', 'University of Rwanda, Remera (KIE)', -1.95097, 30.12295, 4),
  ('bk-arena', 'BK Arena', -1.95400, 30.11500, 3),
  ('cosmos', 'Cosmos, Nyamirambo', -1.97459, 30.05398, 3),
  ('gatenga', 'Gatenga', -1.97638, 30.09178, 3),
  ('genocide-memorial', 'Kigali Genocide Memorial', -1.93080, 30.06030, 3),
  ('gitega', 'Gitega', -1.95963, 30.05935, 3),
  ('kacyiru-hospital', 'Kacyiru hospital', -1.93424, 30.07662, 3),
  ('kagugu', 'Kagugu', -1.91325, 30.08709, 3),
  ('kanombe-bus-park', 'Kanombe bus park', -1.98591, 30.17910, 3),
  ('kanombe-hospital', 'Rwanda Military Hospital, Kanombe', -1.97634, 30.16734, 3),
  ('kibagabaga-hospital', 'Kibagabaga hospital', -1.92893, 30.11163, 3),
  ('kimicanga', 'Kimicanga', -1.94717, 30.07576, 3),
  ('kinamba', 'Kinamba', -1.93366, 30.06209, 3),
  ('kinyinya-bus-park', 'Kinyinya bus park', -1.91339, 30.10934, 3),
  ('merez', 'Merez, Gikondo', -1.97048, 30.07724, 3),
  ('minagri', 'MINAGRI, Kacyiru', -1.94111, 30.08856, 3),
  ('muhima-hospital', 'Muhima hospital', -1.93753, 30.05919, 3),
  ('onatracom', 'Onatracom, Biryogo', -1.96398, 30.05955, 3),
  ('rafiki', 'Club Rafiki', -1.97131, 30.05640, 3),
  ('saint-joseph', 'Saint Joseph, Kicukiro', -1.98191, 30.11767, 3),
  ('sainte-famille', 'Sainte-Famille', -1.94548, 30.06519, 3),
  ('zindiro', 'Zindiro', -1.92905, 30.13961, 3),
  ('busanza', 'Busanza', -1.99980, 30.14540, 2),
  ('gahanga', 'Gahanga', -2.02655, 30.10421, 2),
  ('kabuye', 'Kabuye', -1.88834, 30.06771, 2),
  ('kanogo', 'Kanogo', -1.95526, 30.07495, 2),
  ('karuruma', 'Karuruma', -1.90290, 30.05301, 2),
  ('kibagabaga', 'Kibagabaga', -1.92353, 30.10523, 2),
  ('masaka', 'Masaka', -1.99750, 30.19204, 2),
  ('mount-kigali-university', 'Mount Kigali University', -1.99008, 30.09906, 2),
  ('mulindi-market', 'Mulindi market', -1.97244, 30.18208, 2),
  ('nyarutarama-golf', 'Golf club, Nyarutarama', -1.93125, 30.09174, 2),
  ('bweramvura', 'Bweramvura', -1.87346, 30.04803, 1),
  ('karama', 'Karama', -1.96555, 30.02701, 1),
  ('mageragere', 'Mageragere', -2.02859, 30.02487, 1),
  ('ndera', 'Ndera', -1.94689, 30.17273, 1),
  ('nyacyonga', 'Nyacyonga', -1.86651, 30.08683, 1),
  ('rubilizi', 'Rubilizi', -1.99397, 30.13295, 1)
) as place (code, name, lat, lng, weight)
on conflict (code) do nothing;

-- Who.

-- A fraction of [0, 1) that depends on nothing but its arguments.
create or replace function pg_temp.drawn(p_what text, p_n bigint, p_m bigint default 0)
returns double precision language sql immutable
as $$ select ('x' || left(md5(p_what || '/' || p_n || '/' || p_m), 8))::bit(32)::bigint / 4294967296.0 $$;

-- The places with the slice of [0, 1) that their weight gives them.
drop table if exists pg_temp.seed_places;
create temporary table seed_places as
select code, name, lat, lng,
  coalesce(sum(weight) over (order by code rows between unbounded preceding and 1 preceding), 0)
    / sum(weight) over () as from_share,
  sum(weight) over (order by code) / sum(weight) over () as to_share
from mobility.places where area_code = 'kigali';

-- Temper is between 0 and 1: how readily a driver accepts, keeps promises and pleases. One in ten is
-- new: no ride yet, nothing known.
drop table if exists pg_temp.seed_people;
create temporary table seed_people as
select role, n,
  format('%s-0000-4000-8000-%s', case role when 'driver' then 'd0000000' else 'c0000000' end,
    lpad(n::text, 12, '0'))::uuid as user_id,
  n % 10 = 0 as is_new,
  case when role = 'driver' then case
    when n <= 140 then 'moto' when n <= 180 then 'cab' when n <= 188 then 'lifan'
    when n <= 196 then 'truck' else 'other' end
  end as vehicle_type,
  sqrt(pg_temp.drawn('temper ' || role, n)) as temper
from (values ('driver', 200), ('passenger', 300)) as roles (role, count),
  lateral generate_series(1, count) n;

insert into mobility.profiles (user_id, whatsapp_user_id, phone, display_name, locale, created_at)
select user_id, format('RW.SEED%s%s', upper(role), lpad(n::text, 4, '0')),
  format('+25070%s%s', case role when 'driver' then '1' else '2' end, lpad(n::text, 6, '0')),
  (array['Jean Claude', 'Aline', 'Eric', 'Claudine', 'Emmanuel', 'Diane', 'Innocent', 'Solange',
    'Patrick', 'Vestine', 'Jean Bosco', 'Yvonne', 'Olivier', 'Josiane', 'Théogène', 'Chantal',
    'Fidèle', 'Alice', 'Samuel', 'Grace', 'Jean Pierre', 'Espérance', 'Ismaël', 'Jeannette',
    'Hassan', 'Delphine', 'Gilbert', 'Immaculée'])
    [1 + floor(28 * pg_temp.drawn('first name ' || role, n))::integer]
  || ' ' ||
  (array['Uwimana', 'Niyonzima', 'Habimana', 'Mugisha', 'Iradukunda', 'Ishimwe', 'Hakizimana',
    'Nsengiyumva', 'Ndayisaba', 'Bizimana', 'Nshimiyimana', 'Munyaneza', 'Rukundo', 'Gasana',
    'Kagabo', 'Niyigena', 'Uwizeyimana', 'Tuyishime', 'Irakoze', 'Manzi', 'Nkurunziza',
    'Byiringiro', 'Niyomugabo', 'Ingabire'])
    [1 + floor(24 * pg_temp.drawn('last name ' || role, n))::integer],
  (array['rw', 'rw', 'rw', 'rw', 'rw', 'en', 'en', 'fr', 'fr', 'sw'])
    [1 + floor(10 * pg_temp.drawn('locale ' || role, n))::integer],
  now() - case when is_new then interval '2 days' else interval '90 days' end
from seed_people
on conflict (user_id) do nothing;

-- Motos carry "RB 123 A", everything larger "RAB 123 A".
insert into mobility.vehicles (user_id, vehicle_type, plate)
select user_id, vehicle_type, format('R%s%s %s %s',
  case when vehicle_type = 'moto' then '' else 'A' end,
  chr(65 + floor(8 * pg_temp.drawn('plate series', n))::integer),
  lpad((n * 5 - 4)::text, 3, '0'),
  chr(65 + floor(26 * pg_temp.drawn('plate letter', n))::integer))
from seed_people where role = 'driver'
on conflict do nothing;

-- What they did.

-- Forty-five days of rides, one every 40 minutes from 5:40 to 21:00, each over before the next begins: so
-- nobody is in two places at once.
drop table if exists pg_temp.seed_rides;
create temporary table seed_rides as
with draw as materialized (
  select ride,
    (date_trunc('day', now() at time zone 'Africa/Kigali')
      + make_interval(days => (ride - 1) / 24 - 45, mins => 340 + (ride - 1) % 24 * 40)
    ) at time zone 'Africa/Kigali' as asked_at,
    case when ride % 100 < 74 then 'moto' when ride % 100 < 94 then 'cab' when ride % 100 < 97 then 'lifan'
      when ride % 100 < 99 then 'truck' else 'other' end as vehicle_type,
    -- Some ask often, most seldom.
    1 + floor(270 * power(pg_temp.drawn('passenger', ride), 1.5))::integer as passenger,
    pg_temp.drawn('pickup', ride) as pickup_share,
    -- Never the same place: no place has a tenth of the demand.
    ((pg_temp.drawn('pickup', ride) + 0.1 + 0.8 * pg_temp.drawn('dropoff', ride))::numeric % 1)::double precision
      as dropoff_share
  from generate_series(1, 1080) ride
),
place as materialized (
  select d.*, a.name as pickup_text, b.name as dropoff_text,
    a.lat + (pg_temp.drawn('pickup north', ride) - 0.5) * 0.006 as pickup_lat,
    a.lng + (pg_temp.drawn('pickup east', ride) - 0.5) * 0.006 as pickup_lng,
    b.lat + (pg_temp.drawn('dropoff north', ride) - 0.5) * 0.006 as dropoff_lat,
    b.lng + (pg_temp.drawn('dropoff east', ride) - 0.5) * 0.006 as dropoff_lng
  from draw d
  join seed_places a on d.pickup_share >= a.from_share and d.pickup_share < a.to_share
  join seed_places b on d.dropoff_share >= b.from_share and d.dropoff_share < b.to_share
),
distance as materialized (
  select p.*, v.speed_mps,
    (mobility.distance_m(pickup_lat, pickup_lng, dropoff_lat, dropoff_lng) * v.road_factor)::integer as distance_m
  from place p
  join mobility.vehicle_types v on v.code = p.vehicle_type
)
select d.*, (d.distance_m / d.speed_mps)::integer as duration_s, f.*,
  q.user_id as passenger_user_id, q.temper as passenger_temper,
  format('a0000000-0000-4000-8000-%s', lpad(d.ride::text, 12, '0'))::uuid as passenger_trip_id
from distance d
join (select *, row_number() over (order by n) as place from seed_people where role = 'passenger' and not is_new) q
  on q.place = d.passenger
cross join lateral mobility.fare_for(d.vehicle_type, d.pickup_lat, d.pickup_lng, d.distance_m,
  d.distance_m / d.speed_mps, d.asked_at) f;

-- Each ride is offered to one driver, and to a second when the first does not take it or drops it. A
-- driver-initiated match asks the passenger.
drop table if exists pg_temp.seed_offers;
create temporary table seed_offers as
with drivers as (
  select *, row_number() over (partition by vehicle_type order by n) - 1 as place
  from seed_people where role = 'driver' and not is_new
),
asked as materialized (
  -- The first driver of each type is asked most; the second attempt goes to the next in line.
  select r.ride, r.vehicle_type, r.asked_at, r.duration_s, o.attempt,
    (floor(p.available * power(pg_temp.drawn('driver', r.ride), 1.3))::integer + o.attempt - 1) % p.available as place
  from seed_rides r
  join (select vehicle_type, count(*) as available from drivers group by vehicle_type) p
    on p.vehicle_type = r.vehicle_type
  cross join generate_series(1, 2) as o (attempt)
),
answered as materialized (
  select r.ride, r.attempt, r.asked_at, d.user_id as driver_user_id, d.temper,
    case when r.ride % 12 = 0 then 'driver' else 'passenger' end as initiated_by,
    pg_temp.drawn('answer', r.ride, r.attempt) as answer,
    pg_temp.drawn('promise', r.ride, r.attempt) as promise,
    pg_temp.drawn('stage', r.ride, r.attempt) as stage,
    4 + floor(45 * power(pg_temp.drawn('response', r.ride, r.attempt), 2))::integer as response_s,
    90 + floor(390 * pg_temp.drawn('approach', r.ride, r.attempt))::integer as approach_s,
    30 + floor(150 * pg_temp.drawn('boarding', r.ride, r.attempt))::integer as boarding_s,
    -- Two out of three rides differ from the estimate by less than a tenth.
    least(1200, (r.duration_s * (0.85 + 0.3 * pg_temp.drawn('traffic', r.ride, r.attempt)))::integer) as ride_s
  from asked r
  join drivers d on d.vehicle_type = r.vehicle_type and d.place = r.place
),
outcome as materialized (
  select a.*, case
      when answer < 0.02 then 'withdrawn'
      when answer > 0.72 + 0.26 * temper then case when stage < 0.6 then 'declined' else 'expired' end
      when promise > 0.9 + 0.09 * temper then 'driver_cancelled'
      when promise < 0.03 then 'passenger_cancelled'
      else 'completed'
    end as outcome
  from answered a
),
timed as materialized (
  select o.*,
    case when outcome = 'expired' then 60 else response_s end as answered_s,
    outcome in ('completed', 'driver_cancelled', 'passenger_cancelled') as is_accepted,
    outcome = 'completed' or outcome like '%cancelled' and stage > 0.6 as is_arrived,
    case outcome
      when 'completed' then response_s + approach_s + boarding_s + ride_s
      when 'expired' then 60
      when 'declined' then response_s
      when 'withdrawn' then response_s
      -- After the arrival, or half-way to it.
      else response_s + case when stage > 0.6 then approach_s + boarding_s else approach_s / 2 end
    end as length_s
  from outcome o
),
placed as (
  select t.*, lag(outcome) over w as earlier_outcome,
    asked_at + make_interval(secs => 20 + coalesce(sum(length_s + 15) over (w rows between unbounded preceding and 1 preceding), 0))
      as created_at
  from timed t
  window w as (partition by ride order by attempt)
)
select p.ride, p.attempt, p.outcome, p.initiated_by, p.driver_user_id, p.temper, p.created_at,
  case p.initiated_by when 'driver' then 'passenger' else 'driver' end as asked,
  case outcome when 'driver_cancelled' then 'cancelled_driver' when 'passenger_cancelled' then 'cancelled_passenger'
    when 'withdrawn' then 'cancelled_' || initiated_by else outcome end as status,
  case when is_accepted then created_at + make_interval(secs => answered_s) end as accepted_at,
  case when is_arrived then created_at + make_interval(secs => response_s + approach_s) end as arrived_at,
  case when outcome = 'completed' then created_at + make_interval(secs => response_s + approach_s + boarding_s) end as started_at,
  created_at + make_interval(secs => length_s) as ended_at,
  format('b0000000-0000-4000-8000-%s', lpad((ride * 2 + attempt)::text, 12, '0'))::uuid as match_id,
  format('a1000000-0000-4000-8000-%s', lpad((ride * 2 + attempt)::text, 12, '0'))::uuid as driver_trip_id
from placed p
where attempt = 1 or earlier_outcome in ('declined', 'expired', 'driver_cancelled');

-- The passenger's trip ends as its last offer did; one that nobody took expires.
insert into mobility.trips (id, user_id, role, vehicle_type, status, pickup_lat, pickup_lng, pickup_text,
  dropoff_lat, dropoff_lng, dropoff_text, distance_m, duration_s, fare_amount, currency, tariff_id,
  expires_at, created_at, updated_at, cancel_reason)
select r.passenger_trip_id, r.passenger_user_id, 'passenger', r.vehicle_type, e.status,
  r.pickup_lat, r.pickup_lng, r.pickup_text, r.dropoff_lat, r.dropoff_lng, r.dropoff_text,
  r.distance_m, r.duration_s, r.fare_amount, r.currency, r.tariff_id,
  r.asked_at + interval '30 minutes', r.asked_at,
  case e.status when 'expired' then r.asked_at + interval '30 minutes' else l.ended_at end,
  case e.status when 'cancelled' then 'changed plans' end
from seed_rides r
join (select distinct on (ride) * from seed_offers order by ride, attempt desc) l on l.ride = r.ride
cross join lateral (
  select case when l.outcome = 'completed' then 'completed'
    when l.outcome in ('withdrawn', 'passenger_cancelled') then 'cancelled' else 'expired' end as status
) e
on conflict (id) do nothing;

-- Drivers went online up to five minutes before the offer, at most some 900 m away.
insert into mobility.trips (id, user_id, role, vehicle_type, status, pickup_lat, pickup_lng,
  expires_at, created_at, updated_at)
select o.driver_trip_id, o.driver_user_id, 'driver', r.vehicle_type, e.status,
  r.pickup_lat + (pg_temp.drawn('driver north', o.ride, o.attempt) - 0.5) * 0.012,
  r.pickup_lng + (pg_temp.drawn('driver east', o.ride, o.attempt) - 0.5) * 0.012,
  e.online_at + interval '30 minutes', e.online_at,
  case e.status when 'completed' then o.ended_at else e.online_at + interval '30 minutes' end
from seed_offers o
join seed_rides r on r.ride = o.ride
cross join lateral (
  select case o.outcome when 'completed' then 'completed' else 'expired' end as status,
    o.created_at - make_interval(secs => 10 + floor(290 * pg_temp.drawn('online', o.ride, o.attempt))) as online_at
) e
on conflict (id) do nothing;

insert into mobility.matches (id, passenger_trip_id, driver_trip_id, passenger_user_id, driver_user_id,
  status, initiated_by, respond_by, fare_amount, currency, distance_m, created_at, updated_at,
  accepted_at, arrived_at, started_at, completed_at, ended_at, cancel_reason)
select o.match_id, r.passenger_trip_id, o.driver_trip_id, r.passenger_user_id, o.driver_user_id,
  o.status, o.initiated_by, o.created_at + interval '60 seconds', r.fare_amount, r.currency, r.distance_m,
  o.created_at, o.ended_at, o.accepted_at, o.arrived_at, o.started_at,
  case o.outcome when 'completed' then o.ended_at end, o.ended_at,
  case o.outcome when 'driver_cancelled' then 'flat tyre' when 'passenger_cancelled' then 'changed plans' end
from seed_offers o
join seed_rides r on r.ride = o.ride
on conflict (id) do nothing;

insert into mobility.match_pins (match_id, passenger_user_id, pin)
select o.match_id, r.passenger_user_id, lpad(floor(10000 * pg_temp.drawn('pin', o.ride, o.attempt))::text, 4, '0')
from seed_offers o
join seed_rides r on r.ride = o.ride
on conflict (match_id) do nothing;

insert into mobility.match_events (match_id, from_status, to_status, actor, at)
select o.match_id, e.from_status, e.to_status, e.actor, e.at
from seed_offers o
cross join lateral (values
  (1, null, 'pending', o.initiated_by, o.created_at),
  (2, 'pending', 'accepted', o.asked, o.accepted_at),
  (3, 'accepted', 'driver_arrived', 'driver', o.arrived_at),
  (4, 'driver_arrived', 'in_progress', 'driver', o.started_at),
  (5, case when o.started_at is not null then 'in_progress' when o.arrived_at is not null then 'driver_arrived'
      when o.accepted_at is not null then 'accepted' else 'pending' end,
    o.status,
    case o.status when 'declined' then o.asked when 'expired' then 'system' when 'cancelled_passenger' then 'passenger'
      else 'driver' end,
    o.ended_at)
) as e (step, from_status, to_status, actor, at)
where e.at is not null and not exists (select from mobility.match_events k where k.match_id = o.match_id)
order by o.created_at, e.step;

-- Most riders rate, fewer drivers do; the better the temper, the more stars.
insert into mobility.ratings (match_id, rater_role, rater_user_id, rated_user_id, rating, created_at)
select o.match_id, s.rater_role, s.rater_user_id, s.rated_user_id,
  case when s.luck > 0.985 then 1 when s.luck > 0.97 then 2
    else 5 - floor(3 * power(s.luck, 1.5 + 6 * s.temper))::integer end,
  o.ended_at + make_interval(secs => 30 + floor(90 * s.luck))
from seed_offers o
join seed_rides r on r.ride = o.ride
cross join lateral (values
  ('passenger', r.passenger_user_id, o.driver_user_id, o.temper, 0.85, pg_temp.drawn('stars of a driver', o.ride)),
  ('driver', o.driver_user_id, r.passenger_user_id, r.passenger_temper, 0.7, pg_temp.drawn('stars of a passenger', o.ride))
) as s (rater_role, rater_user_id, rated_user_id, temper, habit, luck)
where o.outcome = 'completed' and pg_temp.drawn('rates ' || s.rater_role, o.ride) < s.habit
on conflict do nothing;

-- What mobility.apply_transition and public.rate_match would have counted. Whoever has a record keeps it:
-- since the first run it has moved with their rides.
insert into mobility.user_metrics (user_id, role, offers_accepted, offers_declined, offers_expired,
  response_ms_total, rides_completed, rides_cancelled, rating_total, rating_count)
select user_id, role, sum(accepted), sum(declined), sum(expired), sum(response_ms), sum(completed),
  sum(cancelled), sum(stars), sum(ratings)
from (
  select case side.role when 'driver' then m.driver_user_id else m.passenger_user_id end as user_id, side.role,
    (side.is_asked and m.accepted_at is not null)::integer as accepted,
    (side.is_asked and m.status = 'declined')::integer as declined,
    (side.is_asked and m.status = 'expired' and m.accepted_at is null)::integer as expired,
    case when side.is_asked and (m.accepted_at is not null or m.status = 'declined')
      then (extract(epoch from coalesce(m.accepted_at, m.ended_at) - m.created_at) * 1000)::bigint else 0 end as response_ms,
    (m.status = 'completed')::integer as completed,
    (m.status = 'cancelled_' || side.role and m.accepted_at is not null)::integer as cancelled,
    0 as stars, 0 as ratings
  from mobility.matches m
  cross join lateral (values ('driver', m.initiated_by = 'passenger'), ('passenger', m.initiated_by = 'driver')) as side (role, is_asked)
  union all
  select rated_user_id, case rater_role when 'driver' then 'passenger' else 'driver' end, 0, 0, 0, 0, 0, 0, rating, 1
  from mobility.ratings
) done
where user_id in (select user_id from seed_people)
group by user_id, role
-- A row appears with the first thing to count.
having sum(accepted + declined + expired + completed + cancelled + ratings) > 0
on conflict do nothing;

-- Online now.

-- Every driver who is not, waits at a place with its share of the demand.
with waiting as materialized (
  select *, pg_temp.drawn('waits', n) as share,
    format('e0000000-0000-4000-8000-%s', lpad(n::text, 12, '0'))::uuid as trip_id
  from seed_people where role = 'driver'
)
insert into mobility.trips (id, user_id, role, vehicle_type, pickup_lat, pickup_lng, pickup_text, expires_at)
select case when exists (select from mobility.trips t where t.id = d.trip_id) then gen_random_uuid() else d.trip_id end,
  d.user_id, 'driver', d.vehicle_type,
  s.lat + (pg_temp.drawn('waits north', d.n) - 0.5) * 0.01, s.lng + (pg_temp.drawn('waits east', d.n) - 0.5) * 0.01,
  s.name, now() + interval '12 hours'
from waiting d
join seed_places s on d.share >= s.from_share and d.share < s.to_share
where not exists (
  select from mobility.trips t
  where t.user_id = d.user_id and t.role = 'driver' and t.status in ('open', 'matched')
);

do $$
begin
  perform mobility.enter_pool(t)
  from mobility.trips t
  join seed_people p on p.user_id = t.user_id and p.role = t.role
  where t.status = 'open' and not exists (
    select from mobility.live_positions l
    where l.role = t.role and l.vehicle_type = t.vehicle_type and l.trip_id = t.id
  );
end
$$;

-- Whom the link of `deno task status` signs in.
insert into mobility.operators (user_id, name)
values ('0be4a704-0000-4000-8000-000000000001', 'Night desk')
on conflict (user_id) do nothing;

drop table seed_places, seed_people, seed_rides, seed_offers;
drop function pg_temp.drawn(text, bigint, bigint);
