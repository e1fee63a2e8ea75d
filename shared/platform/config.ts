import { z } from "zod";

/**
 * Seconds of life of a cached search. At most five minutes; short enough that drivers are still about where they were,
 * and that one who comes online is found (docs/decisions/0012-shared-searches.md).
 */
const poolTtl = z.coerce.number().int().min(1).max(300).default(40);

const httpUrl = z.url({ protocol: /^https?$/ });

const environment = z.object({
  SUPABASE_URL: z.url(),
  MOBILITY_API_URL: httpUrl.optional(),
  SUPABASE_ANON_KEY: z.string().optional(),
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
  MOBILITY_TRIP_PAGE_URL: httpUrl.optional(),
  OSRM_URL: httpUrl.optional(),
  OSRM_DEADLINE_MS: z.coerce.number().int().min(20).max(5000).default(300),
  METRICS_TOKEN: z.string().min(16).optional(),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
});

/** What the webhook needs beside that: a Meta app, its phone number, and where its links and copies go. */
const whatsAppEnvironment = z.object({
  WHATSAPP_APP_SECRET: z.string(),
  WHATSAPP_VERIFY_TOKEN: z.string(),
  WHATSAPP_ACCESS_TOKEN: z.string(),
  WHATSAPP_PHONE_NUMBER_ID: z.string().regex(/^[\w-]{1,64}$/),
  WHATSAPP_GRAPH_URL: httpUrl.default("https://graph.facebook.com/v26.0"),
  WHATSAPP_MARK_READ: z.enum(["true", "false"]).default("true"),
  MOBILITY_TRIP_PAGE_URL: httpUrl,
  MOBILITY_V1_WEBHOOK_URL: httpUrl.optional(),
  MOBILITY_SOS_WEBHOOK_URL: httpUrl.optional(),
  MOBILITY_SOS_SECRET: z.string().min(16).optional(),
});

/** Every variable that a function reads, whoever sets it. */
export const variableNames: readonly string[] = [
  ...Object.keys({ ...environment.shape, ...whatsAppEnvironment.shape }),
  "SUPABASE_PUBLISHABLE_KEYS",
];

const keyDictionary = z.record(z.string(), z.string().min(1));
const keySet = z.union([
  z.object({ keys: z.array(z.looseObject({ kty: z.string() })) }),
  z.array(z.looseObject({ kty: z.string() })).transform((keys) => ({ keys })),
]);

/** Everything the functions take from their environment; made once, never changed. */
export interface Config {
  readonly supabaseUrl: string;
  /** The project as browsers reach it, without a slash at its end. */
  readonly publicUrl: string;
  /** What browsers send as apikey; undefined: they cannot listen to Realtime. */
  readonly publishableKey: string | undefined;
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
  /** Carries a trip's token in its fragment. */
  readonly tripPageUrl: string | undefined;
  /** A server of OSRM's HTTP API, without a slash at its end, and how long it may take. */
  readonly osrm: { readonly url: string; readonly deadlineMs: number } | undefined;
  readonly metricsToken: string | undefined;
  readonly logLevel: "debug" | "info" | "warn" | "error";
}

/** What the WhatsApp webhook takes from its environment, beside the rest. */
export interface WhatsAppConfig extends Config {
  /** Signs what Meta posts, and what is made anew for V1. */
  readonly appSecret: string;
  readonly verifyToken: string;
  readonly accessToken: string;
  readonly phoneNumberId: string;
  /** Without a slash at its end. */
  readonly graphUrl: string;
  /** Whether a message is shown as read, with a typing indicator, while it is answered. */
  readonly markRead: boolean;
  readonly tripPageUrl: string;
  /** Takes the events of those who are not in V2's share; undefined: everybody is. */
  readonly v1WebhookUrl: string | undefined;
  /** Told of every SOS. */
  readonly sosWebhookUrl: string | undefined;
  /** Signs what it is told. */
  readonly sosSecret: string | undefined;
}

/**
 * Reads the configuration, from Deno's environment unless told otherwise.
 * @throws Error naming every variable that is missing or malformed, and no value.
 */
export function readConfig(source: Record<string, string> = Deno.env.toObject()): Config {
  const problems: string[] = [];
  return Object.freeze(started(parseConfig(withoutEmpty(source), problems), problems));
}

/** Reads the webhook's configuration as readConfig does its own, naming what either lacks. @throws Error */
export function readWhatsAppConfig(
  source: Record<string, string> = Deno.env.toObject(),
): WhatsAppConfig {
  const set = withoutEmpty(source);
  const problems: string[] = [];
  const config = parseConfig(set, problems);
  const env = parseVariables(whatsAppEnvironment, set, problems);
  return Object.freeze(started(
    config && env && {
      ...config,
      appSecret: env.WHATSAPP_APP_SECRET,
      verifyToken: env.WHATSAPP_VERIFY_TOKEN,
      accessToken: env.WHATSAPP_ACCESS_TOKEN,
      phoneNumberId: env.WHATSAPP_PHONE_NUMBER_ID,
      graphUrl: withoutSlash(env.WHATSAPP_GRAPH_URL),
      markRead: env.WHATSAPP_MARK_READ === "true",
      tripPageUrl: env.MOBILITY_TRIP_PAGE_URL,
      v1WebhookUrl: env.MOBILITY_V1_WEBHOOK_URL,
      sosWebhookUrl: env.MOBILITY_SOS_WEBHOOK_URL,
      sosSecret: env.MOBILITY_SOS_SECRET,
    },
    problems,
  ));
}

function parseConfig(set: Record<string, string>, problems: string[]): Config | undefined {
  const env = parseVariables(environment, set, problems);
  const dictionary = parseJson(
    set.SUPABASE_SECRET_KEYS,
    keyDictionary,
    "SUPABASE_SECRET_KEYS",
    problems,
  );
  const publishable = parseJson(
    set.SUPABASE_PUBLISHABLE_KEYS,
    keyDictionary,
    "SUPABASE_PUBLISHABLE_KEYS",
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
  return env && {
    supabaseUrl: withoutSlash(env.SUPABASE_URL),
    publicUrl: withoutSlash(env.MOBILITY_API_URL ?? env.SUPABASE_URL),
    publishableKey: publishable?.["default"] ?? Object.values(publishable ?? {})[0] ??
      env.SUPABASE_ANON_KEY,
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
    tripPageUrl: env.MOBILITY_TRIP_PAGE_URL,
    osrm: env.OSRM_URL === undefined
      ? undefined
      : { url: withoutSlash(env.OSRM_URL), deadlineMs: env.OSRM_DEADLINE_MS },
    metricsToken: env.METRICS_TOKEN,
    logLevel: env.LOG_LEVEL,
  };
}

function started<T>(config: T | undefined, problems: readonly string[]): T {
  if (config !== undefined && problems.length === 0) return config;
  throw new Error(
    `Cannot start, these environment variables are missing or malformed: ${
      [...new Set(problems)].join(", ")
    }`,
  );
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, "");
}

/** Platforms pass a variable that is not set as an empty string. */
function withoutEmpty(source: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
}

function parseVariables<T>(
  schema: z.ZodType<T>,
  set: Record<string, string>,
  problems: string[],
): T | undefined {
  const parsed = schema.safeParse(set);
  problems.push(...parsed.error?.issues.map((issue) => issue.path.join(".")) ?? []);
  return parsed.data;
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
