-- V1's tables, as an existing deployment has them.
create table public.profiles (
  user_id uuid primary key,
  whatsapp_number text,
  phone_number text,
  display_name text,
  role text,
  locale text,
  created_at timestamptz default now()
);
create table public.rides_trips (
  id uuid primary key default gen_random_uuid(),
  creator_user_id uuid references public.profiles (user_id),
  role text,
  vehicle_type text,
  pickup_latitude double precision,
  pickup_longitude double precision,
  pickup_text text,
  pickup_radius_m integer,
  dropoff_latitude double precision,
  dropoff_longitude double precision,
  dropoff_text text,
  dropoff_radius_m integer,
  status text default 'open',
  scheduled_at timestamptz,
  recurrence text,
  created_at timestamptz default now(),
  matched_at timestamptz,
  expires_at timestamptz,
  last_location_at timestamptz
);
create index rides_trips_open on public.rides_trips (role, vehicle_type, status, last_location_at);
create index rides_trips_creator on public.rides_trips (creator_user_id);
create table public.mobility_matches (
  id uuid primary key default gen_random_uuid(),
  driver_id uuid,
  passenger_id uuid not null,
  trip_id uuid references public.rides_trips (id),
  vehicle_type text,
  pickup_latitude double precision,
  pickup_longitude double precision,
  dropoff_latitude double precision,
  dropoff_longitude double precision,
  pickup_text text,
  dropoff_text text,
  fare_estimate numeric(10, 2),
  actual_fare numeric(10, 2),
  currency text default 'RWF',
  distance_km numeric(10, 2),
  duration_minutes integer,
  status text default 'pending',
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  matched_at timestamptz,
  accepted_at timestamptz,
  started_at timestamptz,
  pickup_time timestamptz,
  dropoff_time timestamptz,
  completed_at timestamptz,
  cancelled_at timestamptz,
  cancellation_reason text,
  driver_phone text,
  passenger_phone text,
  metadata jsonb
);
create index mobility_matches_driver on public.mobility_matches (driver_id, created_at);
create index mobility_matches_passenger on public.mobility_matches (passenger_id, created_at);
create index mobility_matches_trip on public.mobility_matches (trip_id);
