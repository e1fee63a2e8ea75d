import { JOBS } from "../../scripts/stack/jobs.ts";
import { chatSuite } from "../support/chat/chat-suite.ts";
import { createDatabase, hasDatabase } from "../support/database.ts";
import { killingFaults } from "./faults/killing.ts";
import { sendingFaults } from "./faults/sending.ts";

const suite = chatSuite({
  name: hasDatabase ? "faults, on PostgreSQL" : "faults, on the embedded stack",
  ...(hasDatabase ? { database: createDatabase } : {}),
  // Who goes on with what a killed process has left.
  jobs: JOBS.filter(({ name }) => name === "work"),
});
sendingFaults(suite);
killingFaults(suite);
