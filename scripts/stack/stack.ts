import { createGateway, type GatewayFunction } from "./gateway.ts";
import { type Database, deletePglite, openPglite, openPostgres } from "./database.ts";
import { environmentOfFunctions, phoneNumberId, readSettings } from "./function-environment.ts";
import { FunctionProcess } from "./function-process.ts";
import { serveGraph } from "./graph/serve.ts";
import { createGraphStandIn } from "./graph/stand-in.ts";
import { type Job, JOBS, runJobs } from "./jobs.ts";
import { type Keys, loadKeys } from "./keys.ts";
import { operatorLink } from "./operator-link.ts";
import { assertFree, choosePorts, type Ports, refusingTaken } from "./ports.ts";
import { type FunctionEntry, type Project, readProject } from "./project.ts";
import { createRealtimeRelay, type RealtimeRelay } from "./realtime/relay.ts";
import { MemoryRedis } from "./redis/memory-redis.ts";
import { createRedisFront } from "./redis/rest-front.ts";
import { ServerRedis } from "./redis/server-redis.ts";
import { createRestHandler, type RestHandler } from "./rest.ts";
import type { SimulatorPageOptions } from "./simulator-page.ts";
import { readRunning, removeRunning, type StackInfo, writeRunning } from "./running.ts";

/** How to start a stack. Paths are absolute. */
export interface StackOptions {
  /** The folder that has supabase/ in it. */
  readonly root: string;
  /** Where keys and PGlite's database are kept. */
  readonly data: string;
  readonly port?: number | undefined;
  readonly portsFrom?: number | undefined;
  /** Forgets PGlite's database first. */
  readonly fresh?: boolean;
  /** The environment to take keys, DATABASE_URL and REDIS_URL from, and to give to the functions. */
  readonly env?: Readonly<Record<string, string>>;
  readonly jobs?: readonly Job[];
  readonly onProgress?: (line: string) => void;
  /** One line that a function wrote, after its name. */
  readonly onLog?: (line: string) => void;
}

/** A stack that answers. */
export interface Stack {
  readonly url: string;
  readonly info: StackInfo;
  /** The processes of the functions, by name; undefined while one is being started again. */
  functionPids(): Readonly<Record<string, number | undefined>>;
  /** Stops everything and leaves no process; safe to call twice. */
  close(): Promise<void>;
}

/** A stack runs from the same data folder already. */
export class AlreadyRunningError extends Error {
  override name = "AlreadyRunningError";
}

// Generous: a function's first start downloads its packages.
const BOOT_TIMEOUT_MS = 120_000;
const REMIND_EVERY_MS = 10_000;

