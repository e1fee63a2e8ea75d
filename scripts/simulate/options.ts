import { basename } from "node:path";
import { parseArgs } from "node:util";
import { dispatchDefaults } from "../../shared/dispatch/mod.ts";
import { strategyName } from "../../shared/ranking/mod.ts";
import { habits } from "./habits.ts";
import type { DispatchPolicy } from "./system-calls.ts";

/** `deno task simulate --help`. */
export const USAGE = `deno task simulate [options]
deno task simulate --compare A.json B.json [--out FILE.html]
deno task simulate --compare A1.json,A2.json B1.json,B2.json
deno task simulate --report RESULT.json
deno task simulate --study [--seeds N] [--scale N] [--pickups FILE] [--played] [--json FILE]

Plays a city on simulated time, on a PostgreSQL of its own, through the real functions; writes the result
as JSON and as a page. --compare sets two results of the same requests side by side, or several pairs of them, a
seed each, as one. --study plays every policy on Kigali, and on a file, with several seeds; see --study --help.

  --pickups FILE     demand from a CSV with the columns "Date/Time","Lat","Lon"; without it, Kigali
  --scale N          share of the city, drivers and demand alike (0.01 of Kigali, 1 of a file)
  --drivers N        so many drivers at any time, instead of the city's shifts
  --willingness N    mean chance that a driver accepts a ride around the corner (0.88)
  --from HH:MM       local time of the first request that counts (07:00); people are there 15 minutes before
  --hours N          for how long (2)
  --date YYYY-MM-DD  which day (2026-03-02, a Monday; of a file, its first)
  --vehicle TYPE     moto, cab, lifan, truck or other (moto; of a file, cab)
  --seed N           draw other people with other moods (1)
  --strategy NAME    ${strategyName.options.join(", ")} (${dispatchDefaults.strategy})
  --window-s N       collect requests for so long and assign them together (0: each at once)
  --idle-credit-s N  then: seconds of approach that a minute without a ride is worth to a driver (1)
  --batch-size N     drivers asked at a time (1)
  --offer-s N        seconds each of them has (${dispatchDefaults.offerS})
  --radius-m N       how far away a driver may be (10000)
  --direct           call the functions' code without HTTP between
  --name NAME        names the files (the city, the strategy and the seed)
  --out FOLDER       where they go (results/simulations)

Ctrl-C ends it with the result so far.`;

/** `deno task simulate --study --help`. */
export const STUDY_USAGE = `deno task simulate --study [options]

Plays every policy of dispatch on the same requests, one run after the other, and compares each with "the nearest
driver, one at a time". A run whose result is there already is not played again: Ctrl-C, and the same command later
goes on where it was. About a minute and a half a run on a machine of two cores.

  --seeds N          how often, with other people (3)
  --scale N          share of Kigali (0.03)
  --pickups FILE     the evening of a CSV of recorded pickups too
  --date YYYY-MM-DD  which day of the file (its first)
  --played           play nothing: compare what there is
  --json FILE        where the comparison goes (results/quality.json)
  --out FOLDER       where the single results go (results/simulations/study)`;

/** What to simulate. */
export interface SimulateOptions {
  readonly pickups: string | undefined;
  readonly scale: number;
  readonly drivers: number | undefined;
  readonly willingness: number | undefined;
  /** Minutes after local midnight. */
  readonly fromMinutes: number;
  readonly hours: number;
  readonly date: string | undefined;
  readonly vehicleType: string;
  readonly seed: number;
  readonly policy: DispatchPolicy;
  readonly isDirect: boolean;
  readonly name: string;
  readonly folder: string;
}

/** What the command was asked to do. */
export type Command =
  | { readonly do: "help"; readonly usage: string }
  | {
    readonly do: "compare";
    /** Of each side one for each seed, in the same order. */
    readonly paths: readonly [readonly string[], readonly string[]];
    readonly out: string | undefined;
  }
  | { readonly do: "report"; readonly path: string }
  | { readonly do: "study"; readonly options: StudyOptions }
  | { readonly do: "simulate"; readonly options: SimulateOptions };

const FOLDER = "results/simulations";

