import { z } from "zod";

/** One piece of scheduled work, called every so many seconds. In production pg_cron does that. */
export type Job = RpcJob | FunctionJob;

/** Work that a database function does. */
export interface RpcJob {
  readonly name: string;
  readonly rpc: string;
  readonly every_s: number;
}

/** Work that an edge function does when it is posted to; left out while there is no such function. */
export interface FunctionJob {
  readonly name: string;
  readonly function: string;
  readonly path: string;
  readonly every_s: number;
}

/** Everything that runs by the clock. */
export const JOBS: readonly Job[] = [
  { name: "sweep", rpc: "sweep", every_s: 5 },
  { name: "sweep_dispatch", rpc: "sweep_dispatch", every_s: 2 },
  { name: "sweep_chat", rpc: "sweep_chat", every_s: 15 },
  { name: "roll_up", rpc: "roll_up", every_s: 60 },
  { name: "prune", rpc: "prune", every_s: 3600 },
  { name: "sync_v1", rpc: "sync_v1", every_s: 1 },
  { name: "work", function: "whatsapp-webhook", path: "work", every_s: 1 },
];

/** How the jobs reach the stack. */
export interface RunJobsOptions {
  readonly url: string;
  readonly secretKey: string;
  /** The functions that run. */
  readonly functions: readonly string[];
  readonly onProgress: (line: string) => void;
  /** How long a call may take (30 s): one that a restart of the database swallowed would never end. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 30_000;
/** Before its first run a job waits no longer than this: a stack is often stopped before an hour is over. */
const FIRST_AFTER_S = 15;

const refusalSchema = z.object({ message: z.string() });

/** Runs the jobs until the signal is aborted; each waits for its last call to end. */
export function runJobs(
  jobs: readonly Job[],
  options: RunJobsOptions & { readonly signal: AbortSignal },
): void {
  for (const job of jobs) {
    if ("rpc" in job || options.functions.includes(job.function)) schedule(job, options);
  }
}

function schedule(
  job: Job,
  options: RunJobsOptions & { readonly signal: AbortSignal },
): void {
  let lastFailure: string | undefined;
  let timer: ReturnType<typeof setTimeout>;
  const wait = (seconds: number): void => {
    timer = setTimeout(run, seconds * 1000);
  };
  const run = async (): Promise<void> => {
    const failure = await call(job, options);
    if (options.signal.aborted) return;
    // Said once, not every few seconds.
    if (failure !== undefined && failure !== lastFailure) {
      options.onProgress(`job "${job.name}" failed: ${failure}`);
    }
    lastFailure = failure;
    wait(job.every_s);
  };
  options.signal.addEventListener("abort", () => clearTimeout(timer));
  wait(Math.min(job.every_s, FIRST_AFTER_S));
}

async function call(
  job: Job,
  { url, secretKey, patienceMs = PATIENCE_MS, signal }: RunJobsOptions & {
    readonly signal: AbortSignal;
  },
): Promise<string | undefined> {
  const path = "rpc" in job ? `rest/v1/rpc/${job.rpc}` : `functions/v1/${job.function}/${job.path}`;
  try {
    const response = await fetch(`${url}/${path}`, {
      method: "POST",
      headers: { apikey: secretKey, "content-type": "application/json" },
      body: "{}",
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    });
    const text = await response.text();
    if (response.ok) return undefined;
    return `HTTP ${response.status}: ${reason(text)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function reason(text: string): string {
  try {
    return refusalSchema.safeParse(JSON.parse(text)).data?.message ?? text;
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
