import type { StrategyName } from "../ranking/mod.ts";

/** How people are found and asked unless the caller says otherwise (docs/decisions/0013-nearest-first.md). */
export const dispatchDefaults: {
  readonly strategy: StrategyName;
  /** Drivers who are asked at once; null: as many as the dispatch policy says, which is one at first. */
  readonly batchSize: number | null;
  /** Seconds each of them has to answer. */
  readonly offerS: number;
} = { strategy: "nearest", batchSize: null, offerS: 30 };
