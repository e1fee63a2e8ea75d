import assert from "node:assert/strict";
import { databaseTest } from "../../support/database.ts";
import { inSeconds, livePosition, pingCode } from "../support/positions.ts";
import { advance, type Connection, openTrip, rideIn, sweep } from "../support/rides.ts";
import { letTimePass } from "../support/trip-state.ts";

/** Moves the driver a little. */
async function move(
  sql: Connection,
  trip_id: string,
  more: { by_hand?: boolean } = {},
): Promise<void> {
  const { lat, lng } = await livePosition(sql, trip_id);
  assert.equal(await pingCode(sql, { trip_id, lat: lat + 0.0001, lng, ...more }), "ok");
}

async function isOffered(sql: Connection, trip_id: string): Promise<boolean> {
  await sweep(sql);
  return (await livePosition(sql, trip_id)).available;
}

databaseTest(
  "sweep() hides a driver whose phone sent positions and fell silent, until the next one",
  async ({ sql }) => {
    const { id } = await openTrip(sql, "driver", { expires_in_s: 7200 });
    for (let i = 0; i < 2; i++) {
      await letTimePass(sql, 30);
      await move(sql, id);
    }
    await letTimePass(sql, 170);
    assert.equal(await isOffered(sql, id), true, "after 170 s");
    await letTimePass(sql, 15);
    assert.equal(await isOffered(sql, id), false, "after 185 s");
    assert.ok((await livePosition(sql, id)).age_s >= 185, "how long ago is still told");
    await move(sql, id);
    assert.equal(await isOffered(sql, id), true, "after the next position");
  },
);

databaseTest(
  "sweep() offers who shares no positions for the half hour that a pin is good for",
  async ({ sql }) => {
    const wish = { expires_in_s: 7200 };
    const pinned = await openTrip(sql, "driver", wish);
    const once = await openTrip(sql, "driver", wish);
    const seldom = await openTrip(sql, "driver", wish);
    const byHand = await openTrip(sql, "driver", wish);
    await letTimePass(sql, 11 * 60);
    await move(sql, once.id);
    await move(sql, seldom.id);
    for (let i = 0; i < 3; i++) await move(sql, byHand.id, { by_hand: true });
    await letTimePass(sql, 11 * 60);
    await move(sql, seldom.id);
    await letTimePass(sql, 6 * 60);
    for (const { id } of [pinned, once, seldom, byHand]) {
      assert.equal(
        await isOffered(sql, id),
        true,
      );
    }
    await letTimePass(sql, 3 * 60);
    assert.equal(await isOffered(sql, pinned.id), false, "half an hour old");
    assert.equal(await isOffered(sql, once.id), true);
  },
);

databaseTest(
  "a pin set by hand is good for half an hour, though the phone sent positions before",
  async ({ sql }) => {
    const { id } = await openTrip(sql, "driver", { expires_in_s: 7200 });
    for (let i = 0; i < 3; i++) {
      await letTimePass(sql, 10);
      await move(sql, id);
    }
    await letTimePass(sql, 10);
    await move(sql, id, { by_hand: true });
    await letTimePass(sql, 20 * 60);
    assert.equal(await isOffered(sql, id), true);
  },
);

databaseTest(
  "a driver whose ride fell through is offered on, though the ride's page is silent now",
  async ({ sql }) => {
    const { id: match, driver_trip_id: trip_id } = await rideIn(sql, "accepted", {
      expires_in_s: 7200,
    });
    for (let i = 0; i < 3; i++) {
      await letTimePass(sql, 10);
      await move(sql, trip_id);
    }
    await advance(sql, { match, action: "cancel", as: "passenger", reason: "test" });
    await letTimePass(sql, 20 * 60);
    assert.equal(await isOffered(sql, trip_id), true);
  },
);

databaseTest("sweep() hides nobody twice, and no ride's driver", async ({ sql }) => {
  const { driver_trip_id: trip_id } = await rideIn(sql, "in_progress");
  for (let i = 0; i < 2; i++) {
    await letTimePass(sql, 10);
    await move(sql, trip_id);
  }
  await letTimePass(sql, 600);
  await sweep(sql);
  assert.equal((await sweep(sql)).hidden_positions, 0);
  assert.equal(
    await pingCode(sql, { trip_id, lat: -1.95, lng: 30.061, recorded_at: inSeconds(-1) }),
    "ok",
  );
});
