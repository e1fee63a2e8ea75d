/// <reference lib="deno.worker" />
import { z } from "zod";
import { replyEnd } from "./resp.ts";

const load = z.object({
  port: z.number(),
  clients: z.number(),
  seconds: z.number(),
  commands: z.array(z.instanceof(Uint8Array)),
});

/** A load on a server that speaks Redis's protocol: connections that each wait for an answer before they ask again. */
export type RespLoad = z.infer<typeof load>;

/** A thread of its own, so that whoever measures shares none with the load. */
self.onmessage = async ({ data }: MessageEvent<unknown>): Promise<void> => {
  const { port, clients, seconds, commands } = load.parse(data);
  const until = performance.now() + seconds * 1000;
  const counts = await Promise.all(
    Array.from({ length: clients }, (_, client) => ask({ port, until, commands, first: client })),
  );
  const asked = counts.reduce((sum, count) => sum + count, 0);
  self.postMessage(asked / seconds);
};

async function ask(
  { port, until, commands, first }: {
    readonly port: number;
    readonly until: number;
    readonly commands: readonly Uint8Array[];
    readonly first: number;
  },
): Promise<number> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  connection.setNoDelay(true);
  const buffer = new Uint8Array(65_536);
  let asked = 0;
  while (performance.now() < until) {
    const command = commands[(first * 7919 + asked) % commands.length];
    if (command === undefined) throw new Error("Cannot ask: there are no commands");
    await connection.write(command);
    for (let length = 0; replyEnd(buffer.subarray(0, length)) === undefined;) {
      const read = await connection.read(buffer.subarray(length));
      if (read === null) throw new Error("The server hung up");
      length += read;
    }
    if (buffer[0] === 0x2d) {
      throw new Error(`The server refused: ${new TextDecoder().decode(buffer.subarray(0, 200))}`);
    }
    asked++;
  }
  return asked;
}
