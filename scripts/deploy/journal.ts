import { print, report } from "../print.ts";
import type { Mask } from "./mask.ts";

/** What an event carries beside its name; no secrets, and if one slips in, it is masked. */
export type Details = Readonly<Record<string, unknown>>;

/** Where a run's words go: the terminal, and a log file of one JSON object a line. */
export class Journal {
  readonly path: string | undefined;
  readonly #mask: Mask;
  readonly #file: Deno.FsFile | undefined;
  readonly #now: () => Date;

  readonly #toTerminal: boolean;

  private constructor(
    mask: Mask,
    { path, file, now, toTerminal }: {
      path?: string;
      file?: Deno.FsFile;
      now: () => Date;
      toTerminal: boolean;
    },
  ) {
    this.#mask = mask;
    this.path = path;
    this.#file = file;
    this.#now = now;
    this.#toTerminal = toTerminal;
  }

  /** Opens a log file in the folder; without one, only the terminal is told. */
  static async open(
    { mask, folder, phase, now = () => new Date(), toTerminal = true }: {
      readonly mask: Mask;
      readonly folder?: string;
      readonly phase: string;
      readonly now?: () => Date;
      readonly toTerminal?: boolean;
    },
  ): Promise<Journal> {
    if (folder === undefined) return new Journal(mask, { now, toTerminal });
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    const time = now().toISOString().replaceAll(/[:.]/g, "-");
    const path = `${folder}/${time}-${phase}-${Deno.pid}.log`;
    const file = await Deno.open(path, { createNew: true, write: true, mode: 0o600 });
    return new Journal(mask, { path, file, now, toTerminal });
  }

  /** A line of the result, for standard output. */
  print(line: string): void {
    if (this.#toTerminal) print(this.#mask(line));
    this.#write("print", { text: line });
  }

  /** A line of progress or advice, for standard error. */
  report(line: string): void {
    if (this.#toTerminal) report(this.#mask(line));
    this.#write("report", { text: line });
  }

  /** Something only the log file is told. */
  log(event: string, details: Details = {}): void {
    this.#write(event, details);
  }

  /** A text with every secret hidden. */
  masked(text: string): string {
    return this.#mask(text);
  }

  close(): void {
    this.#file?.close();
  }

  #write(event: string, details: Details): void {
    if (this.#file === undefined) return;
    const line = JSON.stringify({ time: this.#now().toISOString(), event, ...details });
    this.#file.writeSync(new TextEncoder().encode(`${this.#mask(line)}\n`));
  }
}
