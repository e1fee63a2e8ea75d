import { parseArgs } from "node:util";
import postgres, { type Sql } from "postgres";
import { percentile } from "../city/latencies.ts";
import { migrate } from "../postgres/migrate.ts";
import { startTemporaryPostgres } from "../postgres/temporary-postgres.ts";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { startBenchStack } from "./bench-stack.ts";
import { type ChatPeople, fillChat, keepBusy, waitUntilIdle } from "./chat-people.ts";
import { fillCity } from "./city.ts";
import {
  describeMachine,
  publish,
  type Ratio,
  ratioOf,
  type Result,
  summarize,
} from "./results.ts";
import { type Kind, postLoad, ReplyTimes, type Timings } from "./webhook-load.ts";

const KINDS: readonly Kind[] = ["no search", "search"];
const POSTERS = [1, 10, 50] as const;
const WORKER = ["idle", "busy"] as const;
const PERCENTILES = [50, 95, 99] as const;
/** Searches that wait for the worker when it is busy. */
const BACKLOG = 100;
/** A round takes each case in parts, the others in between: noise of the machine meets all of them. */
const PARTS = 2;

const USAGE = `deno task bench:webhook [options]

  --json FILE   write the results there too
  --rounds N    rounds of each case (3)
  --posts N     posts of each case in a round (200), half of them at a time
  --drivers N   drivers in the city (10000)
  --quick       one round of 60 posts
  --help        this text`;

/** One case: what is posted, by how many at once, and what the worker has to do beside it. */
interface Case {
  readonly kind: Kind;
  readonly posters: number;
  readonly worker: typeof WORKER[number];
}

/** What the cases are measured on. */
interface Bench {
  readonly sql: Sql;
  readonly people: ChatPeople;
  readonly post: (kind: Kind, options: { posters: number; posts: number }) => Promise<Timings>;
}

/** `deno task bench:webhook`: from POST to 200, and to the reply, with and without a search behind it. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      json: { type: "string" },
      rounds: { type: "string", default: "3" },
      posts: { type: "string", default: "200" },
      drivers: { type: "string", default: "10000" },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const drivers = Number(values.drivers);
  const rounds = values.quick ? 1 : Number(values.rounds);
  const posts = values.quick ? 60 : Number(values.posts);
  await using server = await startTemporaryPostgres({
    durable: true,
    settings: { shared_buffers: "512MB", jit: "off" },
  });
  const sql = postgres(server.url, { max: 4, onnotice: () => {} });
  report(`filling a city of ${drivers} drivers`);
  await migrate(sql);
  await fillCity(sql, drivers);
  const people = await fillChat(sql);
  // A search that another one has just made is answered from the cache: here each is to be made.
  await using stack = await startBenchStack({ DATABASE_URL: server.url, CACHE_POOL_TTL_S: "1" });
  const { info } = stack;
  const listening = new AbortController();
  const replies = new ReplyTimes();
  await replies.listen(info, listening.signal);
  await fetch(`${info.graph_url}/standin/settings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ statuses: false }),
  });
  let next = 0;
  const bench: Bench = {
    sql,
    people,
    post: (kind, { posters, posts: count }) => {
      const { measured } = people;
      const chosen = Array.from({ length: count }, () => measured[next++ % measured.length])
        .filter((person) => person !== undefined);
      return postLoad(info, { kind, posters, people: chosen }, replies);
    },
  };
  try {
    const { results, ratios } = await measure(bench, { rounds, posts });
    await publish({
      name: `webhook, ${drivers} drivers`,
      date: new Date().toISOString(),
      machine: await describeMachine(server.url),
      results,
      ratios,
    }, values.json);
  } finally {
    listening.abort();
    await sql.end({ timeout: 5 });
  }
  return 0;
}

/** Every case in turn, round by round, so that a machine that slows down slows all of them. */
async function measure(
  bench: Bench,
  { rounds, posts }: { rounds: number; posts: number },
): Promise<{ results: Result[]; ratios: Record<string, Ratio> }> {
  const cases = POSTERS.flatMap((posters) =>
    WORKER.flatMap((worker) => KINDS.map((kind): Case => ({ kind, posters, worker })))
  );
  for (const kind of KINDS) await bench.post(kind, { posters: 5, posts: 50 });
  const seen = new Map<Case, Timings[]>(cases.map((one) => [one, []]));
  for (let round = 1; round <= rounds; round++) {
    const parts = new Map<Case, Timings[]>(cases.map((one) => [one, []]));
    for (let part = 1; part <= PARTS; part++) {
      report(`round ${round} of ${rounds}, part ${part} of ${PARTS}`);
      for (const one of cases) {
        parts.get(one)?.push(await measureCase(bench, { one, posts: posts / PARTS }));
      }
    }
    for (const [one, timings] of parts) seen.get(one)?.push(together(timings));
  }
  const results = [...seen].flatMap(([one, timings]) => [
    ...PERCENTILES.map((p) =>
      summarize(`${caseName(one)}: 200, p${p}`, timings.map((t) => percentile(t.answers, p)), "ms")
    ),
    ...[50, 95].map((p) =>
      summarize(
        `${caseName(one)}: reply, p${p}`,
        timings.map((t) => percentile(t.replies, p)),
        "ms",
      )
    ),
  ]);
  return { results, ratios: ratios(results) };
}

function together(parts: readonly Timings[]): Timings {
  return {
    answers: parts.flatMap(({ answers }) => answers),
    replies: parts.flatMap(({ replies }) => replies),
  };
}

async function measureCase(
  { sql, people, post }: Bench,
  { one, posts }: { one: Case; posts: number },
): Promise<Timings> {
  await waitUntilIdle(sql);
  await sql`delete from mobility.sending_pairs`;
  if (one.worker === "idle") return await post(one.kind, { posters: one.posters, posts });
  const busy = new AbortController();
  const feeding = keepBusy(sql, {
    people: people.background,
    waiting: BACKLOG,
    signal: busy.signal,
  });
  try {
    return await post(one.kind, { posters: one.posters, posts });
  } finally {
    busy.abort();
    await feeding;
  }
}

function ratios(results: readonly Result[]): Record<string, Ratio> {
  const of = (one: Case): Result => {
    const name = `${caseName(one)}: 200, p95`;
    const result = results.find((measured) => measured.case === name);
    if (result === undefined) throw new Error(`Cannot compare "${name}": it was not measured`);
    return result;
  };
  const all: Record<string, Ratio> = {};
  for (const posters of POSTERS) {
    for (const worker of WORKER) {
      const [plain, search] = KINDS.map((kind): Case => ({ kind, posters, worker }));
      if (plain === undefined || search === undefined) continue;
      all[`${posters} at once, worker ${worker}: p95 of the 200 with a search over without`] =
        ratioOf(of(search), of(plain));
    }
    const [idle, busy] = WORKER.map((worker): Case => ({ kind: "no search", posters, worker }));
    if (idle === undefined || busy === undefined) continue;
    all[`${posters} at once, no search: p95 of the 200 with a busy worker over an idle one`] =
      ratioOf(of(busy), of(idle));
  }
  return all;
}

function caseName({ kind, posters, worker }: Case): string {
  return `${posters} at once, worker ${worker}, ${kind}`;
}

if (import.meta.main) await runCommand(main, USAGE);
