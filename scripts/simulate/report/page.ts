/** A piece of a page: a heading, what it shows in words, and HTML that was made here. */
export interface Section {
  readonly title: string;
  readonly text: string;
  readonly html: string;
  /** The colours of a plot, by what they stand for. */
  readonly legend?: Readonly<Record<string, string>>;
  readonly isWide?: boolean;
}

/** A figure on top of a page. */
export interface Tile {
  readonly value: string;
  readonly label: string;
  readonly note?: string;
}

const STYLE = `
:root { color-scheme: light dark; --page: #f5f6f8; --card: #fff; --ink: #17202b; --muted: #5d6b7a; --line: #dfe4ea;
  --good: #0e8f7e; --fair: #e0912f; --bad: #d23b3b; --other: #4b7bd1; }
@media (prefers-color-scheme: dark) { :root { --page: #12161b; --card: #1b2128; --ink: #e8edf2; --muted: #9aa8b6;
  --line: #2d363f; --good: #2bb8a3; --fair: #e9a54d; --bad: #ef6a6a; --other: #7ba2ea; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 1.25rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: .5rem 0 .25rem; }
h2 { font-size: 1.02rem; margin: 0 0 .15rem; }
p { margin: 0; } .lead { color: var(--muted); margin-bottom: 1rem; overflow-wrap: anywhere; }
.tiles, .sections { display: grid; gap: .75rem; }
.tiles { grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); margin-bottom: .75rem; }
.sections { grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); }
.tile, section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .8rem .9rem; min-width: 0; }
.tile b { display: block; font-size: 1.55rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile span { color: var(--muted); font-size: .84rem; display: block; line-height: 1.3; }
section.wide { grid-column: 1 / -1; } section > p { color: var(--muted); font-size: .88rem; margin-bottom: .45rem; }
svg { display: block; width: 100%; height: auto; max-width: 900px; margin: 0 auto; overflow: visible; --plot-background: var(--card); }
svg text { white-space: pre; }
@media (max-width: 600px) { section.wide svg text { font-size: 19px; } }
.legend { display: flex; flex-wrap: wrap; gap: .2rem .9rem; font-size: .84rem; margin: 0 0 .3rem; padding: 0; list-style: none; }
.legend i { display: inline-block; width: .75em; height: .75em; border-radius: 2px; margin-right: .4em; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .88rem; }
td, th { text-align: left; padding: .28rem .5rem; border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
.n { text-align: right; white-space: nowrap; } td:first-child, th:first-child { padding-left: 0; } th { color: var(--muted); font-weight: 500; }
.ok { color: var(--good); } .broken { color: var(--bad); font-weight: 600; }
code { font: .84em ui-monospace, monospace; overflow-wrap: anywhere; white-space: normal; }
footer { color: var(--muted); font-size: .84rem; margin-top: 1rem; overflow-wrap: anywhere; }
`.trim();

/** A whole page in one file: nothing is loaded from anywhere. */
export function page(
  { title, lead, tiles, sections, footer }: {
    readonly title: string;
    readonly lead: string;
    readonly tiles: readonly Tile[];
    readonly sections: readonly Section[];
    readonly footer: string;
  },
): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
<p class="lead">${lead}</p>
<div class="tiles">${tiles.map(tileHtml).join("")}</div>
<div class="sections">${sections.map(sectionHtml).join("\n")}</div>
<footer>${footer}</footer>
</main>
</body>
</html>
`;
}

/** Rows of text as a table, the first being its head; a cell may have a class. */
export function table(rows: readonly (readonly (string | Cell)[])[]): string {
  const [head = [], ...body] = rows;
  const textOf = (cell: string | Cell): string => typeof cell === "string" ? cell : cell.text;
  // A column of figures is read from its right.
  const isFigures = head.map((_, column) =>
    body.every((row) => /^[+-]?(\d|$| to )/.test(textOf(row[column] ?? "")))
  );
  const cells = (row: readonly (string | Cell)[], tag: "td" | "th"): string =>
    row.map((cell, column) => {
      const kind = typeof cell === "string" ? undefined : cell.kind;
      const classes = [kind, isFigures[column] ? "n" : undefined].filter((name) =>
        name !== undefined
      );
      const attribute = classes.length === 0 ? "" : ` class="${classes.join(" ")}"`;
      return `<${tag}${attribute}>${escape(textOf(cell))}</${tag}>`;
    }).join("");
  return `<div class="scroll"><table><thead><tr>${cells(head, "th")}</tr></thead><tbody>${
    body.map((row) => `<tr>${cells(row, "td")}</tr>`).join("")
  }</tbody></table></div>`;
}

/** A cell that stands out. */
export interface Cell {
  readonly text: string;
  readonly kind: "ok" | "broken" | undefined;
}

/** Text as HTML shows it. */
export function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function tileHtml({ value, label, note }: Tile): string {
  const more = note === undefined ? "" : `<span>${escape(note)}</span>`;
  return `<div class="tile"><b>${escape(value)}</b><span>${escape(label)}</span>${more}</div>`;
}

function sectionHtml({ title, text, html, legend, isWide }: Section): string {
  const items = Object.entries(legend ?? {}).map(([name, colour]) =>
    `<li><i style="background:${colour}"></i>${escape(name)}</li>`
  ).join("");
  return `<section${isWide ? ' class="wide"' : ""}><h2>${escape(title)}</h2><p>${escape(text)}</p>${
    items === "" ? "" : `<ul class="legend">${items}</ul>`
  }${html}</section>`;
}
