import assert from "node:assert/strict";
import {
  createDatabase,
  databaseTest,
  hasDatabase,
  type TestDatabase,
} from "../../../support/database.ts";
import { breaches } from "../../../../scripts/invariants/breaches.ts";
import type { Connection } from "../../support/rides.ts";
import { checkSaid } from "./said.ts";

/** Emptied before each test, those that others refer to last. */
const TABLES = [
  "ratings",
  "sos_alerts",
  "offers",
  "dispatches",
  "matches",
  "live_positions",
  "trips",
  "profiles",
  "tariffs",
  "deliveries",
  "handed_over",
  "idempotency_keys",
];

/** Motorcycle taxis: 300 RWF up to 2 km, then 107 a km. */
const TARIFF = `
  insert into mobility.tariffs (vehicle_type, valid_from, currency, base_amount, base_distance_m, per_km, source)
  values ('moto', '2022-01-01', 'RWF', 300, 2000, 107, 'test')`;

/** Forgets everybody and everything they did. */
export async function emptyChat(sql: Connection): Promise<void> {
  await sql.unsafe([
    ...TABLES.map((table) => `delete from mobility.${table}`),
    "update mobility.sending_rate set per_second = 60, next_slot_at = now()",
    TARIFF,
  ].join(";"));
}

/**
 * A test of the chat on the file's database, emptied before it. Whatever it does, everything that was said
 * can be put into words afterwards, and no invariant is broken.
 */
export function chatTest(name: string, test: (database: TestDatabase) => Promise<void>): void {
  databaseTest(name, async (database) => {
    const { sql } = database;
    await emptyChat(sql);
    await test(database);
    await checkAfterwards(database);
  });
}

/** The same on a database of its own with so many connections. */
export function chatRace(
  name: string,
  connections: number,
  race: (database: TestDatabase) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore: !hasDatabase,
    fn: async () => {
      await using database = await createDatabase({ connections });
      await race(database);
      await checkAfterwards(database);
    },
  });
}

async function checkAfterwards({ sql }: TestDatabase): Promise<void> {
  await checkSaid(sql);
  assert.deepEqual(await breaches(sql), []);
}
