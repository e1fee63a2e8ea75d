/** The tables of the system that came before, empty. */
export const V1_SCHEMA = `
create table public.profiles (
  user_id uuid primary key, whatsapp_number text, phone_number text, display_name text, role text,
  locale text, created_at timestamptz
);
create table public.rides_trips (
  id uuid primary key default gen_random_uuid(), creator_user_id uuid references public.profiles (user_id),
  role text, vehicle_type text, pickup_latitude double precision, pickup_longitude double precision,
  pickup_text text, pickup_radius_m integer, dropoff_latitude double precision,
  dropoff_longitude double precision, dropoff_text text, dropoff_radius_m integer, status text,
  scheduled_at timestamptz, recurrence text, created_at timestamptz, matched_at timestamptz,
  expires_at timestamptz, last_location_at timestamptz
);
create table public.mobility_matches (
  id uuid primary key, driver_id uuid, passenger_id uuid not null,
  trip_id uuid references public.rides_trips (id), vehicle_type text, pickup_latitude double precision,
  pickup_longitude double precision, dropoff_latitude double precision,
  dropoff_longitude double precision, pickup_text text, dropoff_text text, fare_estimate numeric(10, 2),
  actual_fare numeric(10, 2), currency text default 'RWF', distance_km numeric(10, 2),
  duration_minutes integer, status text, created_at timestamptz, updated_at timestamptz,
  matched_at timestamptz, accepted_at timestamptz, started_at timestamptz, pickup_time timestamptz,
  dropoff_time timestamptz, completed_at timestamptz, cancelled_at timestamptz,
  cancellation_reason text, driver_phone text, passenger_phone text, metadata jsonb
);
`;

/** What such a system has: somebody with a number, their trips, one of them without a place. */
export const V1_HISTORY = `
insert into public.profiles values
  ('aaaaaaaa-0000-4000-8000-000000000001', '250788900001', null, 'Claire', null, 'en', now() - interval '1 year');
insert into public.rides_trips (creator_user_id, role, vehicle_type, pickup_latitude, pickup_longitude, status,
  created_at, expires_at)
select 'aaaaaaaa-0000-4000-8000-000000000001', 'driver', 'veh_moto', lat, 30.06, 'expired',
  now() - interval '1 year', now() - interval '1 year' + interval '30 minutes'
from unnest(array[-1.95, -1.96, null]) lat;
`;
