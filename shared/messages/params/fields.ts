import { z } from "zod";
import { place } from "../../geo/mod.ts";

/** Numbers are taken as they come, fractions included: a text rounds them, a message is not lost over one. */
export const quantity = z.number().min(0);

export const id = z.guid();
export const at = z.iso.datetime({ offset: true });
export const role = z.enum(["driver", "passenger"]);
export const currency = z.string().regex(/^[A-Z]{3}$/);
/** An IANA name; without one, times are Kigali's. */
export const timeZone = z.string().nullish().refine(isTimeZone, "Must be an IANA time zone");
/** A place on Earth, `text` its name. */
export const point = place.extend({ text: z.string().nullish() });
export const pin = z.string().regex(/^\d{4,6}$/);
/** The secret of a trip page's address. */
export const linkToken = z.string().min(1).max(200);

export const maybe = {
  text: z.string().nullish(),
  quantity: quantity.nullish(),
  currency: currency.nullish(),
  linkToken: linkToken.nullish(),
  point: point.nullish(),
};

/** A fare; the estimate and its currency are there together or not at all. */
export const fare = { fare_amount: maybe.quantity, currency: maybe.currency };

/** What is known of a person's ratings: 1 to 5, from how many. */
export const ratings = {
  rating: z.number().min(0).max(5).nullish(),
  rating_count: maybe.quantity,
};

function isTimeZone(name: string | null | undefined): boolean {
  if (name === null || name === undefined) return true;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
