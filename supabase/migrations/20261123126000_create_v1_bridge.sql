-- The bridge to an existing V1, whose tables are in the schema public of the same database. Triggers on both
-- sides only note what changed; mobility_v1.sync carries it over (docs/decisions/0008-v1-bridge.md).
-- Without V1's tables all of this is there and idle.

create schema mobility_v1;
comment on schema mobility_v1 is 'The bridge to V1: what changed, what was carried, what could not be.';

-- V1's rows, as V1 has them.
create type mobility_v1.old_profile as (
  user_id uuid, whatsapp_number text, phone_number text, display_name text, role text, locale text,
  created_at timestamptz
);
create type mobility_v1.old_trip as (
  id uuid, creator_user_id uuid, role text, vehicle_type text,
  pickup_latitude double precision, pickup_longitude double precision, pickup_text text,
  dropoff_latitude double precision, dropoff_longitude double precision, dropoff_text text,
  status text, scheduled_at timestamptz, created_at timestamptz, matched_at timestamptz,
  expires_at timestamptz, last_location_at timestamptz
);
create type mobility_v1.old_match as (
  id uuid, driver_id uuid, passenger_id uuid, trip_id uuid, vehicle_type text,
  pickup_latitude double precision, pickup_longitude double precision,
  dropoff_latitude double precision, dropoff_longitude double precision, pickup_text text, dropoff_text text,
  fare_estimate numeric, actual_fare numeric, currency text, distance_km numeric, status text,
  created_at timestamptz, updated_at timestamptz, matched_at timestamptz, accepted_at timestamptz,
  started_at timestamptz, pickup_time timestamptz, dropoff_time timestamptz, completed_at timestamptz,
  cancelled_at timestamptz, cancellation_reason text, metadata jsonb
);

-- What both sides know of a row, in V2's words: two rows are in step when their images are equal.
create type mobility_v1.profile_image as (phone text, display_name text, locale text, created_at timestamptz);
create type mobility_v1.trip_image as (
  user_id uuid, role text, vehicle_type text, status text,
  pickup_lat double precision, pickup_lng double precision, pickup_text text,
  dropoff_lat double precision, dropoff_lng double precision, dropoff_text text,
  scheduled_for timestamptz, expires_at timestamptz, created_at timestamptz
);
create type mobility_v1.match_image as (
  passenger_user_id uuid, driver_user_id uuid, status text, fare_amount integer, currency text,
  distance_km numeric, created_at timestamptz, accepted_at timestamptz, arrived_at timestamptz,
  started_at timestamptz, completed_at timestamptz, cancelled_at timestamptz, cancel_reason text
);

-- A V1 row read: its image, or why it cannot be carried, and what was repaired on the way.
create type mobility_v1.profile_reading as (image mobility_v1.profile_image, repairs text[], needs uuid);
create type mobility_v1.trip_reading as (image mobility_v1.trip_image, reject text, repairs text[]);
create type mobility_v1.match_reading as (image mobility_v1.match_image, reject text, repairs text[]);

create table mobility_v1.bridge (
  one boolean primary key default true check (one),
  installed boolean not null default false,
  installed_at timestamptz,
  -- When V1 was last told how fresh the positions of V2's drivers are.
  positions_at timestamptz not null default '-infinity'
);
comment on table mobility_v1.bridge is 'Whether the bridge is in place, one row.';
insert into mobility_v1.bridge default values;

-- What changed and is to be carried. Its key only grows, so that a write of V1 pays for little more than a short row.
create table mobility_v1.changes (
  seq bigint generated always as identity primary key,
  side "char" not null,
  tbl text not null,
  id uuid not null,
  at timestamptz not null default now(),
  tries smallint not null default 0,
  not_before timestamptz not null default '-infinity'
);
comment on table mobility_v1.changes is 'Rows that changed on a side (1 or 2) and are not carried yet.';
alter table mobility_v1.changes set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- What both sides agreed on last: tells which side changed a field since.
create table mobility_v1.carried_profiles (
  id uuid primary key, born "char" not null, base mobility_v1.profile_image not null
);
comment on table mobility_v1.carried_profiles is 'People in step, and the image both sides had last.';
create table mobility_v1.carried_trips (
  id uuid primary key, born "char" not null, base mobility_v1.trip_image not null
);
comment on table mobility_v1.carried_trips is 'Trips in step, and the image both sides had last.';
create table mobility_v1.carried_matches (
  id uuid primary key, born "char" not null, base mobility_v1.match_image not null
);
comment on table mobility_v1.carried_matches is 'Matches in step, and the image both sides had last.';

