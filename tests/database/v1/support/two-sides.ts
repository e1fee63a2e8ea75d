import type { Sql } from "postgres";
import { pick, type Random } from "../../../../scripts/city/random.ts";
import { codeOf } from "../../support/outcome.ts";
import { advance, cancelTrip, openTrip, propose, rate, sweep } from "../../support/rides.ts";

/** Two systems with the same few people, who do what comes to their minds in either. */
export interface TwoSides {
  readonly sql: Sql;
  readonly random: Random;
  readonly people: readonly string[];
}

/** One thing that somebody does; V1's must never fail. */
export type Deed = (world: TwoSides) => Promise<void>;

const TRIP_STATES = ["open", "matched", "expired", "cancelled"];
const MATCH_STATES = [
  "pending",
  "accepted",
  "driver_arrived",
  "in_progress",
  "completed",
  "cancelled_by_driver",
  "cancelled_by_passenger",
  "expired",
];
const ACTIONS = ["accept", "accept", "decline", "arrive", "start", "complete", "cancel"];
const PHONES = ["0788000001", "+250788000002", "250788000003", "788000004", null];

async function someOf(
  { sql, random }: TwoSides,
  table: string,
  where = "true",
): Promise<string | undefined> {
  const rows = await sql.unsafe<{ id: string }[]>(
    `select id from ${table} where ${where} order by id`,
  );
  return rows.length === 0 ? undefined : pick(random, rows).id;
}

/** Somebody V1 knows: its trips refer to its profiles. */
async function someOld({ sql, random }: TwoSides): Promise<string | null> {
  const rows = await sql<{ id: string }[]>`
    select user_id as id from public.profiles order by user_id`;
  return random() < 0.03 ? null : pick(random, rows).id;
}

/** What V1 does: plain writes, one transaction each. */
export const V1_DEEDS: Readonly<Record<string, Deed>> = {
  async openTrip({ sql, random, people }): Promise<void> {
    const role = pick(random, ["driver", "passenger"]);
    const expiry = pick(random, ["30 minutes", "2 hours", "-1 hour", null]);
    const drop = role === "passenger" && random() < 0.5;
    await sql`
      insert into public.rides_trips (creator_user_id, role, vehicle_type, pickup_latitude,
        pickup_longitude, dropoff_latitude, dropoff_longitude, expires_at, last_location_at, scheduled_at)
      values (${await someOld({ sql, random, people })}, ${role}, ${
      pick(random, ["veh_moto", "veh_cab", "veh_boat"])
    },
        ${-1.9 - random() / 10}, ${pick(random, [30.06, 30.061, null])}, ${drop ? -1.97 : null},
        ${drop ? 30.1 : null}, now() + ${expiry}::interval, now(),
        ${random() < 0.1 ? new Date(Date.now() + 7_200_000) : null})`;
  },
  async moveTrip(world): Promise<void> {
    const id = await someOf(world, "public.rides_trips");
    if (id === undefined) return;
    await world.sql`
      update public.rides_trips set pickup_latitude = ${-1.9 - world.random() / 10},
        pickup_longitude = coalesce(pickup_longitude, 30.07), last_location_at = clock_timestamp()
      where id = ${id}`;
  },
  async changeTrip(world): Promise<void> {
    const id = await someOf(world, "public.rides_trips");
    if (id === undefined) return;
    const { sql, random } = world;
    const change = pick(random, [
      sql`status = ${pick(random, TRIP_STATES)}`,
      sql`status = ${pick(random, TRIP_STATES)}`,
      sql`expires_at = now() + interval '3 hours'`,
      sql`dropoff_latitude = -1.96, dropoff_longitude = 30.12, dropoff_text = 'Nyamirambo'`,
      sql`vehicle_type = 'veh_moto'`,
    ]);
    await sql`update public.rides_trips set ${change} where id = ${id}`;
  },
  async openMatch(world): Promise<void> {
    const { sql, random, people } = world;
    const trip = await someOf(world, "public.rides_trips", "role = 'passenger'");
    const named = random() < 0.7 ? trip ?? null : null;
    const status = pick(random, MATCH_STATES.slice(0, 5));
    await sql`
      insert into public.mobility_matches (driver_id, passenger_id, trip_id, vehicle_type,
        pickup_latitude, pickup_longitude, fare_estimate, distance_km, status, created_at, updated_at, accepted_at,
        completed_at)
      select ${random() < 0.1 ? null : pick(random, people)}, coalesce((select creator_user_id
          from public.rides_trips where id = ${named}), ${
      pick(random, people)
    }), ${named}, 'veh_moto',
        ${random() < 0.8 ? -1.95 : null}, 30.06, 700.4, 2.34, ${status}, now(), now(),
        ${status === "pending" ? null : sql`now()`}, ${status === "completed" ? sql`now()` : null}`;
  },
  async changeMatch(world): Promise<void> {
    const id = await someOf(world, "public.mobility_matches");
    if (id === undefined) return;
    const { sql, random } = world;
    const status = pick(random, MATCH_STATES);
    await sql`
      update public.mobility_matches set status = ${status}, updated_at = clock_timestamp(),
        driver_id = coalesce(driver_id, ${pick(random, world.people)}),
        accepted_at = case when ${status} = 'accepted' then clock_timestamp() else accepted_at end,
        completed_at = case when ${status} = 'completed' then clock_timestamp() else completed_at end,
        cancelled_at = case when ${status} like 'cancelled%' then clock_timestamp() else cancelled_at end
      where id = ${id}`;
  },
  async priceMatch(world): Promise<void> {
    const id = await someOf(world, "public.mobility_matches");
    if (id === undefined) return;
    await world.sql`
      update public.mobility_matches set actual_fare = ${Math.round(world.random() * 5000) / 2},
        distance_km = ${Math.round(world.random() * 900) / 100} where id = ${id}`;
  },
  async changePerson({ sql, random, people }): Promise<void> {
    await sql`
      update public.profiles set whatsapp_number = ${pick(random, PHONES)},
        display_name = ${pick(random, ["Aline", "Eric", "", null])}, locale = ${
      pick(random, ["fr", "rw", "xx"])
    }
      where user_id = ${pick(random, people)}`;
  },
};

