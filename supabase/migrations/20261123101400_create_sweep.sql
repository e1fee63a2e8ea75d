-- What time does to the data. Idempotent and safe to run twice at once; nothing waits for it, since
-- searches and matches check the clock themselves, but indexes stay small by it.

-- Expires what is due, at most p_limit of each kind, and answers with the counts.
create function public.sweep(p_limit integer default 500) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_started timestamptz := clock_timestamp();
  v_id uuid;
  m mobility.matches;
  v_matches integer := 0;
  v_trips integer := 0;
  v_hidden integer := 0;
  v_due integer := 0;
  v_part integer;
begin
  for v_id in
    select id from mobility.matches
    where status = 'pending' and respond_by <= now()
      or status in ('accepted', 'driver_arrived') and updated_at < now() - interval '2 hours'
      or status = 'in_progress' and updated_at < now() - interval '12 hours'
    order by updated_at limit p_limit
  loop
    -- Never waits while it holds the locks of other matches: whoever has these rows is moving the match
    -- or the trip right now, and another sweep comes soon.
    perform 1 from mobility.matches r
    join mobility.trips t on t.id in (r.passenger_trip_id, r.driver_trip_id)
    join mobility.live_positions l on l.role = t.role and l.vehicle_type = t.vehicle_type and l.trip_id = t.id
    where r.id = v_id
    order by t.id for update of t, l skip locked;
    get diagnostics v_part = row_count;
    continue when v_part < 2;
    m := mobility.lock_match(v_id, null);
    -- Answered since it was found.
    continue when not m.live or m.status = 'pending' and m.respond_by > now()
      or m.status <> 'pending' and m.updated_at > now() - interval '2 hours';
    perform mobility.apply_transition(m, 'expired', 'system', null);
    v_matches := v_matches + 1;
  end loop;

  for v_id in
    select id from mobility.trips where status = 'open' and expires_at <= now()
    order by id limit p_limit for update skip locked
  loop
    continue when not mobility.try_lock_offers(v_id);
    perform mobility.end_trip(v_id, 'expired');
    v_trips := v_trips + 1;
  end loop;

  with stale as materialized (
    select role, vehicle_type, trip_id from mobility.live_positions
    where role = 'driver' and available
      and position_at < now() - case when pings >= 2 then mobility.silence_limit() else mobility.freshness_limit() end
    for update skip locked
  )
  update mobility.live_positions l set available = false from stale s
  where l.role = s.role and l.vehicle_type = s.vehicle_type and l.trip_id = s.trip_id;
  get diagnostics v_hidden = row_count;

  with due as materialized (
    select l.role, l.vehicle_type, l.trip_id from mobility.trips t
    join mobility.live_positions l on l.role = t.role and l.vehicle_type = t.vehicle_type and l.trip_id = t.id
    where t.status = 'open' and t.scheduled_for - mobility.schedule_lead() <= now()
      and not l.available and l.findable_from <= now()
      and (l.role = 'passenger'
        or l.position_at > now() - mobility.freshness_limit() and l.trust >= mobility.least_trust())
    for update of l skip locked
  )
  update mobility.live_positions l set available = true from due d
  where l.role = d.role and l.vehicle_type = d.vehicle_type and l.trip_id = d.trip_id;
  get diagnostics v_due = row_count;

  perform mobility.refresh_paces();
  delete from mobility.idempotency_keys where ctid = any (array(
    select ctid from mobility.idempotency_keys
    where created_at < now() - interval '1 day' limit p_limit for update skip locked
  ));
  get diagnostics v_part = row_count;
  perform mobility.record_run('sweep', v_started);
  return jsonb_build_object('expired_matches', v_matches, 'expired_trips', v_trips,
    'hidden_positions', v_hidden, 'due_trips', v_due, 'forgotten_keys', v_part);
end
$$;
comment on function public.sweep is 'Expires what is due and answers with counts.';
revoke all on function public.sweep from public, anon, authenticated;
grant execute on function public.sweep to service_role;

create index trips_scheduled on mobility.trips (scheduled_for) where status = 'open' and scheduled_for is not null;

-- What a health check asks: one answer from the database, by way of the API.
create function public.ping() returns jsonb
language sql stable
set search_path = ''
as $$ select jsonb_build_object('now', now()) $$;
comment on function public.ping is 'Answers, for health checks.';
revoke all on function public.ping from public, anon, authenticated;
grant execute on function public.ping to service_role;

-- Where pg_cron is loaded (every hosted project) it runs the sweep; elsewhere whoever runs the stack
-- does. Versions before 1.5 know no schedule shorter than a minute.
do $$
begin
  if current_setting('shared_preload_libraries') like '%pg_cron%'
     and current_database() = current_setting('cron.database_name', true) then
    create extension if not exists pg_cron with schema pg_catalog;
    execute format('select cron.schedule(''mobility-sweep'', %L, ''select public.sweep()'')', (
      select case when string_to_array(substring(extversion from '^[0-9]+[.][0-9]+'), '.')::integer[] >= array[1, 5]
        then '5 seconds' else '* * * * *' end
      from pg_extension where extname = 'pg_cron'));
  end if;
end
$$;
