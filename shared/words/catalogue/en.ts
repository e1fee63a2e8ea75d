import { buttons } from "./en/buttons.ts";
import { driver } from "./en/driver.ts";
import { menu } from "./en/menu.ts";
import { passenger } from "./en/passenger.ts";
import { refusals } from "./en/refusals.ts";
import { ride } from "./en/ride.ts";
import { safety } from "./en/safety.ts";
import { templates } from "./en/templates.ts";
import { units } from "./en/units.ts";

/** English, the source: every other language has these texts, each with the same values. */
export const en = {
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

/** The name of a text. */
export type MessageKey = keyof typeof en;
