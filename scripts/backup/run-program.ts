import { BackupError } from "./backup-error.ts";
import type { ProgramEnvironment } from "./connection.ts";

/** A client program to run to its end. */
export interface Program {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: ProgramEnvironment;
  /** Called with each line of its standard error. */
  readonly onLine?: (line: string) => void;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

const KEPT_LINES = 5;

/**
 * Runs a program that writes nothing of interest to standard output.
 * @throws {BackupError} with the last lines of its standard error
 */
export async function runProgram(program: Program): Promise<void> {
  const child = spawn(program, { stdin: "null", stdout: "null" });
  const [last, { success }] = await Promise.all([
    readLines(child.stderr, program.onLine),
    child.status,
  ]);
  if (!success) throw failure(program, last);
}

/** Starts a program with its standard error piped and nothing inherited but what it is given. */
export function spawn(
  { path, args, env, signal }: Program,
  { stdin, stdout }: { readonly stdin: "null" | "piped"; readonly stdout: "null" | "piped" },
): Deno.ChildProcess {
  return new Deno.Command(path, {
    args: [...args],
    clearEnv: true,
    env: { ...env },
    stdin,
    stdout,
    stderr: "piped",
    ...(signal === undefined ? {} : { signal }),
  }).spawn();
}

/** Hands on each line of a stream; gives the last lines that are no progress. */
export async function readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine: (line: string) => void = () => {},
): Promise<string[]> {
  const last: string[] = [];
  let rest = "";
  const take = (line: string): void => {
    onLine(line);
    last.push(line);
    if (last.length > KEPT_LINES) last.shift();
  };
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(take);
  }
  if (rest !== "") take(rest);
  return last;
}

/** What to throw when a program gave up. */
export function failure({ path }: Pick<Program, "path">, lines: readonly string[]): BackupError {
  const name = path.split("/").at(-1);
  const said = lines.filter((line) => /error|fatal|could not|cannot/i.test(line));
  return new BackupError(`${name} gave up: ${(said.length > 0 ? said : lines).join("; ")}`);
}
