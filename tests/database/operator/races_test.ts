import assert from "node:assert/strict";
import { chatRace } from "../chat/support/chat-test.ts";
import { answerOffer, dispatchTrip, offersOf, onlineDrivers } from "../chat/support/dispatch.ts";
import { countCodes } from "../support/outcome.ts";
import { advance, cancelTrip, type Match, openTrip, rideIn, sweep } from "../support/rides.ts";
import { tripState } from "../support/trip-state.ts";
import {
  acknowledgeBy,
  callForHelp,
  cancelBy,
  newOperator,
  redispatchBy,
} from "./support/operator.ts";

const ROUNDS = 25;

/** Fails on any other code; a deadlock or another database error fails by itself. */
function assertCodes(codes: Record<string, number>, allowed: readonly string[]): void {
  assert.deepEqual(Object.keys(codes).filter((code) => !allowed.includes(code)), []);
}

const NEXT: Readonly<Record<string, string>> = {
  pending: "accept",
  accepted: "arrive",
  driver_arrived: "start",
  in_progress: "complete",
};

for (const status of ["pending", "accepted", "driver_arrived", "in_progress"]) {
  chatRace(
    `operator_cancel() beside what both sides do to a ride that is ${status}: one order of them all`,
    12,
    async ({ sql }) => {
      for (let round = 0; round < ROUNDS; round++) {
        const ride = await rideIn(sql, status);
        const codes = await countCodes([
          advance(sql, {
            match: ride.id,
            action: NEXT[status] ?? "",
            as: "driver",
            pin: ride.pin ?? "",
          }),
          cancelBy(sql, null, { match: ride.id }),
          advance(sql, { match: ride.id, action: "cancel", as: "driver" }),
          cancelTrip(sql, { trip: ride.passenger_trip_id }),
          cancelBy(sql, null, { match: ride.id }),
          sweep(sql),
        ]);
        assertCodes(codes, ["ok", "MATCH_INVALID_STATE", "TRIP_CANCELLED", "TRIP_COMPLETED"]);
        const { status: end } = await tripState(sql, ride.passenger_trip_id);
        assert.ok(["cancelled", "completed"].includes(end), end);
      }
    },
  );
}

chatRace(
  "operator_redispatch() beside what both sides do leaves nobody bound by halves",
  12,
  async ({ sql }) => {
    for (let round = 0; round < ROUNDS; round++) {
      const status = ["pending", "accepted", "driver_arrived"][round % 3] ?? "";
      const ride = await rideIn(sql, status);
      const drivers = await onlineDrivers(sql, 2);
      const redispatch = async (): Promise<void> => {
        await redispatchBy(sql, null, { match: ride.id });
        await dispatchTrip(sql, { trip: ride.passenger_trip_id, drivers });
      };
      const codes = await countCodes([
        advance(sql, {
          match: ride.id,
          action: NEXT[status] ?? "",
          as: "driver",
          pin: ride.pin ?? "",
        }),
        redispatch(),
        advance(sql, { match: ride.id, action: "cancel", as: "driver" }),
        redispatch(),
        ...(round % 2 === 0 ? [cancelTrip(sql, { trip: ride.passenger_trip_id })] : []),
      ]);
      assertCodes(codes, ["ok", "MATCH_INVALID_STATE", "TRIP_CANCELLED"]);
      const offers = await offersOf(sql, ride.passenger_trip_id);
      await Promise.allSettled(offers.map((offer) => answerOffer(sql, offer, true)));
      const [live] = await sql<{ count: number }[]>`
      select count(*)::int from mobility.matches where live and passenger_trip_id = ${ride.passenger_trip_id}`;
      assert.ok((live?.count ?? 2) <= 1);
    }
  },
);

chatRace("operator_cancel() of an open trip beside drivers who accept it", 12, async ({ sql }) => {
  const ended = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const { id: trip } = await openTrip(sql, "passenger");
    const drivers = await onlineDrivers(sql, 4);
    await dispatchTrip(sql, { trip, drivers, batch_size: 4 });
    const offers = await offersOf(sql, trip);
    const cancel = (): Promise<unknown> => cancelBy(sql, null, { trip });
    const calls = offers.map((offer) => (): Promise<unknown> => answerOffer(sql, offer, true));
    calls.splice(round % 5, 0, cancel);
    const codes = await countCodes(calls.map((call) => call()));
    assertCodes(codes, ["ok", "OFFER_GONE", "TRIP_ALREADY_MATCHED", "TRIP_CANCELLED"]);
    assert.equal(codes.ok, 1, JSON.stringify(codes));
    ended.add((await tripState(sql, trip)).status);
  }
  assert.deepEqual([...ended].sort(), ["cancelled", "matched"], "both happened");
});

chatRace(
  "of ten operators who take up one call for help, one is the first",
  10,
  async ({ sql }) => {
    const names = Array.from({ length: 10 }, (_, i) => `Operator ${i}`);
    const operators = await Promise.all(names.map((name) => newOperator(sql, name)));
    const ride: Match = await rideIn(sql, "in_progress");
    const alert = await callForHelp(sql, ride);
    const answers = await Promise.all(operators.map((who) => acknowledgeBy(sql, who, { alert })));
    const first = new Set(answers.map(({ acknowledged_by }) => acknowledged_by));
    assert.equal(first.size, 1);
    const log = await sql`select from mobility.operator_actions where action = 'acknowledge_sos'`;
    assert.equal(log.length, 1);
  },
);
