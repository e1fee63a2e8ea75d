import { z } from "zod";
import type { GraphStandInOptions } from "../../../../scripts/stack/graph/stand-in.ts";
import { createGraphStandIn, type GraphStandIn } from "../../../../scripts/stack/graph/stand-in.ts";
import { serveGraph } from "../../../../scripts/stack/graph/serve.ts";

export const SECRET = "test-app-secret";
export const TOKEN = "test-token";
export const NUMBER = "100000000000001";
export const ALINE = { phone: "+250 788 000 001", whatsapp_user_id: "RW.1", name: "Aline É" };

/** A post that the webhook got. */
export interface Post {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly signature: string | null;
  readonly body: unknown;
}

/** A stand-in on a port of its own, before a webhook that keeps what it is told. */
export interface World extends AsyncDisposable {
  readonly url: string;
  readonly posts: Post[];
  /** The statuses that the webhook was told, as "id status". */
  statuses(): string[];
  /** What the webhook answers from now on. */
  answer: () => Response;
  send(body: Record<string, unknown>): Promise<{ status: number; body: unknown; id: string }>;
  control(path: string, body?: unknown): Promise<unknown>;
  readonly standIn: GraphStandIn;
}

const sent = z.object({ messages: z.tuple([z.object({ id: z.string() })]) });
const told = z.object({
  entry: z.tuple([z.object({
    changes: z.tuple([z.object({
      value: z.object({
        statuses: z.array(z.object({ id: z.string(), status: z.string() })).default([]),
      }),
    })]),
  })]),
});

/** Starts a stand-in and its webhook. */
export async function openWorld(options: Partial<GraphStandInOptions> = {}): Promise<World> {
  const posts: Post[] = [];
  const webhook = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (r) => {
    const bytes = await r.bytes().catch(() => undefined);
    // The stand-in ended in the middle of it.
    if (bytes === undefined) return new Response(null, { status: 400 });
    const body: unknown = JSON.parse(new TextDecoder().decode(bytes));
    posts.push({ bytes, signature: r.headers.get("x-hub-signature-256"), body });
    return world.answer();
  });
  const standIn = createGraphStandIn({
    appSecret: SECRET,
    accessToken: TOKEN,
    phoneNumberId: NUMBER,
    webhookUrl: `http://127.0.0.1:${webhook.addr.port}/webhook`,
    statusAfterMs: [0, 1, 2],
    redeliverAfterMs: [1, 1],
    ...options,
  });
  const server = await serveGraph(standIn, 0);
  const url = `http://127.0.0.1:${server.port}`;
  const world: World = {
    url,
    posts,
    standIn,
    answer: () => new Response(),
    statuses: () =>
      posts.flatMap(({ body }) =>
        told.parse(body).entry[0].changes[0].value.statuses
          .map(({ id, status }) => `${id} ${status}`)
      ),
    send: async (message) => {
      const response = await post(`${url}/v26.0/${NUMBER}/messages`, {
        messaging_product: "whatsapp",
        to: "250788000001",
        ...message,
      });
      const body: unknown = await response.json();
      const id = sent.safeParse(body).data?.messages[0].id ?? "";
      return { status: response.status, body, id };
    },
    control: async (path, body) => {
      const target = `${url}/standin/${path}`;
      const response = body === undefined ? await fetch(target) : await post(target, body);
      const answer: unknown = await response.json();
      return answer;
    },
    [Symbol.asyncDispose]: async () => {
      await standIn.close();
      await server.close();
      await webhook.shutdown();
    },
  };
  return world;
}

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${TOKEN}` },
    // A stream: Deno's fetch makes a post with a text again by itself when a kept connection breaks.
    body: new Blob([JSON.stringify(body)]).stream(),
  });
}

/** Asks again until it is so, for at most 5 s. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!await isSo()) {
    if (performance.now() > deadline) throw new Error("It did not come about in 5 s");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
