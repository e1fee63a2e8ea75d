import assert from "node:assert/strict";
import { createMask, secretsOf } from "../../../scripts/deploy/mask.ts";
import { parseOptions } from "../../../scripts/deploy/options.ts";
import { readSettings, requireSettings, type Settings } from "../../../scripts/deploy/settings.ts";
import { withoutPassword } from "../../../scripts/supabase-cli/run-supabase.ts";

Deno.test("createMask() hides a secret however it is written, the longest first", () => {
  const mask = createMask(['p/ss"word', "p/ss", "abc"]);
  assert.equal(mask('the p/ss"word'), "the ***");
  assert.equal(mask("p%2Fss%22word in a URL"), "*** in a URL");
  assert.equal(mask(JSON.stringify({ key: 'p/ss"word' })), '{"key":"***"}');
  assert.equal(
    mask("abc stays: nobody could read anything"),
    "abc stays: nobody could read anything",
  );
});

Deno.test("secretsOf() finds secrets by name, in JSON and in URLs", () => {
  const secrets = secretsOf({
    SUPABASE_SECRET_KEYS: '{"default":"sb_secret_1"}',
    DATABASE_URL: "postgres://u:p%40ss@host/d",
    MOBILITY_SOS_WEBHOOK_URL: "https://hooks.example/T0K3N",
    LOG_LEVEL: "debug",
    WHATSAPP_PHONE_NUMBER_ID: "100",
  });
  for (const secret of ["sb_secret_1", "p@ss", "p%40ss", "https://hooks.example/T0K3N"]) {
    assert.ok(secrets.includes(secret), secret);
  }
  const address = secretsOf({ DATABASE_URL: "postgres://u@host/d" });
  assert.deepEqual(address, [], "an address without a password is none");
  assert.ok(!secrets.includes("debug") && !secrets.includes("100"));
});

Deno.test("withoutPassword() leaves nothing secret in the URL", () => {
  const { url, env } = withoutPassword("postgres://u:p%40ss@db.example:5432/d?sslmode=require");
  assert.equal(url, "postgres://u@db.example:5432/d?sslmode=require");
  assert.deepEqual(env, { PGPASSWORD: "p@ss" });
  const local = withoutPassword("postgres://u@127.0.0.1:5432/d?password=p");
  assert.equal(local.url, "postgres://u@127.0.0.1:5432/d");
  assert.deepEqual(local.env, { PGPASSWORD: "p", PGSSLMODE: "disable" });
});

Deno.test("readSettings() prefers the command line, then the environment, then the file", async () => {
  const settings = await read(
    ["all", "--project-ref", "ref-of-line"],
    {
      file:
        "SUPABASE_PROJECT_REF=ref-of-file\nMETRICS_TOKEN=of-file\nLOG_LEVEL=warn\nTYPO_TOKEN=x\n",
      environment: { METRICS_TOKEN: "of-environment", UNRELATED: "x", WHATSAPP_APP_SECRET: "" },
    },
  );
  assert.equal(settings.projectRef, "ref-of-line");
  assert.equal(settings.apiUrl, "https://ref-of-line.supabase.co");
  assert.equal(settings.metricsUrl, "https://ref-of-line.supabase.co/functions/v1/metrics");
  assert.deepEqual(settings.functionVariables, {
    METRICS_TOKEN: "of-environment",
    LOG_LEVEL: "warn",
  });
  assert.deepEqual(settings.unknownNames, ["TYPO_TOKEN"]);
});

Deno.test("readSettings() keeps the platform's own names from the functions' secrets", async () => {
  const settings = await read(["all"], {
    file: "SUPABASE_SECRET_KEY=sb_secret_x\nSUPABASE_URL=https://x\nDATABASE_URL=postgres://h/d\n",
    environment: { PGPASSWORD: "p w" },
  });
  assert.deepEqual(settings.functionVariables, {});
  assert.equal(settings.secretKey, "sb_secret_x");
  assert.equal(settings.databaseUrl, "postgres://:p%20w@h/d");
  assert.ok(settings.secrets.includes("p w"));
});

Deno.test("requireSettings() names all that is missing and where to give it", async () => {
  const settings = await read(["all"], { file: "", environment: {} });
  assert.throws(
    () => requireSettings(settings, ["projectRef", "databaseUrl"]),
    /--project-ref or SUPABASE_PROJECT_REF\n.*DATABASE_URL, or --db-url and PGPASSWORD/,
  );
});

Deno.test("readSettings() refuses a file that was named and is not there", async () => {
  const options = parseOptions(["all", "--env-file", "/nowhere/.env"]);
  assert.ok(options);
  await assert.rejects(readSettings(options, { environment: {}, root: "/" }), /no such file/);
});

async function read(
  args: readonly string[],
  { file, environment }: { file: string; environment: Record<string, string> },
): Promise<Settings> {
  const root = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${root}/.env.production`, file);
    const options = parseOptions(args);
    assert.ok(options);
    return await readSettings(options, { environment, root });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
