/** Something that was promised, and whether this run kept it. */
export interface Promised {
  readonly promise: string;
  readonly measured: string;
  readonly kept: boolean;
}

/** A table: its heads, and rows of as many cells. */
export interface Table {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** One part of the document: what was measured, by which command, and what came out. */
export interface Section {
  readonly title: string;
  readonly command: string;
  readonly date: string;
  readonly machine: string;
  /** What is measured and how, in Markdown. */
  readonly about: string;
  readonly promises: readonly Promised[];
  readonly tables: readonly Table[];
}

/** The document of all sections, what falls short first. */
export function renderDocument(sections: readonly Section[]): string {
  const short = sections.flatMap(({ title, promises }) =>
    promises.filter(({ kept }) => !kept).map((promised) => ({ title, ...promised }))
  );
  return [
    "# Results",
    "",
    "Written by `deno task results`; every figure comes from the command beside it and can be had again. Rates of a",
    "shared machine mean little by themselves: look at the ratios, which compare what ran side by side in one run.",
    "Median, smallest and largest of the rounds are given.",
    "",
    "## What falls short",
    "",
    ...(short.length === 0 ? ["Nothing that was promised here."] : short.map(
      ({ title, promise, measured }) => `- **${title}**: ${promise}. Measured: ${measured}.`,
    )),
    "",
    ...sections.flatMap(renderSection),
  ].join("\n");
}

function renderSection(section: Section): string[] {
  const { title, command, date, machine, about, promises, tables } = section;
  return [
    `## ${title}`,
    "",
    `\`${command}\`, ${date.slice(0, 10)}, ${machine}`,
    "",
    about,
    "",
    ...(promises.length === 0 ? [] : [
      ...renderTable({
        heads: ["promised", "measured", ""],
        rows: promises.map(({ promise, measured, kept }) => [
          promise,
          measured,
          kept ? "kept" : "**not kept**",
        ]),
      }),
      "",
    ]),
    ...tables.flatMap((table) => [...renderTable(table), ""]),
  ];
}

function renderTable({ heads, rows }: Table): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)];
}

/** A figure with three digits that count. */
export function format(value: number): string {
  if (!Number.isFinite(value)) return "–";
  return Math.abs(value) >= 100
    ? Math.round(value).toLocaleString("en")
    : Number(value.toPrecision(3)).toString();
}
