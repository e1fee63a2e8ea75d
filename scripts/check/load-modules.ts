import { report } from "../print.ts";

/**
 * Imports the modules given by URL and nothing more. Under `--coverage` that is what makes a file that no
 * test reaches count, with all its lines not run, instead of being left out.
 */
async function main(): Promise<void> {
  for (const url of Deno.args) {
    try {
      await import(url);
    } catch (error) {
      report(`coverage: ${url} does not load by itself: ${error}`);
    }
  }
  // A module that holds a timer or a socket would keep the process.
  Deno.exit(0);
}

await main();
