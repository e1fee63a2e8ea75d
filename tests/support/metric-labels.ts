import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { declaredFamilies, seriesOf } from "./metric-series.ts";
import { allowedValues } from "./metric-values.ts";

/** Holds every series of a page against the labels that its family has, and the values that each may have. */
export async function checkLabels(page: string, sql: Sql): Promise<void> {
  const allowed = await allowedValues(sql);
  const wrong = new Set<string>();
  for (const { family, labels } of seriesOf(page)) {
    const declared = [...declaredFamilies[family]?.labels ?? []].sort();
    if (Object.keys(labels).sort().join() !== declared.join()) {
      wrong.add(`${family} has the labels ${Object.keys(labels).join(", ") || "none"}`);
    }
    for (const [label, value] of Object.entries(labels)) {
      const values = allowed[`${family} ${label}`] ?? allowed[label];
      if (!values?.includes(value)) wrong.add(`${family}: ${label}="${value}"`);
    }
  }
  assert.deepEqual([...wrong], []);
}

/** Of these families there are series on the page. */
export function assertShown(page: string, families: readonly string[]): void {
  const shown = new Set(seriesOf(page).map(({ family }) => family));
  assert.deepEqual(families.filter((family) => !shown.has(family)), []);
}
