import assert from "node:assert/strict";
import { z } from "zod";
import { report } from "../../../scripts/print.ts";
import { offer } from "../../../shared/dispatch/mod.ts";
import { expectOk } from "../../support/http.ts";
import {
  flush,
  type Listener,
  type Received,
  signedIn,
  until,
  withListeners,
} from "../../support/realtime.ts";
import {
  act,
  newSpot,
  north,
  openDriver,
  openPassenger,
  rideIn,
} from "../../support/stack-people.ts";
import type { Suite, World } from "../../support/stack.ts";

const RIDES = 7;
const MESSAGES = 200;
const MOST_MS = 300;

/** What a ride tells its people while it goes on. */
export function realtimeRidesSuite({ test }: Suite): void {
  test("a ride is told to its two people, in order, and to nobody else", async (world) => {
    await withListeners(world, async (listener) => {
      const at = newSpot();
      const driver = await openDriver(world, { at: north(at, 300) });
      const passenger = await openPassenger(world, { at, more: { dropoff: north(at, 4000) } });
      const stranger = crypto.randomUUID();
      const p = listener(signedIn(world, passenger.user_id));
      const d = listener(signedIn(world, driver.user_id));
      const s = listener(signedIn(world, stranger));
      await p.listen(`user:${passenger.user_id}`);
      await d.listen(`user:${driver.user_id}`);
      await s.listen(`user:${stranger}`);

      const as = { user: driver.user_id };
      await world.http.post("orchestrator/dispatch", {
        as: { user: passenger.user_id },
        body: { passenger_trip_id: passenger.id, batch_size: 1 },
      });
      const asked = await world.http.get(`orchestrator/trips/${driver.id}/offers`, { as });
      const [made] = expectOk(asked, z.object({ offers: z.array(offer) })).offers;
      assert.ok(made);
      const won = await world.http.post(`orchestrator/offers/${made.id}/accept`, { as, body: {} });
      const { match } = expectOk(won, z.object({ match: z.object({ id: z.string() }) }));
      const ride = `match:${match.id}`;
      await p.listen(ride);
      await d.listen(ride);
      for (const topic of [ride, `user:${passenger.user_id}`, `user:${driver.user_id}`]) {
        const { status, reason } = (await s.subscribe(topic)).first;
        assert.equal(status, "CHANNEL_ERROR");
        assert.equal(
          reason,
          `Unauthorized: You do not have permissions to read from this Channel topic: ${topic}`,
        );
      }

      const { pin } = expectOk(
        await world.http.get(`tracking/matches/${match.id}`, { as: { user: passenger.user_id } }),
        z.object({ match: z.object({ pin: z.string() }) }),
      ).match;
      const here = north(at, 40);
      await world.http.post("tracking/update-location", {
        as,
        body: { trip_id: driver.id, ...here, heading: 180, speed_mps: 7 },
      });
      await act(world, { match: match.id, action: "arrive", as });
      await act(world, { match: match.id, action: "start", as, body: { pin } });
      await act(world, { match: match.id, action: "complete", as });
      await flush(world, [
        { topic: `user:${passenger.user_id}`, listener: p },
        { topic: ride, listener: p },
        { topic: `user:${driver.user_id}`, listener: d },
        { topic: ride, listener: d },
        { topic: `user:${stranger}`, listener: s },
      ]);

      const changes = ["accepted > driver_arrived", "driver_arrived > in_progress"]
        .concat("in_progress > completed").map((change) => `match_changed ${change}`);
      assert.deepEqual(told(p, `user:${passenger.user_id}`), [
        "dispatch_changed running",
        "dispatch_changed running",
        "dispatch_changed taken",
        "match_changed null > pending",
        "match_changed pending > accepted",
        ...changes,
      ]);
      assert.deepEqual(told(d, `user:${driver.user_id}`), [
        "offer_changed offered",
        "offer_changed accepted",
        "match_changed null > pending",
        "match_changed pending > accepted",
        ...changes,
      ]);
      const moved = await tellsPositions(world) ? ["position_moved"] : [];
      for (const person of [p, d]) assert.deepEqual(told(person, ride), [...moved, ...changes]);
      assert.deepEqual(s.received, []);

      for (const { event, payload } of [...p.received, ...d.received]) {
        assert.ok(!JSON.stringify(payload).includes(pin), `${event} has no PIN`);
        if (event === "match_changed") assert.equal(payload["match_id"], match.id);
        if (event === "offer_changed") assert.equal(payload["driver_trip_id"], driver.id);
        if (event === "dispatch_changed") {
          assert.equal(payload["passenger_trip_id"], passenger.id);
        }
        if (event === "position_moved") {
          assert.equal(payload["match_id"], match.id);
          assert.deepEqual([payload["lat"], payload["lng"]], [here.lat, here.lng]);
        }
      }
    });
  });

  test("a ride's changes arrive soon after their transaction began, the stack being busy", async (world) => {
    await withListeners(world, async (listener) => {
      const listeners: Listener[] = [];
      const rides: Awaited<ReturnType<typeof rideIn>>[] = [];
      while (rides.length < RIDES) {
        const ride = await rideIn(world, "pending");
        for (const user of [ride.passenger.user_id, ride.driver.user_id]) {
          const one = listener(signedIn(world, user));
          await one.listen(`match:${ride.match.id}`, `user:${user}`);
          listeners.push(one);
        }
        rides.push(ride);
      }
      await using _busy = keepBusy(world);
      for (const { match, driver, pin } of rides) {
        const as = { user: driver.user_id };
        for (const action of ["accept", "arrive", "start", "complete"]) {
          const body = action === "start" ? { pin } : {};
          await act(world, { match: match.id, action, as, body });
        }
      }
      // Four changes of each ride, on two topics, to two people.
      const expected = RIDES * 16;
      const received = (): Received[] => listeners.flatMap((one) => one.received);
      await until(() => received().length >= expected, `${expected} deliveries`);
      assert.equal(received().length, expected);
      // The work of the change is in it, and a machine that tests share.
      const p95 = printed("changes of rides, from their transaction's beginning", received());
      assert.ok(p95 < 1000, `p95 ${p95} ms`);
    });
  });

  test(`messages arrive within ${MOST_MS} ms (p95) of their commit while the stack is busy`, async (world) => {
    await withListeners(world, async (listener) => {
      const user = crypto.randomUUID();
      const one = listener(signedIn(world, user));
      await one.listen(`user:${user}`);
      await using _busy = keepBusy(world);
      for (let i = 0; i < MESSAGES; i++) {
        // The commit follows at once.
        await world.sql`
          select realtime.send(
            jsonb_build_object('at', clock_timestamp(), 'n', ${i}::int), 'e', ${`user:${user}`})`;
      }
      await until(() => one.received.length >= MESSAGES, `${MESSAGES} messages`);
      assert.deepEqual(
        one.received.map(({ payload }) => payload["n"]),
        Array.from({ length: MESSAGES }, (_, i) => i),
      );
      const p95 = printed("messages, from just before their commit", one.received);
      assert.ok(p95 < MOST_MS, `p95 ${p95} ms`);
    });
  });
}

