/** A Redis that can die and come back, empty, on the same port. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  /** Undefined while it is dead. */
  readonly pid: number | undefined;
  /** Kills it without a goodbye. */
  kill(): Promise<void>;
  /** Starts it again. */
  revive(): Promise<void>;
}

/** Where Debian's Redis is; undefined when it is not installed. */
export async function findRedisServer(): Promise<string | undefined> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    const path = `${folder}/redis-server`;
    if (await Deno.stat(path).then(() => true, () => false)) return path;
  }
  return undefined;
}

/** Runs Redis and says its pid; it ends with whoever holds the standard input, even by kill -9. */
const KEEPER = `
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
echo "pid $child"
{ cat <&3 >/dev/null; kill -9 "$child"; } 2>/dev/null &
wait "$child"
`;

/** Starts a Redis of its own on a loopback port. @throws {Error} when it is not installed */
export async function startRedisServer(port: number): Promise<RedisServer> {
  const path = await findRedisServer();
  if (path === undefined) {
    throw new Error("Cannot find redis-server on PATH. Run: apt-get install -y redis-server");
  }
  const program = path;
  let running: { readonly keeper: Deno.ChildProcess; readonly pid: number } | undefined;
  async function revive(): Promise<void> {
    const settings = ["--bind", "127.0.0.1", "--port", String(port), "--save", ""];
    const keeper = new Deno.Command("sh", {
      args: ["-c", KEEPER, "redis-keeper", program, ...settings],
      detached: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = keeper.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let log = "";
    while (!log.includes("Ready to accept connections")) {
      const { value, done } = await reader.read();
      if (done || /^# .*(?:bind|Failed)/m.test(value)) {
        await keeper.stdin.close();
        throw new Error(`redis-server did not start:\n${log}${value ?? ""}`);
      }
      log += value;
    }
    running = { keeper, pid: Number(/^pid (\d+)$/m.exec(log)?.[1]) };
    // Whatever it says later is nobody's; the pipe must not fill up.
    (async () => {
      while (!(await reader.read()).done);
    })().catch(() => {});
  }
  async function kill(): Promise<void> {
    const dying = running;
    running = undefined;
    await dying?.keeper.stdin.close();
    await dying?.keeper.status;
  }
  await revive();
  return {
    url: `redis://127.0.0.1:${port}`,
    get pid(): number | undefined {
      return running?.pid;
    },
    kill,
    revive,
    [Symbol.asyncDispose]: kill,
  };
}
