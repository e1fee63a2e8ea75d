/** Something that was promised, and whether this run kept it. */
export interface Promised {
  readonly promise: string;
  readonly measured: string;
  readonly kept: boolean;
}

/** A table: its heads, rows of as many cells, and a line above it. */
export interface Table {
  readonly title?: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** One part of the document: what was measured, by which command, and what came out. */
export interface Section {
  readonly title: string;
  readonly command: string;
  readonly date: string;
  readonly machine: string;
  /** What was measured; reports of other versions do not say. */
  readonly commit?: string | undefined;
  /** What is measured and how, in Markdown. */
  readonly about: string;
  readonly promises: readonly Promised[];
  /** Ratios before bare figures. */
  readonly tables: readonly Table[];
}

/** What makes a section of a report that a command has written. */
export type RenderSection = (report: unknown) => Section;

/** A figure with three digits that count. */
export function format(value: number): string {
  if (!Number.isFinite(value)) return "–";
  return Math.abs(value) >= 100
    ? Math.round(value).toLocaleString("en")
    : Number(value.toPrecision(3)).toString();
}

/** A share as a percentage with three digits that count. */
export function formatShare(share: number): string {
  return `${format(share * 100)}%`;
}
