import { database } from "./database.ts";
import { overview } from "./overview.ts";
import type { Dashboard } from "./panel.ts";
import { rollout } from "./rollout.ts";
import { serviceHealth } from "./service-health.ts";

export { toGrafana } from "./grafana.ts";

/** All of them. */
export const DASHBOARDS: readonly Dashboard[] = [overview, serviceHealth, database, rollout];
