-- What operators do. They act for the system, not for a side: nobody's record suffers for it, both sides are told
-- that it was us, and it is written down who did it and why. The reason stays among operators.

create function mobility.log_operator(p_acting_user uuid, p_action text, p_target text, p_reason text default null)
returns void
language sql
set search_path = ''
as $$
  insert into mobility.operator_actions (operator_user_id, operator_name, action, target, reason)
  values (p_acting_user, mobility.check_operator(p_acting_user), p_action, p_target, nullif(trim(p_reason), ''))
$$;
comment on function mobility.log_operator is 'Writes down what an operator does.';

-- Tells both sides that an operator took their match apart. Called by apply_transition.
create function mobility.tell_withdrawn(m mobility.matches) returns void
language plpgsql
set search_path = ''
as $$
declare
  v_match jsonb := jsonb_build_object('match_id', m.id, 'trip_id', m.passenger_trip_id,
    'searching', m.status = 'cancelled_driver');
begin
  perform mobility.withdraw(m.id);
  perform mobility.say(m.passenger_user_id, 'ride_withdrawn', v_match || '{"side": "passenger"}');
  perform mobility.say(m.driver_user_id, 'ride_withdrawn', v_match || '{"side": "driver"}');
end
$$;
comment on function mobility.tell_withdrawn is 'Tells both sides of a match that an operator ended it.';

-- Moves a match for the system by "stop" or "redispatch". Raises MATCH_NOT_FOUND, MATCH_INVALID_STATE.
create function mobility.move_by_operator(p_match_id uuid, p_action text) returns mobility.matches
language plpgsql
set search_path = ''
as $$
declare
  m mobility.matches := mobility.lock_match(p_match_id, null);
  v_to_status text;
begin
  select r.to_status into v_to_status from mobility.match_transitions r
  where r.action = p_action and r.from_status = m.status and r.actor = 'system';
  if not found then
    raise sqlstate 'PT409' using message = 'MATCH_INVALID_STATE', detail = case
        when m.live then 'A ride that has begun is cancelled, not dispatched again: the passenger is elsewhere by now'
        else format('The match is %s', m.status) end,
      hint = jsonb_build_object('status', m.status)::text;
  end if;
  return mobility.apply_transition(m, v_to_status, 'system', 'operator');
end
$$;
comment on function mobility.move_by_operator is 'Moves a match for the system.';

-- Ends a ride for both, the passenger's wish with it, or a trip that is open: {match} or {trip}. A trip in a ride is
-- TRIP_ALREADY_MATCHED, with the match: the ride is what to cancel.
create function public.operator_cancel(
  p_acting_user uuid, p_match_id uuid default null, p_trip_id uuid default null, p_reason text default null
) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_operator text := mobility.check_operator(p_acting_user);
  m mobility.matches;
  t mobility.trips;
begin
  if p_match_id is not null then
    m := mobility.move_by_operator(p_match_id, 'stop');
    perform mobility.end_trip(m.passenger_trip_id, 'cancelled', 'operator');
    perform mobility.log_operator(p_acting_user, 'cancel_ride', m.id::text, p_reason);
    return jsonb_build_object('operator', v_operator, 'match', mobility.match_json(m, m.driver_user_id));
  end if;
  select * into t from mobility.trips where id = p_trip_id for update;
  if not found then
    raise sqlstate 'PT404' using message = 'TRIP_NOT_FOUND', detail = 'No trip has this id';
  elsif t.status = 'matched' then
    raise sqlstate 'PT409' using message = 'TRIP_ALREADY_MATCHED', detail = 'The trip is in a ride: cancel that',
      hint = (select jsonb_build_object('match_id', r.id)::text from mobility.matches r
        where r.live and t.id in (r.passenger_trip_id, r.driver_trip_id) limit 1);
  elsif t.status = 'cancelled' then
    raise sqlstate 'PT409' using message = 'TRIP_CANCELLED', detail = 'The trip was cancelled before';
  elsif t.status = 'expired' then
    raise sqlstate 'PT410' using message = 'TRIP_EXPIRED', detail = 'The trip expired';
  elsif t.status = 'completed' then
    raise sqlstate 'PT409' using message = 'TRIP_COMPLETED', detail = 'The trip is over';
  end if;
  perform mobility.end_trip(t.id, 'cancelled', 'operator');
  if t.role = 'driver' then
    perform mobility.say(t.user_id, 'offline', mobility.earnings_today(t.user_id));
  else
    perform mobility.say(t.user_id, 'trip_cancelled', jsonb_build_object('trip_id', t.id));
  end if;
  perform mobility.log_operator(p_acting_user, 'cancel_trip', t.id::text, p_reason);
  select * into t from mobility.trips where id = t.id;
  return jsonb_build_object('operator', v_operator, 'trip', mobility.trip_json(t));
