import process from "node:process";
import { z } from "zod";

const schema = z.object({
  pid: z.number().int().positive(),
  api_url: z.string(),
  rest_url: z.string(),
  functions_url: z.string(),
  /** The stand-in for Meta's Graph API, without a version. */
  graph_url: z.string(),
  webhook_url: z.string(),
  simulator_url: z.string(),
  /** The operator's page, with a token that signs the seeded operator in. */
  operator_url: z.string(),
  db_url: z.string(),
  redis_rest_url: z.string(),
  redis_rest_token: z.string(),
  publishable_key: z.string(),
  secret_key: z.string(),
  jwt_secret: z.string(),
  anon_key: z.string(),
  service_role_key: z.string(),
  whatsapp_app_secret: z.string(),
  whatsapp_verify_token: z.string(),
});

/** What `deno task status` tells of a running stack, kept in `<data>/stack.json` while it runs. */
export type StackInfo = z.infer<typeof schema>;

/** Says that this stack runs from this folder; only its owner may read it. */
export async function writeRunning(data: string, info: StackInfo): Promise<void> {
  await Deno.writeTextFile(path(data), JSON.stringify(info, null, 2) + "\n", { mode: 0o600 });
}

/** The stack that runs from this folder; undefined when none does, whatever a dead one left. */
export async function readRunning(data: string): Promise<StackInfo | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(path(data));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const info = schema.safeParse(JSON.parse(text));
  if (!info.success || !await isAlive(info.data)) return undefined;
  return info.data;
}

/** Says that no stack runs from this folder any more. */
export async function removeRunning(data: string): Promise<void> {
  await Deno.remove(path(data));
}

function path(data: string): string {
  return `${data}/stack.json`;
}

/** Its process lives and its gateway listens: a pid alone may have been given to another program. */
async function isAlive({ pid, api_url }: StackInfo): Promise<boolean> {
  try {
    process.kill(pid, 0);
    const { hostname, port } = new URL(api_url);
    const connection = await Deno.connect({ hostname, port: Number(port) });
    connection.close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) throw error;
    return false;
  }
}
