import assert from "node:assert/strict";
import { describeDuration, parseDuration } from "../../../scripts/deploy/duration.ts";
import { parseOptions, PHASES, USAGE } from "../../../scripts/deploy/options.ts";

Deno.test("parseDuration() reads 30s, 10m, 48h and their sums, and refuses anything else", () => {
  const read = (text: string): number => parseDuration(text, "--soak");
  assert.deepEqual(["30s", "10m", "48h", "1h30m", "2d", "250ms", "1.5h"].map(read), [
    30,
    600,
    172_800,
    5400,
    172_800,
    0.25,
    5400,
  ]);
  for (const text of ["", "48", "h", "10 m", "1w", "-5s", "5s!"]) {
    assert.throws(() => read(text), /--soak: write a duration/, text);
  }
});

Deno.test("describeDuration() tells hours, minutes, seconds and less", () => {
  assert.deepEqual([172_800, 172_680, 200, 60, 12, 0.25, 0, -3].map(describeDuration), [
    "48 h",
    "47 h 58 min",
    "3 min 20 s",
    "1 min",
    "12 s",
    "250 ms",
    "0 s",
    "0 s",
  ]);
});

Deno.test("parseOptions() takes every phase, with the defaults of the usage", () => {
  for (const phase of PHASES) {
    const options = parseOptions([phase]);
    assert.equal(options?.phase, phase);
    assert.ok(USAGE.includes(`\n  ${phase.padEnd(10)}`), `the usage tells of ${phase}`);
  }
  const options = parseOptions(["all"]);
  assert.deepEqual(options?.soak, {
    soakS: 172_800,
    lookS: 30,
    windowS: 300,
    maxErrorRate: 0.01,
    maxP95Ms: 500,
    minRequests: 20,
    maxBlindS: 120,
  });
  assert.deepEqual([options?.dryRun, options?.yes, options?.stableS], [false, false, 172_800]);
});

Deno.test("parseOptions() refuses with what would be right", () => {
  const refused: [readonly string[], RegExp][] = [
    [[], /Which phase\? give one of pre-check, database/],
    [["cutover-20"], /Cannot deploy "cutover-20"/],
    [["services", "database"], /Cannot deploy "services database"/],
    [["cleanup", "--stable", "47h"], /48h is the least/],
    [["all", "--soak", "soon"], /--soak: write a duration/],
    [["all", "--max-error-rate", "2"], /from 0 to 1/],
    [["all", "--min-requests", "0"], /1 or more/],
    [["all", "--look", "4m"], /a window \(5m\) takes two looks/],
    [["all", "--nonsense"], /Unknown option/],
    [["all", "--db-url", "postgres://u:secret@h/d"], /DATABASE_URL, or the password in PGPASSWORD/],
    [["all", "--db-url", "postgres://u@h/d?password=secret"], /others can read it/],
    [["all", "--db-url", "nonsense"], /Cannot read --db-url/],
  ];
  for (const [args, message] of refused) {
    assert.throws(() => parseOptions(args), message, args.join(" "));
  }
});

Deno.test("parseOptions() gives undefined for --help", () => {
  assert.equal(parseOptions(["--help"]), undefined);
  assert.equal(parseOptions(["all", "-h"]), undefined);
});
