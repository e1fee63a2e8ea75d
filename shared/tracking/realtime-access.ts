import { SignJWT } from "jose";
import { z } from "zod";
import { type Config, sharedSecrets } from "../platform/mod.ts";

/** A page is to come back for another token now and then, so that a link that was revoked ends. */
const TOKEN_LIFE_S = 600;

/** How a page listens to a ride: where, as whom, and until when. */
export const realtimeAccess = z.object({
  url: z.string(),
  apikey: z.string().describe("The project's publishable key"),
  topic: z.string().describe("A private channel, on which match_changed and position_moved come"),
  access_token: z.string(),
  expires_at: z.iso.datetime(),
}).meta({
  id: "RealtimeAccess",
  description: "How a page listens to a ride: where, as whom, and until when",
});

/** The link that a page was opened by. */
export interface ListeningLink {
  readonly id: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  readonly matchId: string;
}

/**
 * Signs a token that listens to the ride of a link, and to nothing else (mobility.may_receive). Null where the
 * project has no shared JWT secret or no publishable key: the page asks again every few seconds instead.
 */
export async function realtimeAccessOf(
  config: Config,
  link: ListeningLink,
): Promise<z.infer<typeof realtimeAccess> | null> {
  const [secret] = sharedSecrets(config);
  if (secret === undefined || config.publishableKey === undefined) return null;
  const nowS = Math.floor(Date.now() / 1000);
  const expiresS = Math.min(nowS + TOKEN_LIFE_S, Math.floor(Date.parse(link.expiresAt) / 1000));
  const token = await new SignJWT({ role: "authenticated", link_id: link.id })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setAudience("authenticated")
    .setSubject(link.id)
    .setIssuedAt(nowS)
    .setExpirationTime(expiresS)
    .sign(secret);
  return {
    url: `${config.publicUrl.replace(/^http/, "ws")}/realtime/v1/websocket`,
    apikey: config.publishableKey,
    topic: `match:${link.matchId}`,
    access_token: token,
    expires_at: new Date(expiresS * 1000).toISOString(),
  };
}
