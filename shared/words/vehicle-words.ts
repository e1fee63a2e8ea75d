import { normalise } from "./normalise.ts";

const vehicleWords: Readonly<Record<string, readonly string[]>> = {
  moto: [
    "moto",
    "motor",
    "motorbike",
    "motorcycle",
    "bike",
    "boda",
    "bodaboda",
    "boda boda",
    "piki",
    "pikipiki",
  ],
  cab: ["cab", "taxi", "car", "voiture", "imodoka", "tagisi", "teksi", "gari"],
  lifan: ["lifan", "rifani", "tuktuk", "tricycle", "bajaji"],
  truck: ["truck", "lorry", "pickup", "camion", "camionnette", "ikamyo", "lori"],
  other: ["other", "autre", "ikindi", "nyingine"],
};

/** The code of the vehicle type that a typed text is, in any of the languages, or null. */
export function recogniseVehicle(text: string): string | null {
  const words = normalise(text);
  return Object.keys(vehicleWords).find((code) => vehicleWords[code]?.includes(words)) ?? null;
}
