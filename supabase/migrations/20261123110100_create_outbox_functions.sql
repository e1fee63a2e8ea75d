-- Sending: the worker claims, sends and records. A claim is a lease: the messages of a worker that died are
-- claimed again when it ends, unless a delivery status has told meanwhile that they went out.

-- Up to p_limit messages to send now: the oldest of each person, so that nobody is told things out of
-- order, as far as the rates allow. {id, lease, kind, params, locale, to, window_open, attempts}.
create function public.claim_outbox(p_limit integer default 20, p_lease_s integer default 60) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_rate mobility.sending_rate;
  v_lease uuid := gen_random_uuid();
  v_limit integer;
  v_claimed uuid[];
begin
  -- Claims follow each other, which keeps the rate; each takes a few milliseconds.
  select * into v_rate from mobility.sending_rate for update;
  v_limit := least(p_limit, floor(greatest(1, v_rate.per_second / 3)
    - greatest(0, extract(epoch from v_rate.next_slot_at - now())) * v_rate.per_second));
  if v_limit <= 0 then return '[]'::jsonb; end if;

  -- Never waits while it holds other rows; and what a worker is sending right now is the worker's to tell of.
  update mobility.outbox
  set status = case when valid_until <= now() then 'expired' else 'dead' end, lease = null,
    error_detail = case when valid_until <= now() then error_detail else coalesce(error_detail, 'too many attempts') end
  where id = any (array(select id from mobility.outbox
    where status = 'queued' and (valid_until <= now() or attempts >= 10) and (lease_until is null or lease_until <= now())
    for update skip locked));

  v_claimed := array(
    select o.id from mobility.outbox o
    where o.status = 'queued' and o.not_before <= now() and (o.lease_until is null or o.lease_until <= now())
      and not exists (
        select 1 from mobility.outbox e
        where e.user_id = o.user_id and e.status = 'queued' and e.seq < o.seq
      )
      and not exists (
        select 1 from mobility.sending_pairs r
        where r.user_id = o.user_id and r.next_slot_at > now() + 44 * interval '6 seconds'
      )
    order by o.seq limit v_limit for update skip locked
  );
  if cardinality(v_claimed) = 0 then return '[]'::jsonb; end if;
  update mobility.outbox
  set lease = v_lease, lease_until = now() + make_interval(secs => p_lease_s), attempts = attempts + 1
  where id = any (v_claimed);
  insert into mobility.sending_pairs as r (user_id, next_slot_at)
  select user_id, now() + interval '6 seconds' from mobility.outbox where id = any (v_claimed) order by user_id
  on conflict (user_id) do update set next_slot_at = greatest(r.next_slot_at, now()) + interval '6 seconds';
  update mobility.sending_rate
  set next_slot_at = greatest(next_slot_at, now())
    + make_interval(secs => cardinality(v_claimed)::double precision / per_second);

  return (
    select jsonb_agg(jsonb_build_object(
      'id', o.id, 'lease', o.lease, 'kind', o.kind, 'params', o.params, 'locale', p.locale,
      'to', jsonb_build_object('whatsapp_user_id', p.whatsapp_user_id, 'phone', p.phone),
      -- A minute less than the API's 24 hours: clocks differ.
      'window_open', not o.as_template and coalesce(c.last_inbound_at > now() - interval '23:59', false),
      'attempts', o.attempts - 1) order by o.seq)
    from mobility.outbox o
    join mobility.profiles p on p.user_id = o.user_id
    left join mobility.conversations c on c.user_id = o.user_id
    where o.id = any (v_claimed)
  );
end
$$;
comment on function public.claim_outbox is 'Leases messages to send, the oldest of each person.';
revoke all on function public.claim_outbox from public, anon, authenticated;
grant execute on function public.claim_outbox to service_role;

