import { Buffer } from "node:buffer";
import { z } from "zod";
import { type Redis, RedisError, type Reply, Status } from "./reply.ts";

/** What stands behind the front, and the token that callers must bear. */
export interface RedisFrontOptions {
  readonly redis: Redis;
  readonly token: string;
}

const wordSchema = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const commandSchema = z.array(wordSchema).min(1);
const listSchema = z.array(commandSchema);

/**
 * Redis over HTTP as Upstash serves it: `POST /` takes one command, `POST /pipeline` a list,
 * `POST /multi-exec` a list that runs as one; `Upstash-Encoding: base64` encodes the answers.
 */
export function createRedisFront(
  { redis, token }: RedisFrontOptions,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const authorization = request.headers.get("authorization");
    if (authorization !== `Bearer ${token}`) {
      return refuse(401, "WRONGPASS invalid or missing auth token");
    }
    if (request.method !== "POST") return refuse(405, "ERR only POST is served here");
    const encode = encoder(request.headers.get("upstash-encoding") === "base64");
    const body = await readJson(request);
    switch (new URL(request.url).pathname) {
      case "/":
        return await single(body, { redis, encode });
      case "/pipeline":
        return await pipeline(body, { redis, encode });
      case "/multi-exec":
        return await transaction(body, { redis, encode });
      default:
        return refuse(404, "ERR post to /, /pipeline or /multi-exec");
    }
  };
}

type Encoded = string | number | null | Encoded[];
type Run = { redis: Redis; encode: (reply: Reply) => Encoded };

async function single(body: unknown, { redis, encode }: Run): Promise<Response> {
  const command = commandSchema.safeParse(body);
  if (!command.success) return refuse(400, "ERR failed to parse command");
  const [reply = null] = await redis.run([command.data]);
  return Response.json(item(reply, encode), { status: reply instanceof RedisError ? 400 : 200 });
}

async function pipeline(body: unknown, { redis, encode }: Run): Promise<Response> {
  const commands = listSchema.safeParse(body);
  if (!commands.success) return refuse(400, "ERR failed to parse pipeline request");
  const replies = await redis.run(commands.data);
  return Response.json(replies.map((reply) => item(reply, encode)));
}

async function transaction(body: unknown, { redis, encode }: Run): Promise<Response> {
  const commands = listSchema.safeParse(body);
  if (!commands.success) return refuse(400, "ERR failed to parse transaction request");
  try {
    const replies = await redis.run(commands.data, { atomic: true });
    return Response.json(replies.map((reply) => item(reply, encode)));
  } catch (error) {
    if (!(error instanceof RedisError)) throw error;
    return refuse(400, `EXECABORT Transaction discarded because of: ${error.message}`);
  }
}

function item(
  reply: Reply,
  encode: (reply: Reply) => Encoded,
): { result: Encoded } | { error: string } {
  return reply instanceof RedisError ? { error: reply.message } : { result: encode(reply) };
}

/** With base64, every text but "OK" is encoded, so that bytes which are no UTF-8 would survive. */
function encoder(base64: boolean): (reply: Reply) => Encoded {
  const text = (value: string): string =>
    base64 && value !== "OK" ? Buffer.from(value, "utf8").toString("base64") : value;
  const encode = (reply: Reply): Encoded => {
    if (reply === null || typeof reply === "number") return reply;
    if (typeof reply === "string") return text(reply);
    if (reply instanceof Status) return text(reply.text);
    if (reply instanceof RedisError) return text(reply.message);
    return reply.map(encode);
  };
  return encode;
}

async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch (error) {
    // BadResource: the caller went away in the middle of it.
    if (error instanceof SyntaxError || error instanceof Deno.errors.BadResource) return undefined;
    throw error;
  }
}

function refuse(status: number, error: string): Response {
  return Response.json({ error }, { status });
}
