import assert from "node:assert/strict";

const ENTRY = new URL("../../../supabase/functions/whatsapp-webhook/index.ts", import.meta.url);
const REQUIRED = [
  "WHATSAPP_APP_SECRET",
  "WHATSAPP_VERIFY_TOKEN",
  "WHATSAPP_ACCESS_TOKEN",
  "WHATSAPP_PHONE_NUMBER_ID",
  "MOBILITY_TRIP_PAGE_URL",
];

Deno.test("whatsapp-webhook does not start without its environment, and names what is missing", async () => {
  const inherited = Object.entries(Deno.env.toObject())
    .filter(([name]) => !/^(SUPABASE|WHATSAPP|MOBILITY)_/.test(name));
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", ENTRY.href],
    clearEnv: true,
    env: { ...Object.fromEntries(inherited), WHATSAPP_GRAPH_URL: "hush", NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  const message = new TextDecoder().decode(stderr);
  assert.equal(code, 1);
  for (const name of [...REQUIRED, "SUPABASE_URL", "WHATSAPP_GRAPH_URL"]) {
    assert.ok(message.includes(name), `${name} in: ${message}`);
  }
  assert.doesNotMatch(message, /hush/);
});
