-- What a link to a ride shows: the page of the passenger, of the driver, or of whoever they sent it to.

-- The link behind a token. Raises LINK_NOT_FOUND, LINK_EXPIRED.
create function mobility.link_of(p_token text) returns mobility.trip_links
language plpgsql stable
set search_path = ''
as $$
declare
  l mobility.trip_links;
begin
  select * into l from mobility.trip_links where token_hash = sha256(convert_to(p_token, 'UTF8'));
  if not found then
    raise sqlstate 'PT404' using message = 'LINK_NOT_FOUND', detail = 'No ride has this link';
  elsif l.revoked_at is not null or l.expires_at <= now() then
    raise sqlstate 'PT410' using message = 'LINK_EXPIRED', detail = 'The link is not valid any more';
  end if;
  return l;
end
$$;
comment on function mobility.link_of is 'The link behind a token, if it is valid.';

-- The ride behind a link as its viewer may see it: {link, match, driver, passenger_name, driver_position, vehicle,
-- events}. The PIN is the passenger's alone, the fare not the guest's.
create function public.open_link(p_token text) returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  l mobility.trip_links := mobility.link_of(p_token);
  m mobility.matches;
  v_match jsonb;
  v_hidden text[] := array['passenger_user_id', 'driver_user_id', 'passenger_trip_id', 'driver_trip_id'];
begin
  select * into m from mobility.matches where id = l.match_id;
  if l.viewer <> 'passenger' then v_hidden := v_hidden || array['pin']; end if;
  if l.viewer = 'guest' then v_hidden := v_hidden || array['fare_amount', 'currency']; end if;
  v_match := public.get_match(null, m.id);
  return jsonb_build_object(
    'link', jsonb_build_object('id', l.id, 'viewer', l.viewer, 'expires_at', l.expires_at,
      'locale', (select locale from mobility.profiles where user_id = l.user_id)),
    'match', (v_match -> 'match') - v_hidden,
    'driver', mobility.driver_card(m) - array['fare_amount', 'currency', 'distance_m', 'eta_s']::text[],
    'passenger_name', (select display_name from mobility.profiles where user_id = m.passenger_user_id),
    'driver_position', v_match -> 'driver_position', 'vehicle', v_match -> 'vehicle', 'events', v_match -> 'events',
    'now', now());
end
$$;
comment on function public.open_link is 'The ride behind a link as its viewer may see it.';
revoke all on function public.open_link from public, anon, authenticated;
grant execute on function public.open_link to service_role;

-- Positions that the driver's page sends: [{lat, lng, recorded_at?, accuracy_m?, heading?, speed_mps?}].
create function public.update_positions_by_link(p_token text, p_points jsonb) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  l mobility.trip_links := mobility.link_of(p_token);
  m mobility.matches;
begin
  if l.viewer <> 'driver' then
    raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'Only the driver shares a position';
  end if;
  select * into m from mobility.matches where id = l.match_id;
  return public.update_positions(m.driver_user_id, (
    select jsonb_agg(p || jsonb_build_object('trip_id', m.driver_trip_id) order by i)
    from jsonb_array_elements(p_points) with ordinality as x (p, i)));
end
$$;
comment on function public.update_positions_by_link is 'Moves the driver of a ride by way of the driver''s link.';
revoke all on function public.update_positions_by_link from public, anon, authenticated;
grant execute on function public.update_positions_by_link to service_role;

-- Makes a link for one side of a match, or for a guest of theirs: {token, viewer, expires_at}. Revoking takes
-- back every link of the match that the caller's side has or made: {revoked}.
create function public.create_link(p_acting_user uuid, p_match_id uuid, p_viewer text default 'guest') returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  m mobility.matches;
  v_user_id uuid;
  v_token text;
begin
  select * into m from mobility.matches where id = p_match_id;
  if not found then
    raise sqlstate 'PT404' using message = 'MATCH_NOT_FOUND', detail = 'No match has this id';
  elsif p_acting_user not in (m.driver_user_id, m.passenger_user_id)
    or p_viewer = 'driver' and p_acting_user <> m.driver_user_id
    or p_viewer = 'passenger' and p_acting_user <> m.passenger_user_id then
    raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'The match belongs to other people';
  end if;
  v_user_id := coalesce(p_acting_user, case p_viewer when 'driver' then m.driver_user_id else m.passenger_user_id end);
  v_token := mobility.make_trip_link(m.id, p_viewer, v_user_id);
  return jsonb_build_object('token', v_token, 'viewer', p_viewer, 'expires_at', (
    select expires_at from mobility.trip_links where token_hash = sha256(convert_to(v_token, 'UTF8'))));
end
$$;
comment on function public.create_link is 'Makes a link to a ride: {token, viewer, expires_at}.';
revoke all on function public.create_link from public, anon, authenticated;
grant execute on function public.create_link to service_role;

create function public.revoke_links(p_acting_user uuid, p_match_id uuid) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  m mobility.matches;
  v_revoked integer;
begin
  select * into m from mobility.matches where id = p_match_id;
  if not found then
    raise sqlstate 'PT404' using message = 'MATCH_NOT_FOUND', detail = 'No match has this id';
  elsif p_acting_user not in (m.driver_user_id, m.passenger_user_id) then
    raise sqlstate 'PT403' using message = 'FORBIDDEN', detail = 'The match belongs to other people';
  end if;
  update mobility.trip_links set revoked_at = now()
  where match_id = p_match_id and revoked_at is null and (p_acting_user is null or user_id = p_acting_user);
  get diagnostics v_revoked = row_count;
  return jsonb_build_object('revoked', v_revoked);
end
$$;
comment on function public.revoke_links is 'Takes back the links to a ride: {revoked}.';
revoke all on function public.revoke_links from public, anon, authenticated;
grant execute on function public.revoke_links to service_role;
