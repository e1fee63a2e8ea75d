-- What keeps people safe: whom they will not meet again, whom to tell in need, and links to a ride for
-- those who wait at home.

create table mobility.blocks (
  user_id uuid not null references mobility.profiles (user_id) on delete cascade,
  blocked_user_id uuid not null references mobility.profiles (user_id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (user_id, blocked_user_id),
  check (user_id <> blocked_user_id)
);
comment on table mobility.blocks is 'Who will not be brought together with whom; it holds both ways.';
create index blocks_blocked on mobility.blocks (blocked_user_id);
alter table mobility.blocks enable row level security;
create policy blocks_read_own on mobility.blocks for select to authenticated
  using (user_id = (select auth.uid()));
grant select on mobility.blocks to authenticated, service_role;

-- Whether one of two people has blocked the other.
create function mobility.is_blocked(p_user_a uuid, p_user_b uuid) returns boolean
language sql stable
set search_path = ''
as $$
  select exists (
    select 1 from mobility.blocks
    where user_id = p_user_a and blocked_user_id = p_user_b or user_id = p_user_b and blocked_user_id = p_user_a
  )
$$;
comment on function mobility.is_blocked is 'Whether one of two people has blocked the other.';

-- Everybody whom a person has blocked, or who has blocked that person.
create function mobility.blocked_with(p_user_id uuid) returns uuid[]
language sql stable
set search_path = ''
as $$
  select array(
    select blocked_user_id from mobility.blocks where user_id = p_user_id
    union all
    select user_id from mobility.blocks where blocked_user_id = p_user_id
  )
$$;
comment on function mobility.blocked_with is 'Whom a block keeps away from a person.';

create table mobility.trusted_contacts (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references mobility.profiles (user_id) on delete cascade,
  contact_user_id uuid not null references mobility.profiles (user_id) on delete cascade,
  name text check (char_length(name) between 1 and 120),
  created_at timestamptz not null default now(),
  unique (user_id, contact_user_id),
  check (user_id <> contact_user_id)
);
comment on table mobility.trusted_contacts is 'Whom an SOS of a person is sent to.';
create index trusted_contacts_contact on mobility.trusted_contacts (contact_user_id);
alter table mobility.trusted_contacts enable row level security;
create policy trusted_contacts_read_own on mobility.trusted_contacts for select to authenticated
  using (user_id = (select auth.uid()));
grant select on mobility.trusted_contacts to authenticated, service_role;

create table mobility.sos_alerts (
  id uuid primary key default gen_random_uuid(),
  match_id uuid not null references mobility.matches (id),
  user_id uuid not null references mobility.profiles (user_id),
  side text not null check (side in ('driver', 'passenger')),
  lat double precision,
  lng double precision,
  created_at timestamptz not null default now(),
  acknowledged_at timestamptz,
  acknowledged_by text check (char_length(acknowledged_by) <= 120)
);
comment on table mobility.sos_alerts is 'Calls for help during a ride.';
create index sos_alerts_open on mobility.sos_alerts (created_at) where acknowledged_at is null;
create index sos_alerts_match on mobility.sos_alerts (match_id);
create index sos_alerts_user on mobility.sos_alerts (user_id);
alter table mobility.sos_alerts enable row level security;
create policy sos_alerts_read_own on mobility.sos_alerts for select to authenticated
  using (user_id = (select auth.uid()));
grant select on mobility.sos_alerts to authenticated, service_role;

-- A link shows one ride to whoever holds it. Only the hash of its token is kept.
create table mobility.trip_links (
  token_hash bytea primary key,
  match_id uuid not null references mobility.matches (id) on delete cascade,
  viewer text not null check (viewer in ('driver', 'passenger', 'guest')),
  user_id uuid not null references mobility.profiles (user_id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '24 hours',
  revoked_at timestamptz
);
comment on table mobility.trip_links is 'Links to rides: for whom, until when; the token itself is nowhere.';
create index trip_links_match on mobility.trip_links (match_id);
create index trip_links_user on mobility.trip_links (user_id);
alter table mobility.trip_links enable row level security;
create policy trip_links_service_only on mobility.trip_links for all to service_role using (true) with check (true);

-- Makes a link to a ride and answers its token: 32 hexadecimal digits, 122 random bits of them.
create function mobility.make_trip_link(p_match_id uuid, p_viewer text, p_user_id uuid) returns text
language plpgsql
set search_path = ''
as $$
declare
  v_token text := replace(gen_random_uuid()::text, '-', '');
begin
  insert into mobility.trip_links (token_hash, match_id, viewer, user_id)
  values (sha256(convert_to(v_token, 'UTF8')), p_match_id, p_viewer, p_user_id);
  return v_token;
end
$$;
comment on function mobility.make_trip_link is 'Makes a link to a ride and answers its token.';
