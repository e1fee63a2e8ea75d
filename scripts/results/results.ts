import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { type Measurement, MEASUREMENTS } from "./measurements.ts";
import { readSection } from "./read-section.ts";
import { renderDocument } from "./render-document.ts";
import type { Section } from "./section.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
const FOLDER = `${ROOT}/results`;
const DOCUMENT = `${ROOT}/docs/RESULTS.md`;

const USAGE = `deno task results [name ...] [options]

Measures what is named, or everything that is not long, one thing after the other, and writes docs/RESULTS.md of the
newest figures in results/. What cannot be measured here (no k6, no schemathesis) is left out and named.

${MEASUREMENTS.map(describe).join("\n")}

  --all            the long ones too
  --pickups FILE   for "quality": the evening of a CSV of recorded pickups too, which doubles its time
  --render         measure nothing, write the document of what there is
  --help           this text`;

/** `deno task results`: measures, and writes the document. Exit code 1: something could not be measured. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: {
      all: { type: "boolean", default: false },
      pickups: { type: "string" },
      render: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const unknown = positionals.find((name) => !MEASUREMENTS.some((known) => known.name === name));
  if (unknown !== undefined) throw new Error(`There is no "${unknown}"\n\n${USAGE}`);
  await Deno.mkdir(FOLDER, { recursive: true });
  const wanted = values.render
    ? []
    : MEASUREMENTS.filter(({ name, isLong }) =>
      positionals.includes(name) || values.all || (positionals.length === 0 && !isLong)
    );
  const failed: string[] = [];
  for (const [index, measurement] of wanted.entries()) {
    const { name, minutes } = measurement;
    const rest = wanted.slice(index).reduce((sum, one) => sum + one.minutes, 0);
    report(
      `results: ${name}, ${
        index + 1
      } of ${wanted.length}; about ${minutes} minutes, ${rest} to the end`,
    );
    const more = name === "quality" && values.pickups !== undefined
      ? ["--pickups", await Deno.realPath(values.pickups)]
      : [];
    if (!await measure(measurement, more)) failed.push(name);
  }
  const read: Section[] = [];
  const unmeasured: { title: string; command: string }[] = [];
  for (const measurement of MEASUREMENTS) {
    const { name, title } = measurement;
    const section = await readSection(measurement, fileOf(name));
    if (section === undefined) unmeasured.push({ title, command: `deno task results ${name}` });
    else read.push(section);
  }
  await writeDocument(renderDocument(read, { unmeasured }));
  const broken = read.flatMap(({ promises }) => promises).filter(({ kept }) => !kept).length;
  print(
    `docs/RESULTS.md: ${read.length} of ${MEASUREMENTS.length} measurements, ${broken} promises not kept`,
  );
  if (failed.length > 0) {
    report(`results: without new figures (their last lines say why): ${failed.join(", ")}`);
  }
  return failed.length === 0 ? 0 : 1;
}

/** A command may say by its exit code that a promise was not kept: what counts here is whether it wrote its figures. */
async function measure({ name, task }: Measurement, more: readonly string[]): Promise<boolean> {
  const file = `${FOLDER}/${name}.new.json`;
  await removeIfThere(file);
  await new Deno.Command(Deno.execPath(), {
    args: ["task", ...task, ...more, "--json", file],
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

async function removeIfThere(file: string): Promise<void> {
  try {
    await Deno.remove(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The gate looks at how documents are formatted. */
async function writeDocument(text: string): Promise<void> {
  await Deno.writeTextFile(DOCUMENT, text);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", DOCUMENT],
    cwd: ROOT,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

function fileOf(name: string): string {
  return `${FOLDER}/${name}.json`;
}

function describe({ name, minutes, title, isLong }: Measurement): string {
  const long = isLong ? "; only when named, or with --all" : "";
  return `  ${name.padEnd(9)} ${String(minutes).padStart(3)} min  ${title}${long}`;
}

if (import.meta.main) await runCommand(main, USAGE);
