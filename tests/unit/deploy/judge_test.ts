import assert from "node:assert/strict";
import type { SoakOptions } from "../../../scripts/deploy/options.ts";
import { SlidingWindow } from "../../../scripts/deploy/soak/judge.ts";
import { type MetricsSample, parseMetrics } from "../../../scripts/deploy/soak/metrics-sample.ts";

const LIMITS: SoakOptions = {
  soakS: 3600,
  lookS: 30,
  windowS: 300,
  maxErrorRate: 0.01,
  maxP95Ms: 500,
  minRequests: 20,
  maxBlindS: 120,
};

/** Cumulative counts: so many at most 100 ms, at most 500 ms, at most 1 s, and more. */
function sample(at: number, counts: {
  requests: number;
  failures?: number;
  slow?: readonly [number, number, number, number];
}): MetricsSample {
  const { requests, failures = 0, slow = [requests, requests, requests, requests] } = counts;
  const bounds = [0.1, 0.5, 1, Infinity];
  return {
    at,
    requests,
    failures,
    buckets: bounds.map((le, index) => ({ le, count: slow[index] ?? 0 })),
  };
}

Deno.test("SlidingWindow.judge() says nothing at the first look, and well of good traffic", () => {
  const window = new SlidingWindow(LIMITS);
  assert.equal(window.judge(sample(0, { requests: 1000, failures: 900 })).kind, "unknown");
  const verdict = window.judge(sample(30, { requests: 1100, failures: 901 }));
  assert.equal(verdict.kind, "well", "what was before the first look is not its business");
  assert.deepEqual(verdict.reading?.requests, 100);
  assert.equal(verdict.reading?.spanS, 30);
});

Deno.test("SlidingWindow.judge() breaches above the error rate, not at it", () => {
  const at = new SlidingWindow(LIMITS);
  at.judge(sample(0, { requests: 0 }));
  assert.equal(at.judge(sample(30, { requests: 100, failures: 1 })).kind, "well");
  const above = new SlidingWindow(LIMITS);
  above.judge(sample(0, { requests: 0 }));
  const verdict = above.judge(sample(30, { requests: 100, failures: 2 }));
  assert.equal(verdict.kind, "breach");
  assert.match(
    "why" in verdict ? verdict.why : "",
    /2\.00% of the answers are errors, of at most 1\.00%/,
  );
});

Deno.test("SlidingWindow.judge() interpolates the 95th percentile as Prometheus does", () => {
  const window = new SlidingWindow(LIMITS);
  window.judge(sample(0, { requests: 0 }));
  // 90 in 100 ms, 100 in 500 ms: the 95th is half way from 100 to 500 ms.
  const verdict = window.judge(sample(30, { requests: 100, slow: [90, 100, 100, 100] }));
  assert.equal(verdict.kind, "well");
  assert.equal(Math.round(verdict.reading?.p95Ms ?? 0), 300);
  const slow = window.judge(sample(60, { requests: 200, slow: [90, 110, 200, 200] }));
  assert.equal(slow.kind, "breach");
  const beyond = new SlidingWindow({ ...LIMITS, maxP95Ms: 900 });
  beyond.judge(sample(0, { requests: 0 }));
  const last = beyond.judge(sample(30, { requests: 100, slow: [0, 0, 10, 100] }));
  assert.equal(last.reading?.p95Ms, 1000, "no more than the last bound is known");
  assert.equal(last.kind, "breach");
});

Deno.test("SlidingWindow.judge() takes too little traffic for no judgement, even when all of it fails", () => {
  const window = new SlidingWindow(LIMITS);
  window.judge(sample(0, { requests: 0 }));
  const verdict = window.judge(sample(30, { requests: 19, failures: 19 }));
  assert.equal(verdict.kind, "unknown");
  assert.equal(window.judge(sample(60, { requests: 20, failures: 20 })).kind, "breach");
});

Deno.test("SlidingWindow.judge() forgets what is older than its window", () => {
  const window = new SlidingWindow(LIMITS);
  window.judge(sample(0, { requests: 0 }));
  assert.equal(window.judge(sample(30, { requests: 10_000, failures: 100 })).kind, "well");
  for (let at = 60; at <= 300; at += 30) {
    window.judge(sample(at, { requests: 10_000, failures: 100 }));
  }
  const verdict = window.judge(sample(360, { requests: 10_050, failures: 101 }));
  assert.deepEqual([verdict.kind, verdict.reading?.requests], ["breach", 50]);
});

Deno.test("SlidingWindow.judge() begins anew after lost counters and after a gap longer than its window", () => {
  const reset = new SlidingWindow(LIMITS);
  reset.judge(sample(0, { requests: 5000 }));
  assert.equal(reset.judge(sample(30, { requests: 100 })).kind, "unknown");
  assert.equal(reset.judge(sample(60, { requests: 200 })).reading?.requests, 100);
  const gap = new SlidingWindow(LIMITS);
  gap.judge(sample(0, { requests: 0 }));
  assert.equal(gap.judge(sample(301, { requests: 5000 })).kind, "unknown", "nobody watched that");
});

const PAGE = `# HELP mobility_http_requests_total Requests
# TYPE mobility_http_requests_total counter
mobility_http_requests_total{function="matching",route="POST /find-nearby",status="200"} 7
mobility_http_requests_total{function="matching",route="POST /find-nearby",status="503"} 2
mobility_http_requests_total{function="matching",route="/health",status="503"} 90
mobility_http_requests_total{function="metrics",route="GET /",status="500"} 90
mobility_http_requests_total{function="whatsapp-webhook",route="POST /work",status="500"} 1
mobility_http_request_duration_seconds_bucket{function="matching",route="POST /find-nearby",le="0.1"} 5
mobility_http_request_duration_seconds_bucket{function="matching",route="POST /find-nearby",le="+Inf"} 9
mobility_http_request_duration_seconds_bucket{function="whatsapp-webhook",route="POST /work",le="+Inf"} 100
mobility_http_request_duration_seconds_bucket{function="matching",route="/health",le="+Inf"} 100
mobility_http_request_duration_seconds_sum{function="matching",route="POST /find-nearby"} 9
mobility_trips_open{role="driver"} 4
`;

Deno.test("parseMetrics() adds up what people caused, not what watching causes", () => {
  assert.deepEqual(parseMetrics(PAGE, 12), {
    at: 12,
    requests: 10,
    failures: 3,
    buckets: [{ le: 0.1, count: 5 }, { le: Infinity, count: 9 }],
  });
});

Deno.test("parseMetrics() refuses another page, and one whose counters are away", () => {
  assert.throws(() => parseMetrics("<html>", 0), /no metrics of this system/);
  assert.throws(() => parseMetrics(`${PAGE}mobility_cache_up 0\n`, 0), /Redis/);
});
