import assert from "node:assert/strict";
import { createDatabase, hasDatabase, type TestDatabase } from "../support/database.ts";
import { breaches } from "../../scripts/invariants/breaches.ts";
import { codeOf, countCodes } from "./support/outcome.ts";
import {
  advance,
  cancelTrip,
  type Match,
  openTrip,
  propose,
  proposedRide,
  rate,
  rideIn,
  sweep,
} from "./support/rides.ts";
import { letTimePass, tripState } from "./support/trip-state.ts";

const CONNECTIONS = 20;

/** A race on a database of its own, after which nothing may be broken. */
function raceTest(name: string, race: (database: TestDatabase) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !hasDatabase,
    fn: async () => {
      await using database = await createDatabase({ connections: CONNECTIONS });
      await race(database);
      assert.deepEqual(await breaches(database.sql), []);
    },
  });
}

/** Allows those codes alone; a deadlock or any other database error fails the test by itself. */
function assertCodes(codes: Record<string, number>, allowed: readonly string[]): void {
  assert.deepEqual(Object.keys(codes).filter((code) => !allowed.includes(code)), []);
}

function many<T>(count: number, call: (i: number) => Promise<T>): Promise<T>[] {
  return Array.from({ length: count }, (_, i) => call(i));
}

raceTest("accept_match() of crossing pairs never deadlocks", async ({ sql }) => {
  for (let round = 0; round < 20; round++) {
    const passengers = await Promise.all(many(4, () => openTrip(sql, "passenger")));
    const drivers = await Promise.all(many(4, () => openTrip(sql, "driver")));
    const pairs = passengers.flatMap(({ id: passenger }) =>
      drivers.map(({ id: driver }) => ({ passenger, driver }))
    );
    const codes = await countCodes(pairs.map((pair) => propose(sql, pair)));
    assertCodes(codes, ["ok", "TRIP_ALREADY_MATCHED"]);
    assert.ok((codes.ok ?? 0) >= 1 && (codes.ok ?? 0) <= 4);
  }
});

raceTest(
  "people who drive and ride at once are matched crosswise without a deadlock",
  async ({ sql }) => {
    for (let round = 0; round < 20; round++) {
      const people = Array.from({ length: 4 }, () => crypto.randomUUID());
      const trips = await Promise.all(people.map(async (user_id) => ({
        passenger: (await openTrip(sql, "passenger", { user_id })).id,
        driver: (await openTrip(sql, "driver", { user_id })).id,
      })));
      const pairs = trips.flatMap(({ passenger }, i) =>
        trips.flatMap(({ driver }, j) => i === j ? [] : [{ passenger, driver }])
      );
      assertCodes(await countCodes(pairs.map((pair) => propose(sql, pair))), [
        "ok",
        "TRIP_ALREADY_MATCHED",
      ]);
    }
  },
);

raceTest(
  "accept, cancel_trip, cancel, sweep and expiry end in one of their outcomes",
  async ({ sql }) => {
    for (let round = 0; round < 20; round++) {
      const { id, passenger_trip_id, driver_trip_id } = await proposedRide(sql);
      if (round % 2 === 0) await letTimePass(sql, 61);
      const codes = await countCodes(many(20, async (i): Promise<unknown> => {
        if (i % 5 === 0) return await advance(sql, { match: id, action: "accept" });
        if (i % 5 === 1) return await cancelTrip(sql, { trip: passenger_trip_id });
        if (i % 5 === 2) return await cancelTrip(sql, { trip: driver_trip_id });
        if (i % 5 === 3) return await advance(sql, { match: id, action: "cancel", as: "driver" });
        return await sweep(sql);
      }));
      assertCodes(codes, ["ok", "MATCH_INVALID_STATE", "MATCH_EXPIRED", "TRIP_CANCELLED"]);
      assert.equal((await tripState(sql, passenger_trip_id)).status, "cancelled");
      assert.equal((await tripState(sql, driver_trip_id)).status, "cancelled");
    }
  },
);

raceTest("sweep() never deadlocks with what releases lapsed proposals itself", async ({ sql }) => {
  for (let round = 0; round < 15; round++) {
    const lapsed = await Promise.all(many(16, () => proposedRide(sql)));
    await letTimePass(sql, 61);
    const pairs = lapsed.map((ride, i) => ({
      passenger: ride.passenger_trip_id,
      driver: lapsed[(i * 7 + 3) % lapsed.length]?.driver_trip_id ?? "",
    }));
    assertCodes(
      await countCodes([
        sweep(sql),
        ...pairs.map((pair) => propose(sql, pair)),
        sweep(sql),
        ...lapsed.slice(0, 4).map(({ passenger_trip_id: trip }) => cancelTrip(sql, { trip })),
        sweep(sql),
      ]),
      ["ok", "TRIP_ALREADY_MATCHED", "TRIP_CANCELLED"],
    );
  }
});

