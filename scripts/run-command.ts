import { parseArgs } from "node:util";
import { print, report } from "./print.ts";

/**
 * Runs a command to its exit code. What goes wrong is told in one line, and a mistyped option by what
 * options there are.
 */
export async function runCommand(main: () => Promise<number>, usage: string): Promise<never> {
  try {
    Deno.exit(await main());
  } catch (error) {
    report(error instanceof Error ? error.message : String(error));
    const mistyped = error instanceof Error && "code" in error &&
      String(error.code).startsWith("ERR_PARSE_ARGS");
    if (mistyped) report(`\n${usage}`);
    Deno.exit(1);
  }
}

/** Runs a command that has no option but `--help`. */
export async function runPlainCommand(main: () => Promise<number>, usage: string): Promise<never> {
  return await runCommand(async () => {
    const { values } = parseArgs({
      args: Deno.args,
      options: { help: { type: "boolean", short: "h", default: false } },
    });
    if (!values.help) return await main();
    print(usage);
    return 0;
  }, usage);
}
