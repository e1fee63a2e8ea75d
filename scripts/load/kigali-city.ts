import { fileURLToPath } from "node:url";
import type { Sql } from "postgres";
import type { Point } from "../../shared/geo/mod.ts";
import type { HotSpot, Period } from "../simulate/city.ts";
import { kigaliSpots } from "../simulate/open-city.ts";
import { KIGALI, kigaliWishes } from "../simulate/kigali-demand.ts";
import { Streams } from "../simulate/streams.ts";
import { driversAtOnce } from "../simulate/supply.ts";
import { applySeed } from "../stack/migrations.ts";

const SUPABASE = fileURLToPath(new URL("../../supabase", import.meta.url));
const SEED = 1;
/** The evening peak of the model: everybody goes home. */
const PEAK_HOURS = [17, 19] as const;
const HOUR_MS = 3_600_000;

/** From where to where somebody wants to go. */
export interface Way {
  readonly pickup: Point;
  readonly dropoff: Point;
}

/** The simulator's Kigali: its places, where its motos begin, and what people ask for in the evening peak, in order. */
export interface DrawnKigali {
  readonly spots: readonly HotSpot[];
  readonly starts: readonly Point[];
  /** Tens of thousands. */
  readonly ways: readonly Way[];
}

/** Draws so many motos, and the evening's rides. The migrated database gets the seed, without its people. */
export async function drawKigali(sql: Sql, motos: number): Promise<DrawnKigali> {
  await applySeed(sql, { supabase: SUPABASE, onProgress: () => {} });
  // The places and tariffs stay, the people of the seed go.
  await sql`truncate mobility.profiles, mobility.live_positions cascade`;
  const spots = await kigaliSpots(sql);
  const streams = new Streams(SEED);
  const period = peak();
  return {
    spots,
    starts: startsOf(motos, { period, spots, streams }),
    ways: kigaliWishes(spots, { scale: 1, period, streams })
      .map(({ pickup, dropoff }) => ({ pickup, dropoff })),
  };
}

/** Fills a migrated database with so many motos, online where the model lets drivers begin. Answers what people ask for. */
export async function fillKigali(sql: Sql, motos: number): Promise<readonly Way[]> {
  const { starts, ways } = await drawKigali(sql, motos);
  await goOnline(sql, starts);
  return ways;
}

function peak(): Period {
  const [fromMs, untilMs] = PEAK_HOURS.map((hour) =>
    hour * HOUR_MS - KIGALI.utcOffsetMinutes * 60_000
  );
  if (fromMs === undefined || untilMs === undefined) throw new Error("The peak has two ends");
  return { warmUpFromMs: fromMs, fromMs, untilMs };
}

function startsOf(
  motos: number,
  supply: { period: Period; spots: readonly HotSpot[]; streams: Streams },
): Point[] {
  // Those who begin during the period are among them: more than are asked for.
  return driversAtOnce(motos, supply).slice(0, motos).map(({ start }) => start);
}

/** Each with a record that is as good as the others': the nearest is the best. */
async function goOnline(sql: Sql, starts: readonly Point[]): Promise<void> {
  const points = starts.map(({ lat, lng }) => ({ lat, lng }));
  await sql.begin(async (transaction) => {
    await transaction`
      create temporary table motos on commit drop as
      select gen_random_uuid() as trip_id, gen_random_uuid() as user_id, lat, lng
      from jsonb_to_recordset(${
      transaction.json(points)
    }) as p (lat double precision, lng double precision)`;
    await transaction`insert into mobility.profiles (user_id) select user_id from motos`;
    await transaction`
      insert into mobility.trips (id, user_id, role, vehicle_type, pickup_lat, pickup_lng, expires_at)
      select trip_id, user_id, 'driver', 'moto', lat, lng, now() + interval '1 day' from motos`;
    await transaction`
      insert into mobility.live_positions (trip_id, user_id, role, vehicle_type, lat, lng, position_at, expires_at,
        available, standing)
      select trip_id, user_id, 'driver', 'moto', lat, lng, now(), now() + interval '1 day', true,
        json_build_object('rating', 4.5, 'rating_count', 40, 'acceptance_rate', 0.9, 'offer_count', 50,
          'completion_rate', 0.95, 'match_count', 45, 'total_trips', 43) from motos`;
  });
  await sql`vacuum analyze`;
}
