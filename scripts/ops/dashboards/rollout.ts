import { type Dashboard, graph, graphs, stat } from "./panel.ts";

/** What to watch while people are moved over from V1. */
export const rollout: Dashboard = {
  name: "rollout",
  title: "Mobility: rollout",
  description:
    "The limits at which the rollout goes back, what V2 serves, and whether V1 keeps up.",
  rows: [
    {
      title: "Limits",
      panels: [
        stat("On V2", "mobility_rollout_percent", {
          description: "The share of people whom V2 serves.",
          unit: "percent",
          max: 100,
          width: 6,
        }),
        stat("Failed requests", "mobility:http_errors:ratio_rate10m", {
          description: "Over 10 minutes. At 1 % the rollout goes back.",
          unit: "percentunit",
          steps: [[null, "green"], [0.001, "orange"], [0.01, "red"]],
          alert: "RolloutBreach",
          width: 6,
        }),
        stat("95th percentile", "mobility:http_request_duration_seconds:p95_10m", {
          description: "Over 10 minutes. At 500 ms the rollout goes back.",
          unit: "s",
          steps: [[null, "green"], [0.4, "orange"], [0.5, "red"]],
          alert: "RolloutBreach",
          width: 6,
        }),
        stat("Oldest change not carried over", "mobility_v1_oldest_change_seconds", {
          description:
            "Between V1 and V2, either way. Above a minute, and somebody is told. Empty where there is no V1.",
          unit: "s",
          steps: [[null, "green"], [30, "orange"], [60, "red"]],
          alert: "V1SyncLag",
          width: 6,
        }),
        graph("Share on V2", "mobility_rollout_percent", {
          description: "Each step of the rollout, and each step back.",
          unit: "percent",
          max: 100,
          legend: "on V2",
        }),
        graph("Failed requests over time", "mobility:http_errors:ratio_rate10m", {
          description: "With the limit.",
          unit: "percentunit",
          legend: "5xx",
          steps: [[null, "green"], [0.01, "red"]],
          alert: "RolloutBreach",
        }),
        graph("95th percentile over time", "mobility:http_request_duration_seconds:p95_10m", {
          description: "With the limit.",
          unit: "s",
          legend: "95 %",
          steps: [[null, "green"], [0.5, "red"]],
          alert: "RolloutBreach",
        }),
      ],
    },
    {
      title: "What V2 serves",
      panels: [
        graph("Requests", "function:mobility_http_requests:rate5m", {
          description: "A second, by function.",
          unit: "reqps",
          legend: "{{function}}",
          stacked: true,
        }),
        graph(
          "Messages taken by V2",
          "sum by (result) (rate(mobility_webhook_messages_total[$__rate_interval]))",
          {
            description:
              "WhatsApp messages a second; a duplicate is a webhook that Meta sent twice.",
            unit: "short",
            legend: "{{result}}",
          },
        ),
        graph("How rides end, an hour", "sum by (outcome) (increase(mobility_rides_total[1h]))", {
          description: "People who are moved should finish as many rides as before.",
          unit: "short",
          legend: "{{outcome}}",
          stacked: true,
        }),
      ],
    },
    {
      title: "Beside V1",
      panels: [
        graph(
          "Webhooks passed on",
          'sum by (target, outcome) (rate(mobility_deliveries_total{target="v1"}[$__rate_interval]))',
          {
            description: "Posts a second to V1, for those whom V2 does not serve, by outcome.",
            unit: "short",
            legend: "{{target}} {{outcome}}",
          },
        ),
        graphs("Webhooks that wait for V1", [
          { expr: 'mobility_queue_pending{queue="deliveries"}', legend: "waiting" },
          { expr: 'mobility_queue_dead{queue="deliveries"}', legend: "given up" },
        ], {
          description: "Given up are those that V1 did not take for long.",
          unit: "short",
          alert: "OutboxStuck",
        }),
        graph("Changes that wait to be carried over", "mobility_v1_changes_pending", {
          description: "Between V1 and V2, either way. Empty where there is no V1.",
          unit: "short",
          legend: "changes",
          alert: "V1SyncLag",
        }),
        graph("Age of the oldest of them", "mobility_v1_oldest_change_seconds", {
          description: "Above a minute for 5 minutes, and somebody is told.",
          unit: "s",
          legend: "oldest",
          steps: [[null, "green"], [60, "red"]],
          alert: "V1SyncLag",
        }),
        graph("Rows that cannot be carried over", "sum by (table) (mobility_v1_rejects)", {
          description: "Each with its reason in mobility_v1.rejects. Empty where there is no V1.",
          unit: "short",
          legend: "{{table}}",
          alert: "V1SyncLag",
        }),
      ],
    },
  ],
};
