import type { Arguments } from "./arguments.ts";
import { type Command, type Commands, globMatcher, MANY } from "./command.ts";
import type { Keyspace } from "./keyspace.ts";
import { OK, RedisError, REFUSALS, type Reply, Status } from "./reply.ts";

const remove: Command = {
  words: [1, MANY],
  run: (db, args) => args.rest().filter((key) => db.delete(key)).length,
};

const count: Command = {
  words: [1, MANY],
  run: (db, args) => args.rest().filter((key) => db.kind(key) !== undefined).length,
};

const flush: Command = {
  words: [0, 1],
  run: (db) => {
    db.clear();
    return OK;
  },
};

/** What is done to keys whatever they hold, and the commands about the server itself. */
export const keyCommands: Commands = {
  PING: {
    words: [0, 1],
    run: (_db, args) => args.left === 1 ? args.text() : new Status("PONG"),
  },
  ECHO: { words: [1, 1], run: (_db, args) => args.text() },
  TIME: {
    words: [0, 0],
    run: (db) => [
      String(Math.floor(db.now() / 1000)),
      String(Math.round(db.now() % 1000 * 1000)),
    ],
  },
  DBSIZE: { words: [0, 0], run: (db) => db.keys().length },
  FLUSHDB: flush,
  FLUSHALL: flush,
  DEL: remove,
  UNLINK: remove,
  EXISTS: count,
  TOUCH: count,
  TYPE: { words: [1, 1], run: (db, args) => new Status(db.kind(args.text()) ?? "none") },
  KEYS: { words: [1, 1], run: (db, args) => db.keys().filter(globMatcher(args.text())) },
  SCAN: { words: [1, MANY], run: scanKeys },
  EXPIRE: {
    words: [2, 3],
    run: (db, args) => expire(db, args, { at: (n) => db.now() + n * 1000 }),
  },
  PEXPIRE: { words: [2, 3], run: (db, args) => expire(db, args, { at: (n) => db.now() + n }) },
  EXPIREAT: { words: [2, 3], run: (db, args) => expire(db, args, { at: (n) => n * 1000 }) },
  PEXPIREAT: { words: [2, 3], run: (db, args) => expire(db, args, { at: (n) => n }) },
  PERSIST: { words: [1, 1], run: persist },
  TTL: {
    words: [1, 1],
    run: (db, args) => left(db, args, { format: (ms) => Math.round(ms / 1000) }),
  },
  PTTL: { words: [1, 1], run: (db, args) => left(db, args, { format: (ms) => ms }) },
  EXPIRETIME: {
    words: [1, 1],
    run: (db, args) => left(db, args, { format: (ms) => Math.round((ms + db.now()) / 1000) }),
  },
  PEXPIRETIME: {
    words: [1, 1],
    run: (db, args) => left(db, args, { format: (ms) => ms + db.now() }),
  },
};

function expire(
  db: Keyspace,
  args: Arguments,
  moment: { at: (n: number) => number },
): Reply {
  const key = args.text();
  const at = moment.at(args.integer());
  const option = args.option("NX", "XX", "GT", "LT");
  if (args.left > 0) throw new RedisError(`ERR Unsupported option ${args.text()}`);
  const before = db.expiry(key);
  if (before === undefined) return 0;
  const refused = option === "NX" && before !== null || option === "XX" && before === null ||
    option === "GT" && (before === null || at <= before) ||
    option === "LT" && before !== null && at >= before;
  if (refused) return 0;
  db.expire(key, at);
  return 1;
}

function persist(db: Keyspace, args: Arguments): Reply {
  const key = args.text();
  if (typeof db.expiry(key) !== "number") return 0;
  db.expire(key, undefined);
  return 1;
}

function left(
  db: Keyspace,
  args: Arguments,
  { format }: { format: (milliseconds: number) => number },
): Reply {
  const expiry = db.expiry(args.text());
  if (expiry === undefined) return -2;
  return expiry === null ? -1 : format(expiry - db.now());
}

/** There is nothing to page through in memory: the first step has it all, and the cursor ends at 0. */
function scanKeys(db: Keyspace, args: Arguments): Reply {
  if (!/^\d+$/.test(args.text())) throw new RedisError("ERR invalid cursor");
  let keys = db.keys();
  while (args.left > 0) {
    const option = args.option("MATCH", "COUNT", "TYPE");
    if (option === "MATCH") keys = keys.filter(globMatcher(args.text()));
    else if (option === "COUNT") args.integer();
    else if (option === "TYPE") {
      const kind = args.text().toLowerCase();
      keys = keys.filter((key) => db.kind(key) === kind);
    } else throw new RedisError(REFUSALS.syntax);
  }
  return ["0", keys];
}
