-- Who may listen to what. Nobody sends but the database: there is no policy for insert.

-- The people who run the service: they may see every ride.
create table mobility.operators (
  user_id uuid primary key,
  name text not null check (char_length(name) between 1 and 120),
  created_at timestamptz not null default now()
);
comment on table mobility.operators is 'Signed-in users who may see and steer every ride.';
alter table mobility.operators enable row level security;
create policy operators_read_own on mobility.operators for select to authenticated
  using (user_id = (select auth.uid()));
grant select on mobility.operators to authenticated, service_role;

alter table mobility.trip_links add column id uuid not null unique default gen_random_uuid();

-- Whether the caller's token opens a topic. A token that was made for a link opens the topic of its ride and
-- nothing else, for as long as the link is neither revoked nor expired.
create function mobility.may_receive(p_topic text) returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_claims jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  v_user_id uuid;
begin
  if v_claims ? 'link_id' then
    return exists (
      select 1 from mobility.trip_links l
      where l.id = (v_claims ->> 'link_id')::uuid and l.revoked_at is null and l.expires_at > now()
        and p_topic = 'match:' || l.match_id
    );
  end if;
  v_user_id := (v_claims ->> 'sub')::uuid;
  return p_topic = 'user:' || v_user_id
    or p_topic = 'operators' and exists (select 1 from mobility.operators where user_id = v_user_id)
    or p_topic ~ '^match:[0-9a-f-]{36}$' and exists (
      select 1 from mobility.matches
      where id = substr(p_topic, 7)::uuid and v_user_id in (driver_user_id, passenger_user_id)
    );
exception when invalid_text_representation then
  -- A subject or topic that is no id of ours.
  return false;
end
$$;
comment on function mobility.may_receive is 'Whether the caller may listen to a Realtime topic.';

-- On a database without Realtime there is nothing to authorize.
do $$
begin
  if to_regclass('realtime.messages') is not null then
    create policy mobility_receive on realtime.messages for select to authenticated
      using (extension = 'broadcast' and mobility.may_receive((select realtime.topic())));
  end if;
end
$$;
