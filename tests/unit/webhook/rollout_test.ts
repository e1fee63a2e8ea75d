import assert from "node:assert/strict";
import { ApiError, createPlatform, readConfig } from "../../../shared/platform/mod.ts";
import { bucketOf, isInShare, Rollout } from "../../../shared/webhook/rollout.ts";

const nobody = { whatsapp_user_id: null, phone: null };

Deno.test("bucketOf() is the documented hash of the user id, else of the phone", () => {
  // The first eight digits of `printf RW.1000000000000000001 | sha256sum`, modulo 100.
  const id = "RW.1000000000000000001";
  assert.equal(bucketOf({ whatsapp_user_id: id, phone: null }), 14);
  assert.equal(bucketOf({ whatsapp_user_id: id, phone: "+250788000001" }), 14);
  assert.equal(bucketOf({ whatsapp_user_id: null, phone: "+250788000002" }), 25);
  assert.equal(bucketOf(nobody), undefined);
});

Deno.test("isInShare() takes that share of people, and never drops one as the share grows", () => {
  const people = Array.from({ length: 5000 }, (_, index) => ({
    whatsapp_user_id: null,
    phone: `+2507880${String(index * 7).padStart(5, "0")}`,
  }));
  let before: typeof people = [];
  for (const percent of [0, 10, 50, 100]) {
    const share = new Set(people.filter((person) => isInShare(person, percent)));
    assert.ok(Math.abs(share.size / people.length - percent / 100) < 0.02, `${percent}%`);
    assert.ok(before.every((person) => share.has(person)), `${percent}% keeps all`);
    before = [...share];
  }
  assert.equal(isInShare(nobody, 100), false);
});

/** A rollout over a database that answers so, and a clock of its own. */
function scene(): {
  rollout: Rollout;
  state: { percent: number | undefined; calls: number; now: number };
} {
  const state: { percent: number | undefined; calls: number; now: number } = {
    percent: 10,
    calls: 0,
    now: 0,
  };
  const platform = createPlatform("demo", {
    config: readConfig({ SUPABASE_URL: "http://x.test", SUPABASE_SERVICE_ROLE_KEY: "k" }),
    writeLog: () => {},
    fetch: () => {
      state.calls++;
      return state.percent === undefined
        ? Promise.reject(new TypeError("down"))
        : Promise.resolve(Response.json({ percent: state.percent }));
    },
  });
  return { state, rollout: new Rollout(platform.database, { now: () => state.now }) };
}

Deno.test("Rollout.percent() is read at most every five seconds, once for all who ask", async () => {
  const { rollout, state } = scene();
  assert.deepEqual(await Promise.all([rollout.percent(), rollout.percent()]), [10, 10]);
  state.percent = 50;
  state.now = 4_999;
  assert.deepEqual([await rollout.percent(), state.calls], [10, 1]);
  state.now = 5_000;
  assert.deepEqual([await rollout.percent(), state.calls], [50, 2]);
});

Deno.test("Rollout.percent() is what was last known while the database is gone, and nothing before", async () => {
  const { rollout, state } = scene();
  state.percent = undefined;
  await assert.rejects(
    rollout.percent(),
    (error) => error instanceof ApiError && error.code === "SERVICE_UNAVAILABLE",
  );
  state.percent = 10;
  assert.equal(await rollout.percent(), 10);
  state.percent = undefined;
  state.now = 60_000;
  assert.equal(await rollout.percent(), 10);
});
