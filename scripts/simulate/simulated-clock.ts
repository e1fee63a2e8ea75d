import type { TemporaryPostgresOptions } from "../postgres/temporary-postgres.ts";

const NAME = "clock";
const FOR_EVERYBODY_TO_READ = 0o644;
const FOR_EVERYBODY_TO_ENTER = 0o755;

/**
 * The time of a simulation, for this process and for a PostgreSQL that was started with its file: it moves
 * when it is told to, and never back.
 */
export class SimulatedClock {
  /** For a PostgreSQL that is to have this time. */
  readonly file: NonNullable<TemporaryPostgresOptions["clockFile"]>;
  readonly #folder: string;
  readonly #handle: Deno.FsFile;
  readonly #encoder = new TextEncoder();
  #nowMs: number;

  private constructor(folder: string, { handle, nowMs }: { handle: Deno.FsFile; nowMs: number }) {
    this.#folder = folder;
    this.file = `${folder}/${NAME}`;
    this.#handle = handle;
    this.#nowMs = nowMs;
  }

  /** A clock that shows the given epoch milliseconds. */
  static async create(nowMs: number): Promise<SimulatedClock> {
    const folder = await Deno.makeTempDir({ prefix: "mobility-clock-" });
    // PostgreSQL may run as somebody else.
    await Deno.chmod(folder, FOR_EVERYBODY_TO_ENTER);
    const file = `${folder}/${NAME}`;
    await Deno.writeTextFile(file, fileText(nowMs), { mode: FOR_EVERYBODY_TO_READ });
    return new SimulatedClock(folder, { handle: await Deno.open(file, { write: true }), nowMs });
  }

  /** Epoch milliseconds. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Moves to a later time. @throws {RangeError} for an earlier one */
  advanceTo(ms: number): void {
    if (ms < this.#nowMs) {
      throw new RangeError(`Cannot turn the clock back by ${this.#nowMs - ms} ms`);
    }
    this.#nowMs = ms;
    // Written over, always as long: whoever reads meanwhile must not find half a time.
    this.#handle.seekSync(0, Deno.SeekMode.Start);
    this.#handle.writeSync(this.#encoder.encode(fileText(ms)));
  }

  /** Makes `Date.now()` of this process tell this time, until disposed of. */
  install(): Disposable {
    const real = Date.now;
    Date.now = () => this.#nowMs;
    return { [Symbol.dispose]: () => void (Date.now = real) };
  }

  async close(): Promise<void> {
    this.#handle.close();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** A time as libfaketime reads it, in UTC: the middle of the millisecond, as it comes out a little smaller. */
export function fileText(ms: number): string {
  const [seconds = "", fraction = ""] = new Date(ms).toISOString().replace("T", " ").split(".");
  return `${seconds}.${fraction.slice(0, 3)}500\n`;
}
