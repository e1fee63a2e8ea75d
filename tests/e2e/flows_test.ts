import assert from "node:assert/strict";
import { chatSuite } from "../support/chat/chat-suite.ts";
import { openHookServer } from "../support/chat/hook-server.ts";
import { cancellingFlows } from "./flows/cancelling.ts";
import { countingFlows } from "./flows/counting.ts";
import { dispatchFlows } from "./flows/dispatch.ts";
import { drivingFlows } from "./flows/driving.ts";
import { oldButtonFlows } from "./flows/old-buttons.ts";
import { safetyFlows } from "./flows/safety.ts";
import { talkingFlows } from "./flows/talking.ts";
import { waitingFlows } from "./flows/waiting.ts";

const operator = await openHookServer();
Deno.test.afterAll(() => operator.close());

const suite = chatSuite({
  name: "chat",
  env: () => ({ MOBILITY_SOS_WEBHOOK_URL: operator.url }),
});
dispatchFlows(suite);
cancellingFlows(suite);
waitingFlows(suite);
drivingFlows(suite);
safetyFlows(suite, operator);
talkingFlows(suite);
oldButtonFlows(suite);
countingFlows(suite);

// Last: of everything that was said above.
suite.test("no log line has a name, a number, a plate, a token or a word of what was said", ({ log }) => {
  const lines = log.filter((line) => line.startsWith("whatsapp-webhook | "));
  assert.ok(lines.length > 500, `${lines.length} lines`);
  for (const line of lines) {
    assert.doesNotMatch(
      line,
      /Person \d|Mama|250788|RW\.5000|RA[BD].?\d{3}|[0-9a-f]{32}|blue gate|sac rouge|"(lat|lng|pin|text)"/i,
    );
  }
  return Promise.resolve();
});
