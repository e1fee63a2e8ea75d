import { createHash } from "node:crypto";
import { z } from "zod";
import { openPostgres } from "../../../scripts/stack/database.ts";
import { createGateway, type GatewayFunction } from "../../../scripts/stack/gateway.ts";
import { type Keys, loadKeys } from "../../../scripts/stack/keys.ts";
import { readProject } from "../../../scripts/stack/project.ts";
import { MemoryRedis } from "../../../scripts/stack/redis/memory-redis.ts";
import { createRedisFront } from "../../../scripts/stack/redis/rest-front.ts";
import { createRestHandler, type RestHandler } from "../../../scripts/stack/rest.ts";
import { freePorts } from "../../../scripts/loopback/free-ports.ts";
import { bootUpload, type HostedFunction } from "./hosted-function.ts";
import { ManagementApi, type Upload } from "./management-api.ts";

const PROJECT_REF = "abcdefghijklmnopqrst";
const PHONE_NUMBER_ID = "100000000000001";

/** A Supabase project on this machine: what the CLI uploads is what runs, on the hosted version of Deno. */
export interface HostedProject {
  readonly projectRef: string;
  readonly apiUrl: string;
  readonly accessToken: string;
  readonly keys: Keys;
  readonly api: ManagementApi;
  readonly functions: ReadonlyMap<string, HostedFunction>;
  /** The functions' variables, as a person would write them into a file. */
  readonly variables: Readonly<Record<string, string>>;
  /** The CLI's profile that leads to it. */
  readonly profile: string;
  /** Requests to the gateway whose path matches wait until the returned function is called. */
  holdGateway(path: RegExp): () => void;
  close(): Promise<void>;
}

