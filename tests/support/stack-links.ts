import assert from "node:assert/strict";
import { z } from "zod";
import { type Answer, type As, expectOk } from "./http.ts";
import type { World } from "./stack.ts";

const made = z.object({
  token: z.string(),
  url: z.string().nullable(),
  viewer: z.enum(["driver", "passenger", "guest"]),
  expires_at: z.string(),
});

/** A link to a ride, as whoever made it gets it. */
export type MadeLink = z.infer<typeof made>;

/** Makes a link to a match. */
export async function makeLink(
  { http }: Pick<World, "http">,
  options: { match: string; as?: As; viewer?: MadeLink["viewer"] },
): Promise<MadeLink> {
  const answer = await http.post(`tracking/matches/${options.match}/links`, {
    as: options.as ?? "service",
    body: options.viewer === undefined ? {} : { viewer: options.viewer },
  });
  assert.equal(answer.status, 201, answer.text);
  return expectOk(answer, made);
}

/** Opens a link as a page does: without a key. */
export function openLink({ http }: Pick<World, "http">, token: unknown): Promise<Answer> {
  return http.post("tracking/links/open", { as: "nobody", body: { token } });
}

/** Sends positions as a driver's page does. */
export function sendPoints(
  { http }: Pick<World, "http">,
  { token, points }: { token: unknown; points: unknown },
): Promise<Answer> {
  return http.post("tracking/links/positions", { as: "nobody", body: { token, points } });
}
