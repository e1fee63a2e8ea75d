-- Answering: one transaction for the ride's change, the conversation's next step, what is said, and the
-- event being done.

-- Carries out one command as a person. Raises the command's own refusals.
create function mobility.run_command(p_user_id uuid, p_command jsonb) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_name text := p_command ->> 'name';
  v_trip_id uuid := (p_command ->> 'trip_id')::uuid;
  v_match_id uuid := (p_command ->> 'match_id')::uuid;
  m mobility.matches;
begin
  case v_name
    when 'open_trip' then return mobility.open_trip_in_chat(p_user_id, p_command);
    when 'cancel_trip' then return mobility.cancel_trip_in_chat(p_user_id, p_command);
    when 'propose' then
      return jsonb_build_object('match', public.accept_match(p_user_id, (p_command ->> 'passenger_trip_id')::uuid,
        (p_command ->> 'driver_trip_id')::uuid, p_match_id => v_match_id));
    when 'dispatch' then
      return public.dispatch_trip(p_user_id, (p_command ->> 'passenger_trip_id')::uuid, p_command -> 'candidates');
    when 'answer_offer' then
      return public.answer_offer(p_user_id, (p_command ->> 'offer_id')::uuid, (p_command ->> 'accept')::boolean, v_match_id);
    when 'advance' then
      return jsonb_build_object('match', public.advance_match(p_user_id, v_match_id, p_command ->> 'action',
        p_pin => p_command ->> 'pin', p_reason => p_command ->> 'reason'));
    when 'rate' then
      perform public.rate_match(p_user_id, v_match_id, (p_command ->> 'rating')::integer);
      perform mobility.say(p_user_id, 'rated', jsonb_build_object('match_id', v_match_id, 'rating', p_command -> 'rating',
        'other_name', mobility.match_view(r, p_user_id) -> 'other_name')) from mobility.matches r where r.id = v_match_id;
    when 'stay_online', 'move' then perform mobility.stay_online(p_user_id, p_command);
    when 'watch' then
      perform mobility.prolong_trip(p_user_id, v_trip_id, interval '2 hours');
      insert into mobility.watches (trip_id) values (v_trip_id) on conflict do nothing;
      perform mobility.say(p_user_id, 'watching', jsonb_build_object('trip_id', v_trip_id));
    when 'search_again' then
      perform mobility.prolong_trip(p_user_id, v_trip_id, interval '30 minutes');
      perform mobility.enqueue_task(p_user_id, jsonb_build_object('task', 'search', 'trip_id', v_trip_id));
    when 'today' then perform mobility.say_today(p_user_id);
    -- Says again where the ride stands, so that its buttons are at hand.
    when 'show_ride' then
      m := mobility.own_match(p_user_id, v_match_id, interval '0');
      perform mobility.tell_match(m, null, p_user_id);
    when 'block', 'unblock', 'list_blocked' then perform mobility.change_blocks(p_user_id, p_command);
    when 'add_contact', 'remove_contact', 'list_contacts' then perform mobility.change_contacts(p_user_id, p_command);
    when 'sos' then perform mobility.call_for_help(p_user_id, p_command);
    when 'share_trip' then
      m := mobility.own_match(p_user_id, v_match_id, interval '0');
      perform mobility.say(p_user_id, 'share_trip', jsonb_build_object(
        'link_token', mobility.make_trip_link(m.id, 'guest', p_user_id)));
    when 'relay' then
      m := mobility.own_match(p_user_id, v_match_id, interval '0');
      perform mobility.say(case p_user_id when m.driver_user_id then m.passenger_user_id else m.driver_user_id end,
        'relayed', jsonb_build_object('from_role', mobility.match_view(m, p_user_id) -> 'side',
          'name', (select display_name from mobility.profiles where user_id = p_user_id),
          'text', left(p_command ->> 'text', 900)));
    when 'set_locale' then
      update mobility.profiles set locale = p_command ->> 'locale' where user_id = p_user_id;
      update mobility.conversations set locale_known = true where user_id = p_user_id;
      perform mobility.say(p_user_id, 'language_set');
    when 'set_vehicle' then
      insert into mobility.vehicles (user_id, vehicle_type, plate)
      values (p_user_id, (mobility.vehicle_type(p_command ->> 'vehicle_type')).code, p_command ->> 'plate')
      on conflict (user_id, vehicle_type) do update set plate = excluded.plate;
    else
      raise sqlstate 'PT400' using message = 'VALIDATION_ERROR', detail = format('No command is called %L', v_name);
  end case;
  return '{}'::jsonb;
