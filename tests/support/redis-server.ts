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

/** Starts a Redis of its own on a loopback port. @throws {Error} when it is not installed */
export async function startRedisServer(port: number): Promise<RedisServer> {
  const path = await findRedisServer();
  if (path === undefined) {
    throw new Error("Cannot find redis-server on PATH. Run: apt-get install -y redis-server");
  }
  const program = path;
  let child: Deno.ChildProcess | undefined;
  async function revive(): Promise<void> {
    const started = new Deno.Command(program, {
      args: ["--bind", "127.0.0.1", "--port", String(port), "--save", ""],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    child = started;
    const reader = started.stdout.pipeThrough(new TextDecoderStream()).getReader();
    for (let log = ""; !log.includes("Ready to accept connections");) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`redis-server did not start:\n${log}`);
      log += value;
    }
    // Whatever it says later is nobody's; the pipe must not fill up.
    (async () => {
      while (!(await reader.read()).done);
    })().catch(() => {});
  }
  async function kill(): Promise<void> {
    const dying = child;
    child = undefined;
    dying?.kill("SIGKILL");
    await dying?.status;
  }
  await revive();
  return {
    url: `redis://127.0.0.1:${port}`,
    get pid(): number | undefined {
      return child?.pid;
    },
    kill,
    revive,
    [Symbol.asyncDispose]: kill,
  };
}