raceTest("create_trip() and accept_match() of one person exclude each other", async ({ sql }) => {
  for (let round = 0; round < 30; round++) {
    const user_id = crypto.randomUUID();
    const { id: passenger } = await openTrip(sql, "passenger", { user_id });
    const drivers = await Promise.all(many(5, () => openTrip(sql, "driver")));
    assertCodes(
      await countCodes(
        many(
          20,
          async (i): Promise<unknown> =>
            i % 2 === 0
              ? await openTrip(sql, "passenger", { user_id })
              : await propose(sql, { passenger, driver: drivers[i % 5]?.id ?? "" }),
        ),
      ),
      ["ok", "ALREADY_IN_RIDE", "TRIP_CANCELLED", "TRIP_ALREADY_MATCHED"],
    );
  }
});

raceTest(
  "create_trip() beside the end of a ride is refused or replaces the reopened trip",
  async ({ sql }) => {
    for (let round = 0; round < 40; round++) {
      const ride = await rideIn(sql, "accepted");
      const user_id = ride.passenger_user_id;
      assertCodes(
        await countCodes(
          many(
            20,
            async (i): Promise<unknown> =>
              i % 10 === 5
                ? await advance(sql, { match: ride.id, action: "cancel", as: "driver" })
                : await openTrip(sql, i % 2 === 0 ? "passenger" : "driver", {
                  user_id: i % 2 === 0 ? user_id : ride.driver_user_id,
                }),
          ),
        ),
        ["ok", "ALREADY_IN_RIDE", "MATCH_INVALID_STATE"],
      );
    }
  },
);

raceTest(
  "rate_match() of past rides does not meet the present one in a deadlock",
  async ({ sql }) => {
    for (let round = 0; round < 10; round++) {
      const past = await rideIn(sql, "completed");
      const { driver_user_id, passenger_user_id } = past;
      const driver = await openTrip(sql, "driver", { user_id: driver_user_id });
      const passenger = await openTrip(sql, "passenger", { user_id: passenger_user_id });
      const match = await propose(sql, { passenger: passenger.id, driver: driver.id });
      await advance(sql, { match: match.id, action: "accept" });
      assertCodes(
        await countCodes(many(20, async (i): Promise<unknown> => {
          const as = i % 2 === 0 ? "driver" : "passenger";
          return i % 4 < 2
            ? await rate(sql, { match: past.id, rating: 3, as })
            : await advance(sql, { match: match.id, action: "cancel", as });
        })),
        ["ok", "ALREADY_RATED", "MATCH_INVALID_STATE"],
      );
    }
  },
);

raceTest("cancel_trip() follows its trip through matches made meanwhile", async ({ sql }) => {
  for (let round = 0; round < 60; round++) {
    const drivers = await Promise.all(many(4, () => openTrip(sql, "driver")));
    const { id: passenger } = await openTrip(sql, "passenger");
    const dance = async (driver: string): Promise<void> => {
      for (let step = 0; step < 5; step++) {
        const made: Match[] = [];
        await codeOf(propose(sql, { passenger, driver }).then((match) => made.push(match)));
        for (const match of made) {
          await codeOf(advance(sql, { match: match.id, action: "accept" }));
          await codeOf(advance(sql, { match: match.id, action: "cancel", as: "driver" }));
        }
      }
    };
    const cancel = async (): Promise<void> => {
      assertCodes(await countCodes(many(4, () => cancelTrip(sql, { trip: passenger }))), [
        "ok",
        "TRIP_CANCELLED",
      ]);
    };
    await Promise.all([...drivers.map(({ id }) => dance(id)), cancel()]);
    assert.equal((await tripState(sql, passenger)).status, "cancelled");
  }
});

raceTest(
  "pings of both sides in one batch never deadlock with what becomes of their match",
  async ({ sql }) => {
    for (let round = 0; round < 25; round++) {
      const rides = await Promise.all(many(4, () => rideIn(sql, "accepted")));
      const trips = rides.flatMap((ride) => [ride.driver_trip_id, ride.passenger_trip_id]);
      const points = JSON.stringify(trips.map((trip_id) => ({ trip_id, lat: -1.9, lng: 30.1 })));
      const codes = await countCodes([
        ...many(6, () => sql`select public.update_positions(null, ${points}::text::jsonb)`),
        ...rides.flatMap(({ id, passenger_trip_id: trip }, i): Promise<unknown>[] => [
          advance(sql, { match: id, action: "cancel", as: i % 2 === 0 ? "driver" : "passenger" }),
          cancelTrip(sql, { trip }),
        ]),
        ...many(6, () => sql`select public.update_positions(null, ${points}::text::jsonb)`),
      ]);
      assertCodes(codes, ["ok", "MATCH_INVALID_STATE", "TRIP_CANCELLED"]);
    }
  },
);
