import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

/** A post as it arrived. */
export interface HookPost {
  readonly bytes: Uint8Array;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A system of the operator's that takes posts: V1, or the SOS hook. */
export interface HookServer {
  readonly url: string;
  /** What was answered with 200, in order. */
  readonly taken: readonly HookPost[];
  /** How many posts were not taken. */
  readonly refused: number;
  /** The status to answer with; 0 closes the connection without an answer. */
  status: number;
  close(): Promise<void>;
}

/** Opens one on a loopback port; it takes everything until told otherwise. */
export async function openHookServer(): Promise<HookServer> {
  const taken: HookPost[] = [];
  const state = { status: 200, refused: 0 };

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const bytes = new Uint8Array(await buffer(incoming));
    if (state.status === 200) taken.push({ bytes, headers: incoming.headers });
    else state.refused++;
    if (state.status === 0) incoming.socket.destroy();
    else outgoing.writeHead(state.status).end();
  }

  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  // Longer than the caller keeps a connection.
  server.keepAliveTimeout = 120_000;
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port was given");
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    taken,
    get refused(): number {
      return state.refused;
    },
    get status(): number {
      return state.status;
    },
    set status(status: number) {
      state.status = status;
    },
    close: () => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      return closed;
    },
  };
}
