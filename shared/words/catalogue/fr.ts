import type { MessageKey } from "./en.ts";
import { buttons } from "./fr/buttons.ts";
import { driver } from "./fr/driver.ts";
import { menu } from "./fr/menu.ts";
import { passenger } from "./fr/passenger.ts";
import { refusals } from "./fr/refusals.ts";
import { ride } from "./fr/ride.ts";
import { safety } from "./fr/safety.ts";
import { templates } from "./fr/templates.ts";
import { units } from "./fr/units.ts";

/** French, with the polite "vous". */
export const fr: Readonly<Record<MessageKey, string>> = {
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
