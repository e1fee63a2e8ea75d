import { gaugeFamilies, type GaugeFamily, type GaugeFamilyDefinition } from "./gauge-families.ts";
import type { Sample, SamplesByName } from "./samples.ts";

/**
 * The families of which there are samples, in the Prometheus text format (version 0.0.4). What belongs to no known
 * family, or has other labels than its own, is left out: a database may be a migration ahead of the functions.
 */
export function renderGauges(samples: SamplesByName): string {
  const lines = Object.entries<GaugeFamilyDefinition>(gaugeFamilies).flatMap(
    ([family, definition]) => {
      const series = definition.type === "histogram"
        ? [
          ...seriesOf(samples[`${family}_bucket`], {
            name: `${family}_bucket`,
            labels: [...definition.labels, "le"],
          }).sort((a, b) => boundOf(a) - boundOf(b)),
          ...["_sum", "_count"].flatMap((part) =>
            seriesOf(samples[family + part], { name: family + part, labels: definition.labels })
          ),
        ]
        : seriesOf(samples[family], { name: family, labels: definition.labels }).sort();
      if (series.length === 0) return [];
      return [
        `# HELP ${family} ${definition.help}`,
        `# TYPE ${family} ${definition.type}`,
        ...series,
      ];
    },
  );
  return lines.map((line) => `${line}\n`).join("");
}

/** A sample of a family without labels. */
export function single(family: GaugeFamily, value: number): SamplesByName {
  return { [family]: [{ value }] };
}

function seriesOf(
  samples: readonly Sample[] | undefined,
  { name, labels }: { name: string; labels: readonly string[] },
): string[] {
  return (samples ?? []).flatMap(({ labels: own = {}, value }) => {
    if (Object.keys(own).length !== labels.length || labels.some((label) => !(label in own))) {
      return [];
    }
    const pairs = labels.map((label) => `${label}="${own[label]}"`);
    return [`${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`];
  });
}

function boundOf(series: string): number {
  const bound = /le="([^"]+)"/.exec(series)?.[1];
  return bound === "+Inf" ? Infinity : Number(bound);
}