end
$$;
comment on function mobility.run_command is 'Carries out one command as a person.';

-- Answers a leased event: {done, result}; {error} for a refusal whose effects are kept, a wrong PIN. The lease
-- holds on after a refusal, so that something else can be answered.
-- p_answer: {step, context, say: [{kind, params}], command?, locale?}.
create function public.answer_inbox(p_event_id bigint, p_lease uuid, p_answer jsonb) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  e mobility.inbox;
  c mobility.conversations;
  v_result jsonb;
  v_said jsonb;
  v_said_ids uuid[];
begin
  select * into e from mobility.inbox where id = p_event_id;
  select * into c from mobility.conversations where user_id = e.user_id for update;
  -- The event as it is under the lock.
  select * into e from mobility.inbox where id = p_event_id;
  if p_lease is null or c.lease is distinct from p_lease or e.id is null or e.done_at is not null then
    raise sqlstate 'PT409' using message = 'LEASE_LOST', detail = 'Another worker answers this message';
  end if;
  -- Whoever answers goes on sending: nobody has to be woken for it.
  perform set_config('mobility.worker', 'on', true);
  if p_answer ->> 'locale' is not null then
    update mobility.profiles set locale = p_answer ->> 'locale' where user_id = e.user_id;
  end if;
  for v_said in select * from jsonb_array_elements(p_answer -> 'say') loop
    v_said_ids := v_said_ids || mobility.say(e.user_id, v_said ->> 'kind', v_said -> 'params');
  end loop;
  if jsonb_typeof(p_answer -> 'command') = 'object' then
    v_result := mobility.run_command(e.user_id, p_answer -> 'command');
    if coalesce(v_result #> '{match,error}', v_result -> 'error') is not null then
      -- Of this answer nothing stays but what the command counted.
      delete from mobility.outbox where id = any (v_said_ids);
      return jsonb_build_object('error', coalesce(v_result #> '{match,error}', v_result -> 'error'));
    end if;
  end if;
  update mobility.conversations set step = p_answer ->> 'step', context = p_answer -> 'context',
    locale_known = locale_known or p_answer ->> 'locale' is not null, lease = null, lease_until = null
  where user_id = e.user_id;
  update mobility.inbox set done_at = now(), error_code = null where id = e.id;
  return jsonb_build_object('done', true, 'result', v_result);
end
$$;
comment on function public.answer_inbox is 'Answers a leased message in one transaction: {done, result}.';
revoke all on function public.answer_inbox from public, anon, authenticated;
grant execute on function public.answer_inbox to service_role;

-- Names and plates of the drivers of some trips, for a list that is shown to a passenger.
create function public.people_cards(p_trip_ids uuid[]) returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'trip_id', t.id, 'display_name', p.display_name, 'plate', v.plate)), '[]')
  from mobility.trips t
  join mobility.profiles p on p.user_id = t.user_id
  left join mobility.vehicles v on v.user_id = t.user_id and v.vehicle_type = t.vehicle_type
  where t.id = any (p_trip_ids)
$$;
comment on function public.people_cards is 'Names and plates of the people of some trips.';
revoke all on function public.people_cards from public, anon, authenticated;
grant execute on function public.people_cards to service_role;

-- The place somebody means by a name: the exact name before one that starts with it before one that contains
-- it, the nearest of several. {name, lat, lng} or null.
create function public.find_place(
  p_text text, p_lat double precision default null, p_lng double precision default null
) returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select jsonb_build_object('name', p.name, 'lat', p.lat, 'lng', p.lng)
  from mobility.places p
  cross join (select lower(trim(p_text)) as wanted) w
  where char_length(w.wanted) >= 3 and position(w.wanted in lower(p.name)) > 0
  order by lower(p.name) = w.wanted desc, position(w.wanted in lower(p.name)) = 1 desc,
    mobility.distance_m(p_lat, p_lng, p.lat, p.lng), p.weight desc, p.code
  limit 1
$$;
comment on function public.find_place is 'The place meant by a name: {name, lat, lng} or null.';
revoke all on function public.find_place from public, anon, authenticated;
grant execute on function public.find_place to service_role;
