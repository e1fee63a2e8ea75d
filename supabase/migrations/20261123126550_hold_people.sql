-- Who stays with V2 though the share gives them to V1 (docs/decisions/0014-hold.md).

-- Whether a person is in the middle of something with V2 that V1 knows nothing of: a ride of V2's until it ends, a
-- ride that is offered to them, a search that runs for them, a message that is not answered yet. A question that
-- they were asked, too, for a quarter of an hour: not after a rollback, when what is no ride yet begins anew with V1.
create function mobility.is_held(p_user_id uuid) returns boolean
language plpgsql stable
set search_path = ''
as $$
begin
  if p_user_id is null then return false; end if;
  return exists (select from mobility.inbox i where i.user_id = p_user_id and i.done_at is null)
    -- V1 goes through its own rides with its people.
    or exists (select from mobility.matches m where m.live and (m.driver_user_id = p_user_id or m.passenger_user_id = p_user_id)
      and not exists (select from mobility_v1.carried_matches c where c.id = m.id and c.born = '1'))
    or exists (select from mobility.offers o
      where o.driver_user_id = p_user_id and o.status = 'offered' and o.expires_at > now())
    or exists (select from mobility.dispatches d join mobility.trips t on t.id = d.passenger_trip_id
      where t.user_id = p_user_id and t.status = 'open' and d.status = 'running')
    or exists (select from mobility.conversations c where c.user_id = p_user_id and c.step not in ('idle', 'pin')
      and c.last_inbound_at > now() - interval '15 minutes')
      and exists (select from mobility.rollout r where r.percent > 0);
end
$$;
comment on function mobility.is_held is 'Whether a person is in the middle of something with V2.';
revoke all on function mobility.is_held from public, anon, authenticated, service_role;
