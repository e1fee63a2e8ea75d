import { benchSection } from "./bench-section.ts";
import { faultsSection } from "./faults-section.ts";
import { fuzzSection } from "./fuzz-section.ts";
import { loadSection } from "./load-section.ts";
import { qualitySection } from "./quality-section.ts";
import type { RenderSection } from "./section.ts";

/** Something that is measured by a command that writes JSON, and how it is shown. */
export interface Measurement {
  readonly name: string;
  readonly title: string;
  /** Arguments of `deno task`, without `--json`. */
  readonly task: readonly string[];
  /** About how long it takes on two cores. */
  readonly minutes: number;
  /** Measured only when it is named, or with --all. */
  readonly isLong?: boolean;
  readonly render: RenderSection;
}

/** Everything that docs/RESULTS.md shows, in its order. */
export const MEASUREMENTS: readonly Measurement[] = [
  shown(loadSection, {
    name: "kigali",
    minutes: 13,
    task: ["load", "kigali", "--duration", "10m"],
    title: "All of Kigali in real time",
    about:
      "Every moto's position each 30 s while 16 people a second ask for a ride, whether or not those before them " +
      "were answered; functions, database and load on one machine.",
    promises: [
      { promise: "p95 of find-drivers below 200 ms", calls: /^find drivers$/, p95Ms: 200 },
      { promise: "p95 of accept-match below 100 ms", calls: /^accept match$/, p95Ms: 100 },
    ],
    mostFailed: 0,
    cache: { hitRate: 0.8, timeShare: 1 / 3 },
  }),
  shown(loadSection, {
    name: "city",
    minutes: 4,
    task: ["load", "city"],
    title: "1,000 people",
    about: "People with the pauses of people: rides, searches, chats, and gateways of positions.",
    promises: [{ promise: "p95 of every call below 500 ms", calls: /./, p95Ms: 500 }],
    mostFailed: 0.0001,
  }),
  shown(qualitySection, {
    name: "quality",
    minutes: 35,
    isLong: true,
    task: ["simulate", "--study"],
    title: "How well people are served",
    about:
      "Every policy of dispatch on the same requests, in the simulator on its own clock, with other people for each " +
      "seed ([simulation](simulation.md)). A difference in bold has an interval without zero; fewer seeds than the " +
      "others' are for a look.",
  }),
  shown(faultsSection, {
    name: "faults",
    minutes: 8,
    task: ["faults"],
    title: "The fault hour",
    about: "A city lives on while everything breaks once and is mended ([faults](faults.md)).",
  }),
  shown(fuzzSection, {
    name: "fuzz",
    minutes: 3,
    task: ["fuzz"],
    title: "Requests good and bad",
    about:
      "Requests made of the API's own description by schemathesis; those that were refused are sent once more while " +
      "every row of every table is compared.",
  }),
  shown(benchSection, {
    name: "peers",
    minutes: 5,
    task: ["bench:peers"],
    title: "The search beside others",
    about:
      "The nearest nine drivers by this system's search, by the bare index scan, by radius and sort, by Redis " +
      "GEOSEARCH, and by Tile38 where it is installed; alone, and beside every driver's positions. Above 1 is " +
      "in this system's favour. On a sphere, on the spheroid and on this system's plane, drivers who are all but as far " +
      "as each other may change places.",
    promises: [{
      promise: "the ninth driver of each is as far as this system's, to two metres",
      of: /metres that its ninth is farther/,
      atMost: 2,
      unit: " m",
    }],
  }),
  shown(benchSection, {
    name: "cache",
    minutes: 3,
    task: ["bench:cache"],
    title: "A search from the cache",
    about:
      "A search that the cache answers beside one that the database does, one at a time, on the simulator's Kigali " +
      "([decision 0012](decisions/0012-shared-searches.md)).",
    promises: [{
      promise: "a cached search takes at most a third of the time of another (p50)",
      of: /^from the cache over from the database, p50$/,
      atMost: 1 / 3,
      unit: "×",
    }],
  }),
  shown(benchSection, {
    name: "search",
    minutes: 30,
    task: ["bench:search"],
    title: "The search RPC",
    about:
      "The RPC behind find-drivers beside the bare index scan and the obvious query. That one is fast where there is " +
      "little to sort: of 10,000 drivers 50 are trucks.",
    promises: [
      {
        promise: "at least 50 times faster than radius, then sort",
        of: /times faster than radius-then-sort$/,
        atLeast: 50,
        unit: "×",
      },
      {
        promise: "at most 1.5 times the time of the bare scan that gives its rows as JSON",
        of: /time of the RPC over the bare scan, as JSON$/,
        atMost: 1.5,
        unit: "×",
      },
    ],
  }),
  shown(benchSection, {
    name: "tracking",
    minutes: 8,
    task: ["bench:tracking"],
    title: "Positions beside searches",
    about: "Positions in batches of 500 while searches run.",
    promises: [{
      promise: "10,000 positions a second beside searches",
      of: /over the 10,000 asked for$/,
      atLeast: 1,
      unit: "×",
    }],
  }),
  shown(benchSection, {
    name: "webhook",
    minutes: 10,
    task: ["bench:webhook"],
    title: "The webhook",
    about:
      "From a WhatsApp message's POST to its 200 and to the reply, with and without a search behind it.",
    promises: [],
  }),
  shown(benchSection, {
    name: "v1",
    minutes: 10,
    task: ["bench:v1"],
    title: "Beside a V1",
    about:
      "What noting V1's changes costs V1's writes, and a V1 of 100,000 trips carried over while both sides write and " +
      "the backfill is killed. The promise is for a database that waits for its disk, as hosted ones do; without, the " +
      "same microseconds are a larger share of less. Medians of the fifths of a run.",
    promises: [
      {
        promise: "the triggers add at most 20% to the time of V1's writes",
        of: /with statement triggers over none, durable$/,
        atMost: 1.2,
        unit: "×",
      },
      { promise: "V1 and V2 are equal afterwards", of: /^differences found/, atMost: 0 },
    ],
  }),
];

function shown<Shown extends { readonly title: string; readonly task: readonly string[] }>(
  section: (options: Shown) => RenderSection,
  options: Shown & Omit<Measurement, "render">,
): Measurement {
  const { name, title, task, minutes, isLong = false } = options;
  return { name, title, task, minutes, isLong, render: section(options) };
}
