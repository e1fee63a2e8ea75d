import type { Sql } from "postgres";
import { JOBS } from "../stack/jobs.ts";
import { localHour, type Period, type SimulatedCity } from "./city.ts";
import { after, type Context } from "./context.ts";
import { EventQueue } from "./event-queue.ts";
import { Fleet } from "./fleet.ts";
import { type Invariant, Invariants } from "./invariants.ts";
import { OfferWatch } from "./offer-watch.ts";
import { addRecords } from "./past-records.ts";
import { playPickup } from "./pickup.ts";
import type { RideRequest } from "./request.ts";
import type { Results } from "./results.ts";
import { Rides } from "./rides.ts";
import { IdlePlaces } from "./rows.ts";
import type { SimulatedSystem } from "./simulated-system.ts";
import type { Streams } from "./streams.ts";
import { type DispatchPolicy, SystemCalls } from "./system-calls.ts";
import type { Driver } from "./driver.ts";

/** What a simulation plays, on what. */
export interface SimulationOptions {
  readonly system: SimulatedSystem;
  readonly city: SimulatedCity;
  readonly period: Period;
  readonly policy: DispatchPolicy;
  readonly streams: Streams;
  /** Stops it; what has happened so far is the result. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: SimulationProgress) => void;
}

/** How far a simulation is. */
export interface SimulationProgress {
  /** Hours and minutes, local. */
  readonly time: string;
  readonly share: number;
  /** Seconds played so far. */
  readonly playedS: number;
  readonly requests: number;
  readonly live: number;
}

/** What happened. */
export interface SimulationRecord {
  readonly isComplete: boolean;
  readonly requests: readonly RideRequest[];
  readonly drivers: readonly Driver[];
  readonly timeline: Results["timeline"];
  readonly idlePlaces: IdlePlaces;
  readonly refusedPositions: ReadonlyMap<string, number>;
  readonly invariants: readonly Invariant[];
}

const LOOKS_EVERY_S = 300;
/** After the last wish everybody may finish; who has not by then never will. */
const LONGEST_END_MS = 3 * 3_600_000;
/** Work of the clock that rides depend on; the chat's has nobody to write to here. */
const OWN_JOBS = ["sweep", "sweep_dispatch", "roll_up", "prune"];
/** What dies at once and often: pools and what changes with every offer. */
const VACUUMED = [
  "live_drivers_*",
  "live_passengers_*",
  "offers",
  "dispatches",
  "trips",
  "matches",
];

/** Plays a city's day, event by event. @throws {UnexpectedAnswerError} for what a correct system does not answer */
export async function simulate(options: SimulationOptions): Promise<SimulationRecord> {
  return await new Simulation(options).run();
}

class Simulation {
  readonly #options: SimulationOptions;
  readonly #context: Context;
  readonly #queue = new EventQueue();
  readonly #fleet: Fleet;
  readonly #rides: Rides;
  readonly #invariants: Invariants;
  readonly #idlePlaces = new IdlePlaces();
  readonly #timeline: Results["timeline"] = [];
  #wishesOver = false;

  constructor(options: SimulationOptions) {
    const { system, city, period, policy, streams } = options;
    this.#options = options;
    this.#context = {
      city,
      period,
      policy,
      streams,
      clock: system.clock,
      queue: this.#queue,
      calls: new SystemCalls(system),
    };
    this.#fleet = new Fleet(this.#context);
    const watch = new OfferWatch(system.sql);
    this.#rides = new Rides({ ...this.#context, fleet: this.#fleet, watch, onMatch: playPickup });
    this.#invariants = new Invariants(system.sql);
  }

