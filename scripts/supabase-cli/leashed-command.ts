import { createInterface } from "node:readline";
import { Readable } from "node:stream";

/** What a command is run with. */
export interface LeashedOptions {
  readonly cwd?: string | URL;
  /** Added to this process's environment; where secrets go, never into the arguments. */
  readonly env?: Readonly<Record<string, string>>;
  /** One line of its standard error, as it comes. */
  readonly onLine?: (line: string) => void;
}

/** How a command ended and what it printed. */
export interface CommandResult {
  readonly success: boolean;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The command is one process group with this shell, which holds its standard input as a leash: when the
 * parent is gone, even by `kill -9`, the whole group is. A push that went on alone would race the next one.
 */
const LEASH = `
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
(cat <&3; kill -s KILL -- -$$) >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait $child
code=$?
kill -s KILL $watcher 2>/dev/null
exit $code
`;

/** Runs a command that ends with this process at the latest. */
export async function runLeashed(
  command: readonly string[],
  { cwd, env = {}, onLine }: LeashedOptions = {},
): Promise<CommandResult> {
  const child = new Deno.Command("sh", {
    args: ["-c", LEASH, "leash", ...command],
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...env },
    detached: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines: string[] = [];
  const [stdout, , status] = await Promise.all([
    new Response(child.stdout).text(),
    readLines(child.stderr, (line) => {
      lines.push(line);
      onLine?.(line);
    }),
    child.status,
  ]);
  // Whatever is left of the leash lets go.
  await child.stdin.close().catch(() => {});
  return { success: status.success, code: status.code, stdout, stderr: lines.join("\n") };
}

async function readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (line: string) => void,
): Promise<void> {
  for await (const line of createInterface({ input: Readable.fromWeb(stream) })) take(line);
}
