import { z } from "zod";
import { type RespContestant, SEARCH } from "./contestants.ts";

/** A Tile38 of its own. */
export interface Tile38 extends AsyncDisposable {
  readonly contestant: Omit<RespContestant, "name">;
}

const PROGRAM = "tile38-server";
const found = z.tuple([z.unknown(), z.array(z.string())]);

/**
 * Starts Tile38 on a loopback port; undefined when it is not on PATH
 * (go install github.com/tidwall/tile38/cmd/tile38-server@latest).
 */
export async function startTile38(port: number): Promise<Tile38 | undefined> {
  const folder = await Deno.makeTempDir({ prefix: "mobility-tile38-" });
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(PROGRAM, {
      args: ["-h", "127.0.0.1", "-p", String(port), "-d", folder, "-q"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  } catch (error) {
    await Deno.remove(folder, { recursive: true });
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  await listens(port);
  return {
    contestant: {
      port,
      pid: child.pid,
      searchCommand: ({ lat, lng }) => [
        ...["NEARBY", "motos", "LIMIT", SEARCH.limit, "IDS"],
        ...["POINT", lat, lng, SEARCH.radiusM],
      ],
      moveCommands: (places) =>
        places.map(({ trip_id, lat, lng }) => ["SET", "motos", trip_id, "POINT", lat, lng]),
      found: (answer) => found.parse(answer)[1],
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await child.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function listens(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`${PROGRAM} does not listen on port ${port} after 5 s`);
}
