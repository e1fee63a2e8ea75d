export { rankingEndpoints, scoreParts } from "./endpoints.ts";
export { rank, type Ranked, type ScoreParts } from "./rank.ts";
export {
  createStrategies,
  type Strategies,
  type StrategyName,
  strategyName,
} from "./strategies.ts";
export { type Candidate } from "./candidate.ts";
