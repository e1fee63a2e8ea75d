import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { asRole, databaseTest } from "../../support/database.ts";
import { createLink, openLink, revokeLinks } from "../support/links.ts";
import { rideIn } from "../support/rides.ts";

interface Listener {
  readonly sub?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
}

async function mayReceive(sql: Sql, listener: Listener, topic: string): Promise<boolean> {
  return await asRole(sql, { role: "authenticated", ...listener }, async (transaction) => {
    const [row] = await transaction`select coalesce(mobility.may_receive(${topic}), false) as may`;
    return row?.["may"] === true;
  });
}

databaseTest(
  "may_receive() opens a ride to its two people, and each person their own topic",
  async ({ sql }) => {
    const { id, passenger_user_id, driver_user_id } = await rideIn(sql, "accepted");
    const stranger = crypto.randomUUID();
    const people = { passenger: passenger_user_id, driver: driver_user_id, stranger };
    const expected: [string, string[]][] = [
      [`match:${id}`, ["passenger", "driver"]],
      [`user:${passenger_user_id}`, ["passenger"]],
      [`user:${driver_user_id}`, ["driver"]],
      [`user:${stranger}`, ["stranger"]],
      ["operators", []],
      [`match:${crypto.randomUUID()}`, []],
      ["match:", []],
      ["match:%", []],
      [`match:${"-".repeat(36)}`, []],
      [`match:${id.toUpperCase()}`, []],
      [`match:${id} `, []],
      ["", []],
      ["user:", []],
    ];
    for (const [topic, allowed] of expected) {
      const seen: string[] = [];
      for (const [name, sub] of Object.entries(people)) {
        if (await mayReceive(sql, { sub }, topic)) seen.push(name);
      }
      assert.deepEqual(seen, allowed, topic);
    }
  },
);

databaseTest(
  "may_receive() opens a link's ride to the link's token, and nothing else",
  async ({ sql }) => {
    const match = await rideIn(sql, "accepted");
    const other = await rideIn(sql, "accepted");
    const topic = `match:${match.id}`;
    const { token } = await createLink(sql, { match: match.id, viewer: "guest" });
    const id = String((await openLink(sql, token)).link["id"]);
    const listener = { sub: id, claims: { link_id: id } };
    assert.equal(await mayReceive(sql, listener, topic), true);
    // A token that was made for a link is nobody's, whatever subject it has.
    const person = { sub: match.passenger_user_id, claims: { link_id: id } };
    for (
      const closed of [
        `match:${other.id}`,
        `user:${id}`,
        `user:${match.passenger_user_id}`,
        "operators",
        `match:${id}`,
      ]
    ) {
      assert.equal(await mayReceive(sql, listener, closed), false, closed);
      assert.equal(await mayReceive(sql, person, closed), false, closed);
    }
    for (const link_id of [crypto.randomUUID(), "", "nonsense", null, 7]) {
      const sub = match.passenger_user_id;
      assert.equal(await mayReceive(sql, { sub, claims: { link_id } }, topic), false, `${link_id}`);
    }
    await sql`update mobility.trip_links set expires_at = now() where id = ${id}`;
    assert.equal(await mayReceive(sql, listener, topic), false, "expired");
    await sql`update mobility.trip_links set expires_at = now() + interval '1 hour' where id = ${id}`;
    assert.equal(await mayReceive(sql, listener, topic), true);
    await revokeLinks(sql, { match: match.id });
    assert.equal(await mayReceive(sql, listener, topic), false, "revoked");
  },
);

databaseTest(
  "may_receive() opens the operators' topic to operators, and no ride to who has no id",
  async ({ sql }) => {
    const { id } = await rideIn(sql, "accepted");
    const operator = crypto.randomUUID();
    await sql`insert into mobility.operators (user_id, name) values (${operator}, 'Ops')`;
    assert.equal(await mayReceive(sql, { sub: operator }, "operators"), true);
    for (const listener of [{}, { sub: "" }, { sub: "42" }]) {
      for (const topic of ["operators", `match:${id}`, "user:", "user:42"]) {
        assert.equal(await mayReceive(sql, listener, topic), false, topic);
      }
    }
  },
);
