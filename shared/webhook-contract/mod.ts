import { z } from "zod";
import type { Declaration, RawDeclaration } from "../platform/mod.ts";

const count = z.number().int();

/** Meta's question, when the webhook's address is typed into its form. */
export const verifyWebhook: RawDeclaration = {
  name: "verifyWebhook",
  method: "GET",
  path: "/",
  summary: "Tell Meta that this is the address that was agreed",
  credentials: "webhook_token",
  query: z.object({
    "hub.mode": z.literal("subscribe"),
    "hub.verify_token": z.string().describe("`WHATSAPP_VERIFY_TOKEN`"),
    "hub.challenge": z.string().regex(/^[\x20-\x7e]{1,256}$/).describe("What is answered"),
  }),
  response: { contentType: "text/plain", schema: z.string() },
  errors: ["FORBIDDEN"],
};

/** What Meta posts. */
export const receiveWebhook = {
  name: "receiveWebhook",
  method: "POST",
  path: "/",
  summary: "Take messages and statuses from Meta",
  description:
    "`X-Hub-Signature-256` has to sign the bytes, at most 3 MiB, or 401 and nothing was looked at. " +
    "200 says that everything is stored, each message once by its id, however often it comes; " +
    "answering it follows. What is signed and cannot be read gets 200 and a line in the log, because " +
    "anything else would bring it back for seven days; while the database is gone it is 503, for " +
    "just that reason.",
  credentials: "webhook_signature",
  body: z.looseObject({}).meta({ id: "Webhook", description: "As Meta defines it" }),
  maxBytes: 3 * 1024 * 1024,
  response: {
    contentType: "application/json",
    schema: z.object({ received: count.describe("Messages and statuses taken") }),
  },
  errors: ["UNAUTHENTICATED", "PAYLOAD_TOO_LARGE", "DATABASE_ERROR", "SERVICE_UNAVAILABLE"],
} as const satisfies RawDeclaration;

const workDone = z.object({ events: count, sent: count, failed: count, deliveries: count });

/** The clock's call of the worker. */
export const work: Declaration<unknown, z.infer<typeof workDone>> = {
  name: "work",
  method: "POST",
  path: "/work",
  summary: "Answer, send and post what is due",
  description:
    "For up to 35 s. The clock calls it every few seconds, so that what a dead worker left is taken up.",
  response: workDone,
  callers: "service",
};
