import type { Import, ModuleGraph } from "./module-graph.ts";

/** A source file of the project, its path relative to the root. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A rule that a file breaks, in words that say what to do. */
export interface Violation {
  readonly file: string;
  readonly message: string;
}

const MAX_LINES = 500;
const GENERATED = ["shared/platform/database.types.ts"];
const ENVIRONMENT_READER = "shared/platform/config.ts";
const VAGUE_NAME = /^(?:utils?|helpers?|common)$/;

/** The rules that need nothing but a file: its length, its name, and what it reads from outside. */
export function checkFile({ path, text }: SourceFile): Violation[] {
  const violations: Violation[] = [];
  const lines = text.split("\n").length - 1;
  if (lines > MAX_LINES && !GENERATED.includes(path)) {
    violations.push({
      file: path,
      message: `has ${lines} lines, of at most ${MAX_LINES}: split it`,
    });
  }
  const vague = path.split("/").map((part) => part.replace(/\..*$/, ""))
    .find((part) => VAGUE_NAME.test(part));
  if (vague !== undefined) {
    violations.push({
      file: path,
      message: `"${vague}" says nothing: name it for what it exports`,
    });
  }
  if (isDeployed(path) && path !== ENVIRONMENT_READER && readsEnvironment(text)) {
    violations.push({
      file: path,
      message: `reads the environment: take the value from ${ENVIRONMENT_READER}`,
    });
  }
  return violations;
}

/** The rules on one import: of what is deployed, and of scripts, which tests build on and not the other way round. */
export function checkImport(
  { from, specifier, to }: Import,
  packages: readonly string[],
): Violation[] {
  const violation = (message: string): Violation[] => [{
    file: from,
    message: `imports "${specifier}": ${message}`,
  }];
  if (from.startsWith("scripts/") && to?.startsWith("tests/")) {
    return violation("a script never imports a test: move what both need to scripts/");
  }
  if (!isDeployed(from)) return [];
  if (to === undefined) {
    const declared = specifier.startsWith("node:") ||
      packages.some((name) => specifier === name || specifier.startsWith(`${name}/`));
    return declared ? [] : violation("import by a name that deno.json gives an exact version");
  }
  const source = layerOf(from);
  const target = layerOf(to);
  if (target.kind === "outside") {
    return violation("what is deployed imports nothing but shared/ and packages");
  }
  if (target.kind === "function") {
    if (source.kind === "function" && source.name === target.name) return [];
    return violation(
      source.kind === "function"
        ? "a function never imports another: share the code in shared/"
        : "shared/ never imports a function: turn the dependency round",
    );
  }
  if (source.name === target.name && source.kind === target.kind) return [];
  if (source.kind === "platform") {
    return violation("shared/platform never imports a capability: turn the dependency round");
  }
  if (target.kind === "capability" && to !== `shared/${target.name}/mod.ts`) {
    return violation(`another capability is imported through shared/${target.name}/mod.ts only`);
  }
  return [];
}

/** The circles of files that import one another, each reported once, with its whole path. */
export function findCycles(graph: ModuleGraph): Violation[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of graph.imports) {
    if (to === undefined) continue;
    targets.set(from, [...targets.get(from) ?? [], to]);
  }
  const done = new Set<string>();
  const violations: Violation[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      const circle = [...path.slice(start), file].join(" -> ");
      violations.push({ file, message: `is in a circle of imports: ${circle}` });
      return;
    }
    if (done.has(file)) return;
    for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of targets.keys()) visit(file, []);
  return violations;
}

interface Layer {
  readonly kind: "function" | "capability" | "platform" | "outside";
  readonly name: string;
}

function layerOf(path: string): Layer {
  const [top = "", second = "", third = ""] = path.split("/");
  if (top === "shared") {
    return { kind: second === "platform" ? "platform" : "capability", name: second };
  }
  if (top === "supabase" && second === "functions") return { kind: "function", name: third };
  return { kind: "outside", name: top };
}

function isDeployed(path: string): boolean {
  return layerOf(path).kind !== "outside";
}

function readsEnvironment(text: string): boolean {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
  return /\b(?:Deno|process)\s*(?:\?\.|\.)\s*env\b|\b(?:Deno|process)\s*\[\s*["']env["']/.test(
    code,
  );
}
