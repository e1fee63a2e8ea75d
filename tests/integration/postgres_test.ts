import { createDatabase, hasDatabase } from "../support/database.ts";
import { stackSuite } from "../support/stack.ts";
import { registerSuites } from "./suites/mod.ts";

// The same tests as embedded_test.ts: the embedded database and PostgreSQL must behave alike.
registerSuites(
  stackSuite({ name: "stack on PostgreSQL", ignore: !hasDatabase, database: createDatabase }),
);
