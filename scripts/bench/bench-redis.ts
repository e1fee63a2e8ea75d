import { freePorts } from "../loopback/free-ports.ts";
import { findRedisServer, startRedisServer } from "../loopback/redis-server.ts";

/** The Redis of something that is measured: what the stack is told of it, and what it is. */
export interface BenchRedis extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
  readonly name: string;
}

/** A Redis server of its own, as a project has one, where it is installed; else the embedded one serves. */
export async function startBenchRedis(): Promise<BenchRedis> {
  if (await findRedisServer() === undefined) {
    return { env: {}, name: "embedded Redis", [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const server = await startRedisServer(freePorts(1));
  return {
    env: { REDIS_URL: server.url },
    name: "redis-server",
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
