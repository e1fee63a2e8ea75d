import { Latencies, percentile } from "../city/latencies.ts";
import type { SimulatedCity } from "./city.ts";
import { describeCode, describeMachine } from "./machine.ts";
import { type CitySource, drawCity, openCity } from "./open-city.ts";
import type { SimulateOptions } from "./options.ts";
import { resultOptionsOf } from "./result-options.ts";
import type { Results } from "./results.ts";
import { cancellationsOf, demandOf, driverRowOf, requestRowOf } from "./rows.ts";
import { startSimulatedSystem } from "./simulated-system.ts";
import { simulate, type SimulationProgress, type SimulationRecord } from "./simulation.ts";
import { Streams } from "./streams.ts";
import { summarise } from "./summarise.ts";

/** How to run a simulation, and whom to tell. */
export interface RunOptions {
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
  readonly onProgress: (progress: SimulationProgress) => void;
}

/** Starts the system, plays the city, and makes the result of it. @throws {Error} saying what to do */
export async function runSimulation(
  options: SimulateOptions,
  { signal, onLine, onProgress }: RunOptions,
): Promise<Results> {
  const source = await openCity(options);
  const streams = new Streams(options.seed);
  const latencies = new Latencies();
  await using system = await startSimulatedSystem({
    nowMs: source.period.warmUpFromMs,
    seed: options.seed,
    latencies,
    isDirect: options.isDirect,
    onProgress: onLine,
  });
  const city = await drawCity(source, { options, streams, sql: system.sql });
  onLine(
    `${city.name}: ${city.wishes.length} requests, ${city.drivers.length} drivers, ${options.hours} h ` +
      "and 15 minutes before them; Ctrl-C ends it with the result so far",
  );
  const startedAt = new Date();
  const startedMs = performance.now();
  const { period } = source;
  const { policy } = options;
  const record = await simulate({ system, city, period, policy, streams, signal, onProgress });
  const tookS = (performance.now() - startedMs) / 1000;
  return {
    ...await resultOf(record, { options, source, city }),
    searches: await system.searches(),
    measured: {
      started_at: startedAt.toISOString(),
      took_s: Math.round(tookS * 10) / 10,
      code: await describeCode(),
      machine: await describeMachine(system.sql),
      latencies: stepsOf(latencies),
    },
  };
}

async function resultOf(
  record: SimulationRecord,
  { options, source, city }: {
    options: SimulateOptions;
    source: CitySource;
    city: SimulatedCity;
  },
): Promise<Omit<Results, "measured">> {
  const requests = record.requests.map((request) => requestRowOf(request, source.period));
  const drivers = record.drivers.map(driverRowOf);
  const cancellations = cancellationsOf(record.requests);
  const by = (side: string): number =>
    cancellations.filter((row) => row.side === side).reduce((sum, { count }) => sum + count, 0);
  return {
    kind: "mobility simulation",
    version: 1,
    name: options.name,
    options: resultOptionsOf(options, source.date),
    demand: await demandOf(city.wishes),
    is_complete: record.isComplete,
    summary: summarise(requests, drivers, { driver: by("driver"), passenger: by("passenger") }),
    cancellations,
    requests,
    drivers,
    timeline: [...record.timeline],
    idle_places: record.idlePlaces.rows(),
    // The most visited first.
    places: city.hotSpots.toSorted((a, b) => b.weight - a.weight).flatMap(({ name, lat, lng }) =>
      name === undefined ? [] : [{ name, lat, lng }]
    ),
    refused_positions: Object.fromEntries(record.refusedPositions),
    invariants: [...record.invariants],
  };
}

function stepsOf(latencies: Latencies): Results["measured"]["latencies"] {
  return latencies.all().map(([step, taken]) => {
    const at = (percent: number): number => Math.round(percentile(taken, percent) * 100) / 100;
    return {
      step,
      calls: taken.length,
      p50_ms: at(50),
      p95_ms: at(95),
      p99_ms: at(99),
      max_ms: at(100),
    };
  });
}
