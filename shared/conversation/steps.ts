import { z } from "zod";
import type { ClaimedEvent } from "./claimed-event.ts";

/** What the person was asked last; "idle" when nothing. */
export const steps = [
  "idle",
  "vehicle",
  "plate",
  "pickup",
  "dropoff",
  "time",
  "pin",
  "contact",
] as const;

/** What the person was asked last. */
export type Step = typeof steps[number];

const place = z.object({
  lat: z.number(),
  lng: z.number(),
  text: z.string().optional().catch(undefined),
});

/** Where something is and, perhaps, its name. */
export type Place = z.infer<typeof place>;

/** What another version of the code has left here and is not this, is forgotten. */
const context = z.object({
  role: z.enum(["driver", "passenger"]).optional().catch(undefined),
  vehicle_type: z.string().optional().catch(undefined),
  pickup: place.optional().catch(undefined),
  /** The ride is for later; at `scheduled_for`, once that is chosen. */
  later: z.boolean().optional().catch(undefined),
  scheduled_for: z.iso.datetime({ offset: true }).optional().catch(undefined),
});

/** What a flow has learned so far. */
export type Context = z.infer<typeof context>;

/** Where the person is in the conversation: as it was stored, unless a ride has come in between. */
export function stepOf(event: ClaimedEvent): { step: Step; context: Context } {
  const stored = event.conversation;
  const here = {
    step: steps.find((name) => name === stored.step) ?? "idle",
    context: context.parse(stored.context),
  };
  return isOvertaken(event, here) ? { step: "idle", context: {} } : here;
}

function isOvertaken(
  event: ClaimedEvent,
  { step, context }: { step: Step; context: Context },
): boolean {
  const { match } = event.situation;
  if (step === "pin") return match?.side !== "driver" || match.status !== "driver_arrived";
  if (step === "idle" || step === "contact" || match === null) return false;
  // Somebody who has their ride does not ask for it any more; a ride for later they may.
  return match.status !== "pending" && match.side === context.role && context.later !== true;
}

/** Whether something is being put together that "cancel" throws away. */
export function isInFlow(event: ClaimedEvent): boolean {
  return !["idle", "pin"].includes(stepOf(event).step);
}
