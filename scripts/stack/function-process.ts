import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { FunctionEntry } from "./project.ts";

/** How to run one function, and whom to tell what happens to it. */
export interface FunctionProcessOptions {
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  /** One line of what the function wrote. */
  readonly onLog: (line: string) => void;
  /** What happened to the process, for a person to read. */
  readonly onProgress: (line: string) => void;
}

const LEASH = new URL("./leash.ts", import.meta.url);
const FIRST_RESTART_MS = 250;
const LAST_RESTART_MS = 8_000;
// A process that lived this long was healthy: the next restart is a quick one again.
const HEALTHY_AFTER_MS = 10_000;
const KILL_AFTER_MS = 3_000;

/** One edge function in a Deno process of its own, started again whenever it ends by itself. */
export class FunctionProcess {
  readonly name: string;
  readonly port: number;
  readonly #entry: FunctionEntry;
  readonly #options: FunctionProcessOptions;
  readonly #stopped = new AbortController();
  #child: Deno.ChildProcess | undefined;
  #restartAfter = FIRST_RESTART_MS;
  readonly #running: Promise<void>;

  constructor(entry: FunctionEntry, options: FunctionProcessOptions) {
    this.name = entry.name;
    this.port = options.port;
    this.#entry = entry;
    this.#options = options;
    this.#running = this.#keepRunning();
  }

  /** The process that runs now; undefined between a crash and the restart. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Waits until the function answers on its health path, with any status. */
  async ready(signal: AbortSignal): Promise<void> {
    while (!await this.#answers(signal)) {
      signal.throwIfAborted();
      this.#stopped.signal.throwIfAborted();
      await pause(50, this.#stopped.signal);
    }
  }

  /** Ends the process: SIGTERM, then SIGKILL after 3 s. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    const child = this.#child;
    if (child !== undefined) {
      signalChild(child, "SIGTERM");
      const impatience = setTimeout(() => signalChild(child, "SIGKILL"), KILL_AFTER_MS);
      await child.status;
      clearTimeout(impatience);
    }
    await this.#running;
  }

  async #answers(signal: AbortSignal): Promise<boolean> {
    if (this.#child === undefined) return false;
    try {
      const url = `http://127.0.0.1:${this.port}/${this.name}/health`;
      const response = await fetch(url, { signal });
      await response.body?.cancel();
      return true;
    } catch (error) {
      // Nobody listens yet.
      if (error instanceof TypeError) return false;
      throw error;
    }
  }

  async #keepRunning(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const startedAt = performance.now();
      const status = await this.#runOnce();
      if (this.#stopped.signal.aborted) return;
      if (performance.now() - startedAt > HEALTHY_AFTER_MS) this.#restartAfter = FIRST_RESTART_MS;
      const how = status.signal === null ? `exit code ${status.code}` : status.signal;
      this.#options.onProgress(
        `function "${this.name}" ended (${how}); starting it again in ${this.#restartAfter} ms`,
      );
      await pause(this.#restartAfter, this.#stopped.signal);
      this.#restartAfter = Math.min(this.#restartAfter * 2, LAST_RESTART_MS);
    }
  }

  async #runOnce(): Promise<Deno.CommandStatus> {
    const { entrypoint, importMap } = this.#entry;
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-prompt",
        "--allow-net",
        "--allow-env",
        "--allow-read",
        "--allow-sys",
        `--preload=${LEASH.href}`,
        ...importMapArguments(importMap),
        entrypoint,
      ],
      env: { ...this.#options.env, DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${this.port}` },
      stdin: "null",
      // Ctrl-C reaches every process of the terminal's group: which one ends when is for the stack to say.
      detached: true,
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#child = child;
    const logs = [child.stdout, child.stderr].map((stream) => this.#log(stream));
    const status = await child.status;
    await Promise.all(logs);
    this.#child = undefined;
    return status;
  }

  async #log(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const line of createInterface({ input: Readable.fromWeb(stream) })) {
      this.#options.onLog(`${this.name} | ${line}`);
    }
  }
}

function importMapArguments(importMap: string | undefined): string[] {
  if (importMap === undefined) return [];
  return /\/deno\.jsonc?$/.test(importMap)
    ? [`--config=${importMap}`]
    : [`--import-map=${importMap}`];
}

function signalChild(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (error) {
    // It ended by itself in the meantime.
    if (!(error instanceof TypeError)) throw error;
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}
