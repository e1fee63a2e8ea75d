import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { freePorts } from "../loopback/free-ports.ts";
import { readRunning, type StackInfo } from "../stack/running.ts";

/** The whole system in a process of its own, so that whoever measures it shares no thread with it. */
export interface BenchStack extends AsyncDisposable {
  readonly info: StackInfo;
}

const START = new URL("../stack/start.ts", import.meta.url);
const LEASH = new URL("../stack/leash.ts", import.meta.url);
const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
const PORTS_OF_A_STACK = 20;

/**
 * Starts the stack on a PostgreSQL, its jobs included, with these variables beside the usual.
 * @throws {Error} when it does not start
 */
export async function startBenchStack(
  env: { readonly DATABASE_URL: string } & Readonly<Record<string, string>>,
): Promise<BenchStack> {
  const data = await Deno.makeTempDir({ prefix: "mobility-bench-" });
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      `--preload=${LEASH.href}`,
      START.href,
      "--quiet",
      ...["--data", data],
      ...["--ports-from", String(freePorts(PORTS_OF_A_STACK))],
    ],
    cwd: ROOT,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
    detached: true,
  }).spawn();
  const close = async (): Promise<void> => {
    child.kill("SIGTERM");
    await child.status;
    await Deno.remove(data, { recursive: true });
  };
  for await (const line of createInterface({ input: Readable.fromWeb(child.stdout) })) {
    if (line.startsWith("ready ")) break;
  }
  const info = await readRunning(data);
  if (info === undefined) {
    throw new Error("Cannot start the stack: its last lines above say why");
  }
  return { info, [Symbol.asyncDispose]: close };
}
