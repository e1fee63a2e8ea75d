import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { z } from "zod";
import { toWireId } from "../../shared/whatsapp/mod.ts";
import { messageFields } from "../stack/graph/phone-content.ts";
import { messageValue, webhookBody } from "../stack/graph/webhook-body.ts";
import { encodeAsMeta, signature } from "../stack/graph/webhook-sender.ts";
import type { StackInfo } from "../stack/running.ts";
import type { ChatPerson } from "./chat-people.ts";

/** A message that is answered from what is known, or a tap that has the worker search. */
export type Kind = "no search" | "search";

/** Some people who post one message each. */
export interface Load {
  readonly kind: Kind;
  readonly people: readonly ChatPerson[];
  /** How many post at once. */
  readonly posters: number;
}

/** Milliseconds from the POST to its 200, and from the POST to the reply at the Graph API. */
export interface Timings {
  readonly answers: number[];
  readonly replies: number[];
}

const number = { phone_number_id: "100000000000001", display_phone_number: "15550100001" };
const PATIENCE_MS = 60_000;
const outbound = z.object({ kind: z.literal("outbound"), person: z.string(), at: z.string() });

/** When the stand-in for the Graph API took each person's messages, as it tells while it runs. */
export class ReplyTimes {
  readonly #times = new Map<string, number[]>();

  /** Listens until the signal is aborted. */
  async listen({ graph_url }: StackInfo, signal: AbortSignal): Promise<void> {
    const response = await fetch(`${graph_url}/standin/events`, { signal });
    if (response.body === null) throw new Error("The stand-in tells nothing");
    this.#read(response.body, signal).catch((error) => {
      if (!signal.aborted) throw error;
    });
  }

  /** The first message to the person since a time of `Date.now()`. */
  since(person: ChatPerson, time: number): number | undefined {
    return this.#times.get(person.whatsapp_user_id)?.find((at) => at >= time);
  }

  async #read(
    body: ReadableStream<Uint8Array<ArrayBuffer>>,
    signal: AbortSignal,
  ): Promise<void> {
    for await (const line of createInterface({ input: Readable.fromWeb(body), signal })) {
      if (!line.startsWith("data: ")) continue;
      const entry = outbound.safeParse(JSON.parse(line.slice("data: ".length)));
      if (!entry.success) continue;
      const { person, at } = entry.data;
      const times = this.#times.get(person) ?? [];
      times.push(Date.parse(at));
      this.#times.set(person, times);
    }
  }
}

/** Posts the load, each poster one message after the other, and waits for all the replies. */
export async function postLoad(
  info: StackInfo,
  { kind, people, posters }: Load,
  replyTimes: ReplyTimes,
): Promise<Timings> {
  const waiting = people.map((person) => ({ person, post: signedPost(info, { person, kind }) }));
  const posted: { person: ChatPerson; at: number }[] = [];
  const answers: number[] = [];

  async function poster(): Promise<void> {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      posted.push({ person: next.person, at: Date.now() });
      const startedAt = performance.now();
      const response = await fetch(info.webhook_url, next.post);
      await response.body?.cancel();
      answers.push(performance.now() - startedAt);
      if (response.status !== 200) throw new Error(`The webhook answered ${response.status}`);
    }
  }

  await Promise.all(Array.from({ length: posters }, poster));
  return { answers, replies: await replyDelays(posted, replyTimes) };
}

async function replyDelays(
  posted: readonly { person: ChatPerson; at: number }[],
  replyTimes: ReplyTimes,
): Promise<number[]> {
  const deadline = performance.now() + PATIENCE_MS;
  while (true) {
    const delays = posted.flatMap(({ person, at }) => {
      const reply = replyTimes.since(person, at);
      return reply === undefined ? [] : [reply - at];
    });
    if (delays.length === posted.length) return delays;
    if (performance.now() > deadline) {
      throw new Error(`${posted.length - delays.length} messages were not answered in time`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function signedPost(
  info: StackInfo,
  { person, kind }: { person: ChatPerson; kind: Kind },
): RequestInit {
  const content = kind === "search"
    ? { kind: "reply", id: toWireId(`again:${person.trip_id}`), title: "Search again" } as const
    : { kind: "text", text: "help" } as const;
  const body = encodeAsMeta(webhookBody(
    number,
    messageValue(number, {
      person,
      message_id: `wamid.bench.${crypto.randomUUID()}`,
      at: new Date().toISOString(),
      fields: messageFields(content, "button"),
    }),
  ));
  return {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-hub-signature-256": signature(body, info.whatsapp_app_secret),
    },
    body,
  };
}
