-- What runs by the clock says so, so that somebody notices when it does not any more.

create table mobility.job_runs (
  job text primary key check (job ~ '^[a-z0-9_]{1,40}$'),
  -- Until its first run, when it was put up: a job that never runs is missed as well.
  last_success_at timestamptz not null default now(),
  last_duration_ms integer not null default 0,
  runs bigint not null default 0
);
comment on table mobility.job_runs is 'When each scheduled job last did its work.';
alter table mobility.job_runs enable row level security;
create policy job_runs_service_only on mobility.job_runs for all to service_role using (true) with check (true);
insert into mobility.job_runs (job) values ('sweep'), ('sweep_dispatch'), ('sweep_chat'), ('work'), ('roll_up'), ('prune');

-- The last act of a job: undone with it when it fails. Never waits for another run, which says the same.
create function mobility.record_run(p_job text, p_started timestamptz default statement_timestamp()) returns void
language plpgsql
set search_path = ''
as $$
begin
  -- Asked for, since an insert waits for whoever is just changing the row, even to do nothing.
  if not exists (select 1 from mobility.job_runs r where r.job = p_job) then
    insert into mobility.job_runs (job) values (p_job) on conflict do nothing;
  end if;
  update mobility.job_runs set last_success_at = clock_timestamp(), runs = runs + 1,
    last_duration_ms = greatest(0, extract(epoch from clock_timestamp() - p_started) * 1000)
  where job = (select r.job from mobility.job_runs r where r.job = p_job for update skip locked);
end
$$;
comment on function mobility.record_run is 'Notes that a scheduled job has done its work.';

-- The worker is a function outside: it tells of a pass that has come to its end.
create function public.record_work(p_duration_ms integer) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
begin
  perform mobility.record_run('work', clock_timestamp() - make_interval(secs => p_duration_ms / 1000.0));
  return '{"recorded": true}'::jsonb;
end
$$;
comment on function public.record_work is 'Notes that the worker has emptied the queues.';
revoke all on function public.record_work from public, anon, authenticated;
grant execute on function public.record_work to service_role;
