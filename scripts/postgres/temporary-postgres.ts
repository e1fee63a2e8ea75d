import { findFaketimeLibrary } from "./faketime-library.ts";
import { limitMemory } from "./memory-limit.ts";
import { findPostgresBinaries } from "./postgres-binaries.ts";

/** A throw-away server. `url` names its `postgres` database, owned by its superuser. */
export interface TemporaryPostgres extends AsyncDisposable {
  readonly url: string;
  /** Ends the server: "fast" says goodbye, "immediate" is a crash. Its files stay. */
  stop(mode: "fast" | "immediate"): Promise<void>;
  /** Starts it again on the same port; after a crash, it recovers first. @throws {Error} when it cannot */
  start(): Promise<void>;
  /** Makes a standby a server that writes. @throws {Error} when it is none */
  promote(): Promise<void>;
  /** Bytes of memory that it had at most; undefined unless `memoryBytes` is enforced. */
  peakMemory(): Promise<number | undefined>;
  /** Stops the server and deletes its files. */
  close(): Promise<void>;
}

/** How to start a throw-away server. */
export interface TemporaryPostgresOptions {
  /** `true` keeps a commit's promise (benchmarks); `false`, the default, never waits for the disk. */
  readonly durable?: boolean;
  /** Server settings by name, over the defaults, such as `{ shared_buffers: "1GB" }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** At most so much memory, the page cache of its files included; enforced where the system lets it be. */
  readonly memoryBytes?: number;
  /**
   * A file that holds the server's time, "YYYY-MM-DD hh:mm:ss.ffffff" in UTC, read at every look at the clock;
   * it stands still until the file changes, so pg_sleep never ends and no timeout of the server ever fires.
   */
  readonly clockFile?: string;
  /** The URL of a running server of the same settings: a copy of it that follows it until promoted. */
  readonly standbyOf?: string;
}

/**
 * The server outlives no one: this shell owns it and holds its standard input as a leash, so closing the
 * pipe, Ctrl-C and even `kill -9` of the parent's whole process group stop it and delete its folder.
 */
const KEEPER = `
bin=$1 dir=$2 primary=$3
shift 3
if [ -z "$primary" ]; then
  "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync
else
  "$bin/pg_basebackup" -D "$dir/data" -d "$primary" -R -X stream -c fast --no-sync
fi >"$dir/log" 2>&1 &&
cat "$dir/settings" >>"$dir/data/postgresql.conf" &&
env "$@" "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 start >/dev/null 2>&1 </dev/null
code=$?
if [ $code -eq 0 ]; then
  echo ready
  while read -r what mode; do
    case $what in
      stop) "$bin/pg_ctl" -D "$dir/data" -m "$mode" -w -t 60 stop ;;
      start) env "$@" "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 start ;;
      promote) "$bin/pg_ctl" -D "$dir/data" -w -t 60 promote ;;
    esac >/dev/null 2>&1 </dev/null && echo done || echo failed
  done
  "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1
else
  tail -n 20 "$dir/log" >&2
fi
rm -rf "$dir"
exit $code
`;

/**
 * Starts a PostgreSQL of its own on a free loopback port, in a temporary folder, trusting every local
 * caller.
 * @throws {PostgresNotFoundError} when the machine has no PostgreSQL with PostGIS
 * @throws {FaketimeNotFoundError} when it is to have a clock of its own, and there is no libfaketime
 */
export async function startTemporaryPostgres(
  options: TemporaryPostgresOptions = {},
): Promise<TemporaryPostgres> {
  const binaries = await findPostgresBinaries();
  const clock = options.clockFile === undefined ? [] : await clockVariables(options.clockFile);
  const account = await serverAccount();
  const port = freePort();
  const folder = await Deno.makeTempDir({ prefix: "mobility-postgres-" });
  await Deno.writeTextFile(
    `${folder}/settings`,
    settingsFile({
      port,
      hasCron: binaries.hasCron,
      durable: options.durable ?? false,
      settings: options.settings ?? {},
    }),
  );
  if (account !== undefined) await Deno.chown(folder, account.uid, account.gid);

  const keeper = new Deno.Command("sh", {
    args: [
      ...["-c", KEEPER, "postgres-keeper"],
      ...[binaries.folder, folder, options.standbyOf ?? "", ...clock],
    ],
    cwd: folder,
    detached: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    ...account,
  }).spawn();

  const limit = options.memoryBytes === undefined
    ? undefined
    : await limitMemory(options.memoryBytes);
  // The server is started by this shell, later: it is in the group from its first byte.
  await limit?.add(keeper.pid);
  const leash = keeper.stdin.getWriter();
  const output = keeper.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const first = await output.read();
  if (first.done) {
    const log = await new Response(keeper.stderr).text();
    await leash.abort();
    await limit?.[Symbol.asyncDispose]();
    throw new Error(`Cannot start PostgreSQL from ${binaries.folder}. Its log ends with:\n${log}`);
  }
  await keeper.stderr.cancel();

  const order = async (words: string): Promise<void> => {
    await leash.write(new TextEncoder().encode(`${words}\n`));
    const { value } = await output.read();
    if (value?.trim() === "done") return;
    throw new Error(`PostgreSQL did not "${words}". See ${folder}/log`);
  };
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> =>
    closed ??= leash.close().then(() => output.cancel()).then(() => keeper.status)
      .then(() => limit?.[Symbol.asyncDispose]());
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: (mode) => order(`stop ${mode}`),
    start: () => order("start"),
    promote: () => order("promote"),
    peakMemory: async () => await limit?.peak(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What makes libfaketime read the clock from a file, as `NAME=value`; each of its versions knows one last name. */
async function clockVariables(file: string): Promise<string[]> {
  return [
    `LD_PRELOAD=${await findFaketimeLibrary()}`,
    `FAKETIME_TIMESTAMP_FILE=${file}`,
    "FAKETIME_NO_CACHE=1",
    "TZ=UTC",
    // Waiting is by the monotonic clock, and goes on.
    "FAKETIME_DONT_FAKE_MONOTONIC=1",
    "DONT_FAKE_MONOTONIC=1",
  ];
}

/** PostgreSQL refuses to run as root: root lends it the account that Debian's package makes. */
async function serverAccount(): Promise<{ uid: number; gid: number } | undefined> {
  if (Deno.uid() !== 0) return undefined;
  const entry = (await Deno.readTextFile("/etc/passwd"))
    .split("\n").map((line) => line.split(":")).find(([name]) => name === "postgres");
  if (entry === undefined) {
    throw new Error(
      'Cannot start PostgreSQL as root without a "postgres" account. Run: useradd --system postgres',
    );
  }
  return { uid: Number(entry[2]), gid: Number(entry[3]) };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function settingsFile(
  { port, hasCron, durable, settings }: {
    port: number;
    hasCron: boolean;
    durable: boolean;
    settings: Readonly<Record<string, string>>;
  },
): string {
  const all: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    max_connections: "200",
    shared_buffers: "128MB",
    timezone: "UTC",
    // pg_cron works in one database of a server: the one whose name the server's URL has.
    ...(hasCron ? { shared_preload_libraries: "pg_cron", "cron.host": "127.0.0.1" } : {}),
    ...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
    ...settings,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`).join("");
}
