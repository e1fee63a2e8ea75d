import { RECORDS } from "./records.ts";
import type { Rule } from "./rule.ts";

/** A trip and the live ride on it agree, seen from either. */
export const MATCHED_WITH_RIDE: Rule = {
  name: "a trip is matched exactly while a live match binds it",
  sql: `
    select t.id || ' is ' || t.status from mobility.trips t
    where t.status = 'matched' and not exists (
      select from mobility.matches m where m.live and t.id in (m.passenger_trip_id, m.driver_trip_id))
    union all
    select t.id || ' is ' || t.status from mobility.matches m
    join mobility.trips t on t.id in (m.passenger_trip_id, m.driver_trip_id)
    where m.live and t.status <> 'matched'`,
};

/** What must hold after every call, whoever the people are. */
export const ALWAYS: readonly Rule[] = [
  {
    name: "a driver is in at most one live match",
    sql: `
      select driver_user_id::text from mobility.matches
      where status in ('pending', 'accepted', 'driver_arrived', 'in_progress')
      group by 1 having count(*) > 1`,
  },
  {
    name: "a passenger is in at most one live match",
    sql: `
      select passenger_user_id::text from mobility.matches
      where status in ('pending', 'accepted', 'driver_arrived', 'in_progress')
      group by 1 having count(*) > 1`,
  },
  MATCHED_WITH_RIDE,
  {
    name: "no unscheduled trip is open beside a ride of the same person and role",
    sql: `
      select t.id::text from mobility.trips t join mobility.trips r using (user_id, role)
      where t.status = 'open' and t.scheduled_for is null
        and r.status = 'matched' and r.scheduled_for is null`,
  },
  {
    name: "a live position exists exactly for each open or matched trip",
    sql: `
      select coalesce(t.id, l.trip_id) || ' is ' || coalesce(t.status, 'unknown')
      from mobility.trips t full join mobility.live_positions l on l.trip_id = t.id
      where coalesce(t.status in ('open', 'matched'), false) <> (l.trip_id is not null)
        or (l.user_id, l.role, l.vehicle_type, l.expires_at)
          <> (t.user_id, t.role, t.vehicle_type, t.expires_at)`,
  },
  {
    name: "only an open trip that is due is available",
    sql: `
      select t.id || ' is ' || t.status from mobility.live_positions l
      join mobility.trips t on t.id = l.trip_id
      where l.available and (t.status <> 'open' or t.scheduled_for > now() + interval '15 minutes')`,
  },
  {
    name: "the events of a match are a path of legal moves to its state",
    sql: `
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
  },
  {
    name: "a match keeps the time of each state it was in, and of no other",
    sql: `
      select m.id::text from mobility.matches m
      where exists (
        select from (values ('accepted', m.accepted_at), ('driver_arrived', m.arrived_at),
          ('in_progress', m.started_at), ('completed', m.completed_at)) s (status, at)
        where (s.at is not null) <> exists (
          select from mobility.match_events e where e.match_id = m.id and e.to_status = s.status))
        or (m.ended_at is null) <> m.live`,
  },
  {
    name: "only a completed match is rated",
    sql: `
      select match_id::text from mobility.ratings r join mobility.matches m on m.id = r.match_id
      where m.status <> 'completed' or r.rater_user_id = r.rated_user_id
        or r.rater_user_id not in (m.driver_user_id, m.passenger_user_id)`,
  },
  {
    name: "a dispatch runs exactly until its end, and for an open passenger trip",
    sql: `
      select d.id || ' is ' || d.status || ' for a trip that is ' || t.status
      from mobility.dispatches d join mobility.trips t on t.id = d.passenger_trip_id
      where (d.status = 'running') <> (d.ended_at is null)
        or d.status = 'running' and (t.status <> 'open' or t.role <> 'passenger')`,
  },
  {
    name: "what is on offer belongs to a running dispatch, and to an open trip of the driver",
    sql: `
      select o.id || ' of a dispatch that is ' || d.status || ' to a trip that is ' || t.status
      from mobility.offers o join mobility.dispatches d on d.id = o.dispatch_id
      join mobility.trips t on t.id = o.driver_trip_id
      where (o.status = 'offered') <> (o.answered_at is null)
        or o.status = 'offered' and (d.status <> 'running' or t.status <> 'open')
        or (o.passenger_trip_id, o.driver_user_id) <> (d.passenger_trip_id, t.user_id)`,
  },
  {
    name: "a driver looks at one offer at a time",
    sql: `
      select driver_user_id::text from mobility.offers where status = 'offered'
      group by 1 having count(*) > 1`,
  },
  {
    name: "an accepted offer is a match, and the dispatch is over by it",
    sql: `
      select o.id || ' of a dispatch that is ' || d.status
      from mobility.offers o join mobility.dispatches d on d.id = o.dispatch_id
      where o.status = 'accepted' and (d.status <> 'taken' or not exists (
          select from mobility.matches m
          where (m.passenger_trip_id, m.driver_trip_id, m.created_at, m.initiated_by)
              = (o.passenger_trip_id, o.driver_trip_id, o.created_at, 'passenger')
            and m.accepted_at = o.answered_at))`,
  },
  ...RECORDS,
];
