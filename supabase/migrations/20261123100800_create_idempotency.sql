-- A request that carries an idempotency key is done once: its replay gets the first answer. The row
-- is written by the transaction it protects, so a key exists exactly when its effect does.

create table mobility.idempotency_keys (
  -- The signed-in user's id, or "service": keys of different callers never meet.
  scope text not null,
  key text not null check (char_length(key) between 1 and 200),
  request jsonb not null,
  response jsonb,
  created_at timestamptz not null default now(),
  primary key (scope, key)
);
comment on table mobility.idempotency_keys is 'First answers by idempotency key, kept for a day.';
create index idempotency_keys_created on mobility.idempotency_keys (created_at);
alter table mobility.idempotency_keys enable row level security;
create policy idempotency_keys_service_only on mobility.idempotency_keys for all to service_role
  using (true) with check (true);

-- The first answer to this key, or null when the caller is the first and must call remember().
-- A concurrent duplicate waits here until the first commits. Raises IDEMPOTENCY_KEY_REUSED when the
-- key came with another request.
create function mobility.replay(p_acting_user uuid, p_key text, p_request jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_scope text := coalesce(p_acting_user::text, 'service');
  v_first mobility.idempotency_keys;
begin
  if p_key is null then return null; end if;
  insert into mobility.idempotency_keys (scope, key, request) values (v_scope, p_key, p_request)
  on conflict do nothing;
  if found then return null; end if;
  select * into v_first from mobility.idempotency_keys where scope = v_scope and key = p_key;
  if v_first.request is distinct from p_request then
    raise sqlstate 'PT422' using message = 'IDEMPOTENCY_KEY_REUSED',
      detail = 'This idempotency key was used for a different request';
  end if;
  return v_first.response;
end
$$;
comment on function mobility.replay is 'The first answer given to an idempotency key, or null.';

-- Stores the answer for replays and passes it through.
create function mobility.remember(p_acting_user uuid, p_key text, p_response jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
begin
  if p_key is not null then
    update mobility.idempotency_keys set response = p_response
    where scope = coalesce(p_acting_user::text, 'service') and key = p_key;
  end if;
  return p_response;
end
$$;
comment on function mobility.remember is 'Stores the answer to an idempotency key and returns it.';
