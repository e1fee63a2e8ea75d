-- Making a match. Locks are always taken in one order, so that no two transactions wait for each other:
-- trips by id, their people's positions by id, the match, the records.

-- Gives a trip back to the searches after its match fell through, for at least the grace time.
create function mobility.reopen_trip(p_trip_id uuid, p_grace interval) returns void
language plpgsql
set search_path = ''
as $$
declare
  t mobility.trips;
begin
  update mobility.trips
  set status = 'open', updated_at = now(), expires_at = greatest(expires_at, now() + p_grace)
  where id = p_trip_id and status = 'matched' returning * into t;
  update mobility.live_positions
  set expires_at = t.expires_at, findable_from = '-infinity',
    -- The page of the ride that is over sends nothing any more.
    pings = 0,
    available = t.role = 'passenger'
      or position_at > now() - mobility.freshness_limit() and trust >= mobility.least_trust()
  where role = t.role and vehicle_type = t.vehicle_type and trip_id = t.id;
end
$$;
comment on function mobility.reopen_trip is 'Makes a matched trip findable again.';

-- Writes what follows from a match's new state: stamps, trips, records, the event. The one place
-- where a match changes state; the caller has locked the trips and the match and checked the move.
create function mobility.apply_transition(m mobility.matches, p_to_status text, p_actor text, p_reason text)
returns mobility.matches
language plpgsql
set search_path = ''
as $$
declare
  v_from_status text := m.status;
  v_asked text := case m.initiated_by when 'passenger' then 'driver' else 'passenger' end;
  v_asked_user uuid := case v_asked when 'driver' then m.driver_user_id else m.passenger_user_id end;
  v_response_ms bigint := extract(epoch from now() - m.created_at) * 1000;
  -- Whoever loses a ride that was agreed gets time to find another; an unanswered proposal costs none.
  v_grace interval := case m.status when 'pending' then interval '0' else interval '10 minutes' end;
begin
  update mobility.matches set
    status = p_to_status, updated_at = now(),
    accepted_at = case p_to_status when 'accepted' then now() else accepted_at end,
    arrived_at = case p_to_status when 'driver_arrived' then now() else arrived_at end,
    started_at = case p_to_status when 'in_progress' then now() else started_at end,
    completed_at = case p_to_status when 'completed' then now() end,
    ended_at = case when p_to_status not in ('accepted', 'driver_arrived', 'in_progress') then now() end,
    cancel_reason = p_reason
  where id = m.id returning * into m;

  if p_to_status = 'accepted' then
    perform mobility.add_to_metrics(v_asked_user, v_asked,
      jsonb_build_object('offers_accepted', 1, 'response_ms_total', v_response_ms));
  elsif p_to_status = 'declined' then
    perform mobility.add_to_metrics(v_asked_user, v_asked,
      jsonb_build_object('offers_declined', 1, 'response_ms_total', v_response_ms));
  elsif p_to_status = 'expired' and v_from_status = 'pending' then
    perform mobility.add_to_metrics(v_asked_user, v_asked, '{"offers_expired": 1}');
  elsif p_to_status = 'completed' then
    perform mobility.add_to_metrics(m.driver_user_id, 'driver', '{"rides_completed": 1}');
    perform mobility.add_to_metrics(m.passenger_user_id, 'passenger', '{"rides_completed": 1}');
  -- Withdrawing a proposal that nobody answered is no broken promise, nor is what an operator does.
  elsif v_from_status = 'pending' or p_actor = 'system' then
    null;
  elsif p_to_status = 'cancelled_driver' then
    perform mobility.add_to_metrics(m.driver_user_id, 'driver', '{"rides_cancelled": 1}');
  elsif p_to_status = 'cancelled_passenger' then
    perform mobility.add_to_metrics(m.passenger_user_id, 'passenger', '{"rides_cancelled": 1}');
  end if;

  if p_to_status = 'completed' then
    perform mobility.end_trip(m.passenger_trip_id, 'completed');
    perform mobility.finish_driver_trip(m);
  elsif p_to_status = 'expired' and v_from_status <> 'pending' then
    -- Both sides walked away from a ride: neither is waiting any more.
    perform mobility.end_trip(m.passenger_trip_id, 'expired');
    perform mobility.end_trip(m.driver_trip_id, 'expired');
  elsif not m.live then
    perform mobility.reopen_trip(m.passenger_trip_id, v_grace);
    perform mobility.reopen_trip(m.driver_trip_id, v_grace);
  end if;
  perform mobility.record_event(m, v_from_status, p_actor);
  if p_actor = 'system' and p_to_status <> 'expired' then
    perform mobility.tell_withdrawn(m);
  else
    perform mobility.tell_match(m, v_from_status);
  end if;
  return m;
end
$$;
comment on function mobility.apply_transition is 'Moves a locked match to a state, with everything that follows from it.';

-- Locks the positions of the people whose trips these are: whatever becomes of a match or a rating
-- writes to some of them, and a batch of pings takes many.
create function mobility.lock_positions(p_trip_ids uuid[]) returns void
language plpgsql
set search_path = ''
as $$
declare
  t mobility.trips;
  v_all uuid[];
begin
  -- Row by row: as a join, a plan made while the tables were small would scan them when they are not.
  for t in select * from mobility.trips where id = any (p_trip_ids) loop
    v_all := v_all || array(
      select id from mobility.trips
      where user_id = t.user_id and role = t.role and status in ('open', 'matched')
    );
  end loop;
  for t in select * from mobility.trips where id = any (v_all) order by id loop
    perform 1 from mobility.live_positions
    where role = t.role and vehicle_type = t.vehicle_type and trip_id = t.id for update;
  end loop;
end
$$;
comment on function mobility.lock_positions is 'Locks the positions of the owners of some trips, in id order.';

-- Locks two trips, and with them the counterparts of any proposal that still holds one of them though
-- its time to answer is over; such a proposal expires here. A sweep that is late keeps nobody waiting.
create function mobility.lock_trips(p_trip_a uuid, p_trip_b uuid) returns void
language plpgsql
set search_path = ''
as $$
declare
  m mobility.matches;
  v_trip_ids uuid[];
begin
  v_trip_ids := array(
    select id from mobility.trips
    where id in (p_trip_a, p_trip_b)
      or id in (
        select unnest(array[l.passenger_trip_id, l.driver_trip_id]) from mobility.matches l
        where l.status = 'pending' and l.respond_by <= now()
          and (l.passenger_trip_id in (p_trip_a, p_trip_b) or l.driver_trip_id in (p_trip_a, p_trip_b))
      )
    order by id for update
  );
  perform mobility.lock_positions(v_trip_ids);
  for m in
    select * from mobility.matches l
    where l.status = 'pending' and l.respond_by <= now()
      and (l.passenger_trip_id in (p_trip_a, p_trip_b) or l.driver_trip_id in (p_trip_a, p_trip_b))
    for update
  loop
    perform mobility.apply_transition(m, 'expired', 'system', null);
  end loop;
end
$$;
comment on function mobility.lock_trips is 'Locks two trips in id order and expires the unanswered proposals that hold them.';
