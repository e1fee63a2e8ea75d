-- The job that keeps the totals.

-- The message of a person that was the last one before they left in the middle of something, once that is counted.
alter table mobility.conversations add column left_at timestamptz;
create index conversations_unfinished on mobility.conversations (last_inbound_at)
  where step <> 'idle' and left_at is distinct from last_inbound_at;

-- After how long without a word somebody has left.
create function mobility.patience_in_chat() returns interval
language sql immutable parallel safe
set search_path = ''
as $$ select interval '30 minutes' $$;
comment on function mobility.patience_in_chat is 'Silence after which somebody in the middle of a step has left.';

-- Whether the question that a person was left with is still one. The same as stepOf() of shared/conversation: who has
-- found a ride by other means has not left.
create function mobility.is_left_open(c mobility.conversations) returns boolean
language sql stable
set search_path = ''
as $$
  select case
    when c.step = 'pin' then exists (
      select 1 from mobility.matches m where m.live and m.driver_user_id = c.user_id and m.status = 'driver_arrived')
    when c.step = 'contact' or c.context ->> 'later' = 'true' then true
    else not exists (
      select 1 from mobility.matches m where m.live and m.status <> 'pending'
        and c.user_id = case c.context ->> 'role' when 'driver' then m.driver_user_id
          when 'passenger' then m.passenger_user_id end)
  end
$$;
comment on function mobility.is_left_open is 'Whether what a person was asked last still waits for an answer.';

-- Counts those who left in the middle of a step, by step, each once: the mark and the count are one transaction.
create function mobility.count_abandoned(p_limit integer) returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_left integer;
begin
  with silent as materialized (
    select c.user_id, c.step, mobility.is_left_open(c) as is_open
    from mobility.conversations c
    where c.step <> 'idle' and c.left_at is distinct from c.last_inbound_at
      and c.last_inbound_at < now() - mobility.patience_in_chat()
      and (c.lease_until is null or c.lease_until <= now())
    order by c.last_inbound_at limit p_limit
    -- Whoever is being answered right now has not left.
    for update of c skip locked
  ),
  marked as (
    update mobility.conversations c set left_at = c.last_inbound_at
    from silent s where c.user_id = s.user_id
  ),
  counted as (
    insert into mobility.hourly_totals as t (hour, metric, labels, value)
    select mobility.hour_of(now()), 'mobility_conversations_abandoned_total', jsonb_build_object('step', s.step), count(*)
    from silent s where s.is_open group by s.step order by s.step
    on conflict (hour, metric, labels) do update set value = t.value + excluded.value
  )
  select count(*) into v_left from silent s where s.is_open;
  return v_left;
end
$$;
comment on function mobility.count_abandoned is 'Counts those who left in the middle of a step.';

-- Counts the last hours anew, from three before the last run that came to an end: what was committed late is found,
-- whatever was counted of its hour before. {counted, left}, or {busy} while another one runs.
create function public.roll_up() returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_started timestamptz := clock_timestamp();
  v_since timestamptz;
  v_counted integer;
  v_left integer;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('mobility.hourly_totals', 0)) then
    return '{"busy": true}'::jsonb;
  end if;
  select mobility.hour_of(least(now(), max(last_success_at)) - interval '2 hours') into v_since
  from mobility.job_runs where job = 'roll_up';
  -- Of an hour that was added up to the older ones, nothing may be counted a second time.
  v_since := greatest(v_since, mobility.hour_of(now() - mobility.hours_kept() + interval '1 day'));

  insert into mobility.hourly_totals (hour, metric, labels, value)
  select '-infinity', e.metric, e.labels, 0 from mobility.empty_totals() e on conflict do nothing;
  insert into mobility.hourly_totals as t (hour, metric, labels, value)
  select c.hour, c.metric, c.labels, c.value from mobility.count_hours(v_since) c
  on conflict (hour, metric, labels) do update set value = excluded.value where excluded.value > t.value;
  get diagnostics v_counted = row_count;
  v_left := mobility.count_abandoned(1000);
  perform mobility.record_run('roll_up', v_started);
  return jsonb_build_object('counted', v_counted, 'left', v_left);
end
$$;
comment on function public.roll_up is 'Counts what was done in the last hours: {counted, left}.';
revoke all on function public.roll_up from public, anon, authenticated;
grant execute on function public.roll_up to service_role;
