import type { Pipeline } from "./cache.ts";
import { ApiError } from "./errors.ts";
import type { Metrics } from "./metrics.ts";

/** At most `requests` in any `windowS` seconds, by a sliding window of two counters. */
export interface RateLimit {
  readonly requests: number;
  readonly windowS: number;
}

/** Requests a minute for one person at each kind of endpoint. */
export const rateLimits = {
  find: { requests: 100, windowS: 60 },
  acceptMatch: { requests: 20, windowS: 60 },
  openTrip: { requests: 30, windowS: 60 },
  changeMatch: { requests: 60, windowS: 60 },
  updateLocation: { requests: 120, windowS: 60 },
  read: { requests: 300, windowS: 60 },
  openLink: { requests: 60, windowS: 60 },
} as const satisfies Record<string, RateLimit>;

/**
 * The share of the window before that still counts shrinks as the current one runs: within 1% of an
 * exact log of requests (Cloudflare, "How we built rate limiting", 2017). Answers seconds to wait, or 0.
 */
const script = `
local previous = tonumber(redis.call('GET', KEYS[2]) or '0')
local current = tonumber(redis.call('GET', KEYS[1]) or '0')
local limit, window, elapsed = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if previous * (window - elapsed) / window + current >= limit then
  return math.max(1, math.ceil(window - elapsed))
end
redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], window * 2)
return 0
`;

/** Adds the check to a pipeline; its answer is read by `retryAfterS`. */
export function addRateLimit(
  pipeline: Pipeline,
  options: { endpoint: string; subject: string; limit: RateLimit },
): void {
  const { requests, windowS } = options.limit;
  const nowS = Date.now() / 1000;
  const bucket = Math.floor(nowS / windowS);
  const key = (index: number): string =>
    `mobility:limit:${options.endpoint}:${options.subject}:${index}`;
  pipeline.eval(script, [key(bucket), key(bucket - 1)], [
    String(requests),
    String(windowS),
    (nowS - bucket * windowS).toFixed(3),
  ]);
}

/**
 * Turns the script's answer into a refusal, if it says to wait. No answer lets the request pass: a limit
 * fails open. @throws ApiError RATE_LIMITED
 */
export function refuseIfLimited(
  metrics: Metrics,
  options: { endpoint: string; answer: unknown },
): void {
  const seconds = Number(options.answer ?? 0);
  if (!(seconds > 0)) return;
  metrics.count("mobility_rate_limited_total", { endpoint: options.endpoint });
  throw new ApiError("RATE_LIMITED", `Too many requests, try again in ${seconds} s`, {
    details: { retry_after_s: seconds },
  });
}
