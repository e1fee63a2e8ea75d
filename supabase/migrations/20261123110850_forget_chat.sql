-- What the chat keeps and for how long, and how much of it waits.

-- Forgets: what people wrote and were told goes after a day, what was sent after 30, and the ids of messages
-- after the week in which WhatsApp may deliver them again. Gives how many rows went.
create function mobility.forget(p_limit integer) returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_forgotten integer := 0;
  v_part integer;
begin
  update mobility.inbox set content = jsonb_build_object('kind', content -> 'kind')
  where id = any (array(select id from mobility.inbox
    where done_at < now() - interval '1 day' and content - 'kind' <> '{}'
    order by done_at limit p_limit for update skip locked));
  -- What it was about is kept for whoever looks into a ride.
  update mobility.outbox set params = jsonb_strip_nulls(
    jsonb_build_object('match_id', params -> 'match_id', 'trip_id', params -> 'trip_id'))
  where id = any (array(select id from mobility.outbox
    where status <> 'queued' and created_at < now() - interval '1 day'
      and params - '{match_id,trip_id}'::text[] <> '{}'
    order by created_at limit p_limit for update skip locked));
  delete from mobility.inbox where id = any (array(select id from mobility.inbox
    where done_at < now() - interval '8 days' order by done_at limit p_limit for update skip locked));
  get diagnostics v_part = row_count;
  v_forgotten := v_forgotten + v_part;
  delete from mobility.handed_over where message_id = any (array(select message_id from mobility.handed_over
    where at < now() - interval '8 days' order by at limit p_limit for update skip locked));
  get diagnostics v_part = row_count;
  v_forgotten := v_forgotten + v_part;
  delete from mobility.outbox where id = any (array(select id from mobility.outbox
    where status <> 'queued' and created_at < now() - interval '30 days' limit p_limit for update skip locked));
  get diagnostics v_part = row_count;
  v_forgotten := v_forgotten + v_part;
  delete from mobility.deliveries where id = any (array(select id from mobility.deliveries
    where status = 'sent' and created_at < now() - interval '1 day'
      or status = 'dead' and created_at < now() - interval '30 days' limit p_limit for update skip locked));
  get diagnostics v_part = row_count;
  v_forgotten := v_forgotten + v_part;
  delete from mobility.reminders where ctid = any (array(select d.ctid from mobility.reminders d
    join mobility.trips t on t.id = d.trip_id
    where t.status not in ('open', 'matched') limit p_limit for update of d skip locked));
  delete from mobility.trip_links where token_hash = any (array(select token_hash from mobility.trip_links
    where expires_at < now() - interval '7 days' limit p_limit for update skip locked));
  -- Many times p_limit: a ride has a point every few seconds.
  delete from mobility.ride_points where ctid = any (array(select ctid from mobility.ride_points
    where recorded_at < now() - interval '7 days' limit 20 * p_limit for update skip locked));
  return v_forgotten;
end
$$;
comment on function mobility.forget is 'Forgets what people wrote and what is long over.';

-- Reminders, watches, and forgetting.
create function public.sweep_chat(p_limit integer default 1000) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_started timestamptz := clock_timestamp();
  v_counts jsonb;
begin
  v_counts := jsonb_build_object('reminded_drivers', mobility.remind_drivers(),
    'reminded_passengers', mobility.remind_passengers(), 'told_watchers', mobility.serve_watches(),
    'forgotten', mobility.forget(p_limit));
  perform mobility.record_run('sweep_chat', v_started);
  return v_counts;
end
$$;
comment on function public.sweep_chat is 'Reminders, watches and forgetting; answers with counts.';
revoke all on function public.sweep_chat from public, anon, authenticated;
grant execute on function public.sweep_chat to service_role;

-- How much waits, how long the oldest has waited, how much was given up.
create function public.queue_depths() returns jsonb
language sql stable security definer
set search_path = ''
as $$
  -- Pending and given up apart: each has an index of its own.
  select jsonb_build_object(
    'inbox', (select jsonb_build_object('pending', count(*),
        'oldest_s', coalesce(extract(epoch from now() - min(received_at))::integer, 0),
        'dead', (select count(*) from mobility.inbox where error_code is not null and done_at is not null))
      from mobility.inbox where done_at is null),
    'outbox', (select jsonb_build_object('pending', count(*),
        'oldest_s', coalesce(extract(epoch from now() - min(created_at))::integer, 0),
        'dead', (select count(*) from mobility.outbox where status = 'dead'))
      from mobility.outbox where status = 'queued'),
    'deliveries', (select jsonb_build_object('pending', count(*),
        'oldest_s', coalesce(extract(epoch from now() - min(created_at))::integer, 0),
        'dead', (select count(*) from mobility.deliveries where status = 'dead'))
      from mobility.deliveries where status = 'queued'))
$$;
comment on function public.queue_depths is 'Depth, age and dead letters of the queues.';
revoke all on function public.queue_depths from public, anon, authenticated;
grant execute on function public.queue_depths to service_role;

create index inbox_failed on mobility.inbox (received_at) where error_code is not null;
