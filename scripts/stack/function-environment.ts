import { parseEnv } from "node:util";
import { functionJwks, type Keys } from "./keys.ts";
import type { Project } from "./project.ts";
import type { StackInfo } from "./running.ts";

/** Variables by name. */
export type Environment = Readonly<Record<string, string>>;

// Nobody's: the stand-in for the Graph API is called with it.
const PHONE_NUMBER_ID = "100000000000001";

/** What a person set: the caller's environment over supabase/functions/.env. */
export async function readSettings(project: Project, env: Environment): Promise<Environment> {
  return { ...await readDotEnv(`${project.supabase}/functions/.env`), ...env };
}

/** The business number that messages are sent from. */
export function phoneNumberId(settings: Environment): string {
  return settings["WHATSAPP_PHONE_NUMBER_ID"] || PHONE_NUMBER_ID;
}

/** What a hosted function finds in its environment: development values under what a person set. */
export function environmentOfFunctions(
  settings: Environment,
  { info, keys }: { readonly info: StackInfo; readonly keys: Keys },
): Record<string, string> {
  const own = Object.entries(settings).filter(([name]) => !name.startsWith("SUPABASE_"));
  return {
    UPSTASH_REDIS_REST_URL: info.redis_rest_url,
    UPSTASH_REDIS_REST_TOKEN: info.redis_rest_token,
    ...Object.fromEntries(own),
    // The keys are what a person set, if anything: the stand-in and the functions have the same ones.
    WHATSAPP_APP_SECRET: keys.whatsapp_app_secret,
    WHATSAPP_VERIFY_TOKEN: keys.whatsapp_verify_token,
    WHATSAPP_ACCESS_TOKEN: keys.whatsapp_access_token,
    WHATSAPP_PHONE_NUMBER_ID: phoneNumberId(settings),
    WHATSAPP_GRAPH_URL: settings["WHATSAPP_GRAPH_URL"] || `${info.graph_url}/v26.0`,
    MOBILITY_TRIP_PAGE_URL: settings["MOBILITY_TRIP_PAGE_URL"] || `${info.api_url}/trip`,
    SUPABASE_URL: info.api_url,
    SUPABASE_DB_URL: info.db_url,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: keys.publishable_key }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: keys.secret_key }),
    SUPABASE_JWKS: functionJwks(keys),
    SUPABASE_ANON_KEY: keys.anon_key,
    SUPABASE_SERVICE_ROLE_KEY: keys.service_role_key,
  };
}

async function readDotEnv(path: string): Promise<Environment> {
  try {
    const values = parseEnv(await Deno.readTextFile(path));
    return Object.fromEntries(
      Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}
