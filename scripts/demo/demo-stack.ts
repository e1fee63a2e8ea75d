import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { report } from "../print.ts";
import { freePorts } from "../loopback/free-ports.ts";
import { readRunning, type StackInfo } from "../stack/running.ts";

/** A stack to play on. */
export interface DemoStack extends AsyncDisposable {
  readonly info: StackInfo;
  /** What finds a request id in the functions' log. */
  findInLog(requestId: string): string;
  /** Stops the stack if it was started for the demo. */
  close(): Promise<void>;
}

const START = new URL("../stack/start.ts", import.meta.url);
const LEASH = new URL("../stack/leash.ts", import.meta.url);
const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
/** A function's lines begin with its name, the stack's own carry none. */
const FUNCTION_LINE = /^[A-Za-z][\w-]* \| /;
const PORTS_OF_A_STACK = 20;

/** The stack that runs from this repository, else one that is started for the demo, on an empty database. */
export async function openDemoStack(signal: AbortSignal): Promise<DemoStack> {
  const running = await readRunning(`${ROOT}/.stack`);
  if (running === undefined) return await startDemoStack(signal);
  report(`using the stack that runs at ${running.api_url}`);
  const close = async (): Promise<void> => {};
  return {
    info: running,
    findInLog: (requestId) => `Look for it in what \`deno task start\` prints: ${requestId}`,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** @throws {Error} when it does not start, or when the signal is aborted before it did */
async function startDemoStack(signal: AbortSignal): Promise<DemoStack> {
  const data = `${ROOT}/.stack/demo`;
  const log = `${data}/stack.log`;
  await Deno.mkdir(data, { recursive: true });
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      // A demo that is killed leaves no stack behind.
      `--preload=${LEASH.href}`,
      START.href,
      "--fresh",
      ...["--data", data],
      ...["--ports-from", String(freePorts(PORTS_OF_A_STACK))],
    ],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    // Ctrl-C is for the demo, which ends its rides before it stops the stack.
    detached: true,
  }).spawn();
  const boot = { isOver: false };
  const logged = splitLog(child.stderr, { path: log, boot });
  const close = async (): Promise<void> => {
    signalChild(child);
    await child.status;
    await logged;
  };
  try {
    await ready(child.stdout, signal);
    boot.isOver = true;
    const info = await readRunning(data);
    if (info === undefined) {
      throw new Error("Cannot start the stack: its last lines above say why");
    }
    return {
      info,
      findInLog: (requestId) => `Find it: grep ${requestId} ${log}`,
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Returns when the stack says that it is ready, or ends. */
async function ready(
  output: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
): Promise<void> {
  const lines = createInterface({ input: Readable.fromWeb(output), signal });
  for await (const line of lines) {
    if (line.startsWith("ready ")) break;
  }
  signal.throwIfAborted();
}

/** Shows how the stack starts; everything else that it and the functions write goes into the file. */
async function splitLog(
  output: ReadableStream<Uint8Array<ArrayBuffer>>,
  { path, boot }: { readonly path: string; readonly boot: { readonly isOver: boolean } },
): Promise<void> {
  using file = await Deno.create(path);
  const encoder = new TextEncoder();
  for await (const line of createInterface({ input: Readable.fromWeb(output) })) {
    if (boot.isOver || FUNCTION_LINE.test(line)) await file.write(encoder.encode(`${line}\n`));
    else report(line);
  }
}

/** Below 32768: above, the system hands ports out to whoever connects somewhere. */
function signalChild(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGTERM");
  } catch (error) {
    // It ended by itself.
    if (!(error instanceof TypeError)) throw error;
  }
}
