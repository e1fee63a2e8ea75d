import assert from "node:assert/strict";

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"';
const SAMPLE = new RegExp(
  `^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)?\\})? (-?[0-9.]+(?:e[+-]?[0-9]+)?|\\+Inf|NaN)$`,
);

/**
 * Parses a page in the Prometheus text format (0.0.4), strictly: every line is a HELP, a TYPE or a sample of
 * the type before it; histograms are cumulative and end with +Inf, which equals their count. Values by series.
 */
export function parsePrometheus(text: string): Map<string, number> {
  assert.ok(text.endsWith("\n"), "the last line ends");
  const types = new Map<string, string>();
  const samples = new Map<string, number>();
  let family = "";
  for (const line of text.slice(0, -1).split("\n")) {
    const comment = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`).exec(line);
    if (comment !== null) {
      const [, kind, name = "", rest = ""] = comment;
      if (kind === "HELP") assert.ok(!types.has(name), `one HELP before the TYPE of ${name}`);
      else {
        assert.match(rest, /^(counter|gauge|histogram)$/);
        types.set(name, rest);
      }
      family = name;
      continue;
    }
    const [, name = "", labels] = SAMPLE.exec(line) ?? [];
    assert.notEqual(name, "", `not a sample: ${line}`);
    const allowed = types.get(family) === "histogram"
      ? [`${family}_bucket`, `${family}_sum`, `${family}_count`]
      : [family];
    assert.ok(allowed.includes(name), `${name} stands under ${family}`);
    const series = labels === undefined ? name : `${name}{${labels}}`;
    assert.ok(!samples.has(series), `${series} twice`);
    samples.set(series, Number(line.slice(line.lastIndexOf(" ") + 1)));
  }
  for (const [name, type] of types) if (type === "histogram") assertHistogram(name, samples);
  return samples;
}

function assertHistogram(name: string, samples: ReadonlyMap<string, number>): void {
  const groups = new Map<string, { bound: number; value: number }[]>();
  for (const [series, value] of samples) {
    const [, labels, bound] =
      new RegExp(`^${name}_bucket\\{(.*?),?le="([^"]+)"\\}$`).exec(series) ??
        [];
    if (labels === undefined || bound === undefined) continue;
    const group = groups.get(labels) ?? [];
    group.push({ bound: bound === "+Inf" ? Infinity : Number(bound), value });
    groups.set(labels, group);
  }
  for (const [labels, buckets] of groups) {
    const braces = labels === "" ? "" : `{${labels}}`;
    const count = samples.get(`${name}_count${braces}`);
    assert.ok(samples.has(`${name}_sum${braces}`), `${name}${braces} has a sum`);
    assert.equal(buckets.at(-1)?.bound, Infinity, `${name}${braces} ends with +Inf`);
    assert.equal(buckets.at(-1)?.value, count, `${name}${braces}: +Inf is the count`);
    buckets.forEach(({ bound, value }, index) => {
      const before = buckets[index - 1];
      if (before === undefined) return;
      assert.ok(bound > before.bound && value >= before.value, `${name}${braces} is cumulative`);
    });
  }
  const counts = [...samples.keys()].filter((series) => series.startsWith(`${name}_count`));
  assert.equal(counts.length, groups.size, `${name}: buckets for each count`);
}