/** Reads the command line. @throws {Error} naming the option and what it takes */
export function readCommand(args: readonly string[]): Command {
  if (args.includes("--study")) return readStudy(args.filter((arg) => arg !== "--study"));
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      pickups: { type: "string" },
      scale: { type: "string" },
      drivers: { type: "string" },
      willingness: { type: "string" },
      from: { type: "string", default: "07:00" },
      hours: { type: "string", default: "2" },
      date: { type: "string" },
      vehicle: { type: "string" },
      seed: { type: "string", default: "1" },
      strategy: { type: "string", default: dispatchDefaults.strategy },
      "window-s": { type: "string", default: "0" },
      "idle-credit-s": { type: "string", default: "1" },
      "batch-size": { type: "string", default: "1" },
      "offer-s": { type: "string", default: String(dispatchDefaults.offerS) },
      "radius-m": { type: "string", default: "10000" },
      direct: { type: "boolean", default: false },
      name: { type: "string" },
      out: { type: "string" },
      compare: { type: "boolean", default: false },
      report: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return { do: "help", usage: USAGE };
  if (values.compare) {
    const [a, b, ...more] = positionals;
    if (a === undefined || b === undefined || more.length > 0) {
      throw new Error("Cannot compare: name two results, --compare a.json b.json");
    }
    const paths = [a.split(","), b.split(",")] as const;
    if (paths[0].length !== paths[1].length) {
      throw new Error(
        `Cannot compare ${paths[0].length} results with ${
          paths[1].length
        }: name as many of each, in the same order`,
      );
    }
    return { do: "compare", paths, out: values.out };
  }
  if (positionals.length > 0) {
    throw new Error(`Cannot use "${positionals.join(" ")}": options begin with --, see --help`);
  }
  if (values.report !== undefined) return { do: "report", path: values.report };
  const windowS = number(values["window-s"], { name: "--window-s", min: 0, max: 30 });
  const strategy = strategyName.safeParse(values.strategy);
  if (!strategy.success) {
    throw new Error(
      `Cannot use "${values.strategy}" as --strategy: use ${strategyName.options.join(", ")}`,
    );
  }
  const isFile = values.pickups !== undefined;
  const seed = number(values.seed, { name: "--seed", min: 0, max: 2 ** 31, isWhole: true });
  const city = isFile ? basename(values.pickups ?? "").replace(/\.[^.]*$/, "") : "kigali";
  return {
    do: "simulate",
    options: {
      pickups: values.pickups,
      scale: number(values.scale ?? (isFile ? "1" : "0.01"), {
        name: "--scale",
        min: 0.0001,
        max: 100,
      }),
      drivers: values.drivers === undefined
        ? undefined
        : number(values.drivers, { name: "--drivers", min: 1, max: 100_000, isWhole: true }),
      willingness: values.willingness === undefined
        ? undefined
        : number(values.willingness, { name: "--willingness", min: 0.1, max: 0.99 }),
      fromMinutes: minutesOf(values.from),
      hours: number(values.hours, { name: "--hours", min: 0.05, max: 24 }),
      date: dateOf(values.date),
      vehicleType: vehicleOf(values.vehicle ?? (isFile ? "cab" : "moto")),
      seed,
      policy: {
        strategy: strategy.data,
        windowS,
        idleCreditS: number(values["idle-credit-s"], { name: "--idle-credit-s", min: 0, max: 60 }),
        batchSize: number(values["batch-size"], {
          name: "--batch-size",
          min: 1,
          max: 10,
          isWhole: true,
        }),
        offerS: number(values["offer-s"], { name: "--offer-s", min: 5, max: 300, isWhole: true }),
        radiusM: number(values["radius-m"], {
          name: "--radius-m",
          min: 100,
          max: 50_000,
          isWhole: true,
        }),
      },
      isDirect: values.direct,
      name: nameOf(
        values.name ?? `${city}-${strategy.data}${windowS > 0 ? `-${windowS}s` : ""}-${seed}`,
      ),
      folder: values.out ?? FOLDER,
    },
  };
}

/** How to compare all policies. */
export interface StudyOptions {
  readonly seeds: number;
  /** Share of Kigali. */
  readonly scale: number;
  readonly pickups: string | undefined;
  readonly date: string | undefined;
  /** Plays nothing, and compares what there is. */
  readonly isPlayed: boolean;
  readonly json: string;
  readonly folder: string;
}

function readStudy(args: readonly string[]): Command {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string", default: "3" },
      scale: { type: "string", default: "0.03" },
      pickups: { type: "string" },
      date: { type: "string" },
      played: { type: "boolean", default: false },
      json: { type: "string", default: "results/quality.json" },
      out: { type: "string", default: `${FOLDER}/study` },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return { do: "help", usage: STUDY_USAGE };
  return {
    do: "study",
    options: {
      seeds: number(values.seeds, { name: "--seeds", min: 1, max: 100, isWhole: true }),
      scale: number(values.scale, { name: "--scale", min: 0.0001, max: 100 }),
      pickups: values.pickups,
      date: dateOf(values.date),
      isPlayed: values.played,
      json: values.json,
      folder: values.out,
    },
  };
}

function number(
  text: string,
  { name, min, max, isWhole = false }: {
    name: string;
    min: number;
    max: number;
    isWhole?: boolean;
  },
): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= min && value <= max && (!isWhole || Number.isInteger(value))) {
    return value;
  }
  const what = isWhole ? "a whole number" : "a number";
  throw new Error(`Cannot use "${text}" as ${name}: give ${what} from ${min} to ${max}`);
}

function minutesOf(text: string): number {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  const value = Number(hours) * 60 + Number(minutes);
  if (Number(hours) < 24 && Number(minutes) < 60) return value;
  throw new Error(`Cannot use "${text}" as --from: give a time of the day, such as 07:00`);
}

function dateOf(text: string | undefined): string | undefined {
  const isDate = text === undefined ||
    /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
  if (isDate) return text;
  throw new Error(`Cannot use "${text}" as --date: give a day, such as 2026-03-02`);
}

function vehicleOf(text: string): string {
  if (Object.hasOwn(habits.roads.speedMps, text)) return text;
  const known = Object.keys(habits.roads.speedMps).join(", ");
  throw new Error(`Cannot use "${text}" as --vehicle: use ${known}`);
}

function nameOf(text: string): string {
  if (/^[\w.-]{1,80}$/.test(text)) return text;
  throw new Error(`Cannot use "${text}" as --name: use letters, digits, dots and dashes`);
}
