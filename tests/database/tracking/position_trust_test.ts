import assert from "node:assert/strict";
import { databaseTest } from "../../support/database.ts";
import { inSeconds, livePosition, ping, pingCode } from "../support/positions.ts";
import { advance, openTrip, rideIn, sweep } from "../support/rides.ts";
import { letTimePass } from "../support/trip-state.ts";

const HOME = { lat: -1.95, lng: 30.06 };
/** 11 km to the north. */
const FAR = { lat: -1.85, lng: 30.06 };

databaseTest(
  "judge_position() tells points, repeats, jumps and inventions apart",
  async ({ sql }) => {
    const judge = async (
      to: { lat: number; lng: number; seconds: number; mock?: boolean },
    ): Promise<string> => {
      const [row] = await sql<{ verdict: string }[]>`
      select mobility.judge_position(-1.95, 30.06, now(), ${to.lat}, ${to.lng},
        now() + make_interval(secs => ${to.seconds}), ${to.mock ?? null}) as verdict`;
      return row?.verdict ?? "";
    };
    const cases: [string, Parameters<typeof judge>[0]][] = [
      ["ok", { lat: -1.9501, lng: 30.06, seconds: 5 }],
      ["repeat", { ...HOME, seconds: 5 }],
      ["mock", { lat: -1.9501, lng: 30.06, seconds: 5, mock: true }],
      ["mock", { ...HOME, seconds: 5, mock: true }],
      ["ok", { lat: -1.9501, lng: 30.06, seconds: 5, mock: false }],
      // Less than a kilometre is what a phone that has just found itself may be off, at any speed.
      ["ok", { lat: -1.9412, lng: 30.06, seconds: 0.001 }],
      ["ok", { lat: -1.9442, lng: 30.0658, seconds: 0.001 }],
      ["jump", { lat: -1.9408, lng: 30.06, seconds: 1 }],
      ["jump", { lat: -1.9437, lng: 30.0665, seconds: 1 }],
      // 11,119 m take 202 s at 55 m/s.
      ["jump", { ...FAR, seconds: 200 }],
      ["ok", { ...FAR, seconds: 204 }],
      ["jump", { ...FAR, seconds: -200 }],
      ["ok", { ...FAR, seconds: -204 }],
      ["jump", { lat: 1.95, lng: -149.94, seconds: 86_400 }],
    ];
    for (const [verdict, to] of cases) assert.equal(await judge(to), verdict, JSON.stringify(to));
  },
);

databaseTest(
  "trust_after() stays between 0 and 1, and repeats alone hide nobody",
  async ({ sql }) => {
    const after = async (trust: number, verdicts: readonly string[]): Promise<number> => {
      let value = trust;
      for (const verdict of verdicts) {
        const [row] = await sql<{ trust: number }[]>`
        select round(mobility.trust_after(${value}::real, ${verdict})::numeric, 3)::float8 as trust`;
        value = row?.trust ?? NaN;
      }
      return value;
    };
    const times = (verdict: string, count: number): string[] => Array(count).fill(verdict);
    assert.equal(await after(1, times("ok", 2)), 1);
    assert.equal(await after(0.5, times("ok", 3)), 0.65);
    assert.equal(await after(1, times("jump", 1)), 0.8);
    assert.equal(await after(0.1, times("jump", 1)), 0);
    assert.equal(await after(1, times("mock", 2)), 0.2);
    assert.equal(await after(0.3, times("mock", 1)), 0);
    assert.equal(await after(1, times("repeat", 100)), 0.5);
    assert.equal(await after(0.2, times("repeat", 3)), 0.2);
  },
);

databaseTest(
  "update_positions() uses no invention, and hides who keeps inventing",
  async ({ sql }) => {
    const { id: trip_id } = await openTrip(sql, "driver");
    const invent = (lng: number): Promise<string> =>
      pingCode(sql, { trip_id, lat: -1.9501, lng, recorded_at: inSeconds(5), mock: true });
    assert.equal(await invent(30.0601), "IMPLAUSIBLE_POSITION");
    assert.deepEqual(await livePosition(sql, trip_id), {
      ...HOME,
      trust: 0.6,
      available: true,
      pings: 0,
      age_s: 0,
    });
    assert.equal(await invent(30.0602), "IMPLAUSIBLE_POSITION");
    const hidden = await livePosition(sql, trip_id);
    assert.deepEqual([hidden.lng, hidden.trust, hidden.available], [HOME.lng, 0.2, false]);

    // Two good points bring him back, though he stays under suspicion.
    const trusts: [number, boolean][] = [];
    for (let i = 1; i <= 2; i++) {
      const good = { trip_id, lat: -1.95 + i / 10_000, lng: 30.06, recorded_at: inSeconds(5 + i) };
      assert.equal(await pingCode(sql, good), "ok");
      await letTimePass(sql, 10);
      const { trust, available } = await livePosition(sql, trip_id);
      trusts.push([trust, available]);
    }
    assert.deepEqual(trusts, [[0.25, false], [0.3, true]]);
  },
);

