import assert from "node:assert/strict";
import { readConfig, readWhatsAppConfig } from "../../../shared/platform/mod.ts";

const given = {
  SUPABASE_URL: "https://project.supabase.co/",
  SUPABASE_SECRET_KEYS: '{"default":"sb_secret_one","rotated":"sb_secret_two"}',
};

const givenWhatsApp = {
  ...given,
  WHATSAPP_APP_SECRET: "hush-secret",
  WHATSAPP_VERIFY_TOKEN: "hush-verify",
  WHATSAPP_ACCESS_TOKEN: "hush-access",
  WHATSAPP_PHONE_NUMBER_ID: "100000000000001",
  MOBILITY_TRIP_PAGE_URL: "https://mobility.test/trip",
};

/** The message of the error; fails when there is none. */
function refusalOf(
  source: Record<string, string>,
  read: (source: Record<string, string>) => unknown = readConfig,
): string {
  try {
    read(source);
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
  throw new Error("Expected an error");
}

Deno.test("readConfig() fills in what is not said, and is frozen", () => {
  const config = readConfig({ ...given, JWT_SECRET: "" });
  assert.equal(config.supabaseUrl, "https://project.supabase.co");
  assert.deepEqual(config.serviceKeys, ["sb_secret_one", "sb_secret_two"]);
  assert.deepEqual(
    [config.redis, config.jwtSecret, config.jwks, config.metricsToken, config.rankingStrategies],
    [undefined, undefined, [], undefined, undefined],
  );
  assert.deepEqual(
    [config.cacheDeadlineMs, config.poolTtlS, config.databaseDeadlineMs, config.logLevel],
    [250, 40, 8000, "info"],
  );
  assert.throws(() => Reflect.set(config, "poolTtlS", 1) || assert.fail("frozen"));
});

Deno.test("readConfig() takes both kinds of keys, both forms of JWKS, Redis and numbers", () => {
  const config = readConfig({
    ...given,
    SUPABASE_SERVICE_ROLE_KEY: "legacy",
    SUPABASE_JWKS: '{"keys":[{"kty":"EC"}]}',
    UPSTASH_REDIS_REST_URL: "https://redis.upstash.io",
    UPSTASH_REDIS_REST_TOKEN: "token",
    CACHE_DEADLINE_MS: "100",
    RANKING_STRATEGIES: '{"quality":{}}',
    LOG_LEVEL: "error",
  });
  assert.deepEqual(config.serviceKeys.at(-1), "legacy");
  assert.deepEqual(config.jwks, [{ kty: "EC" }]);
  assert.deepEqual(readConfig({ ...given, SUPABASE_JWKS: '[{"kty":"oct"}]' }).jwks, [{
    kty: "oct",
  }]);
  assert.deepEqual(config.redis, { url: "https://redis.upstash.io", token: "token" });
  assert.deepEqual([config.cacheDeadlineMs, config.logLevel], [100, "error"]);
  assert.deepEqual(config.rankingStrategies, { quality: {} });
});

Deno.test("readConfig() takes what links and travel times need, or goes without", () => {
  const none = readConfig(given);
  assert.deepEqual(
    [none.publicUrl, none.publishableKey, none.tripPageUrl, none.osrm],
    ["https://project.supabase.co", undefined, undefined, undefined],
  );
  const config = readConfig({
    ...given,
    MOBILITY_API_URL: "http://127.0.0.1:54321/",
    SUPABASE_PUBLISHABLE_KEYS: '{"web":"sb_publishable_web","default":"sb_publishable_default"}',
    SUPABASE_ANON_KEY: "legacy",
    MOBILITY_TRIP_PAGE_URL: "https://ride.test/trip",
    OSRM_URL: "http://osrm.test:5000/",
  });
  assert.deepEqual(
    [config.supabaseUrl, config.publicUrl, config.publishableKey, config.tripPageUrl],
    [
      "https://project.supabase.co",
      "http://127.0.0.1:54321",
      "sb_publishable_default",
      "https://ride.test/trip",
    ],
  );
  assert.deepEqual(config.osrm, { url: "http://osrm.test:5000", deadlineMs: 300 });
  const others = { SUPABASE_PUBLISHABLE_KEYS: '{"web":"sb_publishable_web"}' };
  assert.equal(readConfig({ ...given, ...others }).publishableKey, "sb_publishable_web");
  assert.equal(readConfig({ ...given, SUPABASE_ANON_KEY: "legacy" }).publishableKey, "legacy");
  const message = refusalOf({
    ...given,
    SUPABASE_PUBLISHABLE_KEYS: "hush",
    OSRM_URL: "hush",
    OSRM_DEADLINE_MS: "5",
    MOBILITY_API_URL: "hush",
    MOBILITY_TRIP_PAGE_URL: "javascript:hush",
  });
  for (
    const name of [
      "SUPABASE_PUBLISHABLE_KEYS",
      "OSRM_URL",
      "OSRM_DEADLINE_MS",
      "MOBILITY_API_URL",
      "MOBILITY_TRIP_PAGE_URL",
    ]
  ) assert.ok(message.includes(name), `${name} in: ${message}`);
  assert.doesNotMatch(message, /hush/);
});

Deno.test("readConfig() names every variable that is missing or malformed, and no value", () => {
  const message = refusalOf({
    SUPABASE_JWKS: "hush-jwks",
    CACHE_DEADLINE_MS: "soon",
    CACHE_POOL_TTL_S: "301",
    UPSTASH_REDIS_REST_URL: "hush-not-a-url",
    METRICS_TOKEN: "hush-short",
    LOG_LEVEL: "loud",
    RANKING_STRATEGIES: "{hush",
  });
  for (
    const name of [
      "SUPABASE_URL",
      "SUPABASE_SECRET_KEYS or SUPABASE_SERVICE_ROLE_KEY",
      "SUPABASE_JWKS",
      "CACHE_DEADLINE_MS",
      "CACHE_POOL_TTL_S",
      "UPSTASH_REDIS_REST_URL",
      "UPSTASH_REDIS_REST_TOKEN (both or neither)",
      "METRICS_TOKEN",
      "LOG_LEVEL",
      "RANKING_STRATEGIES",
    ]
  ) assert.ok(message.includes(name), `${name} in: ${message}`);
  assert.doesNotMatch(message, /hush|soon|301|loud/);
});

Deno.test("readConfig() refuses secret keys that are no dictionary, without telling them", () => {
  for (const keys of ["sb_secret_hush", '{"default":""}', "[1]", '{"default":5}']) {
    const message = refusalOf({ ...given, SUPABASE_SECRET_KEYS: keys });
    assert.match(message, /SUPABASE_SECRET_KEYS/);
    assert.doesNotMatch(message, /hush/);
  }
});

Deno.test("readConfig() reads the environment when it is given nothing else", () => {
  Deno.env.set("SUPABASE_URL", "http://127.0.0.1:1");
  Deno.env.set("SUPABASE_SERVICE_ROLE_KEY", "from the environment");
  try {
    assert.ok(readConfig().serviceKeys.includes("from the environment"));
  } finally {
    Deno.env.delete("SUPABASE_URL");
    Deno.env.delete("SUPABASE_SERVICE_ROLE_KEY");
  }
});

Deno.test("readWhatsAppConfig() takes what is given, and Meta's own address unless told", () => {
  const config = readWhatsAppConfig(givenWhatsApp);
  assert.equal(config.supabaseUrl, "https://project.supabase.co");
  assert.deepEqual(
    [config.appSecret, config.verifyToken, config.accessToken, config.phoneNumberId],
    ["hush-secret", "hush-verify", "hush-access", "100000000000001"],
  );
  assert.deepEqual(
    [config.graphUrl, config.tripPageUrl, config.markRead],
    ["https://graph.facebook.com/v26.0", "https://mobility.test/trip", true],
  );
  assert.deepEqual([config.v1WebhookUrl, config.sosWebhookUrl], [undefined, undefined]);
  const more = readWhatsAppConfig({
    ...givenWhatsApp,
    WHATSAPP_GRAPH_URL: "http://127.0.0.1:9/v26.0/",
    WHATSAPP_MARK_READ: "false",
    MOBILITY_V1_WEBHOOK_URL: "https://v1.test/hook",
    MOBILITY_SOS_WEBHOOK_URL: "https://sos.test/hook",
  });
  assert.deepEqual(
    [more.graphUrl, more.markRead, more.v1WebhookUrl, more.sosWebhookUrl],
    ["http://127.0.0.1:9/v26.0", false, "https://v1.test/hook", "https://sos.test/hook"],
  );
});

Deno.test("readWhatsAppConfig() names each variable that is missing, be it the webhook's or not", () => {
  for (const name of Object.keys(givenWhatsApp)) {
    for (const source of [without(name), { ...givenWhatsApp, [name]: "" }]) {
      const message = refusalOf(source, readWhatsAppConfig);
      assert.ok(message.includes(name), `${name} in: ${message}`);
      assert.doesNotMatch(message, /hush|sb_secret|mobility\.test|1000000/);
    }
  }
  const message = refusalOf({}, readWhatsAppConfig);
  for (const name of Object.keys(givenWhatsApp)) assert.ok(message.includes(name), name);
  assert.match(
    refusalOf({ ...givenWhatsApp, MOBILITY_V1_WEBHOOK_URL: "ftp://hush" }, readWhatsAppConfig),
    /: MOBILITY_V1_WEBHOOK_URL$/,
  );
});

Deno.test("readConfig() asks for none of the webhook's variables", () => {
  assert.equal(readConfig(given).supabaseUrl, "https://project.supabase.co");
});

function without(name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(givenWhatsApp).filter(([key]) => key !== name));
}
