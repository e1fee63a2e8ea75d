import assert from "node:assert/strict";
import { openTcpProxy, type TcpProxy } from "../../../scripts/loopback/tcp-proxy.ts";

/** Whether something sent through the door comes back. */
async function echoes({ port }: TcpProxy): Promise<boolean> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    await connection.write(new Uint8Array([42]));
    return await connection.read(new Uint8Array(1)) === 1;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe) {
      return false;
    }
    throw error;
  }
}

function serveEcho(port = 0): Deno.TcpListener {
  const listener = Deno.listen({ hostname: "127.0.0.1", port });
  (async () => {
    for await (const connection of listener) {
      connection.readable.pipeTo(connection.writable).catch(() => {});
    }
  })();
  return listener;
}

Deno.test("openTcpProxy() turns people away while it is closed, or nobody is behind it, and lets them in again", async () => {
  const server = serveEcho();
  const { port } = server.addr;
  await using proxy = openTcpProxy(port);
  assert.equal(await echoes(proxy), true);
  proxy.isClosed = true;
  assert.equal(await echoes(proxy), false);
  proxy.isClosed = false;
  assert.equal(await echoes(proxy), true);
  server.close();
  assert.equal(await echoes(proxy), false);
  const revived = serveEcho(port);
  assert.equal(await echoes(proxy), true);
  revived.close();
});