/**
 * Starts the whole system in this process and one process for each function, and returns when everything
 * answers.
 * @throws {AlreadyRunningError | PortTakenError | MigrationError | ProjectError} with the fix in the text
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  await refuseSecond(options.data);
  const closing = new Closing();
  try {
    return await boot(options, closing);
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function boot(options: StackOptions, closing: Closing): Promise<Stack> {
  const { data, onProgress = () => {}, onLog = () => {} } = options;
  const project = await readProject(options.root);
  const env = options.env ?? {};
  const settings = await readSettings(project, env);
  await Deno.mkdir(data, { recursive: true });
  const keys = await loadKeys(data, { env: settings });
  const ports = choosePorts({
    functions: project.functions.map(({ name }) => name),
    gateway: options.port,
    from: options.portsFrom,
  });
  const databaseUrl = env["DATABASE_URL"];
  if (databaseUrl === undefined) assertFree(ports.database, "database");
  const entries = await existing(project, onProgress);
  for (const { name } of entries) assertFree(portOf(ports, name), `function "${name}"`);
  assertFree(ports.graph, "Graph API stand-in");

  const url = `http://127.0.0.1:${ports.gateway}`;
  const webhookUrl = `${url}/functions/v1/whatsapp-webhook`;
  const standIn = createGraphStandIn({
    appSecret: keys.whatsapp_app_secret,
    accessToken: keys.whatsapp_access_token,
    phoneNumberId: phoneNumberId(settings),
    webhookUrl,
  });
  const opened: { rest?: RestHandler; relay?: RealtimeRelay } = {};
  const gateway = serveGateway({
    keys,
    ports,
    project,
    entries,
    rest: () => opened.rest,
    realtime: () => opened.relay,
    simulator: { folder: `${options.root}/web/simulator`, control: standIn.handle },
    web: `${options.root}/web`,
  });
  closing.add(gateway.stop);
  const info: StackInfo = {
    pid: Deno.pid,
    api_url: url,
    rest_url: `${url}/rest/v1`,
    functions_url: `${url}/functions/v1`,
    graph_url: `http://127.0.0.1:${ports.graph}`,
    webhook_url: webhookUrl,
    simulator_url: `${url}/simulator/`,
    operator_url: await operatorLink(`${url}/operator/`, keys),
    db_url: databaseUrl ??
      `postgresql://postgres@127.0.0.1:${ports.database}/postgres?sslmode=disable`,
    redis_rest_url: `http://127.0.0.1:${ports.redis}`,
    redis_rest_token: keys.redis_token,
    publishable_key: keys.publishable_key,
    secret_key: keys.secret_key,
    jwt_secret: keys.jwt_secret,
    anon_key: keys.anon_key,
    service_role_key: keys.service_role_key,
    whatsapp_app_secret: keys.whatsapp_app_secret,
    whatsapp_verify_token: keys.whatsapp_verify_token,
  };
  await writeRunning(data, info);
  closing.add(() => removeRunning(data));

  await serveRedis({ port: ports.redis, token: keys.redis_token, url: env["REDIS_URL"] }, closing);
  const graph = await serveGraph(standIn, ports.graph);
  closing.add(async () => {
    await standIn.close();
    await graph.close();
  });
  const functionEnv = environmentOfFunctions(settings, { info, keys });
  // The database opens while the functions start; it is closed after them, and by itself if it cannot open.
  const opening = openDatabase(options, { project, ports, databaseUrl, onProgress });
  closing.add(() => opening.then((database) => database.close(), () => {}));
  const processes = entries.map((entry) =>
    new FunctionProcess(entry, {
      port: portOf(ports, entry.name),
      env: functionEnv,
      onLog,
      onProgress,
    })
  );
  closing.add(() => Promise.all(processes.map((process) => process.stop())));

  const database = await opening;
  opened.rest = await createRestHandler(database, project);
  const relay = await createRealtimeRelay({ database: database.relay, keys, onProgress });
  opened.relay = relay;
  closing.add(() => relay.close());
  onProgress("waiting for the functions");
  await Promise.all(processes.map((process) => answering(process, onProgress)));
  // First of all: a request under way has its functions and its database until it is answered.
  closing.add(gateway.stop);
  // But nobody waits for those who only listen.
  closing.add(standIn.endStreams);
  closing.add(() => relay.close());

  const jobs = new AbortController();
  closing.add(() => jobs.abort());
  runJobs(options.jobs ?? JOBS, {
    url,
    secretKey: keys.secret_key,
    functions: entries.map(({ name }) => name),
    onProgress,
    signal: jobs.signal,
  });
  return {
    url,
    info,
    functionPids: () => Object.fromEntries(processes.map(({ name, pid }) => [name, pid])),
    close: () => closing.close(),
  };
}

async function refuseSecond(data: string): Promise<void> {
  const running = await readRunning(data);
  if (running === undefined) return;
  throw new AlreadyRunningError(
    `A stack is already running at ${running.api_url} (pid ${running.pid}). Use it (its keys: ` +
      `deno task status), stop it (kill ${running.pid}), or start a second one beside it: ` +
      "deno task start --data .stack2 --ports-from 22000",
  );
}

function serveGateway(
  { keys, ports, project, entries, ...behind }: {
    keys: Keys;
    ports: Ports;
    project: Project;
    entries: readonly FunctionEntry[];
    rest: () => RestHandler | undefined;
    realtime: () => RealtimeRelay | undefined;
    simulator: SimulatorPageOptions;
    web: string;
  },
): { stop: () => Promise<void> } {
  const runnable = new Set(entries.map(({ name }) => name));
  const functions = new Map<string, GatewayFunction>(
    project.functions.map(({ name, verifyJwt }) => [name, {
      verifyJwt,
      port: runnable.has(name) ? portOf(ports, name) : undefined,
    }]),
  );
  const server = refusingTaken(
    { port: ports.gateway, part: "gateway" },
    () =>
      Deno.serve(
        { hostname: "127.0.0.1", port: ports.gateway, onListen: () => {} },
        createGateway({ keys, functions, ...behind }),
      ),
  );
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => stopped ??= stopServing(server);
  return { stop };
}

/** Lets the requests under way finish; one that does not is left to its fate after 3 s. */
async function stopServing(server: Deno.HttpServer): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<void>((resolve) => timer = setTimeout(resolve, 3000));
  await Promise.race([server.shutdown(), patience]);
  clearTimeout(timer);
}

