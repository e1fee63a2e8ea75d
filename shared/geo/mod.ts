export { bearing, type CompassPoint, compassPoint, compassPoints } from "./bearing.ts";
export { distanceM } from "./distance.ts";
export { etaS, type VehiclePace, vehiclePace } from "./eta.ts";
export { place, type Point, point } from "./point.ts";
