import { z } from "zod";
import type { TravelTimes } from "../eta/mod.ts";
import { ApiError, type Endpoint, endpoint, type Platform, rateLimits } from "../platform/mod.ts";
import { linkedRide, linkViewer, positionResult, progress } from "./answers.ts";
import { countPositions } from "./count-positions.ts";
import { progressOf } from "./progress.ts";
import { realtimeAccess, realtimeAccessOf } from "./realtime-access.ts";
import { linkPositions, linkToken } from "./requests.ts";

const results = z.array(positionResult.omit({ trip_id: true }));
const madeLink = z.object({
  token: z.string(),
  viewer: linkViewer,
  expires_at: z.iso.datetime({ offset: true }),
});

/** The routes of links to a ride: opened and used by whoever has one, made and taken back by its people. */
export function linkEndpoints(platform: Platform, travelTimes: TravelTimes): Endpoint[] {
  const { database, config } = platform;
  return [
    endpoint({
      name: "openLink",
      method: "POST",
      path: "/links/open",
      summary: "The ride behind a link, as its viewer may see it",
      description:
        "People's and trips' ids are for nobody. `realtime` is null where the project has no shared " +
        "JWT secret or publishable key: ask again every few seconds instead.",
      errors: ["LINK_NOT_FOUND", "LINK_EXPIRED"],
      body: z.object({ token: linkToken }),
      response: linkedRide.extend({ ...progress, realtime: realtimeAccess.nullable() }),
      limit: rateLimits.openLink,
      secretOf: ({ token }) => token,
      handle: async ({ body: { token } }) => {
        refuseStrange(token);
        const ride = await database.call("open_link", { p_token: token }, linkedRide);
        const [progressed, realtime] = await Promise.all([
          progressOf(ride, travelTimes),
          realtimeAccessOf(config, {
            id: ride.link.id,
            expiresAt: ride.link.expires_at,
            matchId: ride.match.id,
          }),
        ]);
        return { body: { ...ride, ...progressed, realtime } };
      },
    }),
    endpoint({
      name: "sendLinkPositions",
      method: "POST",
      path: "/links/positions",
      summary: "Where the driver is, by the driver's link",
      description: "Answered in their order, as `update-locations`. Any other link is `FORBIDDEN`.",
      errors: ["INVALID_LOCATION", "FORBIDDEN", "LINK_NOT_FOUND", "LINK_EXPIRED"],
      body: linkPositions,
      response: z.object({ results, accepted: z.number().int() }),
      limit: rateLimits.updateLocation,
      secretOf: ({ token }) => token,
      handle: async ({ body: { token, points } }) => {
        refuseStrange(token);
        const answered = await database.call("update_positions_by_link", {
          p_token: token,
          p_points: points,
        }, results);
        return { body: { results: answered, accepted: countPositions(platform, answered) } };
      },
    }),
    endpoint({
      name: "makeLink",
      method: "POST",
      path: "/matches/:id/links",
      summary: "Makes a link to a ride, for its maker's side or somebody who waits at home",
      description:
        "For the people of the ride, each for their own side or a guest. It shows the ride for 24 " +
        "hours or until it is taken back. Its token goes in bodies and fragments, never in a path or " +
        "a query. `url` is null without `MOBILITY_TRIP_PAGE_URL`.",
      status: 201,
      errors: ["MATCH_NOT_FOUND"],
      body: z.object({ viewer: linkViewer.default("guest") }),
      response: madeLink.extend({ url: z.string().nullable() }),
      limit: rateLimits.changeMatch,
      handle: async ({ id, actingUser, body: { viewer } }) => {
        const made = await database.call("create_link", {
          p_acting_user: actingUser,
          p_match_id: id,
          p_viewer: viewer,
        }, madeLink);
        // In the fragment, which browsers send to nobody.
        const url = config.tripPageUrl === undefined ? null : `${config.tripPageUrl}#${made.token}`;
        return { body: { ...made, url } };
      },
    }),
    endpoint({
      name: "revokeLinks",
      method: "DELETE",
      path: "/matches/:id/links",
      summary: "Takes back the links to a ride that the caller's side has or made",
      description:
        "All of them, for the service. A page that listens to Realtime may go on until its token " +
        "ends, ten minutes at most.",
      errors: ["MATCH_NOT_FOUND"],
      response: z.object({ revoked: z.number().int() }),
      limit: rateLimits.changeMatch,
      handle: async ({ id, actingUser }) => ({
        body: await database.call("revoke_links", {
          p_acting_user: actingUser,
          p_match_id: id,
        }, z.object({ revoked: z.number().int() })),
      }),
    }),
  ];
}

/** What cannot be a token need not be looked for. */
function refuseStrange(token: string): void {
  if (!/^[0-9a-f]{32}$/.test(token)) throw new ApiError("LINK_NOT_FOUND", "No ride has this link");
}
