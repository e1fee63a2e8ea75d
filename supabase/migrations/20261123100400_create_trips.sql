-- A trip is somebody's wish: a passenger's to be taken, or a driver's to take.

create table mobility.trips (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references mobility.profiles (user_id),
  role text not null check (role in ('driver', 'passenger')),
  vehicle_type text not null references mobility.vehicle_types (code),
  status text not null default 'open'
    check (status in ('open', 'matched', 'completed', 'expired', 'cancelled')),
  pickup_lat double precision not null check (pickup_lat between -90 and 90),
  pickup_lng double precision not null check (pickup_lng between -180 and 180),
  pickup_text text check (char_length(pickup_text) <= 300),
  dropoff_lat double precision check (dropoff_lat between -90 and 90),
  dropoff_lng double precision check (dropoff_lng between -180 and 180),
  dropoff_text text check (char_length(dropoff_text) <= 300),
  -- Estimates for a trip with a dropoff: road metres, seconds, and the tariff's price for them.
  distance_m integer check (distance_m >= 0),
  duration_s integer check (duration_s >= 0),
  fare_amount integer check (fare_amount >= 0),
  currency text,
  tariff_id bigint references mobility.tariffs (id),
  scheduled_for timestamptz,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  cancel_reason text check (char_length(cancel_reason) <= 300),
  check (expires_at > created_at),
  check ((dropoff_lat is null) = (dropoff_lng is null)),
  check ((fare_amount is null) = (currency is null))
);
comment on table mobility.trips is 'Open wishes of passengers and drivers, and what became of them.';
create index trips_user on mobility.trips (user_id, created_at desc);
create index trips_active on mobility.trips (user_id, role) where status in ('open', 'matched');
create index trips_vehicle_type on mobility.trips (vehicle_type);
create index trips_tariff on mobility.trips (tariff_id);
create index trips_open_expiry on mobility.trips (expires_at) where status = 'open';
-- Stands behind create_trip, which replaces the open trip a person already has.
create unique index trips_one_open on mobility.trips (user_id, role)
  where status = 'open' and scheduled_for is null;
alter table mobility.trips enable row level security;
create policy trips_read_own on mobility.trips for select to authenticated
  using (user_id = (select auth.uid()));
grant select on mobility.trips to authenticated, service_role;

-- A scheduled trip is looked for this long before its time.
create function mobility.schedule_lead() returns interval
language sql immutable parallel safe
set search_path = ''
as $$ select interval '15 minutes' $$;
comment on function mobility.schedule_lead is 'How long before its time a scheduled trip starts to look for a counterpart.';

-- The trip as the API shows it.
create function mobility.trip_json(t mobility.trips) returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', t.id, 'user_id', t.user_id, 'role', t.role, 'vehicle_type', t.vehicle_type, 'status', t.status,
    'pickup', jsonb_build_object('lat', t.pickup_lat, 'lng', t.pickup_lng, 'text', t.pickup_text),
    'dropoff', case when t.dropoff_lat is not null then
      jsonb_build_object('lat', t.dropoff_lat, 'lng', t.dropoff_lng, 'text', t.dropoff_text) end,
    'distance_m', t.distance_m, 'duration_s', t.duration_s,
    'fare_amount', t.fare_amount, 'currency', t.currency,
    'scheduled_for', t.scheduled_for, 'expires_at', t.expires_at,
    'created_at', t.created_at, 'updated_at', t.updated_at, 'cancel_reason', t.cancel_reason
  )
$$;
comment on function mobility.trip_json is 'A trip in the shape of the API.';
