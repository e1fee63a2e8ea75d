import { format, type Promised } from "./section.ts";

/** What is promised of some figures: each is at least, or at most, so much. */
export interface Limit {
  readonly promise: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Written after a figure, such as " ms". */
  readonly unit?: string;
}

/** A figure, and how far its rounds lay apart if there were some. */
export interface Measured {
  readonly name: string;
  readonly value: number;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** Each figure that breaks a promise by itself, and of those that keep it the one that comes nearest to not. */
export function holdAgainst(limit: Limit, figures: readonly Measured[]): Promised[] {
  const { promise, atLeast = -Infinity, atMost = Infinity, unit = "" } = limit;
  const keeps = ({ value }: Measured): boolean => value >= atLeast && value <= atMost;
  const inOrder = figures.toSorted((a, b) =>
    limit.atMost === undefined ? a.value - b.value : b.value - a.value
  );
  const broken = inOrder.filter((figure) => !keeps(figure));
  const [nearest, ...others] = inOrder.filter(keeps);
  const text = ({ name, value, min, max }: Measured): string => {
    const isSpread = min !== undefined && max !== undefined && min !== max;
    const spread = isSpread ? ` (${format(min)} to ${format(max)})` : "";
    return `${format(value)}${unit}${spread}: ${name}`;
  };
  return [
    ...broken.map((figure) => ({ promise, measured: text(figure), kept: false })),
    ...(nearest === undefined ? [] : [{
      promise,
      measured: others.length === 0
        ? text(nearest)
        : `${text(nearest)}; ${others.length} others better`,
      kept: true,
    }]),
  ];
}
