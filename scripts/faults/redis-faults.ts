import { type Fault, repeat } from "./fault.ts";

/** Longer than the functions wait for their cache. */
const SLOW_MS = 800;
const FLUSH_EVERY_MS = 500;

/** What can happen to Redis. */
export const REDIS_FAULTS: readonly Fault[] = [
  {
    name: "Redis killed, back empty",
    inject: async ({ redis }) => {
      await redis.kill();
      return () => redis.revive();
    },
  },
  {
    name: "Redis slow",
    inject: ({ doors }) => {
      doors.redis.delayMs = SLOW_MS;
      return Promise.resolve(() => {
        doors.redis.delayMs = 0;
        return Promise.resolve();
      });
    },
  },
  {
    name: "Redis flushed",
    inject: ({ redis }) => {
      const port = Number(new URL(redis.url).port);
      return Promise.resolve(repeat(FLUSH_EVERY_MS, () => flush(port)));
    },
  },
];

async function flush(port: number): Promise<void> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode("FLUSHALL\r\n"));
  await connection.read(new Uint8Array(16));
}
