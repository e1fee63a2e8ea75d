-- The calls of dispatch: a passenger starts it, a driver answers an offer.

-- Looks for a driver among candidates, best first: [{trip_id, distance_m, eta_s}]. A search that runs
-- already goes on with the new list. Without a batch size, as many are asked at once as the policy says.
create function public.dispatch_trip(
  p_acting_user uuid, p_passenger_trip_id uuid, p_candidates jsonb, p_batch_size integer default null,
  p_offer_s integer default 30, p_idempotency_key text default null
) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_answer jsonb := mobility.replay(p_acting_user, p_idempotency_key, jsonb_build_object(
    'do', 'dispatch_trip', 'trip', p_passenger_trip_id));
  t mobility.trips;
  d mobility.dispatches;
begin
  if v_answer is not null then return v_answer; end if;
  select * into t from mobility.trips where id = p_passenger_trip_id for update;
  if not found then
    raise sqlstate 'PT404' using message = 'TRIP_NOT_FOUND', detail = 'No trip has this id';
  elsif p_acting_user <> t.user_id then
    raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'The trip belongs to somebody else';
  elsif t.role <> 'passenger' then
    raise sqlstate 'PT422' using message = 'TRIP_WRONG_ROLE', detail = 'A driver is looked for by a passenger';
  end if;
  perform mobility.check_open(t, 'passenger');
  insert into mobility.dispatches as r (passenger_trip_id, candidates, batch_size, offer_s, assign_after)
  values (t.id, p_candidates, coalesce(p_batch_size, (select batch_size from mobility.dispatch_policy)), p_offer_s,
    mobility.next_assignment())
  on conflict (passenger_trip_id) where status = 'running'
  do update set candidates = excluded.candidates, next_candidate = 0
  returning * into d;
  perform mobility.say(t.user_id, 'dispatching', jsonb_build_object('trip_id', t.id));
  if d.assign_after is null then
    perform mobility.advance_dispatch(d.id);
    select * into d from mobility.dispatches where id = d.id;
  end if;
  return mobility.remember(p_acting_user, p_idempotency_key, jsonb_build_object('dispatch', jsonb_build_object(
    'id', d.id, 'passenger_trip_id', d.passenger_trip_id, 'status', d.status, 'candidates', jsonb_array_length(d.candidates),
    'offered', (select count(*) from mobility.offers where dispatch_id = d.id),
    'offers_in_s', case when d.assign_after > now() then extract(epoch from d.assign_after - now())::float8 end)));
end
$$;
comment on function public.dispatch_trip is 'Offers a passenger''s trip to candidates in turn: {dispatch}.';
revoke all on function public.dispatch_trip from public, anon, authenticated;
grant execute on function public.dispatch_trip to service_role;

-- A driver accepts or declines an offer. Accepting binds both at once: {match}; declining: {declined}.
-- Raises OFFER_GONE with the reason: taken, cancelled, expired, or answered before.
create function public.answer_offer(
  p_acting_user uuid, p_offer_id uuid, p_accept boolean, p_match_id uuid default null,
  p_idempotency_key text default null
) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_answer jsonb := mobility.replay(p_acting_user, p_idempotency_key, jsonb_build_object(
    'do', 'answer_offer', 'offer', p_offer_id, 'accept', p_accept));
  o mobility.offers;
  m mobility.matches;
  v_passenger mobility.trips;
  v_driver mobility.trips;
begin
  if v_answer is not null then return v_answer; end if;
  select * into o from mobility.offers where id = p_offer_id;
  if not found then
    raise sqlstate 'PT404' using message = 'OFFER_NOT_FOUND', detail = 'No offer has this id';
  elsif p_acting_user <> o.driver_user_id then
    raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'The offer was made to somebody else';
  end if;
  perform mobility.lock_trips(o.passenger_trip_id, o.driver_trip_id);
  select * into o from mobility.offers where id = p_offer_id for update;
  if o.status <> 'offered' or o.expires_at <= now() then
    raise sqlstate 'PT409' using message = 'OFFER_GONE', detail = 'The offer is not open any more',
      hint = jsonb_build_object('reason', case o.status when 'offered' then 'expired' else o.status end)::text;
  end if;
  -- Answered by other means than the message, it need not be sent any more.
  perform mobility.withdraw(o.id);
  if not p_accept then
    update mobility.offers set status = 'declined', answered_at = now() where id = o.id;
    perform mobility.add_to_metrics(o.driver_user_id, 'driver', jsonb_build_object('offers_declined', 1,
      'response_ms_total', (extract(epoch from now() - o.created_at) * 1000)::bigint));
    perform mobility.say(o.driver_user_id, 'offer_declined');
    perform mobility.advance_dispatch(o.dispatch_id);
    return mobility.remember(p_acting_user, p_idempotency_key, '{"declined": true}'::jsonb);
  end if;
  select * into v_passenger from mobility.trips where id = o.passenger_trip_id;
  select * into v_driver from mobility.trips where id = o.driver_trip_id;
  perform mobility.check_open(v_passenger, 'passenger');
  perform mobility.check_open(v_driver, 'driver');
  update mobility.offers set status = 'accepted', answered_at = now() where id = o.id;
  m := mobility.bind_trips(v_passenger, v_driver, jsonb_build_object(
    'id', p_match_id, 'initiated_by', 'passenger', 'respond_by', o.expires_at, 'created_at', o.created_at));
  m := mobility.apply_transition(m, 'accepted', 'driver', null);
  return mobility.remember(p_acting_user, p_idempotency_key,
    jsonb_build_object('match', mobility.match_json(m, p_acting_user)));
end
$$;
comment on function public.answer_offer is 'A driver''s answer to an offer: {match} or {declined}.';
revoke all on function public.answer_offer from public, anon, authenticated;
grant execute on function public.answer_offer to service_role;
