import { z } from "zod";
import type { FaultPlan } from "./faults.ts";
import type { PhoneContent } from "./phone-content.ts";

/** Somebody's addresses on WhatsApp; one of the two may be missing. */
export interface Identity {
  readonly name: string | null;
  readonly phone: string | null;
  readonly whatsapp_user_id: string | null;
}

/** What one person does on their phone. */
export interface Act {
  readonly from: Identity;
  readonly content: PhoneContent;
  readonly message_id?: string;
  readonly sent_at?: string;
  readonly redeliver?: boolean;
}

const acted = z.object({ status: z.number().nullable(), message_id: z.string() });
const told = z.object({
  messages: z.array(z.object({
    n: z.number(),
    at: z.string(),
    message_id: z.string(),
    status: z.enum(["sent", "delivered", "read", "failed"]).nullable(),
    message: z.record(z.string(), z.unknown()),
  })),
});
const faults = z.object({ faults: z.array(z.object({ times: z.number() })) });

/** A message of the business as the stand-in's log has it. */
export type Told = z.infer<typeof told>["messages"][number];

/** Everybody's phones, behind the stand-in for the Graph API. */
export class StandInClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Gives what the webhook answered to what the person did; null when it did not answer. */
  async act(act: Act): Promise<z.infer<typeof acted>> {
    return acted.parse(await this.#call("POST", "phone", act));
  }

  /** What was sent to somebody after an entry of the log; waits up to 20 s for the next one if told to. */
  async messages(to: Identity, options: { after: number; wait: boolean }): Promise<Told[]> {
    const query = new URLSearchParams({
      to: to.whatsapp_user_id ?? to.phone ?? "",
      after: String(options.after),
      ...(options.wait ? { wait: "1" } : {}),
    });
    return told.parse(await this.#call("GET", `messages?${query}`)).messages;
  }

  /** Lets things go wrong, in this order for each person. */
  async fail(...plans: Partial<FaultPlan>[]): Promise<void> {
    await this.#call("POST", "faults", plans);
  }

  /** How many times something is still to go wrong. */
  async faultsLeft(): Promise<number> {
    const { faults: left } = faults.parse(await this.#call("GET", "faults"));
    return left.reduce((sum, { times }) => sum + times, 0);
  }

  async clearFaults(): Promise<void> {
    await this.#call("DELETE", "faults");
  }

  /** Whether sent, delivered and read follow every message that is taken. */
  async setStatuses(statuses: boolean): Promise<void> {
    await this.#call("POST", "settings", { statuses });
  }

  /** Moves the time of a person's last message, from which the 24 hours count. */
  async setHeard(from: Identity, at: Date): Promise<void> {
    await this.#call("POST", "heard", { from, at: at.toISOString() });
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.#url}/standin/${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} /standin/${path} -> ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }
}
