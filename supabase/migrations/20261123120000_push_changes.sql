-- Pushing: what changes is told over Realtime to those concerned, inside the transaction that changes it, on
-- private topics only: match:<id>, user:<id>, operators. Nothing personal is in a payload.

-- Sends one event to some topics. A database without Realtime has nobody to tell.
create function mobility.push(p_topics text[], p_event text, p_payload jsonb) returns void
language plpgsql
set search_path = ''
as $$
declare
  v_send regproc := to_regproc('realtime.send');
begin
  if v_send is not null then
    execute format('select %s($1, $2, topic, true) from unnest($3) topic', v_send)
    using p_payload, p_event, p_topics;
  end if;
end
$$;
comment on function mobility.push is 'Sends an event to private Realtime topics.';

-- A change that comes from elsewhere, where those concerned were told of it, is none to tell here.
alter table mobility.match_events add column pushed boolean not null default false;

create or replace function mobility.record_event(m mobility.matches, p_from_status text, p_actor text) returns void
language plpgsql
set search_path = ''
as $$
begin
  insert into mobility.match_events (match_id, from_status, to_status, actor, pushed)
  values (m.id, p_from_status, m.status, p_actor, true);
  perform mobility.push(
    array['match:' || m.id, 'user:' || m.driver_user_id, 'user:' || m.passenger_user_id, 'operators'],
    'match_changed',
    jsonb_build_object('match_id', m.id, 'status', m.status, 'from_status', p_from_status, 'actor', p_actor, 'at', now()));
end
$$;

create function mobility.push_offer() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  perform mobility.push(array['user:' || new.driver_user_id, 'operators'], 'offer_changed', jsonb_build_object(
    'offer_id', new.id, 'status', new.status, 'driver_trip_id', new.driver_trip_id,
    'passenger_trip_id', new.passenger_trip_id, 'expires_at', new.expires_at, 'at', now()));
  return null;
end
$$;
comment on function mobility.push_offer is 'Tells a driver that an offer came or went.';
create trigger push_offer after insert or update of status on mobility.offers
  for each row execute function mobility.push_offer();

create function mobility.push_dispatch() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  perform mobility.push(
    array['user:' || (select user_id from mobility.trips where id = new.passenger_trip_id), 'operators'],
    'dispatch_changed', jsonb_build_object('dispatch_id', new.id, 'status', new.status,
      'passenger_trip_id', new.passenger_trip_id, 'offered', new.next_candidate, 'at', now()));
  return null;
end
$$;
comment on function mobility.push_dispatch is 'Tells a passenger how the search for a driver goes.';
create trigger push_dispatch after insert or update of status, next_candidate on mobility.dispatches
  for each row execute function mobility.push_dispatch();

create function mobility.push_sos() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  perform mobility.push(array['operators'], 'sos_changed', jsonb_build_object('alert_id', new.id,
    'match_id', new.match_id, 'side', new.side, 'acknowledged', new.acknowledged_at is not null, 'at', now()));
  return null;
end
$$;
comment on function mobility.push_sos is 'Tells the operators of a call for help.';
create trigger push_sos after insert or update on mobility.sos_alerts
  for each row execute function mobility.push_sos();
