import { report } from "../print.ts";

const WIDTH = 24;
const EVERY_MS = 5_000;

/** How far a table is. */
export interface Progress {
  readonly what: string;
  readonly done: number;
  readonly total: number;
  /** Rows a second since this run began. */
  readonly rate: number;
}

/** A bar with the rate and the time left, such as `trips [####----] 40,000/100,000 2,900/s 21 s left`. */
export function formatProgress({ what, done, total, rate }: Progress): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.round(share * WIDTH);
  const left = rate > 0 ? Math.ceil(Math.max(0, total - done) / rate) : undefined;
  const time = left === undefined ? "" : `, ${formatSeconds(left)} left`;
  return `${what.padEnd(12)} [${"#".repeat(filled)}${"-".repeat(WIDTH - filled)}] ${count(done)}/${
    count(total)
  }, ${count(Math.round(rate))}/s${time}`;
}

/** Shows the bar: one line that is written over on a terminal, else a line every five seconds. */
export class ProgressBar {
  readonly #isTerminal = Deno.stderr.isTerminal();
  #shownAt = 0;
  #isOpen = false;

  show(progress: Progress): void {
    const line = formatProgress(progress);
    if (this.#isTerminal) {
      Deno.stderr.writeSync(new TextEncoder().encode(`\r\x1b[K${line}`));
      this.#isOpen = true;
    } else if (progress.done >= progress.total || Date.now() - this.#shownAt >= EVERY_MS) {
      report(line);
      this.#shownAt = Date.now();
    }
  }

  /** Ends the line, so that what follows starts on its own. */
  end(): void {
    if (this.#isOpen) report("");
    this.#isOpen = false;
  }
}

function formatSeconds(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