-- How far a message has come. A failure goes before a delivery, which no failure can take back.
create function mobility.progress(p_status text) returns integer
language sql immutable
set search_path = ''
as $$ select coalesce(array_position(array['sent', 'dead', 'delivered', 'read'], p_status), 0) $$;
comment on function mobility.progress is 'How far a message has come: 0 as long as nobody knows of its going out.';

-- What became of claimed messages: [{id, lease, outcome, ...}]. An outcome of a lease that was lost is only
-- used to learn that the message went out.
create function public.record_outbox(p_results jsonb) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  r record;
  v_recorded integer := 0;
begin
  for r in
    select * from jsonb_to_recordset(p_results) as x (id uuid, lease uuid, outcome text, message_id text,
      error_code integer, error_detail text, retry_after_s double precision) order by id
  loop
    if r.outcome = 'sent' then
      update mobility.outbox
      set status = case when status in ('delivered', 'read') then status else 'sent' end,
        message_id = r.message_id, sent_at = coalesce(sent_at, now()), lease = null
      where id = r.id and (mobility.progress(status) = 0 or message_id is null)
        -- Its failure may be known before its sending is.
        and failed_message_id is distinct from r.message_id;
    else
      update mobility.outbox
      set status = case when r.outcome = 'dead' or r.outcome = 'template' and as_template then 'dead'
          when r.outcome = 'expired' then 'expired' else status end,
        -- Held is what fails for a reason that lies with the account: no fault of the message.
        attempts = attempts - case r.outcome when 'hold' then 1 else 0 end,
        as_template = as_template or r.outcome = 'template',
        not_before = now() + make_interval(secs => case when r.outcome in ('retry', 'hold') then coalesce(r.retry_after_s, 10)
          -- Nobody knows whether it went out: a status is waited for before it is sent again.
          when r.outcome = 'unknown' then 30 else 0 end),
        error_code = r.error_code, error_detail = left(r.error_detail, 500), lease = null, lease_until = null
      where id = r.id and lease = r.lease and status = 'queued';
    end if;
    if found then v_recorded := v_recorded + 1; end if;
  end loop;
  return jsonb_build_object('recorded', v_recorded);
end
$$;
comment on function public.record_outbox is 'Records what became of claimed messages.';
revoke all on function public.record_outbox from public, anon, authenticated;
grant execute on function public.record_outbox to service_role;

-- Failures after which the same message may go through later, and how long to wait.
-- Source: Meta's table of error codes; 131056 is the rate of one pair.
create function mobility.retry_after(p_error_code integer) returns interval
language sql immutable
set search_path = ''
as $$
  select case
    when p_error_code in (130429, 131048, 131057, 80007, 4) then interval '30 seconds'
    when p_error_code = 131056 then interval '1 minute'
    when p_error_code in (131000, 131016, 133004, 1, 2) then interval '10 seconds'
  end
$$;
comment on function mobility.retry_after is 'How long to wait before a failed message is tried again; null for never.';

-- Whether a message that failed is sent again: as a template when the window for free texts is closed (131047),
-- as it is when waiting helps.
create function mobility.is_sent_again(o mobility.outbox, p_error_code integer) returns boolean
language sql immutable
set search_path = ''
as $$
  select coalesce(p_error_code = 131047 and not o.as_template, false)
    or mobility.retry_after(p_error_code) is not null and o.attempts < 10
$$;
comment on function mobility.is_sent_again is 'Whether a message that failed is sent again.';

-- A delivery status: [{message_id, outbox_id, status, at, error_code, error_detail}]. They come late, twice
-- and out of order, and never move a message backwards. Answers how many changed something.
create function mobility.apply_statuses(p_statuses jsonb) returns integer
language plpgsql
set search_path = ''
as $$
declare
  r record;
  v_applied integer := 0;
