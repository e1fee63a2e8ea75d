import { report } from "../print.ts";

const EVERY_MS = 5_000;

/** Shows progress: one line that is written over on a terminal, else a line every five seconds. */
export class ProgressLine {
  readonly #isTerminal = Deno.stderr.isTerminal();
  #shownAt = -Infinity;
  #open = false;

  /** Shows where things stand; the last of them is always shown. */
  show(text: string, { isLast = false }: { readonly isLast?: boolean } = {}): void {
    // Not Date.now(): a simulation has a time of its own.
    const now = performance.now();
    if (this.#isTerminal) {
      this.#write(`\r\x1b[K${text}`);
      this.#open = true;
    } else if (isLast || now - this.#shownAt >= EVERY_MS) {
      report(text);
      this.#shownAt = now;
    }
  }

  /** Ends the line, so that what follows starts on its own. */
  end(): void {
    if (this.#open) this.#write("\n");
    this.#open = false;
  }

  #write(text: string): void {
    Deno.stderr.writeSync(new TextEncoder().encode(text));
  }
}
