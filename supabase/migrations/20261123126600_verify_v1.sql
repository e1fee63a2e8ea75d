-- Carrying history, and proving that both sides are equal.

-- The next rows of a table, in the order of their keys, from where the last call ended: profiles, trips and matches
-- are V1's; v2_profiles, v2_trips and v2_matches those that V2 had before the bridge. {done, total, rejected,
-- finished, rows, busy}; busy when another carrier has the bridge for long.
create function mobility_v1.backfill_batch(p_table text, p_limit integer default 1000) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  b mobility_v1.backfills;
  v_source text := case p_table when 'profiles' then 'public.profiles' when 'trips' then 'public.rides_trips'
    when 'matches' then 'public.mobility_matches' else 'mobility.' || substr(p_table, 4) end;
  v_table text := regexp_replace(p_table, '^v2_', '');
  v_key text := case v_table when 'profiles' then 'user_id' else 'id' end;
  -- What came from V1 is in step already.
  v_where text := case when p_table like 'v2\_%' then format('not exists (select from mobility_v1.carried_%s c where c.id = s.%I)
    and not exists (select from mobility_v1.synthetic y where y."table" = %L and y.id = s.%I)', v_table, v_key, v_table, v_key)
    else 'true' end;
  v_ids uuid[];
  v_id uuid;
  v_rejected integer := 0;
begin
  if p_table not in ('profiles', 'trips', 'matches', 'v2_profiles', 'v2_trips', 'v2_matches') then
    raise 'Cannot backfill "%": it is profiles, trips, matches, v2_profiles, v2_trips or v2_matches', p_table;
  elsif not exists (select from mobility_v1.bridge where installed) then
    raise 'Cannot backfill: the bridge is not installed. Run: deno task deploy database';
  end if;
  if not mobility_v1.lock_bridge() then return '{"busy": true}'::jsonb; end if;
  select * into b from mobility_v1.backfills where "table" = p_table for update;
  if not found then
    execute format('insert into mobility_v1.backfills ("table", total) select %L, count(*) from %s s where %s returning *',
      p_table, v_source, v_where)
    into b;
  end if;
  if b.finished_at is null then
    execute format('select array(select %1$I from %2$s s where ($1 is null or %1$I > $1) and %3$s order by %1$I limit $2)',
      v_key, v_source, v_where)
    into v_ids using b.last_id, p_limit;
    foreach v_id in array v_ids loop
      if mobility_v1.carry(v_table, v_id) = 'rejected' then v_rejected := v_rejected + 1; end if;
    end loop;
    update mobility_v1.backfills set last_id = coalesce(v_ids[cardinality(v_ids)], last_id),
      done = done + cardinality(v_ids), rejected = rejected + v_rejected,
      finished_at = case when cardinality(v_ids) < p_limit then now() end
    where "table" = p_table returning * into b;
  end if;
  perform mobility_v1.leave_bridge();
  return jsonb_build_object('done', b.done, 'total', b.total, 'rejected', b.rejected,
    'finished', b.finished_at is not null, 'rows', coalesce(cardinality(v_ids), 0), 'busy', false);
end
$$;
comment on function mobility_v1.backfill_batch is 'Carries the next rows of a table.';

-- What two images differ in. Not what a person is called, where they are or what they wrote: that they differ.
create function mobility_v1.differences(p_table text, p_id uuid, a jsonb, b jsonb)
returns table ("table" text, id uuid, "column" text, v1 text, v2 text)
language sql immutable
set search_path = ''
as $$
  select p_table, p_id, k, case when k ~ '(phone|name|text|reason|lat|lng)$' then '***' else a ->> k end,
    case when k ~ '(phone|name|text|reason|lat|lng)$' then '***' else b ->> k end
  from jsonb_object_keys(a) k where a -> k is distinct from b -> k
$$;
comment on function mobility_v1.differences is 'What two images differ in.';

create function mobility_v1.verify_profiles() returns table ("table" text, id uuid, "column" text, v1 text, v2 text)
language plpgsql stable
set search_path = ''
as $$
begin
  return query execute $query$
    with read as (
      select o.user_id as id, mobility_v1.read_profile(row(o.user_id, o.whatsapp_number, o.phone_number, o.display_name,
        o.role, o.locale, o.created_at)::mobility_v1.old_profile) as r
      from public.profiles o
    ), image as (
      select a.id, (a.r).image as i, p.user_id, mobility_v1.image_of(p) as b
      from read a left join mobility.profiles p on p.user_id = a.id
    ), expected as (
      -- A number that somebody else has in V2 cannot be this person's.
      select e.id, e.user_id, e.b, case when (e.i).phone is distinct from (e.b).phone and (e.b).phone is null
        and exists (select from mobility.profiles h where h.phone = (e.i).phone and h.user_id <> e.id)
        then row(null, (e.i).display_name, (e.i).locale, (e.i).created_at)::mobility_v1.profile_image else e.i end as a
      from image e
    )
    select d.* from expected e, mobility_v1.differences('profiles', e.id, to_jsonb(e.a), to_jsonb(e.b)) d
    where e.user_id is not null and e.a is distinct from e.b
      and not exists (select from mobility_v1.rejects x where x."table" = 'profiles' and x.id = e.id)
    union all
    select 'profiles', e.id, '*', 'there', null from expected e
    where e.user_id is null and not exists (select from mobility_v1.rejects x where x."table" = 'profiles' and x.id = e.id)
    union all
    select 'profiles', p.user_id, '*', null, 'there' from mobility.profiles p
    left join public.profiles o on o.user_id = p.user_id
    where o.user_id is null
      and not exists (select from mobility_v1.synthetic x where x."table" = 'profiles' and x.id = p.user_id)
      and not exists (select from mobility_v1.rejects x where x."table" = 'profiles' and x.id = p.user_id)
      and not exists (select from mobility_v1.repairs x
        where x."table" = 'profiles' and x.id = p.user_id and x.reason = 'DELETED_IN_V1')
  $query$;
end
$$;
comment on function mobility_v1.verify_profiles is 'People that are not equal on both sides.';

create function mobility_v1.verify_trips() returns table ("table" text, id uuid, "column" text, v1 text, v2 text)
language plpgsql stable
set search_path = ''
as $$
begin
  return query execute $query$
    with read as materialized (
      select o.id, mobility_v1.read_trip(row(o.id, o.creator_user_id, o.role, o.vehicle_type, o.pickup_latitude,
          o.pickup_longitude, o.pickup_text, o.dropoff_latitude, o.dropoff_longitude, o.dropoff_text, o.status,
          o.scheduled_at, o.created_at, o.matched_at, o.expires_at, o.last_location_at)::mobility_v1.old_trip) as r
      from public.rides_trips o
    ), image as materialized (
      select a.id, (a.r).reject, t.id as there, to_jsonb((a.r).image) as a, to_jsonb(mobility_v1.image_of(t)) as b,
        ((a.r).image).status = 'open' and ((a.r).image).expires_at <= now()
          or exists (select from mobility_v1.repairs x where x."table" = 'trips' and x.id = a.id
            and x.reason in ('OLDER_OPEN_TRIP', 'BESIDE_A_RIDE')) as a_over,
        t.status = 'open' and t.expires_at <= now() as b_over
      from read a left join mobility.trips t on t.id = a.id
    )
    select d.* from image e, mobility_v1.differences('trips', e.id,
        case when e.a_over and e.a ->> 'status' = 'open' then e.a || '{"status": "expired"}' else e.a end,
        case when e.b_over then e.b || '{"status": "expired"}' else e.b end) d
    where e.there is not null and e.reject is null and e.a is distinct from e.b
      and not exists (select from mobility_v1.rejects x where x."table" = 'trips' and x.id = e.id)
    union all
    select 'trips', e.id, '*', 'there', null from image e
    where (e.there is null or e.reject is not null)
      and not exists (select from mobility_v1.rejects x where x."table" = 'trips' and x.id = e.id)
    union all
    select 'trips', t.id, '*', null, 'there' from mobility.trips t
    left join public.rides_trips o on o.id = t.id
    where o.id is null
      and not exists (select from mobility_v1.synthetic x where x."table" = 'trips' and x.id = t.id)
      and not exists (select from mobility_v1.rejects x where x."table" = 'trips' and x.id = t.id)
      and not exists (select from mobility_v1.repairs x
        where x."table" = 'trips' and x.id = t.id and x.reason = 'DELETED_IN_V1')
    union all
    -- Who could not be found by the searches, or would be and must not.
    select 'trips', t.id, 'live_position', t.status, case when l.trip_id is null then 'missing' else 'left over' end
    from mobility.trips t full join mobility.live_positions l on l.trip_id = t.id
    where (t.status in ('open', 'matched')) is distinct from (l.trip_id is not null)
  $query$;
end
$$;
comment on function mobility_v1.verify_trips is 'Trips that are not equal on both sides.';

create function mobility_v1.verify_matches() returns table ("table" text, id uuid, "column" text, v1 text, v2 text)
language plpgsql stable
set search_path = ''
as $$
begin
  return query execute $query$
    with read as materialized (
      select o.id, coalesce(o.updated_at, o.created_at) as at, mobility_v1.read_match(row(o.id, o.driver_id,
        o.passenger_id, o.trip_id, o.vehicle_type, o.pickup_latitude, o.pickup_longitude, o.dropoff_latitude,
        o.dropoff_longitude, o.pickup_text, o.dropoff_text, o.fare_estimate, o.actual_fare, o.currency, o.distance_km,
        o.status, o.created_at, o.updated_at, o.matched_at, o.accepted_at, o.started_at, o.pickup_time, o.dropoff_time,
        o.completed_at, o.cancelled_at, o.cancellation_reason, o.metadata)::mobility_v1.old_match) as r
      from public.mobility_matches o
    ), image as materialized (
      select a.id, (a.r).reject, m.id as there, (a.r).image as a, mobility_v1.image_of(m) as b,
        -- What V2's clock ended and V1 forgot.
        m.status = 'expired' and mobility_v1.is_stale(((a.r).image).status, coalesce(a.at, ((a.r).image).created_at)) as forgotten
      from read a left join mobility.matches m on m.id = a.id
    )
    select d.* from image e, mobility_v1.differences('matches', e.id, to_jsonb(e.a), to_jsonb(e.b)) d
    where e.there is not null and e.reject is null and not e.forgotten and e.a is distinct from e.b
      and not exists (select from mobility_v1.rejects x where x."table" = 'matches' and x.id = e.id)
    union all
    select 'matches', e.id, '*', 'there', null from image e
    where (e.there is null or e.reject is not null)
      and not exists (select from mobility_v1.rejects x where x."table" = 'matches' and x.id = e.id)
    union all
    select 'matches', m.id, '*', null, 'there' from mobility.matches m
    left join public.mobility_matches o on o.id = m.id
    where o.id is null
      and not exists (select from mobility_v1.rejects x where x."table" = 'matches' and x.id = m.id)
      and not exists (select from mobility_v1.repairs x
        where x."table" = 'matches' and x.id = m.id and x.reason = 'DELETED_IN_V1')
  $query$;
end
$$;
comment on function mobility_v1.verify_matches is 'Matches that are not equal on both sides.';

-- Every difference between V1 and V2, both ways: empty when each row of V1 is carried, or listed in the rejects, and
-- each row of V2 is in V1, unless it was made up for V1 or is listed. "*" is the row itself. Nothing without V1.
create function mobility_v1.verify() returns table ("table" text, id uuid, "column" text, v1 text, v2 text)
language plpgsql stable
set search_path = ''
as $$
begin
  if not mobility_v1.has_v1() then return; end if;
  return query select * from mobility_v1.verify_profiles();
  return query select * from mobility_v1.verify_trips();
  return query select * from mobility_v1.verify_matches();
end
$$;
comment on function mobility_v1.verify is 'Every difference between V1 and V2.';

-- For the metrics, in the shape of public.operations_gauges; null where there is no bridge.
create function mobility_v1.gauges() returns jsonb
language sql stable
set search_path = ''
as $$
  select jsonb_build_object(
    'mobility_v1_changes_pending', jsonb_build_array(jsonb_build_object('labels', '{}'::jsonb,
      'value', (select count(*) from mobility_v1.changes))),
    'mobility_v1_oldest_change_seconds', jsonb_build_array(jsonb_build_object('labels', '{}'::jsonb,
      'value', (select coalesce(greatest(0, extract(epoch from clock_timestamp() - min(at))), 0)::integer from mobility_v1.changes))),
    'mobility_v1_rejects', (select jsonb_agg(jsonb_build_object('labels', jsonb_build_object('table', t),
        'value', (select count(*) from mobility_v1.rejects r where r."table" = t)))
      from unnest(array['profiles', 'trips', 'matches']) t))
  from mobility_v1.bridge where installed
$$;
comment on function mobility_v1.gauges is 'How much waits to be carried, and how much cannot be.';

revoke all on all functions in schema mobility_v1 from public, anon, authenticated, service_role;

select mobility_v1.install();
