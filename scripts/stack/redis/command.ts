import type { Arguments } from "./arguments.ts";
import type { Keyspace } from "./keyspace.ts";
import type { Reply } from "./reply.ts";

/** One Redis command: how many words it takes after its name, and what it does. */
export interface Command {
  readonly words: readonly [min: number, max: number];
  readonly run: (db: Keyspace, args: Arguments) => Reply;
}

/** Commands by their name in upper case. */
export type Commands = Readonly<Record<string, Command>>;

/** As many words as the caller likes. */
export const MANY = Number.POSITIVE_INFINITY;

/** Whether a text matches a glob of KEYS and SCAN: `*`, `?`, `[a-c]`, `[^x]` and `\`. */
export function globMatcher(glob: string): (text: string) => boolean {
  let source = "";
  for (let i = 0; i < glob.length; i++) {
    const letter = glob.charAt(i);
    const end = letter === "[" ? glob.indexOf("]", i + 1) : -1;
    if (letter === "*") source += ".*";
    else if (letter === "?") source += ".";
    else if (end > 0) {
      source += glob.slice(i, end + 1);
      i = end;
    } else source += escapeRegExp(letter === "\\" ? glob.charAt(++i) : letter);
  }
  const pattern = new RegExp(`^${source}$`, "s");
  return (text) => pattern.test(text);
}

/** The answer of SCAN and its like, which here need only one step: `MATCH` filters, `COUNT` is a hint. */
export function scan(args: Arguments, names: readonly string[]): (name: string) => boolean {
  let matches: (name: string) => boolean = () => true;
  while (args.left > 0) {
    const option = args.option("MATCH", "COUNT", "TYPE");
    if (option === "MATCH") matches = globMatcher(args.text());
    else if (option === "COUNT") args.integer();
    else args.end();
  }
  const found = new Set(names.filter(matches));
  return (name) => found.has(name);
}

function escapeRegExp(letter: string): string {
  return letter.replace(/[\\^$.*+?()[\]{}|]/, "\\$&");
}
