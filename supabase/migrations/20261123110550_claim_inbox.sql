-- Claiming: a message to answer, with where its person stands.

-- A match as one of its two people sees it in chat.
create function mobility.match_view(m mobility.matches, p_user_id uuid) returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', m.id, 'side', s.side, 'status', m.status, 'initiated_by', m.initiated_by, 'respond_by', m.respond_by,
    'passenger_trip_id', m.passenger_trip_id, 'driver_trip_id', m.driver_trip_id,
    'other_name', (select display_name from mobility.profiles
      where user_id = case s.side when 'driver' then m.passenger_user_id else m.driver_user_id end),
    'rated', exists (select 1 from mobility.ratings r where r.match_id = m.id and r.rater_role = s.side),
    'completed_at', m.completed_at)
  from (select case p_user_id when m.driver_user_id then 'driver' else 'passenger' end as side) s
  where m.id is not null
$$;
comment on function mobility.match_view is 'A match as one of its people sees it in chat.';

-- Everything about a person that decides what a message of theirs means.
create function mobility.situation_of(p_user_id uuid) returns jsonb
language plpgsql stable
set search_path = ''
as $$
declare
  v_passenger mobility.trips;
  v_driver mobility.trips;
  m mobility.matches;
  v_last mobility.matches;
begin
  select * into v_passenger from mobility.trips t
  where t.user_id = p_user_id and t.role = 'passenger' and t.status in ('open', 'matched')
    and (t.scheduled_for is null or t.status = 'matched' or t.scheduled_for - mobility.schedule_lead() <= now())
    and (t.status = 'matched' or t.expires_at > now())
  order by t.status = 'matched' desc, t.created_at desc limit 1;
  select * into v_driver from mobility.trips t
  where t.user_id = p_user_id and t.role = 'driver' and t.status in ('open', 'matched')
    and (t.status = 'matched' or t.expires_at > now())
  order by t.status = 'matched' desc, t.created_at desc limit 1;
  select * into m from mobility.matches
  where live and (driver_user_id = p_user_id or passenger_user_id = p_user_id) order by created_at desc limit 1;
  select * into v_last from (
    (select * from mobility.matches where driver_user_id = p_user_id and status = 'completed' order by created_at desc limit 1)
    union all
    (select * from mobility.matches where passenger_user_id = p_user_id and status = 'completed' order by created_at desc limit 1)
  ) l where completed_at > now() - interval '7 days' order by completed_at desc limit 1;
  return jsonb_build_object(
    'passenger_trip', case when v_passenger.id is not null then mobility.trip_json(v_passenger) end,
    'driver_trip', case when v_driver.id is not null then mobility.trip_json(v_driver) || jsonb_build_object(
      'position_age_s', (select extract(epoch from now() - l.position_at)::integer from mobility.live_positions l
        where l.role = 'driver' and l.vehicle_type = v_driver.vehicle_type and l.trip_id = v_driver.id)) end,
    'scheduled_trips', coalesce((select jsonb_agg(mobility.trip_json(t) order by t.scheduled_for) from (
      select * from mobility.trips where user_id = p_user_id and role = 'passenger' and status = 'open'
        and scheduled_for - mobility.schedule_lead() > now() order by scheduled_for limit 5) t), '[]'),
    'match', mobility.match_view(m, p_user_id),
    'last_match', mobility.match_view(v_last, p_user_id),
    'dispatching', exists (select 1 from mobility.dispatches d
      where d.passenger_trip_id = v_passenger.id and d.status = 'running'),
    'vehicles', coalesce((select jsonb_agg(jsonb_build_object('vehicle_type', vehicle_type, 'plate', plate)
      order by vehicle_type) from mobility.vehicles where user_id = p_user_id), '[]'),
    'vehicle_types', (select jsonb_agg(code order by position, code) from (
      select code, coalesce(array_position(array['moto', 'cab', 'lifan', 'truck'], code), 9) as position
      from mobility.vehicle_types) k),
    'now', now(), 'time_zone', mobility.time_zone());
end
$$;
comment on function mobility.situation_of is 'What decides the meaning of a person''s message.';

