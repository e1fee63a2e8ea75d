-- What rides' times teach about the road, and how far predictions were off.

-- Predictions are made when a ride is accepted and when it starts; what it took is in its stamps.
alter table mobility.matches
  add column predicted_pickup_s integer check (predicted_pickup_s >= 0),
  add column predicted_ride_s integer check (predicted_ride_s >= 0);

-- How much longer (above 1) or shorter a way takes than the plain estimate: learnt from finished rides, by cell
-- of 0.05 degrees (some 5 km), vehicle and hour of the day in UTC. Cell and hour -1 are the whole city and day.
create table mobility.pace_factors (
  vehicle_type text not null references mobility.vehicle_types (code),
  cell_lat integer not null,
  cell_lng integer not null,
  hour integer not null check (hour between -1 and 23),
  factor real not null check (factor between 0.2 and 5),
  rides integer not null check (rides > 0),
  updated_at timestamptz not null default now(),
  primary key (vehicle_type, cell_lat, cell_lng, hour)
);
comment on table mobility.pace_factors is 'What finished rides teach about travel times.';
alter table mobility.pace_factors enable row level security;
create policy pace_factors_are_public on mobility.pace_factors for select to authenticated using (true);
grant select on mobility.pace_factors to authenticated, service_role;

-- The factors of an hour, by vehicle: {"city": factor, "<cell_lat>:<cell_lng>": factor}. A cell's is drawn
-- towards its city's by ten rides' weight, and the city's towards 1 likewise (a Bayesian average, as in the ranking).
create function mobility.paces_at(p_at timestamptz) returns table (vehicle_type text, pace jsonb)
language sql stable
set search_path = ''
as $$
  select c.vehicle_type, jsonb_build_object('city', round(c.factor, 3)) || coalesce((
    select jsonb_object_agg(f.cell_lat || ':' || f.cell_lng,
      round((f.rides * f.factor::numeric + 10 * c.factor) / (f.rides + 10), 3))
    from mobility.pace_factors f
    where f.vehicle_type = c.vehicle_type and f.hour = extract(hour from p_at at time zone 'UTC')), '{}')
  from (
    select f.vehicle_type, (f.rides * f.factor::numeric + 10) / (f.rides + 10) as factor
    from mobility.pace_factors f where f.hour = -1
  ) c
$$;
comment on function mobility.paces_at is 'What was learnt about travel times, by vehicle, for an hour.';

-- Searches read the vehicle anyway: what was learnt for this hour is kept with it, and looked up in no time. (A
-- look into pace_factors made a search take a quarter longer.)
alter table mobility.vehicle_types add column pace jsonb not null default '{}';

-- Brings the vehicles' paces up to date, for the sweep; how many changed. Waits for nobody.
create function mobility.refresh_paces(p_at timestamptz default now()) returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_changed integer;
begin
  with due as materialized (
    select v.code, p.pace from mobility.vehicle_types v
    join mobility.paces_at(p_at) p on p.vehicle_type = v.code
    where v.pace <> p.pace for no key update of v skip locked
  )
  update mobility.vehicle_types v set pace = d.pace from due d where d.code = v.code;
  get diagnostics v_changed = row_count;
  return v_changed;
end
$$;
comment on function mobility.refresh_paces is 'Brings the vehicles'' paces up to date.';

-- How much longer a way takes there than the plain estimate, in this hour.
create function mobility.pace_factor(v mobility.vehicle_types, p_lat double precision, p_lng double precision)
returns real
language plpgsql immutable
set search_path = ''
as $$
begin
  return coalesce(v.pace ->> (floor(p_lat * 20)::integer || ':' || floor(p_lng * 20)::integer), v.pace ->> 'city', '1')::real;
end
$$;
comment on function mobility.pace_factor is 'How much longer a way takes there than the plain estimate.';

-- A vehicle's pace for ETAs, at a place and now: {speed_mps, road_factor}; what was learnt is in the speed.
create function mobility.pace_json(v mobility.vehicle_types, p_lat double precision, p_lng double precision) returns jsonb
language plpgsql immutable
set search_path = ''
as $$
begin
  return jsonb_build_object('speed_mps', v.speed_mps / mobility.pace_factor(v, p_lat, p_lng), 'road_factor', v.road_factor);
end
$$;
comment on function mobility.pace_json is 'A vehicle''s pace at a place and time.';

-- Seconds between two points by the plain estimate: great circle, road factor, speed.
create function mobility.plain_eta_s(
  v mobility.vehicle_types, p_lat_a double precision, p_lng_a double precision,
  p_lat_b double precision, p_lng_b double precision
) returns double precision
language sql immutable
set search_path = ''
as $$ select mobility.distance_m(p_lat_a, p_lng_a, p_lat_b, p_lng_b) * v.road_factor / v.speed_mps $$;
comment on function mobility.plain_eta_s is 'Seconds by great circle, road factor and speed.';

