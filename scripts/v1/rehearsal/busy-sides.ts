import postgres from "postgres";
import { createRandom, pick, type Random } from "../../city/random.ts";

/** How many writes each side made, and how many of V1's failed: none may. */
export interface BusyCounts {
  v1: number;
  v2: number;
  readonly failures: string[];
}

/** Who writes, and until when. */
export interface BusySides {
  readonly url: string;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/**
 * Writes on both sides, two connections each, and carries like the job does, until told to stop: V1 moves
 * its live rows, opens trips and makes matches; V2 opens trips, takes V1's drivers and goes on with rides.
 */
export async function keepBusy({ url, seed, signal }: BusySides): Promise<BusyCounts> {
  const sql = postgres(url, { max: 5, onnotice: () => {} });
  const counts: BusyCounts = { v1: 0, v2: 0, failures: [] };
  const writer = async (
    stream: number,
    write: (sql: postgres.Sql, random: Random) => Promise<void>,
    done: () => void,
  ): Promise<void> => {
    const random = createRandom(seed, stream);
    while (!signal.aborted) {
      try {
        await write(sql, random);
        done();
      } catch (error) {
        counts.failures.push(error instanceof Error ? error.message : String(error));
      }
      // A city at work, not a benchmark: the backfill shares the machine.
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  };
  try {
    await Promise.all([
      writer(1, writeV1, () => counts.v1++),
      writer(2, writeV1, () => counts.v1++),
      writer(3, writeV2, () => counts.v2++),
      writer(4, writeV2, () => counts.v2++),
      (async () => {
        while (!signal.aborted) {
          await sql`select public.sync_v1()`;
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
      })(),
    ]);
  } finally {
    await sql.end({ timeout: 5 });
  }
  return counts;
}

async function writeV1(sql: postgres.Sql, random: Random): Promise<void> {
  const what = random();
  if (what < 0.3) {
    await sql`
      update public.rides_trips set last_location_at = clock_timestamp(),
        pickup_latitude = pickup_latitude + 0.0001
      where id = (select id from public.rides_trips where status = 'open' and expires_at > now()
        and id >= ${crypto.randomUUID()} order by id limit 1)`;
  } else if (what < 0.5) {
    const [person, passenger] = [crypto.randomUUID(), crypto.randomUUID()];
    await sql.begin(async (transaction) => {
      await transaction`
        insert into public.profiles (user_id, whatsapp_number, role)
        select id, '+2507' || (20000000 + (random() * 9999999)::integer), 'driver'
        from unnest(${[person, passenger]}::uuid[]) id`;
      const [trip] = await transaction<{ id: string }[]>`
        insert into public.rides_trips (creator_user_id, role, vehicle_type, pickup_latitude, pickup_longitude, status,
          expires_at, last_location_at)
        values (${passenger}, 'passenger', 'veh_moto', -1.95, 30.06, 'matched', now() + interval '3 hours', now())
        returning id`;
      await transaction`
        insert into public.rides_trips (creator_user_id, role, vehicle_type, pickup_latitude, pickup_longitude, status,
          expires_at, last_location_at)
        values (${person}, 'driver', 'veh_moto', -1.94, 30.06, 'matched', now() + interval '3 hours', now())`;
      await transaction`
        insert into public.mobility_matches (driver_id, passenger_id, trip_id, vehicle_type, fare_estimate)
        values (${person}, ${passenger}, ${trip?.id ?? null}, 'veh_moto', 900)`;
    });
  } else if (what < 0.7) {
    await sql`
      insert into public.rides_trips (creator_user_id, role, vehicle_type, pickup_latitude, pickup_longitude, expires_at,
        last_location_at)
      select user_id, ${pick(random, ["driver", "passenger"])}, 'veh_moto', -1.94, 30.07,
        now() + interval '3 hours', now()
      from public.profiles where user_id >= ${crypto.randomUUID()} order by user_id limit 1`;
  } else if (what < 0.9) {
    const state = pick(random, [
      "accepted",
      "driver_arrived",
      "in_progress",
      "completed",
      "cancelled_by_driver",
    ]);
    await sql`
      update public.mobility_matches set status = ${state}, updated_at = clock_timestamp(),
        completed_at = case when ${state} = 'completed' then clock_timestamp() end
      where id = (select id from public.mobility_matches
        where created_at > now() - interval '7 minutes' and id >= ${crypto.randomUUID()} order by id limit 1)`;
  } else {
    await sql`
      update public.profiles set display_name = ${`Renamed ${Math.floor(random() * 1000)}`}
      where user_id = (select user_id from public.profiles where user_id >= ${crypto.randomUUID()}
        order by user_id limit 1)`;
  }
}

/** What V2's people do; V2 may refuse. */
async function writeV2(sql: postgres.Sql, random: Random): Promise<void> {
  const what = random();
  if (what < 0.3) {
    await unlessRefused(openTrip(sql, pick(random, ["driver", "passenger"])));
  } else if (what < 0.6) {
    const passenger = await openTrip(sql, "passenger");
    const [row] = await sql<{ id: string | null }[]>`
      select public.find_counterparts(null, ${passenger}, 'driver', 20) -> 'found'
        -> ${Math.floor(random() * 20)}::integer ->> 'trip_id' as id`;
    if (row?.id) {
      await unlessRefused(sql`select public.accept_match(null, ${passenger}, ${row.id})`);
    }
  } else if (what < 0.95) {
    const [match] = await sql<{ id: string; pin: string | null }[]>`
      select m.id, p.pin from mobility.matches m left join mobility.match_pins p on p.match_id = m.id
      where m.live and m.id >= ${crypto.randomUUID()} order by m.id limit 1`;
    if (match === undefined) return;
    const action = pick(random, ["accept", "arrive", "start", "complete", "cancel", "decline"]);
    await unlessRefused(
      sql`select public.advance_match(null, ${match.id}, ${action}, 'driver', ${match.pin})`,
    );
  } else {
    await unlessRefused(sql`select public.sweep(100)`);
  }
}

/** Somebody new wants a moto in Kigali, or has one; gives the trip's id. */
async function openTrip(sql: postgres.Sql, role: string): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    select public.create_trip(null, ${crypto.randomUUID()}, ${role}, 'moto', -1.95, 30.06) #>> '{trip,id}' as id`;
  if (row === undefined) throw new Error("Cannot read the trip: the statement gave no row");
  return row.id;
}

async function unlessRefused(call: PromiseLike<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    // Documented refusals alone have such a code.
    if (!(error instanceof postgres.PostgresError && /^PT\d{3}$/.test(error.code))) throw error;
  }
}
