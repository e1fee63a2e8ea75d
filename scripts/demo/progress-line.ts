import { report } from "../print.ts";
import type { Progress } from "./replay.ts";

const EVERY_MS = 5_000;

/** Shows progress: one line that is written over on a terminal, else a line every five seconds. */
export class ProgressLine {
  readonly #isTerminal = Deno.stderr.isTerminal();
  #shownAt = 0;
  #open = false;

  show({ what, done, of, at }: Progress): void {
    const text = `${what} ${done}/${of}${at === undefined ? "" : `, asked at ${at}`}`;
    if (this.#isTerminal) {
      this.#write(`\r\x1b[K${text}`);
      this.#open = true;
    } else if (done === of || Date.now() - this.#shownAt >= EVERY_MS) {
      report(text);
      this.#shownAt = Date.now();
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
