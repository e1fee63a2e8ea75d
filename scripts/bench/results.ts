import postgres from "postgres";
import { print } from "../print.ts";
import { describeCode } from "../simulate/machine.ts";

/** One measured case: the median of its rounds, and the extremes. */
export interface Result {
  readonly case: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  /** What the figures are of, in the order in which it was measured. */
  readonly rounds?: readonly number[];
}

/** A comparison within one run: the median of its rounds, and the extremes. */
export type Ratio = Pick<Result, "median" | "min" | "max">;

/** What a benchmark prints, and writes with `--json FILE`. */
export interface Report {
  readonly name: string;
  readonly date: string;
  readonly machine: string;
  readonly results: readonly Result[];
  /** Comparisons within this run: what can be quoted of a machine that is shared and noisy. */
  readonly ratios: Readonly<Record<string, Ratio | number>>;
}

/** The median and the extremes of the rounds of a case. */
export function summarize(name: string, rounds: readonly number[], unit: string): Result {
  const sorted = [...rounds].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (middle === undefined || min === undefined || max === undefined) {
    throw new Error(`Cannot summarize "${name}": it has no rounds`);
  }
  return { case: name, median: middle, min, max, unit, rounds };
}

/** Compares what was measured in turn, round by round: a machine that slows down slows both. */
export function ratioOf(over: Result, under: Result): Ratio {
  const { median, min, max } = summarize(
    `${over.case} over ${under.case}`,
    (over.rounds ?? []).map((value, round) => value / (under.rounds?.[round] ?? NaN)),
    "",
  );
  return { median, min, max };
}

/** Prints a report as a table and writes it where `--json FILE` says. */
export async function publish(report: Report, jsonFile: string | undefined): Promise<void> {
  const width = Math.max(...report.results.map((result) => result.case.length), 4);
  print(`${report.name}, ${report.date}, ${report.machine}`);
  print(
    `${"case".padEnd(width)}  ${
      ["median", "min", "max"].map((head) => head.padStart(10)).join("")
    }  unit`,
  );
  for (const result of report.results) {
    const figures = [result.median, result.min, result.max].map((value) =>
      format(value).padStart(10)
    );
    print(`${result.case.padEnd(width)}  ${figures.join("")}  ${result.unit}`);
  }
  print("");
  const ratioWidth = Math.max(...Object.keys(report.ratios).map((name) => name.length), 0);
  for (const [name, ratio] of Object.entries(report.ratios)) {
    print(
      `${name.padEnd(ratioWidth)}  ${
        typeof ratio === "number"
          ? format(ratio)
          : `${format(ratio.median)} (${format(ratio.min)} to ${format(ratio.max)})`
      }`,
    );
  }
  if (jsonFile !== undefined) await writeReport(report, jsonFile);
}

/** Writes a report as JSON, with the commit that it is of and the arguments it was asked for with. */
export async function writeReport(report: object, file: string): Promise<void> {
  const commit = await describeCode();
  const args = Deno.args.filter((arg, at) => arg !== "--json" && Deno.args[at - 1] !== "--json");
  await Deno.writeTextFile(file, JSON.stringify({ ...report, commit, args }, null, 2) + "\n");
}

/** What was measured on: cores, memory, the database's version. */
export async function describeMachine(url: string): Promise<string> {
  const sql = postgres(url, { max: 1 });
  try {
    const [row] = await sql<{ version: string }[]>`
      select split_part(version(), ' on ', 1) || ', PostGIS ' || extensions.postgis_lib_version() as version`;
    const memory = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
    return `${navigator.hardwareConcurrency} cores, ${memory} GiB, ${Deno.build.os}, ${row?.version}`;
  } finally {
    await sql.end();
  }
}

function format(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}
