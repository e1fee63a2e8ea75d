-- A match binds one passenger's trip to one driver's, from the proposal to the last rating.

create table mobility.matches (
  id uuid primary key default gen_random_uuid(),
  passenger_trip_id uuid not null references mobility.trips (id),
  driver_trip_id uuid not null references mobility.trips (id),
  passenger_user_id uuid not null references mobility.profiles (user_id),
  driver_user_id uuid not null references mobility.profiles (user_id),
  status text not null default 'pending' check (status in (
    'pending', 'accepted', 'driver_arrived', 'in_progress', 'completed',
    'declined', 'expired', 'cancelled_driver', 'cancelled_passenger'
  )),
  -- Whether it binds its two people.
  live boolean not null generated always as (
    status in ('pending', 'accepted', 'driver_arrived', 'in_progress')
  ) stored,
  -- Who proposed; the other side accepts or declines, until "respond_by".
  initiated_by text not null check (initiated_by in ('driver', 'passenger')),
  respond_by timestamptz not null,
  fare_amount integer check (fare_amount >= 0),
  currency text,
  distance_m integer check (distance_m >= 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  accepted_at timestamptz,
  arrived_at timestamptz,
  started_at timestamptz,
  completed_at timestamptz,
  ended_at timestamptz,
  cancel_reason text check (char_length(cancel_reason) <= 300),
  check (driver_user_id <> passenger_user_id),
  check (passenger_trip_id <> driver_trip_id),
  check ((completed_at is not null) = (status = 'completed'))
);
comment on table mobility.matches is 'Rides: one passenger''s trip bound to one driver''s.';

-- Nobody is promised twice, whatever the code above does.
create unique index matches_one_live_per_driver on mobility.matches (driver_user_id)
  where live;
create unique index matches_one_live_per_passenger on mobility.matches (passenger_user_id)
  where live;
create index matches_passenger_trip on mobility.matches (passenger_trip_id, created_at desc);
create index matches_driver_trip on mobility.matches (driver_trip_id, created_at desc);
create index matches_passenger on mobility.matches (passenger_user_id, created_at desc);
create index matches_driver on mobility.matches (driver_user_id, created_at desc);
create index matches_unfinished on mobility.matches (status, updated_at)
  where live;

alter table mobility.matches enable row level security;
create policy matches_read_own on mobility.matches for select to authenticated
  using ((select auth.uid()) in (driver_user_id, passenger_user_id));
grant select on mobility.matches to authenticated, service_role;

-- The passenger tells the driver this number at the pickup. A table of its own, because the driver
-- may read every column of the match.
create table mobility.match_pins (
  match_id uuid primary key references mobility.matches (id) on delete cascade,
  passenger_user_id uuid not null,
  pin text not null check (pin ~ '^[0-9]{4}$'),
  wrong_attempts integer not null default 0,
  locked_until timestamptz
);
comment on table mobility.match_pins is 'The start PIN of each match; the driver never reads it.';
create index match_pins_passenger on mobility.match_pins (passenger_user_id);
alter table mobility.match_pins enable row level security;
create policy match_pins_read_own on mobility.match_pins for select to authenticated
  using (passenger_user_id = (select auth.uid()));
grant select on mobility.match_pins to authenticated, service_role;

create table mobility.match_events (
  id bigint generated always as identity primary key,
  match_id uuid not null references mobility.matches (id) on delete cascade,
  from_status text,
  to_status text not null,
  actor text not null check (actor in ('driver', 'passenger', 'system')),
  at timestamptz not null default now()
);
comment on table mobility.match_events is 'Every transition of every match, in order; only appended to.';
create index match_events_match on mobility.match_events (match_id, id);
alter table mobility.match_events enable row level security;
create policy match_events_read_own on mobility.match_events for select to authenticated
  using (exists (
    select 1 from mobility.matches m
    where m.id = match_id and (select auth.uid()) in (m.driver_user_id, m.passenger_user_id)
  ));
grant select on mobility.match_events to authenticated, service_role;

create table mobility.ratings (
  match_id uuid not null references mobility.matches (id) on delete cascade,
  rater_role text not null check (rater_role in ('driver', 'passenger')),
  rater_user_id uuid not null references mobility.profiles (user_id),
  rated_user_id uuid not null references mobility.profiles (user_id),
  rating integer not null check (rating between 1 and 5),
  comment text check (char_length(comment) <= 500),
  created_at timestamptz not null default now(),
  primary key (match_id, rater_role)
);
comment on table mobility.ratings is 'One rating by each side of a completed match.';
create index ratings_rater on mobility.ratings (rater_user_id);
create index ratings_rated on mobility.ratings (rated_user_id);
alter table mobility.ratings enable row level security;
create policy ratings_read_given on mobility.ratings for select to authenticated
  using (rater_user_id = (select auth.uid()));
grant select on mobility.ratings to authenticated, service_role;
