-- What was done, by the hour. Counters in Redis are lost with it, and what is told by the clock or in chat passes
-- no counter at all; these are counted from the rows themselves, again and again, so that a run that was late, was
-- left out or ran twice makes no difference. A number only grows: rows that are deleted were counted.

create table mobility.hourly_totals (
  -- In UTC. All that is older than mobility.hours_kept() is added up under -infinity.
  hour timestamptz not null,
  -- As it is called in the metrics; of a histogram, its _bucket, _sum and _count.
  metric text not null,
  labels jsonb not null default '{}',
  value double precision not null,
  primary key (hour, metric, labels)
);
comment on table mobility.hourly_totals is 'Counters by the hour; the sum of all hours is what the metrics show.';
alter table mobility.hourly_totals enable row level security;
create policy hourly_totals_service_only on mobility.hourly_totals for all to service_role using (true) with check (true);

create index trips_created on mobility.trips (created_at);
create index matches_accepted on mobility.matches (accepted_at) where accepted_at is not null;
create index matches_ended on mobility.matches (ended_at) where ended_at is not null;
create index offers_answered on mobility.offers (answered_at) where answered_at is not null;

-- For how long hours are kept apart. Only longer ones are added up, and only shorter ones are counted again.
create function mobility.hours_kept() returns interval
language sql immutable parallel safe
set search_path = ''
as $$ select interval '7 days' $$;
comment on function mobility.hours_kept is 'For how long totals are kept by the hour.';

create function mobility.hour_of(p_at timestamptz) returns timestamptz
language sql immutable parallel safe
set search_path = ''
as $$ select date_trunc('hour', p_at, 'UTC') $$;
comment on function mobility.hour_of is 'The hour of a time, in UTC.';

-- The bounds of a histogram's buckets, in seconds.
create function mobility.bucket_bounds(p_metric text) returns double precision[]
language sql immutable parallel safe
set search_path = ''
as $$
  select case p_metric
    -- An offer stands for 30 seconds unless told otherwise, at most 300.
    when 'mobility_offer_response_seconds' then '{1,2,5,10,15,20,30,45,60,120,300,Infinity}'::double precision[]
    when 'mobility_time_to_match_seconds' then '{5,10,20,30,60,120,180,300,600,900,1800,3600,Infinity}'::double precision[]
  end
$$;
comment on function mobility.bucket_bounds is 'The bounds of a histogram''s buckets, in seconds.';

-- Everything that the rows tell of the hours from p_since. (A function of ours for each row would take longer than all
-- of the rest.)
create function mobility.count_hours(p_since timestamptz)
returns table (hour timestamptz, metric text, labels jsonb, value double precision)
language sql stable
set search_path = ''
as $$
  with observed as materialized (
    select date_trunc('hour', o.answered_at, 'UTC') as hour, 'mobility_offer_response_seconds' as metric,
      extract(epoch from o.answered_at - o.created_at)::double precision as seconds
    from mobility.offers o where o.answered_at >= p_since and o.status = 'accepted'
    union all
    -- Of each trip the first time; a booking waits from when it is looked for.
    select date_trunc('hour', m.accepted_at, 'UTC'), 'mobility_time_to_match_seconds',
      greatest(0, extract(epoch from m.accepted_at - case when t.scheduled_for is null then t.created_at
        else greatest(t.created_at, t.scheduled_for - mobility.schedule_lead()) end))::double precision
    from mobility.matches m join mobility.trips t on t.id = m.passenger_trip_id
    where m.accepted_at >= p_since and not exists (
      select 1 from mobility.matches e
      where e.passenger_trip_id = m.passenger_trip_id and e.accepted_at < m.accepted_at)
  ),
  -- How many bounds an observation is beyond; a time is exact to the microsecond.
  slot as materialized (
    select o.hour, o.metric, width_bucket(o.seconds - 0.000001, h.bounds) as beyond,
      count(*) as times, sum(o.seconds) as seconds
    from (
      select metric, mobility.bucket_bounds(metric) as bounds
      from unnest('{mobility_offer_response_seconds,mobility_time_to_match_seconds}'::text[]) metric offset 0
    ) h
    join observed o on o.metric = h.metric group by 1, 2, 3
  )
  select date_trunc('hour', m.ended_at, 'UTC'), 'mobility_rides_total',
    jsonb_build_object('vehicle_type', t.vehicle_type, 'outcome', m.status), count(*)::double precision
  from mobility.matches m join mobility.trips t on t.id = m.passenger_trip_id
  where m.ended_at >= p_since group by 1, t.vehicle_type, m.status
  union all
  select date_trunc('hour', t.created_at, 'UTC'), 'mobility_trips_created_total',
    jsonb_build_object('role', t.role, 'vehicle_type', t.vehicle_type), count(*)
  from mobility.trips t where t.created_at >= p_since group by 1, t.role, t.vehicle_type
  union all
  select date_trunc('hour', o.answered_at, 'UTC'), 'mobility_offers_total', jsonb_build_object('outcome', o.status), count(*)
  from mobility.offers o where o.answered_at >= p_since group by 1, o.status
  union all
  select s.hour, s.metric || '_bucket',
    jsonb_build_object('le', case b.bound when 'Infinity' then '+Inf' else b.bound::text end),
    coalesce(sum(s.times) filter (where s.beyond < b.nth), 0)
  from slot s cross join unnest(mobility.bucket_bounds(s.metric)) with ordinality b (bound, nth)
  group by s.hour, s.metric, b.bound
  union all
  select s.hour, s.metric || '_sum', '{}', sum(s.seconds) from slot s group by s.hour, s.metric
  union all
  select s.hour, s.metric || '_count', '{}', sum(s.times) from slot s group by s.hour, s.metric
$$;
comment on function mobility.count_hours is 'What the rows tell of the hours since then.';

-- Every series there can be, at nothing: a counter that begins with its first event has no rate for that event.
create function mobility.empty_totals() returns table (metric text, labels jsonb)
language sql stable
set search_path = ''
as $$
  select 'mobility_rides_total', jsonb_build_object('vehicle_type', v.code, 'outcome', outcome)
  from mobility.vehicle_types v,
    unnest('{completed,declined,expired,cancelled_driver,cancelled_passenger}'::text[]) outcome
  union all
  select 'mobility_trips_created_total', jsonb_build_object('role', role, 'vehicle_type', v.code)
  from mobility.vehicle_types v, unnest('{driver,passenger}'::text[]) role
  union all
  select 'mobility_offers_total', jsonb_build_object('outcome', outcome)
  from unnest('{accepted,declined,expired,taken,cancelled,withdrawn}'::text[]) outcome
  union all
  select h.metric || p.part, p.labels
  from unnest('{mobility_offer_response_seconds,mobility_time_to_match_seconds}'::text[]) h (metric),
    lateral (
      select '_bucket', jsonb_build_object('le', case b.bound when 'Infinity' then '+Inf' else b.bound::text end)
      from unnest(mobility.bucket_bounds(h.metric)) b (bound)
      union all values ('_sum', '{}'::jsonb), ('_count', '{}')
    ) p (part, labels)
$$;
comment on function mobility.empty_totals is 'Every series of the totals.';
