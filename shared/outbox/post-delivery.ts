import { Buffer } from "node:buffer";
import { z } from "zod";
import { signBody } from "../whatsapp/mod.ts";

const targets = ["v1", "sos"] as const;

/** Where posts go, by target; undefined where nobody listens. */
export type DeliveryUrls = Readonly<Record<typeof targets[number], string | undefined>>;

/** A post to a system of the operator's, leased to this process. */
export const claimedDelivery = z.object({
  id: z.guid(),
  lease: z.guid(),
  target: z.enum(targets),
  body_base64: z.string(),
  headers: z.record(z.string(), z.string()),
  /** Before this one. */
  attempts: z.number().int().min(0),
});

/** See `claimedDelivery`. */
export type ClaimedDelivery = z.infer<typeof claimedDelivery>;

/** What became of a post, as record_deliveries takes it. */
export type DeliveryResult =
  & { readonly id: string; readonly lease: string }
  & (
    | { readonly outcome: "sent" }
    | { readonly outcome: "retry"; readonly error_detail: string; readonly retry_after_s: number }
    | { readonly outcome: "dead"; readonly error_detail: string }
  );

/** Seconds: the wait doubles up to `slowest`; `attempts` of them take seven days for V1, one for an SOS. */
const patience = {
  v1: { slowest: 3600, attempts: 180 },
  sos: { slowest: 30, attempts: 2880 },
} as const satisfies Record<typeof targets[number], { slowest: number; attempts: number }>;

const TIMEOUT_MS = 10_000;

/** Where to post, and what signs an SOS. */
export interface PostOptions {
  readonly urls: DeliveryUrls;
  readonly sosSecret?: string | undefined;
  readonly fetch?: typeof fetch;
}

/** Posts the body as it was stored. Anything but a 2xx is tried again. Never rejects. */
export async function postDelivery(
  delivery: ClaimedDelivery,
  options: PostOptions,
): Promise<DeliveryResult> {
  const { id, lease, target, attempts } = delivery;
  const url = options.urls[target];
  if (url === undefined) return { id, lease, outcome: "dead", error_detail: "no hook configured" };
  const problem = await post(url, delivery, options);
  if (problem === undefined) return { id, lease, outcome: "sent" };
  if (attempts + 1 >= patience[target].attempts) {
    return { id, lease, outcome: "dead", error_detail: problem };
  }
  const wait = Math.min(2 ** attempts, patience[target].slowest);
  // Whoever was down is not to be hit by everything at once when it comes back.
  const retry_after_s = wait * (0.75 + Math.random() / 2);
  return { id, lease, outcome: "retry", error_detail: problem, retry_after_s };
}

/** What went wrong, without a word of what was sent or where to; undefined when it was taken. */
async function post(
  url: string,
  { target, body_base64, headers }: ClaimedDelivery,
  { sosSecret, fetch: send = fetch }: PostOptions,
): Promise<string | undefined> {
  try {
    const body = Buffer.from(body_base64, "base64");
    // V1's posts carry Meta's own signature.
    const signature: Record<string, string> = target === "sos" && sosSecret !== undefined
      ? { "x-mobility-signature-256": await signBody(sosSecret, body) }
      : {};
    const response = await send(url, {
      method: "POST",
      headers: { ...headers, ...signature },
      body,
      // A redirect would turn the post into a GET that answers 200.
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.ok ? undefined : `HTTP ${response.status}`;
  } catch (error) {
    return error instanceof Error ? error.name : "unknown";
  }
}
