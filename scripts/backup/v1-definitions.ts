import { listMigrations } from "../postgres/migrate.ts";
import type { ClientPrograms } from "./client-programs.ts";
import type { ProgramEnvironment } from "./connection.ts";
import { DATA_FILE } from "./manifest.ts";
import { failure, runProgram } from "./run-program.ts";
import type { Connection } from "./tables.ts";

/** What makes V1's tables, which no migration of this project does; only where there are any. */
export const V1_FILE = "v1.sql";

const WANTED = new Set([
  "TYPE",
  "DOMAIN",
  "FUNCTION",
  "SEQUENCE",
  "TABLE",
  "SEQUENCE OWNED BY",
  "DEFAULT",
  "TABLE ATTACH",
  "INDEX ATTACH",
  "CONSTRAINT",
  "CHECK CONSTRAINT",
  "INDEX",
  "FK CONSTRAINT",
  "TRIGGER",
  "POLICY",
  "ROW SECURITY",
  "ACL",
  "COMMENT",
]);

/** The bridge's triggers, as an archive's list names them: the migrations make them anew. */
export async function listBridgeTriggers(sql: Connection): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select c.relname || ' ' || t.tgname as name from pg_trigger t
    join pg_class c on c.oid = t.tgrelid join pg_proc f on f.oid = t.tgfoid
    where not t.tgisinternal and c.relnamespace = 'public'::regnamespace
      and f.pronamespace in (select oid from pg_namespace where nspname in ('mobility', 'mobility_v1'))`;
  return rows.map(({ name }) => name);
}

/** Writes V1_FILE out of the archive of the same folder. */
export async function writeV1Definitions(
  { folder, programs, env, bridge }: {
    readonly folder: string;
    readonly programs: ClientPrograms;
    readonly env: ProgramEnvironment;
    readonly bridge: readonly string[];
  },
): Promise<void> {
  const archive = `${folder}/${DATA_FILE}`;
  const { success, stdout, stderr } = await new Deno.Command(programs.pgRestore, {
    args: ["--list", archive],
    clearEnv: true,
    env: { ...env },
  }).output();
  if (!success) throw failure({ path: programs.pgRestore }, [new TextDecoder().decode(stderr)]);
  const list = selectV1(new TextDecoder().decode(stdout), {
    own: await ownFunctions(),
    bridge: new Set(bridge),
  });
  const listFile = await Deno.makeTempFile({ prefix: "mobility-backup-" });
  try {
    await Deno.writeTextFile(listFile, list);
    const selection = ["--schema-only", "--no-owner", `--use-list=${listFile}`];
    const args = [...selection, `--file=${folder}/${V1_FILE}`, archive];
    await runProgram({ path: programs.pgRestore, args, env });
  } finally {
    await Deno.remove(listFile);
  }
}

/** The lines of an archive's list that make what is V1's in `public`. */
export function selectV1(
  list: string,
  { own, bridge }: { readonly own: ReadonlySet<string>; readonly bridge: ReadonlySet<string> },
): string {
  return list.split("\n").filter((line) => {
    const [, kind = "", rest = ""] = /^\d+; \d+ \d+ ([A-Z ]+) public (.*) \S*$/.exec(line) ?? [];
    if (!WANTED.has(kind)) return false;
    if (kind === "TRIGGER") return !bridge.has(rest);
    const name = /^(?:FUNCTION )?(\w+)\(/.exec(rest)?.[1];
    return name === undefined || !own.has(name);
  }).join("\n") + "\n";
}

/** The functions in `public` that this project's migrations make. */
async function ownFunctions(): Promise<Set<string>> {
  const names = new Set<string>();
  for (const { file } of await listMigrations()) {
    const text = await Deno.readTextFile(file);
    for (const [, name = ""] of text.matchAll(/\bfunction public\.(\w+)/gi)) names.add(name);
  }
  return names;
}
