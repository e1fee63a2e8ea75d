import { z } from "zod";
import { ROOT } from "./documents.ts";
import type { Call } from "./shell.ts";

/**
 * Commands of other programs that documents name and no test here can look into: by program, what it is
 * called with at most. Everything else is held against the program's own help.
 */
const TAKEN_ON_TRUST: Readonly<Record<string, RegExp>> = {
  wrangler: /^pages deploy dist --project-name mobility$/,
  netlify: /^deploy --prod --dir dist$/,
  docker: /^compose -f ops\/compose\.yaml (up|down|logs|ps|pull|restart)\b/,
  "apt-get": /^(update|install)\b/,
};
const DENO_COMMANDS = ["check", "eval", "fmt", "install", "lint", "run", "test"];
const DENO_VERSION = "2.9.6";
const CLI_VERSION = "3.1.0";
const WORD = /^[a-z][a-z0-9:-]*$/;

const denoJson = z.object({
  tasks: z.record(z.string(), z.object({ description: z.string(), command: z.string() })),
});
const helps = new Map<string, Promise<string>>();

/** Why a command of a document would not run; undefined when it would. */
export async function problemOf(call: Call): Promise<string | undefined> {
  const [program = "", ...args] = call;
  switch (program) {
    case "deno":
      return await problemOfDeno(args);
    case "npx": {
      const words = args.filter((arg) => arg !== "-y");
      const [name = "", version] = (words[0] ?? "").split("@");
      const rest = words.slice(1);
      if (name === "deno") {
        return version === DENO_VERSION ? await problemOfDeno(rest) : "not the project's Deno";
      }
      if (name === "supabase") {
        return version === CLI_VERSION ? await problemOfSupabase(rest) : "not the project's CLI";
      }
      return problemOnTrust(name, rest);
    }
    case "supabase":
      return await problemOfSupabase(args);
    case "git":
      return await problemOfGit(args);
    case "pg_dump":
    case "pg_restore":
    case "promtool":
    case "amtool":
      return problemOfFlags(args, await help(program, ["--help"]), program);
    default:
      return problemOnTrust(program, args);
  }
}

function problemOnTrust(program: string, args: readonly string[]): string | undefined {
  const pattern = TAKEN_ON_TRUST[program];
  if (pattern === undefined) return `nothing here knows "${program}"`;
  return pattern.test(args.join(" ")) ? undefined : `"${program} ${args.join(" ")}" is not listed`;
}

async function problemOfDeno(args: readonly string[]): Promise<string | undefined> {
  const words = args.filter((arg) => arg !== "-q" && arg !== "--quiet");
  const [command = "", name, ...rest] = words;
  if (command !== "task") {
    if (!DENO_COMMANDS.includes(command)) return `no "deno ${command}" is used here`;
    const script = command === "run" ? words.find((word) => word.endsWith(".ts")) : undefined;
    if (script === undefined) return undefined;
    return await Deno.stat(`${ROOT}/${script}`).then(() => undefined, () => `no ${script}`);
  }
  if (name === undefined) return undefined;
  const { tasks } = denoJson.parse(JSON.parse(await Deno.readTextFile(`${ROOT}/deno.json`)));
  const task = tasks[name];
  if (task === undefined) return `deno.json has no task "${name}"`;
  // Tests take whatever `deno test` takes.
  if (rest.length === 0 || name === "test") return undefined;
  const [, script] = /^deno run -A (\S+\.ts)$/.exec(task.command) ?? [];
  if (script === undefined) return `the task "${name}" takes no arguments`;
  const usage = await help(Deno.execPath(), ["run", "-A", script, "--help"]);
  const phase = rest[0] ?? "";
  if (WORD.test(phase) && !new RegExp(`(?<![\\w-])${phase}(?![\\w-])`).test(usage)) {
    return `"${phase}" is not in the help of ${name}`;
  }
  return problemOfFlags(rest, usage, `deno task ${name}`);
}

/** The usage line names the command that the words led to, and whether it takes more of them. */
async function problemOfSupabase(args: readonly string[]): Promise<string | undefined> {
  const first = args.findIndex((arg) => arg.startsWith("-"));
  const words = (first < 0 ? args : args.slice(0, first)).filter((word) => WORD.test(word));
  if (words.length === 0) return undefined;
  const text = await supabaseHelp(words);
  const usage = /USAGE\s+supabase ([^\n]+)/.exec(text)?.[1] ?? "";
  const known = usage.split(/\s+/).filter((word) => WORD.test(word));
  const takesMore = /[<[](?!flags\]|subcommand)/.test(usage);
  if (known.join(" ") !== words.slice(0, known.length).join(" ") || known.length === 0) {
    return `there is no "supabase ${words.join(" ")}"`;
  }
  if (words.length > known.length && !takesMore) {
    return `"supabase ${known.join(" ")}" knows no "${words.slice(known.length).join(" ")}"`;
  }
  return problemOfFlags(args, text, `supabase ${known.join(" ")}`);
}

function supabaseHelp(words: readonly string[]): Promise<string> {
  const binary = Deno.env.get("SUPABASE_CLI");
  return binary === undefined
    ? help("npx", ["-y", `supabase@${CLI_VERSION}`, ...words, "--help"])
    : help(binary, [...words, "--help"]);
}

async function problemOfGit([command = "", ...rest]: readonly string[]): Promise<
  string | undefined
> {
  const usage = await help("git", [command, "-h"]);
  if (!usage.includes("usage: git")) return `there is no "git ${command}"`;
  // `git log -5` is in no help.
  return problemOfFlags(
    rest.filter((arg) => !/^-\d+$|^--oneline$/.test(arg)),
    usage,
    `git ${command}`,
  );
}

function problemOfFlags(args: readonly string[], usage: string, what: string): string | undefined {
  for (const arg of args) {
    if (arg === "--") return undefined;
    const flag = /^(--[a-z][a-z0-9-]*|-[a-zA-Z])(?==|$)/.exec(arg)?.[1];
    if (flag === undefined || flag === "--help") continue;
    if (!new RegExp(`(?<![\\w-])${flag}(?![\\w-])`).test(usage)) return `${what} has no ${flag}`;
  }
  return undefined;
}

/** What a program says of itself, asked once. */
function help(program: string, args: readonly string[]): Promise<string> {
  const key = [program, ...args].join(" ");
  const asked = helps.get(key) ?? ask(program, args);
  helps.set(key, asked);
  return asked;
}

async function ask(program: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd: ROOT,
    stdin: "null",
    env: { SUPABASE_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1", NO_COLOR: "1" },
    signal: AbortSignal.timeout(120_000),
  }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}
