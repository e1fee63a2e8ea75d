import { optionsOf, usersOf } from "./settings.ts";
import { rideCalls } from "./full-ride.ts";

export { findDrivers } from "./find-drivers.ts";
export { fullRide } from "./full-ride.ts";
export { chat } from "./webhook.ts";
export { track } from "./tracking.ts";

/** A city: most are in a ride, some only look, some write by WhatsApp, and every driver's phone pings. */
export const options = optionsOf({
  full_ride: usersOf(0.5, "fullRide"),
  find_drivers: usersOf(0.2, "findDrivers"),
  webhook: usersOf(0.2, "chat"),
  tracking: usersOf(0.1, "track"),
}, [...rideCalls, "webhook", "update locations"]);
