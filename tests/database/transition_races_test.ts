import assert from "node:assert/strict";
import { createDatabase, hasDatabase, type TestDatabase } from "../support/database.ts";
import { countCodes, outcomeOf } from "./support/outcome.ts";
import {
  advance,
  cancelTrip,
  type Connection,
  type Match,
  openTrip,
  propose,
  rate,
  rideIn,
} from "./support/rides.ts";

const CALLERS = 20;
const ROUNDS = 5;

/** A call that many make at once, with the code that all but one of them get. */
interface Raced {
  readonly name: string;
  /** The state of the ride before. */
  readonly from: string;
  readonly call: (sql: Connection, ride: Match, key?: { key: string }) => Promise<unknown>;
  readonly losers: string;
}

const move =
  (action: string, as: string) => (sql: Connection, ride: Match, key?: { key: string }) =>
    advance(sql, {
      match: ride.id,
      action,
      as,
      ...key,
      ...(ride.pin === undefined ? {} : { pin: ride.pin }),
    });

const RACED: Raced[] = [
  {
    name: "accept",
    from: "pending",
    call: move("accept", "driver"),
    losers: "MATCH_INVALID_STATE",
  },
  {
    name: "decline",
    from: "pending",
    call: move("decline", "driver"),
    losers: "MATCH_INVALID_STATE",
  },
  {
    name: "arrive",
    from: "accepted",
    call: move("arrive", "driver"),
    losers: "MATCH_INVALID_STATE",
  },
  {
    name: "start",
    from: "driver_arrived",
    call: move("start", "driver"),
    losers: "MATCH_INVALID_STATE",
  },
  {
    name: "complete",
    from: "in_progress",
    call: move("complete", "driver"),
    losers: "MATCH_INVALID_STATE",
  },
  {
    name: "cancel by the driver",
    from: "accepted",
    call: move("cancel", "driver"),
    losers: "MATCH_INVALID_STATE",
  },
  {
    name: "cancel by the passenger",
    from: "in_progress",
    call: move("cancel", "passenger"),
    losers: "MATCH_INVALID_STATE",
  },
  {
    name: "rate",
    from: "completed",
    call: (sql, { id }, key) => rate(sql, { match: id, rating: 4, as: "driver", ...key }),
    losers: "ALREADY_RATED",
  },
  {
    name: "cancel_trip of an open trip",
    from: "declined",
    call: (sql, ride, key) => cancelTrip(sql, { trip: ride.driver_trip_id, ...key }),
    losers: "TRIP_CANCELLED",
  },
  {
    name: "cancel_trip of a matched trip",
    from: "accepted",
    call: (sql, ride, key) => cancelTrip(sql, { trip: ride.passenger_trip_id, ...key }),
    losers: "TRIP_CANCELLED",
  },
  {
    name: "accept_match",
    from: "declined",
    call: (sql, ride, key) =>
      propose(sql, { passenger: ride.passenger_trip_id, driver: ride.driver_trip_id, ...key }),
    losers: "TRIP_ALREADY_MATCHED",
  },
];

/** How much a call did to the tables that only ever grow or count. */
async function effects({ sql }: TestDatabase): Promise<number> {
  const [row] = await sql<{ effects: number }[]>`
    select ((select count(*) from mobility.match_events) + (select count(*) from mobility.ratings)
      + (select count(*) from mobility.trips) + (select count(*) from mobility.trips where status = 'cancelled')
      )::int as effects`;
  return row?.effects ?? -1;
}

async function metrics({ sql }: TestDatabase, ride: Match): Promise<Record<string, number>> {
  const [row] = await sql<Record<string, number>[]>`
    select coalesce(sum(offers_accepted), 0)::int as accepted,
      coalesce(sum(offers_declined), 0)::int as declined,
      coalesce(sum(rides_completed), 0)::int as completed,
      coalesce(sum(rides_cancelled), 0)::int as cancelled,
      coalesce(sum(rating_count), 0)::int as ratings
    from mobility.user_metrics where user_id in (${ride.driver_user_id}, ${ride.passenger_user_id})`;
  return row ?? {};
}

