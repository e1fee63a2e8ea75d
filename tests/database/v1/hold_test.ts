import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { openTrip, propose } from "../support/rides.ts";
import { addOldMatch, addOldTrip, bridgeTest, settle } from "./support/v1-database.ts";

async function held(sql: Sql, userIds: readonly string[]): Promise<boolean[]> {
  const rows = await sql<{ held: boolean }[]>`
    select mobility.is_held(id) as held
    from unnest(${[...userIds]}::uuid[]) with ordinality as u (id, n) order by n`;
  return rows.map((row) => row.held);
}

bridgeTest("is_held() nobody for a ride of V1, which V1 goes through with them", async (sql) => {
  const id = await addOldMatch(sql, { status: "accepted" });
  await settle(sql);
  const [match] = await sql<{ driver_user_id: string; passenger_user_id: string; live: boolean }[]>`
    select driver_user_id, passenger_user_id, live from mobility.matches where id = ${id}`;
  assert.ok(match?.live);
  assert.deepEqual(await held(sql, [match.driver_user_id, match.passenger_user_id]), [
    false,
    false,
  ]);
});

bridgeTest("is_held() a driver of V1 in a ride of V2, once it is carried too", async (sql) => {
  const driver = await addOldTrip(sql);
  await settle(sql);
  const passenger = await openTrip(sql, "passenger");
  const match = await propose(sql, { passenger: passenger.id, driver });
  for (const _ of ["before", "after it is in V1"]) {
    assert.deepEqual(await held(sql, [match.driver_user_id, match.passenger_user_id]), [
      true,
      true,
    ]);
    await settle(sql);
  }
});
