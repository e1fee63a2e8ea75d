import type { Sql } from "postgres";
import { z } from "zod";
import { formatBytes } from "../../backup/mod.ts";
import { findClientPrograms } from "../../backup/client-programs.ts";
import { readSituation } from "../situation.ts";
import { connect, describeDatabase } from "../state/connection.ts";
import { type Check, failed, type Finding, ok, warning } from "./check.ts";

const OLDEST = 15;
const EXTENSIONS = ["postgis", "pg_cron", "pg_net", "supabase_vault"] as const;
const WITHOUT: Readonly<Record<string, string>> = {
  pg_cron: "Nothing expires, is retried or is pruned by itself: enable pg_cron under Integrations",
  pg_net: "Messages wait for the clock instead of going at once: enable pg_net under Extensions",
  supabase_vault: "The database cannot call the worker: enable Vault under Integrations",
};

const serverRow = z.object({ major: z.number(), version: z.string() });
type Server = z.infer<typeof serverRow>;

/** What the database must have. One connection for all of them, closed by the caller. */
export function databaseChecks(
  databaseUrl: string,
  { migrations, backups, forwardsToV1 }: {
    readonly migrations: URL;
    readonly backups: string;
    /** Whether the functions are told where V1's webhook is. */
    readonly forwardsToV1: boolean;
  },
): { checks: Check[]; close(): Promise<void> } {
  let opened: Sql | undefined;
  const sql = (): Sql => opened ??= connect(databaseUrl);
  const name = describeDatabase(databaseUrl);

  let asked: Promise<Server> | undefined;
  /** Asked once: when nobody answers, the other checks need not wait for it again. */
  const server = (): Promise<Server> => asked ??= askServer();

  async function askServer(): Promise<Server> {
    const [row] = await sql()`
      select current_setting('server_version') as version,
        current_setting('server_version_num')::integer / 10000 as major`;
    return serverRow.parse(row);
  }

  const checks: Check[] = [
    {
      id: "database",
      title: "database",
      command: `connect to ${name}: select current_setting('server_version')`,
      look: async () => {
        const { major, version } = await server();
        return major >= OLDEST
          ? ok(`PostgreSQL ${version} at ${name}`)
          : failed(`PostgreSQL ${version}`, `Upgrade the project to ${OLDEST} or newer`);
      },
    },
    {
      id: "pg-dump",
      title: "pg_dump",
      command: "pg_dump --version",
      look: async () => {
        const { major } = await server();
        return ok((await findClientPrograms(major)).version);
      },
    },
    {
      id: "extensions",
      title: "extensions",
      command: `select name, installed_version from pg_available_extensions where name in (${
        EXTENSIONS.map((each) => `'${each}'`).join(", ")
      })`,
      look: async () => {
        await server();
        return judgeExtensions(await availableExtensions(sql()));
      },
    },
    {
      id: "migrations",
      title: "migrations",
      command: "compare supabase/migrations with supabase_migrations.schema_migrations",
      look: async () => {
        await server();
        const { pending, unknown } = await readSituation(sql(), migrations);
        if (unknown.length > 0) {
          return failed(
            `the database has had ${unknown.join(", ")}, which this working tree does not have`,
            "Deploy from a commit that has them",
          );
        }
        return ok(pending.length === 0 ? "none pending" : `${pending.length} pending`);
      },
    },
    {
      id: "v1",
      title: "V1",
      command: "select to_regclass('public.rides_trips'), percent from mobility.rollout",
      look: async () => {
        await server();
        const { v1, share } = await readSituation(sql(), migrations);
        if (v1 === "present" && !forwardsToV1) {
          return failed(
            "is there, and MOBILITY_V1_WEBHOOK_URL is not set",
            "Set it to V1's webhook: without it everybody is served here at once, whatever the share",
          );
        }
        const percent = share === undefined ? "" : `; ${share.percent}% are served by V2`;
        return ok(
          {
            absent: "none: everybody is served from the first moment",
            over: "its part has been taken away",
            present: `is there${percent}`,
          }[v1],
        );
      },
    },
    {
      id: "disk",
      title: "room for a backup",
      command: `select pg_database_size(current_database()); df ${backups}`,
      look: async () => {
        await server();
        return await judgeDisk(sql(), backups);
      },
    },
  ];
  return { checks, close: async () => await opened?.end({ timeout: 5 }) };
}

async function availableExtensions(sql: Sql): Promise<ReadonlySet<string>> {
  const rows = await sql`
    select name from pg_available_extensions where name = any(${[...EXTENSIONS]})
    union select 'supabase_vault' where to_regclass('vault.decrypted_secrets') is not null`;
  return new Set(z.array(z.object({ name: z.string() })).parse(rows).map(({ name }) => name));
}

function judgeExtensions(available: ReadonlySet<string>): Finding {
  if (!available.has("postgis")) {
    return failed(
      "PostGIS is not available",
      "Use a database that has it: every Supabase one does",
    );
  }
  const missing = EXTENSIONS.filter((name) => !available.has(name));
  if (missing.length === 0) return ok(EXTENSIONS.join(", "));
  return warning(
    `without ${missing.join(", ")}`,
    missing.map((name) => WITHOUT[name]).filter(Boolean).join(". "),
  );
}

async function judgeDisk(sql: Sql, backups: string): Promise<Finding> {
  const [row] = await sql`select pg_database_size(current_database())::float8 as bytes`;
  const { bytes } = z.object({ bytes: z.number() }).parse(row);
  const free = await freeBytes(backups);
  const detail = `the database has ${formatBytes(bytes)}`;
  if (free === undefined) return ok(detail);
  return free > bytes ? ok(`${detail}, ${formatBytes(free)} free here`) : warning(
    `${detail}, ${formatBytes(free)} free here`,
    "Give --backups a folder with more room",
  );
}

/** Free bytes where the folder is or will be; undefined where df does not say. */
async function freeBytes(folder: string): Promise<number | undefined> {
  for (let path = folder; path !== ""; path = path.slice(0, path.lastIndexOf("/"))) {
    const { success, stdout } = await new Deno.Command("df", {
      args: ["-Pk", path],
      stdin: "null",
      stderr: "null",
    }).output().catch(() => ({ success: false, stdout: new Uint8Array() }));
    if (!success) continue;
    const free = Number(new TextDecoder().decode(stdout).split("\n")[1]?.split(/\s+/)[3]);
    return Number.isFinite(free) ? free * 1024 : undefined;
  }
  return undefined;
}