/** Prints how long the deliveries took since the moment in their "at", and gives the 95th percentile in ms. */
function printed(what: string, received: readonly Received[]): number {
  const latencies = received.map(({ at, payload }) => at - Date.parse(String(payload["at"])))
    .sort((a, b) => a - b);
  const rank = (share: number): number => latencies[Math.ceil(latencies.length * share) - 1] ?? NaN;
  report(
    `realtime: ${latencies.length} ${what}: median ${rank(0.5)} ms, p95 ${rank(0.95)} ms, ` +
      `most ${rank(1)} ms`,
  );
  return rank(0.95);
}

/** What a listener was told on a topic, in short. */
function told({ received }: Listener, topic: string): string[] {
  return received.filter((one) => one.topic === topic).map(({ event, payload }) => {
    if (event === "match_changed") {
      return `${event} ${payload["from_status"]} > ${payload["status"]}`;
    }
    return "status" in payload ? `${event} ${payload["status"]}` : event;
  });
}

async function tellsPositions({ sql }: World): Promise<boolean> {
  const [row] = await sql`select to_regprocedure('mobility.follow_rides(jsonb)') as follows`;
  return row?.["follows"] !== null;
}

/** Searches the seeded city, four at a time, until it is disposed of. */
function keepBusy(world: World): AsyncDisposable {
  let busy = true;
  const searches = Array.from({ length: 4 }, async () => {
    while (busy) {
      const at = { lat: -1.95 + Math.random() / 10, lng: 30.05 + Math.random() / 10 };
      const body = { role: "driver", vehicle_type: "moto", ...at, limit: 20 };
      const { status, text } = await world.http.post("matching/find-nearby", { body });
      assert.equal(status, 200, text);
    }
  });
  return {
    [Symbol.asyncDispose]: async () => {
      busy = false;
      await Promise.all(searches);
    },
  };
}
