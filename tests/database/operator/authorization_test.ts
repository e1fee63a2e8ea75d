import assert from "node:assert/strict";
import { chatTest } from "../chat/support/chat-test.ts";
import { newPerson } from "../chat/support/people.ts";
import { codeOf } from "../support/outcome.ts";
import { type Connection, openTrip, propose, rideIn } from "../support/rides.ts";
import {
  acknowledgeBy,
  type Acting,
  alertsFor,
  callForHelp,
  cancelBy,
  cityFor,
  dropBy,
  lettersFor,
  newOperator,
  operatorSnapshot,
  overviewOf,
  redispatchBy,
  retryBy,
  rideOf,
} from "./support/operator.ts";

interface Scene {
  readonly match: string;
  readonly trip: string;
  readonly alert: string;
  readonly letter: { readonly queue: string; readonly id: string };
  readonly people: readonly string[];
}

/** A ride with a call for help, an open trip, and a message that was given up. */
async function scene(sql: Connection): Promise<Scene> {
  const passenger = await newPerson(sql);
  const trip = await openTrip(sql, "passenger", { user_id: passenger.user_id });
  const driver = await openTrip(sql, "driver");
  const match = await propose(sql, { passenger: trip.id, driver: driver.id });
  const open = await openTrip(sql, "passenger");
  const alert = await callForHelp(sql, match);
  const [letter] = await sql<{ id: string }[]>`
    update mobility.outbox set status = 'dead' where user_id = ${passenger.user_id} returning id`;
  assert.ok(letter);
  return {
    match: match.id,
    trip: open.id,
    alert,
    letter: { queue: "outbox", id: letter.id },
    people: [passenger.user_id, driver.user_id, crypto.randomUUID()],
  };
}

const READS: Record<string, (sql: Connection, who: Acting, on: Scene) => Promise<unknown>> = {
  operator_city: (sql, who) => cityFor(sql, who),
  operator_overview: (sql, who) => overviewOf(sql, who),
  operator_ride: (sql, who, { match }) => rideOf(sql, who, match),
  operator_sos: (sql, who) => alertsFor(sql, who),
  operator_dead_letters: (sql, who) => lettersFor(sql, who),
};
const CHANGES: typeof READS = {
  operator_cancel: (sql, who, { match }) => cancelBy(sql, who, { match }),
  "operator_cancel of a trip": (sql, who, { trip }) => cancelBy(sql, who, { trip }),
  operator_redispatch: (sql, who, { match }) => redispatchBy(sql, who, { match }),
  "operator_redispatch of a trip": (sql, who, { trip }) => redispatchBy(sql, who, { trip }),
  acknowledge_sos: (sql, who, { alert }) => acknowledgeBy(sql, who, { alert }),
  retry_dead_letter: (sql, who, { letter }) => retryBy(sql, who, letter),
  drop_dead_letter: (sql, who, { letter }) => dropBy(sql, who, letter),
};

for (const [name, call] of Object.entries({ ...READS, ...CHANGES })) {
  chatTest(
    `${name}() is FORBIDDEN to everybody but operators, and changes nothing`,
    async ({ sql }) => {
      const on = await scene(sql);
      const before = await operatorSnapshot(sql);
      for (const person of on.people) {
        assert.equal(await codeOf(call(sql, person, on)), "FORBIDDEN");
      }
      assert.equal(await operatorSnapshot(sql), before);
    },
  );

  for (const who of ["an operator", "the service"]) {
    chatTest(`${name}() is for ${who}`, async ({ sql }) => {
      const on = await scene(sql);
      const acting = who === "the service" ? null : await newOperator(sql);
      const before = await operatorSnapshot(sql);
      assert.equal(await codeOf(call(sql, acting, on)), "ok");
      const changed = await operatorSnapshot(sql) !== before;
      assert.equal(changed, name in CHANGES);
    });
  }
}

chatTest("an operator who is none any more is turned away", async ({ sql }) => {
  const operator = await newOperator(sql);
  const { id } = await rideIn(sql, "accepted");
  assert.equal(await codeOf(rideOf(sql, operator, id)), "ok");
  await sql`delete from mobility.operators where user_id = ${operator}`;
  assert.equal(await codeOf(rideOf(sql, operator, id)), "FORBIDDEN");
});
