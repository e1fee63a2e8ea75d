import type { Connection } from "./rides.ts";

/** What must hold after every call, as a query that gives a row for each breach. */
const INVARIANTS: Readonly<Record<string, string>> = {
  "a driver is in at most one live match": `
    select driver_user_id::text from mobility.matches
    where status in ('pending', 'accepted', 'driver_arrived', 'in_progress')
    group by 1 having count(*) > 1`,
  "a passenger is in at most one live match": `
    select passenger_user_id::text from mobility.matches
    where status in ('pending', 'accepted', 'driver_arrived', 'in_progress')
    group by 1 having count(*) > 1`,
  "a trip is matched exactly while a live match binds it": `
    select t.id || ' is ' || t.status from mobility.trips t
    where (t.status = 'matched') <> exists (
      select from mobility.matches m
      where t.id in (m.passenger_trip_id, m.driver_trip_id)
        and m.status in ('pending', 'accepted', 'driver_arrived', 'in_progress'))`,
  "no unscheduled trip is open beside a ride of the same person and role": `
    select t.id::text from mobility.trips t join mobility.trips r using (user_id, role)
    where t.status = 'open' and t.scheduled_for is null
      and r.status = 'matched' and r.scheduled_for is null`,
  "a live position exists exactly for each open or matched trip": `
    select coalesce(t.id, l.trip_id) || ' is ' || coalesce(t.status, 'unknown')
    from mobility.trips t full join mobility.live_positions l on l.trip_id = t.id
    where coalesce(t.status in ('open', 'matched'), false) <> (l.trip_id is not null)
      or (l.user_id, l.role, l.vehicle_type, l.expires_at)
        <> (t.user_id, t.role, t.vehicle_type, t.expires_at)`,
  "only an open trip that is due is available": `
    select t.id || ' is ' || t.status from mobility.live_positions l
    join mobility.trips t on t.id = l.trip_id
    where l.available and (t.status <> 'open' or t.scheduled_for > now() + interval '15 minutes')`,
  "the events of a match are a path of legal moves to its state": `
    select m.id || ': ' || coalesce(string_agg(e.to_status, ' ' order by e.id), 'no events')
    from mobility.matches m left join (
      select *, lag(to_status) over (partition by match_id order by id) as came_from
      from mobility.match_events
    ) e on e.match_id = m.id
    group by m.id
    having bool_or(e.came_from is distinct from e.from_status)
      or bool_or(case when e.from_status is null then (e.to_status, e.actor) <> ('pending', m.initiated_by)
        else not exists (select from mobility.match_transitions r
          where (r.from_status, r.to_status, r.actor) = (e.from_status, e.to_status, e.actor)) end)
      or count(*) filter (where e.from_status is null) <> 1
      or (array_agg(e.to_status order by e.id desc))[1] <> m.status`,
  "a match keeps the time of each state it was in, and of no other": `
    select m.id::text from mobility.matches m
    where exists (
      select from (values ('accepted', m.accepted_at), ('driver_arrived', m.arrived_at),
        ('in_progress', m.started_at), ('completed', m.completed_at)) s (status, at)
      where (s.at is not null) <> exists (
        select from mobility.match_events e where e.match_id = m.id and e.to_status = s.status))
      or (m.ended_at is null) <> m.live`,
  "only a completed match is rated": `
    select match_id::text from mobility.ratings r join mobility.matches m on m.id = r.match_id
    where m.status <> 'completed' or r.rater_user_id = r.rated_user_id
      or r.rater_user_id not in (m.driver_user_id, m.passenger_user_id)`,
  "a dispatch runs exactly until its end, and for an open passenger trip": `
    select d.id || ' is ' || d.status || ' for a trip that is ' || t.status
    from mobility.dispatches d join mobility.trips t on t.id = d.passenger_trip_id
    where (d.status = 'running') <> (d.ended_at is null)
      or d.status = 'running' and (t.status <> 'open' or t.role <> 'passenger')`,
  "what is on offer belongs to a running dispatch, and to an open trip of the driver": `
    select o.id || ' of a dispatch that is ' || d.status || ' to a trip that is ' || t.status
    from mobility.offers o join mobility.dispatches d on d.id = o.dispatch_id
    join mobility.trips t on t.id = o.driver_trip_id
    where (o.status = 'offered') <> (o.answered_at is null)
      or o.status = 'offered' and (d.status <> 'running' or t.status <> 'open')
      or (o.passenger_trip_id, o.driver_user_id) <> (d.passenger_trip_id, t.user_id)`,
  "a driver looks at one offer at a time": `
    select driver_user_id::text from mobility.offers where status = 'offered'
    group by 1 having count(*) > 1`,
  "an accepted offer is a match, and the dispatch is over by it": `
    select o.id || ' of a dispatch that is ' || d.status
    from mobility.offers o join mobility.dispatches d on d.id = o.dispatch_id
    where o.status = 'accepted' and (d.status <> 'taken' or not exists (
        select from mobility.matches m
        where (m.passenger_trip_id, m.driver_trip_id, m.created_at, m.initiated_by)
            = (o.passenger_trip_id, o.driver_trip_id, o.created_at, 'passenger')
          and m.accepted_at = o.answered_at))`,
};

