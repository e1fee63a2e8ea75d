/** A post as it arrived. */
export interface HookPost {
  readonly bytes: Uint8Array;
  readonly headers: Headers;
}

/** A system of the operator's that takes posts: V1, or the SOS hook. */
export interface HookServer {
  readonly url: string;
  /** What was answered with 200, in order. */
  readonly taken: readonly HookPost[];
  /** Posts that were not taken so far. */
  refused: number;
  /** The status to answer with; 0 closes the connection without an answer. */
  status: number;
  close(): Promise<void>;
}

/** Opens one on a loopback port; it takes everything until told otherwise. */
export function openHookServer(): HookServer {
  const taken: HookPost[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, onError: () => new Response() },
    async (request) => {
      const bytes = new Uint8Array(await request.arrayBuffer());
      if (hook.status !== 200) {
        hook.refused++;
        return hook.status === 0 ? broken() : new Response("down", { status: hook.status });
      }
      taken.push({ bytes, headers: request.headers });
      return new Response("ok");
    },
  );
  const hook: HookServer = {
    url: `http://127.0.0.1:${server.addr.port}/hook`,
    taken,
    refused: 0,
    status: 200,
    close: () => server.shutdown(),
  };
  return hook;
}

/** An answer that breaks off before it is one. */
function broken(): Response {
  const body = new ReadableStream({
    pull: (controller) => controller.error(new Error("The connection is broken on purpose")),
  });
  return new Response(body);
}
