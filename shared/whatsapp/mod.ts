export {
  type InboundContent,
  inboundContent,
  type InboundIdentity,
  type InboundMessage,
  type InboundStatus,
  type ParsedWebhook,
} from "./inbound.ts";
export type { GraphBody, ListRow, ListSection, OutboundMessage, ReplyButton } from "./outbound.ts";
export { limits } from "./limits.ts";
export type { SendOutcome } from "./send-outcome.ts";
export { signBody, verifySignature } from "./signature.ts";
export { parseWebhook } from "./parse-webhook.ts";
export { type Kept, type RawMessage, splitWebhook } from "./split-webhook.ts";
export { checkLimits } from "./check-limits.ts";
export { toGraphBody } from "./graph-body.ts";
export { fromWireId, toWireId } from "./wire-ids.ts";
export { GraphClient, type GraphClientOptions } from "./graph-client.ts";
