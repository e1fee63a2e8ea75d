import { z } from "zod";
import type { Claims } from "../caller.ts";
import { mayBroadcast } from "./authorization.ts";
import type { Broadcast } from "./frame.ts";
import type { Hub } from "./hub.ts";
import { parseJson } from "../../parse-json.ts";
import type { RelayDatabase } from "./relay-database.ts";

/** What the calls for broadcasting stand on, and who calls. */
export interface BroadcastApiOptions {
  readonly database: RelayDatabase;
  readonly hub: Hub;
  readonly claims: Claims;
}

const ONE = /\/api\/broadcast\/([^/]+)\/events\/([^/]+)$/;
const batchSchema = z.object({
  messages: z.array(z.object({
    topic: z.string().min(1),
    event: z.string().min(1),
    payload: z.record(z.string(), z.unknown()),
    private: z.boolean().default(false),
  })),
});

type Target = { readonly topic: string; readonly private: boolean };

/**
 * Answers POST /api/broadcast and POST /api/broadcast/<topic>/events/<event>, with 202 once the messages are
 * on their way. Of a batch, what the caller may not send is left out without a word, as on Supabase.
 */
export async function broadcastOverHttp(
  request: Request,
  options: BroadcastApiOptions,
): Promise<Response> {
  const one = ONE.exec(new URL(request.url).pathname);
  if (one === null) return await broadcastBatch(request, options);
  const [topic, event] = one.slice(1).map(decode);
  if (topic === undefined || event === undefined) return json(404, { message: "Not Found" });
  return await broadcastOne(request, { ...options, topic, event });
}

async function broadcastBatch(request: Request, options: BroadcastApiOptions): Promise<Response> {
  const batch = batchSchema.safeParse(parseJson(await request.text()));
  if (!batch.success) return json(422, { errors: z.flattenError(batch.error).fieldErrors });
  const allowed = new Map<string, boolean>();
  for (const message of batch.data.messages) {
    const { topic, event, payload } = message;
    const key = `${message.private} ${topic}`;
    const may = allowed.get(key) ?? await isAllowed(message, options);
    allowed.set(key, may);
    if (!may) continue;
    const broadcast = { kind: "message", payload: { type: "broadcast", event, payload } } as const;
    publish(broadcast, { ...options, target: message });
  }
  return accepted();
}

async function broadcastOne(
  request: Request,
  options: BroadcastApiOptions & { readonly topic: string; readonly event: string },
): Promise<Response> {
  const { topic, event } = options;
  const type = request.headers.get("content-type")?.split(";")[0] ?? "";
  const binary = type === "application/octet-stream";
  if (!binary && type !== "application/json") return json(415, { message: "Unsupported" });
  const bytes = new Uint8Array(await request.arrayBuffer());
  if (!binary && parseJson(new TextDecoder().decode(bytes)) === undefined) {
    return json(422, { errors: { payload: ["is not JSON"] } });
  }
  const target = {
    topic,
    private: new URL(request.url).searchParams.get("private") === "true",
  };
  if (!await isAllowed(target, options)) return json(403, { message: "Unauthorized" });
  publish({ kind: "user", event, encoding: binary ? "binary" : "json", bytes }, {
    ...options,
    target,
  });
  return accepted();
}

async function isAllowed(
  target: Target,
  { database, claims }: BroadcastApiOptions,
): Promise<boolean> {
  return !target.private || await mayBroadcast(database, { claims, topic: target.topic });
}

function publish(
  broadcast: Broadcast,
  { hub, target }: BroadcastApiOptions & { readonly target: Target },
): void {
  hub.publish(broadcast, { topic: `realtime:${target.topic}`, private: target.private });
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function accepted(): Response {
  return new Response(null, { status: 202, headers: { "access-control-allow-origin": "*" } });
}

function json(status: number, body: unknown): Response {
  return Response.json(body, { status, headers: { "access-control-allow-origin": "*" } });
}
