import assert from "node:assert/strict";
import type { StackInfo } from "../../../scripts/stack/running.ts";
import { formatStatus } from "../../../scripts/stack/status.ts";

const info: StackInfo = {
  pid: 7,
  api_url: "http://127.0.0.1:54321",
  rest_url: "http://127.0.0.1:54321/rest/v1",
  functions_url: "http://127.0.0.1:54321/functions/v1",
  graph_url: "http://127.0.0.1:54380",
  webhook_url: "http://127.0.0.1:54321/functions/v1/whatsapp-webhook",
  simulator_url: "http://127.0.0.1:54321/simulator/",
  operator_url: "http://127.0.0.1:54321/operator/#token=a.b.c",
  db_url: "postgresql://x",
  redis_rest_url: "http://127.0.0.1:54379",
  redis_rest_token: "token",
  publishable_key: "sb_publishable_a",
  secret_key: "sb_secret_b",
  jwt_secret: "secret",
  anon_key: "anon",
  service_role_key: "service",
  whatsapp_app_secret: "app-secret",
  whatsapp_verify_token: "verify-token",
};

Deno.test("formatStatus() prints NAME=value lines as supabase status does", () => {
  assert.deepEqual(formatStatus(info, "env").split("\n"), [
    'API_URL="http://127.0.0.1:54321"',
    'REST_URL="http://127.0.0.1:54321/rest/v1"',
    'FUNCTIONS_URL="http://127.0.0.1:54321/functions/v1"',
    'GRAPH_URL="http://127.0.0.1:54380"',
    'WEBHOOK_URL="http://127.0.0.1:54321/functions/v1/whatsapp-webhook"',
    'SIMULATOR_URL="http://127.0.0.1:54321/simulator/"',
    'OPERATOR_URL="http://127.0.0.1:54321/operator/#token=a.b.c"',
    'DB_URL="postgresql://x"',
    'REDIS_REST_URL="http://127.0.0.1:54379"',
    'REDIS_REST_TOKEN="token"',
    'PUBLISHABLE_KEY="sb_publishable_a"',
    'SECRET_KEY="sb_secret_b"',
    'JWT_SECRET="secret"',
    'ANON_KEY="anon"',
    'SERVICE_ROLE_KEY="service"',
    'WHATSAPP_APP_SECRET="app-secret"',
    'WHATSAPP_VERIFY_TOKEN="verify-token"',
  ]);
});

Deno.test("formatStatus() prints JSON with the same names, and a table for people", () => {
  const json: unknown = JSON.parse(formatStatus(info, "json"));
  assert.equal(Reflect.get(Object(json), "SECRET_KEY"), "sb_secret_b");
  const pretty = formatStatus(info, "pretty");
  assert.match(pretty, /Secret key: sb_secret_b/);
  assert.match(pretty, /Simulator URL: http:\/\/127\.0\.0\.1:54321\/simulator\/$/m);
  assert.doesNotMatch(pretty, /app-secret|verify-token/);
});
