-- What the metrics function asks of the service: every family as {"<family>": [{"labels": {...}, "value": n}]}. What
-- the families mean is in shared/observability and docs/metrics.md.

-- The city now. Drivers and open trips are counted in one walk through the pools: an open trip is one that is findable
-- at some time.
create function mobility.city_gauges() returns jsonb
language sql stable
set search_path = ''
as $$
  with pool as materialized (
    select l.role, l.vehicle_type, count(*) filter (where l.available) as available,
      count(*) filter (where l.findable_from < 'infinity') as open
    from mobility.live_positions l group by l.role, l.vehicle_type
  ),
  kind as (
    select r.role, v.code as vehicle_type, coalesce(p.available, 0) as available, coalesce(p.open, 0) as open
    from mobility.vehicle_types v cross join unnest('{driver,passenger}'::text[]) r (role)
    left join pool p on p.role = r.role and p.vehicle_type = v.code
  )
  select jsonb_build_object(
    'mobility_drivers_available', (select jsonb_agg(jsonb_build_object(
        'labels', jsonb_build_object('vehicle_type', k.vehicle_type), 'value', k.available))
      from kind k where k.role = 'driver'),
    'mobility_trips_open', (select jsonb_agg(jsonb_build_object(
        'labels', jsonb_build_object('role', k.role, 'vehicle_type', k.vehicle_type), 'value', k.open))
      from kind k),
    'mobility_matches_live', (select jsonb_agg(jsonb_build_object(
        'labels', jsonb_build_object('status', s.status),
        'value', (select count(*) from mobility.matches m where m.live and m.status = s.status)))
      from unnest('{pending,accepted,driver_arrived,in_progress}'::text[]) s (status)),
    'mobility_dispatches_searching', (select jsonb_build_array(jsonb_build_object('value', count(*)))
      from mobility.dispatches d where d.status = 'running'),
    'mobility_sos_open', (select jsonb_build_array(jsonb_build_object('value', count(*)))
      from mobility.sos_alerts a where a.acknowledged_at is null),
    'mobility_sos_oldest_seconds', (select jsonb_build_array(jsonb_build_object(
        'value', coalesce(extract(epoch from now() - min(a.created_at)), 0)))
      from mobility.sos_alerts a where a.acknowledged_at is null),
    'mobility_rollout_percent', (select jsonb_build_array(jsonb_build_object('value', r.percent)) from mobility.rollout r))
$$;
comment on function mobility.city_gauges is 'What is going on in the city now.';

-- When each job last did its work.
create function mobility.job_gauges() returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'mobility_job_last_success_timestamp_seconds', jsonb_agg(jsonb_build_object(
      'labels', l.labels, 'value', extract(epoch from r.last_success_at))),
    'mobility_job_last_duration_seconds', jsonb_agg(jsonb_build_object(
      'labels', l.labels, 'value', r.last_duration_ms / 1000.0)),
    'mobility_job_runs_total', jsonb_agg(jsonb_build_object('labels', l.labels, 'value', r.runs)))
  from mobility.job_runs r cross join lateral (select jsonb_build_object('job', r.job) as labels) l
$$;
comment on function mobility.job_gauges is 'When each job last did its work.';

-- What was done, hour by hour, added up.
create function mobility.total_gauges() returns jsonb
language sql stable
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(f.metric, f.samples), '{}')
  from (
    select s.metric, jsonb_agg(jsonb_build_object('labels', s.labels, 'value', s.value)) as samples
    from (select metric, labels, sum(value) as value from mobility.hourly_totals group by metric, labels) s
    group by s.metric
  ) f
$$;
comment on function mobility.total_gauges is 'The totals.';

-- Whether Realtime takes a message, and how many of the last 15 minutes it did not take: realtime.send() turns every
-- error into a warning. {} where there is no Realtime.
create function mobility.realtime_gauges() returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_messages regclass := to_regclass('realtime.messages');
  v_up integer;
  v_lost bigint;
begin
  if v_messages is null then return '{}'::jsonb; end if;
  -- As Realtime itself asks who may send: with a row that is taken back.
  begin
    execute format('insert into %s (topic, extension) values (''mobility:probe'', ''broadcast'')', v_messages);
    raise sqlstate 'MB000';
  exception
    when sqlstate 'MB000' then v_up := 1;
    when others then v_up := 0;
  end;
  -- A change and its messages are of one transaction, and so of one time, by which they are looked up: the day's
  -- table has a row for each movement of each ride. Of the four messages of a change one is looked for, another kind
  -- each time: what keeps one kind from being told does so every time. Realtime's clock is the session's, the embedded
  -- stack's is UTC.
  execute format($count$
    select count(*) from (
      select e.*, m.driver_user_id, m.passenger_user_id
      from mobility.match_events e join mobility.matches m on m.id = e.match_id
      where e.pushed and e.at > now() - interval '15 minutes' order by e.at desc limit 5000
    ) e
    where not exists (
      select from %s r
      where r.extension = 'broadcast' and r.private is true and r.event = 'match_changed'
        and r.topic = case e.id %% 4 when 0 then 'match:' || e.match_id when 1 then 'user:' || e.driver_user_id
          when 2 then 'user:' || e.passenger_user_id else 'operators' end
        and r.inserted_at in (e.at at time zone 'UTC', e.at::timestamp)
        and r.payload ->> 'match_id' = e.match_id::text and r.payload ->> 'status' = e.to_status)
  $count$, v_messages) into v_lost;
  return jsonb_build_object('mobility_realtime_up', jsonb_build_array(jsonb_build_object('value', v_up)),
    'mobility_realtime_lost', jsonb_build_array(jsonb_build_object('value', v_lost)));
end
$$;
comment on function mobility.realtime_gauges is 'Whether Realtime takes what it is told.';
create index match_events_pushed on mobility.match_events (at) where pushed;

-- Writes nothing that stays; volatile for the row that Realtime is tried with.
create function public.operations_gauges() returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_gauges regproc := to_regproc('mobility_v1.gauges');
  v_bridge jsonb;
begin
  -- Beside V1, the bridge tells of itself in the same shape; the rest is told without it when it cannot.
  if v_gauges is not null then
    begin
      execute format('select %s()', v_gauges) into v_bridge;
    exception when others then
      raise warning 'mobility_v1.gauges(): %', sqlerrm;
    end;
  end if;
  return mobility.city_gauges() || mobility.job_gauges() || mobility.total_gauges() || mobility.realtime_gauges()
    || coalesce(v_bridge, '{}');
end
$$;
comment on function public.operations_gauges is 'The service in numbers: {family: [{labels, value}]}.';
revoke all on function public.operations_gauges from public, anon, authenticated;
grant execute on function public.operations_gauges to service_role;
