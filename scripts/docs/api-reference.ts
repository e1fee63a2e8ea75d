import { report } from "../print.ts";
import { readApiDocument } from "./api-document.ts";
import { renderReference } from "./render-reference.ts";

const file = new URL("../../docs/api-reference.md", import.meta.url);
const usage = `deno task docs:api [--check]

Writes docs/api-reference.md from the description of the API (shared/openapi).

  --check  writes nothing; fails when the file is not what would be written`;

/** `deno task docs:api`: writes the API's reference, or with --check says whether it is up to date. */
async function main(args: readonly string[]): Promise<void> {
  if (args.includes("--help")) return report(usage);
  const unknown = args.find((arg) => arg !== "--check");
  if (unknown !== undefined) {
    report(`docs:api: there is no option "${unknown}"\n\n${usage}`);
    Deno.exit(1);
  }
  const text = await formatMarkdown(renderReference(readApiDocument()));
  if (!args.includes("--check")) {
    await Deno.writeTextFile(file, text);
    return report("docs:api: wrote docs/api-reference.md");
  }
  if (await readIfThere() !== text) {
    report(
      "docs:api: FAILED docs/api-reference.md is not what the schemas say. Run: deno task docs:api",
    );
    Deno.exit(1);
  }
  report("docs:api: ok");
}

async function readIfThere(): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** As `deno fmt` wants the file. */
async function formatMarkdown(text: string): Promise<string> {
  const formatter = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "md", "-"],
    cwd: new URL("../../", import.meta.url),
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const output = formatter.output();
  const writer = formatter.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout } = await output;
  if (!success) throw new Error("Cannot format the reference: see the formatter's message");
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) await main(Deno.args);
