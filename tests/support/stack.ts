import { fileURLToPath } from "node:url";
import postgres, { type Sql } from "postgres";
import type { Job } from "../../scripts/stack/jobs.ts";
import type { StackInfo } from "../../scripts/stack/running.ts";
import { type Stack, startStack } from "../../scripts/stack/stack.ts";
import { freePorts } from "../../scripts/loopback/free-ports.ts";
import { Http } from "./http.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");

/** What a test of a suite has: a running stack, its API and its database. */
export interface World {
  readonly info: StackInfo;
  readonly http: Http;
  /** The owner's view of the database. */
  readonly sql: Sql;
  /** One line for each thing a function logged so far. */
  readonly log: readonly string[];
  /** What the stack's scheduled job does; the tests run it when they mean it. */
  sweep(): Promise<void>;
  /** The processes of the functions, by name; undefined while one is being started again. */
  functionPids(): Readonly<Record<string, number | undefined>>;
}

/** Where a suite puts its tests. */
export interface Suite {
  test(name: string, body: (world: World) => Promise<void>): void;
}

/** On what to run the suites. */
export interface StackSuiteOptions {
  /** Comes before every title. */
  readonly name: string;
  readonly ignore?: boolean;
  /** The PostgreSQL to run on; the embedded database without it. */
  readonly database?: () => Promise<{ url: string; close(): Promise<void> }>;
  /** What the functions find in their environment beside the usual. */
  readonly env?: () => Readonly<Record<string, string>>;
  /**
   * What runs by the clock. Nothing unless told: what time does, the tests do themselves, since a sweep in
   * between would change what they compare.
   */
  readonly jobs?: readonly Job[];
}

/** Boots one stack, on ports and data of its own, for all the tests that are added to the suite. */
export function stackSuite(options: StackSuiteOptions): Suite {
  let running: Promise<World & { close(): Promise<void> }> | undefined;
  Deno.test.afterAll(async () => {
    await (await running)?.close();
    Deno.exitCode = 0;
  });
  return {
    test(name, body): void {
      Deno.test({
        name: `${options.name}: ${name}`,
        ignore: options.ignore ?? false,
        // The stack and its connections outlive the test that happens to start them.
        sanitizeOps: false,
        sanitizeResources: false,
        fn: async () => {
          try {
            await body(await (running ??= boot(options)));
          } finally {
            // PGlite sets a code of its own whenever PostgreSQL refuses something.
            Deno.exitCode = 0;
          }
        },
      });
    },
  };
}

async function boot(options: StackSuiteOptions): Promise<World & { close(): Promise<void> }> {
  const data = await Deno.makeTempDir({ prefix: "mobility-stack-" });
  const database = await options.database?.();
  const log: string[] = [];
  const env = Deno.env.toObject();
  delete env["DATABASE_URL"];
  delete env["REDIS_URL"];
  let stack: Stack;
  try {
    stack = await startStack({
      root: ROOT,
      data,
      portsFrom: freePorts(20),
      env: {
        ...env,
        ...(database === undefined ? {} : { DATABASE_URL: database.url }),
        ...options.env?.(),
      },
      jobs: options.jobs ?? [],
      onLog: (line) => log.push(line),
      onProgress: (line) => log.push(line),
    });
  } catch (error) {
    await database?.close();
    throw error;
  }
  const unmute = muteLite(log);
  const sql = postgres(stack.info.db_url, { max: 1, onnotice: () => {} });
  return {
    info: stack.info,
    http: new Http(stack.info),
    sql,
    log,
    sweep: async () => {
      await sql`select public.sweep()`;
    },
    functionPids: () => stack.functionPids(),
    close: async () => {
      await sql.end({ timeout: 5 });
      await stack.close();
      unmute();
      await database?.close();
      await Deno.remove(data, { recursive: true });
    },
  };
}

/** @supabase/lite prints every refusal of the database, with the query and its parameters, to the console. */
function muteLite(log: string[]): () => void {
  // deno-lint-ignore no-console
  const original = console.error;
  Reflect.set(console, "error", (...parts: unknown[]) => log.push(parts.map(String).join(" ")));
  return () => Reflect.set(console, "error", original);
}
