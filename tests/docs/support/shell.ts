import { ROOT } from "./documents.ts";
import { findBinary } from "./find-binary.ts";

/** A command as the shell called it: its name and its arguments, expanded. */
export type Call = readonly string[];

/** What became of a block of shell. */
export interface ShellRun {
  /** The commands that are not run but looked at, in order. */
  readonly calls: readonly Call[];
  /** Hosts that a curl would have asked, were they here. */
  readonly hosts: readonly string[];
  /** Lines `# => text` whose text the commands above them did not answer with. */
  readonly unmet: readonly string[];
  /** Commands that are neither run nor looked at. */
  readonly unknown: readonly string[];
  readonly output: string;
}

/** Looked at, against their own help: they would change something, or reach out of this machine. */
const RECORDED = ["deno", "npx", "supabase", "git", "pg_dump", "pg_restore", "docker", "apt-get"];
/** Run as they are: they read, count, or make up something. */
const TOOLS = [
  "bash",
  "cat",
  "cut",
  "date",
  "grep",
  "head",
  "openssl",
  "psql",
  "sed",
  "sha256sum",
  "sort",
  "tail",
  "tr",
  "wc",
];
/** Run where it is installed, looked at elsewhere. */
const OPTIONAL = ["promtool", "amtool"];
const TIMEOUT_MS = 60_000;

const recorder = (name: string): string =>
  `#!/bin/bash
printf '%s\\x1f' ${name} "$@" >>"$RECORD"; printf '\\x1e' >>"$RECORD"
[ "$*" = "task -q status -o env" ] && printf '%s\\n' "$STACK_ENV"
exit 0
`;

/** Asks this machine; of another one it only notes the name. */
const CURL = `#!/bin/bash
for word in "$@"; do
  case "$word" in
    http://127.0.0.1:*) here=yes ;;
    http*://*) host=\${word#*://}; printf '%s\\n' "\${host%%[/?]*}" >>"$HOSTS"; exit 0 ;;
  esac
done
[ -n "$here" ] && exec "$REAL_CURL" "$@"
echo "curl: no address in: $*" >&2
exit 2
`;

/** A shell for the commands of documents, with the names it has for programs and variables. */
export class DocumentShell {
  readonly #folder: string;
  readonly #environment: Readonly<Record<string, string>>;

  private constructor(folder: string, environment: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#environment = environment;
  }

  /** `environment` is what a person exported before, `stack` what \`deno task status -o env\` prints. */
  static async open(
    environment: Readonly<Record<string, string>>,
    stack: string,
  ): Promise<DocumentShell> {
    const folder = await Deno.makeTempDir({ prefix: "mobility-docs-" });
    const bin = `${folder}/bin`;
    for (const name of ["bin", "home", "work", "work/supabase"]) {
      await Deno.mkdir(`${folder}/${name}`);
    }
    for (const name of RECORDED) await executable(`${bin}/${name}`, recorder(name));
    for (const name of OPTIONAL) {
      const path = await findBinary(name);
      if (path === undefined) await executable(`${bin}/${name}`, recorder(name));
      else await Deno.symlink(path, `${bin}/${name}`);
    }
    for (const name of TOOLS) {
      const path = await findBinary(name);
      if (path !== undefined) await Deno.symlink(path, `${bin}/${name}`);
    }
    await executable(`${bin}/curl`, CURL);
    for (const name of ["ops", "docs", "deno.json"]) {
      await Deno.symlink(`${ROOT}/${name}`, `${folder}/work/${name}`);
    }
    return new DocumentShell(folder, {
      ...environment,
      PATH: bin,
      HOME: `${folder}/home`,
      RECORD: `${folder}/calls`,
      HOSTS: `${folder}/hosts`,
      REAL_CURL: await findBinary("curl") ?? "curl",
      STACK_ENV: stack,
      PGCONNECT_TIMEOUT: "5",
      LANG: "C.UTF-8",
    });
  }

  /** Runs a block as a person would who pastes it. */
  async run(code: string): Promise<ShellRun> {
    for (const name of ["calls", "hosts"]) await Deno.writeTextFile(`${this.#folder}/${name}`, "");
    const { stdout, stderr } = await new Deno.Command("/bin/bash", {
      args: ["--noprofile", "--norc", "-c", withMarks(code)],
      cwd: `${this.#folder}/work`,
      clearEnv: true,
      env: this.#environment,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).output();
    const output = new TextDecoder().decode(stdout);
    const errors = new TextDecoder().decode(stderr);
    return {
      calls: (await this.#read("calls")).split("\x1e").filter(Boolean)
        .map((call) => call.split("\x1f").slice(0, -1)),
      hosts: (await this.#read("hosts")).split("\n").filter(Boolean),
      unmet: unmetIn(output),
      unknown: [...errors.matchAll(/line \d+: ([^:]+): (?:command not found|No such file)/g)]
        .map((match) => match[1] ?? ""),
      output: output + errors,
    };
  }

  /** Deletes its folder. */
  async close(): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }

  #read(name: string): Promise<string> {
    return Deno.readTextFile(`${this.#folder}/${name}`);
  }
}

const MARK = /\n@@expected (.*)@@\n/;

/** A line `# => text` becomes a mark in the output, after what the lines above it answered. */
function withMarks(code: string): string {
  return code.split("\n").map((line) => {
    const [, expected] = /^\s*# => (.*)$/.exec(line) ?? [];
    if (expected === undefined) return line;
    return `printf '\\n@@expected %s@@\\n' '${expected.replaceAll("'", "'\\''")}'`;
  }).join("\n");
}

function unmetIn(output: string): string[] {
  const unmet: string[] = [];
  const parts = output.split(MARK);
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const [answer = "", expected = ""] = parts.slice(i, i + 2);
    if (!answer.includes(expected)) unmet.push(`${expected} is not in: ${answer.trim()}`);
  }
  return unmet;
}

async function executable(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, text, { mode: 0o755 });
}
