/** Every error code the API answers with, its HTTP status and what it means: said here and nowhere else. */
export const catalogue = {
  VALIDATION_ERROR: {
    status: 400,
    meaning: "The body or a parameter does not have the documented shape; details name the fields.",
  },
  INVALID_JSON: { status: 400, meaning: "The body is not JSON." },
  INVALID_LOCATION: {
    status: 400,
    meaning: "A latitude or longitude is missing, not a number, out of range, exchanged, or 0, 0.",
  },
  INVALID_VEHICLE_TYPE: {
    status: 400,
    meaning: "No such vehicle type; details list those there are.",
  },
  INVALID_TIMESTAMP: { status: 400, meaning: "A position was recorded in the future." },
  UNAUTHENTICATED: { status: 401, meaning: "No key or token, or one that is not valid." },
  FORBIDDEN: { status: 403, meaning: "A valid caller, but not one who may do this." },
  BLOCKED: { status: 403, meaning: "One of the two people has blocked the other." },
  NOT_FOUND: { status: 404, meaning: "No such path." },
  TRIP_NOT_FOUND: { status: 404, meaning: "No such trip." },
  MATCH_NOT_FOUND: { status: 404, meaning: "No such match." },
  OFFER_NOT_FOUND: { status: 404, meaning: "No such offer." },
  LINK_NOT_FOUND: { status: 404, meaning: "No ride has such a link." },
  ALERT_NOT_FOUND: { status: 404, meaning: "No call for help." },
  DEAD_LETTER_NOT_FOUND: { status: 404, meaning: "Nothing that a queue gave up." },
  NO_DRIVERS_FOUND: { status: 404, meaning: "Nobody to dispatch to is within the radius." },
  METHOD_NOT_ALLOWED: {
    status: 405,
    meaning: "The path exists, the method does not; details list those there are.",
  },
  TRIP_ALREADY_MATCHED: {
    status: 409,
    meaning: "The trip is bound to a match; or one of the two people is, in accept-match.",
  },
  TRIP_CANCELLED: { status: 409, meaning: "The trip was cancelled, or replaced by a newer one." },
  TRIP_COMPLETED: { status: 409, meaning: "The ride of this trip is over." },
  TRIP_NOT_DUE: {
    status: 409,
    meaning: "A scheduled trip, earlier than 15 minutes before its time.",
  },
  ALREADY_IN_RIDE: {
    status: 409,
    meaning: "A trip cannot be opened beside a ride that is under way.",
  },
  MATCH_INVALID_STATE: {
    status: 409,
    meaning: "The match is in a state that does not allow this action; details carry the state.",
  },
  ALREADY_RATED: { status: 409, meaning: "This side has rated the ride." },
  MATCH_DECLINED: { status: 409, meaning: "The other side said no to this very ride before." },
  OFFER_GONE: {
    status: 409,
    meaning: "The offer was taken, cancelled, answered or ran out; details.reason says which.",
  },
  LEASE_LOST: {
    status: 409,
    meaning: "Another worker answers this message. Only between the worker and the database.",
  },
  TOO_MANY_CONTACTS: { status: 409, meaning: "Nine trusted contacts are the most." },
  IMPLAUSIBLE_POSITION: {
    status: 409,
    meaning:
      "A position that cannot be true: made up, or too far away. It was not used. Only inside batch results.",
  },
  TOO_FAR_FROM_PICKUP: {
    status: 409,
    meaning:
      "The driver says to have arrived, and is somewhere else; details.distance_m says how far.",
  },
  OUT_OF_DATE: {
    status: 409,
    meaning:
      "A newer position of this trip is known; nothing was changed. Only inside batch results.",
  },
  TRIP_EXPIRED: { status: 410, meaning: "The time of the trip is over." },
  LINK_EXPIRED: { status: 410, meaning: "The link to a ride was revoked, or a day old." },
  DEAD_LETTER_EXPIRED: {
    status: 410,
    meaning: "What was given up is not worth another attempt any more.",
  },
  MATCH_EXPIRED: { status: 410, meaning: "The time to answer, or to rate, is over." },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    meaning: "The body has more bytes than the endpoint takes; details say how many.",
  },
  TRIP_WRONG_ROLE: {
    status: 422,
    meaning: "A passenger trip where a driver trip is needed, or the reverse.",
  },
  VEHICLE_TYPE_MISMATCH: { status: 422, meaning: "The two trips want different vehicles." },
  SELF_MATCH: { status: 422, meaning: "One person on both sides of a match." },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    meaning: "An Idempotency-Key that came with another request before.",
  },
  PIN_INVALID: { status: 422, meaning: "The wrong PIN; details say how many attempts are left." },
  PIN_LOCKED: { status: 423, meaning: "Five wrong PINs; details.retry_after_s says for how long." },
  RATE_LIMITED: {
    status: 429,
    meaning: "Too many requests; details.retry_after_s and Retry-After say when to come back.",
  },
  INTERNAL_ERROR: { status: 500, meaning: "A fault of ours; the request id finds it in the log." },
  DATABASE_ERROR: {
    status: 500,
    meaning: "The database answered with an error that is none of the above.",
  },
  CACHE_ERROR: {
    status: 500,
    meaning:
      "The cache failed. Never answered to a caller: logged and counted, the request goes on without.",
  },
  SERVICE_UNAVAILABLE: {
    status: 503,
    meaning: "The database cannot be reached or did not answer in time; try again.",
  },
} as const satisfies Record<string, { status: number; meaning: string }>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof catalogue;

/** Whether a string is a code of the catalogue. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(catalogue, code);
}

/** Every code, in the catalogue's order. */
export const errorCodes: readonly ErrorCode[] = Object.keys(catalogue).filter(isErrorCode);

/** What callers get: a code, a sentence, and details that help to act. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ErrorCode;
  readonly details: unknown;

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: unknown; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.details = options.details;
  }

  get status(): number {
    return catalogue[this.code].status;
  }
}
