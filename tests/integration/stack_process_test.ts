import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { startStack } from "../../scripts/stack/stack.ts";
import { freePorts } from "../../scripts/loopback/free-ports.ts";
import { makeToyProject } from "../support/toy-project.ts";

const START = fileURLToPath(new URL("../../scripts/stack/start.ts", import.meta.url));
const STATUS = fileURLToPath(new URL("../../scripts/stack/status.ts", import.meta.url));

Deno.test("start.ts runs the project, says so in one line, and leaves no process behind", async (t) => {
  const data = await Deno.makeTempDir({ prefix: "mobility-stack-" });
  try {
    const port = freePorts(16);
    await t.step("SIGINT stops it and its functions", async () => {
      const stack = await launch(["--data", data, "--ports-from", String(port)]);
      const children = await childrenOf(stack.pid);
      assert.ok(children.length >= 5, `${children.length} functions run`);

      const status = await run(STATUS, ["--data", data, "-o", "env"]);
      assert.equal(status.code, 0);
      assert.match(status.stdout, new RegExp(`^API_URL="http://127\\.0\\.0\\.1:${port}"$`, "m"));
      assert.match(status.stdout, /^SECRET_KEY="sb_secret_[\w-]+"$/m);

      const again = await run(START, ["--data", data, "--ports-from", String(port)]);
      assert.equal(again.code, 1);
      assert.match(again.stderr, new RegExp(`already running at http://127\\.0\\.0\\.1:${port}`));
      assert.equal(again.stdout, "");

      const other = await Deno.makeTempDir({ prefix: "mobility-stack-" });
      const taken = await run(START, ["--data", other, "--ports-from", String(port)]);
      await Deno.remove(other, { recursive: true });
      assert.equal(taken.code, 1);
      assert.match(taken.stderr, /port \d+ \([^)]+\) is taken.*--ports-from/);

      Deno.kill(stack.pid, "SIGINT");
      const { code, stdout } = await stack.ended;
      assert.equal(code, 0);
      assert.equal(stdout, `ready http://127.0.0.1:${port}\n`);
      assert.deepEqual(children.filter(isAlive), []);
      const after = await run(STATUS, ["--data", data]);
      assert.equal(after.code, 1);
      assert.match(after.stderr, /deno task start/);
    });

    await t.step("after kill -9 the functions end by themselves, and it starts again", async () => {
      const killed = await launch(["--data", data, "--ports-from", String(port)]);
      const children = await childrenOf(killed.pid);
      Deno.kill(killed.pid, "SIGKILL");
      await killed.ended;
      const deadline = performance.now() + 5_000;
      while (children.some(isAlive)) {
        assert.ok(performance.now() < deadline, "the functions still run after 5 s");
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const next = await launch(["--data", data, "--ports-from", String(port)]);
      Deno.kill(next.pid, "SIGTERM");
      assert.equal((await next.ended).code, 0);
    });
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});

Deno.test("Stack.close() kills a function that ignores SIGTERM after 3 s", async () => {
  await using toy = await makeToyProject();
  await toy.write(
    "supabase/functions/open/index.ts",
    'Deno.addSignalListener("SIGTERM", () => {});\nDeno.serve(() => new Response("here"));\n',
  );
  const stack = await startStack({
    root: toy.root,
    data: `${toy.root}/.stack`,
    portsFrom: freePorts(8),
    jobs: [],
  });
  const pids = Object.values(stack.functionPids()).filter((pid) => pid !== undefined);
  assert.equal(pids.length, 2);
  const before = performance.now();
  await stack.close();
  assert.ok(performance.now() - before > 2_900, "the function did not listen");
  assert.deepEqual(pids.filter(isAlive), []);
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Launched {
  readonly pid: number;
  readonly ended: Promise<Ended>;
}

/** Starts start.ts and waits for its line on standard output. */
async function launch(args: readonly string[]): Promise<Launched> {
  const child = command(START, [...args, "--quiet"]).spawn();
  const ready = Promise.withResolvers<void>();
  const ended = (async (): Promise<Ended> => {
    const stderr = new Response(child.stderr).text();
    let stdout = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      stdout += text;
      if (stdout.includes("ready ")) ready.resolve();
    }
    const { code } = await child.status;
    return { code, stdout, stderr: await stderr };
  })();
  const first = await Promise.race([ready.promise, ended]);
  if (first !== undefined) throw new Error(`start.ts ended too soon:\n${first.stderr}`);
  return { pid: child.pid, ended };
}

async function run(script: string, args: readonly string[]): Promise<Ended> {
  const { code, stdout, stderr } = await command(script, args).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

function command(script: string, args: readonly string[]): Deno.Command {
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...env } = Deno.env.toObject();
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script, ...args],
    clearEnv: true,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

async function childrenOf(parent: number): Promise<number[]> {
  const children: number[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (/^\d+$/.test(name) && await parentOf(name) === parent) children.push(Number(name));
  }
  return children;
}

async function parentOf(pid: string): Promise<number | undefined> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch (error) {
    // It ended while we looked.
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    Deno.statSync(`/proc/${pid}`);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
