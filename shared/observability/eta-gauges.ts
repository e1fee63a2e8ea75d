import { z } from "zod";
import type { Platform } from "../platform/mod.ts";
import { callBriefly } from "./brief-call.ts";

const accuracy = z.array(z.object({
  leg: z.enum(["pickup", "ride"]),
  vehicle_type: z.string().regex(/^[a-z0-9_]{1,40}$/),
  rides: z.number(),
  mean_error_s: z.number(),
  mean_abs_error_s: z.number(),
  p90_abs_error_s: z.number(),
}));

/** How far the predictions of the last day were off, in the Prometheus text format; "" when the database does not say. */
export async function renderEtaGauges(
  platform: Platform,
  { patienceMs }: { patienceMs?: number } = {},
): Promise<string> {
  const rows = await callBriefly(platform, {
    rpc: "eta_accuracy",
    answer: accuracy,
    ...(patienceMs === undefined ? {} : { patienceMs }),
  });
  if (rows === undefined) return "";
  const of = rows.map((row) => ({
    row,
    labels: `leg="${row.leg}",vehicle_type="${row.vehicle_type}"`,
  }));
  const lines = [
    "# HELP mobility_eta_error_seconds What rides of the last day took beyond the prediction",
    "# TYPE mobility_eta_error_seconds gauge",
    ...of.flatMap(({ row, labels }) => [
      `mobility_eta_error_seconds{${labels},stat="mean"} ${row.mean_error_s}`,
      `mobility_eta_error_seconds{${labels},stat="mean_abs"} ${row.mean_abs_error_s}`,
      `mobility_eta_error_seconds{${labels},stat="p90_abs"} ${row.p90_abs_error_s}`,
    ]),
    "# HELP mobility_eta_rides Rides that this is known of",
    "# TYPE mobility_eta_rides gauge",
    ...of.map(({ row, labels }) => `mobility_eta_rides{${labels}} ${row.rides}`),
  ];
  return lines.join("\n") + "\n";
}
