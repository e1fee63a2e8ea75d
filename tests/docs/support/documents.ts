import { fileURLToPath } from "node:url";
import { type Markdown, parseMarkdown } from "./markdown.ts";

/** The project's folder, without a slash at its end. */
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, "");

/** A document of the project. */
export interface Document extends Markdown {
  /** Relative to the project's folder. */
  readonly path: string;
  readonly text: string;
}

/** Where documents are: these folders, and the project's own. */
const FOLDERS = ["docs", "ops", ".github", "web", "tests"];
const GENERATED = new Set(["node_modules", "dist", ".stack", "coverage", "vendor"]);

/** Every Markdown file of the project, by path. */
export async function readDocuments(): Promise<ReadonlyMap<string, Document>> {
  const paths = [
    ...await markdownIn("", false),
    ...(await Promise.all(FOLDERS.map((folder) => markdownIn(folder, true)))).flat(),
  ];
  const documents = await Promise.all(paths.sort().map(readDocument));
  return new Map(documents.map((document) => [document.path, document]));
}

/** One document, by its path in the project. */
export async function readDocument(path: string): Promise<Document> {
  const text = await Deno.readTextFile(`${ROOT}/${path}`);
  return { path, text, ...parseMarkdown(text) };
}

async function markdownIn(folder: string, deep: boolean): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const entry of Deno.readDir(`${ROOT}/${folder}`)) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isFile && entry.name.endsWith(".md")) found.push(path);
      if (deep && entry.isDirectory && !GENERATED.has(entry.name)) {
        found.push(...await markdownIn(path, true));
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found;
}