begin
  for r in
    select * from jsonb_to_recordset(p_statuses) as x (message_id text, outbox_id uuid, status text,
      at timestamptz, error_code integer, error_detail text)
    order by outbox_id, message_id
  loop
    if r.status = 'failed' then
      update mobility.outbox set
        status = case when mobility.is_sent_again(outbox, r.error_code) then 'queued' else 'dead' end,
        as_template = as_template or r.error_code is not distinct from 131047,
        not_before = now() + coalesce(mobility.retry_after(r.error_code), interval '0'),
        error_code = r.error_code, error_detail = left(r.error_detail, 500),
        message_id = case when not mobility.is_sent_again(outbox, r.error_code) then r.message_id end,
        failed_message_id = r.message_id, lease = null, lease_until = null
      where (id = r.outbox_id or r.outbox_id is null and message_id = r.message_id)
        and status in ('queued', 'sent')
        -- A failure of an earlier attempt says nothing of the one that followed.
        and (message_id is null or message_id = r.message_id)
        and failed_message_id is distinct from r.message_id;
    else
      update mobility.outbox set
        status = r.status, message_id = coalesce(message_id, r.message_id), sent_at = coalesce(sent_at, r.at),
        -- Whatever was read was delivered, told or not.
        delivered_at = case when r.status in ('delivered', 'read') then coalesce(delivered_at, r.at) else delivered_at end,
        read_at = case r.status when 'read' then coalesce(read_at, r.at) else read_at end,
        lease = null
      where (id = r.outbox_id or r.outbox_id is null and message_id = r.message_id)
        and mobility.progress(status) < mobility.progress(r.status)
        -- Late news of an attempt that failed.
        and (r.status <> 'sent' or failed_message_id is distinct from r.message_id);
    end if;
    if found then v_applied := v_applied + 1; end if;
  end loop;
  return v_applied;
end
$$;
comment on function mobility.apply_statuses is 'Applies delivery statuses; none moves a message backwards.';

-- Posts to make now. {id, lease, target, body_base64, headers, attempts}.
create function public.claim_deliveries(p_limit integer default 20, p_lease_s integer default 60) returns jsonb
language sql security definer
set search_path = ''
as $$
  with due as materialized (
    select id from mobility.deliveries
    where status = 'queued' and not_before <= now() and (lease_until is null or lease_until <= now())
    order by not_before limit p_limit for update skip locked
  ),
  claimed as (
    update mobility.deliveries d
    set lease = gen_random_uuid(), lease_until = now() + make_interval(secs => p_lease_s), attempts = attempts + 1
    from due where d.id = due.id returning d.*
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', id, 'lease', lease, 'target', target, 'attempts', attempts - 1, 'headers', headers,
    -- Base 64 of RFC 2045 has line breaks.
    'body_base64', translate(encode(body, 'base64'), E'\n', ''))), '[]')
  from claimed
$$;
comment on function public.claim_deliveries is 'Leases posts to the operator''s systems.';
revoke all on function public.claim_deliveries from public, anon, authenticated;
grant execute on function public.claim_deliveries to service_role;

-- What became of claimed posts: [{id, lease, outcome: sent | retry | dead, error_detail, retry_after_s}].
create function public.record_deliveries(p_results jsonb) returns jsonb
language sql security definer
set search_path = ''
as $$
  with recorded as (
    update mobility.deliveries d
    set status = case r.outcome when 'retry' then 'queued' else r.outcome end,
      sent_at = case r.outcome when 'sent' then now() end, lease = null, lease_until = null,
      not_before = now() + make_interval(secs => coalesce(r.retry_after_s, 0)),
      error_detail = left(r.error_detail, 500)
    from jsonb_to_recordset(p_results) as r (id uuid, lease uuid, outcome text, error_detail text,
      retry_after_s double precision)
    where d.id = r.id and d.lease = r.lease and d.status = 'queued'
    returning d.id
  )
  select jsonb_build_object('recorded', count(*)) from recorded
$$;
comment on function public.record_deliveries is 'Records what became of claimed posts.';
revoke all on function public.record_deliveries from public, anon, authenticated;
grant execute on function public.record_deliveries to service_role;