async function serveRedis(
  { port, token, url }: { port: number; token: string; url: string | undefined },
  closing: Closing,
): Promise<void> {
  const redis = url === undefined ? await MemoryRedis.create() : await ServerRedis.connect(url);
  closing.add(() => redis.close());
  const server = refusingTaken({ port, part: "Redis" }, () =>
    Deno.serve(
      { hostname: "127.0.0.1", port, onListen: () => {} },
      createRedisFront({ redis, token }),
    ));
  closing.add(() => stopServing(server));
}

async function existing(
  project: Project,
  onProgress: (line: string) => void,
): Promise<FunctionEntry[]> {
  const found: FunctionEntry[] = [];
  for (const entry of project.functions) {
    try {
      await Deno.stat(entry.entrypoint);
      found.push(entry);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      onProgress(`function "${entry.name}" left out: there is no ${entry.entrypoint}`);
    }
  }
  return found;
}

async function openDatabase(
  options: StackOptions,
  { project, ports, databaseUrl, onProgress }: {
    project: Project;
    ports: Ports;
    databaseUrl: string | undefined;
    onProgress: (line: string) => void;
  },
): Promise<Database> {
  const { supabase } = project;
  if (databaseUrl !== undefined) {
    if (options.fresh) onProgress("--fresh leaves the database of DATABASE_URL as it is");
    return await openPostgres(databaseUrl, { supabase, onProgress });
  }
  const folder = `${options.data}/postgres`;
  if (options.fresh) await deletePglite(folder);
  return await openPglite(folder, {
    supabase,
    onProgress,
    port: ports.database,
    snapshots: `${options.root}/.stack/snapshots`,
  });
}

async function answering(
  process: FunctionProcess,
  onProgress: (line: string) => void,
): Promise<void> {
  const reminder = setInterval(
    () => onProgress(`still waiting for function "${process.name}"`),
    REMIND_EVERY_MS,
  );
  try {
    await process.ready(AbortSignal.timeout(BOOT_TIMEOUT_MS));
  } catch (cause) {
    throw new Error(
      `Cannot start: function "${process.name}" did not answer in ${BOOT_TIMEOUT_MS / 1000} s. ` +
        "Its last lines are above; start without --quiet to see them",
      { cause },
    );
  } finally {
    clearInterval(reminder);
  }
}

function portOf(ports: Ports, name: string): number {
  const port = ports.functions[name];
  if (port === undefined) throw new Error(`No port was chosen for function "${name}"`);
  return port;
}

/** What has to be undone, last first; an error in one step keeps no other from running. */
class Closing {
  readonly #steps: (() => unknown)[] = [];
  #closed: Promise<void> | undefined;

  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  close(): Promise<void> {
    return this.#closed ??= this.#run();
  }

  async #run(): Promise<void> {
    const errors: unknown[] = [];
    for (const step of this.#steps.reverse()) {
      try {
        await step();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, "Not everything could be stopped");
  }
}
