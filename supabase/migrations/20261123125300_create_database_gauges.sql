-- What the metrics function asks of the database itself, in the shape of operations_gauges().

-- Connections by what they do, and what those wait for that are at work.
create function mobility.connection_gauges() returns jsonb
language sql stable
set search_path = ''
as $$
  with client as materialized (
    select a.pid, a.state, a.xact_start, a.wait_event_type, a.datname
    from pg_catalog.pg_stat_activity a
    -- Whose kind may not be seen is somebody else's session.
    where a.datname is not null and coalesce(a.backend_type, 'client backend') = 'client backend'
  )
  select jsonb_build_object(
    'mobility_database_connections', (select jsonb_agg(jsonb_build_object(
        'labels', jsonb_build_object('state', s.state), 'value', (
          select count(*) from client c
          where s.state = case c.state
            when 'active' then 'active' when 'idle' then 'idle' when 'idle in transaction' then 'idle_in_transaction'
            when 'idle in transaction (aborted)' then 'idle_in_transaction_aborted' else 'other' end)))
      from unnest('{active,idle,idle_in_transaction,idle_in_transaction_aborted,other}'::text[]) s (state)),
    'mobility_database_connections_max', jsonb_build_array(jsonb_build_object(
      'value', current_setting('max_connections')::integer)),
    'mobility_database_oldest_transaction_seconds', (select jsonb_build_array(jsonb_build_object(
        'value', coalesce(extract(epoch from now() - min(c.xact_start)), 0)))
      from client c where c.datname = current_database() and c.pid <> pg_backend_pid()),
    'mobility_database_lock_waits', (select jsonb_build_array(jsonb_build_object('value', count(*)))
      from client c where c.wait_event_type = 'Lock'))
$$;
comment on function mobility.connection_gauges is 'What the database''s connections do.';

-- The tables of the schema; partitions are added up under their parent.
create function mobility.table_gauges() returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'mobility_table_rows', jsonb_agg(jsonb_build_object(
      'labels', jsonb_build_object('table', t.name, 'kind', k.kind),
      'value', case k.kind when 'live' then t.live_rows else t.dead_rows end)),
    'mobility_table_bytes', jsonb_agg(jsonb_build_object('labels', jsonb_build_object('table', t.name), 'value', t.bytes))
      filter (where k.kind = 'live'))
  from (
    select r.relname as name, sum(s.n_live_tup) as live_rows, sum(s.n_dead_tup) as dead_rows,
      sum(pg_total_relation_size(s.relid)) as bytes
    from pg_catalog.pg_stat_user_tables s
    join pg_catalog.pg_class r on r.oid = coalesce(pg_partition_root(s.relid), s.relid)
    where s.schemaname = 'mobility' group by r.relname
  ) t
  cross join unnest('{live,dead}'::text[]) k (kind)
$$;
comment on function mobility.table_gauges is 'Rows and bytes of the tables.';

create function public.database_gauges() returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select mobility.connection_gauges() || mobility.table_gauges() || (
    select jsonb_build_object(
      'mobility_database_size_bytes', jsonb_build_array(jsonb_build_object('value', pg_database_size(d.datid))),
      'mobility_database_transactions_total', jsonb_build_array(
        jsonb_build_object('labels', '{"outcome": "commit"}'::jsonb, 'value', d.xact_commit),
        jsonb_build_object('labels', '{"outcome": "rollback"}'::jsonb, 'value', d.xact_rollback)),
      'mobility_database_blocks_total', jsonb_build_array(
        jsonb_build_object('labels', '{"source": "cache"}'::jsonb, 'value', d.blks_hit),
        jsonb_build_object('labels', '{"source": "disk"}'::jsonb, 'value', d.blks_read)),
      'mobility_database_deadlocks_total', jsonb_build_array(jsonb_build_object('value', d.deadlocks)),
      'mobility_database_temp_bytes_total', jsonb_build_array(jsonb_build_object('value', d.temp_bytes)))
    from pg_catalog.pg_stat_database d where d.datname = current_database())
$$;
comment on function public.database_gauges is 'The database in numbers: {family: [{labels, value}]}.';
revoke all on function public.database_gauges from public, anon, authenticated;
grant execute on function public.database_gauges to service_role;
