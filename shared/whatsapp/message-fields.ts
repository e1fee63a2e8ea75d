import { z } from "zod";

const [FIRST_S, LAST_S] = [Date.UTC(2000, 0) / 1000, Date.UTC(2100, 0) / 1000];

/** WhatsApp's id of a message, "wamid." and base64. */
export const messageId = z.string().regex(/^[\x21-\x7e]{1,256}$/);

/** Unix seconds of this century, a string on the wire, as ISO 8601 in UTC. */
export const unixTime = z.union([z.string().regex(/^\d{1,12}$/).transform(Number), z.int()])
  .pipe(z.number().min(FIRST_S).lt(LAST_S))
  .transform((seconds) => new Date(seconds * 1000).toISOString());
