import { z } from "zod";
import { commandOf, provenance } from "./provenance.ts";
import { format, formatShare, type Promised, type RenderSection } from "./section.ts";

const faultsReport = provenance.extend({
  name: z.literal("faults"),
  seed: z.number(),
  minutes: z.number(),
  faults: z.array(z.object({
    name: z.string(),
    seconds: z.number(),
    requests: z.number(),
    answeredShare: z.number().nullable(),
    p95Ms: z.number().nullable(),
    recoveredAfterS: z.number().nullable(),
    violations: z.number(),
  })),
  life: z.record(z.string(), z.number()),
  checks: z.record(z.string(), z.number()),
  violations: z.array(z.object({
    rule: z.string(),
    what: z.string(),
    atS: z.number(),
    during: z.string(),
  })),
});

type FaultsReport = z.infer<typeof faultsReport>;

/** What is promised, the rules (scripts/faults, scripts/invariants) that watch over it, and what shows how often. */
const PROMISES: readonly { promise: string; rules: RegExp; counted?: string }[] = [
  { promise: "no invariant is broken at any time", rules: /./, counted: "looks at the invariants" },
  {
    promise: "no message is lost, none sent twice",
    rules: /message|reply/i,
    counted: "chat messages answered",
  },
  { promise: "no ride and no search is stuck", rules: /stuck/i },
  { promise: "the metrics equal the event log", rules: /totals|counts/i },
  { promise: "no search finds a driver who is taken", rules: /offers nobody who is taken/i },
  {
    promise: "what was acknowledged is there",
    rules: /acknowledged request/i,
    counted: "acknowledged requests found",
  },
  {
    promise: "what was refused left nothing",
    rules: /refused/i,
    counted: "refused requests that left nothing",
  },
];

/** The section of the fault hour's report (scripts/faults/results.ts). The returned function throws a ZodError. */
export function faultsSection(
  { title, task, about }: {
    readonly title: string;
    readonly task: readonly string[];
    readonly about: string;
  },
): RenderSection {
  return (report) => {
    const run = faultsReport.parse(report);
    return {
      title,
      command: commandOf(task, run),
      date: run.date,
      machine: run.machine,
      commit: run.commit,
      about: `${about} ${run.faults.length} faults in ${
        format(run.minutes)
      } minutes, seed ${run.seed}.`,
      promises: promisesOf(run),
      tables: [
        ...violationTable(run),
        {
          heads: ["fault", "s", "requests", "answered", "p95 ms", "recovery s", "violations"],
          rows: run.faults.map((fault) => [
            fault.name,
            format(fault.seconds),
            format(fault.requests),
            fault.answeredShare === null ? "–" : formatShare(fault.answeredShare),
            ...[fault.p95Ms, fault.recoveredAfterS].map((value) =>
              value === null ? "–" : format(value)
            ),
            format(fault.violations),
          ]),
        },
        {
          heads: ["what was looked at, and what happened", ""],
          rows: Object.entries({ ...run.checks, ...run.life }).map(([name, count]) => [
            name,
            format(count),
          ]),
        },
      ],
    };
  };
}

function promisesOf({ violations, checks, faults }: FaultsReport): Promised[] {
  const unserved = faults.filter(({ requests, recoveredAfterS }) =>
    requests > 0 && recoveredAfterS === null
  );
  return [
    ...PROMISES.map(({ promise, rules, counted }) => {
      const broken = violations.filter(({ rule }) => rules.test(rule)).length;
      const looks = counted === undefined ? undefined : checks[counted];
      return {
        promise,
        measured: `${broken} violations` +
          (looks === undefined ? "" : `, ${format(looks)} ${counted}`),
        kept: broken === 0,
      };
    }),
    {
      promise: "people are served again after every fault",
      measured: unserved.length === 0
        ? `after ${faults.length} of ${faults.length}`
        : `not after: ${unserved.map(({ name }) => name).join("; ")}`,
      kept: unserved.length === 0,
    },
  ];
}

function violationTable({ violations }: FaultsReport): { heads: string[]; rows: string[][] }[] {
  return violations.length === 0 ? [] : [{
    heads: ["violation", "at s", "during"],
    rows: violations.map(({ rule, atS, during }) => [rule, format(atS), during]),
  }];
}
