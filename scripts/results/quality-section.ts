import { DRIVER_FIGURES, REQUEST_FIGURES } from "../simulate/compared-figures.ts";
import { type QualityReport, qualityReport } from "../simulate/study/quality-report.ts";
import { format, formatShare, type Promised, type RenderSection, type Table } from "./section.ts";

type Demand = QualityReport["demands"][number];
type Difference = Demand["against"][number];

const FIGURES = [...REQUEST_FIGURES, ...DRIVER_FIGURES];
/** What is told of each policy, in the order in which it decides. */
const TOLD = [
  ["completed_share", "completed"],
  ["until_there_s_mean", "until there, s"],
  ["until_there_s_p95", "its p95, s"],
  ["pickup_m_mean", "pickup, m"],
  ["idle_gini", "idle Gini"],
  ["earnings_gini", "earnings Gini"],
] as const;
/** Every other demand is a file's. */
const KIGALI = "Kigali";
/** Requests assigned together, without regard to who waited longest. */
const BATCHED = /^together every \d+ s$/;

/** The section of a study of dispatch (scripts/simulate/study). The returned function throws a ZodError. */
export function qualitySection(
  { title, task, about }: {
    readonly title: string;
    readonly task: readonly string[];
    readonly about: string;
  },
): RenderSection {
  return (report) => {
    const { date, machine, code, demands } = qualityReport.parse(report);
    const hasFile = demands.some(({ name }) => name !== KIGALI);
    const seeds = Math.max(...demands.map((demand) => demand.seeds));
    return {
      title,
      command: `deno task ${task.join(" ")} --seeds ${seeds}${
        hasFile ? " --pickups pickups.csv" : ""
      }`,
      date,
      machine,
      commit: code.join(", "),
      about,
      promises: demands.flatMap(shorterPickups),
      tables: demands.flatMap(tablesOf),
    };
  };
}

/** Whether assigning together shortens the way to the pickup; no is an answer too. */
function shorterPickups({ name, seeds, policies, against }: Demand): Promised[] {
  const studied = studiedOf({ seeds, policies });
  return against.filter(({ policy, measure }) =>
    measure === "pickup_m_mean" && BATCHED.test(policy) && studied.has(policy)
  ).map((found) => ({
    promise: "assigned together, drivers are nearer to the pickup than by greedy (mean)",
    measured: `${formatInterval(found)} m: ${found.policy}, ${name}`,
    kept: found.high !== null && found.high < 0,
  }));
}

/** What was played with every seed; the rest is for a look. */
function studiedOf(
  { seeds, policies }: Pick<Demand, "seeds" | "policies">,
): ReadonlySet<string> {
  return new Set(policies.filter((policy) => policy.seeds === seeds).map(({ name }) => name));
}

function tablesOf(demand: Demand): Table[] {
  const { name, scale, seeds, requests, policies, against } = demand;
  const [baseline] = against.map((row) => row.baseline);
  const studied = studiedOf(demand);
  const others = policies.filter((policy) => policy.name !== baseline);
  return [
    {
      title: `${name}, ${format(requests)} requests (scale ${scale}), seeds: ${seeds}; ` +
        `how much more than "${baseline}", on the same requests, with the interval of 95%`,
      heads: ["", ...TOLD.map(([, head]) => head), "seeds"],
      rows: others.map((policy) => [
        policy.name,
        ...TOLD.map(([measure]) => {
          const found = against.find((row) =>
            row.policy === policy.name && row.measure === measure
          );
          return found === undefined ? "–" : formatDifference(found);
        }),
        String(policy.seeds),
      ]),
    },
    {
      title: `${name}: the figures themselves`,
      heads: ["", ...TOLD.map(([, head]) => head), "offers a ride", "searches cached", "options"],
      rows: policies.map((policy) => [
        policy.name,
        ...TOLD.map(([measure]) => formatFigure(measure, policy[measure])),
        formatFigure("offers_per_ride", policy.offers_per_ride),
        policy.cached_share === null ? "–" : formatShare(policy.cached_share),
        `\`${policy.settings}\``,
      ]),
    },
    {
      title: `${name}: every difference of what was played with every seed`,
      heads: ["of", "", "difference", "low", "high", ""],
      rows: against.filter(({ policy }) => studied.has(policy)).map((row) => [
        FIGURES.find(({ measure }) => measure === row.measure)?.name ?? row.measure,
        row.policy,
        ...[row.difference, row.low, row.high].map((value) => formatFigure(row.measure, value)),
        betterOrWorse(row),
      ]),
    },
  ];
}

/** In bold when it cannot be chance. */
function formatDifference(found: Difference): string {
  return isCertain(found) ? `**${formatInterval(found)}**` : formatInterval(found);
}

function formatInterval({ measure, difference, low, high }: Difference): string {
  const [value, ...ends] = [difference, low, high].map((figure) => formatFigure(measure, figure));
  return `${difference > 0 ? "+" : ""}${value} (${ends.join(" to ")})`;
}

function betterOrWorse(row: Difference): string {
  const kind = FIGURES.find(({ measure }) => measure === row.measure);
  if (!isCertain(row)) return "cannot be told";
  if (kind?.lessIsBetter === undefined) return "";
  return row.difference < 0 === kind.lessIsBetter ? "better" : "worse";
}

function isCertain({ low, high }: Pick<Difference, "low" | "high">): boolean {
  return low !== null && high !== null && (low > 0 || high < 0);
}

function formatFigure(measure: string, value: number | null): string {
  if (value === null) return "–";
  return measure.includes("_share") ? formatShare(value) : format(value);
}
