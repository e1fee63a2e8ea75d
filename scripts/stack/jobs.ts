import { z } from "zod";

/** One piece of scheduled work: an RPC called every so many seconds. In production pg_cron does that. */
export interface Job {
  readonly name: string;
  readonly rpc: string;
  readonly every_s: number;
}

/** Everything that runs by the clock. */
export const JOBS: readonly Job[] = [
  { name: "sweep", rpc: "sweep", every_s: 5 },
];

/** How the jobs reach the REST API. */
export interface RunJobsOptions {
  readonly url: string;
  readonly secretKey: string;
  readonly onProgress: (line: string) => void;
}

const refusalSchema = z.object({ message: z.string() });

/** Runs the jobs until the signal is aborted; each waits for its last call to end. */
export function runJobs(
  jobs: readonly Job[],
  options: RunJobsOptions & { readonly signal: AbortSignal },
): void {
  for (const job of jobs) schedule(job, options);
}

function schedule(
  job: Job,
  options: RunJobsOptions & { readonly signal: AbortSignal },
): void {
  let lastFailure: string | undefined;
  let timer: ReturnType<typeof setTimeout>;
  const wait = (): void => {
    timer = setTimeout(run, job.every_s * 1000);
  };
  const run = async (): Promise<void> => {
    const failure = await call(job, options);
    if (options.signal.aborted) return;
    // Said once, not every few seconds.
    if (failure !== undefined && failure !== lastFailure) {
      options.onProgress(`job "${job.name}" failed: ${failure}`);
    }
    lastFailure = failure;
    wait();
  };
  options.signal.addEventListener("abort", () => clearTimeout(timer));
  wait();
}

async function call(
  job: Job,
  { url, secretKey, signal }: RunJobsOptions & { readonly signal: AbortSignal },
): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}/rest/v1/rpc/${job.rpc}`, {
      method: "POST",
      headers: { apikey: secretKey, "content-type": "application/json" },
      body: "{}",
      signal,
    });
    const text = await response.text();
    if (response.ok) return undefined;
    const refusal = refusalSchema.safeParse(JSON.parse(text));
    return `HTTP ${response.status}: ${refusal.success ? refusal.data.message : text}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
