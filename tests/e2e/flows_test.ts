import { chatSuite } from "../support/chat/chat-suite.ts";
import { openHookServer } from "../support/chat/hook-server.ts";
import { cancellingFlows } from "./flows/cancelling.ts";
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
