import { ApiError, equalInConstantTime } from "../platform/mod.ts";

const CHALLENGE = /^[\x20-\x7e]{1,256}$/;

/** Answers Meta's question whether this URL is ours with its own challenge. @throws ApiError FORBIDDEN */
export function verifySubscription(url: URL, verifyToken: string): Response {
  const encoder = new TextEncoder();
  const query = url.searchParams;
  const challenge = query.get("hub.challenge") ?? "";
  const isOurs = equalInConstantTime(
    encoder.encode(verifyToken),
    encoder.encode(query.get("hub.verify_token") ?? ""),
  );
  if (!isOurs || query.get("hub.mode") !== "subscribe" || !CHALLENGE.test(challenge)) {
    throw new ApiError("FORBIDDEN", "This is not a subscription with the token that was agreed");
  }
  return new Response(challenge, {
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}
