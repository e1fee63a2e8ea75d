import postgres, { type Sql } from "postgres";
import { goOnline, rideInChat } from "../../support/chat/rides.ts";
import type { ChatWorld } from "../../support/chat/chat-suite.ts";
import { newSpot } from "../../support/stack-people.ts";

/** People, rides and troubles for every question of a document to be about. */
export interface Life {
  /** What stands in angle brackets in documents, and what a person would put there. */
  readonly placeholders: ReadonlyMap<string, string>;
  /** A connection that may be ended: its process in the database. */
  victim(): Promise<string>;
  /** Lets go of the lock: whoever changes something would wait for it. */
  calm(): Promise<void>;
  close(): Promise<void>;
}

const OPERATOR = "0be4a704-0000-4000-8000-000000000002";

/**
 * Lets a city live for a moment: rides in every state, an SOS, messages that were given up, a transaction that
 * holds a lock and one that waits for it.
 */
export async function live(world: ChatWorld): Promise<Life> {
  const { sql, info } = world;
  await sql.unsafe(await Deno.readTextFile(new URL("hosted.sql", import.meta.url))).simple();
  await sql`select vault.create_secret(${info.functions_url}, 'mobility_worker_url')`;
  await sql`select vault.create_secret(${info.secret_key}, 'mobility_worker_key')`;
  // The clock would end what is to be seen here.
  await sql`select cron.alter_job(jobid, active => false) from cron.job`;

  await rideInChat(world, "completed");
  await rideInChat(world, "asked");
  const { matchId, passenger } = await rideInChat(world, "riding");
  await passenger.write("sos");
  await goOnline(world.phone(), { at: newSpot() });
  await sql`insert into mobility.ride_points (match_id, recorded_at, lat, lng, speed_mps)
    values (${matchId}, now(), -1.95, 30.06, 8)`;
  await makeOffer(sql);
  await world.settle();
  await breakThings(sql);
  await sql`insert into mobility.operators (user_id, name) values (${OPERATOR}, 'Claire')`;
  await sql`
    select public.drop_dead_letter(${OPERATOR}, 'deliveries', id::text) from mobility.deliveries where target = 'v1'`;
  await sql`select public.sweep_chat(), public.sweep_dispatch()`;

  const holder = await holdLock(info.db_url);
  const victim = postgres(info.db_url, { max: 1, onnotice: () => {} });
  const [{ alert, person, hash } = { alert: "", person: "", hash: "" }] = await sql<
    { alert: string; person: string; hash: string }[]
  >`
    select a.id as alert, p.user_id as person, encode(sha256(convert_to(p.phone, 'UTF8')), 'hex') as hash
    from mobility.sos_alerts a join mobility.profiles p on p.user_id = a.user_id`;
  return {
    placeholders: new Map([
      ["<alert id>", alert],
      ["<match id>", matchId],
      ["<user id>", person],
      ["<fingerprint>", hash],
      ["<your name>", "Claire"],
      ["<why>", "Neither answers the telephone"],
      ["<new secret key>", "sb_secret_new"],
      ["<secret key>", "sb_secret_new"],
      ["<project ref>", "abcdefghijklmnopqrst"],
      ["<project>", "abcdefghijklmnopqrst"],
      ["<phase>", "status"],
      ["<request id>", crypto.randomUUID()],
    ]),
    victim: async () => {
      const [row] = await victim<{ pid: number }[]>`select pg_backend_pid() as pid`;
      return String(row?.pid);
    },
    calm: () => holder.close(),
    close: async () => {
      await holder.close();
      await victim.end({ timeout: 5 });
    },
  };
}

/** A passenger who waits, a search by offers, and its offer. */
async function makeOffer(sql: Sql): Promise<void> {
  await sql`
    with seeker as (
      insert into mobility.profiles (phone) values ('+250788999001') returning user_id
    ), wish as (
      select public.create_trip(null, user_id, 'passenger', 'moto', -1.9441, 30.0619) -> 'trip' ->> 'id' as id from seeker
    )
    select public.dispatch_trip(null, wish.id::uuid, (
      select jsonb_agg(jsonb_build_object('trip_id', trip_id, 'distance_m', 500, 'eta_s', 90)) from (
        select trip_id from mobility.live_positions where role = 'driver' and vehicle_type = 'moto' and available limit 3
      ) near)) from wish`;
}

/** One of everything that can be stuck or dead. */
async function breakThings(sql: Sql): Promise<void> {
  await sql`
    with dying as (select id from mobility.outbox where status <> 'queued' order by seq limit 2)
    update mobility.outbox o set status = 'dead', error_code = 132001, error_detail = 'No such template',
      valid_until = now() + interval '1 hour' from dying where o.id = dying.id`;
  await sql`
    insert into mobility.outbox (user_id, kind, params, status, error_code, created_at, valid_until)
    select user_id, 'welcome', '{}', 'dead', 131026, now() - interval '2 days', now() from mobility.profiles limit 1`;
  await sql`
    insert into mobility.outbox (user_id, kind, params, not_before)
    select user_id, 'welcome', '{}', now() + interval '1 hour' from mobility.profiles limit 1`;
  await sql`
    insert into mobility.inbox (message_id, user_id, content, sent_at, not_before)
    select 'wamid.stuck', user_id, '{"kind": "text", "text": "Hi"}', now(), now() + interval '1 hour'
    from mobility.profiles limit 1`;
  await sql`
    insert into mobility.deliveries (target, body, status, error_detail)
    values ('sos', '{}', 'dead', 'HTTP 500'), ('v1', '{}', 'dead', 'HTTP 404')`;
  await sql`insert into mobility_v1.changes (side, tbl, id) values ('1', 'trips', gen_random_uuid())`;
  await sql`insert into mobility_v1.rejects ("table", id, reason) values ('trips', gen_random_uuid(), 'NO_PERSON')`;
  // A proposal that nobody answered and no sweep has ended.
  await sql`
    update mobility.matches set respond_by = now() - interval '5 minutes' where status = 'pending'`;
}

/** Two connections: one holds a person's row in an open transaction, the other waits for it. */
async function holdLock(url: string): Promise<{ close(): Promise<void> }> {
  const holder = postgres(url, { max: 1, onnotice: () => {} });
  const waiter = postgres(url, { max: 1, onnotice: () => {} });
  const release = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const holding = holder.begin(async (transaction) => {
    await transaction`select from mobility.rollout for update`;
    held.resolve();
    await release.promise;
  }).catch(() => {});
  await held.promise;
  const waiting = waiter`select from mobility.rollout for update`.catch(() => {});
  let closed: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    release.resolve();
    await Promise.all([holding, waiting]);
    await Promise.all([holder.end({ timeout: 5 }), waiter.end({ timeout: 5 })]);
  };
  return { close: () => closed ??= end() };
}
