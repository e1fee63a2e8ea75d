import postgres, { type Sql } from "postgres";
import { report } from "../print.ts";
import { bootstrap, listMigrations } from "../postgres/migrate.ts";
import { PostgresNotFoundError } from "../postgres/postgres-binaries.ts";
import { startTemporaryPostgres } from "../postgres/temporary-postgres.ts";
import { applyExceptions, LINT_EXCEPTIONS } from "./lint-exceptions.ts";
import { dumpSchema } from "./schema-dump.ts";
import {
  adviseDatabase,
  type Finding,
  generateTypes,
  lintDatabase,
  pushMigrations,
} from "./supabase-cli.ts";
import { createV1 } from "../v1/rehearsal/v1-fixture.ts";
import { SupabaseCliError } from "../supabase-cli/run-supabase.ts";

const REPOSITORY = new URL("../../", import.meta.url);
const SCHEMAS = ["public", "mobility"];
/** Its functions read tables that only a V1 has. */
const BRIDGE = ["mobility_v1"];
const FIX = "deno task check:schema --write";

const USAGE = `deno task check:schema [options]

  --write   regenerate shared/platform/database.types.ts and supabase/schema.sql
  --help    this text`;

/** `deno task check:schema`: the migrations on a bare PostgreSQL, through the Supabase CLI. */
async function main(): Promise<void> {
  const unknown = Deno.args.find((arg) => !["--write", "--help", "-h"].includes(arg));
  if (unknown !== undefined || Deno.args.includes("--help") || Deno.args.includes("-h")) {
    if (unknown !== undefined) report(`Cannot use "${unknown}"`);
    report(USAGE);
    Deno.exit(unknown === undefined ? 0 : 1);
  }
  const write = Deno.args.includes("--write");
  const problems = await checkSchema(write);
  for (const problem of problems) report(`FAILED ${problem}`);
  if (problems.length > 0) Deno.exit(1);
  report("schema: ok");
}

async function checkSchema(write: boolean): Promise<string[]> {
  report("schema: starting PostgreSQL");
  // The advisors look for tables open to the API in the schemas that PostgREST is told to expose.
  const settings = { "pgrst.db_schemas": "public" };
  await using server = await startTemporaryPostgres({ settings });
  const sql = postgres(server.url, { max: 1, onnotice: () => {} });
  try {
    await requireLinter(sql);
    await bootstrap(sql);
    return [
      ...await checkPush(sql, server.url),
      ...await checkFindings(server.url),
      ...await checkDrift(server.url, write),
      ...await checkBridge(sql, server.url),
    ];
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function requireLinter(sql: Sql): Promise<void> {
  const found = await sql`select from pg_available_extensions where name = 'plpgsql_check'`;
  if (found.length === 0) {
    throw new PostgresNotFoundError(
      "Cannot lint the functions without plpgsql_check. Run: apt-get install -y postgresql-15-plpgsql-check",
    );
  }
}

async function checkPush(sql: Sql, url: string): Promise<string[]> {
  report("schema: supabase db push, twice");
  await pushMigrations(url);
  const second = await pushMigrations(url);
  const recorded = await sql<{ file: string }[]>`
    select version || '_' || name as file from supabase_migrations.schema_migrations order by version`;
  const files = (await listMigrations()).map(({ version, name }) => `${version}_${name}`);

  const problems: string[] = [];
  if (!second.upToDate) problems.push("a second `supabase db push` found something to apply");
  const applied = recorded.map(({ file }) => file);
  if (applied.join() !== files.join()) {
    problems.push(
      `the migrations recorded (${applied.join(", ")}) are not the files (${files.join(", ")})`,
    );
  }
  return problems;
}

async function checkFindings(url: string): Promise<string[]> {
  report("schema: supabase db lint");
  const lint = await lintDatabase(url, SCHEMAS);
  report("schema: supabase db advisors");
  const advice = await adviseDatabase(url);
  return [
    ...lint.map((finding) => describe("db lint", finding)),
    ...advice.map((finding) => describe("db advisors", finding)),
  ];
}

/** Lints the bridge beside a V1, which comes last: nothing else may rest on there being one. */
async function checkBridge(sql: Sql, url: string): Promise<string[]> {
  report("schema: supabase db lint, of the bridge beside a V1");
  await createV1(sql);
  const { left, unneeded } = applyExceptions(await lintDatabase(url, BRIDGE), LINT_EXCEPTIONS);
  return [
    ...left.map((finding) => describe("db lint", finding)),
    ...unneeded.map((text) =>
      `scripts/check/lint-exceptions.ts has an exception that nothing needs: ${text}`
    ),
  ];
}

function describe(tool: string, { level, rule, detail }: Finding): string {
  return `${tool}: ${level} ${rule}: ${detail}`;
}

async function checkDrift(url: string, write: boolean): Promise<string[]> {
  report("schema: generated types and schema dump");
  const generated: Record<string, string> = {
    "shared/platform/database.types.ts": await format(await generateTypes(url)),
    "supabase/schema.sql": await dumpSchema(url),
  };
  const problems: string[] = [];
  for (const [path, text] of Object.entries(generated)) {
    const file = new URL(path, REPOSITORY);
    if (write) {
      await Deno.mkdir(new URL(".", file), { recursive: true });
      await Deno.writeTextFile(file, text);
      report(`schema: wrote ${path}`);
    } else if (await readIfThere(file) !== text) {
      problems.push(`${path} is not what the migrations make. Run: ${FIX}`);
    }
  }
  return problems;
}

async function readIfThere(file: URL): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The CLI writes unformatted code; formatted, a change of the schema reads as a change of few lines. */
async function format(code: string): Promise<string> {
  const formatter = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "ts", "-"],
    cwd: REPOSITORY,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const output = formatter.output();
  const writer = formatter.stdin.getWriter();
  await writer.write(new TextEncoder().encode(code));
  await writer.close();
  const { success, stdout } = await output;
  if (!success) throw new Error("Cannot format the generated types: see the formatter's message");
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    const skippable = error instanceof PostgresNotFoundError &&
      Deno.env.get("REQUIRE_POSTGRES") !== "1";
    if (!skippable && !(error instanceof SupabaseCliError)) throw error;
    report(`schema: ${skippable ? "SKIPPED" : "FAILED"}. ${error.message}`);
    if (!skippable) Deno.exit(1);
  }
}
