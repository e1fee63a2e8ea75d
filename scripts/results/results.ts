import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { type Measurement, MEASUREMENTS } from "./measurements.ts";
import { renderDocument, type Section } from "./section.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
const FOLDER = `${ROOT}/results`;
const DOCUMENT = `${ROOT}/docs/RESULTS.md`;

const USAGE = `deno task results [name ...] [options]

Measures (everything, or what is named) and writes docs/RESULTS.md of the newest figures in results/.

  name           ${MEASUREMENTS.map(({ name }) => name).join(", ")}

  --render       measure nothing, write the document of what there is`;

/** `deno task results`: measures, one thing after the other, and writes the document. Exit code 1: a command failed. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: { render: { type: "boolean", default: false } },
  });
  const unknown = positionals.find((name) => !MEASUREMENTS.some((known) => known.name === name));
  if (unknown !== undefined) throw new Error(`There is no "${unknown}"\n\n${USAGE}`);
  await Deno.mkdir(FOLDER, { recursive: true });
  const wanted = values.render
    ? []
    : MEASUREMENTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const failed: string[] = [];
  for (const [index, measurement] of wanted.entries()) {
    report(`results: ${measurement.name}, ${index + 1} of ${wanted.length}`);
    if (!await measure(measurement)) failed.push(measurement.name);
  }
  const sections: Section[] = [];
  for (const { name, render } of MEASUREMENTS) {
    const measured = await readReport(name);
    if (measured !== undefined) sections.push(render(measured));
  }
  await Deno.writeTextFile(DOCUMENT, renderDocument(sections));
  print(`${sections.length} of ${MEASUREMENTS.length} in docs/RESULTS.md`);
  if (failed.length > 0) report(`results: without figures: ${failed.join(", ")}`);
  return failed.length === 0 ? 0 : 1;
}

/** A command may say by its exit code that a promise was not kept: what counts here is whether it wrote its figures. */
async function measure({ name, task }: Measurement): Promise<boolean> {
  const file = `${FOLDER}/${name}.new.json`;
  await new Deno.Command(Deno.execPath(), {
    args: ["task", ...task, "--json", file],
    cwd: ROOT,
    stdin: "null",
  }).spawn().status;
  try {
    await Deno.rename(file, fileOf(name));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function readReport(name: string): Promise<unknown> {
  try {
    return JSON.parse(await Deno.readTextFile(fileOf(name)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function fileOf(name: string): string {
  return `${FOLDER}/${name}.json`;
}

if (import.meta.main) await runCommand(main, USAGE);
