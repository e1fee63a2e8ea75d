import { Arguments } from "./arguments.ts";
import type { Command, Commands } from "./command.ts";
import { hashCommands } from "./hash-commands.ts";
import { keyCommands } from "./key-commands.ts";
import { Keyspace } from "./keyspace.ts";
import { LuaScripts } from "./lua-scripts.ts";
import { OK, type Redis, RedisError, type Reply } from "./reply.ts";
import { setCommands } from "./set-commands.ts";
import { sortedSetCommands } from "./sorted-set-commands.ts";
import { stringCommands } from "./string-commands.ts";

const COMMANDS: Commands = {
  ...keyCommands,
  ...stringCommands,
  ...hashCommands,
  ...setCommands,
  ...sortedSetCommands,
};

/** How the in-memory Redis tells the time. */
export interface MemoryRedisOptions {
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** A Redis inside this process: strings, hashes, sets, sorted sets, expiry and Lua scripts. */
export class MemoryRedis implements Redis {
  readonly #db: Keyspace;
  readonly #scripts: LuaScripts;

  private constructor(db: Keyspace, scripts: LuaScripts) {
    this.#db = db;
    this.#scripts = scripts;
  }

  static async create(options: MemoryRedisOptions = {}): Promise<MemoryRedis> {
    return new MemoryRedis(new Keyspace(options.now), await LuaScripts.create());
  }

  /** Commands never wait, so any list of them runs as one; an atomic one must make sense as a whole. */
  run(
    commands: readonly (readonly string[])[],
    { atomic = false }: { readonly atomic?: boolean } = {},
  ): Promise<Reply[]> {
    return Promise.resolve().then(() => {
      if (atomic) commands.forEach((words) => this.#refuseNonsense(words));
      return commands.map((words) => this.#answer(words));
    });
  }

  close(): Promise<void> {
    this.#db.clear();
    return Promise.resolve();
  }

  #answer(words: readonly string[]): Reply {
    try {
      return this.#execute(words);
    } catch (error) {
      if (error instanceof RedisError) return error;
      throw error;
    }
  }

  #execute([given = "", ...words]: readonly string[]): Reply {
    const name = given.toUpperCase();
    if (name === "EVAL" || name === "EVALSHA") return this.#evaluate(name, words);
    if (name === "SCRIPT") return this.#script(words);
    return this.#command(given, words);
  }

  #command(given: string, words: readonly string[]): Reply {
    return lookUp(given, words).run(this.#db, new Arguments(words));
  }

  #refuseNonsense([given = "", ...words]: readonly string[]): void {
    if (!/^(EVAL|EVALSHA|SCRIPT)$/i.test(given)) lookUp(given, words);
  }

  #evaluate(name: "EVAL" | "EVALSHA", words: readonly string[]): Reply {
    const [script, count, ...rest] = words;
    if (script === undefined || count === undefined) {
      throw new RedisError(
        `ERR wrong number of arguments for '${name.toLowerCase()}' command`,
      );
    }
    const keys = new Arguments([count]).integer();
    if (keys < 0) throw new RedisError("ERR Number of keys can't be negative");
    if (keys > rest.length) {
      throw new RedisError("ERR Number of keys can't be greater than number of args");
    }
    const hash = name === "EVAL" ? this.#scripts.load(script) : script;
    const input = { keys: rest.slice(0, keys), argv: rest.slice(keys) };
    return this.#scripts.run(hash, {
      ...input,
      runCommand: ([command = "", ...words]) => this.#command(command, words),
    });
  }

  #script([subcommand = "", ...words]: readonly string[]): Reply {
    switch (subcommand.toUpperCase()) {
      case "LOAD":
        return this.#scripts.load(new Arguments(words).text());
      case "EXISTS":
        return words.map((hash) => this.#scripts.has(hash) ? 1 : 0);
      case "FLUSH":
        this.#scripts.flush();
        return OK;
      default:
        throw new RedisError(`ERR unknown subcommand '${subcommand}'. Try LOAD, EXISTS or FLUSH`);
    }
  }
}

function lookUp(given: string, words: readonly string[]): Command {
  const name = given.toUpperCase();
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    throw new RedisError(
      `ERR unknown command '${given}': the embedded Redis lacks it. Set REDIS_URL to use a server`,
    );
  }
  const [min, max] = command.words;
  if (words.length < min || words.length > max) {
    throw new RedisError(`ERR wrong number of arguments for '${given.toLowerCase()}' command`);
  }
  return command;
}
