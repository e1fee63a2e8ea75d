import assert from "node:assert/strict";
import { MEASUREMENTS } from "../../../scripts/results/measurements.ts";
import { benchSection } from "../../../scripts/results/bench-section.ts";
import type { Section } from "../../../scripts/results/section.ts";
import {
  BENCH_REPORT,
  FAULTS_REPORT,
  FUZZ_REPORT,
  LOAD_REPORT,
  QUALITY_REPORT,
} from "./reports.ts";

function render(name: string, report: unknown): Section {
  const measurement = MEASUREMENTS.find((known) => known.name === name);
  assert.ok(measurement);
  return measurement.render(report);
}

function promisesOf(section: Section): string[] {
  return section.promises.map(({ kept, promise, measured }) =>
    `${kept ? "kept" : "broken"}: ${promise}: ${measured}`
  );
}

Deno.test("benchSection() has a promise for each ratio that breaks it, and one for all that keep it", () => {
  const section = benchSection({
    title: "Search",
    task: ["bench:search"],
    about: "",
    promises: [{ promise: "50 times", of: /times faster$/, atLeast: 50, unit: "×" }],
  })(BENCH_REPORT);
  assert.deepEqual(promisesOf(section), [
    "broken: 50 times: 12× (11 to 14): truck: times faster",
    "kept: 50 times: 60×: van: times faster; 1 others better",
  ]);
});

Deno.test("benchSection() has ratios with their extremes before bare figures, and names the command as it was given", () => {
  const section = render("search", BENCH_REPORT);
  const [ratios, cases] = section.tables;
  assert.deepEqual(ratios?.rows.at(0), ["moto: times faster", "80", "70", "85"]);
  assert.deepEqual(ratios?.rows.at(-1), ["a share", "0.5", "", ""]);
  assert.deepEqual(cases?.rows, [["truck, rpc", "100", "90", "110", "searches/s"]]);
  assert.equal(section.command, "deno task bench:search --rounds 2");
  assert.equal(section.commit, "0123456789ab");
});

Deno.test("loadSection() holds the calls' p95 and the cache to what is promised", () => {
  assert.deepEqual(promisesOf(render("kigali", LOAD_REPORT)), [
    "kept: p95 of find-drivers below 200 ms: 20 ms: find drivers",
    "broken: p95 of accept-match below 100 ms: 120 ms: accept match",
    "kept: no request failed: 0% of 20",
    "kept: nobody in two rides at once: 0 people",
    "broken: at least 80% of the searches from the cache: 16.4%",
    "kept: a cached search takes at most a third of the time of another (p50): 0.25 of it: 4 of 16 ms",
  ]);
  const failing = { ...LOAD_REPORT, failed: 0.05, double_bookings: 2 };
  const broken = render("city", failing).promises.filter(({ kept }) => !kept);
  assert.deepEqual(broken.map(({ measured }) => measured), ["5% of 20", "2 people"]);
});

Deno.test("loadSection() says how much memory PostgreSQL had, or that nothing limited it", () => {
  assert.match(render("kigali", LOAD_REPORT).about, /memory was not limited/);
  const limited = { ...LOAD_REPORT, postgres_memory: { limit_mb: 2048, peak_mb: 1500 } };
  assert.match(render("kigali", limited).about, /at most 2,048 MB.*peak was 1,500/);
});

Deno.test("faultsSection() breaks the promises that a violation is about, and no others", () => {
  const section = render("faults", FAULTS_REPORT);
  const broken = section.promises.filter(({ kept }) => !kept).map(({ promise }) => promise);
  assert.deepEqual(broken, [
    "no invariant is broken at any time",
    "no ride and no search is stuck",
  ]);
  assert.deepEqual(section.tables[0]?.rows, [["no ride is stuck", "7", "settling"]]);
  assert.equal(section.command, "deno task faults");
});

Deno.test("faultsSection() tells after which fault nobody was served again", () => {
  const [fault] = FAULTS_REPORT.faults;
  const report = {
    ...FAULTS_REPORT,
    violations: [],
    faults: [{ ...fault, recoveredAfterS: null }],
  };
  const broken = render("faults", report).promises.filter(({ kept }) => !kept);
  assert.deepEqual(broken.map(({ measured }) => measured), ["not after: Redis slow"]);
});

Deno.test("fuzzSection() counts server errors, and what a refused request changed", () => {
  assert.deepEqual(promisesOf(render("fuzz", FUZZ_REPORT)), [
    "broken: no request is answered with a server error: 1 of 100",
    "kept: every answer is as the API describes it: all",
    "broken: a refused request changes nothing: 9 refused, changed: trips",
  ]);
  const nothing = { ...FUZZ_REPORT, statuses: {}, refused_again: 0, changed_tables: [] };
  assert.equal(render("fuzz", nothing).promises.filter(({ kept }) => kept).length, 1);
});

Deno.test("qualitySection() tells by how much assigning together is nearer, with the interval, of what has every seed", () => {
  const section = render("quality", QUALITY_REPORT);
  assert.deepEqual(section.promises.map(({ measured, kept }) => [measured, kept]), [
    ["-31 (-40 to -22) m: together every 5 s, Kigali", true],
  ]);
  assert.equal(section.command, "deno task simulate --study --seeds 3");
  assert.equal(section.commit, "0123456789ab, ba9876543210 with changes");
  const [beside, figures, differences] = section.tables;
  assert.deepEqual(beside?.rows.map((row) => row[4]), ["**-31 (-40 to -22)**", "-3 (-9 to 4)"]);
  assert.deepEqual(figures?.rows[0]?.slice(0, 2), ["nearest, one at a time", "90%"]);
  assert.deepEqual(differences?.rows.map((row) => row.at(-1)), ["better"]);
});

Deno.test("qualitySection() keeps no promise by an interval with nothing in it", () => {
  const [demand] = QUALITY_REPORT.demands;
  const against = demand?.against.map((row) => ({ ...row, high: 5 }));
  const report = { ...QUALITY_REPORT, demands: [{ ...demand, name: "evening", against }] };
  const section = render("quality", report);
  assert.deepEqual(section.promises.map(({ kept }) => kept), [false]);
  assert.equal(section.command, "deno task simulate --study --seeds 3 --pickups pickups.csv");
});
