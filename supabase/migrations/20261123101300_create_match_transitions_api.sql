-- Moving a match, rating it, and cancelling a trip with whatever hangs on it.

-- One action on a match: accept, decline, arrive, start, complete or cancel. A wrong PIN is answered
-- as {error} instead of raised, because the attempt must be counted. When a passenger cancels, the
-- trip is cancelled too, unless p_keep_searching.
create function public.advance_match(
  p_acting_user uuid, p_match_id uuid, p_action text, p_as text default null, p_pin text default null,
  p_reason text default null, p_keep_searching boolean default false, p_idempotency_key text default null
) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_answer jsonb := mobility.replay(p_acting_user, p_idempotency_key, jsonb_build_object(
    'do', p_action, 'match', p_match_id));
  m mobility.matches;
  v_side text;
  v_to_status text;
  v_error jsonb;
begin
  if v_answer is not null then return v_answer; end if;
  m := mobility.lock_match(p_match_id, p_acting_user);
  v_side := coalesce(mobility.side_of(m, p_acting_user, p_as), case
    when p_action in ('accept', 'decline') then
      case m.initiated_by when 'passenger' then 'driver' else 'passenger' end
    when p_action in ('arrive', 'start', 'complete') then 'driver' end);
  if v_side is null then
    raise sqlstate 'PT400' using message = 'VALIDATION_ERROR',
      detail = 'Say which side cancels: as = driver or passenger';
  end if;
  if p_action in ('accept', 'decline') and v_side = m.initiated_by
     or not exists (select 1 from mobility.match_transitions r where r.action = p_action and r.actor = v_side) then
    raise sqlstate 'PT403' using message = 'FORBIDDEN',
      detail = format('The %s cannot %s this match', v_side, p_action);
  end if;
  select r.to_status into v_to_status from mobility.match_transitions r
  where r.action = p_action and r.from_status = m.status and r.actor = v_side;
  if not found then
    raise sqlstate 'PT409' using message = 'MATCH_INVALID_STATE',
      detail = format('A match that is %s cannot %s', m.status, p_action),
      hint = jsonb_build_object('status', m.status)::text;
  elsif p_action in ('accept', 'decline') and m.respond_by <= now() then
    raise sqlstate 'PT410' using message = 'MATCH_EXPIRED', detail = 'The time to answer is over';
  end if;
  if p_action = 'start' then
    v_error := mobility.check_pin(m.id, p_pin);
    if v_error is not null then
      delete from mobility.idempotency_keys
      where scope = coalesce(p_acting_user::text, 'service') and key = p_idempotency_key;
      return v_error;
    end if;
  elsif p_action = 'arrive' then
    perform mobility.check_arrival(m);
  elsif p_action = 'complete' and m.fare_amount is null then
    m := mobility.price_finished_ride(m);
  end if;
  m := mobility.apply_transition(m, v_to_status, v_side, p_reason);
  if v_to_status = 'cancelled_passenger' and not p_keep_searching then
    perform mobility.end_trip(m.passenger_trip_id, 'cancelled', p_reason);
  end if;
  return mobility.remember(p_acting_user, p_idempotency_key, mobility.match_json(m, p_acting_user));
end
$$;
comment on function public.advance_match is 'One action on a match by one of its sides; the match, or {error} for a wrong PIN.';
revoke all on function public.advance_match from public, anon, authenticated;
grant execute on function public.advance_match to service_role;

-- A rating of 1 to 5 by one side of a completed match, once, within seven days.
create function public.rate_match(
  p_acting_user uuid, p_match_id uuid, p_rating integer, p_as text default null,
  p_comment text default null, p_idempotency_key text default null
) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_answer jsonb := mobility.replay(p_acting_user, p_idempotency_key, jsonb_build_object(
    'do', 'rate', 'match', p_match_id, 'rating', p_rating));
  m mobility.matches;
  v_side text;
  v_rated_role text;
  v_rated uuid;
