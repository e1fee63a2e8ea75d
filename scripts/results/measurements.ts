import { benchSection } from "./bench-section.ts";
import { loadSection } from "./load-section.ts";
import type { Section } from "./section.ts";

/** Something that is measured by a command that writes JSON, and how it is shown. */
export interface Measurement {
  readonly name: string;
  /** Arguments of `deno task`, without `--json`. */
  readonly task: readonly string[];
  render(report: unknown): Section;
}

const FULL_RIDE = /^(open trip|accept|arrive|start|complete|rate|go online)$/;

/** Everything that docs/RESULTS.md shows, in its order. */
export const MEASUREMENTS: readonly Measurement[] = [
  load(["load", "kigali", "--duration", "10m"], {
    title: "All of Kigali in real time",
    about:
      "26,000 motos ping every 30 s while 16 people a second ask for a ride, whether or not those before them " +
      "were answered; functions, database and load on one machine.",
    promises: [
      { calls: /^find drivers$/, p95Ms: 200 },
      { calls: /^accept match$/, p95Ms: 100 },
    ],
    mostFailed: 0,
  }),
  load(["load", "city"], {
    title: "1,000 people",
    about: "People with the pauses of people: rides, searches, chats, and gateways of positions.",
    promises: [
      { calls: FULL_RIDE, p95Ms: 500 },
      { calls: /^(find drivers|accept match|webhook|update locations)$/, p95Ms: 500 },
    ],
    mostFailed: 0.0001,
  }),
  bench("peers", {
    title: "The search beside others",
    about:
      "The nearest nine drivers by this system's search, by the bare index scan, by radius and sort, by Redis " +
      "GEOSEARCH, and by Tile38 where it is installed; alone, and beside every driver's positions.",
    promises: [],
  }),
  bench("search", {
    title: "The search RPC",
    about: "The RPC behind find-drivers beside the bare index scan and the obvious query.",
    promises: [{
      ratio: /radius-then-sort$/,
      promise: "at least 50 times faster than radius-then-sort",
      holds: (ratio) => ratio >= 50,
    }],
  }),
  bench("tracking", {
    title: "Positions beside searches",
    about: "Positions in batches of 500 while searches run.",
    promises: [{
      ratio: /over the 10,000 asked for$/,
      promise: "10,000 positions a second beside searches",
      holds: (ratio) => ratio >= 1,
    }],
  }),
  bench("webhook", {
    title: "The webhook",
    about:
      "From a WhatsApp message's POST to its 200 and to the reply, with and without a search behind it.",
    promises: [],
  }),
];

function bench(
  name: string,
  shown: Omit<Parameters<typeof benchSection>[1], "command">,
): Measurement {
  const task = [`bench:${name}`];
  return {
    name,
    task,
    render: (report) => benchSection(report, { ...shown, command: commandOf(task) }),
  };
}

function load(
  task: readonly string[],
  shown: Omit<Parameters<typeof loadSection>[1], "command">,
): Measurement {
  const name = task.slice(0, 2).join("-");
  return {
    name,
    task,
    render: (report) => loadSection(report, { ...shown, command: commandOf(task) }),
  };
}

function commandOf(task: readonly string[]): string {
  return `deno task ${task.join(" ")}`;
}
