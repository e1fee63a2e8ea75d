import type { Arguments } from "./arguments.ts";
import { type Commands, MANY, scan } from "./command.ts";
import type { Keyspace, Kinds } from "./keyspace.ts";
import { RedisError, type Reply } from "./reply.ts";

type Combine = (sets: readonly ReadonlySet<string>[]) => Set<string>;

const intersect: Combine = ([first, ...others]) =>
  new Set([...first ?? []].filter((member) => others.every((set) => set.has(member))));
const unite: Combine = (sets) => new Set(sets.flatMap((set) => [...set]));
const subtract: Combine = ([first, ...others]) =>
  new Set([...first ?? []].filter((member) => !others.some((set) => set.has(member))));

/** What is done to keys that hold a set of members. */
export const setCommands: Commands = {
  SADD: {
    words: [2, MANY],
    run: (db, args) => {
      const set = open(db, args.text());
      const before = set.size;
      for (const member of args.rest()) set.add(member);
      return set.size - before;
    },
  },
  SREM: {
    words: [2, MANY],
    run: (db, args) => {
      const key = args.text();
      const set = db.set(key);
      const removed = args.rest().filter((member) => set?.delete(member)).length;
      db.deleteEmpty(key);
      return removed;
    },
  },
  SCARD: { words: [1, 1], run: (db, args) => db.set(args.text())?.size ?? 0 },
  SMEMBERS: { words: [1, 1], run: (db, args) => [...db.set(args.text()) ?? []] },
  SISMEMBER: {
    words: [2, 2],
    run: (db, args) => db.set(args.text())?.has(args.text()) ? 1 : 0,
  },
  SMISMEMBER: {
    words: [2, MANY],
    run: (db, args) => {
      const set = db.set(args.text());
      return args.rest().map((member) => set?.has(member) ? 1 : 0);
    },
  },
  SMOVE: {
    words: [3, 3],
    run: (db, args) => {
      const [source, target, member] = [args.text(), args.text(), args.text()];
      db.set(target);
      if (!db.set(source)?.delete(member)) return 0;
      db.deleteEmpty(source);
      open(db, target).add(member);
      return 1;
    },
  },
  SPOP: { words: [1, 2], run: (db, args) => pick(db, args, { remove: true }) },
  SRANDMEMBER: { words: [1, 2], run: (db, args) => pick(db, args, { remove: false }) },
  SINTER: { words: [1, MANY], run: (db, args) => [...intersect(read(db, args.rest()))] },
  SUNION: { words: [1, MANY], run: (db, args) => [...unite(read(db, args.rest()))] },
  SDIFF: { words: [1, MANY], run: (db, args) => [...subtract(read(db, args.rest()))] },
  SINTERSTORE: { words: [2, MANY], run: (db, args) => store(db, args, intersect) },
  SUNIONSTORE: { words: [2, MANY], run: (db, args) => store(db, args, unite) },
  SDIFFSTORE: { words: [2, MANY], run: (db, args) => store(db, args, subtract) },
  SINTERCARD: {
    words: [2, MANY],
    run: (db, args) => {
      const keys = Array.from({ length: args.integer() }, () => args.text());
      const limit = args.option("LIMIT") === undefined ? 0 : args.integer();
      args.end();
      const { size } = intersect(read(db, keys));
      return limit === 0 ? size : Math.min(size, limit);
    },
  },
  SSCAN: {
    words: [2, MANY],
    run: (db, args) => {
      const members = [...db.set(args.text()) ?? []];
      args.integer();
      return ["0", members.filter(scan(args, members))];
    },
  },
};

function pick(db: Keyspace, args: Arguments, { remove }: { remove: boolean }): Reply {
  const key = args.text();
  const members = [...db.set(key) ?? []];
  const single = args.left === 0;
  const count = single ? 1 : args.integer();
  if (count < 0 && remove) {
    throw new RedisError("ERR value is out of range, must be positive");
  }
  const random = (): number => Math.floor(Math.random() * members.length);
  const picked: string[] = [];
  while (picked.length < Math.abs(count) && members.length > 0) {
    // A negative count lets a member come more than once.
    const [member] = count < 0 ? [members[random()]] : members.splice(random(), 1);
    if (member !== undefined) picked.push(member);
  }
  if (remove) {
    for (const member of picked) db.set(key)?.delete(member);
    db.deleteEmpty(key);
  }
  return single ? picked[0] ?? null : picked;
}

function store(db: Keyspace, args: Arguments, combine: Combine): Reply {
  const target = args.text();
  const data = combine(read(db, args.rest()));
  db.delete(target);
  if (data.size > 0) db.put(target, { kind: "set", data });
  return data.size;
}

function read(db: Keyspace, keys: readonly string[]): ReadonlySet<string>[] {
  return keys.map((key) => db.set(key) ?? new Set());
}

function open(db: Keyspace, key: string): Kinds["set"] {
  const existing = db.set(key);
  if (existing !== undefined) return existing;
  const data: Kinds["set"] = new Set();
  db.put(key, { kind: "set", data });
  return data;
}
