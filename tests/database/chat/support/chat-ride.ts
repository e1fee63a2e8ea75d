import assert from "node:assert/strict";
import {
  advance,
  type Connection,
  type Match,
  openTrip,
  propose,
  type Side,
} from "../../support/rides.ts";
import { newPerson, type Person } from "./people.ts";
import { forgetSaid } from "./said.ts";

/** Two people in chat and what binds them. */
export interface ChatRide {
  readonly passenger: Person;
  readonly driver: Person;
  readonly match: Match;
  readonly pin: string;
}

const STATES = ["pending", "accepted", "driver_arrived", "in_progress", "completed"];
const PATH = ["accept", "arrive", "start", "complete"];

/** Where the ride of `chatRide` goes to. */
export const DROPOFF = { lat: -1.96, lng: 30.1 };

/** A passenger and a driver who have written, in a ride of that state. What was said on the way is forgotten. */
export async function chatRide(
  sql: Connection,
  state: string,
  options: { readonly initiated_by?: Side; readonly dropoff?: boolean } = {},
): Promise<ChatRide> {
  const { initiated_by = "passenger", dropoff = true } = options;
  const passenger = await newPerson(sql, "Aline");
  const driver = await newPerson(sql, "Eric");
  await sql`insert into mobility.vehicles values (${driver.user_id}, 'moto', 'RA 123 B')`;
  const wish = { user_id: passenger.user_id, ...(dropoff ? { dropoff: DROPOFF } : {}) };
  const match = await propose(sql, {
    passenger: (await openTrip(sql, "passenger", wish)).id,
    driver: (await openTrip(sql, "driver", { user_id: driver.user_id })).id,
    initiated_by,
  });
  const pin = match.pin ?? "";
  assert.ok(STATES.includes(state));
  for (const action of PATH.slice(0, STATES.indexOf(state))) {
    await advance(sql, { match: match.id, action, pin });
  }
  await forgetSaid(sql);
  return { passenger, driver, match, pin };
}
