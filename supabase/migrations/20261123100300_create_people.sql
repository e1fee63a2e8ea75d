-- People. A WhatsApp identity is the business-scoped user id; the phone number may be unknown.

create table mobility.profiles (
  user_id uuid primary key default gen_random_uuid(),
  whatsapp_user_id text unique check (char_length(whatsapp_user_id) between 1 and 140),
  phone text unique check (phone ~ '^\+[1-9][0-9]{5,14}$'),
  display_name text check (char_length(display_name) between 1 and 120),
  locale text not null default 'en' check (locale in ('en', 'fr', 'rw', 'sw')),
  created_at timestamptz not null default now()
);
comment on table mobility.profiles is 'A person: passenger, driver, or both.';
alter table mobility.profiles enable row level security;
create policy profiles_read_own on mobility.profiles for select to authenticated
  using (user_id = (select auth.uid()));
grant select on mobility.profiles to authenticated, service_role;

create table mobility.vehicles (
  user_id uuid not null references mobility.profiles (user_id) on delete cascade,
  vehicle_type text not null references mobility.vehicle_types (code),
  plate text not null check (char_length(plate) between 2 and 16),
  primary key (user_id, vehicle_type)
);
comment on table mobility.vehicles is 'The vehicle a driver comes with, one of each type.';
create index vehicles_vehicle_type on mobility.vehicles (vehicle_type);
alter table mobility.vehicles enable row level security;
create policy vehicles_read_own on mobility.vehicles for select to authenticated
  using (user_id = (select auth.uid()));
grant select on mobility.vehicles to authenticated, service_role;

-- Counts, not averages: each is moved by the transaction that changes the match, and a rate is
-- derived where it is read. "Offers" are matches somebody else proposed to this person.
create table mobility.user_metrics (
  user_id uuid not null references mobility.profiles (user_id) on delete cascade,
  role text not null check (role in ('driver', 'passenger')),
  offers_accepted integer not null default 0 check (offers_accepted >= 0),
  offers_declined integer not null default 0 check (offers_declined >= 0),
  offers_expired integer not null default 0 check (offers_expired >= 0),
  response_ms_total bigint not null default 0 check (response_ms_total >= 0),
  rides_completed integer not null default 0 check (rides_completed >= 0),
  rides_cancelled integer not null default 0 check (rides_cancelled >= 0),
  rating_total integer not null default 0 check (rating_total >= 0),
  rating_count integer not null default 0 check (rating_count >= 0),
  updated_at timestamptz not null default now(),
  primary key (user_id, role),
  check (rating_total between rating_count and 5 * rating_count)
);
comment on table mobility.user_metrics is 'What a person did in a role: offers answered, rides completed and cancelled, ratings received.';
alter table mobility.user_metrics enable row level security;
create policy user_metrics_read_own on mobility.user_metrics for select to authenticated
  using (user_id = (select auth.uid()));
grant select on mobility.user_metrics to authenticated, service_role;
