// Operations.
export { type Actor, cancelTrip, openTrip } from "./trips.ts";
export { acceptMatch, advanceMatch, rateMatch } from "./matches.ts";

// What they take and give.
export {
  acceptMatchRequest,
  advanceRequest,
  cancelRequest,
  cancelTripRequest,
  openTripRequest,
  rateRequest,
  startRequest,
} from "./requests.ts";
export { cancelledTrip, match, openedTrip, rating, trip } from "./answers.ts";
