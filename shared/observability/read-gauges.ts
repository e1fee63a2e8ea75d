import { z } from "zod";
import type { Platform } from "../platform/mod.ts";
import { callBriefly } from "./brief-call.ts";
import { type SamplesByName, samplesByName } from "./samples.ts";

/** How many milliseconds the database has for each of them. */
export interface ReadGaugesOptions {
  readonly patienceMs?: number;
}

const depth = z.object({ pending: z.number(), oldest_s: z.number(), dead: z.number() });
const depths = z.object({ inbox: depth, outbox: depth, deliveries: depth });
const accuracy = z.array(z.object({
  leg: z.enum(["pickup", "ride"]),
  vehicle_type: z.string(),
  rides: z.number(),
  mean_error_s: z.number(),
  mean_abs_error_s: z.number(),
  p90_abs_error_s: z.number(),
}));

/** Everything that the database knows, as far as it says so in time; what it does not say is left out. */
export async function readGauges(
  platform: Platform,
  { patienceMs }: ReadGaugesOptions = {},
): Promise<SamplesByName> {
  const patience = patienceMs === undefined ? {} : { patienceMs };
  const [operations, database, queues, eta] = await Promise.all([
    callBriefly(platform, { rpc: "operations_gauges", answer: samplesByName, ...patience }),
    callBriefly(platform, { rpc: "database_gauges", answer: samplesByName, ...patience }),
    callBriefly(platform, { rpc: "queue_depths", answer: depths, ...patience }),
    callBriefly(platform, { rpc: "eta_accuracy", answer: accuracy, ...patience }),
  ]);
  return {
    ...operations,
    ...database,
    ...(queues === undefined ? {} : queueSamples(queues)),
    ...(eta === undefined ? {} : etaSamples(eta)),
  };
}

function queueSamples(queues: z.infer<typeof depths>): SamplesByName {
  const of = (measure: keyof z.infer<typeof depth>): SamplesByName[string] =>
    Object.entries(queues).map(([queue, values]) => ({
      labels: { queue },
      value: values[measure],
    }));
  return {
    mobility_queue_pending: of("pending"),
    mobility_queue_oldest_seconds: of("oldest_s"),
    mobility_queue_dead: of("dead"),
  };
}

function etaSamples(rows: z.infer<typeof accuracy>): SamplesByName {
  return {
    mobility_eta_error_seconds: rows.flatMap(({ leg, vehicle_type, ...row }) => [
      { labels: { leg, vehicle_type, stat: "mean" }, value: row.mean_error_s },
      { labels: { leg, vehicle_type, stat: "mean_abs" }, value: row.mean_abs_error_s },
      { labels: { leg, vehicle_type, stat: "p90_abs" }, value: row.p90_abs_error_s },
    ]),
    mobility_eta_rides: rows.map(({ leg, vehicle_type, rides }) => ({
      labels: { leg, vehicle_type },
      value: rides,
    })),
  };
}
