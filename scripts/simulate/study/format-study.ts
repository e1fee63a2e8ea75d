import { alignRows } from "../../city/align-rows.ts";
import { formatPercent, formatWhole } from "../format-figures.ts";
import { BASELINE } from "./plan-study.ts";
import type { QualityReport } from "./quality-report.ts";

type Demand = QualityReport["demands"][number];
type Format = (value: number | null) => string;

/** What is told of each policy beside the baseline, in the order in which it decides. */
const TOLD: readonly (readonly [measure: string, head: string, format: Format])[] = [
  ["completed_share", "completed", (value) => formatPercent(value)],
  ["until_there_s_mean", "until there s", (value) => formatWhole(value)],
  ["until_there_s_p95", "its p95 s", (value) => formatWhole(value)],
  ["pickup_m_mean", "pickup m", (value) => formatWhole(value)],
  ["idle_gini", "idle Gini", (value) => formatWhole(value, 3)],
];

/** A study as lines of text: each policy's figures, and the interval of its difference from the baseline. */
export function formatStudy({ demands }: QualityReport): string[] {
  return demands.flatMap((demand) => [
    "",
    `${demand.name}: ${demand.requests} requests, ${demand.seeds} seeds, scale ${demand.scale}`,
    "",
    ...alignRows([
      ["", ...TOLD.map(([, head]) => head), "seeds"],
      ...demand.policies.map((policy) => [
        policy.name,
        formatPercent(policy.completed_share),
        formatWhole(policy.until_there_s_mean),
        formatWhole(policy.until_there_s_p95),
        formatWhole(policy.pickup_m_mean),
        formatWhole(policy.idle_gini, 3),
        String(policy.seeds),
      ]),
    ]),
    "",
    `more than "${BASELINE.name}", with 95% confidence on the same requests:`,
    "",
    ...alignRows([
      ["", ...TOLD.map(([, head]) => head)],
      ...demand.policies.filter(({ name }) => name !== BASELINE.name).map(({ name }) => [
        name,
        ...TOLD.map(([measure, , format]) => intervalOf(demand, { name, measure, format })),
      ]),
    ]),
  ]);
}

function intervalOf(
  { against }: Demand,
  { name, measure, format }: { name: string; measure: string; format: Format },
): string {
  const found = against.find((row) => row.policy === name && row.measure === measure);
  return found === undefined ? "-" : `${format(found.low)} to ${format(found.high)}`;
}
