import assert from "node:assert/strict";
import { readCommand, type StudyOptions } from "../../../scripts/simulate/options.ts";
import { resultOptionsOf } from "../../../scripts/simulate/result-options.ts";
import type { Results } from "../../../scripts/simulate/results.ts";
import { formatStudy } from "../../../scripts/simulate/study/format-study.ts";
import { BASELINE, planStudy, type StudyRun } from "../../../scripts/simulate/study/plan-study.ts";
import { qualityOf, qualityReport } from "../../../scripts/simulate/study/quality-report.ts";
import { runStudy } from "../../../scripts/simulate/study/run-study.ts";
import { madeUpResult } from "./support/made-up-result.ts";

const BALANCED = "balanced-b3";

function studyOf(...args: readonly string[]): StudyOptions {
  const command = readCommand(["--study", ...args]);
  assert.ok(command.do === "study");
  return command.options;
}

/** Two policies, a seed or more. */
function twoPolicies(...args: readonly string[]): StudyRun[] {
  return planStudy(studyOf(...args))
    .filter(({ policy }) => [BASELINE.key, BALANCED].includes(policy.key));
}

/** "balanced" sends drivers from 300 m farther. */
function madeUpRun({ policy, options }: StudyRun): Results {
  const result = madeUpResult({
    name: options.name,
    farther: policy.key === BALANCED ? 300 : 0,
  });
  return {
    ...result,
    options: resultOptionsOf(options, "2026-03-02"),
    demand: String(options.seed).padStart(16, "0"),
  };
}

const quiet = { onLine: () => {} };

Deno.test("planStudy() plays every policy with the first seed, and those that are to choose from with each", () => {
  const runs = planStudy(studyOf("--seeds", "3", "--pickups", "some/nyc.csv"));
  const once = runs.filter(({ policy }) => policy.once);
  assert.ok(once.length > 0 && once.every(({ seed }) => seed === 1));
  const baselines = runs.filter(({ policy }) => policy.key === BASELINE.key);
  assert.deepEqual(baselines.map(({ demand, seed }) => `${demand}-${seed}`), [
    ...["kigali-1", "pickups-1", "kigali-2", "pickups-2", "kigali-3", "pickups-3"],
  ]);
  assert.equal(new Set(runs.map(({ options }) => options.name)).size, runs.length);
  const [first] = runs;
  assert.deepEqual([first?.options.scale, first?.options.policy.batchSize], [0.03, 1]);
  assert.ok(planStudy(studyOf()).every(({ demand }) => demand === "kigali"));
});

Deno.test("runStudy() keeps each result, and plays again only what has none", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const runs = twoPolicies("--seeds", "1", "--out", `${folder}/study`);
    const played: string[] = [];
    const play = (run: StudyRun): Promise<Results> => {
      played.push(run.options.name);
      // The second is interrupted, the first time.
      return Promise.resolve({ ...madeUpRun(run), is_complete: played.length !== 2 });
    };
    assert.equal(await runStudy(runs, { ...quiet, play }), undefined);
    assert.equal((await runStudy(runs, quiet))?.length, 1, "what there is, and nothing is played");
    const all = await runStudy(runs, { ...quiet, play });
    assert.deepEqual(
      all?.map(({ result }) => result.name),
      runs.map(({ options }) => options.name),
    );
    const [first, second] = runs.map(({ options }) => options.name);
    assert.deepEqual(played, [first, second, second]);
    const others = twoPolicies("--seeds", "1", "--scale", "0.5", "--out", `${folder}/study`);
    await assert.rejects(
      runStudy(others, { ...quiet, play }),
      /Cannot go on: .*kigali-nearest-b1-1.json" is the result of other options/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("qualityOf() holds each policy against the nearest, with intervals, over all seeds", () => {
  const runs = twoPolicies("--seeds", "2").map((run) => ({ ...run, result: madeUpRun(run) }));
  const quality = qualityReport.parse(qualityOf(runs));
  assert.equal(quality.demands.length, 1);
  const [demand] = quality.demands;
  assert.ok(demand);
  assert.deepEqual([demand.name, demand.seeds, demand.requests], ["Kigali", 2, 60]);
  const [nearest, balanced] = demand.policies;
  assert.ok(nearest && balanced);
  assert.deepEqual([nearest.name, nearest.completed_share], [BASELINE.name, 0.8]);
  assert.equal(Math.round((balanced.pickup_m_mean ?? 0) - (nearest.pickup_m_mean ?? 0)), 300);
  assert.equal(nearest.offers_per_ride, 2.5);
  assert.equal(nearest.cached_share, null);
  assert.ok(demand.against.every(({ policy }) => policy === balanced.name));
  const distance = demand.against.find(({ measure }) => measure === "pickup_m_mean");
  assert.deepEqual([distance?.difference, distance?.low, distance?.high], [300, 300, 300]);
  const line = formatStudy(quality).find((text) => /^balanced.* to /.test(text));
  assert.match(line ?? "", /60 to 60 .*300 to 300/);
});
