import type { Rule } from "./rule.ts";

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

/** The records that people had before the first event, in a table with the columns of `user_metrics`, and what came since. */
function countedSince(past: string): string {
  return `
    select user_id, role, sum(offers_accepted) as offers_accepted, sum(offers_declined) as offers_declined,
      sum(offers_expired) as offers_expired, sum(response_ms_total) as response_ms_total,
      sum(rides_completed) as rides_completed, sum(rides_cancelled) as rides_cancelled,
      sum(rating_total) as rating_total, sum(rating_count) as rating_count
    from (
      ${COUNTED}
      union all
      select user_id, role, offers_accepted, offers_declined, offers_expired, response_ms_total, rides_completed,
        rides_cancelled, rating_total, rating_count
      from ${past}
    ) p
    group by user_id, role`;
}

/** Everybody's record equals the log; `past` names a table of the records that were there before it. */
export function recordsAreTheLog({ past }: { readonly past?: string } = {}): Rule {
  const counted = past === undefined ? COUNTED : countedSince(past);
  return {
    name: "the counts of everybody are what events and ratings say",
    sql: `
  select format('%s %s: counted %s, kept %s', coalesce(c.user_id, k.user_id), coalesce(c.role, k.role), c, k) from (${counted}) c
  full join (
    select user_id, role, offers_accepted, offers_declined, offers_expired, response_ms_total,
      rides_completed, rides_cancelled, rating_total, rating_count from mobility.user_metrics
  ) k using (user_id, role)
  where (c.offers_accepted, c.offers_declined, c.offers_expired, c.response_ms_total,
      c.rides_completed, c.rides_cancelled, c.rating_total, c.rating_count)
    is distinct from (k.offers_accepted, k.offers_declined, k.offers_expired, k.response_ms_total,
      k.rides_completed, k.rides_cancelled, k.rating_total, k.rating_count)`,
  };
}

/** What is kept of everybody, and its copy that searches read, equal the log. */
export const RECORDS: readonly Rule[] = [
  recordsAreTheLog(),
  {
    name: "the copy that searches read is what the counts say",
    sql: `
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
    'total_trips', coalesce(c.rides_completed, 0))`,
  },
];
