export { matchingEndpoints, radiusM, vehicleType } from "./endpoints.ts";
export { findCounterparts } from "./find-counterparts.ts";
export { markTaken, releaseTaken, whileTaking } from "./availability.ts";
export { forgetTrips, storeTrip } from "./pool-cache.ts";
export { found } from "./answers.ts";
