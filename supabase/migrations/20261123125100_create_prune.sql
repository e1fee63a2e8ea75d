-- What no other sweep takes away. (Idempotency keys go with sweep(); messages, deliveries, reminders, links and the
-- points of rides with sweep_chat(); Realtime drops its messages itself.)

create index dispatches_ended on mobility.dispatches (ended_at) where ended_at is not null;

-- Adds the hours that are no longer kept apart to those before them: the sum stays what it is.
create function mobility.fold_hours() returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_folded integer;
begin
  with old as (
    delete from mobility.hourly_totals
    where hour < mobility.hour_of(now() - mobility.hours_kept()) and hour > '-infinity' returning metric, labels, value
  ),
  folded as (
    insert into mobility.hourly_totals as t (hour, metric, labels, value)
    select '-infinity', o.metric, o.labels, sum(o.value) from old o group by o.metric, o.labels
    on conflict (hour, metric, labels) do update set value = t.value + excluded.value
  )
  select count(*) into v_folded from old;
  return v_folded;
end
$$;
comment on function mobility.fold_hours is 'Adds old hours up.';

-- pg_cron keeps a row for each run of each job and deletes none; some jobs run every second.
create function mobility.forget_job_runs(p_limit integer) returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_forgotten integer := 0;
begin
  if to_regclass('cron.job_run_details') is not null then
    execute $delete$
      delete from cron.job_run_details where runid in (
        select runid from cron.job_run_details where start_time < now() - interval '1 day' order by runid limit $1)
    $delete$ using p_limit;
    get diagnostics v_forgotten = row_count;
  end if;
  return v_forgotten;
end
$$;
comment on function mobility.forget_job_runs is 'Deletes what pg_cron noted of runs longer than a day ago.';

-- Takes away at most p_limit of each kind: searches with their offers after 90 days (the counts of people and the
-- totals have them), the rates of people who were sent nothing for a day, what pg_cron noted of its runs.
create function public.prune(p_limit integer default 20000) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_started timestamptz := clock_timestamp();
  v_hours integer := 0;
  v_searches integer;
  v_rates integer;
  v_runs integer;
begin
  -- Not while hours are being counted, nor by two at once.
  if pg_try_advisory_xact_lock(hashtextextended('mobility.hourly_totals', 0)) then
    v_hours := mobility.fold_hours();
  end if;
  delete from mobility.dispatches where id = any (array(
    select id from mobility.dispatches
    where ended_at < now() - interval '90 days' order by ended_at limit p_limit for update skip locked));
  get diagnostics v_searches = row_count;
  delete from mobility.sending_pairs where user_id = any (array(
    select user_id from mobility.sending_pairs
    where next_slot_at < now() - interval '1 day' limit p_limit for update skip locked));
  get diagnostics v_rates = row_count;
  v_runs := mobility.forget_job_runs(p_limit);
  perform mobility.record_run('prune', v_started);
  return jsonb_build_object('hours', v_hours, 'searches', v_searches, 'rates', v_rates, 'job_runs', v_runs);
end
$$;
comment on function public.prune is 'Takes away what is long over; answers with counts.';
revoke all on function public.prune from public, anon, authenticated;
grant execute on function public.prune to service_role;