/** What V2's people do, through its functions; V2 may refuse. */
export const V2_DEEDS: Readonly<Record<string, Deed>> = {
  async openTrip({ sql, random, people }): Promise<void> {
    await codeOf(openTrip(sql, pick(random, ["driver", "passenger"]), {
      user_id: pick(random, people),
      vehicle_type: pick(random, ["moto", "cab"]),
      ...(random() < 0.5 ? { dropoff: { lat: -1.97, lng: 30.1 } } : {}),
    }));
  },
  async propose(world): Promise<void> {
    const open = (role: string): Promise<string | undefined> =>
      someOf(world, "mobility.trips", `status = 'open' and role = '${role}'`);
    const [passenger, driver] = [await open("passenger"), await open("driver")];
    if (passenger === undefined || driver === undefined) return;
    const initiated_by = pick(world.random, ["driver", "passenger"] as const);
    await codeOf(propose(world.sql, { passenger, driver, initiated_by }));
  },
  async advance(world): Promise<void> {
    const id = await someOf(world, "mobility.matches", "live");
    if (id === undefined) return;
    const { sql, random } = world;
    const [row] = await sql<{ pin: string; initiated_by: string }[]>`
      select p.pin, m.initiated_by from mobility.matches m
      left join mobility.match_pins p on p.match_id = m.id where m.id = ${id}`;
    const action = pick(random, ACTIONS);
    const asked = row?.initiated_by === "driver" ? "passenger" : "driver";
    const as = action === "cancel" ? pick(random, ["driver", "passenger"]) : asked;
    await codeOf(advance(sql, {
      match: id,
      action,
      as: action === "accept" || action === "decline" || action === "cancel" ? as : "driver",
      ...(row?.pin === undefined ? {} : { pin: row.pin }),
    }));
  },
  async cancelTrip(world): Promise<void> {
    const trip = await someOf(world, "mobility.trips", "status in ('open', 'matched')");
    if (trip !== undefined) await codeOf(cancelTrip(world.sql, { trip, reason: "tired" }));
  },
  async rate(world): Promise<void> {
    const match = await someOf(world, "mobility.matches", "status = 'completed'");
    if (match === undefined) return;
    await codeOf(
      rate(world.sql, { match, rating: 4, as: pick(world.random, ["driver", "passenger"]) }),
    );
  },
  async sweep({ sql }): Promise<void> {
    await sweep(sql);
  },
  async changePerson({ sql, random, people }): Promise<void> {
    await codeOf(sql`
      update mobility.profiles set display_name = ${pick(random, ["Claude", "Diane"])},
        locale = ${pick(random, ["en", "sw"])}
      where user_id = ${pick(random, people)}`);
  },
  async write({ sql, random }): Promise<void> {
    const phone = pick(random, ["+250788000001", "+250788000002", "+250788000009"]);
    await sql`select mobility.identify(${`BSUID.${phone}`}, ${phone}, 'Somebody')`;
  },
};