end
$$;
comment on function public.operator_cancel is 'Cancels a ride or an open trip: {match} or {trip}.';
revoke all on function public.operator_cancel from public, anon, authenticated;
grant execute on function public.operator_cancel to service_role;

-- Frees a passenger for another driver: takes a match apart that has not begun, or takes up a passenger's open trip.
-- {passenger_trip_id, match}; dispatch_trip follows, with the drivers that are near now.
create function public.operator_redispatch(
  p_acting_user uuid, p_match_id uuid default null, p_trip_id uuid default null, p_reason text default null
) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_operator text := mobility.check_operator(p_acting_user);
  m mobility.matches;
  t mobility.trips;
begin
  if p_match_id is not null then
    m := mobility.move_by_operator(p_match_id, 'redispatch');
    perform mobility.log_operator(p_acting_user, 'redispatch', m.id::text, p_reason);
    return jsonb_build_object('operator', v_operator, 'passenger_trip_id', m.passenger_trip_id,
      'match', mobility.match_json(m, m.driver_user_id));
  end if;
  select * into t from mobility.trips where id = p_trip_id for update;
  if not found then
    raise sqlstate 'PT404' using message = 'TRIP_NOT_FOUND', detail = 'No trip has this id';
  elsif t.role <> 'passenger' then
    raise sqlstate 'PT422' using message = 'TRIP_WRONG_ROLE', detail = 'A driver is looked for by a passenger';
  end if;
  perform mobility.check_open(t, 'passenger');
  perform mobility.log_operator(p_acting_user, 'redispatch', t.id::text, p_reason);
  return jsonb_build_object('operator', v_operator, 'passenger_trip_id', t.id, 'match', null);
end
$$;
comment on function public.operator_redispatch is 'Frees a passenger for another driver: {passenger_trip_id, match}.';
revoke all on function public.operator_redispatch from public, anon, authenticated;
grant execute on function public.operator_redispatch to service_role;

-- Takes up a call for help. Who was first stays first; the service says for whom in p_by.
create function public.acknowledge_sos(p_acting_user uuid, p_alert_id uuid, p_by text default null) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_operator text := mobility.check_operator(p_acting_user);
  a mobility.sos_alerts;
begin
  select * into a from mobility.sos_alerts where id = p_alert_id for update;
  if not found then
    raise sqlstate 'PT404' using message = 'ALERT_NOT_FOUND', detail = 'No call for help has this id';
  end if;
  if a.acknowledged_at is null then
    update mobility.sos_alerts set acknowledged_at = now(), acknowledged_by = case
      when p_acting_user is null then coalesce(left(nullif(trim(p_by), ''), 120), v_operator) else v_operator end
    where id = a.id returning * into a;
    perform mobility.log_operator(p_acting_user, 'acknowledge_sos', a.id::text);
  end if;
  return jsonb_build_object('operator', v_operator, 'alert', mobility.sos_json(a));
end
$$;
comment on function public.acknowledge_sos is 'Takes up a call for help: {alert}.';
revoke all on function public.acknowledge_sos from public, anon, authenticated;
grant execute on function public.acknowledge_sos to service_role;
