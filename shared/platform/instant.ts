import { z } from "zod";

const [FIRST, LAST] = [Date.UTC(2000, 0), Date.UTC(2100, 0)];

/** A moment of this century in ISO 8601 with offset, as UTC: PostgreSQL knows no offset beyond 15:59. */
export const instant = z.iso.datetime({ offset: true })
  .refine(
    (at) => Date.parse(at) >= FIRST && Date.parse(at) < LAST,
    "Must be a moment between 2000 and 2100",
  )
  .transform((at) => new Date(at).toISOString());
