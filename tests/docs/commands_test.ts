import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { findPostgresBinaries } from "../../scripts/postgres/postgres-binaries.ts";
import { startTemporaryPostgres } from "../../scripts/postgres/temporary-postgres.ts";
import { formatStatus } from "../../scripts/stack/status.ts";
import { chatSuite, type ChatWorld } from "../support/chat/chat-suite.ts";
import { type Document, readDocuments } from "./support/documents.ts";
import { problemOf } from "./support/known-commands.ts";
import { type Life, live } from "./support/life.ts";
import type { Block } from "./support/markdown.ts";
import { DocumentShell } from "./support/shell.ts";

/** Whose commands people type when something burns: each of their queries must also show something. */
const RUNBOOK = "docs/runbook.md";
/** What a question of the runbook may find nothing of, even in a city with troubles. */
const MAY_BE_EMPTY = new Set(["Database long transaction"]);
const CHANGES = /^-- changes: \S/;
/** Elsewhere it need not be said. */
const WRITES = /^\s*(?:insert|update|delete)\b/i;
/** These cannot be within a transaction. */
const ALONE = /^(?:--.*\n)*\s*(?:vacuum|reindex table concurrently)\b/i;
/** Spans of code that are commands and not names or outputs. */
const COMMAND = /^(?:curl|deno task|supabase|promtool|psql|pg_dump) [^…]+$/;
/** Whom a curl of a document may ask outside of this machine. */
const HOSTS = /^(?:graph\.facebook\.com|abcdefghijklmnopqrst\.supabase\.co)$/;
const METRICS_TOKEN = "a-scraper-with-a-long-token";

const documents = await readDocuments();
const canStart = await findPostgresBinaries().then((found) => found.hasCron, () => false);
const suite = chatSuite({
  name: "documents",
  ignore: !canStart && Deno.env.get("REQUIRE_POSTGRES") !== "1",
  database: () =>
    startTemporaryPostgres({
      settings: {
        shared_preload_libraries: "pg_cron,pg_stat_statements",
        "pg_stat_statements.track_utility": "off",
      },
    }),
  env: () => ({ METRICS_TOKEN }),
});
let city: Promise<{ life: Life; shell: DocumentShell }> | undefined;
Deno.test.afterAll(async () => {
  const opened = await city?.catch(() => undefined);
  await opened?.life.close();
  await opened?.shell.close();
});

const blocks = [...documents.values()].flatMap((document) =>
  document.blocks.map((block) => ({ document, block }))
);
// What only reads comes first, and sees the city as it lived.
for (const { document, block } of blocks.filter(({ block }) => !changes(block.code))) {
  testBlock(document, block);
}
for (const { document, block } of blocks.filter(({ block }) => changes(block.code))) {
  testBlock(document, block);
}
for (const document of documents.values()) testSpans(document);

function testBlock(document: Document, block: Block): void {
  const title = `${document.path}:${block.line} ${block.heading}`;
  if (block.language === "sql" && block.info === "logs-explorer") {
    Deno.test(`documents: ${title}: the query is one of the Logs Explorer`, () => {
      assertLogQuery(block.code);
    });
  } else if (block.language === "sql") {
    suite.test(`${title}: the query runs`, async (world) => {
      const { life } = await cityOf(world);
      const code = await fill(block.code, life);
      if (!changes(code)) {
        const rows = await inTransaction(world.sql, { mode: "read only", code });
        const mustFind = document.path === RUNBOOK && !MAY_BE_EMPTY.has(block.heading);
        assert.ok(rows > 0 || !mustFind, "it finds nothing");
      } else if (ALONE.test(code)) {
        await life.calm();
        await world.sql.unsafe(code).simple();
      } else {
        await life.calm();
        await inTransaction(world.sql, { mode: "read write", code });
      }
    });
  } else if (block.language === "sh") {
    suite.test(`${title}: the commands run, or exist`, async (world) => {
      if (OF_ANSWERS.test(block.code)) await assertSteps(world, block.code);
      else await assertShell(world, block.code);
    });
  }
}

/** Whether a query changes something: in the runbook only one that says so may. */
function changes(code: string): boolean {
  return CHANGES.test(code) || WRITES.test(code);
}

/** Commands in the midst of a sentence or a table. */
function testSpans(document: Document): void {
  const commands = document.spans.filter(({ code }) =>
    COMMAND.test(code) && !/\.\.\.|\*/.test(code)
  );
  if (commands.length === 0) return;
  suite.test(`${document.path}: the commands in its text run, or exist`, async (world) => {
    const problems: string[] = [];
    for (const { code, line } of commands) {
      await assertShell(world, code.replaceAll("\\|", "|")).catch((error: unknown) =>
        problems.push(`line ${line}: ${error instanceof Error ? error.message : error}`)
      );
    }
    assert.deepEqual(problems, []);
  });
}

