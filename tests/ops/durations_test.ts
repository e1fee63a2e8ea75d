import assert from "node:assert/strict";
import {
  milliseconds,
  scaleDuration,
  scaleDurations,
  scaleExpression,
} from "../../scripts/ops/durations.ts";

Deno.test("milliseconds() reads Prometheus's durations and nothing else", () => {
  const cases = { "30s": 30_000, "1m30s": 90_000, "500ms": 500, "2h": 7_200_000, "1d": 86_400_000 };
  for (const [text, expected] of Object.entries(cases)) assert.equal(milliseconds(text), expected);
  for (const text of ["", "5", "m", "1 m", "1m30", "1.5m"]) {
    assert.throws(() => milliseconds(text), /as a duration/);
  }
});

Deno.test("scaleDuration() is so many times shorter, never nothing unless it was", () => {
  assert.equal(scaleDuration("1m", 30), "2s");
  assert.equal(scaleDuration("5m", 30), "10s");
  assert.equal(scaleDuration("15s", 30), "500ms");
  assert.equal(scaleDuration("10ms", 100), "1ms");
  assert.equal(scaleDuration("0s", 30), "0s");
  assert.equal(scaleDuration("2h10m", 1), "7800s");
});

Deno.test("scaleExpression() scales ranges, steps and offsets, and leaves what is quoted", () => {
  assert.equal(
    scaleExpression('rate(a{b="[5m] offset 5m"}[5m] offset 10m) > 300', 30),
    'rate(a{b="[5m] offset 5m"}[10s] offset 20s) > 300',
  );
  assert.equal(scaleExpression("max_over_time(x[30m:1m])", 30), "max_over_time(x[60s:2s])");
  assert.equal(scaleExpression("max_over_time(x[30m:])", 30), "max_over_time(x[60s:])");
  assert.equal(scaleExpression("x offset -5m", 30), "x offset -10s");
});

Deno.test("scaleDurations() scales a file everywhere, but no timeout beyond its interval", () => {
  assert.deepEqual(
    scaleDurations({
      global: { scrape_interval: "30s", scrape_timeout: "20s", evaluation_interval: "15s" },
      other: { scrape_interval: "60s", scrape_timeout: "1s" },
      groups: [{
        interval: "1m",
        rules: [{ expr: "rate(a[5m])", for: "1m", labels: { for: "x" } }],
      }],
      route: { group_wait: "30s", routes: [{ repeat_interval: "1h", receiver: "5m" }] },
    }, 30),
    {
      global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "500ms" },
      other: { scrape_interval: "2s", scrape_timeout: "1s" },
      groups: [{
        interval: "2s",
        rules: [{ expr: "rate(a[10s])", for: "2s", labels: { for: "x" } }],
      }],
      route: { group_wait: "1s", routes: [{ repeat_interval: "120s", receiver: "5m" }] },
    },
  );
});
