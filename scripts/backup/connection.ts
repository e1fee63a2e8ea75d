import postgres, { type Sql } from "postgres";
import { BackupError } from "./backup-error.ts";

/** How the client programs are told of a database: by their environment, which no `ps` shows. */
export type ProgramEnvironment = Readonly<Record<string, string>>;

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);
/** Supabase's pooler by transactions: a snapshot or a setting of one session means nothing to it. */
const TRANSACTION_POOLER_PORT = "6543";
const PARAMETERS: Readonly<Record<string, string>> = {
  sslmode: "PGSSLMODE",
  sslrootcert: "PGSSLROOTCERT",
  connect_timeout: "PGCONNECT_TIMEOUT",
};

/**
 * One connection for the whole work.
 * @throws {BackupError} when the URL is of no use
 */
export function connect(databaseUrl: string): Sql {
  const url = parse(databaseUrl);
  return postgres(url.href, {
    max: 1,
    // A long transaction must not lose its connection to the driver's housekeeping.
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: 20,
    connection: { application_name: "mobility-backup" },
    onnotice: () => {},
  });
}

/**
 * What pg_dump, pg_restore and psql read of their environment, and nothing that they could inherit.
 * @throws {BackupError} when the URL is of no use
 */
export function programEnvironment(databaseUrl: string): ProgramEnvironment {
  const url = parse(databaseUrl);
  const environment: Record<string, string> = {
    PATH: Deno.env.get("PATH") ?? "",
    HOME: Deno.env.get("HOME") ?? "",
    // Their progress is read in English.
    LC_ALL: "C",
    PGAPPNAME: "mobility-backup",
    PGCONNECT_TIMEOUT: "20",
    PGHOST: url.hostname.replace(/^\[|\]$/g, ""),
    PGPORT: url.port === "" ? "5432" : url.port,
    PGUSER: decodeURIComponent(url.username),
    PGDATABASE: decodeURIComponent(url.pathname.slice(1)),
  };
  if (url.password !== "") environment["PGPASSWORD"] = decodeURIComponent(url.password);
  for (const [name, variable] of Object.entries(PARAMETERS)) {
    const value = url.searchParams.get(name);
    if (value !== null) environment[variable] = value;
  }
  return environment;
}

/** Where the database is, without who may enter: `host:port/database`. */
export function describeDatabase(databaseUrl: string): string {
  const url = parse(databaseUrl);
  return `${url.hostname}:${url.port === "" ? "5432" : url.port}${url.pathname}`;
}

function parse(databaseUrl: string): URL {
  const url = URL.parse(databaseUrl);
  // The URL itself is not repeated: it has a password in it.
  if (url === null || !/^postgres(?:ql)?:$/.test(url.protocol) || url.hostname === "") {
    throw new BackupError(
      "Cannot read DATABASE_URL: it has to be like postgresql://user:password@host:5432/postgres " +
        "(in Supabase: Connect > Session pooler)",
    );
  }
  if (url.username === "" || url.pathname.length < 2) {
    throw new BackupError("DATABASE_URL lacks the user or the database's name");
  }
  if (url.port === TRANSACTION_POOLER_PORT) {
    throw new BackupError(
      "DATABASE_URL is of the transaction pooler (port 6543), through which nothing can be dumped. " +
        "Take the session pooler's (port 5432 of the same host) or the direct connection",
    );
  }
  if (!LOOPBACK.has(url.hostname) && !url.searchParams.has("sslmode")) {
    url.searchParams.set("sslmode", "require");
  }
  return url;
}
