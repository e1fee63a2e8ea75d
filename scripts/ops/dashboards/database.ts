import { type Dashboard, graph, graphs, stat, UP_IS_GOOD, UP_OR_DOWN } from "./panel.ts";

/** PostgreSQL: its answers, its connections, its tables. */
export const database: Dashboard = {
  name: "database",
  title: "Mobility: database",
  description: "How fast the database answers, who is connected, what grows.",
  rows: [
    {
      title: "Now",
      panels: [
        stat("Database", "mobility_database_up", {
          description: "Whether it answered the last scrape within 5 s.",
          unit: "short",
          steps: UP_IS_GOOD,
          words: UP_OR_DOWN,
          alert: "DatabaseDown",
        }),
        stat("Connections", "mobility:database_connections:ratio", {
          description: "Of max_connections. Above 80 %, and somebody is told.",
          unit: "percentunit",
          max: 1,
          steps: [[null, "green"], [0.6, "orange"], [0.8, "red"]],
          alert: "DatabaseConnectionsHigh",
        }),
        stat("Oldest transaction", "mobility_database_oldest_transaction_seconds", {
          description: "Above 10 minutes, and somebody is told: vacuum waits for it.",
          unit: "s",
          steps: [[null, "green"], [60, "orange"], [600, "red"]],
          alert: "DatabaseLongTransaction",
        }),
        stat("Waiting for locks", "mobility_database_lock_waits", {
          description: "Connections that wait for another one's lock.",
          unit: "short",
          steps: [[null, "green"], [5, "orange"], [20, "red"]],
          alert: "DatabaseSlow",
        }),
        stat("Size", "mobility_database_size_bytes", {
          description:
            "The whole database. The free plan takes 500 MB, Pro 8 GB and more for money.",
          unit: "bytes",
        }),
        stat(
          "Blocks found in memory",
          'sum(rate(mobility_database_blocks_total{source="cache"}[5m])) / sum(rate(mobility_database_blocks_total[5m]))',
          {
            description:
              "Of the blocks read in 5 minutes. Below 99 % the machine has too little memory for what is read.",
            unit: "percentunit",
            max: 1,
            steps: [[null, "red"], [0.95, "orange"], [0.99, "green"]],
            alert: "DatabaseSlow",
          },
        ),
      ],
    },
    {
      title: "Calls",
      panels: [
        graph("95th percentile of all calls", "mobility:database_call_duration_seconds:p95_5m", {
          description: "As the functions see it. Above 200 ms for 3 minutes, and somebody is told.",
          unit: "s",
          legend: "95 %",
          steps: [[null, "green"], [0.2, "red"]],
          alert: "DatabaseSlow",
        }),
        graph(
          "Slowest functions of the database",
          "topk(10, histogram_quantile(0.95, sum by (rpc, le) (rate(mobility_database_call_duration_seconds_bucket[$__rate_interval]))))",
          {
            description: "The 95th percentile of the ten slowest, by name.",
            unit: "s",
            legend: "{{rpc}}",
            alert: "DatabaseSlow",
          },
        ),
        graph(
          "Calls",
          "topk(10, sum by (rpc) (rate(mobility_database_call_duration_seconds_count[$__rate_interval])))",
          {
            description: "A second, the ten most frequent.",
            unit: "reqps",
            legend: "{{rpc}}",
            stacked: true,
          },
        ),
        graph(
          "Calls by outcome",
          "sum by (outcome) (rate(mobility_database_call_duration_seconds_count[$__rate_interval]))",
          {
            description: "ok; refused: the rules said no; failed: too late, or an error.",
            unit: "reqps",
            legend: "{{outcome}}",
          },
        ),
        graph(
          "Transactions",
          "sum by (outcome) (rate(mobility_database_transactions_total[$__rate_interval]))",
          {
            description: "A second, by how they ended.",
            unit: "short",
            legend: "{{outcome}}",
          },
        ),
        graph("Deadlocks", "sum(increase(mobility_database_deadlocks_total[1h]))", {
          description: "In an hour. The locks are taken in one order: there should be none.",
          unit: "short",
          legend: "deadlocks",
          steps: [[null, "green"], [1, "orange"]],
        }),
      ],
    },
    {
      title: "Connections and memory",
      panels: [
        graphs("Connections", [
          { expr: "sum by (state) (mobility_database_connections)", legend: "{{state}}" },
          { expr: "sum(mobility_database_connections_max)", legend: "at most" },
        ], {
          description: "By what they do, and how many there may be.",
          unit: "short",
          alert: "DatabaseConnectionsHigh",
        }),
        graph(
          "Blocks read",
          "sum by (source) (rate(mobility_database_blocks_total[$__rate_interval]))",
          {
            description: "A second, by where they were found.",
            unit: "short",
            legend: "{{source}}",
          },
        ),
        graph(
          "Written to temporary files",
          "sum(rate(mobility_database_temp_bytes_total[$__rate_interval]))",
          {
            description: "Sorts and hashes that did not fit into work_mem.",
            unit: "Bps",
            legend: "temporary files",
          },
        ),
      ],
    },
    {
      title: "Tables",
      panels: [
        graph("Largest tables", "topk(10, sum by (table) (mobility_table_bytes))", {
          description: "With their indexes.",
          unit: "bytes",
          legend: "{{table}}",
        }),
        graph("Rows", 'topk(10, sum by (table) (mobility_table_rows{kind="live"}))', {
          description: "The ten longest tables, by the database's estimate.",
          unit: "short",
          legend: "{{table}}",
        }),
        graph("Dead rows", "topk(10, table:mobility_table_rows_dead:ratio)", {
          description:
            "The share that vacuum has not removed yet. Above 40 % of a large table for an hour, and somebody is told.",
          unit: "percentunit",
          max: 1,
          legend: "{{table}}",
          steps: [[null, "green"], [0.4, "orange"]],
          alert: "DatabaseBloat",
        }),
      ],
    },
  ],
};
