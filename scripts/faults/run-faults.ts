import { describeMachine } from "../bench/results.ts";
import { openCity } from "./city.ts";
import { DATABASE_FAULTS } from "./database-faults.ts";
import type { Fault } from "./fault.ts";
import { checkAtTheEnd } from "./final-checks.ts";
import { clockFaults, GRAPH_FAULTS, processFaults } from "./other-faults.ts";
import { pause } from "./caller.ts";
import { planTurns } from "./plan.ts";
import { REDIS_FAULTS } from "./redis-faults.ts";
import type { FaultsResult, Violation } from "./results.ts";
import { settle } from "./settle.ts";
import { openStage, type Stage } from "./stage.ts";
import { type FaultWindow, trafficOf } from "./traffic.ts";
import { Watch } from "./watch.ts";

/** How to run the hour. */
export interface RunFaultsOptions {
  readonly minutes: number;
  readonly seed: number;
  /** Those whose names have one of these texts in them; all without it. */
  readonly only?: readonly string[];
  readonly drivers?: number;
  readonly passengers?: number;
  readonly chats?: number;
  readonly onProgress: (line: string) => void;
  /** What functions, and callers who are not answered, say. */
  readonly onLog?: (line: string) => void;
  readonly onViolation: (violation: Violation) => void;
  readonly signal: AbortSignal;
}

const MINUTES_OF_THE_CITY = 60;
const LAST_LINES = 400;
const LINES_AROUND = 15;
/** What functions say of every request. */
const EVERYDAY = /"level":"(?:info|debug)"|^migration /;
const WARM_UP_MS = 5_000;

/** A city hour on a stack of its own, one fault after the other, and what was found. */
export async function runFaults(options: RunFaultsOptions): Promise<FaultsResult> {
  const { minutes, seed, onProgress } = options;
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  const log: string[] = [];
  const startedAt = performance.now();
  const note = (line: string): void => {
    if (EVERYDAY.test(line)) return;
    options.onLog?.(line);
    log.push(`${((performance.now() - startedAt) / 1000).toFixed(2)} ${line}`);
    if (log.length > LAST_LINES) log.splice(0, log.length - LAST_LINES);
  };
  await using stage = await openStage({ onProgress, onLog: note });
  const faults = chooseFaults(stage, options.only ?? []);
  const turns = planTurns(faults.map(({ name }) => name), { minutes, seed });

  let during = "before the first fault";
  const ended = new AbortController();
  const watch = new Watch({
    sql: stage.sql,
    signal: ended.signal,
    during: () => during,
    around: () => log.slice(-LINES_AROUND),
    onViolation: options.onViolation,
  });
  const city = await openCity(stage, {
    seed,
    speed: MINUTES_OF_THE_CITY / minutes,
    drivers: options.drivers ?? 40,
    passengers: options.passengers ?? 14,
    chats: options.chats ?? 5,
    signal,
    note,
    onViolation: (rule, what) => watch.note(rule, what),
  });
  onProgress("the city is open");
  const watching = watch.run();
  // Whoever plays the city and fails ends the hour.
  const living = city.live().catch((error: unknown) => stopping.abort(error));
  await pause(WARM_UP_MS, signal);

  const windows: (FaultWindow & { readonly name: string })[] = [];
  const beganAt = performance.now();
  for (const turn of turns) {
    await pause(beganAt + turn.injectAtMs - performance.now(), signal);
    if (signal.aborted) break;
    during = turn.name;
    note(`--- ${turn.name}`);
    onProgress(turn.name);
    const injectedAt = performance.now();
    const lift = await faults.find(({ name }) => name === turn.name)?.inject(stage);
    await pause(beganAt + turn.liftAtMs - performance.now(), signal);
    await lift?.();
    const liftedAt = performance.now();
    during = `after: ${turn.name}`;
    note(`--- lifted: ${turn.name}`);
    await pause(beganAt + turn.endAtMs - performance.now(), signal);
    windows.push({ name: turn.name, injectedAt, liftedAt, until: performance.now() });
  }

  during = "settling";
  city.goHome();
  if (!signal.aborted) {
    onProgress("everything is mended; everybody goes home");
    await settle(stage, { city, onProgress, signal });
  }
  const isInterrupted = signal.aborted;
  ended.abort();
  await Promise.all([watching, city.close(), living]);
  if (isInterrupted) throw signal.reason;
  await watch.look();
  const checked = await checkAtTheEnd({
    sql: stage.sql,
    ledger: city.ledger,
    sent: await city.sentReplies(),
    onViolation: (rule, what) => watch.note(rule, what),
  });
  return {
    seed,
    minutes,
    date: new Date().toISOString(),
    machine: await describeMachine(stage.stack.info.db_url),
    faults: windows.map((window) => ({
      name: window.name,
      seconds: (window.liftedAt - window.injectedAt) / 1000,
      ...trafficOf(city.sent, window),
      violations: watch.violations.filter((found) => found.during.endsWith(window.name)).length,
    })),
    life: city.ledger.counts,
    checks: {
      "looks at the invariants": watch.looks,
      "looks while the database was away": watch.blind,
      ...checked,
    },
    violations: watch.violations,
  };
}

/** @throws {Error} naming the faults there are when none is chosen */
function chooseFaults(stage: Stage, only: readonly string[]): Fault[] {
  const all = [
    ...REDIS_FAULTS,
    ...DATABASE_FAULTS,
    ...GRAPH_FAULTS,
    ...processFaults(Object.keys(stage.stack.functionPids())),
    ...(stage.setClocks === undefined ? [] : clockFaults(stage.setClocks)),
  ];
  const chosen = only.length === 0
    ? all
    : all.filter(({ name }) => only.some((text) => name.toLowerCase().includes(text)));
  if (chosen.length > 0) return chosen;
  const names = all.map(({ name }) => `  ${name}`).join("\n");
  throw new Error(`No fault is called "${only.join('", "')}". There are:\n${names}`);
}
