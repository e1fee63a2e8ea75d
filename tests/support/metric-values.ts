import type { Sql } from "postgres";
import { describedFunctions } from "../../shared/openapi/mod.ts";
import { catalogue, createPlatform, readConfig } from "../../shared/platform/mod.ts";
import { createStrategies } from "../../shared/ranking/mod.ts";
import { steps } from "../../shared/conversation/steps.ts";
import { JOBS } from "../../scripts/stack/jobs.ts";

const ROLES = ["driver", "passenger"];
const LIVE = ["pending", "accepted", "driver_arrived", "in_progress"];
const ENDED = ["completed", "declined", "expired", "cancelled_driver", "cancelled_passenger"];
const SENT = ["sent", "retry", "dead", "expired", "hold", "template", "unknown"];

/**
 * The values that a label may have, by label; or by "<family> <label>" where one family's are its own. Everything that
 * is not written down here is read from the code or the database.
 */
export async function allowedValues(
  sql: Sql,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const routes = routesOf();
  const column = async (rows: PromiseLike<readonly { name: string }[]>): Promise<string[]> =>
    (await rows).map(({ name }) => name);
  const outcomes = {
    mobility_database_call_duration_seconds: ["ok", "refused", "failed"],
    mobility_inbox_answered_total: [
      ...["answered", "refused", "lease_lost", "failed", "dead"],
      ...["unreadable", "broken"],
    ],
    mobility_outbox_total: SENT,
    mobility_deliveries_total: ["sent", "retry", "dead"],
    mobility_rides_total: ENDED,
    mobility_offers_total: ["accepted", "declined", "expired", "taken", "cancelled", "withdrawn"],
    mobility_database_transactions_total: ["commit", "rollback"],
  };
  const whatsappCodes = [
    ...["none", "other", "4", "100", "190", "368", "80007", "130429", "131000", "131009", "131016"],
    ...["131026", "131047", "131048", "131051", "131053", "131056", "131057", "131062", "132000"],
    ...["132001", "132012", "133004"],
  ];
  return {
    function: routes.functions,
    route: routes.routes,
    endpoint: routes.endpoints,
    status: ["200", "201", "204", "304", ...statusesOf()],
    code: Object.keys(catalogue),
    "mobility_webhook_errors_total code": whatsappCodes,
    "mobility_outbox_errors_total code": whatsappCodes,
    rpc: await column(sql<{ name: string }[]>`
      select proname as name from pg_proc where pronamespace = 'public'::regnamespace`),
    ...Object.fromEntries(
      Object.entries(outcomes).map(([family, values]) => [`${family} outcome`, values]),
    ),
    result: ["hit", "miss"],
    "mobility_webhook_messages_total result": ["stored", "duplicate"],
    kind: ["text", "location", "reply", "contacts", "unsupported", "mixed"],
    "mobility_table_rows kind": ["live", "dead"],
    role: ROLES,
    vehicle_type: await column(sql<{ name: string }[]>`
      select code as name from mobility.vehicle_types`),
    action: await column(sql<{ name: string }[]>`
      select distinct action as name from mobility.match_transitions`),
    used: ["yes", "no"],
    source: ["osrm", "great_circle", "fallback"],
    "mobility_database_blocks_total source": ["cache", "disk"],
    step: steps,
    target: ["v1", "sos"],
    "mobility_matches_live status": LIVE,
    job: JOBS.map(({ name }) => name),
    table: await column(sql<{ name: string }[]>`
      select relname as name from pg_class
      where relnamespace = 'mobility'::regnamespace and relkind in ('r', 'p') and not relispartition`),
    "mobility_v1_rejects table": ["profiles", "trips", "matches"],
    queue: ["inbox", "outbox", "deliveries"],
    leg: ["pickup", "ride"],
    stat: ["mean", "mean_abs", "p90_abs"],
    state: ["active", "idle", "idle_in_transaction", "idle_in_transaction_aborted", "other"],
  };
}

function statusesOf(): string[] {
  return [...new Set(Object.values(catalogue).map(({ status }) => String(status)))];
}

/** What the functions say they answer; they are described, never called. */
function routesOf(): { functions: string[]; routes: string[]; endpoints: string[] } {
  const config = readConfig({
    SUPABASE_URL: "http://127.0.0.1:9",
    SUPABASE_SECRET_KEYS: '{"default":"unused"}',
    JWT_SECRET: "unused",
  });
  const platform = createPlatform("description", { config, writeLog: () => {} });
  const functions = describedFunctions(platform, createStrategies(undefined));
  const routes = ["/health", "unmatched"];
  const endpoints: string[] = [];
  for (const { name, endpoints: own, rawEndpoints = [] } of functions) {
    for (const { method, path } of [...own, ...rawEndpoints]) {
      routes.push(`${method} ${path}`);
      endpoints.push(`${name} ${method} ${path}`);
    }
  }
  return { functions: functions.map(({ name }) => name), routes, endpoints };
}