async function cityOf(world: ChatWorld): Promise<{ life: Life; shell: DocumentShell }> {
  return await (city ??= (async () => {
    const { info } = world;
    const shell = await DocumentShell.open({
      PROJECT_REF: "abcdefghijklmnopqrst",
      FUNCTIONS_URL: info.functions_url,
      SECRET_KEY: info.secret_key,
      METRICS_TOKEN,
      DATABASE_URL: info.db_url,
      UPSTASH_REDIS_REST_URL: info.redis_rest_url,
      UPSTASH_REDIS_REST_TOKEN: info.redis_rest_token,
      WHATSAPP_VERIFY_TOKEN: info.whatsapp_verify_token,
      WHATSAPP_ACCESS_TOKEN: "a-token",
      WHATSAPP_PHONE_NUMBER_ID: "100000000000001",
      WABA_ID: "200000000000002",
    }, formatStatus(info, "env"));
    return { life: await live(world), shell };
  })());
}

async function assertShell(world: ChatWorld, code: string): Promise<void> {
  const { life, shell } = await cityOf(world);
  const run = await shell.run(await fill(code, life));
  assert.deepEqual(run.unknown, [], `commands that no test knows:\n${run.output}`);
  assert.deepEqual(run.unmet, [], run.output);
  const foreign = run.hosts.filter((host) => !HOSTS.test(host));
  assert.deepEqual(foreign, [], "hosts that a document may not send people to");
  const problems = await Promise.all(run.calls.map(problemOf));
  assert.deepEqual(problems.filter((problem) => problem !== undefined), []);
}

/** Gives how many rows its last statement answers with. */
async function inTransaction(
  sql: Sql,
  { mode, code }: { mode: "read only" | "read write"; code: string },
): Promise<number> {
  const rollback = new Error("Rolled back on purpose");
  let rows = 0;
  await sql.begin(mode, async (transaction) => {
    await transaction`set local lock_timeout = '2s'`;
    const answer = await transaction.unsafe(code).simple();
    rows = answer.length;
    const first: unknown = answer[0];
    // What changes something says what became of it.
    if (mode === "read write" && typeof first === "object" && first !== null) {
      assert.ok(Object.values(first)[0] !== null, "it answers null");
    }

    throw rollback;
  }).catch((error: unknown) => {
    if (error !== rollback) throw error;
  });
  return rows;
}

/** Puts in what stands in angle brackets. @throws Error when nobody has said what that is */
async function fill(code: string, { placeholders, victim }: Life): Promise<string> {
  const pid = code.includes("<pid>") ? await victim() : "";
  return code.replace(/<[a-z][a-z ]+>/g, (name) => {
    const value = name === "<pid>" ? pid : placeholders.get(name);
    assert.ok(value !== undefined, `nothing is known to stand for ${name}`);
    return value;
  });
}

/** `<match.id>` stands for a value of an answer before. */
const OF_ANSWERS = /<([a-z_]+(?:\[\d+\])?(?:\.[a-z_]+)+)>/g;
const STEP = /^post /m;

/** Posts one after the other, as a person does who reads each answer for the next. */
async function assertSteps(world: ChatWorld, code: string): Promise<void> {
  const { life, shell } = await cityOf(world);
  const [preamble = "", ...steps] = code.split(STEP);
  const answers: unknown[] = [];
  for (const step of steps) {
    const filled = step.replace(OF_ANSWERS, (name, path: string) => {
      const found = answers.map((answer) => valueAt(answer, path)).findLast((value) =>
        value !== undefined
      );
      assert.ok(found !== undefined, `no answer before has ${name}`);
      return String(found);
    });
    const { output } = await shell.run(await fill(`${preamble}post ${filled}`, life));
    const answer: unknown = JSON.parse(output);
    assert.equal(valueAt(answer, "error.code"), undefined, output);
    answers.push(answer);
  }
}

function valueAt(value: unknown, path: string): unknown {
  return path.split(/[.[\]]+/).filter(Boolean).reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined,
    value,
  );
}

const SOURCES = [
  "edge_logs",
  "function_edge_logs",
  "function_logs",
  "postgres_logs",
  "postgrest_logs",
  "realtime_logs",
];
/** supabase.com/docs/guides/monitoring-and-debugging/advanced-log-filtering and its field reference. */
const FIELDS = [
  "request.pathname",
  "request.method",
  "response.status_code",
  "parsed.error_severity",
];

function assertLogQuery(code: string): void {
  assert.match(code, /^-- \S/, "begins with what it is");
  assert.match(code, /\nfrom logs\nwhere source (?:= '\w+'|in \()/);
  assert.match(code, /\nlimit \d+$/);
  assert.doesNotMatch(code, /select \*|count\(\*\)|unnest/);
  const sources = /where source (?:= |in \()([^)]*?)(?: and|\)|\n|$)/.exec(code)?.[1] ?? "";
  for (const [, source = ""] of sources.matchAll(/'(\w+)'/g)) {
    assert.ok(SOURCES.includes(source), source);
  }
  for (const [, field = ""] of code.matchAll(/log_attributes\['([^']+)'\]/g)) {
    assert.ok(FIELDS.includes(field), field);
  }
}
