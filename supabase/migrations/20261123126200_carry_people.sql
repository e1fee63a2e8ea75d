-- Carrying one row over, whichever side it changed on. A row that somebody else is writing is not waited for:
-- MV001 has it tried again. The callers hold the bridge's lock, so that one row is carried once at a time.

create function mobility_v1.note(p_table text, p_id uuid, p_side "char" default '2') returns void
language sql
set search_path = ''
as $$ insert into mobility_v1.changes (side, tbl, id) values (p_side, p_table, p_id) $$;
comment on function mobility_v1.note is 'Has a row carried.';

-- Has those carried that waited for a row.
create function mobility_v1.wake(p_id uuid) returns void
language plpgsql
set search_path = ''
as $$
begin
  insert into mobility_v1.changes (side, tbl, id) select '1', r."table", r.id from mobility_v1.rejects r where r.needs = p_id;
  insert into mobility_v1.changes (side, tbl, id) select '1', r."table", r.id from mobility_v1.repairs r where r.needs = p_id;
end
$$;
comment on function mobility_v1.wake is 'Has the rows carried that waited for this one.';

create function mobility_v1.reject(
  p_table text, p_id uuid, p_reason text, p_side "char" default '1', p_needs uuid default null, p_detail jsonb default '{}'
) returns text
language sql
set search_path = ''
as $$
  insert into mobility_v1.rejects as r ("table", id, side, reason, detail, needs)
  values (p_table, p_id, p_side, p_reason, p_detail, p_needs)
  on conflict ("table", id) do update set side = excluded.side, reason = excluded.reason, detail = excluded.detail,
    needs = excluded.needs, at = case when r.reason = excluded.reason then r.at else now() end;
  select 'rejected'
$$;
comment on function mobility_v1.reject is 'Lists a row that cannot be carried.';

-- A row was carried: it leaves the rejects, and its repairs are these.
create function mobility_v1.settle(p_table text, p_id uuid, p_repairs text[], p_needs uuid default null) returns void
language plpgsql
set search_path = ''
as $$
begin
  delete from mobility_v1.rejects where "table" = p_table and id = p_id;
  delete from mobility_v1.repairs where "table" = p_table and id = p_id and reason <> all (p_repairs)
    -- What V2's rows are made of was decided when they were made.
    and reason not in ('SYNTHETIC_DRIVER_TRIP', 'SYNTHETIC_PASSENGER_TRIP', 'DELETED_IN_V1');
  if p_repairs <> '{}' then
    insert into mobility_v1.repairs as r ("table", id, reason, needs)
    select p_table, p_id, reason, case when reason in ('DUPLICATE_PHONE', 'OLDER_OPEN_TRIP', 'BESIDE_A_RIDE') then p_needs end
    from unnest(p_repairs) reason
    on conflict ("table", id, reason) do update set needs = excluded.needs where r.needs is distinct from excluded.needs;
  end if;
end
$$;
comment on function mobility_v1.settle is 'Lists what was repaired in a row that was carried.';

create function mobility_v1.busy() returns void
language plpgsql
set search_path = ''
as $$ begin raise sqlstate 'MV001' using message = 'BUSY', detail = 'Somebody else is writing the row'; end $$;
comment on function mobility_v1.busy is 'Gives up a row for now.';

-- V1's rows; all null for none. By name only when called: on a database without V1 there is no such table.
create function mobility_v1.old_profile(p_id uuid) returns mobility_v1.old_profile
language plpgsql stable
set search_path = ''
as $$
declare
  o mobility_v1.old_profile;
begin
  execute 'select user_id, whatsapp_number, phone_number, display_name, role, locale, created_at
    from public.profiles where user_id = $1' into o using p_id;
  return o;
end
$$;
comment on function mobility_v1.old_profile(uuid) is 'A person of V1.';

create function mobility_v1.old_trip(p_id uuid) returns mobility_v1.old_trip
language plpgsql stable
set search_path = ''
as $$
declare
  o mobility_v1.old_trip;
begin
  execute 'select id, creator_user_id, role, vehicle_type, pickup_latitude, pickup_longitude, pickup_text,
      dropoff_latitude, dropoff_longitude, dropoff_text, status, scheduled_at, created_at, matched_at, expires_at,
      last_location_at
    from public.rides_trips where id = $1' into o using p_id;
  return o;
end
$$;
comment on function mobility_v1.old_trip(uuid) is 'A trip of V1.';

-- Carries a person.
create function mobility_v1.carry_profile(p_id uuid) returns text
language plpgsql
set search_path = ''
as $$
declare
  o mobility_v1.old_profile := mobility_v1.old_profile(p_id);
  p mobility.profiles;
  c mobility_v1.carried_profiles;
  r mobility_v1.profile_reading;
  a mobility_v1.profile_image;
  b mobility_v1.profile_image;
  v_new mobility_v1.profile_image;
  v_rows integer;