/** Everybody's counts worked out anew from the events and the ratings. */
const COUNTED = `
  select user_id, role, sum((what = 'accepted')::int) as offers_accepted,
    sum((what = 'declined')::int) as offers_declined, sum((what = 'expired')::int) as offers_expired,
    sum(response_ms) as response_ms_total, sum((what = 'completed')::int) as rides_completed,
    sum((what = 'cancelled')::int) as rides_cancelled, sum(rating) as rating_total,
    sum((what = 'rated')::int) as rating_count
  from (
    select a.user_id, a.role, e.to_status as what, 0 as rating,
      case when e.to_status = 'expired' then 0
        else (extract(epoch from e.at - m.created_at) * 1000)::bigint end as response_ms
    from mobility.match_events e join mobility.matches m on m.id = e.match_id,
      lateral (select case m.initiated_by when 'driver' then m.passenger_user_id else m.driver_user_id end,
        case m.initiated_by when 'driver' then 'passenger' else 'driver' end) a (user_id, role)
    where e.from_status = 'pending' and e.to_status in ('accepted', 'declined', 'expired')
    union all
    select s.user_id, s.role, 'completed', 0, 0
    from mobility.match_events e join mobility.matches m on m.id = e.match_id,
      lateral (values (m.driver_user_id, 'driver'), (m.passenger_user_id, 'passenger')) s (user_id, role)
    where e.to_status = 'completed'
    union all
    select case e.actor when 'driver' then m.driver_user_id else m.passenger_user_id end, e.actor,
      'cancelled', 0, 0
    from mobility.match_events e join mobility.matches m on m.id = e.match_id
    where e.to_status like 'cancelled%' and e.from_status <> 'pending' and e.actor <> 'system'
    union all
    select driver_user_id, 'driver', status, 0, case status when 'expired' then 0
      else (extract(epoch from answered_at - created_at) * 1000)::bigint end
    from mobility.offers where status in ('declined', 'expired')
    union all
    select rated_user_id, case rater_role when 'driver' then 'passenger' else 'driver' end, 'rated', rating, 0
    from mobility.ratings
  ) happened
  group by user_id, role`;

const METRICS = `
  select format('%s %s: counted %s, kept %s', c.user_id, c.role, c, k) from (${COUNTED}) c
  full join (
    select user_id, role, offers_accepted, offers_declined, offers_expired, response_ms_total,
      rides_completed, rides_cancelled, rating_total, rating_count from mobility.user_metrics
  ) k using (user_id, role)
  where (c.offers_accepted, c.offers_declined, c.offers_expired, c.response_ms_total,
      c.rides_completed, c.rides_cancelled, c.rating_total, c.rating_count)
    is distinct from (k.offers_accepted, k.offers_declined, k.offers_expired, k.response_ms_total,
      k.rides_completed, k.rides_cancelled, k.rating_total, k.rating_count)`;

const COPIES = `
  select l.trip_id || ': ' || l.standing from mobility.live_positions l
  left join (${COUNTED}) c on c.user_id = l.user_id and c.role = l.role
  where l.standing::jsonb <> jsonb_build_object(
    'rating', round(c.rating_total::numeric / nullif(c.rating_count, 0), 2),
    'rating_count', coalesce(c.rating_count, 0),
    'acceptance_rate', round(c.offers_accepted::numeric
      / nullif(c.offers_accepted + c.offers_declined + c.offers_expired, 0), 3),
    'offer_count', coalesce(c.offers_accepted + c.offers_declined + c.offers_expired, 0),
    'completion_rate',
      round(c.rides_completed::numeric / nullif(c.rides_completed + c.rides_cancelled, 0), 3),
    'match_count', coalesce(c.rides_completed + c.rides_cancelled, 0),
    'total_trips', coalesce(c.rides_completed, 0))`;

/** The one statement that asks for every breach. */
const ALL = Object.entries({
  ...INVARIANTS,
  "the counts of everybody are what events and ratings say": METRICS,
  "the copy that searches read is what the counts say": COPIES,
}).map(([name, query]) => `select '${name}' as name, breach from (${query}) b (breach)`)
  .join("\nunion all\n");

/** What is broken in the database, in words; empty when all is well. */
export async function breaches(sql: Connection): Promise<string[]> {
  const rows = await sql.unsafe<{ name: string; breach: string }[]>(ALL);
  return rows.map(({ name, breach }) => `${name}: ${breach}`);
}
