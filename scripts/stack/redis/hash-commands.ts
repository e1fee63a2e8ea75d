import { addFloats, type Arguments, toFloat, toInteger } from "./arguments.ts";
import { type Commands, MANY, scan } from "./command.ts";
import type { Keyspace, Kinds } from "./keyspace.ts";
import { OK, RedisError, type Reply } from "./reply.ts";

/** What is done to keys that hold a hash: fields with values. */
export const hashCommands: Commands = {
  HSET: { words: [3, MANY], run: (db, args) => setFields(db, args, "hset") },
  HMSET: {
    words: [3, MANY],
    run: (db, args) => {
      setFields(db, args, "hmset");
      return OK;
    },
  },
  HSETNX: {
    words: [3, 3],
    run: (db, args) => {
      const hash = open(db, args.text());
      const [field, value] = [args.text(), args.text()];
      if (hash.has(field)) return 0;
      hash.set(field, value);
      return 1;
    },
  },
  HGET: {
    words: [2, 2],
    run: (db, args) => db.hash(args.text())?.get(args.text()) ?? null,
  },
  HMGET: {
    words: [2, MANY],
    run: (db, args) => {
      const hash = db.hash(args.text());
      return args.rest().map((field) => hash?.get(field) ?? null);
    },
  },
  HGETALL: { words: [1, 1], run: (db, args) => [...db.hash(args.text()) ?? []].flat() },
  HKEYS: { words: [1, 1], run: (db, args) => [...db.hash(args.text())?.keys() ?? []] },
  HVALS: { words: [1, 1], run: (db, args) => [...db.hash(args.text())?.values() ?? []] },
  HLEN: { words: [1, 1], run: (db, args) => db.hash(args.text())?.size ?? 0 },
  HEXISTS: {
    words: [2, 2],
    run: (db, args) => db.hash(args.text())?.has(args.text()) ? 1 : 0,
  },
  HSTRLEN: {
    words: [2, 2],
    run: (db, args) =>
      new TextEncoder().encode(db.hash(args.text())?.get(args.text()) ?? "").length,
  },
  HDEL: {
    words: [2, MANY],
    run: (db, args) => {
      const key = args.text();
      const hash = db.hash(key);
      const deleted = args.rest().filter((field) => hash?.delete(field)).length;
      db.deleteEmpty(key);
      return deleted;
    },
  },
  HINCRBY: { words: [3, 3], run: incrementField },
  HINCRBYFLOAT: {
    words: [3, 3],
    run: (db, args) => {
      const [key, field] = [args.text(), args.text()];
      const by = args.float();
      const sum = addFloats(
        readNumber(db.hash(key)?.get(field), { read: toFloat, refusal: "a float" }),
        by,
      );
      open(db, key).set(field, sum);
      return sum;
    },
  },
  HSCAN: {
    words: [2, MANY],
    run: (db, args) => {
      const hash = db.hash(args.text()) ?? new Map<string, string>();
      args.integer();
      const wanted = scan(args, [...hash.keys()]);
      return ["0", [...hash].filter(([field]) => wanted(field)).flat()];
    },
  },
};

function setFields(db: Keyspace, args: Arguments, command: string): Reply {
  const key = args.text();
  if (args.left % 2 === 1) {
    throw new RedisError(`ERR wrong number of arguments for '${command}' command`);
  }
  const hash = open(db, key);
  const before = hash.size;
  for (const [field, value] of args.pairs()) hash.set(field, value);
  return hash.size - before;
}

function incrementField(db: Keyspace, args: Arguments): Reply {
  const [key, field] = [args.text(), args.text()];
  const by = args.integer();
  const sum = readNumber(db.hash(key)?.get(field), { read: toInteger, refusal: "an integer" }) + by;
  if (!Number.isSafeInteger(sum)) {
    throw new RedisError("ERR increment or decrement would overflow");
  }
  open(db, key).set(field, String(sum));
  return sum;
}

function readNumber(
  text: string | undefined,
  { read, refusal }: { read: (text: string) => number; refusal: string },
): number {
  try {
    return read(text ?? "0");
  } catch (cause) {
    throw new RedisError(`ERR hash value is not ${refusal}`, { cause });
  }
}

function open(db: Keyspace, key: string): Kinds["hash"] {
  const existing = db.hash(key);
  if (existing !== undefined) return existing;
  const data: Kinds["hash"] = new Map();
  db.put(key, { kind: "hash", data });
  return data;
}
