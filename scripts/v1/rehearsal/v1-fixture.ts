import type { Sql } from "postgres";

const TABLES = new URL("./v1-tables.sql", import.meta.url);
const HISTORY = new URL("./v1-history.sql", import.meta.url);

/** How large a V1 is: about so many trips and matches, the live ones among them. */
export interface V1Size {
  readonly trips: number;
  readonly matches: number;
  /** What is drawn depends on nothing else; 1 by default. */
  readonly seed?: number;
}

/** Makes V1's empty tables and, where the migrations are, installs the bridge. */
export async function createV1(
  sql: Sql,
  options: { readonly install?: boolean } = {},
): Promise<void> {
  await sql.unsafe(await Deno.readTextFile(TABLES)).simple();
  if (options.install ?? true) await sql`select mobility_v1.install()`;
}

/**
 * Fills V1 with years of people, trips and matches, with the dirt that such systems have.
 * `v1_fixture.planted` then lists each row that cannot be carried, with its reason.
 */
export async function fillV1(sql: Sql, { trips, matches, seed = 1 }: V1Size): Promise<void> {
  const liveMatches = Math.max(16, Math.round(matches / 100));
  const history = await Deno.readTextFile(HISTORY);
  await sql.begin(async (transaction) => {
    await transaction.unsafe(`
      create schema v1_fixture;
      create table v1_fixture.size as select ${seed} as seed, ${trips} as trips, ${matches} as matches,
        ${Math.max(50, Math.round(trips / 5))} as people, ${
      Math.max(40, Math.round(trips / 50))
    } as live_trips,
        ${liveMatches} as live_matches, ${matches - liveMatches} as old_matches`).simple();
    await transaction`select set_config('v1_fixture.seed', ${String(seed)}, true)`;
    await transaction.unsafe(history).simple();
  });
  await sql.unsafe("analyze public.profiles, public.rides_trips, public.mobility_matches").simple();
}

/** Rwanda as a service area, so that exchanged coordinates can be told, and what a moto costs there. */
export async function addServiceArea(sql: Sql): Promise<void> {
  await sql`
    insert into mobility.areas (code, name, boundary)
    values ('rwanda', 'Rwanda', extensions.st_multi(extensions.st_makeenvelope(28.8, -2.9, 30.95, -1.0, 4326)))
    on conflict do nothing`;
  await sql`
    insert into mobility.tariffs (vehicle_type, valid_from, currency, base_amount, per_km, source)
    values ('moto', '2022-01-01', 'RWF', 300, 107, 'test')`;
}
