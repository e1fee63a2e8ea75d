import type { ReservedSql, Sql } from "postgres";

interface Generation {
  readonly sql: Sql;
  isOver: boolean;
}

/**
 * Reserved connections of a pool that is replaced as soon as the server has closed one of them. The library
 * (postgres 3.4.9) writes on to a connection that is gone, which ends the process, and may leave such a connection
 * mute for good: of an old pool, nothing is sent any more.
 */
export class SteadyPool {
  readonly #open: (onClose: () => void) => Sql;
  #current: Generation;

  /** `open` makes a pool that calls back whenever one of its connections has closed. */
  constructor(open: (onClose: () => void) => Sql) {
    this.#open = open;
    this.#current = this.#begin();
  }

  /** A connection that is whole, or an error. */
  async reserve(): Promise<ReservedSql> {
    if (this.#current.isOver) this.#current = this.#begin();
    const generation = this.#current;
    const reserved = await generation.sql.reserve();
    const send = reserved.unsafe.bind(reserved);
    const guarded: typeof send = (...query) => {
      if (generation.isOver) throw new ConnectionGoneError();
      return send(...query);
    };
    Reflect.set(reserved, "unsafe", guarded);
    return reserved;
  }

  /** Closes every connection; what is under way has two seconds to end. */
  async end(): Promise<void> {
    this.#current.isOver = true;
    await this.#current.sql.end({ timeout: 2 });
  }

  #begin(): Generation {
    const generation: Generation = {
      isOver: false,
      sql: this.#open(() => {
        if (generation.isOver) return;
        generation.isOver = true;
        generation.sql.end({ timeout: 1 }).catch(() => {});
      }),
    };
    return generation;
  }
}

/** The server has closed a connection, as PostgREST tells of it. */
export class ConnectionGoneError extends Error {
  override name = "ConnectionGoneError";
  readonly code = "CONNECTION_CLOSED";

  constructor() {
    super("The connection to the database is gone");
  }
}
