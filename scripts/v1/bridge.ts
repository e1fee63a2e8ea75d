import postgres, { type Sql } from "postgres";
import { z } from "zod";

/** What a command of the bridge cannot do, in words that say what to do. */
export class BridgeError extends Error {
  override name = "BridgeError";
}

/** How things are between V1 and V2. */
export type Situation = "no V1" | "not installed" | "installed";

/**
 * A connection to the database of DATABASE_URL; any pooler will do.
 * @throws {BridgeError} without a usable URL
 */
export function connectBridge(url: string | undefined): Sql {
  const parsed = url ? URL.parse(url) : null;
  // The URL itself is not repeated: it has a password in it.
  if (parsed === null || !/^postgres(?:ql)?:$/.test(parsed.protocol)) {
    throw new BridgeError(
      "Which database? Set DATABASE_URL to one like postgresql://user:password@host:5432/postgres " +
        "(in Supabase: Connect)",
    );
  }
  const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(parsed.hostname);
  return postgres(parsed.href, {
    max: 1,
    prepare: false,
    connect_timeout: 20,
    connection: { application_name: "mobility-v1" },
    onnotice: () => {},
    ...(isLocal || parsed.searchParams.has("sslmode") ? {} : { ssl: "require" }),
  });
}

const situationRow = z.tuple([z.object({ v1: z.boolean(), installed: z.boolean() })]);

/** @throws {BridgeError} where the migrations are not */
export async function findSituation(sql: Sql): Promise<Situation> {
  const there = z.tuple([z.object({ there: z.boolean() })]).parse(
    [...await sql`select to_regprocedure('mobility_v1.install()') is not null as there`],
  );
  if (!there[0].there) {
    throw new BridgeError(
      "This database has no bridge to V1: apply the migrations first (supabase db push)",
    );
  }
  const [row] = situationRow.parse([
    ...await sql`select mobility_v1.has_v1() as v1, installed from mobility_v1.bridge`,
  ]);
  if (!row.v1) return "no V1";
  return row.installed ? "installed" : "not installed";
}

/** What is listed of one reason. */
export interface Listed {
  readonly table: string;
  readonly reason: string;
  readonly rows: number;
  /** A few ids, nothing personal. */
  readonly examples: readonly string[];
}

const listed = z.array(z.object({
  table: z.string(),
  reason: z.string(),
  rows: z.number(),
  examples: z.array(z.string()),
}));

/** The rows that could not be carried, or those that were repaired, by reason. */
export async function listByReason(sql: Sql, list: "rejects" | "repairs"): Promise<Listed[]> {
  return listed.parse([
    ...await sql`
      select "table", reason, count(*)::integer as rows,
        (array_agg(id::text order by id))[1:3] as examples
      from mobility_v1.${sql(list)} group by "table", reason
      order by array_position(array['profiles', 'trips', 'matches'], "table"), 3 desc, reason`,
  ]);
}