begin
  if v_answer is not null then return v_answer; end if;
  m := mobility.lock_match(p_match_id, p_acting_user);
  v_side := mobility.side_of(m, p_acting_user, p_as);
  if v_side is null then
    raise sqlstate 'PT400' using message = 'VALIDATION_ERROR',
      detail = 'Say which side rates: as = driver or passenger';
  elsif m.status <> 'completed' then
    raise sqlstate 'PT409' using message = 'MATCH_INVALID_STATE', detail = 'Only a completed ride is rated',
      hint = jsonb_build_object('status', m.status)::text;
  elsif m.completed_at < now() - interval '7 days' then
    raise sqlstate 'PT410' using message = 'MATCH_EXPIRED', detail = 'A ride is rated within seven days';
  end if;
  v_rated_role := case v_side when 'driver' then 'passenger' else 'driver' end;
  v_rated := case v_side when 'driver' then m.passenger_user_id else m.driver_user_id end;
  insert into mobility.ratings (match_id, rater_role, rater_user_id, rated_user_id, rating, comment)
  values (m.id, v_side, case v_side when 'driver' then m.driver_user_id else m.passenger_user_id end,
    v_rated, p_rating, p_comment)
  on conflict do nothing;
  if not found then
    raise sqlstate 'PT409' using message = 'ALREADY_RATED', detail = 'This side has rated the ride';
  end if;
  perform mobility.add_to_metrics(v_rated, v_rated_role,
    jsonb_build_object('rating_total', p_rating, 'rating_count', 1));
  return mobility.remember(p_acting_user, p_idempotency_key, jsonb_build_object(
    'match_id', m.id, 'rated_by', v_side, 'rating', p_rating, 'comment', p_comment));
end
$$;
comment on function public.rate_match is 'One side''s rating of a completed match.';
revoke all on function public.rate_match from public, anon, authenticated;
grant execute on function public.rate_match to service_role;

-- Cancels a trip. The match that is under way on it is cancelled by its owner's side first, so that
-- nobody is sent for nothing; the other side's trip goes back to the searches.
create function public.cancel_trip(
  p_acting_user uuid, p_trip_id uuid, p_reason text default null, p_idempotency_key text default null
) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_answer jsonb := mobility.replay(p_acting_user, p_idempotency_key, jsonb_build_object(
    'do', 'cancel_trip', 'trip', p_trip_id));
  t mobility.trips;
  v_match_id uuid;
  m mobility.matches;
begin
  if v_answer is not null then return v_answer; end if;
  select * into t from mobility.trips where id = p_trip_id;
  if not found then
    raise sqlstate 'PT404' using message = 'TRIP_NOT_FOUND', detail = 'No trip has this id';
  elsif p_acting_user <> t.user_id then
    raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'The trip belongs to somebody else';
  end if;
  -- A match made between the look and the lock is seen by another look. The locks of the first one are
  -- given back before, by the block's exception: keeping them would break the order of locks.
  loop
    begin
      select id into v_match_id from mobility.matches
      where (passenger_trip_id = p_trip_id or driver_trip_id = p_trip_id) and live;
      if v_match_id is not null then
        m := mobility.lock_match(v_match_id, null);
      else
        perform 1 from mobility.trips where id = p_trip_id for update;
      end if;
      select * into t from mobility.trips where id = p_trip_id;
      exit when (t.status = 'matched') = (v_match_id is not null and m.live);
      raise sqlstate 'MB001';
    exception when sqlstate 'MB001' then
      null;
    end;
  end loop;
  if t.status = 'open' then
    m := null;
    perform mobility.end_trip(t.id, 'cancelled', p_reason);
  elsif t.status = 'matched' then
    m := mobility.apply_transition(m, 'cancelled_' || t.role, t.role, p_reason);
    perform mobility.end_trip(t.id, 'cancelled', p_reason);
  elsif t.status = 'cancelled' then
    raise sqlstate 'PT409' using message = 'TRIP_CANCELLED', detail = 'The trip was cancelled before';
  elsif t.status = 'expired' then
    raise sqlstate 'PT410' using message = 'TRIP_EXPIRED', detail = 'The trip expired';
  else
    raise sqlstate 'PT409' using message = 'TRIP_COMPLETED', detail = 'The trip is over';
  end if;
  select * into t from mobility.trips where id = p_trip_id;
  return mobility.remember(p_acting_user, p_idempotency_key, jsonb_build_object(
    'trip', mobility.trip_json(t), 'match', mobility.match_json(m, p_acting_user)));
end
$$;
comment on function public.cancel_trip is 'Cancels a trip and the match under way on it: {trip, match}.';
revoke all on function public.cancel_trip from public, anon, authenticated;
grant execute on function public.cancel_trip to service_role;
