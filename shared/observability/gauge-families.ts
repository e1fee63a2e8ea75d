/** A family that is asked of the database, or of the metrics function itself. */
export interface GaugeFamilyDefinition {
  readonly type: "gauge" | "counter" | "histogram";
  readonly help: string;
  /** The names of its labels, in the order in which they are shown; `le` of a histogram goes without saying. */
  readonly labels: readonly string[];
}

/** Everything that is not counted in Redis: which it is, what it means, and what tells its series apart. */
export const gaugeFamilies = {
  mobility_cache_up: { type: "gauge", help: "Whether Redis answered this scrape", labels: [] },
  mobility_database_up: {
    type: "gauge",
    help: "Whether the database answered this scrape",
    labels: [],
  },
  mobility_drivers_available: {
    type: "gauge",
    help: "Drivers whom a search finds now",
    labels: ["vehicle_type"],
  },
  mobility_trips_open: {
    type: "gauge",
    help: "Trips that are not matched yet",
    labels: ["role", "vehicle_type"],
  },
  mobility_matches_live: {
    type: "gauge",
    help: "Matches that bind two people now, by status",
    labels: ["status"],
  },
  mobility_dispatches_searching: {
    type: "gauge",
    help: "Searches by offers that are under way",
    labels: [],
  },
  mobility_sos_open: {
    type: "gauge",
    help: "Calls for help that nobody has acknowledged",
    labels: [],
  },
  mobility_sos_oldest_seconds: {
    type: "gauge",
    help: "How long the oldest of them has waited; 0 without one",
    labels: [],
  },
  mobility_rollout_percent: { type: "gauge", help: "The share of people served", labels: [] },
  mobility_job_last_success_timestamp_seconds: {
    type: "gauge",
    help: "When a scheduled job last did its work; before its first run, when it was installed",
    labels: ["job"],
  },
  mobility_job_last_duration_seconds: {
    type: "gauge",
    help: "How long that took",
    labels: ["job"],
  },
  mobility_job_runs_total: {
    type: "counter",
    help: "Runs of a scheduled job that came to their end",
    labels: ["job"],
  },
  mobility_realtime_up: {
    type: "gauge",
    help: "Whether Realtime takes a message now; absent where there is no Realtime",
    labels: [],
  },
  mobility_realtime_lost: {
    type: "gauge",
    help: "Changes of matches in the last 15 minutes of which Realtime did not take a message",
    labels: [],
  },
  mobility_v1_changes_pending: {
    type: "gauge",
    help: "Changes of V1 or V2 that the other has not got yet; absent where there is no V1",
    labels: [],
  },
  mobility_v1_oldest_change_seconds: {
    type: "gauge",
    help: "Age of the oldest of them",
    labels: [],
  },
  mobility_v1_rejects: {
    type: "gauge",
    help: "Rows of V1 that could not be carried over",
    labels: ["table"],
  },
  mobility_queue_pending: {
    type: "gauge",
    help: "Items of a queue that are not done",
    labels: ["queue"],
  },
  mobility_queue_oldest_seconds: {
    type: "gauge",
    help: "Age of the oldest of them",
    labels: ["queue"],
  },
  mobility_queue_dead: {
    type: "gauge",
    help: "Items that were given up",
    labels: ["queue"],
  },
  mobility_eta_error_seconds: {
    type: "gauge",
    help: "What rides of the last day took beyond the prediction",
    labels: ["leg", "vehicle_type", "stat"],
  },
  mobility_eta_rides: {
    type: "gauge",
    help: "Rides that this is known of",
    labels: ["leg", "vehicle_type"],
  },
  mobility_rides_total: {
    type: "counter",
    help: "Matches that have ended, by how",
    labels: ["vehicle_type", "outcome"],
  },
  mobility_trips_created_total: {
    type: "counter",
    help: "Trips opened, in chat or over HTTP",
    labels: ["role", "vehicle_type"],
  },
  mobility_offers_total: {
    type: "counter",
    help: "Offers to drivers that have ended, by how",
    labels: ["outcome"],
  },
  mobility_offer_response_seconds: {
    type: "histogram",
    help: "Time from an offer to its acceptance",
    labels: [],
  },
  mobility_time_to_match_seconds: {
    type: "histogram",
    help: "Time from a passenger's trip to the first match that is accepted",
    labels: [],
  },
  mobility_conversations_abandoned_total: {
    type: "counter",
    help: "People who left in the middle of something, by what they were asked last",
    labels: ["step"],
  },
  mobility_database_connections: {
    type: "gauge",
    help: "Connections to the database, by what they do",
    labels: ["state"],
  },
  mobility_database_connections_max: {
    type: "gauge",
    help: "Connections that the database takes",
    labels: [],
  },
  mobility_database_size_bytes: { type: "gauge", help: "Size of the database", labels: [] },
  mobility_database_transactions_total: {
    type: "counter",
    help: "Transactions, by how they ended",
    labels: ["outcome"],
  },
  mobility_database_blocks_total: {
    type: "counter",
    help: "Blocks read, by where they were found",
    labels: ["source"],
  },
  mobility_database_deadlocks_total: { type: "counter", help: "Deadlocks", labels: [] },
  mobility_database_temp_bytes_total: {
    type: "counter",
    help: "Bytes that did not fit into memory and were written to files",
    labels: [],
  },
  mobility_database_oldest_transaction_seconds: {
    type: "gauge",
    help: "How long the oldest transaction has been open; 0 without one",
    labels: [],
  },
  mobility_database_lock_waits: {
    type: "gauge",
    help: "Connections that wait for a lock",
    labels: [],
  },
  mobility_table_rows: {
    type: "gauge",
    help: "Rows of a table by the database's estimate: live ones, and dead ones not vacuumed yet",
    labels: ["table", "kind"],
  },
  mobility_table_bytes: {
    type: "gauge",
    help: "Size of a table with its indexes",
    labels: ["table"],
  },
} as const satisfies Record<string, GaugeFamilyDefinition>;

/** The name of a family that is not counted in Redis. */
export type GaugeFamily = keyof typeof gaugeFamilies;
