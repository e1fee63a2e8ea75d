-- Makes a bare PostgreSQL look to the migrations as a new Supabase project does: the API's roles, the
-- `auth` and `extensions` schemas, and no privilege on new objects in `public` that a migration did not
-- grant. Everything that exists is left as it is, so running it twice, or on a server that has
-- some of it already, changes nothing.

do $$
declare
  wanted record;
begin
  for wanted in
    select * from (values
      ('anon', 'nologin noinherit'),
      ('authenticated', 'nologin noinherit'),
      ('service_role', 'nologin noinherit bypassrls'),
      ('authenticator', 'login noinherit')
    ) as roles (name, attributes)
  loop
    if not exists (select from pg_catalog.pg_roles where rolname = wanted.name) then
      begin
        execute format('create role %I %s', wanted.name, wanted.attributes);
      exception when duplicate_object or unique_violation then
        -- Roles belong to the whole server: another database's bootstrap was quicker.
        null;
      end;
    end if;
  end loop;
end
$$;

grant anon, authenticated, service_role to authenticator;

-- A migration owner that is no superuser can `set role` only to roles it is a member of.
do $$
begin
  if not (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
    execute format('grant anon, authenticated, service_role to %I', current_user);
  end if;
end
$$;

create schema if not exists extensions;
create schema if not exists auth;

grant usage on schema public, extensions, auth to anon, authenticated, service_role;

-- Supabase keeps these as defaults for the owner of the migrations since 2026-10-30: a migration that
-- forgets a grant fails here as it would there. A schema-wide default can only add to the
-- built-in one, so PUBLIC keeps its EXECUTE on new functions until a migration revokes it.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;

do $$
begin
  if to_regprocedure('auth.jwt()') is null then
    create function auth.jwt() returns jsonb language sql stable as $fn$
      select nullif(current_setting('request.jwt.claims', true), '')::jsonb
    $fn$;
  end if;

  if to_regprocedure('auth.uid()') is null then
    create function auth.uid() returns uuid language sql stable as $fn$
      select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid
    $fn$;
  end if;

  if to_regprocedure('auth.role()') is null then
    create function auth.role() returns text language sql stable as $fn$
      select nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
    $fn$;
  end if;
end
$$;
