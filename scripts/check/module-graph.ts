import { z } from "zod";

/** One import statement: the file it is in, what it says, and the file it means when that is a local one. */
export interface Import {
  readonly from: string;
  readonly specifier: string;
  /** Relative to the root, `undefined` for a package. Starts with `../` outside the root. */
  readonly to: string | undefined;
}

/** Every import of a set of files, and what Deno could not read. Paths are relative to the root. */
export interface ModuleGraph {
  readonly imports: readonly Import[];
  readonly errors: readonly { readonly file: string; readonly message: string }[];
}

const resolution = z.object({ specifier: z.string().optional() }).optional();

const infoAnswer = z.object({
  modules: z.array(z.object({
    specifier: z.string(),
    error: z.string().optional(),
    dependencies: z.array(z.object({
      specifier: z.string(),
      code: resolution,
      type: resolution,
    })).default([]),
  })),
});

/**
 * Reads the imports of the files with Deno's own parser (`deno info`), static, dynamic and type-only.
 * @throws {Error} when `deno info` fails, with what it printed
 */
export async function readModuleGraph(root: URL, files: readonly string[]): Promise<ModuleGraph> {
  const folder = await Deno.makeTempDir({ prefix: "mobility-architecture-" });
  try {
    const entry = `${folder}/entry.ts`;
    const lines = files.map((file) => `import ${JSON.stringify(new URL(file, root).href)};\n`);
    await Deno.writeTextFile(entry, lines.join(""));
    return parseInfo(await runInfo(root, entry), root);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function runInfo(root: URL, entry: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--quiet", "--json", "--config", "deno.json", entry],
    cwd: root,
  }).output();
  if (!success) {
    throw new Error(`Cannot read the imports: ${new TextDecoder().decode(stderr)}`);
  }
  return new TextDecoder().decode(stdout);
}

function parseInfo(answer: string, root: URL): ModuleGraph {
  const imports: Import[] = [];
  const errors: { file: string; message: string }[] = [];
  for (const module of infoAnswer.parse(JSON.parse(answer)).modules) {
    const from = pathFrom(root, module.specifier);
    if (from === undefined || from.startsWith("../")) continue;
    if (module.error !== undefined) errors.push({ file: from, message: module.error });
    for (const { specifier, code, type } of module.dependencies) {
      const target = code?.specifier ?? type?.specifier ?? specifier;
      imports.push({ from, specifier, to: pathFrom(root, target) });
    }
  }
  return { imports, errors };
}

function pathFrom(root: URL, specifier: string): string | undefined {
  if (!specifier.startsWith("file:")) return undefined;
  return specifier.startsWith(root.href)
    ? decodeURIComponent(specifier.slice(root.href.length))
    : `../${specifier}`;
}