/** Opens an empty project over a database that has no migration yet. */
export async function openHostedProject(
  { root, databaseUrl, v1WebhookUrl }: {
    /** The project that is deployed. */
    readonly root: string;
    readonly databaseUrl: string;
    readonly v1WebhookUrl?: string;
  },
): Promise<HostedProject> {
  const data = await Deno.makeTempDir({ prefix: "mobility-hosted-" });
  // The migrations and no seed: nobody asked for the people of a demonstration.
  await Deno.mkdir(`${data}/supabase`);
  await Deno.symlink(`${root}/supabase/migrations`, `${data}/supabase/migrations`);
  const keys = await loadKeys(data, { env: {} });
  const project = await readProject(root);
  const [gatewayPort, managementPort, redisPort, graphPort, firstFunction] = portsFrom(
    freePorts(5 + project.functions.length),
  );
  const accessToken = `sbp_${crypto.randomUUID().replaceAll("-", "")}00000000`;
  const apiUrl = `http://127.0.0.1:${gatewayPort}`;
  const running = new Map<string, HostedFunction>();
  const contents = new Map<string, string>();
  const gatewayFunctions = new Map<string, GatewayFunction>();
  let rest: RestHandler | undefined;
  let closeDatabase: (() => Promise<void>) | undefined;
  let held: { path: RegExp; gate: Promise<void> } | undefined;
  const redis = await MemoryRedis.create();

  const variables = {
    UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${redisPort}`,
    UPSTASH_REDIS_REST_TOKEN: keys.redis_token,
    METRICS_TOKEN: `metrics_${crypto.randomUUID()}`,
    WHATSAPP_APP_SECRET: keys.whatsapp_app_secret,
    // What a reader of such files may stumble over reaches the functions as it is.
    WHATSAPP_VERIFY_TOKEN: `${keys.whatsapp_verify_token} # "quoted" $HOME \\n`,
    WHATSAPP_ACCESS_TOKEN: keys.whatsapp_access_token,
    WHATSAPP_PHONE_NUMBER_ID: PHONE_NUMBER_ID,
    WHATSAPP_GRAPH_URL: `http://127.0.0.1:${graphPort}/v26.0`,
    MOBILITY_TRIP_PAGE_URL: `${apiUrl}/trip`,
    ...(v1WebhookUrl === undefined ? {} : { MOBILITY_V1_WEBHOOK_URL: v1WebhookUrl }),
  };

  /** What the platform gives every function. */
  function platformVariables(): Record<string, string> {
    return {
      SUPABASE_URL: apiUrl,
      SUPABASE_SECRET_KEYS: JSON.stringify({ default: keys.secret_key }),
      SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: keys.publishable_key }),
      SUPABASE_ANON_KEY: keys.anon_key,
      SUPABASE_SERVICE_ROLE_KEY: keys.service_role_key,
      SB_REGION: "local",
    };
  }

  async function goLive(uploads: ReadonlyMap<string, Upload>): Promise<void> {
    if (rest === undefined) {
      const database = await openPostgres(databaseUrl, {
        supabase: `${data}/supabase`,
        onProgress: () => {},
      });
      closeDatabase = () => database.close();
      rest = await createRestHandler(database, project);
    }
    let port = firstFunction;
    for (const [slug, upload] of uploads) {
      const env = { ...platformVariables(), ...Object.fromEntries(api.secrets) };
      const own = port++;
      const content = contentOf(upload, env);
      // The same code with the same variables runs on.
      if (contents.get(slug) === content) continue;
      contents.set(slug, content);
      await running.get(slug)?.stop();
      running.set(slug, await bootUpload(upload, { port: own, env }));
      gatewayFunctions.set(slug, { verifyJwt: upload.verifyJwt, port: own });
    }
  }

  async function stopFunctions(): Promise<void> {
    await Promise.all([...running.values()].map((each) => each.stop()));
  }

  const api = new ManagementApi({
    accessToken,
    projectRef: PROJECT_REF,
    onDeploy: goLive,
    // The platform restarts functions when their variables change.
    onSecrets: async () => {
      if (running.size > 0) await goLive(api.uploads);
    },
  });
  const gateway = createGateway({
    keys,
    functions: gatewayFunctions,
    rest: () => rest,
    realtime: () => undefined,
    simulator: { folder: `${root}/web/simulator`, control: () => Promise.resolve(notFound()) },
    web: `${root}/web`,
  });
  const servers = [
    serve(gatewayPort, async (request, info) => {
      if (held?.path.test(new URL(request.url).pathname)) await held.gate;
      return await gateway(request, info);
    }),
    serve(managementPort, (request) => api.handle(request)),
    serve(redisPort, createRedisFront({ redis, token: keys.redis_token })),
    serve(graphPort, (request) => answerAsGraph(request, keys.whatsapp_access_token)),
  ];
  const profile = `${data}/profile.yaml`;
  await Deno.writeTextFile(
    profile,
    [
      "name: hosted",
      `api_url: http://127.0.0.1:${managementPort}`,
      `dashboard_url: http://127.0.0.1:${managementPort}`,
      "project_host: 127.0.0.1",
      "",
    ].join("\n"),
  );
  return {
    projectRef: PROJECT_REF,
    apiUrl,
    accessToken,
    keys,
    api,
    functions: running,
    variables,
    profile,
    holdGateway: (path) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = { path, gate: promise };
      return () => {
        held = undefined;
        resolve();
      };
    },
    close: async () => {
      await stopFunctions();
      await Promise.all(servers.map((server) => server.shutdown()));
      await redis.close();
      await closeDatabase?.();
      await Deno.remove(data, { recursive: true });
    },
  };
}

function contentOf(upload: Upload, env: Readonly<Record<string, string>>): string {
  const hash = createHash("sha256").update(JSON.stringify(env));
  for (const [path, bytes] of upload.files) hash.update(path).update(bytes);
  return hash.digest("hex");
}

function portsFrom(first: number): [number, number, number, number, number] {
  return [first, first + 1, first + 2, first + 3, first + 4];
}

function serve(port: number, handler: Deno.ServeHandler<Deno.NetAddr>): Deno.HttpServer {
  return Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, handler);
}

const posted = z.looseObject({ messaging_product: z.string() });

/** As much of the Graph API as a deployment and a greeting need. */
async function answerAsGraph(request: Request, token: string): Promise<Response> {
  if (request.headers.get("authorization") !== `Bearer ${token}`) {
    return Response.json({ error: { code: 190, message: "Invalid OAuth access token" } }, {
      status: 401,
    });
  }
  if (request.method === "GET") return Response.json({ id: PHONE_NUMBER_ID });
  posted.parse(await request.json());
  return Response.json({
    messaging_product: "whatsapp",
    messages: [{ id: `wamid.${crypto.randomUUID()}` }],
  });
}

function notFound(): Response {
  return new Response(null, { status: 404 });
}
