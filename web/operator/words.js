// @ts-check

/** @typedef {import("./types.js").TimelineEntry} TimelineEntry */

/** What is said of each state, and of what is shown on the map. @type {Readonly<Record<string, string>>} */
const STATUS = {
  waiting: "Waiting",
  offered: "Offered",
  pending: "Asked",
  accepted: "On the way",
  driver_arrived: "At the pickup",
  in_progress: "Riding",
  available: "Free",
  completed: "Completed",
  declined: "Declined",
  expired: "Nobody answered",
  cancelled_driver: "Cancelled",
  cancelled_passenger: "Cancelled",
};

/** @type {Readonly<Record<string, string>>} */
const PROBLEMS = {
  UNREACHABLE: "The service does not answer. Nothing was changed, as far as we know.",
  FORBIDDEN: "Your account is not an operator’s.",
  MATCH_INVALID_STATE: "The ride has moved on meanwhile.",
  MATCH_NOT_FOUND: "There is no such ride.",
  TRIP_ALREADY_MATCHED: "The trip is in a ride by now.",
  TRIP_CANCELLED: "It was cancelled before.",
  TRIP_COMPLETED: "It is over.",
  TRIP_EXPIRED: "It has expired.",
  TRIP_NOT_DUE: "It is booked for later.",
  DEAD_LETTER_NOT_FOUND: "Somebody else has dealt with it.",
  DEAD_LETTER_EXPIRED: "It is not worth sending any more. Drop it.",
  ALERT_NOT_FOUND: "There is no such call for help.",
  RATE_LIMITED: "Too many requests. Wait a minute.",
};

/** @type {Readonly<Record<string, string>>} */
const ACTIONS = {
  cancel_ride: "ended the ride",
  cancel_trip: "cancelled the request",
  redispatch: "sent for another driver",
  acknowledge_sos: "took up the call for help",
};

/** @type {Readonly<Record<string, string>>} */
const QUEUES = {
  outbox: "Message",
  deliveries: "Post",
  inbox: "Unanswered",
};

/** @param {string} status */
export function statusWord(status) {
  return STATUS[status] ?? plain(status);
}

/** What to say of a refusal. @param {string} code */
export function problemText(code) {
  return PROBLEMS[code] ?? `It did not work (${code}).`;
}

/** @param {string} queue */
export function queueWord(queue) {
  return QUEUES[queue] ?? queue;
}

/** A name of ours for people: "ride_accepted" is "ride accepted". @param {string} name */
export function plain(name) {
  return name.replaceAll("_", " ");
}

/** @param {string | null} name @param {string} role */
export function nameOr(name, role) {
  return name ?? role;
}

/** @param {number} metres */
export function distanceText(metres) {
  if (metres < 995) return `${Math.round(metres / 10) * 10} m`;
  return `${(metres / 1000).toFixed(metres < 9950 ? 1 : 0)} km`;
}

/** @param {{ fare_amount: number | null, currency: string | null }} priced */
export function fareText({ fare_amount, currency }) {
  if (fare_amount === null || currency === null) return null;
  return `${fare_amount.toLocaleString("en-GB")} ${currency}`;
}

/**
 * What a line of the timeline says, and its colour.
 * @param {TimelineEntry} entry
 * @returns {{ title: string, detail: string | null, tone: string }}
 */
export function describeEntry(entry) {
  const driver = entry.driver_name ?? "the driver";
  switch (entry.kind) {
    case "opened":
      return { title: "Asked for a ride", detail: null, tone: "waiting" };
    case "dispatch":
      return entry.status === "running"
        ? { title: "Search began", detail: `${entry.candidates} drivers near`, tone: "offered" }
        : { title: `Search ended: ${searchEnd(entry)}`, detail: null, tone: "offered" };
    case "offer":
      return {
        title: `${driver}: ${plain(entry.status ?? "")}`,
        detail: offerDetail(entry),
        tone: "offered",
      };
    case "match":
      return describeMatch(entry, driver);
    case "operator":
      return {
        title: `${entry.name} ${ACTIONS[entry.action ?? ""] ?? plain(entry.action ?? "")}`,
        detail: entry.reason ?? null,
        tone: "operator",
      };
    case "sos":
      return {
        title: `SOS from the ${entry.side}`,
        detail: entry.acknowledged_by === undefined
          ? "Nobody has taken it up"
          : `Taken up by ${entry.acknowledged_by}`,
        tone: "sos",
      };
    case "rating":
      return {
        title: `The ${entry.by} gave ${"★".repeat(entry.rating ?? 0)}`,
        detail: entry.comment ?? null,
        tone: "completed",
      };
    case "message":
      return {
        title: `To the ${entry.to}: ${plain(entry.message ?? "")}`,
        detail: entry.error_code === undefined
          ? entry.status ?? null
          : `${entry.status}, error ${entry.error_code}`,
        tone: entry.status === "dead" ? "sos" : "message",
      };
  }
}

/** @param {TimelineEntry} entry */
function searchEnd({ status, offered }) {
  if (status === "taken") return "taken";
  return status === "exhausted" ? `nobody of ${offered} wanted it` : plain(status ?? "");
}

/** @param {TimelineEntry} entry */
function offerDetail({ status, distance_m }) {
  return status === "offered" && distance_m !== undefined
    ? `${distanceText(distance_m)} away`
    : null;
}

/**
 * @param {TimelineEntry} entry
 * @param {string} driver
 */
function describeMatch({ status = "", from_status, actor }, driver) {
  const by = actor === "system" ? "operations" : `the ${actor}`;
  const tone = status.startsWith("cancelled") ? "ended" : status;
  if (status === "pending") return { title: `Bound to ${driver}`, detail: `asked by ${by}`, tone };
  if (status.startsWith("cancelled")) {
    return {
      title: `${driver}: cancelled by ${by}`,
      detail: from_status ? `was ${statusWord(from_status).toLowerCase()}` : null,
      tone,
    };
  }
  return { title: `${driver}: ${statusWord(status).toLowerCase()}`, detail: null, tone };
}
