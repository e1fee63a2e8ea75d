import { z } from "zod";
import { vehicleType } from "../matching/mod.ts";
import { text } from "../platform/mod.ts";
import { queue } from "./answers.ts";

/** What an overview is narrowed to. A status leaves only the list it belongs to. */
export const overviewFilter = z.object({
  vehicle_type: vehicleType.optional(),
  area: z.string().regex(/^[a-z0-9_-]{1,40}$/, "Must be the code of an area").optional(),
  status: z.enum([
    "waiting",
    "available",
    "offered",
    "pending",
    "accepted",
    "driver_arrived",
    "in_progress",
  ]).optional().describe("Leaves only the list that it belongs to"),
});

/** Whatever changes somebody's ride is done for a reason; operators see it, the two people do not. */
export const reasonRequest = z.object({
  reason: text(300).describe("For operators alone; the two people do not see it"),
}).meta({ id: "ReasonRequest" });

/** Taking up a call for help. */
export const acknowledgeRequest = z.object({
  by: text(120).optional().describe("Who, from the service; an operator's own name is known"),
});

/** What was given up, by its queue and its id there: a UUID, or the number of an event of the inbox. */
export const letterRequest = z.object({
  queue,
  id: z.string().regex(/^(?:[0-9a-f-]{36}|[0-9]{1,18})$/i, "Must be the id of the list"),
}).meta({ id: "LetterRequest" });
