import assert from "node:assert/strict";
import { outcomeOf } from "../../support/outcome.ts";
import type { Connection, Trip } from "../../support/rides.ts";
import { commands, type Person, tasksOf } from "./people.ts";
import { kindsTo } from "./said.ts";

/** A command as the chat gives it. */
export type Command = Parameters<typeof commands>[2];

/** Where these trips begin. */
export const PICKUP = { lat: -1.95, lng: 30.06 };
/** A passenger's wish for a moto. */
export const OPEN = {
  name: "open_trip",
  role: "passenger",
  vehicle_type: "moto",
  pickup: PICKUP,
  expires_in_s: 1800,
};

/** The code a command of a person is refused with, and that it left no word and no task behind. */
export async function refusal(sql: Connection, person: Person, command: Command): Promise<string> {
  const before = [await kindsTo(sql, person.user_id), await tasksOf(sql, person.user_id)];
  const { code } = await outcomeOf(commands(sql, person, command));
  assert.deepEqual(
    [await kindsTo(sql, person.user_id), await tasksOf(sql, person.user_id)],
    before,
  );
  await sql`update mobility.inbox set done_at = now() where done_at is null`;
  return code;
}

/** Opens a trip as a passenger, unless told otherwise. */
export async function opens(
  sql: Connection,
  person: Person,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<{ trip: Trip; replaced_trip_id: string | null }> {
  return await commands(sql, person, { ...OPEN, ...changes });
}

/** What was said, without when. */
export function plain(said: readonly { kind: string; params: unknown }[]): [string, unknown][] {
  return said.map(({ kind, params }) => [kind, params]);
}
