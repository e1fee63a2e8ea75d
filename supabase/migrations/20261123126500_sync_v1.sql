-- Noting what changes on both sides, and carrying it over by the clock.

-- A write of V1 pays for a row in a small table; it neither waits for anybody nor can be refused. As its owner,
-- since V1's callers have nothing to do with this schema. Once a statement: a write of a single row pays the
-- same as by a trigger for the row, one of many rows much less (deno task bench:v1).
create function mobility_v1.note_rows() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  insert into mobility_v1.changes (side, tbl, id) select '1', tg_argv[0], id from changed;
  return null;
end
$$;
comment on function mobility_v1.note_rows is 'Notes that rows of V1 changed.';

create function mobility_v1.note_people() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  insert into mobility_v1.changes (side, tbl, id) select '1', 'profiles', user_id from changed;
  return null;
end
$$;
comment on function mobility_v1.note_people is 'Notes that people of V1 changed.';

-- V2's by row: it updates people only to lock them, and what changes nothing is not worth a note.
create function mobility_v1.note_change() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    insert into mobility_v1.changes (side, tbl, id) values ('2', tg_argv[0], old.id);
  else
    insert into mobility_v1.changes (side, tbl, id) values ('2', tg_argv[0], new.id);
  end if;
  return null;
end
$$;
comment on function mobility_v1.note_change is 'Notes that a row of V2 changed.';

create function mobility_v1.note_person() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    insert into mobility_v1.changes (side, tbl, id) values ('2', 'profiles', old.user_id);
  else
    insert into mobility_v1.changes (side, tbl, id) values ('2', 'profiles', new.user_id);
  end if;
  return null;
end
$$;
comment on function mobility_v1.note_person is 'Notes that a person of V2 changed.';

-- What V2's clock ends of V1's is no news to V1's people from V2: decided here, before anything is said of it. Of a
-- match with each of its changes, of a trip when it runs out: what is said next in the transaction is of that.
create function mobility_v1.hush() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  perform set_config('mobility_v1.hush', case when new.status = 'expired' and (
    tg_argv[0] = 'trips' and exists (select from mobility_v1.carried_trips where id = new.id and born = '1')
    or tg_argv[0] = 'matches' and exists (select from mobility_v1.carried_matches where id = new.id and born = '1'))
    then 'on' else 'off' end, true);
  return null;
end
$$;
comment on function mobility_v1.hush is 'Keeps V2 from telling V1''s people what V1 tells them.';

create function mobility_v1.drop_message() returns trigger
language plpgsql
set search_path = ''
as $$ begin return null; end $$;
comment on function mobility_v1.drop_message is 'Leaves a message unsaid.';

