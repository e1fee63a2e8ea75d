import assert from "node:assert/strict";
import { databaseTest } from "../support/database.ts";
import { codeOf, outcomeOf } from "./support/outcome.ts";
import { breaches } from "../../scripts/invariants/breaches.ts";
import { openTrip, rate, rideIn } from "./support/rides.ts";
import { letTimePass, snapshot } from "./support/trip-state.ts";

const DAY = 24 * 3600;

databaseTest(
  "rate_match() counts once for each side, to the other one's record",
  async ({ sql }) => {
    const match = await rideIn(sql, "completed");
    const { driver_user_id, passenger_user_id } = match;
    assert.deepEqual(
      await outcomeOf(rate(sql, { match: match.id, rating: 5, acting_user: passenger_user_id })),
      {
        code: "ok",
        answer: { match_id: match.id, rated_by: "passenger", rating: 5, comment: null },
      },
    );
    assert.equal(await codeOf(rate(sql, { match: match.id, rating: 2, as: "driver" })), "ok");
    const before = await snapshot(sql);
    for (const as of ["driver", "passenger"]) {
      assert.equal(await codeOf(rate(sql, { match: match.id, rating: 1, as })), "ALREADY_RATED");
    }
    assert.equal(await snapshot(sql), before);
    const rows = await sql`
    select user_id, role, rating_total, rating_count from mobility.user_metrics
    where user_id in (${driver_user_id}, ${passenger_user_id}) order by role`;
    assert.deepEqual([...rows], [
      { user_id: driver_user_id, role: "driver", rating_total: 5, rating_count: 1 },
      { user_id: passenger_user_id, role: "passenger", rating_total: 2, rating_count: 1 },
    ]);
  },
);

databaseTest("rate_match() takes completed rides alone, from those who rode", async ({ sql }) => {
  for (
    const status of [
      "pending",
      "accepted",
      "driver_arrived",
      "in_progress",
      "declined",
      "expired",
      "cancelled_driver",
      "cancelled_passenger",
    ]
  ) {
    const match = (await rideIn(sql, status)).id;
    const before = await snapshot(sql);
    assert.equal(
      await codeOf(rate(sql, { match, rating: 3, as: "driver" })),
      "MATCH_INVALID_STATE",
    );
    assert.equal(await snapshot(sql), before, status);
  }
  const match = (await rideIn(sql, "completed")).id;
  const stranger = crypto.randomUUID();
  assert.equal(await codeOf(rate(sql, { match, rating: 3, acting_user: stranger })), "FORBIDDEN");
  assert.equal(await codeOf(rate(sql, { match, rating: 3 })), "VALIDATION_ERROR");
  assert.equal(await codeOf(rate(sql, { match: stranger, rating: 3 })), "MATCH_NOT_FOUND");
});

databaseTest("rate_match() takes seven days and no longer", async ({ sql }) => {
  const match = (await rideIn(sql, "completed")).id;
  await letTimePass(sql, 7 * DAY - 60);
  assert.equal(await codeOf(rate(sql, { match, rating: 3, as: "driver" })), "ok");
  await letTimePass(sql, 61);
  assert.equal(await codeOf(rate(sql, { match, rating: 3, as: "passenger" })), "MATCH_EXPIRED");
});

databaseTest(
  "the record of a person is what happened, also in the copy that searches read",
  async ({ sql }) => {
    const user_id = crypto.randomUUID();
    for (const status of ["completed", "declined", "expired", "cancelled_driver", "pending"]) {
      for (const initiated_by of ["passenger", "driver"] as const) {
        const match = await rideIn(sql, status, { initiated_by });
        assert.deepEqual(await breaches(sql), [], `${status} by ${initiated_by}`);
        if (status !== "completed") continue;
        await rate(sql, { match: match.id, rating: 4, as: "passenger" });
        const driver = await openTrip(sql, "driver", { user_id: match.driver_user_id });
        const [row] = await sql`
        select standing from mobility.live_positions where trip_id = ${driver.id}`;
        const asked = initiated_by === "passenger" ? 1 : 0;
        assert.deepEqual(row?.standing, {
          rating: 4,
          rating_count: 1,
          acceptance_rate: asked === 1 ? 1 : null,
          offer_count: asked,
          completion_rate: 1,
          match_count: 1,
          total_trips: 1,
        });
        await rate(sql, { match: match.id, rating: 1, as: "driver" });
        assert.deepEqual(await breaches(sql), []);
      }
    }
    const newcomer = await openTrip(sql, "driver", { user_id });
    const [row] = await sql`
    select standing from mobility.live_positions where trip_id = ${newcomer.id}`;
    assert.deepEqual(row?.standing, {
      rating: null,
      rating_count: 0,
      acceptance_rate: null,
      offer_count: 0,
      completion_rate: null,
      match_count: 0,
      total_trips: 0,
    });
  },
);

databaseTest(
  "a rating reaches the trip that the rated person has open by then",
  async ({ sql }) => {
    const match = await rideIn(sql, "completed");
    const { id } = await openTrip(sql, "driver", { user_id: match.driver_user_id });
    await rate(sql, { match: match.id, rating: 3, as: "passenger" });
    const [row] = await sql`select standing from mobility.live_positions where trip_id = ${id}`;
    assert.equal(row?.standing.rating, 3);
  },
);
