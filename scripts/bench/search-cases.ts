import { SEARCHES } from "./city.ts";

/**
 * The ways to search for the nearest drivers of one type, 20 of them within 15 km unless said otherwise: the RPC that find-drivers calls; the bare scan
 * of the pool's index, its rows as JSON as any API gives them, or as plain rows; and the obvious query.
 */
export type Way = "rpc" | "bare" | "bare rows" | "obvious";

const DEFAULTS = { limit: 20, radiusM: 15_000 } as const;
const COLUMNS = "trip_id, user_id, lat, lng, position_at, expires_at, standing";

/** The script of one way to search, for pgbench. */
export function searchScript(
  way: Way,
  vehicleType: "moto" | "truck",
  { limit, radiusM }: { readonly limit: number; readonly radiusM: number } = DEFAULTS,
): string {
  const from = vehicleType === "moto" ? 1 : SEARCHES + 1;
  if (way === "rpc") {
    return `\\set i random(${from}, ${from + SEARCHES - 1})
select public.find_counterparts(null, ('00000000-0000-4000-8000-' || lpad(:i::text, 12, '0'))::uuid, 'driver', ${limit});`;
  }
  // Pickups are spread like the drivers: two dice a coordinate.
  const here = `\\set a random(0, 100000) + random(0, 100000)
\\set b random(0, 100000) + random(0, 100000)`;
  const lat = "(-2.05 + :a::integer * 0.000001)";
  const lng = "(29.96 + :b::integer * 0.000001)";
  // The point as a sub-select: worked out once, not again for each row that is compared with it.
  const scan = `select ${COLUMNS} from mobility.live_drivers_${vehicleType} where available
order by position operator(extensions.<->) (select mobility.mercator(${lat}, ${lng})) limit ${limit}`;
  if (way === "bare rows") return `${here}\n${scan};`;
  if (way === "bare") return `${here}\nselect json_agg(near) from (${scan}) near;`;
  const point =
    `extensions.st_setsrid(extensions.st_makepoint(${lng}, ${lat}), 4326)::extensions.geography`;
  return `${here}
select ${COLUMNS}, extensions.st_distance(position, ${point}) as distance_m from bench.obvious
where vehicle_type = '${vehicleType}' and available and position_at > now() - interval '1 day' and expires_at > now()
  and extensions.st_dwithin(position, ${point}, ${radiusM})
order by distance_m limit ${limit};`;
}

/** Batches of 500 position updates, each driver moving some 30 m, as pgbench scripts. */
export function updateScript(drivers: number): string {
  return `\\set i random(1, ${drivers - 499})
select public.update_positions(null, (
  select jsonb_agg(jsonb_build_object('trip_id', d.trip_id,
    'lat', d.lat + (random() - 0.5) * 0.002, 'lng', d.lng + (random() - 0.5) * 0.002))
  from bench.drivers d where d.i between :i and :i + 499));`;
}
