-- The state machine of a match as data: who may do what in which state, and what follows.

create table mobility.match_transitions (
  action text not null check (action in (
    'accept', 'decline', 'expire', 'arrive', 'start', 'complete', 'cancel', 'redispatch', 'stop'
  )),
  from_status text not null,
  actor text not null check (actor in ('driver', 'passenger', 'system')),
  to_status text not null,
  primary key (action, from_status, actor)
);
comment on table mobility.match_transitions is 'Every legal transition of a match; what is not here cannot happen.';
alter table mobility.match_transitions enable row level security;
create policy match_transitions_are_public on mobility.match_transitions for select to authenticated
  using (true);
grant select on mobility.match_transitions to authenticated, service_role;

insert into mobility.match_transitions (action, from_status, actor, to_status) values
  -- Accept and decline belong to the side that was asked, not the one that proposed (advance_match).
  ('accept', 'pending', 'driver', 'accepted'),
  ('accept', 'pending', 'passenger', 'accepted'),
  ('decline', 'pending', 'driver', 'declined'),
  ('decline', 'pending', 'passenger', 'declined'),
  ('arrive', 'accepted', 'driver', 'driver_arrived'),
  ('start', 'driver_arrived', 'driver', 'in_progress'),
  ('complete', 'in_progress', 'driver', 'completed'),
  ('cancel', 'pending', 'driver', 'cancelled_driver'),
  ('cancel', 'accepted', 'driver', 'cancelled_driver'),
  ('cancel', 'driver_arrived', 'driver', 'cancelled_driver'),
  ('cancel', 'in_progress', 'driver', 'cancelled_driver'),
  ('cancel', 'pending', 'passenger', 'cancelled_passenger'),
  ('cancel', 'accepted', 'passenger', 'cancelled_passenger'),
  ('cancel', 'driver_arrived', 'passenger', 'cancelled_passenger'),
  ('cancel', 'in_progress', 'passenger', 'cancelled_passenger'),
  -- The sweep: an unanswered proposal, and rides that both sides walked away from.
  ('expire', 'pending', 'system', 'expired'),
  ('expire', 'accepted', 'system', 'expired'),
  ('expire', 'driver_arrived', 'system', 'expired'),
  ('expire', 'in_progress', 'system', 'expired'),
  -- An operator: the passenger gets another driver, or the ride is off for both.
  ('redispatch', 'pending', 'system', 'cancelled_driver'),
  ('redispatch', 'accepted', 'system', 'cancelled_driver'),
  ('redispatch', 'driver_arrived', 'system', 'cancelled_driver'),
  ('stop', 'pending', 'system', 'cancelled_passenger'),
  ('stop', 'accepted', 'system', 'cancelled_passenger'),
  ('stop', 'driver_arrived', 'system', 'cancelled_passenger'),
  ('stop', 'in_progress', 'system', 'cancelled_passenger');

-- The match as the API shows it. The PIN is shown to the passenger and to the service, which passes
-- null for p_viewer; never to the driver.
create function mobility.match_json(m mobility.matches, p_viewer uuid) returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', m.id, 'status', m.status, 'initiated_by', m.initiated_by, 'respond_by', m.respond_by,
    'passenger_trip_id', m.passenger_trip_id, 'driver_trip_id', m.driver_trip_id,
    'passenger_user_id', m.passenger_user_id, 'driver_user_id', m.driver_user_id,
    'vehicle_type', t.vehicle_type,
    'pickup', mobility.trip_json(t) -> 'pickup', 'dropoff', mobility.trip_json(t) -> 'dropoff',
    'distance_m', m.distance_m, 'fare_amount', m.fare_amount, 'currency', m.currency,
    'created_at', m.created_at, 'updated_at', m.updated_at, 'accepted_at', m.accepted_at,
    'arrived_at', m.arrived_at, 'started_at', m.started_at, 'completed_at', m.completed_at,
    'ended_at', m.ended_at, 'cancel_reason', m.cancel_reason
  ) || case when p_viewer is null or p_viewer = m.passenger_user_id then
    jsonb_build_object('pin', (select p.pin from mobility.match_pins p where p.match_id = m.id))
  else '{}' end
  from mobility.trips t where t.id = m.passenger_trip_id
$$;
comment on function mobility.match_json is 'A match in the shape of the API, as one viewer may see it.';

-- Appends the event and tells those concerned over Realtime, inside the transaction that caused it.
-- A database without the realtime schema (bare PostgreSQL) has nobody to tell.
create function mobility.record_event(m mobility.matches, p_from_status text, p_actor text) returns void
language plpgsql
set search_path = ''
as $$
declare
  v_send regprocedure := to_regprocedure('realtime.send(jsonb,text,text,boolean)');
  v_payload jsonb := jsonb_build_object(
    'match_id', m.id, 'status', m.status, 'from_status', p_from_status, 'actor', p_actor, 'at', now()
  );
begin
  insert into mobility.match_events (match_id, from_status, to_status, actor)
  values (m.id, p_from_status, m.status, p_actor);
  if v_send is not null then
    execute format('select %s($1, ''match_changed'', topic, true) from unnest($2::text[]) topic', v_send::regproc)
    using v_payload, array['match:' || m.id, 'user:' || m.driver_user_id, 'user:' || m.passenger_user_id];
  end if;
end
$$;
comment on function mobility.record_event is 'Appends a transition to the event log and broadcasts it.';
