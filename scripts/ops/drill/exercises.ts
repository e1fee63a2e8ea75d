import type { Rehearsal } from "./rehearsal.ts";

/** Something that breaks, the alert that has to say so, and how long both ways may take. */
export interface Exercise {
  readonly name: string;
  readonly alert: string;
  /** What else the alert's labels have to say. */
  readonly labels: Readonly<Record<string, string>>;
  readonly receiver: "page" | "ticket";
  /** Seconds from the fault to the notification, as the rule's durations add up. */
  readonly fireWithinS: number;
  /** Seconds from the repair to the notification that it is over. */
  readonly resolveWithinS: number;
  break(rehearsal: Rehearsal): Promise<void> | void;
  repair(rehearsal: Rehearsal): Promise<void> | void;
}

const SCRAPE_S = 30;
const EVALUATE_S = 15;
const STOPPED = "tracking";
/** A call of the database goes back and forth a few times. */
const DELAY_MS = 60;

/** The three of the issue: a stopped function, a slow database, a dead Redis. */
export const EXERCISES: readonly Exercise[] = [
  {
    name: "a stopped function",
    alert: "FunctionDown",
    labels: { function: STOPPED, severity: "P0" },
    receiver: "page",
    // A probe that is about to begin and waits for 10 s, the rule's minute, no group_wait.
    fireWithinS: SCRAPE_S + 10 + 60 + EVALUATE_S,
    // The next probe, and Alertmanager's group_interval of a P0.
    resolveWithinS: SCRAPE_S + EVALUATE_S + 60,
    break: ({ stack }) => signal(stack.functionPids()[STOPPED], "SIGSTOP"),
    repair: ({ stack }) => signal(stack.functionPids()[STOPPED], "SIGCONT"),
  },
  {
    name: "a slow database",
    alert: "DatabaseSlow",
    labels: { severity: "P1" },
    receiver: "page",
    // A twentieth of the 5 minutes has to be slow, then the rule's 3 minutes, and group_wait.
    fireWithinS: 15 + SCRAPE_S + EVALUATE_S + 180 + EVALUATE_S + 30,
    // All but a twentieth of the 5 minutes has to be fast again.
    resolveWithinS: 300 + SCRAPE_S + 2 * EVALUATE_S + 60,
    break: ({ database }) => {
      database.delayMs = DELAY_MS;
    },
    repair: ({ database }) => {
      database.delayMs = 0;
    },
  },
  {
    name: "a dead Redis",
    alert: "CacheDown",
    labels: { severity: "P2" },
    receiver: "ticket",
    fireWithinS: SCRAPE_S + 120 + EVALUATE_S + 30,
    resolveWithinS: SCRAPE_S + EVALUATE_S + 300,
    break: ({ redis }) => redis.kill(),
    repair: ({ redis }) => redis.revive(),
  },
];

function signal(pid: number | undefined, name: "SIGSTOP" | "SIGCONT"): void {
  if (pid === undefined) throw new Error(`The function ${STOPPED} does not run`);
  Deno.kill(pid, name);
}
