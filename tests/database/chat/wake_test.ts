import assert from "node:assert/strict";
import { openTrip, propose } from "../support/rides.ts";
import { chatRace } from "./support/chat-test.ts";
import { newPerson, writes } from "./support/people.ts";
import { message, newPhone, receive } from "./support/whatsapp.ts";
import { answerInbox } from "./support/worker.ts";

const URL = "https://project.example/functions/v1/whatsapp-webhook/work";

chatRace("what is to be said wakes the worker, once a transaction", 4, async ({ sql }) => {
  // What a hosted project has: Vault, and pg_net with the signature of its http_post.
  await sql.unsafe(`
    create schema vault;
    create table vault.decrypted_secrets (name text, decrypted_secret text);
    create schema if not exists net;
    create table net.posts (url text, headers jsonb, body jsonb, timeout_milliseconds integer);
    create function net.http_post(
      url text, body jsonb default '{}', params jsonb default '{}', headers jsonb default '{}',
      timeout_milliseconds integer default 5000
    ) returns bigint language sql
    as $$ insert into net.posts values (url, headers, body, timeout_milliseconds) returning 1::bigint $$`);
  const posts = async (): Promise<unknown[]> => [
    ...await sql`with gone as (delete from net.posts returning *) select * from gone`,
  ];
  const driver = await newPerson(sql);
  const passenger = await newPerson(sql);
  const proposed = async (): Promise<void> => {
    await propose(sql, {
      passenger: (await openTrip(sql, "passenger", { user_id: passenger.user_id })).id,
      driver: (await openTrip(sql, "driver", { user_id: driver.user_id })).id,
    });
    await sql`update mobility.matches set respond_by = now()`;
    await sql`select public.sweep()`;
  };
  await proposed();
  assert.deepEqual(await posts(), [], "not set up, it is left alone");

  await sql`
    insert into vault.decrypted_secrets
    values ('mobility_worker_url', ${URL}), ('mobility_worker_key', 'sb_secret_x'), ('other', 'y')`;
  const post = {
    url: URL,
    headers: { "content-type": "application/json", apikey: "sb_secret_x" },
    body: {},
    timeout_milliseconds: 5000,
  };
  // Four messages in two transactions: the proposal, and its end.
  await proposed();
  assert.deepEqual(await posts(), [post, post]);
  // Whoever receives goes on to answer, and whoever answers to send.
  await receive(sql, { messages: [message({ phone: newPhone() })] });
  const event = await writes(sql, driver);
  await answerInbox(sql, event, { command: { name: "today" } });
  assert.deepEqual(await posts(), []);
  await sql`select mobility.wake_worker()`;
  assert.deepEqual(await posts(), [post]);
});
