import type { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import { keepingExitCode } from "./exit-code.ts";
import type { Turn } from "./turn.ts";

/** PGlite behind PostgreSQL's own protocol, so that psql and the `postgres` package can reach it. */
export interface Wire {
  readonly url: string;
  stop(): Promise<void>;
}

/** Where the server listens, and whose turn it has to wait for. */
export interface ServeWireOptions {
  readonly port: number;
  readonly turn: Turn;
}

// A client that goes away between a message and its Sync must not keep the database for ever.
const ABANDONED_AFTER_MS = 2_000;

/**
 * Serves PGlite on a loopback port to one client at a time. A statement, or a transaction, of that client
 * holds the database's turn: a `begin` left open keeps the API waiting.
 */
export async function serveWire(pglite: PGlite, { port, turn }: ServeWireOptions): Promise<Wire> {
  const server = new PGLiteSocketServer({
    db: takingTurns(pglite, turn),
    host: "127.0.0.1",
    port,
    maxConnections: 1,
  });
  await server.start();
  // The server does not answer a client's question for TLS, so that has to be switched off.
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres?sslmode=disable`;
  return { url, stop: () => server.stop() };
}

function takingTurns(pglite: PGlite, turn: Turn): PGlite {
  let leave: (() => void) | undefined;
  let abandoned: ReturnType<typeof setTimeout> | undefined;
  let complete = true;

  const release = (): void => {
    leave?.();
    leave = undefined;
  };
  const runExclusive = async <T>(work: () => Promise<T>): Promise<T> => {
    clearTimeout(abandoned);
    leave ??= await turn.take();
    try {
      return await keepingExitCode(() => pglite.runExclusive(work));
    } finally {
      if (!pglite.isInTransaction()) {
        if (complete) release();
        else abandoned = setTimeout(release, ABANDONED_AFTER_MS);
      }
    }
  };
  const execProtocolRawStream: PGlite["execProtocolRawStream"] = async (message, options) => {
    complete = endsStatement(message);
    await pglite.execProtocolRawStream(message, options);
  };
  const exec: PGlite["exec"] = async (query, options) => {
    leave ??= await turn.take();
    try {
      return await pglite.exec(query, options);
    } finally {
      release();
    }
  };

  return new Proxy(pglite, {
    get(target, property): unknown {
      if (property === "runExclusive") return runExclusive;
      if (property === "execProtocolRawStream") return execProtocolRawStream;
      if (property === "exec") return exec;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Query and Sync are the messages that PostgreSQL answers with ReadyForQuery; a startup has no letter. */
function endsStatement(message: Uint8Array): boolean {
  const letter = String.fromCharCode(message[0] ?? 0);
  return letter === "Q" || letter === "S" || letter === "X" || letter === "\0";
}
