import { z } from "zod";

/** A text of 1 to `max` characters, trimmed; without what PostgreSQL cannot store: NUL and half a character. */
export function text(max: number): z.ZodString {
  return z.string().trim().min(1).max(max).refine(
    (value) => !value.includes("\0") && value.isWellFormed(),
    "Must not contain NUL or a lone surrogate",
  );
}
