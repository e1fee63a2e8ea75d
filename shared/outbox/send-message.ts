import { z } from "zod";
import { RenderError, renderMessage } from "../messages/mod.ts";
import type { Logger } from "../platform/mod.ts";
import {
  type GraphClient,
  type OutboundMessage,
  type SendOutcome,
  toGraphBody,
} from "../whatsapp/mod.ts";

/** Why nothing but a template could be sent, and there is none. */
export const WINDOW_CLOSED = "window_closed";

/** A message to a person, leased to this process. */
export const claimedMessage = z.object({
  id: z.guid(),
  lease: z.guid(),
  kind: z.string(),
  params: z.unknown(),
  locale: z.enum(["en", "fr", "rw", "sw"]),
  to: z.object({ whatsapp_user_id: z.string().nullable(), phone: z.string().nullable() }),
  /** Whether a free text may be sent, or a template alone. */
  window_open: z.boolean(),
  /** Before this one. */
  attempts: z.number().int().min(0),
});

/** See `claimedMessage`. */
export type ClaimedMessage = z.infer<typeof claimedMessage>;

/** What sending needs beside the message. */
export interface SendOptions {
  readonly graph: GraphClient;
  readonly tripPageUrl: string;
  readonly logger: Logger;
}

/** What became of a message: sent or not, or not worth a template. */
export type MessageOutcome = SendOutcome | {
  readonly outcome: "expired";
  readonly error_detail: string;
};

/** Puts a message into the person's words and sends it. Never rejects. */
export async function sendMessage(
  claimed: ClaimedMessage,
  { graph, tripPageUrl, logger }: SendOptions,
): Promise<MessageOutcome> {
  if (claimed.to.whatsapp_user_id === null && claimed.to.phone === null) {
    return { outcome: "dead", error_code: null, error_detail: "no_address" };
  }
  let message: OutboundMessage | null;
  try {
    message = renderMessage(claimed, { tripPageUrl });
  } catch (error) {
    logger.log("error", "render_failed", {
      kind: claimed.kind,
      locale: claimed.locale,
      // Its message names fields and no values.
      reason: error instanceof RenderError ? error.message : "unknown",
    });
    return { outcome: "dead", error_code: null, error_detail: "RENDER_FAILED" };
  }
  if (message === null) {
    return { outcome: "expired", error_detail: WINDOW_CLOSED };
  }
  const body = toGraphBody(message, claimed.to, { callbackData: `outbox:${claimed.id}` });
  return await graph.send(body, { attempts: claimed.attempts });
}
