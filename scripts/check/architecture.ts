import { z } from "zod";
import { report } from "../print.ts";
import { runPlainCommand } from "../run-command.ts";
import {
  checkFile,
  checkImport,
  findCycles,
  type SourceFile,
  type Violation,
} from "./architecture-rules.ts";
import { readModuleGraph } from "./module-graph.ts";

const USAGE = `deno task check:architecture

Which way imports point, how long files are and what they are called; each broken rule with its remedy.`;
const ROOTS = ["shared", "supabase/functions", "supabase/migrations", "scripts", "tests", "web"];
const SOURCE = /\.(?:ts|tsx|js|mjs|sql)$/;
const MODULE = /\.(?:ts|tsx)$/;

const denoConfig = z.object({ imports: z.record(z.string(), z.string()).default({}) });

/** Every broken rule in the tree under `root`, a directory URL that ends with a slash. */
export async function findViolations(root: URL): Promise<Violation[]> {
  const files: SourceFile[] = [];
  for (const folder of ROOTS) files.push(...await readSources(root, folder));
  const { imports } = denoConfig.parse(
    JSON.parse(await Deno.readTextFile(new URL("deno.json", root))),
  );
  const modules = files.map(({ path }) => path).filter((path) => MODULE.test(path));
  const graph = await readModuleGraph(root, modules);
  return [
    ...files.flatMap(checkFile),
    ...graph.imports.flatMap((statement) => checkImport(statement, Object.keys(imports))),
    ...findCycles(graph),
    ...graph.errors,
  ];
}

async function readSources(root: URL, folder: string): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  try {
    for await (const entry of Deno.readDir(new URL(folder, root))) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory) files.push(...await readSources(root, path));
      else if (entry.isFile && SOURCE.test(entry.name)) {
        files.push({ path, text: await Deno.readTextFile(new URL(path, root)) });
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return files.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** `deno task check:architecture`: fails, naming file and remedy, when the layers are not kept. */
async function main(): Promise<number> {
  const violations = await findViolations(new URL("../../", import.meta.url));
  for (const { file, message } of violations) report(`FAILED ${file} ${message}`);
  if (violations.length > 0) return 1;
  report("architecture: ok");
  return 0;
}

if (import.meta.main) await runPlainCommand(main, USAGE);
