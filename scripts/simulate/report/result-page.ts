import type { Results } from "../results.ts";
import { formatPercent, formatWhole } from "../format-figures.ts";
import { COLOURS } from "./draw.ts";
import { cityMap } from "./map.ts";
import { escape, page, type Section, table, type Tile } from "./page.ts";
import {
  earningsPlot,
  etaErrorPlot,
  fairnessPlot,
  latencyPlot,
  offersPlot,
  pickupDistancePlot,
} from "./plots.ts";
import { driversPlot, requestsPlot, waitingPlot } from "./time-plots.ts";

const OUTCOMES: Readonly<Record<string, string>> = {
  completed: "completed",
  gave_up: "found nobody, or nobody in time",
  cancelled_passenger: "the passenger cancelled after the match",
  no_show: "the passenger did not come",
  expired: "the trip expired",
  unfinished: "still under way when it was stopped",
};

/** A result as a page in one file. */
export function resultPage(result: Results): string {
  const { options, is_complete } = result;
  const { strategy, city, date, from, hours, seed } = options;
  const state = is_complete ? "" : " Stopped before its end: what follows is what had happened.";
  return page({
    title: `${city}, ${strategy}`,
    lead: escape(
      `${date} from ${from}, ${hours} h, seed ${seed}, ${options.vehicle_type}; offers to ` +
        `${options.batch_size} drivers at a time, ${options.offer_s} s each.${state}`,
    ),
    tiles: tilesOf(result),
    sections: sectionsOf(result),
    footer: footerOf(result),
  });
}

function tilesOf({ summary }: Results): Tile[] {
  const minutes = (seconds: number | null): string =>
    seconds === null ? "-" : `${(seconds / 60).toFixed(1)} min`;
  return [
    { value: String(summary.requests), label: "requests", note: `${summary.drivers} drivers` },
    { value: formatPercent(summary.match_rate), label: "matched" },
    { value: formatPercent(summary.served_rate), label: "completed" },
    {
      value: `${formatWhole(summary.time_to_match_s.p50)} s`,
      label: "to a match, half of them",
      note: `95 of 100 in ${formatWhole(summary.time_to_match_s.p95)} s`,
    },
    {
      value: minutes(summary.wait_s.p50),
      label: "until the driver is there, half of them",
      note: `95 of 100 in ${minutes(summary.wait_s.p95)}`,
    },
    {
      value: `${formatWhole(summary.pickup_distance_m.mean)} m`,
      label: "to the pickup, on average",
    },
    {
      value: formatWhole(summary.earnings_per_h.mean),
      label: "earned in an hour online",
      note: `Gini ${formatWhole(summary.earnings_gini, 2)}`,
    },
    {
      value: formatPercent(summary.idle_share.mean),
      label: "of drivers' time idle",
      note: `Gini ${formatWhole(summary.idle_gini, 2)}`,
    },
  ];
}

