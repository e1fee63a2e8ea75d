import { errorTitle } from "./graph-error.ts";
import type { Status } from "./journal.ts";
import type { Person } from "./people.ts";
import { type BusinessNumber, contactOf, unixSeconds, webhookBody } from "./webhook-body.ts";
import type { WebhookSender } from "./webhook-sender.ts";

/** A status of one message, to be told to the webhook. */
export interface StatusReport {
  readonly person: Person;
  /** Whether it was sent to the number, which then is how a failure names the person. */
  readonly toPhone: boolean;
  readonly message_id: string;
  readonly status: Status;
  readonly callbackData: string | undefined;
  readonly errorCode?: number | undefined;
}

/** How the queue tells of statuses. */
export interface StatusQueueOptions {
  readonly number: BusinessNumber;
  readonly sender: WebhookSender;
  /** Called when a status comes about, before the webhook hears of it. */
  readonly onStatus: (report: StatusReport) => void;
}

/** Posts statuses to the webhook in order; those that come while a post is under way share the next one. */
export class StatusQueue {
  readonly #options: StatusQueueOptions;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #waiting: StatusReport[] = [];
  #posting: Promise<void> | undefined;

  constructor(options: StatusQueueOptions) {
    this.#options = options;
  }

  /** Reports the status after a while, in milliseconds. */
  add(report: StatusReport, afterMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#options.onStatus(report);
      this.#waiting.push(report);
      this.#posting ??= this.#post();
    }, afterMs);
    this.#timers.add(timer);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#waiting = [];
    await this.#posting;
  }

  async #post(): Promise<void> {
    while (this.#waiting.length > 0) {
      const reports = this.#waiting;
      this.#waiting = [];
      await this.#options.sender.send(webhookBody(this.#options.number, statusValue(reports)));
    }
    this.#posting = undefined;
  }
}

/** `statuses`, and `contacts` of those that did not fail. */
export function statusValue(reports: readonly StatusReport[]): Record<string, unknown> {
  const reached = reports.filter(({ status }) => status !== "failed");
  const people = new Map(reached.map(({ person }) => [person.key, person]));
  return {
    ...(people.size === 0 ? {} : { contacts: [...people.values()].map(contactOf) }),
    statuses: reports.map(statusOf),
  };
}

function statusOf(report: StatusReport): Record<string, unknown> {
  const { person, toPhone, message_id, status, callbackData, errorCode } = report;
  const failed = status === "failed";
  const byId = person.whatsapp_user_id !== null && !(failed && toPhone);
  return {
    id: message_id,
    status,
    timestamp: unixSeconds(new Date().toISOString()),
    ...(person.phone === null ? {} : { recipient_id: person.phone }),
    ...(byId ? { recipient_user_id: person.whatsapp_user_id } : {}),
    ...(callbackData === undefined ? {} : { biz_opaque_callback_data: callbackData }),
    ...(failed ? { errors: [failure(errorCode ?? 131000)] } : {}),
    ...(status === "sent" || status === "delivered" ? { pricing: FREE } : {}),
  };
}

const FREE = {
  billable: false,
  pricing_model: "PMP",
  type: "free_customer_service",
  category: "service",
};

function failure(code: number): Record<string, unknown> {
  const title = errorTitle(code);
  return { code, title, message: title, error_data: { details: `${title} (stand-in)` } };
}
