import type { Example } from "./example.ts";
import { machineExamples } from "./machines.ts";
import { operatorExamples } from "./operator.ts";
import { rideExamples } from "./rides.ts";
import { trackingExamples } from "./tracking.ts";

/** An example of every operation, by its name. */
export const examples: Readonly<Record<string, Example>> = {
  ...rideExamples,
  ...trackingExamples,
  ...operatorExamples,
  ...machineExamples,
};
