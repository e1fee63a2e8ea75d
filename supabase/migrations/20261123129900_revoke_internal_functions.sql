-- As after the schemas before: internal functions are for the ones in "public".
revoke all on all functions in schema mobility from public, anon, authenticated, service_role;
grant execute on function mobility.distance_m to authenticated, service_role;
-- The policy on realtime.messages calls it as the listener.
grant execute on function mobility.may_receive to authenticated;
