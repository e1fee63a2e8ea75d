import { report } from "./print.ts";

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
