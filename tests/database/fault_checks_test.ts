import assert from "node:assert/strict";
import { checkAtTheEnd } from "../../scripts/faults/final-checks.ts";
import { Ledger } from "../../scripts/faults/ledger.ts";
import { createDatabase, hasDatabase } from "../support/database.ts";
import { openTrip, rideIn } from "./support/rides.ts";

const KEPT = "a key that is kept";
const OPEN_TRIP = { step: "open trip", method: "POST", path: "/orchestrator/trips" };

Deno.test({
  name: "checkAtTheEnd() misses what was acknowledged and is not there, and finds what was refused",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase();
    const { sql } = database;
    const { id } = await rideIn(sql, "completed");
    await sql`
      insert into mobility.idempotency_keys (scope, key, request, response)
      values ('service', ${KEPT}, '{}', '{}')`;
    const ledger = new Ledger();
    const gone = crypto.randomUUID();
    const told = (json: unknown, key = KEPT): void =>
      ledger.acknowledge({ ...OPEN_TRIP, key, json });
    told({ match: { id, status: "completed" } });
    told({ trip: { id: gone } });
    told({ match: { id, status: "cancelled_driver" } });
    told({}, "a key that is gone");
    ledger.refuse({ ...OPEN_TRIP, key: "a key that never was", code: "TRIP_CANCELLED" });
    ledger.refuse({ ...OPEN_TRIP, key: KEPT, code: "TRIP_CANCELLED" });
    ledger.take({ messageId: "wamid.lost", person: "driver 1", content: "text" });

    const found: string[] = [];
    await checkAtTheEnd({
      sql,
      ledger,
      sent: ["one", "two", "one"],
      onViolation: (rule, what) => found.push(`${rule}: ${what.replace(/ at \d+ ms/, "")}`),
    });
    const acknowledged = "every acknowledged request is there: open trip:";
    assert.deepEqual(found.filter((line) => !line.startsWith("every sweep")), [
      `${acknowledged} ${gone}`,
      `${acknowledged} ${id} cancelled_driver`,
      `${acknowledged} key a key that is gone`,
      `nothing that was refused is there: open trip, TRIP_CANCELLED: key ${KEPT}`,
      "no acknowledged chat message is without its answer: wamid.lost of driver 1, text, taken: it is lost",
      "no reply that the Graph API has taken is doubled: outbox one",
    ]);
  },
});

Deno.test({
  name:
    "checkAtTheEnd() finds what is stuck, what was not said, and totals that are not the events",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase();
    const { sql } = database;
    await rideIn(sql, "accepted");
    await openTrip(sql, "passenger");
    const [person] = await sql<{ user_id: string }[]>`
      select user_id from mobility.profiles limit 1`;
    assert.ok(person);
    await sql`
      insert into mobility.outbox (user_id, kind, status)
      values (${person.user_id}, 'help', 'queued'), (${person.user_id}, 'help', 'dead')`;
    await sql`select public.roll_up()`;
    await sql`
      update mobility.hourly_totals set value = value + 1
      where metric = 'mobility_trips_created_total' and value > 0 and labels ->> 'role' = 'driver'`;
    const rules = new Map<string, number>();
    await checkAtTheEnd({
      sql,
      ledger: new Ledger(),
      sent: [],
      onViolation: (rule) => rules.set(rule, (rules.get(rule) ?? 0) + 1),
    });
    assert.equal(rules.get("no ride is stuck"), 1);
    assert.equal(rules.get("no search is stuck"), 2, "the trip of the ride, and the open one");
    assert.equal(
      rules.get("every message is answered, every reply sent, or it is told why not"),
      2,
    );
    assert.equal(rules.get("the hourly totals are what happened"), 1);
  },
});
