import postgres from "postgres";
import type { TcpProxy } from "../loopback/tcp-proxy.ts";
import { startSynchronousStandby } from "../postgres/synchronous-standby.ts";
import {
  startTemporaryPostgres,
  type TemporaryPostgres,
  type TemporaryPostgresOptions,
} from "../postgres/temporary-postgres.ts";

/** The database's server: after a failover, another one on another port. */
export class DatabaseServer implements AsyncDisposable {
  readonly #options: TemporaryPostgresOptions;
  #server: TemporaryPostgres;
  readonly #doors: TcpProxy[] = [];

  private constructor(server: TemporaryPostgres, options: TemporaryPostgresOptions) {
    this.#server = server;
    this.#options = options;
  }

  static async start(options: TemporaryPostgresOptions): Promise<DatabaseServer> {
    return new DatabaseServer(await startTemporaryPostgres(options), options);
  }

  /** Of the server that is the database now. */
  get url(): string {
    return this.#server.url;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Makes a door lead to whichever server is the database. */
  lead(door: TcpProxy): void {
    this.#doors.push(door);
  }

  /** "fast" says goodbye, "immediate" is a crash. */
  stop(mode: "fast" | "immediate"): Promise<void> {
    return this.#server.stop(mode);
  }

  start(): Promise<void> {
    return this.#server.start();
  }

  /** The server dies for good, and every commit it has acknowledged is on a standby; gives what promotes that one. */
  async failOver(): Promise<() => Promise<void>> {
    const primary = this.#server;
    const sql = postgres(primary.url, { max: 1, onnotice: () => {} });
    const standby = await startSynchronousStandby(sql, {
      ...this.#options,
      standbyOf: primary.url,
    }).finally(() => sql.end({ timeout: 2 }));
    await primary.stop("immediate");
    this.#server = standby;
    return async () => {
      await standby.promote();
      for (const door of this.#doors) door.target = this.port;
      await primary.close();
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
  }
}
