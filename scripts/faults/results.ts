import { alignRows } from "../city/align-rows.ts";
import type { FaultTraffic } from "./traffic.ts";

/** Something that must not be, when it was first and last seen, and what happened around it. */
export interface Violation {
  readonly rule: string;
  /** The ids that it is about. */
  readonly what: string;
  /** Seconds from the beginning. */
  readonly atS: number;
  /** What was broken at that time, or before it. */
  readonly during: string;
  readonly around: readonly string[];
}

/** What became of one fault. */
export interface FaultResult extends FaultTraffic {
  readonly name: string;
  readonly seconds: number;
  readonly violations: number;
}

/** How the hour went. */
export interface FaultsResult {
  readonly seed: number;
  readonly minutes: number;
  readonly date: string;
  readonly machine: string;
  readonly faults: readonly FaultResult[];
  readonly life: Readonly<Record<string, number>>;
  readonly checks: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
}

/** The table for a person. */
export function formatFaults(result: FaultsResult): string[] {
  const rows = result.faults.map((fault) => [
    fault.name,
    fault.seconds.toFixed(1),
    String(fault.requests),
    fault.answeredShare === null ? "-" : `${(100 * fault.answeredShare).toFixed(1)}%`,
    fault.p95Ms === null ? "-" : fault.p95Ms.toFixed(0),
    fault.recoveredAfterS === null ? "-" : String(fault.recoveredAfterS),
    String(fault.violations),
  ]);
  return [
    ...alignRows([
      ["fault", "s", "requests", "answered", "p95 ms", "recovery s", "violations"],
      ...rows,
    ]),
    "",
    ...counts(result.life),
    "",
    ...counts(result.checks),
    "",
    `${result.violations.length} violations of the invariants`,
    ...result.violations.map(describeViolation),
  ];
}

/** A violation with what happened around it. */
export function formatViolation(violation: Violation): string[] {
  return [describeViolation(violation), ...violation.around.map((line) => `    ${line}`)];
}

function describeViolation({ rule, what, atS, during }: Violation): string {
  return `VIOLATION at ${atS.toFixed(1)} s (${during}): ${rule}: ${what}`;
}

function counts(record: Readonly<Record<string, number>>): string[] {
  return alignRows(Object.entries(record).map(([name, count]) => [name, String(count)]));
}
