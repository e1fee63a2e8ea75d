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
