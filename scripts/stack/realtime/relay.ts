import { z } from "zod";
import { type Claims, identifyCaller } from "../caller.ts";
import type { Keys } from "../keys.ts";
import { sqlState } from "./authorization.ts";
import { broadcastOverHttp } from "./broadcast-api.ts";
import { Connection } from "./connection.ts";
import type { Vsn } from "./frame.ts";
import { Hub } from "./hub.ts";
import type { RelayDatabase } from "./relay-database.ts";
import { followMessages, pruneMessages, type StoredMessage } from "./stored-messages.ts";
import type { Identity } from "./token.ts";

/** What the relay stands on. */
export interface RealtimeRelayOptions {
  readonly database: RelayDatabase;
  readonly keys: Keys;
  readonly onProgress: (line: string) => void;
}

const PRUNE_EVERY_MS = 3_600_000;
const IDLE_TIMEOUT_S = 60;
const WEBSOCKET = "/realtime/v1/websocket";
const BROADCAST = "/realtime/v1/api/broadcast";

/** Starts relaying the database's messages to those who may receive them. */
export async function createRealtimeRelay(options: RealtimeRelayOptions): Promise<RealtimeRelay> {
  const relay = new RealtimeRelay(options);
  await relay.start();
  return relay;
}

/** Realtime, as far as the embedded stack has it. */
export class RealtimeRelay {
  readonly #options: RealtimeRelayOptions;
  readonly #hub = new Hub();
  readonly #connections = new Set<Connection>();
  #pruning: ReturnType<typeof setInterval> | undefined;
  #closed = false;

  constructor(options: RealtimeRelayOptions) {
    this.#options = options;
  }

  /** Listens to the database. */
  async start(): Promise<void> {
    const { database, onProgress } = this.#options;
    await followMessages(database, {
      onMessage: (message) => this.#publish(message),
      onError: (error) => this.#report(error),
    });
    this.#prune();
    this.#pruning = setInterval(() => this.#prune(), PRUNE_EVERY_MS);
    if (await hasPolicies(database)) return;
    onProgress(
      "realtime: no policy lets anybody listen in private (migrations that ran before the database had " +
        "Realtime made none)",
    );
  }

  /**
   * Answers one request to /realtime/v1.
   * @throws {RefusedCallerError} without a valid API key
   */
  async handle(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const isBroadcast = pathname === BROADCAST || pathname.startsWith(`${BROADCAST}/`);
    if (pathname !== WEBSOCKET && !isBroadcast) {
      return answer(404, `Realtime serves nothing at ${pathname}`);
    }
    const claims = await identifyCaller(request, this.#options.keys);
    if (this.#closed) return answer(503, "The stack is being stopped");
    if (!isBroadcast) return this.#connect(request, claims);
    if (request.method !== "POST") return answer(405, "Broadcasting is a POST");
    const { database } = this.#options;
    return await broadcastOverHttp(request, { database, hub: this.#hub, claims });
  }

  /** Ends every connection; the clients try to come back. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#pruning);
    for (const connection of this.#connections) connection.close();
  }

  #connect(request: Request, claims: Claims): Response {
    const vsn = new URL(request.url).searchParams.get("vsn") ?? "1.0.0";
    if (!isVsn(vsn)) return answer(403, `Version ${vsn} is not spoken here: 1.0.0 or 2.0.0`);
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      return answer(426, "This is a WebSocket");
    }
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: IDLE_TIMEOUT_S });
    const connection = new Connection(socket, {
      database: this.#options.database,
      hub: this.#hub,
      jwtSecret: this.#options.keys.jwt_secret,
      vsn,
      identity: identityOf(claims),
      onError: (error) => this.#report(error),
    });
    this.#connections.add(connection);
    socket.addEventListener("close", () => this.#connections.delete(connection));
    return response;
  }

  #publish({ id, topic, event, payload, private: isPrivate }: StoredMessage): void {
    const content = { type: "broadcast", event, payload, meta: { id } };
    this.#hub.publish(
      { kind: "message", payload: content },
      { topic: `realtime:${topic}`, private: isPrivate, messageId: id },
    );
  }

  #prune(): void {
    pruneMessages(this.#options.database).catch((error) => this.#report(error));
  }

  /** A code alone: PostgreSQL's words may have somebody's data in them. */
  #report(error: unknown): void {
    if (this.#closed) return;
    const name = error instanceof Error ? error.name : typeof error;
    this.#options.onProgress(`realtime: failed with ${sqlState(error) ?? name}`);
  }
}

/** A legacy key is a token, with its own end; the new keys have none. */
function identityOf(claims: Claims): Identity {
  const { exp } = claims;
  return { claims, expires_at: typeof exp === "number" ? exp * 1000 : undefined };
}

async function hasPolicies(database: RelayDatabase): Promise<boolean> {
  const rows = await database.query(
    "select count(*)::integer as policies from pg_catalog.pg_policy where polrelid = to_regclass($1)",
    ["realtime.messages"],
  );
  const [row] = z.array(z.object({ policies: z.number() })).parse(rows);
  return (row?.policies ?? 0) > 0;
}

function isVsn(text: string): text is Vsn {
  return text === "1.0.0" || text === "2.0.0";
}

function answer(status: number, message: string): Response {
  return Response.json({ message }, {
    status,
    headers: { "access-control-allow-origin": "*" },
  });
}
