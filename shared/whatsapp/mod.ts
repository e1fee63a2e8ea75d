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