-- Every trigger of the bridge: the table, the trigger, what it does.
create function mobility_v1.triggers() returns table ("table" text, name text, definition text)
language sql immutable
set search_path = ''
as $$
  -- What the bridge itself writes is not noted.
  select t.t, 'mobility_v1_' || e.e, format(
    'after %s on %s referencing %s table as changed for each statement when (%s) execute function mobility_v1.%I(%L)',
    e.e, t.t, case e.e when 'delete' then 'old' else 'new' end, c.condition,
    case t.tbl when 'profiles' then 'note_people' else 'note_rows' end, t.tbl)
  from (values ('public.profiles', 'profiles'), ('public.rides_trips', 'trips'),
    ('public.mobility_matches', 'matches')) t (t, tbl),
    unnest(array['insert', 'update', 'delete']) e (e),
    (values ('coalesce(current_setting(''mobility_v1.carrying'', true), '''') <> ''on''')) c (condition)
  union all
  select t.t, 'mobility_v1_' || e.e, format(
    'after %s on %s for each row when (%s) execute function mobility_v1.%I(%L)', e.e, t.t,
    c.condition || case e.e when 'update' then ' and old.* is distinct from new.*' else '' end,
    case t.tbl when 'profiles' then 'note_person' else 'note_change' end, t.tbl)
  from (values ('mobility.profiles', 'profiles'), ('mobility.trips', 'trips'),
    ('mobility.matches', 'matches')) t (t, tbl),
    unnest(array['insert', 'update', 'delete']) e (e),
    (values ('coalesce(current_setting(''mobility_v1.carrying'', true), '''') <> ''on''')) c (condition)
  union all
  values ('mobility.trips', 'mobility_v1_hush', 'after update of status on mobility.trips for each row
      when (new.status = ''expired'' and old.status = ''open'') execute function mobility_v1.hush(''trips'')'),
    ('mobility.matches', 'mobility_v1_hush', 'after insert or update of status on mobility.matches for each row
      execute function mobility_v1.hush(''matches'')')
  union all
  select 'mobility.outbox', 'mobility_v1_silence', 'before insert on mobility.outbox for each row
    when (coalesce(current_setting(''mobility_v1.carrying'', true), '''') = ''on''
      or coalesce(current_setting(''mobility_v1.hush'', true), '''') = ''on'')
    execute function mobility_v1.drop_message()'
$$;
comment on function mobility_v1.triggers is 'The triggers of the bridge.';

-- One carrier at a time, so that each row is carried once at a time. Whether it is us.
create function mobility_v1.lock_bridge() returns boolean
language plpgsql
set search_path = ''
as $$
begin
  perform set_config('lock_timeout', '2s', true);
  perform pg_advisory_xact_lock(hashtextextended('mobility_v1', 0));
  -- From here on nobody is waited for longer than this, which is far below the time after which PostgreSQL looks
  -- for deadlocks: it is always the bridge that gives up.
  perform set_config('lock_timeout', '100ms', true);
  perform set_config('mobility_v1.carrying', 'on', true);
  -- Plans are kept, and made while a table was small they would scan it when it is not.
  perform set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true);
  return true;
exception when lock_not_available then
  return false;
end
$$;
comment on function mobility_v1.lock_bridge is 'Makes this transaction the one that carries.';

-- What follows in the transaction is not of the bridge.
create function mobility_v1.leave_bridge() returns void
language plpgsql
set search_path = ''
as $$
begin
  perform set_config('mobility_v1.carrying', 'off', true), set_config('lock_timeout', null, true),
    set_config('enable_seqscan', null, true), set_config('jit', null, true);
end
$$;
comment on function mobility_v1.leave_bridge is 'Ends the carrying of this transaction.';

-- Carries one row. Who cannot be carried now is tried again, later each time; what fails on and on is listed.
create function mobility_v1.carry(p_table text, p_id uuid, p_tries integer default 0) returns text
language plpgsql
set search_path = ''
as $$
declare
  v_state text;
  v_constraint text;
begin
  return case p_table when 'profiles' then mobility_v1.carry_profile(p_id)
    when 'trips' then mobility_v1.carry_trip(p_id) else mobility_v1.carry_match(p_id) end;
exception
  when sqlstate 'MV001' or lock_not_available or unique_violation or deadlock_detected then
    insert into mobility_v1.changes (side, tbl, id, tries, not_before)
    values ('2', p_table, p_id, least(p_tries + 1, 100),
      clock_timestamp() + make_interval(secs => least(0.2 * (p_tries + 1), 10)));
    return 'later';
  when others then
    get stacked diagnostics v_state = returned_sqlstate, v_constraint = constraint_name;
    -- Not the message: it may quote the row.
    return mobility_v1.reject(p_table, p_id, 'FAILED', '1', null,
      jsonb_build_object('sqlstate', v_state, 'constraint', nullif(v_constraint, '')));
end
$$;
comment on function mobility_v1.carry is 'Carries one row, or has it carried later.';

-- Carries what is noted, at most so many notes: {notes, carried, rejected, later}. Several notes of a row are one.
create function mobility_v1.sync(p_limit integer default 200) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  r record;
  v_notes integer := 0;
  v_carried integer := 0;
  v_rejected integer := 0;
  v_later integer := 0;
begin
  if not exists (select from mobility_v1.bridge where installed)
     or not mobility_v1.lock_bridge() then
    return '{"notes": 0, "carried": 0, "rejected": 0, "later": 0}'::jsonb;
  end if;
  -- The notes are read before the rows: a change that comes in between leaves a note for the next time.
  for r in
    with claimed as materialized (
      delete from mobility_v1.changes where seq = any (array(
        select seq from mobility_v1.changes where not_before <= clock_timestamp() order by seq limit p_limit
        for update skip locked))
      returning tbl, id, tries
    )
    select tbl, id, max(tries) as tries, count(*) as notes from claimed group by tbl, id
    -- People before their trips before their matches.
    order by array_position(array['profiles', 'trips', 'matches'], tbl), id
  loop
    v_notes := v_notes + r.notes;
    case mobility_v1.carry(r.tbl, r.id, r.tries)
      when 'rejected' then v_rejected := v_rejected + 1;
      when 'later' then v_later := v_later + 1;
      else v_carried := v_carried + 1;
    end case;
  end loop;
  perform mobility_v1.leave_bridge();
  return jsonb_build_object('notes', v_notes, 'carried', v_carried, 'rejected', v_rejected, 'later', v_later);
end
$$;
comment on function mobility_v1.sync is 'Carries what was noted to the other side.';

-- V1 finds drivers by when they were seen last: once a minute it is told of V2's, who send positions to V2 alone.
create function mobility_v1.refresh_positions() returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_rows integer := 0;
begin
  update mobility_v1.bridge set positions_at = now() where positions_at < now() - interval '1 minute';
  if not found or not mobility_v1.lock_bridge() then return 0; end if;
  execute 'with seen as materialized (
      select o.id, l.position_at from public.rides_trips o
      join mobility.live_positions l on l.trip_id = o.id and l.role = ''driver''
      where l.available and o.status = ''open'' and l.position_at > o.last_location_at + interval ''2 minutes''
      for no key update of o skip locked
    )
    update public.rides_trips o set last_location_at = s.position_at from seen s where o.id = s.id';
  get diagnostics v_rows = row_count;
  perform mobility_v1.leave_bridge();
  return v_rows;
end
$$;
comment on function mobility_v1.refresh_positions is 'Tells V1 when V2''s drivers were seen.';

-- What the clock calls, each second: carries until nothing is left, for at most 600 ms, since whoever writes the same
-- row of V1 at the same moment may wait that long. {notes, carried, rejected, later}.
create function public.sync_v1() returns jsonb
language plpgsql security definer
set search_path = ''
as $$
declare
  v_started timestamptz := clock_timestamp();
  v_part jsonb;
  v_sum jsonb := '{"notes": 0, "carried": 0, "rejected": 0, "later": 0}'::jsonb;
begin
  if exists (select from mobility_v1.bridge where installed) then
    loop
      v_part := mobility_v1.sync(100);
      select jsonb_object_agg(k, (v_sum ->> k)::integer + (v_part ->> k)::integer) into v_sum from jsonb_object_keys(v_sum) k;
      exit when (v_part ->> 'notes')::integer = 0 or clock_timestamp() > v_started + interval '600 ms';
    end loop;
    perform mobility_v1.refresh_positions();
  end if;
  perform mobility.record_run('sync_v1', v_started);
  return v_sum;
end
$$;
comment on function public.sync_v1 is 'Carries changes between V1 and V2; answers with counts.';
revoke all on function public.sync_v1 from public, anon, authenticated;
grant execute on function public.sync_v1 to service_role;

insert into mobility.job_runs (job) values ('sync_v1');

do $$
begin
  if current_setting('shared_preload_libraries') like '%pg_cron%'
     and current_database() = current_setting('cron.database_name', true) then
    -- Versions before 1.5 know no schedule shorter than a minute.
    execute format('select cron.schedule(''mobility-v1'', %L, ''select public.sync_v1()'')', (
      select case when string_to_array(substring(extversion from '^[0-9]+[.][0-9]+'), '.')::integer[] >= array[1, 5]
        then '1 seconds' else '* * * * *' end
      from pg_extension where extname = 'pg_cron'));
  end if;
end
$$;
