import { parseJson } from "../../parse-json.ts";
import { control } from "./control.ts";
import { Exchange, type ExchangeOptions } from "./exchange.ts";
import { GraphError } from "./graph-error.ts";
import { parseSendRequest, type SendRequest } from "./send-request.ts";

/** What the stand-in needs to know; everything else has the values of everyday use. */
export interface GraphStandInOptions {
  readonly appSecret: string;
  readonly accessToken: string;
  readonly phoneNumberId: string;
  readonly webhookUrl: string;
  /** Whether a message that is taken is followed by sent, delivered and read. On unless told. */
  readonly statuses?: boolean;
  /** Whether to keep one person's messages to one in 6 s after a burst of 45. Off unless told. */
  readonly pairRate?: boolean;
  readonly keep?: number;
  readonly redeliverAfterMs?: readonly number[];
  readonly statusAfterMs?: ExchangeOptions["statusAfterMs"];
  readonly now?: () => number;
  /** Called for every message that is taken. */
  readonly onMessage?: (message: SendRequest, message_id: string) => void;
}

/** A stand-in for Meta's Graph API, and for the phones on the other side of it. */
export interface GraphStandIn {
  /** Answers a request. @throws {ConnectionDropped} when the connection is to be closed instead */
  handle(request: Request): Promise<Response>;
  /** Ends event streams and long polls; what comes later is answered at once. */
  endStreams(): void;
  /** Ends everything; no webhook is posted any more. */
  close(): Promise<void>;
}

const DISPLAY_NUMBER = "15550100001";
const REDELIVER_AFTER_MS = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000];

/**
 * `POST /v26.0/<phone number id>/messages` as Meta serves it; `/standin/...` plays the phones, tells what
 * was sent to them and makes things go wrong. docs/simulator.md has the list.
 */
export function createGraphStandIn(options: GraphStandInOptions): GraphStandIn {
  const { accessToken, phoneNumberId } = options;
  const exchange = new Exchange({
    appSecret: options.appSecret,
    webhookUrl: options.webhookUrl,
    number: { phone_number_id: phoneNumberId, display_phone_number: DISPLAY_NUMBER },
    keep: options.keep ?? 1_000,
    redeliverAfterMs: options.redeliverAfterMs ?? REDELIVER_AFTER_MS,
    statusAfterMs: options.statusAfterMs ?? [20, 150, 600],
    now: options.now ?? Date.now,
    onMessage: options.onMessage ?? ((): void => {}),
  });
  exchange.statuses = options.statuses ?? true;
  exchange.limits.pairRate = options.pairRate ?? false;
  const ending = new AbortController();
  const run = crypto.randomUUID().slice(0, 8);
  return {
    handle: async (request) => {
      if (new URL(request.url).pathname.startsWith("/standin/")) {
        return await control(request, { exchange, run, signal: ending.signal });
      }
      try {
        return await graph(request, { exchange, accessToken, phoneNumberId });
      } catch (error) {
        if (error instanceof GraphError) return error.toResponse();
        throw error;
      }
    },
    endStreams: () => ending.abort(),
    close: async () => {
      ending.abort();
      await exchange.close();
    },
  };
}

async function graph(
  request: Request,
  { exchange, accessToken, phoneNumberId }: {
    exchange: Exchange;
    accessToken: string;
    phoneNumberId: string;
  },
): Promise<Response> {
  if (request.headers.get("authorization") !== `Bearer ${accessToken}`) {
    throw new GraphError({ code: 190, status: 401, details: "Cannot parse access token" });
  }
  const [, id] = /^\/v\d+\.\d+\/(\d+)\/messages$/.exec(new URL(request.url).pathname) ?? [];
  if (request.method !== "POST" || id !== phoneNumberId) {
    throw new GraphError({
      code: 100,
      details: "Unsupported request: POST /<version>/<phone number id>/messages is what there is",
    });
  }
  const message = parseSendRequest(parseJson(await request.text()));
  return "status" in message
    ? exchange.mark(message)
    : await exchange.send(message, request.signal);
}
