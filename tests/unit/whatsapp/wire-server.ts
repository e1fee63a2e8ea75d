/** A server that writes prepared bytes to each request, whole answers or not. */
export interface WireServer extends AsyncDisposable {
  readonly url: string;
  /** How many requests have arrived. */
  received(): number;
}

/** A whole response with a JSON body. */
export function httpAnswer(status: string, body: string): string {
  return `HTTP/1.1 ${status}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

/**
 * Answers the n-th request with the n-th text; what has no text or ends in "✂" is followed by hanging up,
 * what ends in "…" by silence.
 */
export function serveWire(answers: readonly string[]): WireServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections = new Set<Deno.Conn>();
  let received = 0;

  async function answerAll(connection: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(65_536);
    for (let request = "";;) {
      const size = await connection.read(buffer);
      if (size === null) return;
      request += new TextDecoder().decode(buffer.subarray(0, size));
      // Somebody who wants to speak TLS.
      if (!request.startsWith("POST")) return;
      if (!request.endsWith("}")) continue;
      request = "";
      const answer = answers[received++] ?? "✂";
      await connection.write(new TextEncoder().encode(answer.replace(/[✂…]$/, "")));
      if (answer.endsWith("✂")) return;
    }
  }

  async function answerEverybody(): Promise<void> {
    const talks: Promise<void>[] = [];
    for await (const connection of listener) {
      connections.add(connection);
      talks.push(
        answerAll(connection).catch(() => {}).finally(() => {
          if (connections.delete(connection)) connection.close();
        }),
      );
    }
    await Promise.all(talks);
  }

  const serving = answerEverybody();
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    received: () => received,
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      for (const connection of connections) {
        connections.delete(connection);
        connection.close();
      }
      await serving;
    },
  };
}
