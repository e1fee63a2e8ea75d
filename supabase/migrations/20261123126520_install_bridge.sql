-- Putting the bridge in place beside a V1 that is in use, and taking it down.

create function mobility_v1.has_v1() returns boolean
language sql stable
set search_path = ''
as $$
  select to_regclass('public.profiles') is not null and to_regclass('public.rides_trips') is not null
    and to_regclass('public.mobility_matches') is not null
$$;
comment on function mobility_v1.has_v1 is 'Whether V1''s tables are here.';

-- The tables that lack triggers of the bridge, V1's first: V2 says and notes nothing before V1's changes are noted.
create function mobility_v1.bare_tables() returns text[]
language sql stable
set search_path = ''
as $$
  select coalesce(array_agg(t."table" order by t."table" not like 'public.%', t."table"), '{}')
  from (
    select distinct t."table" from mobility_v1.triggers() t
    where not exists (select from pg_trigger g where g.tgrelid = t."table"::regclass and g.tgname = t.name)
  ) t
$$;
comment on function mobility_v1.bare_tables is 'The tables that lack triggers of the bridge.';

-- Puts the triggers on one table. A trigger waits for who writes the table, and whoever writes next for the trigger:
-- for at most so many milliseconds, after which all is as before. Whether it was possible.
create function mobility_v1.dress_table(p_table text, p_wait_ms integer) returns boolean
language plpgsql
set search_path = ''
-- Of this function alone; p_wait_ms says how much.
set lock_timeout = '250ms'
as $$
declare
  r record;
begin
  perform set_config('lock_timeout', greatest(1, p_wait_ms)::text, true);
  execute format('lock table %s in share row exclusive mode', p_table::regclass);
  for r in
    select t.* from mobility_v1.triggers() t where t."table" = p_table
      and not exists (select from pg_trigger g where g.tgrelid = t."table"::regclass and g.tgname = t.name)
  loop
    execute format('create trigger %I %s', r.name, r.definition);
  end loop;
  return true;
exception when lock_not_available or deadlock_detected then
  return false;
end
$$;
comment on function mobility_v1.dress_table is 'Puts the triggers of the bridge on one table, unless it is busy.';

-- One step towards the bridge, for a transaction of its own, so that no table waits for another: the triggers of one
-- table, tried for p_wait_ms. {left, busy}: the tables that are left, and the one that was busy.
create function mobility_v1.install_next(p_wait_ms integer default 250) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_left text[];
begin
  if not mobility_v1.has_v1() then
    raise 'Cannot install the bridge: there is no V1 in this database';
  end if;
  v_left := mobility_v1.bare_tables();
  if v_left <> '{}' then
    if not mobility_v1.dress_table(v_left[1], p_wait_ms) then
      return jsonb_build_object('left', v_left, 'busy', v_left[1]);
    end if;
    v_left := v_left[2:];
  end if;
  if v_left = '{}' then
    update mobility_v1.bridge set installed = true, installed_at = coalesce(installed_at, now())
    where not installed;
  end if;
  return jsonb_build_object('left', v_left, 'busy', null);
end
$$;
comment on function mobility_v1.install_next is 'Puts the triggers of the bridge on the next table: {left, busy}.';

-- Puts the bridge in place where V1 is, all of it in half a second or nothing; again, it adds what is missing.
-- Whether it is in place. Where V1 is busy, "deno task deploy database" has the patience.
create function mobility_v1.install() returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_started timestamptz := clock_timestamp();
  v_step jsonb;
begin
  if not mobility_v1.has_v1() then return false; end if;
  begin
    loop
      v_step := mobility_v1.install_next(500 - (extract(epoch from clock_timestamp() - v_started) * 1000)::integer);
      exit when v_step -> 'left' = '[]' or v_step ->> 'busy' is not null;
    end loop;
    -- Undoes what was possible, and gives its locks back.
    if v_step ->> 'busy' is not null then raise lock_not_available; end if;
    return true;
  exception when lock_not_available then
    raise warning 'The bridge to V1 is not in place: somebody is writing %. Run: deno task deploy database', v_step ->> 'busy';
    return false;
  end;
end
$$;
comment on function mobility_v1.install is 'Puts the bridge in place where V1 is.';

-- Takes the bridge down: nothing is noted or carried any more. What could not be carried stays listed.
create function mobility_v1.uninstall() returns boolean
language plpgsql
set search_path = ''
set lock_timeout = '3s'
as $$
declare
  r record;
begin
  for r in
    select t.* from mobility_v1.triggers() t
    where exists (select from pg_trigger g where g.tgrelid = to_regclass(t."table") and g.tgname = t.name)
  loop
    execute format('drop trigger %I on %s', r.name, r."table");
  end loop;
  update mobility_v1.bridge set installed = false where installed;
  delete from mobility_v1.changes;
  return true;
end
$$;
comment on function mobility_v1.uninstall is 'Takes the bridge down; the lists stay.';
