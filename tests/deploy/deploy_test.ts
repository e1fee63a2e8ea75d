import { testEverything } from "./suites/everything.ts";
import { testInterruptions } from "./suites/interruptions.ts";
import { testRollbacks } from "./suites/rollbacks.ts";
import { testCleanup } from "./suites/cleanup.ts";
import { testWithoutV1 } from "./suites/without-v1.ts";

// One project, one database, one V1, in this order: from an empty project to the end of V1.
testEverything();
testWithoutV1();
testRollbacks();
testInterruptions();
testCleanup();
