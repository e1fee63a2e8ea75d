import type { Suite } from "../../support/stack.ts";
import { badBodiesSuite } from "./bad-bodies.ts";
import { callersSuite } from "./callers.ts";
import { dispatchSuite } from "./dispatch.ts";
import { endingsSuite } from "./endings.ts";
import { faultsSuite } from "./faults.ts";
import { limitsSuite } from "./limits.ts";
import { refusalsSuite } from "./refusals.ts";
import { replaysSuite } from "./replays.ts";
import { linksSuite } from "./links.ts";
import { operatorSuite } from "./operator.ts";
import { rideSuite } from "./ride.ts";
import { roundTripsSuite } from "./round-trips.ts";
import { searchSuite } from "./search.ts";
import { trackingSuite } from "./tracking.ts";
import { transportSuite } from "./transport.ts";

/** Adds every suite of the API to a stack. */
export function registerSuites(suite: Suite): void {
  rideSuite(suite);
  endingsSuite(suite);
  dispatchSuite(suite);
  operatorSuite(suite);
  callersSuite(suite);
  searchSuite(suite);
  replaysSuite(suite);
  refusalsSuite(suite);
  badBodiesSuite(suite);
  roundTripsSuite(suite);
  limitsSuite(suite);
  faultsSuite(suite);
  transportSuite(suite);
  trackingSuite(suite);
  linksSuite(suite);
}
