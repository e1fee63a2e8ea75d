import assert from "node:assert/strict";
import { type Job, JOBS, runJobs } from "../../../scripts/stack/jobs.ts";

Deno.test("runJobs() calls functions of the database and of the edge, with the secret key", async () => {
  await using gateway = serve(() => Response.json({}));
  const jobs: Job[] = [
    { name: "sweep", rpc: "sweep", every_s: 0.01 },
    { name: "work", function: "open", path: "work", every_s: 0.01 },
    { name: "absent", function: "absent", path: "work", every_s: 0.01 },
  ];
  await using running = run(jobs, { url: gateway.url });
  await until(() => new Set(gateway.calls).size >= 2 && gateway.calls.length >= 6);
  running.stop();
  assert.deepEqual([...new Set(gateway.calls)].sort(), [
    "POST /functions/v1/open/work sb_secret_test {}",
    "POST /rest/v1/rpc/sweep sb_secret_test {}",
  ]);
  assert.deepEqual(running.lines, []);
});

Deno.test("runJobs() waits for a call to end, and says once what is wrong with it", async () => {
  let underWay = 0;
  await using gateway = serve(async () => {
    assert.equal(++underWay, 1);
    await new Promise((resolve) => setTimeout(resolve, 15));
    underWay--;
    return gateway.calls.length < 3
      ? Response.json({ message: "asleep" }, { status: 503 })
      : new Response("no JSON", { status: 500 });
  });
  const work: Job = { name: "work", function: "open", path: "work", every_s: 0.001 };
  await using running = run([work], { url: gateway.url });
  await until(() => gateway.calls.length >= 6);
  assert.deepEqual(running.lines, [
    'job "work" failed: HTTP 503: asleep',
    'job "work" failed: HTTP 500: no JSON',
  ]);
});

Deno.test("runJobs() gives up on a call that does not end, and calls again", async () => {
  const { promise: never, resolve } = Promise.withResolvers<Response>();
  await using gateway = serve(() => gateway.calls.length === 1 ? never : Response.json({}));
  const sweep: Job = { name: "sweep", rpc: "sweep", every_s: 0.001 };
  await using running = run([sweep], { url: gateway.url, patienceMs: 20 });
  await until(() => gateway.calls.length >= 3).finally(() => resolve(Response.json({})));
  assert.match(running.lines.join(), /^job "sweep" failed: .*timeout/);
});

Deno.test("JOBS are the three sweeps, the counting, the pruning and the worker of the queues", () => {
  const every = Object.fromEntries(JOBS.map(({ name, every_s }) => [name, every_s]));
  const known = { sweep: 5, sweep_dispatch: 2, sweep_chat: 15, roll_up: 60, prune: 3600, work: 1 };
  assert.deepEqual({ ...every, ...known }, every);
});

interface Gateway extends AsyncDisposable {
  readonly url: string;
  readonly calls: string[];
}

function serve(answer: () => Response | Promise<Response>): Gateway {
  const calls: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (r) => {
    const { pathname } = new URL(r.url);
    calls.push(`${r.method} ${pathname} ${r.headers.get("apikey")} ${await r.text()}`);
    return await answer();
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    calls,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function run(
  jobs: readonly Job[],
  options: { readonly url: string; readonly patienceMs?: number },
): AsyncDisposable & { lines: string[]; stop(): void } {
  const lines: string[] = [];
  const stopping = new AbortController();
  runJobs(jobs, {
    ...options,
    secretKey: "sb_secret_test",
    functions: ["open"],
    onProgress: (line) => lines.push(line),
    signal: stopping.signal,
  });
  const stop = (): void => stopping.abort();
  return { lines, stop, [Symbol.asyncDispose]: async () => await stop() };
}

async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error("It did not come about in 5 s");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
