import assert from "node:assert/strict";
import { assignBatch, type WaitingRequest } from "../../../shared/dispatch/mod.ts";
import { breaches } from "../../../scripts/invariants/breaches.ts";
import { outcomeOf } from "../support/outcome.ts";
import { cancelTrip, type Connection, openTrip } from "../support/rides.ts";
import { letChatTimePass } from "./support/chat-clock.ts";
import { chatRace, chatTest } from "./support/chat-test.ts";
import {
  answerOffer,
  candidatesOf,
  dispatchOf,
  dispatchTrip,
  offersOf,
  type OnlineDriver,
  onlineDrivers,
  statesOf,
  sweepDispatch,
} from "./support/dispatch.ts";
import { answeredBy, asJson } from "./support/rpc.ts";

const WINDOW_S = 5;

async function collect(sql: Connection, window_s = WINDOW_S): Promise<void> {
  await sql`select public.set_dispatch_policy(${window_s}, 0)`;
}

async function waitingOf(sql: Connection): Promise<readonly WaitingRequest[]> {
  const { dispatches } = await answeredBy<{ dispatches: WaitingRequest[] }>(
    sql`select public.get_waiting_dispatches() as answer`,
  );
  return dispatches;
}

/** What the functions do when a window is over. */
async function assign(sql: Connection): Promise<number> {
  const orders = assignBatch(await waitingOf(sql), { idleCreditS: 0 });
  const { assigned } = await answeredBy<{ assigned: number }>(
    sql`select public.assign_dispatches(${asJson(orders)}::text::jsonb) as answer`,
  );
  return assigned;
}

async function offeredTo(sql: Connection, trip: string): Promise<string[]> {
  return (await offersOf(sql, trip)).map(({ driver_trip_id }) => driver_trip_id);
}

function tripsOf(drivers: readonly OnlineDriver[]): string[] {
  return drivers.map(({ trip_id }) => trip_id);
}

chatTest("a collected request is offered to nobody before its window is over", async ({ sql }) => {
  await collect(sql);
  const trip = await openTrip(sql, "passenger");
  const drivers = await onlineDrivers(sql, 3);
  const dispatch = await dispatchTrip(sql, { trip: trip.id, drivers });
  assert.equal(dispatch.status, "running");
  assert.equal(dispatch.offered, 0);
  const { offers_in_s } = dispatch;
  assert.ok(offers_in_s !== null && offers_in_s > 0 && offers_in_s <= WINDOW_S);
  assert.deepEqual(await waitingOf(sql), []);
  await sweepDispatch(sql);
  assert.deepEqual(await statesOf(sql, trip.id, drivers), [null, null, null]);

  await letChatTimePass(sql, WINDOW_S);
  assert.equal(await assign(sql), 1);
  assert.deepEqual(await statesOf(sql, trip.id, drivers), ["offered", null, null]);
  // Once: whoever comes second finds nothing to do.
  assert.equal(await assign(sql), 0);
});

chatTest("requests of one window share the drivers as is best for all", async ({ sql }) => {
  await collect(sql);
  const [near, far] = await onlineDrivers(sql, 2);
  assert.ok(near && far);
  const [first, second] = [await openTrip(sql, "passenger"), await openTrip(sql, "passenger")];
  await dispatchTrip(sql, { trip: first.id, drivers: [near, far] });
  // The second one's only candidate is the first one's best.
  await dispatchTrip(sql, { trip: second.id, drivers: [near] });
  await letChatTimePass(sql, WINDOW_S);
  assert.equal(await assign(sql), 2);
  assert.deepEqual(await offeredTo(sql, first.id), [far.trip_id]);
  assert.deepEqual(await offeredTo(sql, second.id), [near.trip_id]);
});

chatTest("a declined assignment goes on to those who are left over", async ({ sql }) => {
  await collect(sql);
  const drivers = await onlineDrivers(sql, 4);
  const trip = await openTrip(sql, "passenger");
  await dispatchTrip(sql, { trip: trip.id, drivers, batch_size: 2 });
  await letChatTimePass(sql, WINDOW_S);
  await assign(sql);
  const [offer] = await offersOf(sql, trip.id);
  assert.ok(offer);
  await answerOffer(sql, offer, false);
  assert.deepEqual(await statesOf(sql, trip.id, drivers), ["declined", "offered", "offered", null]);
});

chatTest("get_waiting_dispatches() leaves out who cannot take it any more", async ({ sql }) => {
  await collect(sql);
  const drivers = await onlineDrivers(sql, 4);
  const [offline, busy, ...free] = drivers;
  assert.ok(offline && busy);
  const trip = await openTrip(sql, "passenger");
  await dispatchTrip(sql, { trip: trip.id, drivers });
  await letChatTimePass(sql, WINDOW_S);
  await cancelTrip(sql, { trip: offline.trip_id });
  await collect(sql, 0);
  await dispatchTrip(sql, { trip: (await openTrip(sql, "passenger")).id, drivers: [busy] });
  const [waiting, ...others] = await waitingOf(sql);
  assert.deepEqual(others, []);
  assert.deepEqual(waiting?.candidates.map(({ trip_id }) => trip_id), tripsOf(free));
  const expected = candidatesOf(drivers).slice(2).map(({ eta_s }) => eta_s);
  assert.deepEqual(waiting.candidates.map(({ eta_s }) => eta_s), expected);
});

