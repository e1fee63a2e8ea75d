import { z } from "zod";
import type { World } from "./stack.ts";

/** What is wrong with the Redis: nothing, no answer, answers too late, refuses the token, is not Redis. */
export type RedisFault = "none" | "gone" | "slow" | "unauthorized" | "garbage" | "error";

const pipeline = z.array(z.array(z.unknown()));

/** The stack's Redis behind a front that counts, and fails as told. */
export interface FaultyRedis extends AsyncDisposable {
  readonly url: string;
  fault: RedisFault;
  /** The commands of each round trip that reached it, in lower case; a script's by its first key, as "eval metrics". */
  readonly trips: string[][];
}

/** Opens a front to the stack's Redis. */
export function openFaultyRedis({ info }: World): FaultyRedis {
  const trips: string[][] = [];
  const answering = new AbortController();
  const front: { fault: RedisFault } = { fault: "none" };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal: answering.signal },
    async (request) => {
      const body = await request.text();
      trips.push(pipeline.parse(JSON.parse(body)).map(nameOf));
      switch (front.fault) {
        case "slow":
          await new Promise((resolve) => setTimeout(resolve, 1500));
          return Response.json([]);
        case "unauthorized":
          return Response.json({ error: "WRONGPASS invalid or missing auth token" }, {
            status: 401,
          });
        case "garbage":
          return new Response("<html>Bad gateway</html>");
        case "error":
          return Response.json([{ error: "ERR max daily request limit exceeded" }]);
        default: {
          const { pathname } = new URL(request.url);
          return await fetch(`${info.redis_rest_url}${pathname}`, {
            method: "POST",
            headers: request.headers,
            body,
          });
        }
      }
    },
  );
  const { port } = server.addr;
  return {
    // Nothing listens on the discard port.
    get url(): string {
      return front.fault === "gone" ? "http://127.0.0.1:9" : `http://127.0.0.1:${port}`;
    },
    get fault(): RedisFault {
      return front.fault;
    },
    set fault(value: RedisFault) {
      front.fault = value;
    },
    trips,
    [Symbol.asyncDispose]: async () => {
      answering.abort();
      await server.finished;
    },
  };
}

function nameOf([name, , , key]: readonly unknown[]): string {
  const command = String(name).toLowerCase();
  return command === "eval" ? `eval ${String(key).split(":")[1]}` : command;
}
