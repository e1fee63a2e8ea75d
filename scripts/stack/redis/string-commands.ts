import { addFloats, type Arguments, toFloat, toInteger } from "./arguments.ts";
import { type Commands, MANY } from "./command.ts";
import type { Keyspace } from "./keyspace.ts";
import { OK, RedisError, REFUSALS, type Reply } from "./reply.ts";

const EXPIRY_OPTIONS = ["EX", "PX", "EXAT", "PXAT"] as const;

/** What is done to keys that hold text. */
export const stringCommands: Commands = {
  GET: { words: [1, 1], run: (db, args) => db.string(args.text()) ?? null },
  SET: { words: [2, MANY], run: set },
  SETNX: { words: [2, 2], run: (db, args) => setMissing(db, args.pairs()) },
  SETEX: { words: [3, 3], run: (db, args) => setExpiring(db, args, { command: "setex" }) },
  PSETEX: { words: [3, 3], run: (db, args) => setExpiring(db, args, { command: "psetex" }) },
  GETSET: {
    words: [2, 2],
    run: (db, args) => {
      const key = args.text();
      const before = db.string(key) ?? null;
      write(db, [key, args.text()]);
      return before;
    },
  },
  GETDEL: {
    words: [1, 1],
    run: (db, args) => {
      const key = args.text();
      const value = db.string(key) ?? null;
      db.delete(key);
      return value;
    },
  },
  GETEX: { words: [1, 3], run: getAndExpire },
  MGET: {
    words: [1, MANY],
    run: (db, args) =>
      args.rest().map((key) => db.kind(key) === "string" ? db.string(key) ?? null : null),
  },
  MSET: {
    words: [2, MANY],
    run: (db, args) => {
      refuseOdd(args, "mset");
      for (const [key, value] of args.pairs()) write(db, [key, value]);
      return OK;
    },
  },
  MSETNX: {
    words: [2, MANY],
    run: (db, args) => {
      refuseOdd(args, "msetnx");
      return setMissing(db, args.pairs());
    },
  },
  INCR: { words: [1, 1], run: (db, args) => increment(db, { key: args.text(), by: 1 }) },
  DECR: { words: [1, 1], run: (db, args) => increment(db, { key: args.text(), by: -1 }) },
  INCRBY: {
    words: [2, 2],
    run: (db, args) => increment(db, { key: args.text(), by: args.integer() }),
  },
  DECRBY: {
    words: [2, 2],
    run: (db, args) => increment(db, { key: args.text(), by: -args.integer() }),
  },
  INCRBYFLOAT: {
    words: [2, 2],
    run: (db, args) => {
      const key = args.text();
      const sum = addFloats(toFloat(db.string(key) ?? "0"), args.float());
      db.put(key, { kind: "string", data: sum });
      return sum;
    },
  },
  APPEND: {
    words: [2, 2],
    run: (db, args) => {
      const key = args.text();
      const data = (db.string(key) ?? "") + args.text();
      db.put(key, { kind: "string", data });
      return byteLength(data);
    },
  },
  STRLEN: { words: [1, 1], run: (db, args) => byteLength(db.string(args.text()) ?? "") },
  GETRANGE: {
    words: [3, 3],
    run: (db, args) => {
      const bytes = new TextEncoder().encode(db.string(args.text()) ?? "");
      const [start, end] = [args.integer(), args.integer()];
      const from = start < 0 ? Math.max(bytes.length + start, 0) : start;
      const to = end < 0 ? bytes.length + end : end;
      return new TextDecoder().decode(bytes.slice(from, Math.max(to + 1, from)));
    },
  },
};

function set(db: Keyspace, args: Arguments): Reply {
  const [key, value] = [args.text(), args.text()];
  let condition: "NX" | "XX" | undefined;
  let expiresAt: number | undefined;
  let keepExpiry = false;
  let returnBefore = false;
  while (args.left > 0) {
    const option = args.option("NX", "XX", "GET", "KEEPTTL", ...EXPIRY_OPTIONS);
    if (option === "GET") returnBefore = true;
    else if ((option === "NX" || option === "XX") && condition === undefined) condition = option;
    else if (option === "KEEPTTL" && expiresAt === undefined) keepExpiry = true;
    else if (isExpiry(option) && expiresAt === undefined && !keepExpiry) {
      expiresAt = moment(option, { db, amount: args.integer(), command: "set" });
    } else throw new RedisError(REFUSALS.syntax);
  }
  const before = returnBefore ? db.string(key) ?? null : null;
  const exists = db.kind(key) !== undefined;
  if (condition === "NX" && exists || condition === "XX" && !exists) return before;
  if (keepExpiry) db.put(key, { kind: "string", data: value });
  else write(db, [key, value]);
  if (expiresAt !== undefined) db.expire(key, expiresAt);
  return returnBefore ? before : OK;
}

function setMissing(db: Keyspace, pairs: readonly [string, string][]): Reply {
  if (pairs.some(([key]) => db.kind(key) !== undefined)) return 0;
  for (const [key, value] of pairs) write(db, [key, value]);
  return 1;
}

function setExpiring(
  db: Keyspace,
  args: Arguments,
  { command }: { command: "setex" | "psetex" },
): Reply {
  const key = args.text();
  const option = command === "setex" ? "EX" : "PX";
  const expiresAt = moment(option, { db, amount: args.integer(), command });
  write(db, [key, args.text()]);
  db.expire(key, expiresAt);
  return OK;
}

function getAndExpire(db: Keyspace, args: Arguments): Reply {
  const key = args.text();
  const value = db.string(key) ?? null;
  const option = args.option("PERSIST", ...EXPIRY_OPTIONS);
  if (option === "PERSIST") db.expire(key, undefined);
  else if (option !== undefined) {
    db.expire(key, moment(option, { db, amount: args.integer(), command: "getex" }));
  }
  args.end();
  return value;
}

function increment(db: Keyspace, { key, by }: { key: string; by: number }): Reply {
  const sum = toInteger(db.string(key) ?? "0") + by;
  if (!Number.isSafeInteger(sum)) {
    throw new RedisError("ERR increment or decrement would overflow");
  }
  db.put(key, { kind: "string", data: String(sum) });
  return sum;
}

function write(db: Keyspace, [key, data]: readonly [string, string]): void {
  db.replace(key, { kind: "string", data });
}

function isExpiry(option: string | undefined): option is typeof EXPIRY_OPTIONS[number] {
  return EXPIRY_OPTIONS.some((name) => name === option);
}

function moment(
  option: typeof EXPIRY_OPTIONS[number],
  { db, amount, command }: { db: Keyspace; amount: number; command: string },
): number {
  if (amount <= 0) throw new RedisError(`ERR invalid expire time in '${command}' command`);
  const milliseconds = option.startsWith("EX") ? amount * 1000 : amount;
  return option.endsWith("AT") ? milliseconds : db.now() + milliseconds;
}

function refuseOdd(args: Arguments, command: string): void {
  if (args.left % 2 === 1) {
    throw new RedisError(`ERR wrong number of arguments for '${command}' command`);
  }
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
