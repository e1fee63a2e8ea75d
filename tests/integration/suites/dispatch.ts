import assert from "node:assert/strict";
import { z } from "zod";
import { answeredOffer, dispatch, offer } from "../../../shared/dispatch/mod.ts";
import { type Answer, expectCode, expectOk } from "../../support/http.ts";
import {
  newSpot,
  north,
  openDriver,
  openPassenger,
  type Trip,
} from "../../support/stack-people.ts";
import type { Suite, World } from "../../support/stack.ts";

type Offer = z.infer<typeof offer>;

/** Letting the system find the driver, over HTTP. */
export function dispatchSuite({ test }: Suite): void {
  test("a dispatch offers the ride to a batch, and one of them gets it", async (world) => {
    const { passenger, drivers } = await crowd(world, 3);
    const p = { user: passenger.user_id };
    const started = await world.http.post("orchestrator/dispatch", {
      as: p,
      body: { passenger_trip_id: passenger.id, batch_size: 2 },
    });
    assert.equal(started.status, 201, started.text);
    const { dispatch: running } = expectOk(started, z.object({ dispatch }));
    assert.deepEqual([running.status, running.candidates, running.offered], ["running", 3, 2]);

    const [first, second] = await askedDrivers(world, drivers);
    assert.ok(first && second, "two drivers are asked");
    assert.equal(first.offer.ride.fare_amount, passenger.fare_amount);
    const path = `orchestrator/offers/${first.offer.id}/accept`;
    expectCode(await world.http.post(path, { as: p, body: {} }), "FORBIDDEN");
    const won = await world.http.post(path, { as: { user: first.driver.user_id }, body: {} });
    const { match } = expectOk(won, answeredOffer);
    assert.equal(match?.status, "accepted");
    assert.equal(match?.passenger_trip_id, passenger.id);

    const late = await world.http.post(`orchestrator/offers/${second.offer.id}/accept`, {
      as: { user: second.driver.user_id },
      body: {},
    });
    expectGone(late, "taken");
    const again = await world.http.post("orchestrator/dispatch", {
      as: p,
      body: { passenger_trip_id: passenger.id },
    });
    expectCode(again, "TRIP_ALREADY_MATCHED");
  });

  test("the nearest is asked first and alone; who declines makes room for the next", async (world) => {
    const { passenger, drivers } = await crowd(world, 2);
    await world.http.post("orchestrator/dispatch", { body: { passenger_trip_id: passenger.id } });
    const [asked, nobody] = await askedDrivers(world, drivers);
    assert.ok(asked && nobody === undefined, "one driver is asked");
    assert.equal(asked.driver.id, drivers[0]?.id);
    const declined = await world.http.post(`orchestrator/offers/${asked.offer.id}/decline`, {
      as: { user: asked.driver.user_id },
      body: {},
    });
    assert.deepEqual(expectOk(declined, answeredOffer), { declined: true });
    const [next] = await askedDrivers(world, drivers);
    assert.ok(next && next.driver.id !== asked.driver.id, "the other driver is asked");
    await world.http.call(`DELETE orchestrator/trips/${passenger.id}`, { body: {} });
    const ghost = await world.http.post(`orchestrator/offers/${next.offer.id}/accept`, {
      as: { user: next.driver.user_id },
      body: {},
    });
    expectGone(ghost, "cancelled");
  });

  test("a dispatch with nobody near says so, and a stranger's is forbidden", async (world) => {
    const passenger = await openPassenger(world, { at: newSpot() });
    const body = { passenger_trip_id: passenger.id };
    expectCode(await world.http.post("orchestrator/dispatch", { body }), "NO_DRIVERS_FOUND");
    const stranger = { user: crypto.randomUUID() };
    expectCode(
      await world.http.post("orchestrator/dispatch", { as: stranger, body }),
      "FORBIDDEN",
    );
    const offers = `orchestrator/trips/${passenger.id}/offers`;
    expectCode(await world.http.get(offers, { as: stranger }), "FORBIDDEN");
    const unknown = `orchestrator/offers/${crypto.randomUUID()}/accept`;
    expectCode(await world.http.post(unknown, { body: {} }), "OFFER_NOT_FOUND");
  });
}

function expectGone(answer: Answer, reason: string): void {
  expectCode(answer, "OFFER_GONE");
  const { error } = z.object({ error: z.object({ details: z.unknown() }) }).parse(answer.body);
  assert.deepEqual(error.details, { reason });
}

/** A passenger with so many drivers around. */
async function crowd(world: World, count: number): Promise<{ passenger: Trip; drivers: Trip[] }> {
  const at = newSpot();
  const drivers = await Promise.all(
    Array.from({ length: count }, (_, i) => openDriver(world, { at: north(at, 300 + 200 * i) })),
  );
  const passenger = await openPassenger(world, { at, more: { dropoff: north(at, 4000) } });
  return { passenger, drivers };
}

/** The drivers that look at an offer now. */
async function askedDrivers(
  world: World,
  drivers: readonly Trip[],
): Promise<{ driver: Trip; offer: Offer }[]> {
  const asked = await Promise.all(drivers.map(async (driver) => {
    const answer = await world.http.get(`orchestrator/trips/${driver.id}/offers`, {
      as: { user: driver.user_id },
    });
    const { offers } = expectOk(answer, z.object({ offers: z.array(offer) }));
    return offers.filter(({ status }) => status === "offered").map((offer) => ({ driver, offer }));
  }));
  return asked.flat();
}
