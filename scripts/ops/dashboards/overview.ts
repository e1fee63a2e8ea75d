import {
  type Dashboard,
  graph,
  graphs,
  NONE_IS_GOOD,
  stat,
  UP_IS_GOOD,
  UP_OR_DOWN,
} from "./panel.ts";

/** What an operator looks at first: is it up, do people get rides, does the chat answer. */
export const overview: Dashboard = {
  name: "overview",
  title: "Mobility: overview",
  description: "Is it up, do people get rides, does the chat answer.",
  rows: [
    {
      title: "Now",
      panels: [
        stat("Firing alerts", 'sum(ALERTS{alertstate="firing"}) or vector(0)', {
          description: "Alerts that fire now, of every severity. The table below names them.",
          unit: "short",
          steps: NONE_IS_GOOD,
        }),
        stat("Functions that answer", 'avg(probe_success{job="functions"})', {
          description: "The share of the functions whose health check answers 200.",
          unit: "percentunit",
          max: 1,
          steps: [[null, "red"], [1, "green"]],
          alert: "FunctionDown",
        }),
        stat("Database", "mobility_database_up", {
          description: "Whether the database answered the last scrape within 5 s.",
          unit: "short",
          steps: UP_IS_GOOD,
          words: UP_OR_DOWN,
          alert: "DatabaseDown",
        }),
        stat("Redis", "mobility_cache_up", {
          description:
            "Whether Redis answered the last scrape. Without it: slower, no rate limits.",
          unit: "short",
          steps: UP_IS_GOOD,
          words: UP_OR_DOWN,
          alert: "CacheDown",
        }),
        stat("Calls for help", "mobility_sos_open", {
          description: "SOS that no operator has answered.",
          unit: "short",
          steps: NONE_IS_GOOD,
          alert: "SosUnanswered",
        }),
        stat("Given up", "sum(mobility_queue_dead)", {
          description: "Messages and posts that were given up, and wait for a person.",
          unit: "short",
          steps: NONE_IS_GOOD,
          alert: "DeadLetters",
        }),
        {
          kind: "table",
          title: "What fires",
          description: "Each alert that fires, with its severity and what it is about.",
          unit: "short",
          queries: [{
            expr:
              'sum by (severity, alertname, function, queue, exported_job) (ALERTS{alertstate="firing"})',
          }],
          width: 12,
        },
        graph("Drivers who can be found", "mobility_drivers_available", {
          description: "Online, free and heard from within half an hour, by vehicle.",
          unit: "short",
          legend: "{{vehicle_type}}",
          stacked: true,
          width: 12,
          alert: "NoDriversFound",
        }),
      ],
    },
    {
      title: "Rides",
      panels: [
        graph(
          "Wishes opened an hour",
          "sum by (role) (increase(mobility_trips_created_total[1h]))",
          {
            description: "Passengers who ask for a ride and drivers who go online.",
            unit: "short",
            legend: "{{role}}",
          },
        ),
        graph("Open wishes", "sum by (role) (mobility_trips_open)", {
          description: "Who is looking now.",
          unit: "short",
          legend: "{{role}}",
        }),
        graphs("Rides under way", [
          { expr: "mobility_matches_live", legend: "{{status}}" },
          { expr: "mobility_dispatches_searching", legend: "searching by offers" },
        ], {
          description: "Matches by status, and searches by offers.",
          unit: "short",
          stacked: true,
        }),
        graph("How rides end, an hour", "sum by (outcome) (increase(mobility_rides_total[1h]))", {
          description: "Matches that ended within the hour, by how.",
          unit: "short",
          legend: "{{outcome}}",
          stacked: true,
        }),
        graph("Searches that find no driver", "mobility:searches_without_driver:ratio_rate30m", {
          description: "Over 30 minutes. More than half, and somebody is told.",
          unit: "percentunit",
          max: 1,
          legend: "no driver",
          steps: [[null, "green"], [0.5, "red"]],
          alert: "NoDriversFound",
        }),
        graph("Offers accepted", "mobility:offers_accepted:ratio_rate1h", {
          description:
            "Of the offers that a driver answered or let pass, over an hour. Below one in five, and somebody is told.",
          unit: "percentunit",
          max: 1,
          legend: "accepted",
          steps: [[null, "red"], [0.2, "green"]],
          alert: "OffersNotAccepted",
        }),
        graphs("Time to match", quantiles("mobility_time_to_match_seconds"), {
          description: "From a passenger's wish to a driver's yes, over an hour.",
          unit: "s",
        }),
        graphs("Time to accept an offer", quantiles("mobility_offer_response_seconds"), {
          description: "From an offer to the driver's yes, over an hour. Offers stand for 30 s.",
          unit: "s",
        }),
        graph("Error of predictions", 'mobility_eta_error_seconds{stat="mean_abs"}', {
          description:
            "The mean of a day, by leg and vehicle. Above 3 minutes, and somebody is told.",
          unit: "s",
          legend: "{{leg}} {{vehicle_type}}",
          steps: [[null, "green"], [180, "red"]],
          alert: "EtaOff",
        }),
        graph(
          "Offers, by what became of them",
          "sum by (outcome) (increase(mobility_offers_total[1h]))",
          {
            description: "Offers that ended within the hour.",
            unit: "short",
            legend: "{{outcome}}",
            stacked: true,
          },
        ),
        graph("Positions", "sum by (used) (rate(mobility_positions_total[$__rate_interval]))", {
          description:
            "Positions received a second; unused ones were too old, too far off or too soon.",
          unit: "short",
          legend: "used: {{used}}",
        }),
        graph(
          "Travel times by source",
          "sum by (source) (rate(mobility_eta_requests_total[$__rate_interval]))",
          {
            description:
              "great_circle: there is no OSRM. fallback: there is, and it did not answer in time.",
            unit: "short",
            legend: "{{source}}",
          },
        ),
      ],
    },
    {
      title: "Chat",
      panels: [
        graph(
          "Messages received",
          "sum by (kind) (rate(mobility_webhook_messages_total[$__rate_interval]))",
          {
            description: "WhatsApp messages a second, by kind.",
            unit: "short",
            legend: "{{kind}}",
            stacked: true,
          },
        ),
        graph(
          "Answers, by outcome",
          "sum by (outcome) (rate(mobility_inbox_answered_total[$__rate_interval]))",
          {
            description: "Events of the conversation a second, by how they were answered.",
            unit: "short",
            legend: "{{outcome}}",
          },
        ),
        graph(
          "Messages sent, by outcome",
          "sum by (outcome) (rate(mobility_outbox_total[$__rate_interval]))",
          {
            description: "Attempts to send, a second.",
            unit: "short",
            legend: "{{outcome}}",
          },
        ),
        graph("Oldest entry of each queue", "mobility_queue_oldest_seconds", {
          description:
            "How long people wait for an answer (inbox), and answers for WhatsApp (outbox). Above 150 s and 300 s somebody is told.",
          unit: "s",
          legend: "{{queue}}",
          steps: [[null, "green"], [150, "orange"], [300, "red"]],
          alert: "InboxStuck",
        }),
        graph("Queues", "mobility_queue_pending", {
          description: "Entries that wait.",
          unit: "short",
          legend: "{{queue}}",
          alert: "OutboxStuck",
        }),
        graph(
          "Refused by WhatsApp, by code",
          "sum by (code) (increase(mobility_outbox_errors_total[15m]))",
          {
            description:
              "Attempts of 15 minutes that failed. 190: the token; 131026: not on WhatsApp; none: not reached.",
            unit: "short",
            legend: "{{code}}",
            alert: "WhatsAppErrors",
          },
        ),
        graph(
          "Failed after sending, by code",
          "sum by (code) (increase(mobility_webhook_errors_total[15m]))",
          {
            description: "What WhatsApp took and reported as failed later, in 15 minutes.",
            unit: "short",
            legend: "{{code}}",
          },
        ),
        graph(
          "Steps of the conversation",
          "sum by (step) (rate(mobility_conversation_steps_total[$__rate_interval]))",
          {
            description: "Answers a second, by the step they lead to.",
            unit: "short",
            legend: "{{step}}",
          },
        ),
        graph(
          "Where people leave",
          "sum by (step) (increase(mobility_conversations_abandoned_total[6h]))",
          {
            description:
              "Silent for half an hour in the middle of a step, over 6 hours, by the step.",
            unit: "short",
            legend: "{{step}}",
          },
        ),
      ],
    },
  ],
};

function quantiles(histogram: string): { expr: string; legend: string }[] {
  return ([["0.5", "median"], ["0.95", "95 %"]] as const).map(([quantile, legend]) => ({
    expr: `histogram_quantile(${quantile}, sum by (le) (rate(${histogram}_bucket[1h])))`,
    legend,
  }));
}
