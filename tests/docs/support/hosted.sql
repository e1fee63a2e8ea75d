-- What only a hosted project has, in the shape that Supabase documents: sign-in, Vault, pg_net's answers and
-- the counts of queries. A project's own migrations must not make any of it.

create table if not exists auth.users (id uuid primary key default gen_random_uuid(), email text);
insert into auth.users (email) values ('claire@example.com');

create schema vault;
create table vault.secrets (
  id uuid primary key default gen_random_uuid(), name text unique, secret text not null,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now()
);
create view vault.decrypted_secrets as
  select id, name, secret as decrypted_secret, created_at, updated_at from vault.secrets;
create function vault.create_secret(new_secret text, new_name text default null, new_description text default '')
returns uuid language sql as $$ insert into vault.secrets (secret, name) values (new_secret, new_name) returning id $$;
create function vault.update_secret(secret_id uuid, new_secret text default null, new_name text default null)
returns void language plpgsql as $$
begin
  if secret_id is null then raise exception 'no such secret'; end if;
  update vault.secrets set secret = coalesce(new_secret, secret), name = coalesce(new_name, name), updated_at = now()
  where id = secret_id;
end
$$;

create schema net;
create table net._http_response (
  id bigint, status_code integer, content_type text, headers jsonb, content text, timed_out boolean, error_msg text,
  created timestamptz not null default now()
);
insert into net._http_response values (1, 200, 'application/json', '{}', '{}', false, null);

create extension if not exists pg_stat_statements with schema extensions;
