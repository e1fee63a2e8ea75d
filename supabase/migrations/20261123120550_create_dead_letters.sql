-- What the queues gave up, and what operators do with it.

-- What was given up, the newest first, at most 500: {letters: [{queue, id, kind, to, error_code, error_detail,
-- attempts, created_at, is_expired}]}. Never what they say.
create function public.operator_dead_letters(p_acting_user uuid) returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_operator text := mobility.check_operator(p_acting_user);
begin
  return jsonb_build_object('operator', v_operator, 'letters', coalesce((
    select jsonb_agg(to_jsonb(d) order by d.created_at desc, d.queue, d.id)
    from (
      (select 'outbox' as queue, o.id::text, o.kind, p.display_name as "to", o.error_code::text, o.error_detail, o.attempts,
        o.created_at, o.valid_until <= now() as is_expired
      from mobility.outbox o join mobility.profiles p on p.user_id = o.user_id
      where o.status = 'dead' order by o.created_at desc limit mobility.operator_list_limit())
      union all
      (select 'deliveries', y.id::text, y.target, null, null, y.error_detail, y.attempts, y.created_at, false
      from mobility.deliveries y
      where y.status = 'dead' order by y.created_at desc limit mobility.operator_list_limit())
      union all
      (select 'inbox', i.id::text, coalesce(i.content ->> 'task', i.content ->> 'kind'), p.display_name, i.error_code, null,
        i.attempts, i.received_at, i.content ->> 'kind' = 'text' and not i.content ? 'text'
      from mobility.inbox i join mobility.profiles p on p.user_id = i.user_id
      where i.error_code is not null and i.done_at is not null
      order by i.received_at desc limit mobility.operator_list_limit())
      order by created_at desc limit mobility.operator_list_limit()
    ) d), '[]'));
end
$$;
comment on function public.operator_dead_letters is 'What the queues gave up: {letters}.';
revoke all on function public.operator_dead_letters from public, anon, authenticated;
grant execute on function public.operator_dead_letters to service_role;

-- The id of a dead letter as its queue has it; null for what is none.
create function mobility.letter_uuid(p_queue text, p_id text) returns uuid
language sql immutable
set search_path = ''
as $$
  select case when p_queue in ('outbox', 'deliveries') and p_id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    then p_id::uuid end
$$;
comment on function mobility.letter_uuid is 'The id of a dead message or post.';

create function mobility.letter_number(p_queue text, p_id text) returns bigint
language sql immutable
set search_path = ''
as $$ select case when p_queue = 'inbox' and p_id ~ '^[0-9]{1,18}$' then p_id::bigint end $$;
comment on function mobility.letter_number is 'The id of a dead event.';

-- Gives a dead letter another life, with all its attempts: {queue, id}. Raises DEAD_LETTER_NOT_FOUND, and
-- DEAD_LETTER_EXPIRED for what is not worth sending any more, or was forgotten.
create function public.retry_dead_letter(p_acting_user uuid, p_queue text, p_id text) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_operator text := mobility.check_operator(p_acting_user);
  v_uuid uuid := mobility.letter_uuid(p_queue, p_id);
  v_number bigint := mobility.letter_number(p_queue, p_id);
  v_is_expired boolean;
begin
  if p_queue = 'outbox' then
    select valid_until <= now() into v_is_expired from mobility.outbox where id = v_uuid and status = 'dead' for update;
  elsif p_queue = 'deliveries' then
    select false into v_is_expired from mobility.deliveries where id = v_uuid and status = 'dead' for update;
  elsif p_queue = 'inbox' then
    select content - 'kind' = '{}' into v_is_expired from mobility.inbox
    where id = v_number and error_code is not null and done_at is not null for update;
  end if;
  if v_is_expired is null then
    raise sqlstate 'PT404' using message = 'DEAD_LETTER_NOT_FOUND', detail = 'Nothing that was given up has this id';
  elsif v_is_expired then
    raise sqlstate 'PT410' using message = 'DEAD_LETTER_EXPIRED', detail = 'It is not worth another attempt any more';
  end if;
  if p_queue = 'outbox' then
    update mobility.outbox set status = 'queued', attempts = 0, not_before = now(), lease = null, lease_until = null,
      failed_message_id = coalesce(message_id, failed_message_id), message_id = null, error_code = null, error_detail = null
    where id = v_uuid;
  elsif p_queue = 'deliveries' then
    update mobility.deliveries set status = 'queued', attempts = 0, not_before = now(), lease = null, lease_until = null,
      error_detail = null
    where id = v_uuid;
  else
    update mobility.inbox set done_at = null, error_code = null, attempts = 0, not_before = now() where id = v_number;
  end if;
  perform mobility.wake_worker();
  perform mobility.log_operator(p_acting_user, 'retry_dead_letter', p_queue || ':' || p_id);
  return jsonb_build_object('operator', v_operator, 'queue', p_queue, 'id', p_id);
end
$$;
comment on function public.retry_dead_letter is 'Queues what was given up once more: {queue, id}.';
revoke all on function public.retry_dead_letter from public, anon, authenticated;
grant execute on function public.retry_dead_letter to service_role;

-- Lets a dead letter rest: {queue, id}. A message stays in the ride's timeline, as withdrawn.
create function public.drop_dead_letter(p_acting_user uuid, p_queue text, p_id text) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_operator text := mobility.check_operator(p_acting_user);
  v_uuid uuid := mobility.letter_uuid(p_queue, p_id);
  v_number bigint := mobility.letter_number(p_queue, p_id);
  v_dropped text;
begin
  if p_queue = 'outbox' then
    update mobility.outbox set status = 'withdrawn' where id = v_uuid and status = 'dead'
    returning kind into v_dropped;
  elsif p_queue = 'deliveries' then
    delete from mobility.deliveries where id = v_uuid and status = 'dead' returning target into v_dropped;
  elsif p_queue = 'inbox' then
    update mobility.inbox set error_code = null
    where id = v_number and error_code is not null and done_at is not null returning content ->> 'kind' into v_dropped;
  end if;
  if v_dropped is null then
    raise sqlstate 'PT404' using message = 'DEAD_LETTER_NOT_FOUND', detail = 'Nothing that was given up has this id';
  end if;
  perform mobility.log_operator(p_acting_user, 'drop_dead_letter', p_queue || ':' || p_id, v_dropped);
  return jsonb_build_object('operator', v_operator, 'queue', p_queue, 'id', p_id);
end
$$;
comment on function public.drop_dead_letter is 'Drops what was given up: {queue, id}.';
revoke all on function public.drop_dead_letter from public, anon, authenticated;
grant execute on function public.drop_dead_letter to service_role;
