import assert from "node:assert/strict";
import postgres from "postgres";
import { databaseTest } from "../../support/database.ts";
import { codeOf } from "../support/outcome.ts";
import { inSeconds, ping } from "../support/positions.ts";
import { advance, type Connection, rideIn } from "../support/rides.ts";
import { letTimePass, snapshot } from "../support/trip-state.ts";

/** A ride accepted ten minutes ago whose driver was seen so far from the pickup, so long ago. */
async function acceptedRide(
  sql: Connection,
  seen: { metres: number; seconds_ago: number; accuracy_m?: number },
): Promise<string> {
  const match = await rideIn(sql, "accepted");
  await letTimePass(sql, 600);
  const [answer] = await ping(sql, [{
    trip_id: match.driver_trip_id,
    lat: -1.95 + seen.metres / 111_195,
    lng: 30.06,
    recorded_at: inSeconds(-seen.seconds_ago),
    ...(seen.accuracy_m === undefined ? {} : { accuracy_m: seen.accuracy_m }),
  }]);
  assert.equal(answer?.accepted, true);
  return match.id;
}

databaseTest(
  "advance_match() refuses an arrival beyond 500 m, says how far, and changes nothing",
  async ({ sql }) => {
    const match = await acceptedRide(sql, { metres: 800, seconds_ago: 5 });
    const before = await snapshot(sql);
    await assert.rejects(advance(sql, { match, action: "arrive" }), (error) => {
      assert.ok(error instanceof postgres.PostgresError);
      assert.deepEqual([error.code, error.message], ["PT409", "TOO_FAR_FROM_PICKUP"]);
      assert.deepEqual(JSON.parse(error.hint ?? ""), { distance_m: 800, radius_m: 500 });
      return true;
    });
    assert.equal(await snapshot(sql), before);
  },
);

databaseTest(
  "advance_match() lets a driver arrive who is there, or of whom nothing fresh is known",
  async ({ sql }) => {
    const cases: [string, string, { metres: number; seconds_ago: number; accuracy_m?: number }][] =
      [
        ["ok", "at the pickup", { metres: 0, seconds_ago: 0 }],
        ["ok", "within the radius", { metres: 499, seconds_ago: 5 }],
        ["TOO_FAR_FROM_PICKUP", "beyond it", { metres: 502, seconds_ago: 5 }],
        ["TOO_FAR_FROM_PICKUP", "a minute ago", { metres: 900, seconds_ago: 100 }],
        ["ok", "longer ago", { metres: 900, seconds_ago: 130 }],
        ["ok", "as far off as the phone says it may be", {
          metres: 900,
          seconds_ago: 5,
          accuracy_m: 450,
        }],
        ["TOO_FAR_FROM_PICKUP", "farther", { metres: 900, seconds_ago: 5, accuracy_m: 350 }],
      ];
    for (const [code, what, seen] of cases) {
      const match = await acceptedRide(sql, seen);
      assert.equal(await codeOf(advance(sql, { match, action: "arrive" })), code, what);
    }
  },
);

databaseTest(
  "advance_match() believes who has shared no position since the ride was agreed",
  async ({ sql }) => {
    // The driver went online far away, a moment before.
    const match = await rideIn(sql, "accepted");
    await sql`
    update mobility.live_positions set lat = -1.9 where trip_id = ${match.driver_trip_id}`;
    assert.equal(await codeOf(advance(sql, { match: match.id, action: "arrive" })), "ok");
  },
);