-- Ends an event without an answer, and says so.
create function mobility.give_up(e mobility.inbox, p_code text) returns void
language plpgsql
set search_path = ''
as $$
begin
  update mobility.inbox set done_at = now(), error_code = p_code where id = e.id;
  perform mobility.say(e.user_id, 'refusal', '{"code": "INTERNAL_ERROR"}');
end
$$;
comment on function mobility.give_up is 'Ends an event without an answer, and says so.';

-- Leases events to answer: the oldest of each person whom nobody is answering. One that failed holds back what
-- was sent after it, since that may rest on it, but not for long: it may never go through.
create function public.claim_inbox(p_limit integer default 10, p_lease_s integer default 30) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_user_id uuid;
  v_lease uuid;
  c mobility.conversations;
  e mobility.inbox;
  p mobility.profiles;
  v_claimed jsonb := '[]'::jsonb;
begin
  for v_user_id in
    select i.user_id from mobility.inbox i
    join mobility.conversations o on o.user_id = i.user_id
    where i.done_at is null and i.not_before <= now() and (o.lease_until is null or o.lease_until <= now())
    group by i.user_id order by min(i.id)
  loop
    -- Of those whom nobody else is just taking: a limit of the query would count them too.
    exit when jsonb_array_length(v_claimed) >= p_limit;
    select * into c from mobility.conversations where user_id = v_user_id for update skip locked;
    continue when not found or c.lease_until > now();
    -- Read after the lock: what another worker has just answered is not pending any more.
    loop
      select * into e from mobility.inbox
      where user_id = v_user_id and done_at is null and (not_before <= now() or attempts < 3)
      order by sent_at, id limit 1;
      exit when not found or e.attempts < 10;
      -- Every worker that had it is gone.
      perform mobility.give_up(e, 'TOO_MANY_ATTEMPTS');
    end loop;
    continue when e.id is null or e.not_before > now();
    v_lease := gen_random_uuid();
    update mobility.conversations set lease = v_lease, lease_until = now() + make_interval(secs => p_lease_s)
    where user_id = v_user_id;
    update mobility.inbox set attempts = attempts + 1 where id = e.id;
    select * into p from mobility.profiles where user_id = v_user_id;
    v_claimed := v_claimed || jsonb_build_object(
      'event', jsonb_build_object('id', e.id, 'lease', v_lease, 'message_id', e.message_id, 'content', e.content,
        'sent_at', e.sent_at, 'attempts', e.attempts),
      'person', jsonb_build_object('user_id', p.user_id, 'locale', p.locale, 'locale_known', c.locale_known,
        'display_name', p.display_name, 'phone', p.phone, 'whatsapp_user_id', p.whatsapp_user_id),
      'conversation', jsonb_build_object('step', c.step, 'context', c.context),
      'situation', mobility.situation_of(v_user_id));
  end loop;
  return v_claimed;
end
$$;
comment on function public.claim_inbox is 'Leases messages to answer, with where each person stands.';
revoke all on function public.claim_inbox from public, anon, authenticated;
grant execute on function public.claim_inbox to service_role;

-- Gives back an event that could not be answered: it is tried again, later each time, and given up after the
-- fifth, which the person is told. {dead}.
create function public.fail_inbox(p_event_id bigint, p_lease uuid, p_code text) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  e mobility.inbox;
begin
  update mobility.conversations c set lease = null, lease_until = null
  from mobility.inbox i where i.id = p_event_id and c.user_id = i.user_id and c.lease = p_lease;
  if not found then return '{"dead": false}'::jsonb; end if;
  update mobility.inbox set error_code = left(p_code, 100),
    not_before = now() + least(interval '5 minutes', interval '1 second' * power(3, attempts))
  where id = p_event_id and done_at is null returning * into e;
  if e.attempts >= 5 then
    perform mobility.give_up(e, e.error_code);
  end if;
  return jsonb_build_object('dead', coalesce(e.attempts >= 5, false));
end
$$;
comment on function public.fail_inbox is 'Gives back an event that could not be answered: {dead}.';
revoke all on function public.fail_inbox from public, anon, authenticated;
grant execute on function public.fail_inbox to service_role;
