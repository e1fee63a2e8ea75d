import postgres from "postgres";
import { catalogue, type ErrorCode, isErrorCode } from "../../../shared/platform/errors.ts";

/** What became of a call: its answer, or the documented code it was refused with. */
export type Outcome<T> = { readonly code: "ok"; readonly answer: T } | { readonly code: ErrorCode };

/**
 * Waits for a call of the API.
 * @throws whatever is not a code of the catalogue with its own status: such an error is a bug
 */
export async function outcomeOf<T>(call: PromiseLike<T>): Promise<Outcome<T>> {
  try {
    return { code: "ok", answer: await call };
  } catch (error) {
    if (
      error instanceof postgres.PostgresError && isErrorCode(error.message) &&
      error.code === `PT${catalogue[error.message].status}`
    ) {
      return { code: error.message };
    }
    if (!(error instanceof postgres.PostgresError)) throw error;
    const { code, message, detail, where } = error;
    throw new Error([`${code} ${message}`, detail, where].filter(Boolean).join("\n"), {
      cause: error,
    });
  }
}

/** "ok", or the documented code a call was refused with. */
export async function codeOf(call: PromiseLike<unknown>): Promise<"ok" | ErrorCode> {
  return (await outcomeOf(call)).code;
}

/** How often each code came, such as `{ ok: 1, TRIP_ALREADY_MATCHED: 49 }`. */
export async function countCodes(
  calls: readonly PromiseLike<unknown>[],
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { code } of await Promise.all(calls.map(outcomeOf))) {
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}
