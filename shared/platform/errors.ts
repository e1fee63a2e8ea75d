/** The HTTP status of every error code the API answers with, each documented here and nowhere else. */
export const catalogue = {
  /** The body or a parameter does not have the documented shape; details name the fields. */
  VALIDATION_ERROR: 400,
  /** The body is not JSON. */
  INVALID_JSON: 400,
  /** A latitude or longitude is missing, not a number, out of range, exchanged, or 0, 0. */
  INVALID_LOCATION: 400,
  /** No such vehicle type; details list those there are. */
  INVALID_VEHICLE_TYPE: 400,
  /** A position was recorded in the future. */
  INVALID_TIMESTAMP: 400,
  /** No key or token, or one that is not valid. */
  UNAUTHENTICATED: 401,
  /** A valid caller, but not one who may do this. */
  FORBIDDEN: 403,
  /** One of the two people has blocked the other. */
  BLOCKED: 403,
  /** No such path. */
  NOT_FOUND: 404,
  TRIP_NOT_FOUND: 404,
  MATCH_NOT_FOUND: 404,
  OFFER_NOT_FOUND: 404,
  LINK_NOT_FOUND: 404,
  /** No call for help. */
  ALERT_NOT_FOUND: 404,
  /** Nothing that a queue gave up. */
  DEAD_LETTER_NOT_FOUND: 404,
  /** Nobody to dispatch to is within the radius. */
  NO_DRIVERS_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  /** The trip is bound to a match; or one of the two people is, in accept-match. */
  TRIP_ALREADY_MATCHED: 409,
  TRIP_CANCELLED: 409,
  TRIP_COMPLETED: 409,
  /** A scheduled trip, earlier than 15 minutes before its time. */
  TRIP_NOT_DUE: 409,
  /** A trip cannot be opened beside a ride that is under way. */
  ALREADY_IN_RIDE: 409,
  /** The match is in a state that does not allow this action; details carry the state. */
  MATCH_INVALID_STATE: 409,
  ALREADY_RATED: 409,
  /** The other side said no to this very ride before. */
  MATCH_DECLINED: 409,
  /** The offer was taken, cancelled, answered or ran out; details.reason says which. */
  OFFER_GONE: 409,
  /** Another worker answers this message. Only between the worker and the database. */
  LEASE_LOST: 409,
  /** Nine trusted contacts are the most. */
  TOO_MANY_CONTACTS: 409,
  /** A position that cannot be true: made up, or too far away. It was not used. Only inside batch results. */
  IMPLAUSIBLE_POSITION: 409,
  /** The driver says to have arrived, and is somewhere else; details.distance_m says how far. */
  TOO_FAR_FROM_PICKUP: 409,
  /** A newer position of this trip is known; nothing was changed. Only inside batch results. */
  OUT_OF_DATE: 409,
  TRIP_EXPIRED: 410,
  /** The link to a ride was revoked, or a day old. */
  LINK_EXPIRED: 410,
  /** What was given up is not worth another attempt any more. */
  DEAD_LETTER_EXPIRED: 410,
  /** The time to answer, or to rate, is over. */
  MATCH_EXPIRED: 410,
  PAYLOAD_TOO_LARGE: 413,
  /** A passenger trip where a driver trip is needed, or the reverse. */
  TRIP_WRONG_ROLE: 422,
  VEHICLE_TYPE_MISMATCH: 422,
  /** One person on both sides of a match. */
  SELF_MATCH: 422,
  /** An Idempotency-Key that came with another request before. */
  IDEMPOTENCY_KEY_REUSED: 422,
  /** The wrong PIN; details say how many attempts are left. */
  PIN_INVALID: 422,
  /** Five wrong PINs; details.retry_after_s says for how long. */
  PIN_LOCKED: 423,
  /** Too many requests; details.retry_after_s and Retry-After say when to come back. */
  RATE_LIMITED: 429,
  /** A fault of ours; the request id finds it in the log. */
  INTERNAL_ERROR: 500,
  /** The database answered with an error that is none of the above. */
  DATABASE_ERROR: 500,
  /** The cache failed. Never answered to a caller: logged and counted, the request goes on without. */
  CACHE_ERROR: 500,
  /** The database cannot be reached or did not answer in time; try again. */
  SERVICE_UNAVAILABLE: 503,
} as const;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof catalogue;

/** Whether a string is a code of the catalogue. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(catalogue, code);
}

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
    return catalogue[this.code];
  }
}