-- One more ride's lesson. Old ones fade: the weight of one never falls below a fiftieth.
create function mobility.learn_pace(
  p_vehicle_type text, p_lat double precision, p_lng double precision, p_at timestamptz, p_ratio double precision
) returns void
language sql
set search_path = ''
as $$
  insert into mobility.pace_factors as f (vehicle_type, cell_lat, cell_lng, hour, factor, rides)
  select p_vehicle_type, c.cell_lat, c.cell_lng, c.hour, r.ratio, 1
  from (values
    (-1, -1, -1),
    (floor(p_lat * 20)::integer, floor(p_lng * 20)::integer,
      extract(hour from p_at at time zone 'UTC')::integer)
  ) as c (cell_lat, cell_lng, hour)
  cross join (select least(5, greatest(0.2, p_ratio))::real as ratio) r
  order by c.cell_lat, c.cell_lng, c.hour
  on conflict (vehicle_type, cell_lat, cell_lng, hour) do update set
    factor = least(5, greatest(0.2, f.factor + (excluded.factor - f.factor) / least(f.rides + 1, 50))),
    rides = f.rides + 1, updated_at = now()
$$;
comment on function mobility.learn_pace is 'Learns from one finished way how long such ways take.';

-- Predicts on acceptance and start, and learns on arrival and completion. Ways under 300 m teach nothing, nor do
-- those that took longer than two hours: somebody forgot to press a button.
create function mobility.time_ride() returns trigger
language plpgsql
set search_path = ''
as $$
declare
  t mobility.trips;
  v mobility.vehicle_types;
  l mobility.live_positions;
  v_plain_s double precision;
begin
  if new.status not in ('accepted', 'driver_arrived', 'in_progress', 'completed') or new.status = old.status then
    return new;
  end if;
  select * into t from mobility.trips where id = new.passenger_trip_id;
  select * into v from mobility.vehicle_types where code = t.vehicle_type;
  if new.status = 'accepted' then
    select * into l from mobility.live_positions
    where role = 'driver' and vehicle_type = t.vehicle_type and trip_id = new.driver_trip_id;
    v_plain_s := mobility.plain_eta_s(v, l.lat, l.lng, t.pickup_lat, t.pickup_lng);
    new.predicted_pickup_s := v_plain_s * mobility.pace_factor(v, t.pickup_lat, t.pickup_lng);
  elsif new.status = 'in_progress' and t.dropoff_lat is not null then
    v_plain_s := mobility.plain_eta_s(v, t.pickup_lat, t.pickup_lng, t.dropoff_lat, t.dropoff_lng);
    new.predicted_ride_s := v_plain_s * mobility.pace_factor(v, t.pickup_lat, t.pickup_lng);
  elsif new.status = 'completed' and t.dropoff_lat is not null
    and mobility.distance_m(t.pickup_lat, t.pickup_lng, t.dropoff_lat, t.dropoff_lng) > 300
    and new.completed_at - new.started_at between interval '30 seconds' and interval '2 hours' then
    v_plain_s := mobility.plain_eta_s(v, t.pickup_lat, t.pickup_lng, t.dropoff_lat, t.dropoff_lng);
    perform mobility.learn_pace(v.code, t.pickup_lat, t.pickup_lng, new.started_at,
      extract(epoch from new.completed_at - new.started_at) / v_plain_s);
  end if;
  return new;
end
$$;
comment on function mobility.time_ride is 'Predicts the times of a ride and learns from them.';
create trigger time_ride before update of status on mobility.matches
  for each row execute function mobility.time_ride();

-- How far the predictions of the last p_hours were off, by leg and vehicle: {leg, vehicle_type, rides, mean_error_s
-- (positive: it took longer), mean_abs_error_s, p90_abs_error_s}.
create function public.eta_accuracy(p_hours integer default 24) returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(a) order by a.leg, a.vehicle_type), '[]')
  from (
    select e.leg, e.vehicle_type, count(*) as rides, round(avg(e.error_s))::integer as mean_error_s,
      round(avg(abs(e.error_s)))::integer as mean_abs_error_s,
      round(percentile_cont(0.9) within group (order by abs(e.error_s)))::integer as p90_abs_error_s
    from (
      select 'pickup' as leg, t.vehicle_type, extract(epoch from m.arrived_at - m.accepted_at) - m.predicted_pickup_s as error_s
      from mobility.matches m join mobility.trips t on t.id = m.passenger_trip_id
      where m.arrived_at > now() - make_interval(hours => p_hours) and m.predicted_pickup_s is not null
      union all
      select 'ride', t.vehicle_type, extract(epoch from m.completed_at - m.started_at) - m.predicted_ride_s
      from mobility.matches m join mobility.trips t on t.id = m.passenger_trip_id
      where m.completed_at > now() - make_interval(hours => p_hours) and m.predicted_ride_s is not null
    ) e
    group by e.leg, e.vehicle_type
  ) a
$$;
comment on function public.eta_accuracy is 'How far predictions were off: [{leg, vehicle_type, rides, errors}].';
revoke all on function public.eta_accuracy from public, anon, authenticated;
grant execute on function public.eta_accuracy to service_role;
create index matches_arrived on mobility.matches (arrived_at) where arrived_at is not null;
create index matches_completed on mobility.matches (completed_at) where completed_at is not null;
