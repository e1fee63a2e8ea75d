import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { ConnectionDropped } from "./graph-error.ts";
import type { GraphStandIn } from "./stand-in.ts";

/** A listening stand-in. */
export interface GraphServer {
  readonly port: number;
  /** Closes every connection. */
  close(): Promise<void>;
}

/**
 * Serves the stand-in on a loopback port; 0 takes a free one. By node:http, which can do what Deno.serve
 * cannot: close a connection that it has not answered.
 */
export async function serveGraph(standIn: GraphStandIn, port: number): Promise<GraphServer> {
  const server = createServer((incoming, outgoing) => {
    answer(standIn, { incoming, outgoing }).catch((error) => {
      // Dropped on purpose, or the caller went away in the middle: nothing is to be said.
      if (error instanceof ConnectionDropped || incoming.destroyed || outgoing.headersSent) {
        incoming.socket.destroy();
      } else {
        outgoing.writeHead(500).end(String(error));
      }
    });
  });
  // Longer than a client keeps a connection that nothing is sent over: whoever closes it first may take
  // a message with it, which only the faults are to do.
  server.keepAliveTimeout = 120_000;
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject);
  server.listen(port, "127.0.0.1", listening.resolve);
  await listening.promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port was given");
  return {
    port: address.port,
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

async function answer(
  standIn: GraphStandIn,
  { incoming, outgoing }: { incoming: IncomingMessage; outgoing: ServerResponse },
): Promise<void> {
  const left = new AbortController();
  outgoing.once("close", () => left.abort());
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, String(value));
  }
  const { method = "GET", url = "/" } = incoming;
  const body = method === "POST" ? await text(incoming) : null;
  const response = await standIn.handle(
    new Request(new URL(url, "http://127.0.0.1"), { method, headers, body, signal: left.signal }),
  );
  if (left.signal.aborted) return await response.body?.cancel();
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) {
    outgoing.end();
    return;
  }
  const stream = Readable.fromWeb(response.body);
  outgoing.once("close", () => stream.destroy());
  stream.once("error", () => outgoing.destroy());
  stream.pipe(outgoing);
}