chatTest("sweep_dispatch() serves a request whose window nobody closed", async ({ sql }) => {
  await collect(sql);
  const drivers = await onlineDrivers(sql, 3);
  const trip = await openTrip(sql, "passenger");
  await dispatchTrip(sql, { trip: trip.id, drivers, batch_size: 2 });
  await letChatTimePass(sql, WINDOW_S + 4);
  await sweepDispatch(sql);
  assert.deepEqual(await statesOf(sql, trip.id, drivers), ["offered", "offered", null]);
  assert.deepEqual(await waitingOf(sql), []);
  // A late assignment changes nothing.
  assert.equal(await assign(sql), 0);
});

chatTest("a request that is cancelled in its window is offered to nobody", async ({ sql }) => {
  await collect(sql);
  const drivers = await onlineDrivers(sql, 2);
  const trip = await openTrip(sql, "passenger");
  await dispatchTrip(sql, { trip: trip.id, drivers });
  await letChatTimePass(sql, WINDOW_S);
  const orders = assignBatch(await waitingOf(sql), { idleCreditS: 0 });
  await cancelTrip(sql, { trip: trip.id });
  await sql`select public.assign_dispatches(${asJson(orders)}::text::jsonb)`;
  assert.deepEqual(await offersOf(sql, trip.id), []);
  assert.equal(await dispatchOf(sql, trip.id), "cancelled");
});

chatTest("set_dispatch_policy() refuses what is no policy", async ({ sql }) => {
  const code = async (
    window: number,
    credit: number,
    batch: number | null = null,
  ): Promise<string> =>
    (await outcomeOf(
      answeredBy(sql`select public.set_dispatch_policy(${window}, ${credit}, ${batch}) as answer`),
    )).code;
  assert.equal(await code(-1, 0), "VALIDATION_ERROR");
  assert.equal(await code(31, 0), "VALIDATION_ERROR");
  assert.equal(await code(5, 61), "VALIDATION_ERROR");
  assert.equal(await code(5, 0, 0), "VALIDATION_ERROR");
  assert.equal(await code(5, 0, 11), "VALIDATION_ERROR");
  assert.equal(await code(5, 0.5), "ok");
});

chatTest(
  "a request without a driver waits for one who is looking at another offer",
  async ({ sql }) => {
    await collect(sql);
    const [driver] = await onlineDrivers(sql, 1);
    assert.ok(driver);
    const [first, second] = [await openTrip(sql, "passenger"), await openTrip(sql, "passenger")];
    await dispatchTrip(sql, { trip: first.id, drivers: [driver] });
    await letChatTimePass(sql, 1);
    await dispatchTrip(sql, { trip: second.id, drivers: [driver] });
    await letChatTimePass(sql, WINDOW_S);
    assert.equal(await assign(sql), 1);
    assert.equal(await dispatchOf(sql, second.id), "running");
    const [offer] = await offersOf(sql, first.id);
    assert.ok(offer);
    await answerOffer(sql, offer, false);
    await letChatTimePass(sql, WINDOW_S);
    assert.equal(await assign(sql), 1);
    assert.deepEqual(await offeredTo(sql, second.id), [driver.trip_id]);
  },
);

chatRace("20 assignments, sweeps and answers at once ask nobody twice", 20, async ({ sql }) => {
  for (let round = 0; round < 10; round++) {
    await collect(sql);
    const drivers = await onlineDrivers(sql, 12);
    const trips = await Promise.all(Array.from({ length: 8 }, () => openTrip(sql, "passenger")));
    await Promise.all(
      trips.map(({ id }) => dispatchTrip(sql, { trip: id, drivers, batch_size: 1 })),
    );
    await letChatTimePass(sql, WINDOW_S + 4);
    await Promise.all([
      ...Array.from({ length: 12 }, () => assign(sql)),
      ...Array.from({ length: 6 }, () => sweepDispatch(sql)),
      ...trips.slice(0, 2).map(({ id }) => cancelTrip(sql, { trip: id })),
    ]);
    const offers = (await Promise.all(trips.map(({ id }) => offersOf(sql, id)))).flat()
      .filter(({ status }) => status === "offered");
    const asked = offers.map(({ driver_trip_id }) => driver_trip_id);
    assert.equal(new Set(asked).size, asked.length, `round ${round}`);
    // Everybody who did not cancel has asked somebody: there are more drivers than requests.
    await sweepDispatch(sql);
    for (const { id } of trips.slice(2)) {
      assert.notDeepEqual(await offersOf(sql, id), [], `round ${round}`);
    }
    await Promise.all(trips.slice(2).map(({ id }) => cancelTrip(sql, { trip: id })));
    await Promise.all(drivers.map(({ trip_id }) => cancelTrip(sql, { trip: trip_id })));
  }
  assert.deepEqual(await breaches(sql), []);
});
