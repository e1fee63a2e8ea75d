import { anchorOf } from "../ops/heading-anchor.ts";
import type { Promised, Section, Table } from "./section.ts";

/** Tables that are longer are folded. */
const LONG = 30;

/** Something that can be measured, and was not. */
export interface Unmeasured {
  readonly title: string;
  readonly command: string;
}

/** The document of all sections: every promise first, those that were not kept before the others. */
export function renderDocument(
  sections: readonly Section[],
  { unmeasured }: { readonly unmeasured: readonly Unmeasured[] },
): string {
  return [
    "# Results",
    "",
    "Written by `deno task results`; every figure comes from the command beside it and can be had again. Rates of a",
    "shared machine mean little by themselves: look at the ratios, which compare what ran side by side, in turn, in one",
    "run. Of rounds the median is given, with the smallest and the largest.",
    "",
    "## Promises, those not kept first",
    "",
    ...renderPromises(sections),
    "",
    ...(unmeasured.length === 0 ? [] : [
      `Not measured yet: ${
        unmeasured.map(({ title, command }) => `${title} (\`${command}\`)`).join(", ")
      }.`,
      "",
    ]),
    ...sections.flatMap(renderSection),
  ].join("\n");
}

function renderPromises(sections: readonly Section[]): string[] {
  const all = sections.flatMap(({ title, promises }) =>
    promises.map((promised) => ({ title, ...promised }))
  );
  const broken = all.filter(({ kept }) => !kept);
  const row = ({ title, promise, measured, kept }: Promised & { title: string }): string[] => [
    kept ? "kept" : "**not kept**",
    promise,
    measured,
    `[${title}](#${anchorOf(title)})`,
  ];
  return [
    `${all.length - broken.length} of ${all.length} were kept.`,
    "",
    ...renderRows({
      heads: ["", "promised", "measured", "where"],
      rows: [...broken, ...all.filter(({ kept }) => kept)].map(row),
    }),
  ];
}

function renderSection(section: Section): string[] {
  const { title, command, date, commit, machine, about, tables } = section;
  const when = `${date.slice(0, 16).replace("T", " ")} UTC`;
  return [
    `## ${title}`,
    "",
    [`\`${command}\``, when, ...(commit === undefined ? [] : [`commit ${commit}`]), machine].join(
      ", ",
    ),
    "",
    about,
    "",
    ...tables.filter(({ rows }) => rows.length > 0).flatMap(renderTable),
  ];
}

function renderTable(table: Table): string[] {
  const { title, heads, rows } = table;
  const body = [...renderRows(table), ""];
  const long = rows.length > LONG;
  if (!long) return title === undefined ? body : [`${title}:`, "", ...body];
  const summary = `${title ?? heads.filter(Boolean).join(", ")}: ${rows.length} rows`;
  return [`<details><summary>${summary}</summary>`, "", ...body, "</details>", ""];
}

function renderRows({ heads, rows }: Table): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)];
}
