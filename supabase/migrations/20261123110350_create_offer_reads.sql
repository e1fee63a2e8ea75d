-- The offers of a trip, the newest first: what a driver is offered now, or whom a passenger's trip was
-- offered to. [{id, status, passenger_trip_id, driver_trip_id, distance_m, eta_s, expires_at, ride}]; "ride" is
-- what the driver is told of it.
create function public.get_offers(p_acting_user uuid, p_trip_id uuid) returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  t mobility.trips;
begin
  select * into t from mobility.trips where id = p_trip_id;
  if not found then
    raise sqlstate 'PT404' using message = 'TRIP_NOT_FOUND', detail = 'No trip has this id';
  elsif p_acting_user <> t.user_id then
    raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'The trip belongs to somebody else';
  end if;
  return coalesce((
    select jsonb_agg(jsonb_build_object(
      'id', o.id, 'status', case when o.status = 'offered' and o.expires_at <= now() then 'expired' else o.status end,
      'passenger_trip_id', o.passenger_trip_id, 'driver_trip_id', o.driver_trip_id,
      'distance_m', o.distance_m, 'eta_s', o.eta_s, 'expires_at', o.expires_at,
      'ride', mobility.ride_card(p, o.distance_m, o.eta_s)) order by o.created_at desc, o.id)
    from (
      select * from mobility.offers
      where t.role = 'driver' and driver_trip_id = t.id or t.role = 'passenger' and passenger_trip_id = t.id
      order by created_at desc limit 50
    ) o
    join mobility.trips p on p.id = o.passenger_trip_id
  ), '[]');
end
$$;
comment on function public.get_offers is 'The offers of a trip, the newest first.';
revoke all on function public.get_offers from public, anon, authenticated;
grant execute on function public.get_offers to service_role;

-- The trips that an offer would bind, for whoever has to know them before it is accepted; null for no offer.
create function public.get_offer_trips(p_offer_id uuid) returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select jsonb_build_object('passenger_trip_id', o.passenger_trip_id, 'driver_trip_id', o.driver_trip_id)
  from mobility.offers o where o.id = p_offer_id;
$$;
comment on function public.get_offer_trips is 'The two trips of an offer: {passenger_trip_id, driver_trip_id}, or null.';
revoke all on function public.get_offer_trips from public, anon, authenticated;
grant execute on function public.get_offer_trips to service_role;
