export { greatCircle } from "./great-circle.ts";
export { osrm, type OsrmServer } from "./osrm.ts";
export { travelTimesOf } from "./platform-travel-times.ts";
export type { TravelTimes, Ways } from "./travel-times.ts";
