import { JOBS } from "../../scripts/stack/jobs.ts";
import { chatSuite } from "../support/chat/chat-suite.ts";
import { createDatabase, hasDatabase } from "../support/database.ts";
import { answeringSuite } from "./webhook/answering.ts";
import { crowdSuite } from "./webhook/crowd.ts";
import { deliverySuite } from "./webhook/deliveries.ts";
import { fixtureSuite } from "./webhook/fixtures.ts";
import { signatureSuite } from "./webhook/signatures.ts";
import { appSecret } from "../unit/whatsapp/fixtures.ts";

// The fixtures were signed with it.
const env = (): Record<string, string> => ({ WHATSAPP_APP_SECRET: appSecret });

const embedded = chatSuite({ name: "webhook on the embedded stack", env, statuses: false });
signatureSuite(embedded);
fixtureSuite(embedded);
deliverySuite(embedded);

const onPostgres = chatSuite({
  name: "webhook on PostgreSQL",
  ignore: !hasDatabase,
  database: createDatabase,
  statuses: false,
  // 150 messages at once are more than may be sent in a second: somebody has to go on.
  jobs: JOBS.filter(({ name }) => name === "work"),
});
deliverySuite(onPostgres);
answeringSuite(onPostgres);
crowdSuite(onPostgres);
