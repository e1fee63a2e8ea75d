-- Who runs the worker. Where pg_cron and pg_net are there (every hosted project), the database does: by the
-- clock, and at once when something is to be sent. Elsewhere whoever runs the stack calls the same
-- things (scripts/stack/jobs).

-- Posts to the worker. Its address and a secret key of the project are in Vault, under the names
-- "mobility_worker_url" and "mobility_worker_key" (docs/deployment); without them nothing is called.
create function mobility.wake_worker() returns void
language plpgsql security definer
set search_path = ''
as $$
declare
  v_secrets regclass := to_regclass('vault.decrypted_secrets');
  v_post regproc := to_regproc('net.http_post');
  v_url text;
  v_key text;
begin
  if v_secrets is null or v_post is null then return; end if;
  execute format($query$
    select max(decrypted_secret) filter (where name = 'mobility_worker_url'),
      max(decrypted_secret) filter (where name = 'mobility_worker_key')
    from %s where name in ('mobility_worker_url', 'mobility_worker_key')
  $query$, v_secrets) into v_url, v_key;
  if v_url is null or v_key is null then return; end if;
  -- pg_net sends after the commit, so the worker sees what woke it.
  execute format('select %s(url => $1, body => ''{}''::jsonb, headers => $2, timeout_milliseconds => 5000)', v_post)
  using v_url, jsonb_build_object('content-type', 'application/json', 'apikey', v_key);
end
$$;
comment on function mobility.wake_worker is 'Calls the worker by pg_net, where it is set up.';

-- A transaction of the worker itself needs nobody woken: it goes on until nothing is left.
create function mobility.wake_on_enqueue() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if coalesce(current_setting('mobility.worker', true), '') <> 'on' then
    perform mobility.wake_worker();
    -- Once a transaction is enough.
    perform set_config('mobility.worker', 'on', true);
  end if;
  return null;
end
$$;
comment on function mobility.wake_on_enqueue is 'Wakes the worker when something is to be sent.';
create trigger wake_worker after insert on mobility.outbox
  for each statement execute function mobility.wake_on_enqueue();

do $$
declare
  v_short boolean;
begin
  if exists (select from pg_available_extensions where name = 'pg_net') and to_regnamespace('net') is null then
    create extension if not exists pg_net with schema extensions;
  end if;
  if current_setting('shared_preload_libraries') like '%pg_cron%'
     and current_database() = current_setting('cron.database_name', true) then
    -- Versions before 1.5 know no schedule shorter than a minute.
    select string_to_array(substring(extversion from '^[0-9]+[.][0-9]+'), '.')::integer[] >= array[1, 5] into v_short
    from pg_extension where extname = 'pg_cron';
    execute format('select cron.schedule(''mobility-dispatch'', %L, ''select public.sweep_dispatch()'')',
      case when v_short then '2 seconds' else '* * * * *' end);
    execute format('select cron.schedule(''mobility-chat'', %L, ''select public.sweep_chat()'')',
      case when v_short then '15 seconds' else '* * * * *' end);
    execute format('select cron.schedule(''mobility-worker'', %L, ''select mobility.wake_worker()'')',
      case when v_short then '10 seconds' else '* * * * *' end);
  end if;
end
$$;

-- As at the end of the schema before: internal functions are for the ones in "public".
revoke all on all functions in schema mobility from public, anon, authenticated, service_role;
grant execute on function mobility.distance_m to authenticated, service_role;
