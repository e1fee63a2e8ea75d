-- Requests that come within a few seconds may be assigned together: who gets whom is then decided for all of
-- them at once (shared/dispatch), so that the first to ask does not take the only driver of the second.

create table mobility.dispatch_policy (
  one boolean primary key default true check (one),
  -- Seconds for which requests are collected; 0 sends each one's offers at once.
  window_s real not null default 0 check (window_s between 0 and 30),
  -- Seconds of approach that a minute without a ride is worth to a driver (docs/decisions/0011-assignment.md).
  idle_credit_s real not null default 1 check (idle_credit_s between 0 and 60),
  -- Drivers who are asked at once, unless the caller says another number (docs/decisions/0013-nearest-first.md).
  batch_size integer not null default 1 check (batch_size between 1 and 10)
);
comment on table mobility.dispatch_policy is 'How requests are assigned to drivers, one row.';
insert into mobility.dispatch_policy default values;
alter table mobility.dispatch_policy enable row level security;
create policy dispatch_policy_service_only on mobility.dispatch_policy for all to service_role using (true) with check (true);

create function public.set_dispatch_policy(
  p_window_s real default null, p_idle_credit_s real default null, p_batch_size integer default null
) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_policy mobility.dispatch_policy;
begin
  if p_window_s not between 0 and 30 or p_idle_credit_s not between 0 and 60 or p_batch_size not between 1 and 10 then
    raise sqlstate 'PT400' using message = 'VALIDATION_ERROR',
      detail = 'window_s is from 0 to 30, idle_credit_s from 0 to 60, batch_size from 1 to 10';
  end if;
  update mobility.dispatch_policy set window_s = coalesce(p_window_s, window_s),
    idle_credit_s = coalesce(p_idle_credit_s, idle_credit_s), batch_size = coalesce(p_batch_size, batch_size)
  where one returning * into v_policy;
  return jsonb_build_object('window_s', v_policy.window_s, 'idle_credit_s', v_policy.idle_credit_s,
    'batch_size', v_policy.batch_size);
end
$$;
comment on function public.set_dispatch_policy is 'Changes how requests are assigned: {window_s, idle_credit_s, batch_size}.';
revoke all on function public.set_dispatch_policy from public, anon, authenticated;
grant execute on function public.set_dispatch_policy to service_role;

-- The end of the running window, the same for all who ask in it; null when requests are not collected.
create function mobility.next_assignment() returns timestamptz
language sql stable
set search_path = ''
as $$
  select case when window_s > 0 then
    to_timestamp((floor(extract(epoch from now()) / window_s::numeric) + 1) * window_s::numeric) end
  from mobility.dispatch_policy
$$;
comment on function mobility.next_assignment is 'When the requests of now are assigned, if they are collected.';

-- The requests whose window is over, each with its candidates that could take it now.
create function public.get_waiting_dispatches(p_limit integer default 200) returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'idle_credit_s', (select idle_credit_s from mobility.dispatch_policy),
    'dispatches', coalesce((
      select jsonb_agg(jsonb_build_object(
        'dispatch_id', d.id,
        'waited_s', greatest(extract(epoch from now() - d.created_at), 0)::integer,
        'candidates', coalesce((
          select jsonb_agg(jsonb_build_object('trip_id', c.trip_id, 'eta_s', c.eta_s,
            'idle_s', greatest(extract(epoch from now() - t.created_at), 0)::integer) order by c.place)
          from rows from (jsonb_to_recordset(d.candidates) as (trip_id uuid, eta_s integer))
            with ordinality as c (trip_id, eta_s, place)
          join mobility.trips t on t.id = c.trip_id and t.status = 'open' and t.expires_at > now()
          join mobility.live_positions l on l.role = t.role and l.vehicle_type = t.vehicle_type and l.trip_id = t.id
          where l.available and not exists (
            select 1 from mobility.offers o where o.driver_user_id = t.user_id and o.status = 'offered')
        ), '[]')) order by d.created_at)
      from (
        select * from mobility.dispatches
        where status = 'running' and assign_after <= now() order by assign_after, created_at limit p_limit
      ) d
    ), '[]'))
$$;
comment on function public.get_waiting_dispatches is 'The requests to be assigned now, with their candidates.';
revoke all on function public.get_waiting_dispatches from public, anon, authenticated;
grant execute on function public.get_waiting_dispatches to service_role;

-- Sends the first offer of each request to whom it was assigned, in the order given: [{dispatch_id, trip_ids}], the
-- trips in the order in which they are asked; without trips a request waits for the next window, in
-- "next_in_s". A request that another call assigned, or that is over, is passed by; one that somebody is changing
-- right now is left for sweep_dispatch, so nothing here waits while it holds the locks of others.
create function public.assign_dispatches(p_orders jsonb) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  o record;
  v_next timestamptz := mobility.next_assignment();
  v_assigned integer := 0;
  v_postponed integer := 0;
begin
  for o in
    select d.id, d.passenger_trip_id, r.trip_ids
    from rows from (jsonb_to_recordset(p_orders) as (dispatch_id uuid, trip_ids uuid[]))
      with ordinality as r (dispatch_id, trip_ids, place)
    join mobility.dispatches d on d.id = r.dispatch_id
    order by r.place
  loop
    perform 1 from mobility.trips where id = o.passenger_trip_id for update skip locked;
    continue when not found;
    if o.trip_ids is null and v_next is not null then
      update mobility.dispatches set assign_after = v_next
      where id = o.id and status = 'running' and assign_after is not null;
      v_postponed := v_postponed + found::integer;
      continue;
    end if;
    update mobility.dispatches d set assign_after = null, next_candidate = 0, candidates = (
      select coalesce(jsonb_agg(c.value order by array_position(o.trip_ids, (c.value ->> 'trip_id')::uuid), c.ordinality), '[]')
      from jsonb_array_elements(d.candidates) with ordinality c)
    where d.id = o.id and d.status = 'running' and d.assign_after is not null;
    continue when not found;
    -- The first alone: others of its list are being asked for somebody else.
    perform mobility.advance_dispatch(o.id, 1);
    v_assigned := v_assigned + 1;
  end loop;
  return jsonb_build_object('assigned', v_assigned, 'postponed', v_postponed,
    'next_in_s', case when v_postponed > 0 then extract(epoch from v_next - now())::float8 end);
end
$$;
comment on function public.assign_dispatches is 'Sends the first offers of requests that were assigned together.';
revoke all on function public.assign_dispatches from public, anon, authenticated;
grant execute on function public.assign_dispatches to service_role;
