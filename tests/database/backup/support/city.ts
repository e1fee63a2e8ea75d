import fc from "fast-check";
import type { Sql } from "postgres";
import { anyDeed, ChatLife } from "../../chat/support/chat-life.ts";
import { newPerson } from "../../chat/support/people.ts";
import { message, receive } from "../../chat/support/whatsapp.ts";
import { anyCall, CityLife } from "../../support/city-life.ts";
import { placeCrowd, scatter, seededRandom } from "../../support/crowd.ts";
import { createLink } from "../../support/links.ts";
import { rate, rideIn } from "../../support/rides.ts";

const STATES = ["pending", "accepted", "driver_arrived", "in_progress", "completed"];

/** What a dump has to carry as it is: what COPY escapes, and what looks like its end. */
export const AWKWARD = 'Zoé\t"x"\\N\n\\.\nSET row_security = on;\r\n🛵 \\x00';

/** A city that has lived: rides in every state, chats, offers, links, bookings, a vehicle type of its own. */
export async function makeCity(sql: Sql): Promise<void> {
  await sql`select mobility.add_vehicle_type('boat', 'Boat', 4.0, 1.1)`;
  const done = await rideIn(sql, "completed", { dropoff: { lat: -1.96, lng: 30.1 } });
  await rate(sql, { match: done.id, rating: 4, as: "passenger" });

  const calls = new CityLife(sql);
  await calls.begin();
  for (const call of fc.sample(anyCall, { numRuns: 80, seed: 1 })) await calls.make(call);
  const chats = await ChatLife.begin(sql);
  for (const deed of fc.sample(anyDeed, { numRuns: 80, seed: 2 })) await chats.does(deed);

  // After what lets time pass, which would end these.
  for (const state of STATES) await rideIn(sql, state);
  await rideIn(sql, "in_progress", { vehicle_type: "boat" });
  const riding = await rideIn(sql, "accepted");
  await createLink(sql, { match: riding.id, viewer: "guest" });
  await receive(sql, {
    messages: [message({ phone: "+250788000001", content: { kind: "text", text: AWKWARD } })],
    deliveries: [{ target: "v1", body_base64: "e30=", headers: { "x-hub-signature-256": "x" } }],
  });
  const person = await newPerson(sql);
  await sql`update mobility.profiles set display_name = ${AWKWARD} where user_id = ${person.user_id}`;
  const random = seededRandom(3);
  const points = scatter({ lat: -1.95, lng: 30.06 }, { count: 300, spread: 0.05, random });
  await placeCrowd(sql, points);
}

/** What a Supabase project has of Auth and Vault, as far as a backup reads it. */
export async function addAuth(sql: Sql): Promise<void> {
  await sql.unsafe(`
    create table auth.users (
      id uuid primary key, email text, encrypted_password text, email_confirmed_at timestamptz,
      confirmed_at timestamptz generated always as (least(email_confirmed_at, null)) stored
    );
    create table auth.identities (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null references auth.users (id) on delete cascade,
      identity_data jsonb not null
    );
    create table auth.sessions (
      id uuid primary key, user_id uuid not null references auth.users (id) on delete cascade
    );
    create schema vault;
    create table vault.secrets (name text, secret text);
    insert into vault.secrets values ('mobility_worker_url', 'x'), (null, 'y');
  `).simple();
}

/** Every row of every table, generated columns and all, in an order of its own. */
export async function everything(
  sql: Sql,
  schemas: readonly string[] = ["mobility"],
): Promise<Map<string, string[]>> {
  const tables = await sql<{ name: string }[]>`
    select oid::regclass::text as name from pg_class
    where relkind = 'r' and relnamespace::regnamespace::text = any (${[...schemas]}) order by 1`;
  const all = new Map<string, string[]>();
  for (const { name } of tables) {
    const rows = await sql.unsafe<{ row: string }[]>(
      `select t::text as row from ${name} t order by 1`,
    );
    all.set(name, rows.map(({ row }) => row));
  }
  return all;
}
