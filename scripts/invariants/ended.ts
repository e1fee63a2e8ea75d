import type { Rule } from "./rule.ts";

/** What must hold when everybody is home: all that was begun has come to an end. */
export const ENDED: readonly Rule[] = [
  {
    name: "no ride is stuck",
    sql:
      `select id || ' is ' || status || ' since ' || updated_at from mobility.matches where live`,
  },
  {
    name: "no search is stuck",
    sql: `
      select id || ' is ' || status from mobility.dispatches where status = 'running'
      union all select id || ' is ' || status from mobility.offers where status = 'offered'
      union all select id || ' is ' || status from mobility.trips
      where role = 'passenger' and status in ('open', 'matched')`,
  },
];
