import type { MessageKey } from "./en.ts";
import { buttons } from "./sw/buttons.ts";
import { driver } from "./sw/driver.ts";
import { menu } from "./sw/menu.ts";
import { passenger } from "./sw/passenger.ts";
import { refusals } from "./sw/refusals.ts";
import { ride } from "./sw/ride.ts";
import { safety } from "./sw/safety.ts";
import { templates } from "./sw/templates.ts";
import { units } from "./sw/units.ts";

/** Swahili as spoken in East Africa. */
export const sw: Readonly<Record<MessageKey, string>> = {
  ...units,
  ...buttons,
  ...menu,
  ...refusals,
  ...passenger,
  ...driver,
  ...ride,
  ...safety,
  ...templates,
};
