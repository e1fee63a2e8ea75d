import { basename } from "node:path";
import { parseArgs } from "node:util";
import { print, report } from "../print.ts";
import type { City, CityOptions } from "./city.ts";
import { openDemoStack } from "./demo-stack.ts";
import { kigaliCity, readKigali } from "./kigali-city.ts";
import { Latencies } from "../city/latencies.ts";
import { pickupsCity } from "./pickups-city.ts";
import { parsePickups } from "../city/pickups-file.ts";
import { ProgressLine } from "../city/progress-line.ts";
import { runCommand } from "../run-command.ts";
import { replay } from "./replay.ts";
import { formatResult } from "./result-table.ts";
import { ServiceClient } from "../city/service-client.ts";

const USAGE = `deno task demo [options]

  --pickups FILE     replay the pickups of a CSV with the columns "Date/Time","Lat","Lon"; without it, Kigali
  --rides N          how many rides are asked for (200)
  --concurrency N    how many passengers at a time (12)
  --seed N           draw other places, times and moods (1)
  --vehicle TYPE     everybody asks for and drives that: moto, cab, lifan, truck or other
  --speed N          simulated seconds in a second (900)

Uses the running stack (deno task start), else starts one for itself.`;

/** `deno task demo`: replays a city over HTTP and tells how it went. */
async function main(signal: AbortSignal): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      pickups: { type: "string" },
      rides: { type: "string", default: "200" },
      concurrency: { type: "string", default: "12" },
      seed: { type: "string", default: "1" },
      vehicle: { type: "string" },
      speed: { type: "string", default: "900" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const concurrency = positive(values.concurrency, "--concurrency");
  const speed = positive(values.speed, "--speed");
  const options: CityOptions = {
    rides: positive(values.rides, "--rides"),
    seed: positive(values.seed, "--seed"),
    vehicleType: values.vehicle,
  };
  // Read before anything is started: a wrong path should not cost ten seconds.
  const recorded = values.pickups === undefined
    ? undefined
    : await readCity(values.pickups, options);

  await using stack = await openDemoStack(signal);
  const city = recorded ?? kigaliCity(await readKigali(stack.info.db_url), options);
  const latencies = new Latencies();
  const client = new ServiceClient({
    functionsUrl: stack.info.functions_url,
    secretKey: stack.info.secret_key,
    latencies,
    findInLog: (requestId) => stack.findInLog(requestId),
  });
  const line = new ProgressLine();
  const startedAt = performance.now();
  report(`replaying ${city.requests.length} rides of ${city.name}; Ctrl-C stops it`);
  const { outcomes, driversOnline, failure } = await replay(city, {
    client,
    concurrency,
    speed,
    seed: options.seed,
    signal,
    onProgress: ({ what, done, of, at }) =>
      line.show(`${what} ${done}/${of}${at === undefined ? "" : `, asked at ${at}`}`, {
        isLast: done === of,
      }),
  });
  line.end();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  const title =
    `${city.name}: ${driversOnline} drivers, ${concurrency} passengers at a time, ${seconds} s`;
  for (const text of formatResult({ title, outcomes, latencies })) print(text);
  if (failure !== undefined) {
    report(`FAILED ${failure instanceof Error ? failure.message : String(failure)}`);
    return 1;
  }
  return signal.aborted ? 130 : 0;
}

async function readCity(path: string, options: CityOptions): Promise<City> {
  try {
    const pickups = parsePickups(await Deno.readTextFile(path));
    return pickupsCity(pickups, { ...options, name: basename(path) });
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Error(`Cannot read "${path}": there is no such file`, { cause });
  }
}

function positive(text: string, name: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`Cannot use "${text}" as ${name}: give a whole number above 0`);
}

if (import.meta.main) {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      if (!interrupted.signal.aborted) {
        report("\nstopping: cancelling the rides that are under way");
      }
      interrupted.abort();
    });
  }
  await runCommand(async () => {
    try {
      return await main(interrupted.signal);
    } catch (error) {
      if (interrupted.signal.aborted) return 130;
      throw error;
    }
  }, USAGE);
}
