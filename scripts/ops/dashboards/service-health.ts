import { type Dashboard, graph, graphs, stat, UP_IS_GOOD, UP_OR_DOWN } from "./panel.ts";

/** How well each function serves, and what it stands on. */
export const serviceHealth: Dashboard = {
  name: "service-health",
  title: "Mobility: service health",
  description: "Rate, errors and duration of each function; the cache; scheduled work; Realtime.",
  rows: [
    {
      title: "Promises",
      panels: [
        stat("Failed, 10 minutes", "mobility:http_errors:ratio_rate10m", {
          description: "Requests answered with a 5xx. Promised: less than 0.01 %.",
          unit: "percentunit",
          steps: [[null, "green"], [0.0001, "orange"], [0.01, "red"]],
          alert: "HighErrorRate",
          width: 6,
        }),
        stat("Failed, 6 hours", "mobility:http_errors:ratio_rate6h", {
          description: "The same over 6 hours: at 0.1 % a month's errors are made in three days.",
          unit: "percentunit",
          steps: [[null, "green"], [0.0001, "orange"], [0.001, "red"]],
          alert: "HighErrorRate",
          width: 6,
        }),
        stat("95th percentile, 10 minutes", "mobility:http_request_duration_seconds:p95_10m", {
          description:
            "All requests but those of the clock and of Prometheus. Promised: below 500 ms.",
          unit: "s",
          steps: [[null, "green"], [0.5, "red"]],
          alert: "SlowResponses",
          width: 6,
        }),
        stat("Cache hits, an hour", "mobility:cache_hits:ratio_rate1h", {
          description: "Searches answered from the cache. Promised: 80 % of 16 a second.",
          unit: "percentunit",
          max: 1,
          steps: [[null, "red"], [0.5, "orange"], [0.8, "green"]],
          alert: "CacheHitRateLow",
          width: 6,
        }),
      ],
    },
    {
      title: "Functions",
      panels: [
        graph("Requests", "function:mobility_http_requests:rate5m", {
          description: "A second, by function, without health checks.",
          unit: "reqps",
          legend: "{{function}}",
          stacked: true,
        }),
        graph("Failed requests", "function:mobility_http_errors:ratio_rate5m", {
          description: "The share answered with a 5xx. Above 1 %, and somebody is told.",
          unit: "percentunit",
          legend: "{{function}}",
          steps: [[null, "green"], [0.01, "red"]],
          alert: "HighErrorRate",
        }),
        graph("95th percentile", "function:mobility_http_request_duration_seconds:p95_5m", {
          description: "Time to answer. Above 500 ms for 10 minutes, and somebody is told.",
          unit: "s",
          legend: "{{function}}",
          steps: [[null, "green"], [0.5, "red"]],
          alert: "SlowResponses",
        }),
        graph(
          "Slowest paths",
          "topk(10, histogram_quantile(0.95, sum by (function, route, le) (rate(mobility_http_request_duration_seconds_bucket[$__rate_interval]))))",
          {
            description: "The 95th percentile of the ten slowest paths.",
            unit: "s",
            legend: "{{function}} {{route}}",
            width: 12,
            alert: "SlowResponses",
          },
        ),
        graph("Errors by code", "sum by (function, code) (increase(mobility_errors_total[5m]))", {
          description: "Errors answered in 5 minutes, refusals included, by the code of the API.",
          unit: "short",
          legend: "{{function}} {{code}}",
          width: 12,
        }),
        graph(
          "Answers by status",
          "sum by (status) (rate(mobility_http_requests_total[$__rate_interval]))",
          {
            description: "Answers a second, by HTTP status.",
            unit: "reqps",
            legend: "{{status}}",
            stacked: true,
          },
        ),
        graph(
          "Turned away by limits",
          "sum by (endpoint) (increase(mobility_rate_limited_total[15m]))",
          {
            description: "Refusals in 15 minutes. Above 100, and somebody is told.",
            unit: "short",
            legend: "{{endpoint}}",
            steps: [[null, "green"], [100, "orange"]],
            alert: "RateLimitedMany",
          },
        ),
        graph("Health checks", 'probe_duration_seconds{job="functions"}', {
          description:
            "How long each function's health check takes, seen from Prometheus: a cold start shows here.",
          unit: "s",
          legend: "{{function}}",
          alert: "FunctionDown",
        }),
      ],
    },
    {
      title: "Cache",
      panels: [
        stat("Redis", "mobility_cache_up", {
          description: "Whether Redis answered the last scrape.",
          unit: "short",
          steps: UP_IS_GOOD,
          words: UP_OR_DOWN,
          alert: "CacheDown",
          width: 8,
        }),
        graph(
          "Searches by what the cache had",
          "sum by (result) (rate(mobility_cache_requests_total[$__rate_interval]))",
          {
            description: "A second.",
            unit: "reqps",
            legend: "{{result}}",
            stacked: true,
            alert: "CacheHitRateLow",
          },
        ),
        graph("Calls of Redis that failed", "sum(increase(mobility_cache_errors_total[5m]))", {
          description: "Refused, or later than CACHE_DEADLINE_MS, in 5 minutes.",
          unit: "short",
          legend: "failed",
          alert: "CacheDown",
        }),
      ],
    },
    {
      title: "Scheduled work and Realtime",
      panels: [
        graph("Since the last success", "time() - mobility_job_last_success_timestamp_seconds", {
          description:
            "By job. Sweeps above 2 minutes, worker and rollup above 5, pruning above 130, and somebody is told.",
          unit: "s",
          legend: "{{exported_job}}",
          alert: "JobNotRunning",
        }),
        graph("How long jobs take", "mobility_job_last_duration_seconds", {
          description: "The last run of each.",
          unit: "s",
          legend: "{{exported_job}}",
        }),
        graph("Runs", "rate(mobility_job_runs_total[5m]) * 60", {
          description: "Runs a minute that came to their end.",
          unit: "short",
          legend: "{{exported_job}}",
        }),
        stat("Realtime", "mobility_realtime_up", {
          description: "Whether Realtime takes a message now.",
          unit: "short",
          steps: UP_IS_GOOD,
          words: UP_OR_DOWN,
          alert: "RealtimeLost",
          width: 8,
        }),
        graph("Changes that were not broadcast", "mobility_realtime_lost", {
          description: "Of the last 15 minutes. Pages fall back to asking every few seconds.",
          unit: "short",
          legend: "lost",
          steps: [[null, "green"], [1, "red"]],
          alert: "RealtimeLost",
        }),
        graphs("Scrapes", [
          {
            expr: 'max by (job) (scrape_duration_seconds{job=~"mobility|functions"})',
            legend: "{{job}}",
          },
        ], {
          description:
            "How long Prometheus waits for the metrics, and for the slowest health check.",
          unit: "s",
          alert: "MetricsMissing",
        }),
      ],
    },
  ],
};
