import { createDatabase, hasDatabase } from "../support/database.ts";
import { stackSuite } from "../support/stack.ts";
import { realtimeAccessSuite } from "./suites/realtime-access.ts";
import { realtimeBroadcastsSuite } from "./suites/realtime-broadcasts.ts";
import { realtimeProtocolSuite } from "./suites/realtime-protocol.ts";
import { realtimeRidesSuite } from "./suites/realtime-rides.ts";

for (
  const suite of [
    stackSuite({ name: "embedded stack" }),
    stackSuite({
      name: "stack on PostgreSQL",
      ignore: !hasDatabase,
      database: () => createDatabase({ realtime: true }),
    }),
  ]
) {
  realtimeRidesSuite(suite);
  realtimeAccessSuite(suite);
  realtimeProtocolSuite(suite);
  realtimeBroadcastsSuite(suite);
}