create table mobility_v1.rejects (
  "table" text not null check ("table" in ('profiles', 'trips', 'matches')),
  id uuid not null,
  side "char" not null default '1',
  reason text not null check (reason ~ '^[A-Z_0-9]{3,40}$'),
  detail jsonb not null default '{}',
  -- The row whose change may make this one carriable.
  needs uuid,
  at timestamptz not null default now(),
  primary key ("table", id)
);
comment on table mobility_v1.rejects is 'Rows that cannot be carried, each with its reason.';
create index rejects_needs on mobility_v1.rejects (needs) where needs is not null;

create table mobility_v1.repairs (
  "table" text not null check ("table" in ('profiles', 'trips', 'matches')),
  id uuid not null,
  reason text not null check (reason ~ '^[A-Z_0-9]{3,40}$'),
  needs uuid,
  at timestamptz not null default now(),
  primary key ("table", id, reason)
);
comment on table mobility_v1.repairs is 'What was put right in V2 while carrying a row of V1, which keeps its own.';
create index repairs_needs on mobility_v1.repairs (needs) where needs is not null;

create table mobility_v1.synthetic (
  "table" text not null check ("table" in ('profiles', 'trips')),
  id uuid not null,
  because text not null,
  primary key ("table", id)
);
comment on table mobility_v1.synthetic is 'Rows of V2 made up so that a row of V1 could be carried; they never go to V1.';

create table mobility_v1.backfills (
  "table" text primary key,
  last_id uuid,
  done bigint not null default 0,
  total bigint not null,
  rejected bigint not null default 0,
  started_at timestamptz not null default now(),
  finished_at timestamptz
);
comment on table mobility_v1.backfills is 'How far the backfill of each table is.';

-- V1's words for vehicles and states: data, so that a value nobody knew of is a row, not a release.
create table mobility_v1.codes (
  kind text not null check (kind in ('vehicle', 'trip_status', 'match_status')),
  v1 text not null,
  v2 text not null,
  -- The word to write into V1; the others are only read.
  main boolean not null default false,
  -- No longer used by V1: a row that has it is listed as repaired.
  obsolete boolean not null default false,
  primary key (kind, v1)
);
comment on table mobility_v1.codes is 'What V1''s words mean in V2.';
create unique index codes_main on mobility_v1.codes (kind, v2) where main;
insert into mobility_v1.codes (kind, v1, v2, main, obsolete) values
  ('vehicle', 'veh_moto', 'moto', true, false),
  ('vehicle', 'veh_cab', 'cab', true, false),
  ('vehicle', 'veh_lifan', 'lifan', true, false),
  ('vehicle', 'veh_truck', 'truck', true, false),
  ('vehicle', 'veh_others', 'other', true, false),
  ('trip_status', 'open', 'open', true, false),
  ('trip_status', 'matched', 'matched', true, false),
  ('trip_status', 'expired', 'expired', true, false),
  ('trip_status', 'cancelled', 'cancelled', true, false),
  -- Values of the kind that V1 is said to have in a few rows: seen in other versions of such systems. Whatever
  -- is not here is rejected as UNKNOWN_STATUS until an operator adds it.
  ('trip_status', 'canceled', 'cancelled', false, true),
  ('trip_status', 'closed', 'expired', false, true),
  ('trip_status', 'timeout', 'expired', false, true),
  ('trip_status', 'completed', 'matched', false, true),
  ('trip_status', 'done', 'matched', false, true),
  ('trip_status', 'in_progress', 'matched', false, true),
  ('match_status', 'pending', 'pending', true, false),
  ('match_status', 'accepted', 'accepted', true, false),
  ('match_status', 'driver_arrived', 'driver_arrived', true, false),
  ('match_status', 'in_progress', 'in_progress', true, false),
  ('match_status', 'completed', 'completed', true, false),
  ('match_status', 'cancelled_by_driver', 'cancelled_driver', true, false),
  ('match_status', 'cancelled_by_passenger', 'cancelled_passenger', true, false),
  ('match_status', 'expired', 'expired', true, false),
  ('match_status', 'cancelled', 'cancelled_passenger', false, true),
  ('match_status', 'rejected', 'cancelled_driver', false, true),
  ('match_status', 'done', 'completed', false, true);

do $$
declare
  v_table regclass;
begin
  for v_table in
    select oid from pg_class where relnamespace = 'mobility_v1'::regnamespace and relkind = 'r'
  loop
    execute format('alter table %s enable row level security', v_table);
    execute format('create policy owner_only on %s for all to service_role using (false)', v_table);
  end loop;
end
$$;
