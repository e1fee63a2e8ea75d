import { stackSuite } from "../support/stack.ts";
import { registerSuites } from "./suites/mod.ts";

registerSuites(stackSuite({ name: "embedded stack" }));
