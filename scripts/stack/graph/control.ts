import { z } from "zod";
import { type Exchange, phoneAction } from "./exchange.ts";
import { eventStream } from "./event-stream.ts";
import { faultPlan } from "./faults.ts";
import type { Status } from "./journal.ts";
import { People } from "./people.ts";
import type { SendRequest } from "./send-request.ts";

/** What the control endpoints act on. */
export interface ControlOptions {
  readonly exchange: Exchange;
  readonly run: string;
  /** Aborted when the stand-in ends: streams and long polls end with it. */
  readonly signal: AbortSignal;
}

/** A message of the business, as `GET /standin/messages` tells it. */
export interface ToldMessage {
  readonly n: number;
  readonly at: string;
  readonly message_id: string;
  /** How far it came; null while nothing is known. */
  readonly status: Status | null;
  readonly message: SendRequest;
}

const LONG_POLL_MS = 20_000;

const faultPlans = z.union([faultPlan.transform((plan) => [plan]), z.array(faultPlan)]);
const settings = z.strictObject({
  statuses: z.boolean().optional(),
  pair_rate: z.boolean().optional(),
});
const heard = z.strictObject({
  from: phoneAction.shape.from,
  at: z.iso.datetime({ offset: true }),
});

/** Answers `/standin/<name>`: what plays the phones, listens, and sets faults. */
export async function control(request: Request, options: ControlOptions): Promise<Response> {
  const url = new URL(request.url);
  const { exchange } = options;
  switch (`${request.method} ${url.pathname}`) {
    case "GET /standin/events": {
      const lastEventId = request.headers.get("last-event-id");
      return eventStream(exchange.journal, { ...options, lastEventId });
    }
    case "GET /standin/messages":
      return await messages(url.searchParams, options);
    case "GET /standin/people":
      return Response.json({ people: exchange.people.all() });
    case "GET /standin/faults":
      return Response.json({ faults: exchange.faults.left() });
    case "DELETE /standin/faults":
      exchange.faults.clear();
      return new Response(null, { status: 204 });
    case "POST /standin/faults":
      return await take(request, faultPlans, (plans) => {
        exchange.faults.add(plans);
        return { faults: exchange.faults.left() };
      });
    case "POST /standin/phone":
      return await take(request, phoneAction, (action) => exchange.act(action));
    case "POST /standin/heard":
      return await take(request, heard, ({ from, at }) => {
        exchange.limits.heard(exchange.know(from), Date.parse(at));
        return {};
      });
    case "POST /standin/settings":
      return await take(request, settings, ({ statuses, pair_rate }) => {
        exchange.statuses = statuses ?? exchange.statuses;
        exchange.limits.pairRate = pair_rate ?? exchange.limits.pairRate;
        return { statuses: exchange.statuses, pair_rate: exchange.limits.pairRate };
      });
    default:
      return refuse(404, `Nothing is served at ${request.method} ${url.pathname}`);
  }
}

async function take<T>(
  request: Request,
  schema: z.ZodType<T>,
  answer: (body: T) => unknown,
): Promise<Response> {
  // A web page of another origin can post, but not with this type: its browser would ask first.
  if (!/^application\/json\b/.test(request.headers.get("content-type") ?? "")) {
    return refuse(415, "Send content-type: application/json");
  }
  let body: unknown;
  try {
    body = await request.json();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return refuse(400, "The body is no JSON");
  }
  const parsed = schema.safeParse(body);
  if (!parsed.success) return refuse(400, z.prettifyError(parsed.error));
  return Response.json(await answer(parsed.data));
}

async function messages(
  query: URLSearchParams,
  { exchange, signal }: ControlOptions,
): Promise<Response> {
  const to = query.get("to");
  const after = Number(query.get("after") ?? 0);
  if (to === null || !Number.isInteger(after)) {
    return refuse(400, "Give to=, and after= as a number");
  }
  const deadline = performance.now() + (query.get("wait") === "1" ? LONG_POLL_MS : 0);
  while (true) {
    const found = messagesTo(exchange, { to, after });
    const ms = deadline - performance.now();
    if (found.length > 0 || ms <= 0 || signal.aborted) {
      return Response.json({ messages: found, last: found.at(-1)?.n ?? after });
    }
    await exchange.journal.wait(exchange.journal.last, { ms, signal });
  }
}

function messagesTo(
  { people, journal }: Exchange,
  { to, after }: { to: string; after: number },
): ToldMessage[] {
  const person = people.find(People.address(to));
  const entries = person === undefined ? [] : journal.after(after, person.key);
  const statuses = new Map<string, Status>();
  for (const entry of entries) {
    if (entry.kind === "status") statuses.set(entry.message_id, entry.status);
  }
  return entries.flatMap((entry) => {
    if (entry.kind !== "outbound") return [];
    const { n, at, message_id, message } = entry;
    return [{ n, at, message_id, status: statuses.get(message_id) ?? null, message }];
  });
}

function refuse(status: number, message: string): Response {
  return Response.json({ error: message }, { status });
}
