import assert from "node:assert/strict";
import { databaseTest } from "../support/database.ts";
import { advance, type Connection, type Match, type PinError, rideIn } from "./support/rides.ts";

async function start(sql: Connection, match: Match, pin?: string): Promise<PinError | string> {
  const answer = await advance(sql, {
    match: match.id,
    action: "start",
    acting_user: match.driver_user_id,
    ...(pin === undefined ? {} : { pin }),
  });
  return answer.error ?? answer.status;
}

function wrongPin({ pin }: Match): string {
  return pin === "1234" ? "4321" : "1234";
}

async function counters(sql: Connection, { id }: Match): Promise<unknown> {
  const [row] = await sql`
    select wrong_attempts, locked_until > now() as locked from mobility.match_pins where match_id = ${id}`;
  return row;
}

databaseTest("a PIN has four digits and differs from ride to ride", async ({ sql }) => {
  const pins = new Set<string>();
  for (let i = 0; i < 20; i++) {
    const { pin = "" } = await rideIn(sql, "pending");
    assert.match(pin, /^[0-9]{4}$/);
    pins.add(pin);
  }
  assert.ok(pins.size > 10, `${pins.size} different PINs of 20`);
});

databaseTest(
  "start counts wrong PINs, locks after five, and opens after ten minutes",
  async ({ sql }) => {
    const match = await rideIn(sql, "driver_arrived");
    const wrong = wrongPin(match);
    for (const attempts_left of [4, 3, 2, 1]) {
      assert.deepEqual(await start(sql, match, wrong), {
        code: "PIN_INVALID",
        details: { attempts_left },
      });
      assert.deepEqual(await counters(sql, match), {
        wrong_attempts: 5 - attempts_left,
        locked: null,
      });
    }
    assert.deepEqual(await start(sql, match, wrong), {
      code: "PIN_LOCKED",
      details: { retry_after_s: 600 },
    });
    // Locked, the right PIN is refused like any other, and nothing is counted.
    for (const pin of [match.pin, wrong]) {
      const answer = await start(sql, match, pin);
      assert.ok(typeof answer !== "string" && answer.code === "PIN_LOCKED");
      const { retry_after_s = 0 } = answer.details;
      assert.ok(retry_after_s > 590 && retry_after_s <= 600, `retry after ${retry_after_s} s`);
    }
    assert.deepEqual(await counters(sql, match), { wrong_attempts: 0, locked: true });
    const [row] = await sql`select status from mobility.matches where id = ${match.id}`;
    assert.equal(row?.status, "driver_arrived");

    await sql`update mobility.match_pins set locked_until = locked_until - interval '599 seconds'`;
    const still = await start(sql, match, match.pin);
    assert.ok(typeof still !== "string" && still.code === "PIN_LOCKED");
    await sql`update mobility.match_pins set locked_until = locked_until - interval '1 second'`;
    assert.deepEqual(await start(sql, match, wrong), {
      code: "PIN_INVALID",
      details: { attempts_left: 4 },
    });
    assert.equal(await start(sql, match, match.pin), "in_progress");
  },
);

databaseTest("start without a PIN is a wrong attempt", async ({ sql }) => {
  const match = await rideIn(sql, "driver_arrived");
  assert.deepEqual(await start(sql, match), { code: "PIN_INVALID", details: { attempts_left: 4 } });
});

databaseTest(
  "a wrong PIN does not use up an idempotency key, the right one does",
  async ({ sql }) => {
    const match = await rideIn(sql, "driver_arrived");
    const attempt = async (pin: string): Promise<string> => {
      const answer = await advance(sql, { match: match.id, action: "start", pin, key: "start" });
      return answer.error?.code ?? answer.status;
    };
    assert.equal(await attempt(wrongPin(match)), "PIN_INVALID");
    assert.equal(await attempt(match.pin ?? ""), "in_progress");
    assert.equal(await attempt(match.pin ?? ""), "in_progress");
  },
);

databaseTest("wrong PINs of one ride lock no other", async ({ sql }) => {
  const locked = await rideIn(sql, "driver_arrived");
  const other = await rideIn(sql, "driver_arrived");
  for (let i = 0; i < 5; i++) await start(sql, locked, wrongPin(locked));
  assert.equal(await start(sql, other, other.pin), "in_progress");
});
