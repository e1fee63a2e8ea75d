import type { MessageKey } from "./en.ts";
import { buttons } from "./rw/buttons.ts";
import { driver } from "./rw/driver.ts";
import { menu } from "./rw/menu.ts";
import { passenger } from "./rw/passenger.ts";
import { refusals } from "./rw/refusals.ts";
import { ride } from "./rw/ride.ts";
import { safety } from "./rw/safety.ts";
import { templates } from "./rw/templates.ts";
import { units } from "./rw/units.ts";

/** Kinyarwanda. ICU knows no plurals of it: a singular that differs is written as "=1". */
export const rw: Readonly<Record<MessageKey, string>> = {
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
