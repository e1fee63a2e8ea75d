import postgres, { type Sql } from "postgres";

/** The connection a deployment works on cannot be had, or not kept; the message says what to do. */
export class ConnectionError extends Error {
  override name = "ConnectionError";
}

const CONNECT_TIMEOUT_S = 15;
const LOCAL = ["127.0.0.1", "localhost", "[::1]"];

/**
 * One connection for the whole run: the lock of a deployment belongs to it, so it is never exchanged for a
 * fresh one while it lives.
 * @throws {ConnectionError} for the transaction pooler, where a session is nobody's
 */
export function connect(databaseUrl: string): Sql {
  const url = new URL(databaseUrl);
  if (url.port === "6543") {
    throw new ConnectionError(
      "Cannot deploy over the transaction pooler (port 6543), which keeps no session and so no lock: " +
        "take the direct connection or the session pooler (port 5432), in the project's settings under Database",
    );
  }
  const mode = url.searchParams.get("sslmode");
  return postgres(databaseUrl, {
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: CONNECT_TIMEOUT_S,
    onnotice: () => {},
    connection: { application_name: "mobility deploy" },
    // A hosted database is reached over TLS, whether the URL says so or not.
    ...(mode === null && !LOCAL.includes(url.hostname) ? { ssl: "require" as const } : {}),
  });
}

/** The database's URL without what is secret in it. */
export function describeDatabase(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  return `${url.username === "" ? "" : `${url.username}@`}${url.host}${url.pathname}`;
}
