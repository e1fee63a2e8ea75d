import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { report } from "../../../scripts/print.ts";
import { listMigrations } from "../../../scripts/postgres/migrate.ts";
import { signBody } from "../../../shared/whatsapp/mod.ts";
import { type HookServer, openHookServer } from "../../support/chat/hook-server.ts";
import { messageOf, metaBody } from "../../support/chat/webhook-post.ts";
import { hasDatabase, type TestDatabase } from "../../support/database.ts";
import { createProjectDatabase, withPassword } from "./databases.ts";
import { type DeployTarget } from "./deploy-process.ts";
import { type HostedProject, openHostedProject } from "./hosted-project.ts";
import { copyProject, type ProjectCopy } from "./project-copy.ts";

/** A project to deploy from, one to deploy to, and a V1 in its database. */
export interface World extends DeployTarget {
  readonly database: TestDatabase;
  readonly hosted: HostedProject;
  readonly copy: ProjectCopy;
  readonly v1: HookServer;
  /** What must be seen nowhere. */
  readonly secrets: readonly string[];
  close(): Promise<void>;
}

/** What a deployment is made with, beside PostgreSQL: the Supabase CLI and Deno 2.1.4 come by npx. */
const PROGRAMS = ["git", "npx"];
const missing = await missingPrograms();
if (hasDatabase && missing.length > 0) {
  report(`skipping the tests of deployments: there is no ${missing.join(" and no ")} here`);
}

const DATABASE_PASSWORD = "db-pass/word+1";
let opened: Promise<World> | undefined;
let people = 0;

/** One test after the other, on the one world of the file. */
export function deployTest(name: string, body: (world: World) => Promise<void>): void {
  Deno.test({
    name,
    // In CI nothing may be skipped: there it fails for want of the program.
    ignore: !hasDatabase || missing.length > 0 && Deno.env.get("REQUIRE_POSTGRES") !== "1",
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => await body(await (opened ??= openWorld())),
  });
}

Deno.test.afterAll(async () => {
  await (await opened)?.close();
});

/** The versions in the order of their files. */
export async function migrationVersions(copy: ProjectCopy): Promise<string[]> {
  const files = await listMigrations(new URL(`file://${copy.root}/supabase/migrations/`));
  return files.map(({ version }) => version);
}

/** Posts a greeting of somebody new to the webhook, as Meta would; gives the status. */
export async function greet({ hosted }: World): Promise<number> {
  people++;
  const from = {
    name: `Person ${people}`,
    phone: `+250788${String(people).padStart(6, "0")}`,
    whatsapp_user_id: `RW.6000000000${String(people).padStart(6, "0")}`,
  };
  const bytes = metaBody(messageOf(from, { kind: "text", text: "Hello" }));
  const response = await fetch(`${hosted.apiUrl}/functions/v1/whatsapp-webhook`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-hub-signature-256": await signBody(hosted.keys.whatsapp_app_secret, bytes),
    },
    body: new Uint8Array(bytes),
  });
  await response.body?.cancel();
  return response.status;
}

/** People write, a few a second, while the work goes on. */
export async function withTraffic<T>(world: World, work: () => Promise<T>): Promise<T> {
  const ended = new AbortController();
  const traffic = (async () => {
    while (!ended.signal.aborted) {
      await greet(world).catch(() => 0);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
  })();
  try {
    return await work();
  } finally {
    ended.abort();
    await traffic;
  }
}

/** `deno task v1:backfill` or `v1:verify`; gives the exit code. */
export async function runV1({ database }: World, command: "backfill" | "verify"): Promise<number> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      fileURLToPath(new URL(`../../../scripts/v1/${command}.ts`, import.meta.url)),
    ],
    env: { DATABASE_URL: database.url },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  return code;
}

/** The share, as the database has it. */
export async function shareOf({ database }: World): Promise<number> {
  const [row] = await database.sql<{ percent: number }[]>`select percent from mobility.rollout`;
  assert.ok(row);
  return row.percent;
}

async function missingPrograms(): Promise<string[]> {
  const found = await Promise.all(PROGRAMS.map(async (program) => {
    const { success } = await new Deno.Command(program, {
      args: ["--version"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output().catch(() => ({ success: false }));
    return success;
  }));
  return PROGRAMS.filter((_, index) => !found[index]);
}

async function openWorld(): Promise<World> {
  const database = await createProjectDatabase({ v1: true });
  const [copy, v1] = await Promise.all([copyProject(), openHookServer()]);
  const hosted = await openHostedProject({
    root: copy.root,
    databaseUrl: database.url,
    v1WebhookUrl: v1.url,
  });
  const envFile = `${copy.root}/.env.test`;
  const lines = Object.entries(hosted.variables).map(([name, value]) => `${name}='${value}'\n`);
  await Deno.writeTextFile(envFile, lines.join(""));
  return {
    database,
    copy,
    v1,
    hosted,
    envFile,
    databaseUrl: withPassword(database.url, encodeURIComponent(DATABASE_PASSWORD)),
    secrets: [
      DATABASE_PASSWORD,
      encodeURIComponent(DATABASE_PASSWORD),
      hosted.accessToken,
      hosted.keys.secret_key,
      hosted.keys.redis_token,
      hosted.keys.whatsapp_app_secret,
      hosted.keys.whatsapp_verify_token,
      hosted.keys.whatsapp_access_token,
      hosted.variables["METRICS_TOKEN"] ?? "",
    ],
    close: async () => {
      await hosted.close();
      await v1.close();
      await database.close();
      await copy.remove();
    },
  };
}