function sectionsOf(result: Results): Section[] {
  const { summary } = result;
  return [
    {
      title: "The city",
      text: "Where rides were asked for, where nobody accepted, and where drivers waited: the " +
        "larger the square, the longer.",
      html: cityMap(result),
      legend: {
        "pickup": COLOURS.good,
        "request that nobody accepted": COLOURS.bad,
        "drivers waiting": COLOURS.fair,
      },
      isWide: true,
    },
    {
      title: "Requests",
      text: "By the time they were made, and what became of them.",
      html: requestsPlot(result),
      legend: {
        "completed": COLOURS.good,
        "cancelled": COLOURS.fair,
        "nobody accepted": COLOURS.bad,
      },
    },
    {
      title: "Drivers",
      text: "What they were doing, and how many passengers were waiting for an answer.",
      html: driversPlot(result),
      legend: {
        "with a passenger": COLOURS.good,
        "to a pickup": COLOURS.fair,
        "idle": COLOURS.other,
        "passengers searching": COLOURS.bad,
      },
    },
    {
      title: "Waiting",
      text:
        "Of all requests, how many had a driver who accepted, and how many had one at the door.",
      html: waitingPlot(result),
      legend: { "matched": COLOURS.other, "driver is there": COLOURS.good },
    },
    {
      title: "Distance to the pickup",
      text: `Of the driver who accepted last. Mean ${
        formatWhole(summary.pickup_distance_m.mean)
      } m, 95 of 100 under ${formatWhole(summary.pickup_distance_m.p95)} m.`,
      html: pickupDistancePlot(result),
    },
    {
      title: "Error of the promised time",
      text: `Between what the passenger was told and the driver's arrival. Off by ${
        formatWhole(summary.eta_error_abs_s.mean)
      } s on average, ${formatWhole(summary.eta_error_s.mean)} s late.`,
      html: etaErrorPlot(result),
    },
    {
      title: "Offers",
      text: `How many drivers were asked for a request: ${
        formatWhole(summary.offers_per_request.mean, 2)
      } on average; ${formatPercent(summary.offers_accepted_share)} of offers became a match.`,
      html: offersPlot(result),
    },
    {
      title: "Who gets how much",
      text:
        "The poorest half of drivers has this share of all earnings, and of all idle time. On " +
        "the dashed line everybody has the same.",
      html: fairnessPlot(result),
      legend: { "earnings an hour": COLOURS.good, "idle share": COLOURS.fair },
    },
    {
      title: "Earnings",
      text: "Of drivers who were online for half an hour at least; what was paid for rides that " +
        "ended in the time that counts.",
      html: earningsPlot(result),
    },
    { title: "How requests ended", text: "", html: outcomesTable(result) },
    {
      title: "Cancellations",
      text: "Of matches. Who called it off, when, and why.",
      html: table([
        ["who", "when", "why", "times"],
        ...result.cancellations.map((row) => [
          row.side,
          row.stage.replaceAll("_", " "),
          row.reason,
          String(row.count),
        ]),
      ]),
    },
    {
      title: "Latency",
      text: "Of each call, on this machine, one at a time: half of them, 95 and 99 of 100.",
      html: latencyPlot(result),
      legend: { p50: COLOURS.good, p95: COLOURS.fair, p99: COLOURS.bad },
    },
    {
      title: "What must hold",
      text: "Looked at every five simulated minutes, and when everybody was home.",
      html: invariantsTable(result),
    },
  ];
}

function outcomesTable({ requests }: Results): string {
  const counts = [...Map.groupBy(requests, ({ outcome }) => outcome)]
    .map(([outcome, rows]) => ({ outcome, count: rows.length }))
    .sort((a, b) => b.count - a.count);
  return table([
    ["outcome", "requests", "share"],
    ...counts.map(({ outcome, count }) => [
      OUTCOMES[outcome] ?? outcome,
      String(count),
      formatPercent(count / requests.length),
    ]),
  ]);
}

function invariantsTable({ invariants, refused_positions }: Results): string {
  const positions = Object.entries(refused_positions).map(([code, count]) => `${count} ${code}`);
  return table([
    ["rule", "checks", "broken"],
    ...invariants.map(({ name, checks, violations }) => [
      name,
      String(checks),
      { text: String(violations), kind: violations === 0 ? "ok" as const : "broken" as const },
    ]),
  ]) +
    `<p class="lead">Positions not used: ${
      escape(positions.length === 0 ? "none" : positions.join(", "))
    }.</p>`;
}

function footerOf({ measured, demand, options }: Results): string {
  return `${escape(measured.machine)}; took ${measured.took_s} s, ${
    escape(measured.started_at.slice(0, 16).replace("T", " "))
  } UTC. Code ${escape(measured.code)}, demand ${escape(demand)}.<br>What people do is assumed: ` +
    `docs/simulation.md has every number.<br><code>${escape(commandOf(options))}</code>`;
}

/** What to type to have the same again. */
function commandOf(options: Results["options"]): string {
  const isKigali = options.city === "Kigali";
  return [
    "deno task simulate",
    ...(isKigali ? [] : [`--pickups ${options.city}`]),
    `--scale ${options.scale} --date ${options.date} --from ${options.from} --hours ${options.hours}`,
    `--vehicle ${options.vehicle_type} --seed ${options.seed} --strategy ${options.strategy}`,
    `--window-s ${options.window_s} --idle-credit-s ${options.idle_credit_s}`,
    `--batch-size ${options.batch_size} --offer-s ${options.offer_s}`,
    `--radius-m ${options.radius_m}`,
    ...(options.drivers === null ? [] : [`--drivers ${options.drivers}`]),
  ].join(" ");
}
