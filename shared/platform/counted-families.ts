/** A family that the functions count themselves. */
export interface CountedFamilyDefinition {
  readonly type: "counter" | "histogram";
  readonly help: string;
  /** The names of its labels, each with few values. */
  readonly labels: readonly string[];
  /** The upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[];
}

/** Seconds; the usual web ladder, finer where this system promises milliseconds. */
const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10];
const countBuckets = [0, 1, 3, 5, 10, 20, 50];

/** Everything that the functions count in Redis. */
export const countedFamilies = {
  mobility_http_requests_total: {
    type: "counter",
    help: "Requests answered, by route and status",
    labels: ["function", "route", "status"],
  },
  mobility_http_request_duration_seconds: {
    type: "histogram",
    help: "Time to answer a request",
    labels: ["function", "route"],
    buckets: durationBuckets,
  },
  mobility_database_call_duration_seconds: {
    type: "histogram",
    help:
      "Time of a call of the database, by how it ended: ok, refused by a rule, or failed; repeats included",
    labels: ["function", "rpc", "outcome"],
    buckets: durationBuckets,
  },
  mobility_errors_total: {
    type: "counter",
    help: "Errors answered, by code",
    labels: ["function", "code"],
  },
  mobility_cache_requests_total: {
    type: "counter",
    help: "Searches by what the cache had: hit or miss",
    labels: ["result"],
  },
  mobility_cache_errors_total: {
    type: "counter",
    help: "Cache calls that failed or came too late",
    labels: [],
  },
  mobility_rate_limited_total: {
    type: "counter",
    help: "Requests turned away by a rate limit",
    labels: ["endpoint"],
  },
  mobility_counterparts_found: {
    type: "histogram",
    help: "Drivers or passengers found by a search",
    labels: ["role"],
    buckets: countBuckets,
  },
  mobility_matches_created_total: {
    type: "counter",
    help: "Matches made",
    labels: ["vehicle_type"],
  },
  mobility_match_transitions_total: {
    type: "counter",
    help: "Match actions done, by action",
    labels: ["action"],
  },
  mobility_positions_total: {
    type: "counter",
    help: "Positions received, by whether they were used",
    labels: ["used"],
  },
  mobility_eta_requests_total: {
    type: "counter",
    help: "Travel times worked out, by source: osrm, great_circle, fallback",
    labels: ["source"],
  },
  mobility_webhook_messages_total: {
    type: "counter",
    help: "WhatsApp messages received, by kind and whether they were new",
    labels: ["kind", "result"],
  },
  mobility_webhook_errors_total: {
    type: "counter",
    help: "Errors that WhatsApp reported, by code",
    labels: ["code"],
  },
  mobility_inbox_answered_total: {
    type: "counter",
    help: "Events of the conversation worked on, by outcome",
    labels: ["outcome"],
  },
  mobility_conversation_steps_total: {
    type: "counter",
    help: "Answers of the conversation, by the step they lead to",
    labels: ["step"],
  },
  mobility_outbox_total: {
    type: "counter",
    help: "Messages worked on, by outcome",
    labels: ["outcome"],
  },
  mobility_outbox_errors_total: {
    type: "counter",
    help: "Messages that WhatsApp did not take, by code",
    labels: ["code"],
  },
  mobility_deliveries_total: {
    type: "counter",
    help: "Posts to other systems, by target and outcome",
    labels: ["target", "outcome"],
  },
} as const satisfies Record<string, CountedFamilyDefinition>;

/** The name of a family that is counted in Redis. */
export type CountedFamily = keyof typeof countedFamilies;