begin
  select * into p from mobility.profiles where user_id = p_id for no key update skip locked;
  if not found and exists (select from mobility.profiles where user_id = p_id) then perform mobility_v1.busy(); end if;
  select * into c from mobility_v1.carried_profiles where id = p_id;
  if o.user_id is null and (p.user_id is null
    or exists (select from mobility_v1.synthetic where "table" = 'profiles' and id = p_id)) then
    delete from mobility_v1.rejects where "table" = 'profiles' and id = p_id;
    return 'none';
  end if;

  if o.user_id is null then
    if c.id is not null then
      perform mobility_v1.settle('profiles', p_id, array['DELETED_IN_V1']);
      return 'none';
    end if;
    b := mobility_v1.image_of(p);
    execute 'insert into public.profiles (user_id, whatsapp_number, phone_number, display_name, role, locale, created_at)
      values ($1, $2, $2, $3, $4, $5, $6)'
    using p_id, p.phone, p.display_name,
      -- V1 knows one role a person; V2 asks anew each time.
      case when exists (select from mobility.trips where user_id = p_id and role = 'driver') then 'driver' else 'passenger' end,
      p.locale, p.created_at;
    insert into mobility_v1.carried_profiles values (p_id, '2', b);
    perform mobility_v1.settle('profiles', p_id, '{}');
    return 'carried';
  end if;

  r := mobility_v1.read_profile(o);
  a := r.image;
  if a.phone is not null and a.phone is distinct from p.phone then
    select user_id into r.needs from mobility.profiles where phone = a.phone and user_id <> p_id;
    if found then
      a.phone := null;
      r.repairs := r.repairs || 'DUPLICATE_PHONE'::text;
    end if;
  end if;
  if p.user_id is null then
    if c.id is not null then return mobility_v1.reject('profiles', p_id, 'DELETED_IN_V2'); end if;
    insert into mobility.profiles (user_id, phone, display_name, locale, created_at)
    values (p_id, a.phone, a.display_name, a.locale, a.created_at);
    insert into mobility_v1.carried_profiles values (p_id, '1', a);
    perform mobility_v1.settle('profiles', p_id, r.repairs, r.needs);
    perform mobility_v1.wake(p_id);
    return 'carried';
  end if;

  b := mobility_v1.image_of(p);
  v_new := a;
  if a is distinct from b then
    v_new := jsonb_populate_record(null::mobility_v1.profile_image, mobility_v1.merge(to_jsonb(a), to_jsonb(b),
      -- Both were there before the bridge, or V2's was made up: V1's is the one to believe.
      coalesce(to_jsonb(c.base), '{}'), coalesce(c.born, '1')));
  end if;
  -- Where the other side of the merge has the number of somebody else.
  if v_new.phone is distinct from p.phone
     and exists (select from mobility.profiles where phone = v_new.phone and user_id <> p_id) then
    v_new.phone := p.phone;
  end if;
  if v_new is distinct from b then
    update mobility.profiles set phone = v_new.phone, display_name = v_new.display_name, locale = v_new.locale,
      created_at = v_new.created_at
    where user_id = p_id;
  end if;
  if v_new is distinct from a then
    execute 'update public.profiles set
        whatsapp_number = case when $3 then $4 else whatsapp_number end,
        phone_number = case when $3 and ($4 is null or mobility_v1.e164(phone_number) = $5) then $4 else phone_number end,
        display_name = case when $6 then $7 else display_name end,
        locale = case when $8 then $9 else locale end,
        created_at = case when $10 then $11 else created_at end
      where user_id = $1 and (whatsapp_number, phone_number, display_name, locale, created_at) is not distinct from
        (($2).whatsapp_number, ($2).phone_number, ($2).display_name, ($2).locale, ($2).created_at)'
    using p_id, o, v_new.phone is distinct from a.phone, v_new.phone, a.phone,
      v_new.display_name is distinct from a.display_name, v_new.display_name,
      v_new.locale is distinct from a.locale, v_new.locale,
      v_new.created_at is distinct from a.created_at, v_new.created_at;
    get diagnostics v_rows = row_count;
    -- Changed by V1 since it was read.
    if v_rows = 0 then perform mobility_v1.busy(); end if;
    -- What V1's row lacked may not be lacking any more.
    r.repairs := (mobility_v1.read_profile(mobility_v1.old_profile(p_id))).repairs
      || array(select x from unnest(r.repairs) x where x = 'DUPLICATE_PHONE' and a.phone is not distinct from v_new.phone);
  end if;
  if c.id is null or c.base is distinct from v_new then
    insert into mobility_v1.carried_profiles as k values (p_id, coalesce(c.born, '1'), v_new)
    on conflict (id) do update set base = excluded.base;
  end if;
  delete from mobility_v1.synthetic where "table" = 'profiles' and id = p_id;
  perform mobility_v1.settle('profiles', p_id, r.repairs, r.needs);
  -- Somebody may have been waiting for the number this person had.
  if c.id is null or (c.base).phone is distinct from v_new.phone then perform mobility_v1.wake(p_id); end if;
  return 'carried';
end
$$;
comment on function mobility_v1.carry_profile is 'Carries a person to whichever side has not the latest.';
