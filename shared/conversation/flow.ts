import { type Say, say } from "../messages/mod.ts";
import { type Answer, type Command, reply } from "./answer.ts";
import type { ClaimedEvent } from "./claimed-event.ts";
import { suggestTimes } from "./clock-times.ts";
import { home } from "./menu.ts";
import { type Context, type Step, stepOf } from "./steps.ts";

/** Asks what is missing next on the way to a ride or to being online. */
export function askNext(
  event: ClaimedEvent,
  context: Context,
  options: { command?: Command } = {},
): Answer {
  return ask(event, nextStep(event, context), { context, ...options });
}

/** Asks the question of one step, after what is said `first`. */
export function ask(
  event: ClaimedEvent,
  step: Step,
  options: { context: Context; first?: readonly Say[]; command?: Command },
): Answer {
  const { context, first = [], command } = options;
  return reply(event, {
    step,
    context,
    say: [...first, ...questionOf(event, step, context)],
    ...(command && { command }),
  });
}

/** Asks again what was asked last, after what is said `first`. */
export function askAgain(event: ClaimedEvent, first: readonly Say[] = []): Answer {
  const { step, context } = stepOf(event);
  return ask(event, step, { context, first });
}

function nextStep(event: ClaimedEvent, context: Context): Step {
  if (context.later && !context.scheduled_for) return "time";
  if (!context.vehicle_type) return "vehicle";
  if (context.role === "driver") return hasPlate(event, context.vehicle_type) ? "pickup" : "plate";
  return context.pickup ? "dropoff" : "pickup";
}

function hasPlate(event: ClaimedEvent, vehicleType: string): boolean {
  return event.situation.vehicles.some((vehicle) =>
    vehicle.vehicle_type === vehicleType && vehicle.plate.trim() !== ""
  );
}

function questionOf(event: ClaimedEvent, step: Step, context: Context): Say[] {
  const role = context.role ?? "passenger";
  const { vehicle_types, now, time_zone, match } = event.situation;
  switch (step) {
    case "vehicle":
      return [say("choose_vehicle", { role, vehicle_types })];
    case "plate":
      return [say("ask_plate", { vehicle_type: context.vehicle_type ?? "other" })];
    case "pickup":
      return [say("ask_pickup", { role })];
    case "dropoff":
      return [say("ask_dropoff", { pickup: context.pickup?.text })];
    case "time":
      return [say("choose_time", { times: suggestTimes({ now, timeZone: time_zone }), time_zone })];
    case "contact":
      return [say("ask_contact", {})];
    case "pin":
      return match ? [say("ask_pin", { match_id: match.id })] : [];
    case "idle":
      return [];
  }
}

/** One step back in a flow; from its first one, and from anywhere else, to the menu. */
export function goBack(event: ClaimedEvent): Answer {
  const { step, context } = stepOf(event);
  const { pickup: _pickup, ...beforePickup } = context;
  const { vehicle_type: _type, ...beforeVehicle } = beforePickup;
  switch (step) {
    case "dropoff":
      return ask(event, "pickup", { context: beforePickup });
    case "pickup":
    case "plate":
      // The choice of vehicle is offered here even to those who were not asked, as they have only one.
      return ask(event, "vehicle", { context: beforeVehicle });
    case "vehicle":
      if (!context.later) return home(event);
      return ask(event, "time", { context: { role: "passenger", later: true } });
    default:
      return home(event);
  }
}