  async run(): Promise<SimulationRecord> {
    const { system, period, signal } = this.#options;
    await addRecords(system.sql, this.#fleet.drivers);
    this.#fleet.plan();
    this.#rides.plan();
    await this.#planJobs();
    await this.#planWindows();
    this.#planLook();
    this.#queue.plan(period.untilMs, () => {
      this.#wishesOver = true;
      return Promise.resolve();
    });
    const giveUpMs = period.untilMs + LONGEST_END_MS;
    while (!signal.aborted && !(this.#wishesOver && this.#rides.live === 0)) {
      const event = this.#queue.take();
      if (event === undefined || event.atMs > giveUpMs) break;
      const { clock } = this.#context;
      clock.advanceTo(Math.max(clock.nowMs, Math.ceil(event.atMs)));
      await event.act();
    }
    for (const driver of this.#fleet.drivers) {
      driver.enter(driver.state, this.#context.clock.nowMs);
    }
    if (signal.aborted) await this.#invariants.check();
    else await this.#invariants.checkEnd(this.#rides.requests);
    return {
      isComplete: !signal.aborted,
      requests: this.#rides.requests.filter(({ isCounted }) => isCounted),
      drivers: this.#fleet.drivers,
      timeline: this.#timeline,
      idlePlaces: this.#idlePlaces,
      refusedPositions: this.#context.calls.refusedPositions,
      invariants: this.#invariants.results(),
    };
  }

  /** Runs what runs by the clock in production, as often; and vacuum, as autovacuum would. */
  async #planJobs(): Promise<void> {
    const { sql } = this.#options.system;
    const rows = await sql<{ proname: string }[]>`
      select proname from pg_proc where pronamespace = 'public'::regnamespace and proname = any(${OWN_JOBS})`;
    const present = new Set(rows.map(({ proname }) => proname));
    for (const job of JOBS) {
      if (!("rpc" in job) || !present.has(job.rpc)) continue;
      this.#every(job.every_s, async () => {
        const answer = await this.#context.calls.runJob(job.rpc);
        if (Number(answer["dispatches"] ?? 0) > 0) await this.#rides.notify();
      });
    }
    this.#every(LOOKS_EVERY_S, () => vacuum(sql));
  }

  /** Where requests are collected, assigns those of each window at its end, as the functions do in real time. */
  async #planWindows(): Promise<void> {
    const { system, policy } = this.#options;
    const { windowS, idleCreditS } = policy;
    await system.sql`select public.set_dispatch_policy(${windowS}, ${idleCreditS})`;
    if (windowS === 0) return;
    const { clock, calls } = this.#context;
    // Windows end at multiples of their length, for everybody.
    const untilEndS = windowS - (clock.nowMs / 1000) % windowS;
    const assign = async (): Promise<void> => {
      if (await calls.assignWaiting() > 0) await this.#rides.notify();
    };
    after(this.#context, {
      seconds: untilEndS,
      act: async () => {
        await assign();
        this.#every(windowS, assign);
      },
    });
  }

  #planLook(): void {
    this.#every(LOOKS_EVERY_S, async () => {
      await this.#invariants.check();
      this.#look();
    });
    this.#every(60, () => {
      this.#tellProgress();
      return Promise.resolve();
    });
  }

  #look(): void {
    const { clock, period } = this.#context;
    if (clock.nowMs < period.fromMs || clock.nowMs >= period.untilMs) return;
    const counts = { idle: 0, to_pickup: 0, riding: 0 };
    for (const driver of this.#fleet.drivers) {
      if (driver.state === "idle") {
        counts.idle++;
        this.#idlePlaces.add(driver.at(clock.nowMs), LOOKS_EVERY_S / 60);
      } else if (driver.state === "riding") counts.riding++;
      else if (driver.state !== "offline") counts.to_pickup++;
    }
    this.#timeline.push({
      at_s: Math.round((clock.nowMs - period.fromMs) / 1000),
      ...counts,
      searching: this.#rides.requests.filter(({ stage }) => stage === "searching").length,
    });
  }

  #tellProgress(): void {
    const { clock, period, city } = this.#context;
    const hour = localHour(city, clock.nowMs);
    const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
    this.#options.onProgress({
      time: `${two(hour)}:${two((hour % 1) * 60)}`,
      share: Math.min(
        1,
        (clock.nowMs - period.warmUpFromMs) / (period.untilMs - period.warmUpFromMs),
      ),
      playedS: (clock.nowMs - period.warmUpFromMs) / 1000,
      requests: this.#rides.requests.length,
      live: this.#rides.live,
    });
  }

  #every(seconds: number, act: () => Promise<void>): void {
    this.#repeat(this.#context.clock.nowMs + seconds * 1000, { everyMs: seconds * 1000, act });
  }

  /** Counts from when it was planned, however late the events before it make it. */
  #repeat(atMs: number, every: { readonly everyMs: number; act: () => Promise<void> }): void {
    this.#queue.plan(atMs, async () => {
      await every.act();
      this.#repeat(atMs + every.everyMs, every);
    });
  }
}

async function vacuum(sql: Sql): Promise<void> {
  const rows = await sql<{ relname: string }[]>`
    select relname from pg_class
    where relnamespace = 'mobility'::regnamespace and relkind = 'r'
      and relname like any(${VACUUMED.map((name) => name.replace("*", "%"))})`;
  for (const { relname } of rows) await sql`vacuum (analyze) ${sql(`mobility.${relname}`)}`;
}
