import { z } from "zod";

/** Seconds of life of a cached search. At most five minutes; short enough that a driver who comes online is found. */
const poolTtl = z.coerce.number().int().min(1).max(300).default(60);

const environment = z.object({
  SUPABASE_URL: z.url(),
  SUPABASE_SECRET_KEYS: z.string().optional(),
  SUPABASE_SERVICE_ROLE_KEY: z.string().optional(),
  SUPABASE_JWKS: z.string().optional(),
  JWT_SECRET: z.string().optional(),
  UPSTASH_REDIS_REST_URL: z.url().optional(),
  UPSTASH_REDIS_REST_TOKEN: z.string().optional(),
  CACHE_DEADLINE_MS: z.coerce.number().int().min(5).max(5000).default(250),
  CACHE_POOL_TTL_S: poolTtl,
  DATABASE_DEADLINE_MS: z.coerce.number().int().min(100).max(60_000).default(8000),
  RANKING_STRATEGIES: z.string().optional(),
  METRICS_TOKEN: z.string().min(16).optional(),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
});

const keyDictionary = z.record(z.string(), z.string().min(1));
const keySet = z.union([
  z.object({ keys: z.array(z.looseObject({ kty: z.string() })) }),
  z.array(z.looseObject({ kty: z.string() })).transform((keys) => ({ keys })),
]);

/** Everything the functions take from their environment; made once, never changed. */
export interface Config {
  readonly supabaseUrl: string;
  /** Keys that act for anyone: the project's secret keys and the legacy service role key. */
  readonly serviceKeys: readonly string[];
  /** Public and shared keys that sign users' tokens; empty: they are fetched from the project. */
  readonly jwks: readonly { readonly kty: string; readonly [name: string]: unknown }[];
  readonly jwtSecret: string | undefined;
  readonly redis: { readonly url: string; readonly token: string } | undefined;
  readonly cacheDeadlineMs: number;
  readonly poolTtlS: number;
  readonly databaseDeadlineMs: number;
  readonly rankingStrategies: unknown;
  readonly metricsToken: string | undefined;
  readonly logLevel: "debug" | "info" | "warn" | "error";
}

/**
 * Reads the configuration, from Deno's environment unless told otherwise.
 * @throws Error naming every variable that is missing or malformed, and no value.
 */
export function readConfig(source: Record<string, string> = Deno.env.toObject()): Config {
  // Platforms pass a variable that is not set as an empty string.
  const set = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = environment.safeParse(set);
  const problems = parsed.error?.issues.map((issue) => issue.path.join(".")) ?? [];
  const dictionary = parseJson(
    set.SUPABASE_SECRET_KEYS,
    keyDictionary,
    "SUPABASE_SECRET_KEYS",
    problems,
  );
  const jwks = parseJson(set.SUPABASE_JWKS, keySet, "SUPABASE_JWKS", problems);
  const strategies = parseJson(set.RANKING_STRATEGIES, z.unknown(), "RANKING_STRATEGIES", problems);
  const serviceKeys = [...Object.values(dictionary ?? {}), set.SUPABASE_SERVICE_ROLE_KEY ?? ""]
    .filter(Boolean);
  if (serviceKeys.length === 0) problems.push("SUPABASE_SECRET_KEYS or SUPABASE_SERVICE_ROLE_KEY");
  if ((set.UPSTASH_REDIS_REST_URL === undefined) !== (set.UPSTASH_REDIS_REST_TOKEN === undefined)) {
    problems.push("UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN (both or neither)");
  }
  if (!parsed.success || problems.length > 0) {
    throw new Error(
      `Cannot start, these environment variables are missing or malformed: ${
        [...new Set(problems)].join(", ")
      }`,
    );
  }
  const env = parsed.data;
  return Object.freeze({
    supabaseUrl: env.SUPABASE_URL.replace(/\/$/, ""),
    serviceKeys,
    jwks: jwks?.keys ?? [],
    jwtSecret: env.JWT_SECRET,
    redis: env.UPSTASH_REDIS_REST_URL !== undefined && env.UPSTASH_REDIS_REST_TOKEN !== undefined
      ? { url: env.UPSTASH_REDIS_REST_URL, token: env.UPSTASH_REDIS_REST_TOKEN }
      : undefined,
    cacheDeadlineMs: env.CACHE_DEADLINE_MS,
    poolTtlS: env.CACHE_POOL_TTL_S,
    databaseDeadlineMs: env.DATABASE_DEADLINE_MS,
    rankingStrategies: strategies,
    metricsToken: env.METRICS_TOKEN,
    logLevel: env.LOG_LEVEL,
  });
}

function parseJson<T>(
  text: string | undefined,
  schema: z.ZodType<T>,
  name: string,
  problems: string[],
): T | undefined {
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    // The value may be a secret: only the name is told.
    problems.push(name);
    return undefined;
  }
}
