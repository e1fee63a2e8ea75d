import assert from "node:assert/strict";
import { gaugeFamilies } from "../../shared/observability/gauge-families.ts";
import { countedFamilies } from "../../shared/platform/counted-families.ts";
import { parsePrometheus } from "./http-prometheus.ts";

/** A family as the code declares it. */
export interface DeclaredFamily {
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** Every family that the metrics function may show, by name. */
export const declaredFamilies: Readonly<Record<string, DeclaredFamily>> = {
  ...countedFamilies,
  ...gaugeFamilies,
};

/** One series of a page; `le` is no label of the family. */
export interface PageSeries {
  readonly family: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The series of a page by family. @throws AssertionError when one belongs to no family that is declared */
export function seriesOf(page: string): PageSeries[] {
  return [...parsePrometheus(page)].map(([series, value]) => {
    const [name = "", rest = ""] = series.split(/\{(.*)\}$/);
    const family = name in declaredFamilies ? name : name.replace(/_(?:bucket|sum|count)$/, "");
    assert.ok(family in declaredFamilies, `${family} is declared`);
    const labels = Object.fromEntries(
      [...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = "", text = ""]) => [label, text]),
    );
    const { le: _, ...own } = labels;
    return { family, labels: own, value };
  });
}
