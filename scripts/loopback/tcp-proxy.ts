/** A door on a loopback port that leads to another one, until it is cut. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** How much longer everything that is sent to the other port takes, in milliseconds; nothing at first. */
  delayMs: number;
  /** Whether whoever comes is turned away; false at first. */
  isClosed: boolean;
  /** The loopback port that it leads to; whoever is inside already stays where they are. */
  target: number;
  /** Ends the connections there are without a goodbye; new ones are let through. */
  cut(): void;
}

/** Opens a proxy to a loopback port; while nobody listens there, whoever comes is turned away. */
export function openTcpProxy(leadsTo: number): TcpProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const way = { delayMs: 0, isClosed: false, target: leadsTo };
  const slowly = (): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> =>
    new TransformStream({
      transform: async (chunk, controller) => {
        if (way.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, way.delayMs));
        controller.enqueue(chunk);
      },
    });
  const accepting = (async () => {
    for await (const near of listener) {
      const far = way.isClosed ? undefined : await connect(way.target);
      if (far === undefined) {
        near.close();
        continue;
      }
      for (const connection of [near, far]) open.add(connection);
      // An end that is gone takes the other with it.
      const end = (): void => [near, far].forEach((one) => close(one, open));
      near.readable.pipeThrough(slowly()).pipeTo(far.writable).then(end, end);
      far.readable.pipeTo(near.writable).then(end, end);
    }
  })();
  const cut = (): void => open.forEach((connection) => close(connection, open));
  return {
    port: listener.addr.port,
    get delayMs(): number {
      return way.delayMs;
    },
    set delayMs(delayMs: number) {
      way.delayMs = delayMs;
    },
    get isClosed(): boolean {
      return way.isClosed;
    },
    set isClosed(isClosed: boolean) {
      way.isClosed = isClosed;
    },
    get target(): number {
      return way.target;
    },
    set target(target: number) {
      way.target = target;
    },
    cut,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      cut();
      await accepting;
    },
  };
}

async function connect(port: number): Promise<Deno.TcpConn | undefined> {
  try {
    return await Deno.connect({ hostname: "127.0.0.1", port });
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return undefined;
    throw error;
  }
}

function close(connection: Deno.Conn, open: Set<Deno.Conn>): void {
  if (!open.delete(connection)) return;
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