databaseTest(
  "update_positions() believes a true jump after a while, not at once",
  async ({ sql }) => {
    const { id: trip_id } = await openTrip(sql, "driver", { expires_in_s: 7200 });
    for (let i = 1; i <= 4; i++) {
      assert.equal(await pingCode(sql, { trip_id, ...FAR }), "IMPLAUSIBLE_POSITION", `${i}`);
      await letTimePass(sql, 30);
    }
    const doubted = await livePosition(sql, trip_id);
    assert.deepEqual([doubted.lat, doubted.trust, doubted.available], [HOME.lat, 0.2, false]);
    // The position known is two minutes old; 11 km in 204 s are possible.
    await letTimePass(sql, 90);
    assert.equal(await pingCode(sql, { trip_id, ...FAR }), "ok");
    assert.equal((await livePosition(sql, trip_id)).lat, FAR.lat);
    await letTimePass(sql, 10);
    assert.equal(await pingCode(sql, { trip_id, lat: FAR.lat + 0.0001, lng: FAR.lng }), "ok");
    assert.equal((await livePosition(sql, trip_id)).available, true);
  },
);

databaseTest("update_positions() takes a repeated point as a sign of life", async ({ sql }) => {
  const { id: trip_id } = await openTrip(sql, "driver");
  await letTimePass(sql, 60);
  assert.equal(await pingCode(sql, { trip_id, ...HOME }), "ok");
  const { age_s, trust, available } = await livePosition(sql, trip_id);
  assert.deepEqual([age_s, trust, available], [0, 0.99, true]);
});

databaseTest(
  "update_positions() takes the same request again as out of date, without doubt",
  async ({ sql }) => {
    const { id: trip_id } = await openTrip(sql, "driver");
    await letTimePass(sql, 60);
    const point = { trip_id, lat: -1.9502, lng: 30.06, recorded_at: inSeconds(-5) };
    assert.equal(await pingCode(sql, point), "ok");
    assert.equal(await pingCode(sql, point), "OUT_OF_DATE");
    // A point that is older and far away was not used either, and costs nothing.
    const late = { trip_id, ...FAR, recorded_at: inSeconds(-10) };
    assert.equal(await pingCode(sql, late), "OUT_OF_DATE");
    assert.equal(await pingCode(sql, { ...late, mock: true }), "OUT_OF_DATE");
    assert.equal((await livePosition(sql, trip_id)).trust, 1);
  },
);

databaseTest("update_positions() believes a pin set by hand wherever it is", async ({ sql }) => {
  const { id: trip_id } = await openTrip(sql, "driver");
  assert.equal(
    await pingCode(sql, { trip_id, ...FAR, recorded_at: inSeconds(1), by_hand: true }),
    "ok",
  );
  const { lat, trust, available } = await livePosition(sql, trip_id);
  assert.deepEqual([lat, trust, available], [FAR.lat, 1, true]);
});

databaseTest(
  "update_positions() answers each point of a batch with a doubtful end",
  async ({ sql }) => {
    const { id: trip_id } = await openTrip(sql, "driver");
    const good = await openTrip(sql, "driver");
    const answers = await ping(sql, [
      { trip_id, lat: -1.9501, lng: 30.06, recorded_at: inSeconds(10) },
      { trip_id: good.id, lat: -1.9501, lng: 30.06, recorded_at: inSeconds(10) },
      { trip_id, ...FAR, recorded_at: inSeconds(20) },
    ]);
    assert.deepEqual(answers.map(({ code, accepted }) => code ?? accepted), [
      "OUT_OF_DATE",
      true,
      "IMPLAUSIBLE_POSITION",
    ]);
    const { lat, trust } = await livePosition(sql, trip_id);
    assert.deepEqual([lat, trust], [HOME.lat, 0.8]);
  },
);

databaseTest(
  "nobody who is not believed comes back by a match that fell through, or by being due",
  async ({ sql }) => {
    const match = await rideIn(sql, "accepted");
    await sql`update mobility.live_positions set trust = 0.1 where trip_id = ${match.driver_trip_id}`;
    await advance(sql, { match: match.id, action: "cancel", as: "passenger", reason: "test" });
    assert.equal((await livePosition(sql, match.driver_trip_id)).available, false);

    const later = await openTrip(sql, "driver", { scheduled_for: inSeconds(3600) });
    await sql`update mobility.live_positions set trust = 0.1 where trip_id = ${later.id}`;
    await letTimePass(sql, 3000);
    await sql`update mobility.live_positions set position_at = now() where trip_id = ${later.id}`;
    await sweep(sql);
    assert.equal((await livePosition(sql, later.id)).available, false);
    await sql`update mobility.live_positions set trust = 0.3 where trip_id = ${later.id}`;
    await sweep(sql);
    assert.equal((await livePosition(sql, later.id)).available, true);
  },
);
