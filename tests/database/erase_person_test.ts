import assert from "node:assert/strict";
import { createDatabase, hasDatabase } from "../support/database.ts";
import { everything } from "./backup/support/city.ts";
import { chatRide } from "./chat/support/chat-ride.ts";
import { newPerson } from "./chat/support/people.ts";
import { asJson } from "./chat/support/rpc.ts";
import { message, receive } from "./chat/support/whatsapp.ts";
import { breaches } from "../../scripts/invariants/breaches.ts";
import { advance, openTrip, rate } from "./support/rides.ts";

const PAGE = new URL("../../docs/security.md", import.meta.url);
const PHONE = "+250700000000";
const NAME = "Zebulon Quaqua";

/** What the page says to run. */
async function erasure(): Promise<string> {
  const [, sql] = /```sql\n(-- changes: forgets the person[\s\S]*?)```/.exec(
    await Deno.readTextFile(PAGE),
  ) ?? [];
  assert.ok(sql, "docs/security.md has no such statement");
  return sql;
}

Deno.test({
  name: "docs/security.md: the erasure leaves nothing of a person but rides of nobody",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase();
    const { sql } = database;
    const { passenger, driver, match } = await chatRide(sql, "completed");
    await sql`update mobility.profiles set phone = ${PHONE}, display_name = ${NAME}, whatsapp_user_id = 'RW.zq'
      where user_id = ${passenger.user_id}`;
    await sql`update mobility.trips set pickup_text = ${`Home of ${NAME}`} where id = ${match.passenger_trip_id}`;
    await rate(sql, { match: match.id, rating: 5, as: "passenger" });
    const ride = await openTrip(sql, "passenger", { user_id: passenger.user_id });
    await receive(sql, {
      messages: [message({ phone: PHONE, content: { kind: "text", text: `I am ${NAME}` } })],
    });
    // What the driver was told names the passenger.
    await sql`select mobility.say(${driver.user_id}, 'ride_accepted',
      ${asJson({ match_id: match.id, name: NAME, phone: PHONE })}::text::jsonb)`;
    await sql`update mobility.outbox set status = 'sent'`;
    const friend = await newPerson(sql, "Friend");
    await sql`insert into mobility.trusted_contacts (user_id, contact_user_id, name)
      values (${friend.user_id}, ${passenger.user_id}, ${NAME})`;
    const text = async (): Promise<string> => JSON.stringify([...await everything(sql)]);
    assert.match(await text(), new RegExp(NAME));

    await sql.unsafe(await erasure()).simple();

    const left = await text();
    for (const trace of [NAME, PHONE, PHONE.slice(1), "RW.zq"]) {
      assert.ok(!left.includes(trace), `${trace} is still there`);
    }
    const [kept] = await sql`
      select m.status, t.status as trip, (select rating_count from mobility.user_metrics
        where user_id = ${driver.user_id} and role = 'driver') as ratings
      from mobility.matches m, mobility.trips t where m.id = ${match.id} and t.id = ${ride.id}`;
    assert.deepEqual(kept, { status: "completed", trip: "cancelled", ratings: 1 });
    assert.deepEqual(await breaches(sql), []);
    // Who is nobody any more cannot be erased twice.
    await sql.unsafe(await erasure()).simple();
    assert.equal(await text(), left);
  },
});

Deno.test({
  name: "docs/security.md: nobody is erased in the middle of a ride",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase();
    const { passenger, match } = await chatRide(database.sql, "in_progress");
    await database
      .sql`update mobility.profiles set phone = ${PHONE} where user_id = ${passenger.user_id}`;
    await assert.rejects(database.sql.unsafe(await erasure()).simple(), /Under way in a ride/);
    await advance(database.sql, { match: match.id, action: "complete" });
    await database.sql.unsafe(await erasure()).simple();
  },
});
