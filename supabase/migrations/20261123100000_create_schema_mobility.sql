-- Everything of this system lives in the private schema "mobility"; the API reaches it only through
-- the functions in "public" that later migrations create, each granted to the service role alone.

create schema if not exists extensions;
create extension if not exists postgis with schema extensions;

create schema mobility;
comment on schema mobility is 'Ride dispatch: tables and internal functions, not exposed by the API.';

-- Row-level security lets a signed-in person read their own rows wherever an operator exposes them;
-- the policies stand beside each table.
grant usage on schema mobility to authenticated, service_role;
