/** One line of a panel: PromQL, and what its series are called; `{{label}}` stands for a label's value. */
export interface Query {
  readonly expr: string;
  readonly legend?: string;
}

/** Where a value turns from one colour to the next; the first counts from the smallest value. */
export type Steps = readonly (readonly [from: number | null, color: "green" | "orange" | "red"])[];

/** A panel, before it has a place. */
export interface Panel {
  readonly kind: "stat" | "timeseries" | "table";
  readonly title: string;
  /** What it shows and when to worry. */
  readonly description: string;
  /** A unit of Grafana's, such as "s", "percentunit", "reqps", "bytes", "short". */
  readonly unit: string;
  readonly queries: readonly Query[];
  readonly steps?: Steps;
  /** Words in place of values. */
  readonly words?: Readonly<Record<number, string>>;
  /** The alert whose playbook says what to do. */
  readonly alert?: string;
  readonly max?: number;
  /** One upon the other: their sum means something. */
  readonly stacked?: boolean;
  /** In columns of 24. */
  readonly width?: number;
}

/** Panels under a title. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A dashboard, before it is Grafana's. */
export interface Dashboard {
  /** Its file, and its address in Grafana. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly Row[];
}

/** What is left out of a panel that `stat` and `graph` make. */
type Rest = Omit<Panel, "kind" | "title" | "queries"> & { readonly legend?: string };

/** One number now. */
export function stat(title: string, expr: string, rest: Omit<Rest, "legend">): Panel {
  return { kind: "stat", title, queries: [{ expr }], ...rest };
}

/** Lines over time, from one query. */
export function graph(title: string, expr: string, { legend, ...rest }: Rest): Panel {
  const query = legend === undefined ? { expr } : { expr, legend };
  return { kind: "timeseries", title, queries: [query], ...rest };
}

/** Lines over time, from several queries. */
export function graphs(
  title: string,
  queries: readonly Query[],
  rest: Omit<Rest, "legend">,
): Panel {
  return { kind: "timeseries", title, queries, ...rest };
}

/** Bad is everything above nothing. */
export const NONE_IS_GOOD: Steps = [[null, "green"], [1, "red"]];
/** 1 is up. */
export const UP_IS_GOOD: Steps = [[null, "red"], [1, "green"]];
/** The words for it. */
export const UP_OR_DOWN: Readonly<Record<number, string>> = { 0: "down", 1: "up" };
