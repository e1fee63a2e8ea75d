import { z } from "zod";
import { ContactLimits } from "./contact-limits.ts";
import { type Fault, Faults } from "./faults.ts";
import { ConnectionDropped, GraphError } from "./graph-error.ts";
import { Journal } from "./journal.ts";
import { type Address, People, type Person } from "./people.ts";
import { messageFields, phoneContent } from "./phone-content.ts";
import type { MarkRequest, SendRequest } from "./send-request.ts";
import { offeredAs } from "./offered.ts";
import { StatusQueue } from "./status-queue.ts";
import { type BusinessNumber, messageValue, webhookBody } from "./webhook-body.ts";
import { WebhookSender } from "./webhook-sender.ts";

/** How messages go back and forth. */
export interface ExchangeOptions {
  readonly appSecret: string;
  readonly webhookUrl: string;
  readonly number: BusinessNumber;
  /** Entries to keep for each person. */
  readonly keep: number;
  readonly redeliverAfterMs: readonly number[];
  /** When sent, delivered and read are told, in milliseconds after the message was taken. */
  readonly statusAfterMs: readonly [sent: number, delivered: number, read: number];
  readonly now: () => number;
  readonly onMessage: (message: SendRequest, message_id: string) => void;
}

/** Something that a person does on their phone, as `POST /standin/phone` takes it. */
export const phoneAction = z.strictObject({
  from: z.strictObject({
    phone: z.string().nullish(),
    whatsapp_user_id: z.string().nullish(),
    name: z.string().nullish(),
  }).refine(({ phone, whatsapp_user_id }) => (phone ?? whatsapp_user_id ?? "") !== "", {
    error: "give phone, whatsapp_user_id or both",
  }),
  content: phoneContent,
  /** The message that this one answers; found by itself for a tap. */
  context: z.string().optional(),
  message_id: z.string().optional(),
  sent_at: z.iso.datetime({ offset: true }).optional(),
  /** Whether to post again what was not answered with 200. */
  redeliver: z.boolean().default(true),
});

const WRITERS = 10_000;

/** The messages between the business and everybody's phones. */
export class Exchange {
  readonly people = new People();
  readonly faults = new Faults();
  readonly journal: Journal;
  readonly limits: ContactLimits;
  /** Whether every message that is taken is followed by its statuses. */
  statuses = true;
  readonly #options: ExchangeOptions;
  readonly #sender: WebhookSender;
  readonly #queue: StatusQueue;
  /** Whose message it is, of the last messages that people wrote. */
  readonly #writers = new Map<string, string>();

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.journal = new Journal(options.keep);
    this.limits = new ContactLimits({ now: options.now });
    this.#sender = new WebhookSender({ ...options, url: options.webhookUrl });
    this.#queue = new StatusQueue({
      number: options.number,
      sender: this.#sender,
      onStatus: ({ person, message_id, status, errorCode }) =>
        this.journal.add(person.key, {
          kind: "status",
          message_id,
          status,
          ...(errorCode === undefined ? {} : { error_code: errorCode }),
        }),
    });
  }

  /**
   * Takes a message of the business and answers as Meta does.
   * @throws {GraphError | ConnectionDropped}
   */
  async send(message: SendRequest, signal: AbortSignal): Promise<Response> {
    const person = this.know({ phone: message.to, whatsapp_user_id: message.recipient });
    const fault = this.faults.take(person);
    await failBefore(fault, signal);
    this.limits.check(person, { template: message.type === "template" });
    const message_id = newMessageId();
    this.journal.add(person.key, { kind: "outbound", message_id, message });
    this.#options.onMessage(message, message_id);
    this.#reportStatuses({ person, message, message_id, fault });
    if (fault?.kind === "reset_after") throw new ConnectionDropped("The connection was closed");
    const input = message.to ?? message.recipient;
    const address = message.to === undefined
      ? { user_id: message.recipient }
      : { wa_id: person.phone };
    return Response.json({
      messaging_product: "whatsapp",
      contacts: [{ input, ...address }],
      messages: [{ id: message_id }],
    });
  }

  /** Marks a person's message as read. */
  mark({ message_id, typing_indicator }: MarkRequest): Response {
    const writer = this.#writers.get(message_id);
    if (writer !== undefined) {
      const typing = typing_indicator !== undefined;
      this.journal.add(writer, { kind: "seen", message_id, typing });
    }
    return Response.json({ success: true });
  }

  /** Does what a person does on their phone; gives what the webhook answered, null without an answer. */
  async act(
    action: z.infer<typeof phoneAction>,
  ): Promise<{ status: number | null; message_id: string }> {
    const { content, message_id = newMessageId(), sent_at, redeliver } = action;
    const person = this.know(action.from);
    const at = sent_at ?? new Date(this.#options.now()).toISOString();
    this.limits.heard(person, Date.parse(at));
    this.journal.add(person.key, { kind: "inbound", message_id, content });
    this.#writers.set(message_id, person.key);
    const [oldest] = this.#writers.keys();
    if (this.#writers.size > WRITERS && oldest !== undefined) this.#writers.delete(oldest);
    const offered = content.kind === "reply"
      ? offeredAs(content.id, this.journal.after(0, person.key))
      : undefined;
    const value = messageValue(this.#options.number, {
      person,
      message_id,
      at,
      context: action.context ?? offered?.message_id,
      fields: messageFields(content, offered?.as ?? "button"),
    });
    const status = await this.#sender.send(webhookBody(this.#options.number, value), { redeliver });
    this.journal.add(person.key, { kind: "webhook", message_id, status });
    return { status, message_id };
  }

  /** The person at this address, who is told of in the journal when there is anything new about them. */
  know(address: Address): Person {
    const { person, changed } = this.people.know(address);
    if (changed) this.journal.add(person.key, { kind: "person", about: person });
    return person;
  }

  async close(): Promise<void> {
    await Promise.all([this.#queue.close(), this.#sender.close()]);
  }

  #reportStatuses(
    { person, message, message_id, fault }: {
      person: Person;
      message: SendRequest;
      message_id: string;
      fault: Fault | undefined;
    },
  ): void {
    const toPhone = message.to !== undefined;
    const about = { person, toPhone, message_id, callbackData: message.biz_opaque_callback_data };
    const [sent, delivered, read] = this.#options.statusAfterMs;
    if (fault?.kind === "status_failed") {
      return this.#queue.add({ ...about, status: "failed", errorCode: fault.code }, sent);
    }
    if (!this.statuses && fault === undefined) return;
    this.#queue.add({ ...about, status: "sent" }, sent);
    if (!this.statuses) return;
    this.#queue.add({ ...about, status: "delivered" }, delivered);
    this.#queue.add({ ...about, status: "read" }, read);
  }
}

async function failBefore(fault: Fault | undefined, signal: AbortSignal): Promise<void> {
  if (fault?.kind === "error") {
    const { status, code, retry_after_s: retryAfterS } = fault;
    throw new GraphError({
      code,
      status,
      retryAfterS,
      details: "As the stand-in was told to fail",
    });
  }
  if (fault?.kind === "timeout") await pause(fault.ms, signal);
  if (fault?.kind === "timeout" || fault?.kind === "reset") {
    throw new ConnectionDropped("The connection was closed");
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, ms);
  signal.addEventListener("abort", () => over.resolve(), { once: true });
  await over.promise;
  clearTimeout(timer);
}

function newMessageId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return `wamid.${btoa(String.fromCharCode(...bytes))}`;
}
