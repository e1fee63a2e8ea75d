import type { Suite } from "../../support/stack.ts";
import { callersSuite } from "./callers.ts";
import { rideSuite } from "./ride.ts";
import { searchSuite } from "./search.ts";

/** Adds every suite of the API to a stack. */
export function registerSuites(suite: Suite): void {
  rideSuite(suite);
  callersSuite(suite);
  searchSuite(suite);
}