for (const { name, from, call, losers } of RACED) {
  Deno.test({
    name: `${name}: of ${CALLERS} at once one has its effect, the others ${losers}`,
    ignore: !hasDatabase,
    fn: async () => {
      await using database = await createDatabase({ connections: CALLERS });
      const { sql } = database;
      // What a single call does is what any number of them may do.
      const alone = await rideIn(sql, from);
      const before = await effects(database);
      await call(sql, alone);
      const single = await effects(database) - before;
      const counted = await metrics(database, alone);
      for (let round = 0; round < ROUNDS; round++) {
        const ride = await rideIn(sql, from);
        const start = await effects(database);
        const codes = await countCodes(Array.from({ length: CALLERS }, () => call(sql, ride)));
        assert.deepEqual(codes, { ok: 1, [losers]: CALLERS - 1 });
        assert.equal(await effects(database) - start, single);
        assert.deepEqual(await metrics(database, ride), counted);
      }
    },
  });

  Deno.test({
    name: `${name}: ${CALLERS} at once with one idempotency key get the same first answer`,
    ignore: !hasDatabase,
    fn: async () => {
      await using database = await createDatabase({ connections: CALLERS });
      const { sql } = database;
      for (let round = 0; round < ROUNDS; round++) {
        const ride = await rideIn(sql, from);
        const before = await effects(database);
        const key = { key: `round ${round}` };
        const outcomes = await Promise.all(
          Array.from({ length: CALLERS }, () => outcomeOf(call(sql, ride, key))),
        );
        assert.equal(outcomes[0]?.code, "ok");
        for (const outcome of outcomes) assert.deepEqual(outcome, outcomes[0]);
        const once = await effects(database) - before;
        assert.deepEqual(await outcomeOf(call(sql, ride, key)), outcomes[0], "replayed later");
        assert.equal(await effects(database) - before, once);
        assert.ok(once >= 1 && once <= 3, `${once} effects`);
      }
    },
  });
}

Deno.test({
  name: "create_trip: of 20 at once one trip stays open, and with one key there is one",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase({ connections: CALLERS });
    const { sql } = database;
    for (const key of [undefined, { key: "same" }]) {
      const user_id = crypto.randomUUID();
      const trips = await Promise.all(
        Array.from({ length: CALLERS }, () => openTrip(sql, "driver", { user_id, ...key })),
      );
      const ids = new Set(trips.map(({ id }) => id));
      assert.equal(ids.size, key === undefined ? CALLERS : 1);
      const rows = await sql`
        select id from mobility.trips where user_id = ${user_id} and status = 'open'`;
      assert.equal(rows.length, 1);
      const live =
        await sql`select trip_id from mobility.live_positions where user_id = ${user_id}`;
      assert.deepEqual(live.map(({ trip_id }) => trip_id), rows.map(({ id }) => id));
    }
  },
});

Deno.test({
  name: "start: 20 wrong PINs at once are counted one by one and lock the ride",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase({ connections: CALLERS });
    const { sql } = database;
    const ride = await rideIn(sql, "driver_arrived");
    const wrong = ride.pin === "0000" ? "0001" : "0000";
    const answers = await Promise.all(
      Array.from(
        { length: CALLERS },
        () => advance(sql, { match: ride.id, action: "start", pin: wrong }),
      ),
    );
    const left = answers.map(({ error }) => error?.details.attempts_left)
      .filter((attempts) => attempts !== undefined).sort();
    assert.deepEqual(left, [1, 2, 3, 4]);
    assert.equal(answers.filter(({ error }) => error?.code === "PIN_LOCKED").length, CALLERS - 4);
  },
});

Deno.test({
  name: "one idempotency key with another request is IDEMPOTENCY_KEY_REUSED, also at once",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase({ connections: CALLERS });
    const { sql } = database;
    const user_id = crypto.randomUUID();
    const codes = await countCodes(
      Array.from(
        { length: CALLERS },
        (_, i) => openTrip(sql, i % 2 === 0 ? "driver" : "passenger", { user_id, key: "one" }),
      ),
    );
    assert.deepEqual(codes, { ok: CALLERS / 2, IDEMPOTENCY_KEY_REUSED: CALLERS / 2 });
    // The same key of another caller is another key.
    await openTrip(sql, "driver", { user_id, acting_user: user_id, key: "one" });
  },
});
