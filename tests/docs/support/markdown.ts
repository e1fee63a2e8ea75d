/** A fenced block of a document. */
export interface Block {
  /** The word after the fence: sh, sql, promql … */
  readonly language: string;
  /** What follows that word. */
  readonly info: string;
  readonly code: string;
  /** Of the fence, counted from 1. */
  readonly line: number;
  /** The heading above it. */
  readonly heading: string;
}

/** A heading, and the anchor that GitHub makes of it. */
export interface Heading {
  readonly text: string;
  readonly anchor: string;
  readonly level: number;
  readonly line: number;
}

/** A link or an image. */
export interface Link {
  readonly target: string;
  readonly line: number;
}

/** A span of code within a line of text. */
export interface Span {
  readonly code: string;
  readonly line: number;
  readonly heading: string;
}

/** What the tests read of a document. */
export interface Markdown {
  readonly headings: readonly Heading[];
  readonly blocks: readonly Block[];
  readonly links: readonly Link[];
  readonly spans: readonly Span[];
}

const FENCE = /^\s*(`{3,})\s*([^\s`]*)\s*(.*)$/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;

/** Reads a document line by line: fenced blocks apart from text. */
export function parseMarkdown(text: string): Markdown {
  const lines = text.split("\n");
  const headings: Heading[] = [];
  const blocks: Block[] = [];
  const prose: string[] = [];
  const anchors = new Map<string, number>();
  let heading = "";
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    const [, fence = "", language = "", info = ""] = FENCE.exec(line) ?? [];
    if (fence !== "") {
      const start = i;
      const code: string[] = [];
      const indent = line.length - line.trimStart().length;
      while (++i < lines.length && lines[i]?.trim() !== fence) {
        code.push((lines[i] ?? "").slice(Math.min(indent, leading(lines[i] ?? ""))));
      }
      blocks.push({ language, info, code: code.join("\n"), line: start + 1, heading });
      for (let blank = start; blank <= i; blank++) prose.push("");
      continue;
    }
    prose.push(line);
    const [, marks, title] = HEADING.exec(line) ?? [];
    if (marks === undefined || title === undefined) continue;
    heading = title;
    const base = anchorOf(title);
    const before = anchors.get(base) ?? 0;
    anchors.set(base, before + 1);
    headings.push({
      text: title,
      anchor: before === 0 ? base : `${base}-${before}`,
      level: marks.length,
      line: i + 1,
    });
  }
  const plain = prose.join("\n");
  return { headings, blocks, links: linksOf(plain), spans: spansOf(plain, headings) };
}

/** The anchor that GitHub gives to a heading's first appearance. */
export function anchorOf(title: string): string {
  return title.toLowerCase()
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, "")
    .replace(/ /g, "-");
}

function leading(line: string): number {
  return line.length - line.trimStart().length;
}

/** Inline links and images, and the targets of reference links. */
function linksOf(text: string): Link[] {
  const withoutCode = text.replace(/`[^`]*`/g, (code) => code.replace(/[^\n]/g, " "));
  const found = [
    ...withoutCode.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g),
    ...withoutCode.matchAll(/^\s*\[[^\]]+\]:\s*(\S+)/gm),
  ];
  return found.map((match) => ({
    target: match[1] ?? "",
    line: lineAt(withoutCode, match.index),
  }));
}

/** Code within text. One that goes on in the next line is one span, as GitHub shows it. */
function spansOf(text: string, headings: readonly Heading[]): Span[] {
  return [...text.matchAll(/(?<!`)`([^`]+)`(?!`)/g)].map((match) => {
    const line = lineAt(text, match.index);
    return {
      code: (match[1] ?? "").replace(/\s*\n\s*/g, " "),
      line,
      heading: headings.findLast((heading) => heading.line < line)?.text ?? "",
    };
  });
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
