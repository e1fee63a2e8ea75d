export {
  assignBatch,
  type AssignedRequest,
  type Candidate,
  type WaitingRequest,
} from "./assign-batch.ts";
export { assignedCount, assignLater, assignWaiting } from "./assign-waiting.ts";
export { dispatchDefaults } from "./dispatch-defaults.ts";
export { findRanked, type RankedCounterpart, type RankedSearch } from "./ranked-search.ts";
export {
  answeredOffer,
  answerOffer,
  dispatch,
  dispatchTrip,
  listOffers,
  MAX_CANDIDATES,
  offer,
} from "./offers.ts";
