import { recogniseVehicle } from "../words/mod.ts";
import type { Answer } from "./answer.ts";
import type { ClaimedEvent } from "./claimed-event.ts";
import { ask, askAgain, askNext } from "./flow.ts";
import { alreadyInRide } from "./ride.ts";
import { stepOf } from "./steps.ts";

const MAX_PLATE_LENGTH = 16;

/** Takes the vehicle that was chosen, by a tap of any age, to ride in or to drive. */
export function chooseVehicle(
  event: ClaimedEvent,
  chosen: { role: "driver" | "passenger"; vehicle_type: string },
): Answer {
  const { context } = stepOf(event);
  const { match, vehicle_types } = event.situation;
  if (!vehicle_types.includes(chosen.vehicle_type)) {
    return ask(event, "vehicle", { context: { role: chosen.role } });
  }
  // What this flow knows already is kept: the time, the pickup.
  const known = context.role === chosen.role ? context : {};
  if (match?.side === chosen.role && !known.later) return alreadyInRide(event, match);
  return askNext(event, { ...known, ...chosen });
}

/** A vehicle typed by its name, its code or its place in the list. */
export function vehicleTyped(event: ClaimedEvent, text: string): Answer {
  const { vehicle_types } = event.situation;
  const typed = text.trim().toLowerCase();
  const code = vehicle_types.find((type) => type === typed) ?? vehicle_types[Number(typed) - 1] ??
    recogniseVehicle(text);
  if (code === null || !vehicle_types.includes(code)) return askAgain(event);
  const role = stepOf(event).context.role ?? "passenger";
  return chooseVehicle(event, { role, vehicle_type: code });
}

/** Takes the plate of the vehicle that somebody is going to drive, in capitals: "RAD 123 C". */
export function plateTyped(event: ClaimedEvent, text: string): Answer {
  const { context } = stepOf(event);
  const { vehicle_type } = context;
  const plate = text.normalize("NFKC").toUpperCase().replace(/[\s._]+/g, " ").trim();
  if (vehicle_type === undefined) return askNext(event, { role: "driver" });
  const isPlate = plate.length >= 2 && plate.length <= MAX_PLATE_LENGTH &&
    /^[A-Z0-9 -]+$/.test(plate) && /\d/.test(plate);
  if (!isPlate) return askAgain(event);
  return ask(event, "pickup", {
    context: { ...context, role: "driver" },
    command: { name: "set_vehicle", vehicle_type, plate },
  });
}
