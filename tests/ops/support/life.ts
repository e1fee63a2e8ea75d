import assert from "node:assert/strict";
import { z } from "zod";
import { offer } from "../../../shared/dispatch/mod.ts";
import { isInShare } from "../../../shared/webhook/rollout.ts";
import type { ChatWorld } from "../../support/chat/chat-suite.ts";
import type { Phone } from "../../support/chat/phone.ts";
import { rideInChat } from "../../support/chat/rides.ts";
import { expectOk } from "../../support/http.ts";
import { newSpot, north, openDriver, openPassenger, rideIn } from "../../support/stack-people.ts";
import { findDrivers } from "../../support/stack-search.ts";

/** The share of people on V2 while this goes on. */
export const SHARE = 50;

/** A little of everything that is measured: rides, searches, offers, chat, and what goes wrong with them. */
export async function live(world: ChatWorld, redisPid: number | undefined): Promise<void> {
  await rideIn(world, "completed");
  await searchTwice(world, redisPid);
  await offerToThree(world);
  await callForHelp(world);
  await leaveInTheMiddle(world);
  await writeToV1(world);
  await beRefusedByWhatsApp(world);
  await comeTooOften(world);
  await breakForAMoment(world);
  await world.sql`select public.roll_up()`;
}

/** Somebody whom V2 serves, or does not. */
function phoneOf(world: ChatWorld, isOnV2: boolean): Phone {
  while (true) {
    const phone = world.phone();
    if (isInShare(phone.identity, SHARE) === isOnV2) return phone;
  }
}

/** A miss, a hit, a search while Redis hangs, and a position. */
async function searchTwice(world: ChatWorld, redisPid: number | undefined): Promise<void> {
  const at = newSpot();
  const driver = await openDriver(world, { at: north(at, 300) });
  const passenger = await openPassenger(world, { at });
  await findDrivers(world, { trip: passenger.id });
  assert.equal((await findDrivers(world, { trip: passenger.id })).cached, true);
  const moved = await world.http.post("tracking/update-location", {
    as: { user: driver.user_id },
    body: { trip_id: driver.id, ...north(at, 310) },
  });
  assert.equal(moved.status, 200, moved.text);
  assert.ok(redisPid !== undefined);
  Deno.kill(redisPid, "SIGSTOP");
  try {
    assert.equal((await findDrivers(world, { trip: passenger.id })).cached, false);
  } finally {
    Deno.kill(redisPid, "SIGCONT");
  }
}

/** One driver takes the ride, one says no, one is late. */
async function offerToThree(world: ChatWorld): Promise<void> {
  const at = newSpot();
  const drivers = await Promise.all(
    [300, 500, 700].map((metres) => openDriver(world, { at: north(at, metres) })),
  );
  const passenger = await openPassenger(world, { at, more: { dropoff: north(at, 4000) } });
  const started = await world.http.post("orchestrator/dispatch", {
    as: { user: passenger.user_id },
    body: { passenger_trip_id: passenger.id, batch_size: 3 },
  });
  assert.equal(started.status, 201, started.text);
  for (const [index, deed] of (["decline", "accept"] as const).entries()) {
    const driver = drivers[index];
    assert.ok(driver);
    const as = { user: driver.user_id };
    const answer = await world.http.get(`orchestrator/trips/${driver.id}/offers`, { as });
    const [asked] = expectOk(answer, z.object({ offers: z.array(offer) })).offers;
    assert.ok(asked, "the driver is asked");
    const done = await world.http.post(`orchestrator/offers/${asked.id}/${deed}`, { as, body: {} });
    assert.equal(done.status, 200, done.text);
  }
}

/** An SOS that has waited for two minutes. */
async function callForHelp(world: ChatWorld): Promise<void> {
  const people = { passenger: phoneOf(world, true), driver: phoneOf(world, true) };
  const { passenger } = await rideInChat(world, "riding", people);
  await passenger.tap("sos:");
  await passenger.receive("sos_sent");
  await world.settle();
  await world.sql`update mobility.sos_alerts set created_at = now() - interval '2 minutes'`;
}

/** Somebody who was asked for a vehicle half an hour ago. */
async function leaveInTheMiddle(world: ChatWorld): Promise<void> {
  const phone = phoneOf(world, true);
  await phone.write("Hello");
  await phone.receive("welcome");
  await phone.tap("menu:ride");
  await phone.receive("choose_vehicle");
  await world.settle();
  await world.sql`
    update mobility.conversations set last_inbound_at = now() - interval '31 minutes' where step <> 'idle'`;
}

/** Somebody whom V1 serves. */
async function writeToV1(world: ChatWorld): Promise<void> {
  await phoneOf(world, false).write("Hello");
  await world.settle();
}

/** A message that WhatsApp takes later, and one that it takes and reports as failed. */
async function beRefusedByWhatsApp(world: ChatWorld): Promise<void> {
  for (
    const fault of [
      { kind: "error", status: 500, code: 131000 },
      { kind: "status_failed", code: 131026 },
    ] as const
  ) {
    const phone = phoneOf(world, true);
    const { whatsapp_user_id: to } = phone.identity;
    await world.standIn.fail({ match: { to: String(to) }, times: 1, fault });
    await phone.write("Hello");
    while (await world.standIn.faultsLeft() > 0) await world.work();
  }
  await world.hurry();
  await world.settle();
}

/** Somebody who does not wait when told to. */
async function comeTooOften(world: ChatWorld): Promise<void> {
  const as = { user: crypto.randomUUID() };
  const body = {
    passenger_trip_id: crypto.randomUUID(),
    driver_trip_id: crypto.randomUUID(),
  };
  for (let status = 0; status !== 429;) {
    status = (await world.http.post("orchestrator/accept-match", { as, body })).status;
  }
}

/** A request that the database does not answer in time. */
async function breakForAMoment(world: ChatWorld): Promise<void> {
  await world.sql.begin(async (transaction) => {
    await transaction`lock table mobility.trips in access exclusive mode`;
    const answer = await world.http.post("orchestrator/find-drivers", {
      body: { passenger_trip_id: crypto.randomUUID() },
    });
    assert.equal(answer.status, 503, answer.text);
  });
}
