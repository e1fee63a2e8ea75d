-- PostgreSQL lets everybody execute a new function. Internal ones are for the functions in "public",
-- which run as their owner. (A default privilege would do it for good, but it binds the whole database,
-- and another system may live there; a database test asserts the grants instead.)
revoke all on all functions in schema mobility from public, anon, authenticated, service_role;
-- The one that policies or generated types of an operator's own views may call.
grant execute on function mobility.distance_m to authenticated, service_role;
