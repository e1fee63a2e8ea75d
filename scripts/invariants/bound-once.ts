import type { Rule } from "./rule.ts";

/** Holds where nobody is both a driver and a passenger: the indexes forbid it on each side alone. */
export const NOBODY_TWICE: Rule = {
  name: "nobody is in two live rides, on whichever side",
  sql: `
    select person::text from (
      select driver_user_id as person from mobility.matches where live
      union all select passenger_user_id from mobility.matches where live) p
    group by person having count(*) > 1`,
};

/** People and trips are bound by one ride at a time. */
export const BOUND_ONCE: readonly Rule[] = [
  NOBODY_TWICE,
  {
    name: "no trip is bound twice",
    sql: `
      select trip::text from (
        select driver_trip_id as trip from mobility.matches where live
        union all select passenger_trip_id from mobility.matches where live) t
      group by trip having count(*) > 1`,
  },
  {
    name: "a trip is completed by one ride",
    sql: `
      select trip::text from (
        select driver_trip_id as trip from mobility.matches where status = 'completed'
        union all select passenger_trip_id from mobility.matches where status = 'completed') t
      group by trip having count(*) > 1`,
  },
];
