import { createPlatform, type Platform, readConfig } from "../../../../shared/platform/mod.ts";

const here = { lat: -1.95, lng: 30.06 };

/** A platform whose database finds drivers at these distances, and whose OSRM takes 1001 s, 1002 s and so on. */
export interface CitySearch extends AsyncDisposable {
  readonly platform: Platform;
  /** What was called, in order: the database's functions, and "osrm" with the number of places. */
  readonly calls: string[];
}

/** The id of the driver's trip at the given place of the list. */
export function driverTripId(index: number): string {
  return `20000000-0000-4000-8000-00000000000${index}`;
}

/** Makes a city for a search, with drivers so many metres to the north. */
export function openCitySearch(distancesM: readonly number[]): CitySearch {
  const calls: string[] = [];
  const osrm = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      const sources = new URL(request.url).searchParams.get("sources")?.split(";") ?? [];
      calls.push(`osrm ${sources.length}`);
      return Response.json({ code: "Ok", durations: sources.map((source) => [1000 + +source]) });
    },
  );
  const answers: Record<string, unknown> = {
    find_counterparts: {
      vehicle: { speed_mps: 7, road_factor: 1.3 },
      trip: {
        id: "10000000-0000-4000-8000-000000000001",
        user_id: "10000000-0000-4000-8000-000000000002",
        role: "passenger",
        vehicle_type: "moto",
        ...here,
        expires_at: "2099-01-01T00:00:00Z",
        refused_by: [],
      },
      found: distancesM.map((metres, index) => ({
        trip_id: driverTripId(index),
        user_id: `30000000-0000-4000-8000-00000000000${index}`,
        lat: here.lat + metres / 111_195,
        lng: here.lng,
        position_age_s: 10,
        expires_in_s: 600,
        standing: {
          // The farther, the better: only the circle keeps them out.
          rating: 4 + index / 10,
          rating_count: 50,
          acceptance_rate: null,
          offer_count: 0,
          completion_rate: null,
          match_count: 0,
          total_trips: 50,
        },
      })),
    },
    people_cards: distancesM.map((_, index) => ({
      trip_id: driverTripId(index),
      display_name: `Driver ${index}`,
    })),
  };
  const platform = createPlatform("test", {
    config: readConfig({
      SUPABASE_URL: "http://database.test",
      SUPABASE_SECRET_KEYS: '{"default":"sb_secret_1"}',
      OSRM_URL: `http://127.0.0.1:${osrm.addr.port}`,
    }),
    writeLog: () => {},
    fetch: (input) => {
      const name = new URL(input instanceof Request ? input.url : input).pathname.split("/").at(-1);
      calls.push(name ?? "");
      return Promise.resolve(Response.json(answers[name ?? ""]));
    },
  });
  return {
    platform,
    calls,
    [Symbol.asyncDispose]: async () => {
      await osrm.shutdown();
    },
  };
}
