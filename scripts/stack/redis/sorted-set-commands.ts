import { type Arguments, formatFloat, toFloat } from "./arguments.ts";
import { type Commands, MANY, scan } from "./command.ts";
import type { Keyspace, Kinds } from "./keyspace.ts";
import { RedisError, REFUSALS, type Reply } from "./reply.ts";
import { answer, range, type RangeQuery, readRange, sorted } from "./sorted-set-range.ts";

/** What is done to keys that hold a sorted set: members with scores. */
export const sortedSetCommands: Commands = {
  ZADD: { words: [3, MANY], run: add },
  ZINCRBY: {
    words: [3, 3],
    run: (db, args) => {
      const key = args.text();
      const by = args.float();
      const member = args.text();
      const score = sum(db.zset(key)?.get(member) ?? 0, by);
      open(db, key).set(member, score);
      return formatFloat(score);
    },
  },
  ZREM: {
    words: [2, MANY],
    run: (db, args) => {
      const key = args.text();
      return drop(db, key, args.rest());
    },
  },
  ZSCORE: {
    words: [2, 2],
    run: (db, args) => format(db.zset(args.text())?.get(args.text())),
  },
  ZMSCORE: {
    words: [2, MANY],
    run: (db, args) => {
      const zset = db.zset(args.text());
      return args.rest().map((member) => format(zset?.get(member)));
    },
  },
  ZCARD: { words: [1, 1], run: (db, args) => db.zset(args.text())?.size ?? 0 },
  ZCOUNT: {
    words: [3, 3],
    run: (db, args) => range(db, args.text(), ascending(args, "score")).length,
  },
  ZLEXCOUNT: {
    words: [3, 3],
    run: (db, args) => range(db, args.text(), ascending(args, "lex")).length,
  },
  ZRANK: { words: [2, 2], run: (db, args) => rank(db, args, { reverse: false }) },
  ZREVRANK: { words: [2, 2], run: (db, args) => rank(db, args, { reverse: true }) },
  ZRANGE: {
    words: [3, MANY],
    run: (db, args) => {
      const key = args.text();
      const query = readRange(args);
      return answer(range(db, key, query), query.withScores);
    },
  },
  ZRANGESTORE: {
    words: [4, MANY],
    run: (db, args) => {
      const [target, source] = [args.text(), args.text()];
      const query = readRange(args);
      if (query.withScores) throw new RedisError(REFUSALS.syntax);
      return store(db, target, new Map(range(db, source, query)));
    },
  },
  ZREVRANGE: {
    words: [3, 4],
    run: (db, args) => oldRange(db, args, { by: "rank", reverse: true }),
  },
  ZRANGEBYSCORE: {
    words: [3, 7],
    run: (db, args) => oldRange(db, args, { by: "score", reverse: false }),
  },
  ZREVRANGEBYSCORE: {
    words: [3, 7],
    run: (db, args) => oldRange(db, args, { by: "score", reverse: true }),
  },
  ZRANGEBYLEX: {
    words: [3, 6],
    run: (db, args) => oldRange(db, args, { by: "lex", reverse: false }),
  },
  ZREVRANGEBYLEX: {
    words: [3, 6],
    run: (db, args) => oldRange(db, args, { by: "lex", reverse: true }),
  },
  ZREMRANGEBYRANK: { words: [3, 3], run: (db, args) => dropRange(db, args, { by: "rank" }) },
  ZREMRANGEBYSCORE: { words: [3, 3], run: (db, args) => dropRange(db, args, { by: "score" }) },
  ZREMRANGEBYLEX: { words: [3, 3], run: (db, args) => dropRange(db, args, { by: "lex" }) },
  ZPOPMIN: { words: [1, 2], run: (db, args) => pop(db, args, { reverse: false }) },
  ZPOPMAX: { words: [1, 2], run: (db, args) => pop(db, args, { reverse: true }) },
  ZUNIONSTORE: { words: [3, MANY], run: (db, args) => combine(db, args, { everywhere: false }) },
  ZINTERSTORE: { words: [3, MANY], run: (db, args) => combine(db, args, { everywhere: true }) },
  ZSCAN: {
    words: [2, MANY],
    run: (db, args) => {
      const members = sorted(db.zset(args.text()));
      args.integer();
      const wanted = scan(args, members.map(([member]) => member));
      return ["0", answer(members.filter(([member]) => wanted(member)), true)];
    },
  },
};

function add(db: Keyspace, args: Arguments): Reply {
  const key = args.text();
  const options = new Set<string>();
  for (;;) {
    const option = args.option("NX", "XX", "GT", "LT", "CH", "INCR");
    if (option === undefined) break;
    options.add(option);
  }
  if (args.left === 0 || args.left % 2 === 1) throw new RedisError(REFUSALS.syntax);
  if (options.has("NX") && options.has("XX")) {
    throw new RedisError("ERR XX and NX options at the same time are not compatible");
  }
  if (["GT", "LT", "NX"].filter((name) => options.has(name)).length > 1) {
    throw new RedisError("ERR GT, LT, and/or NX options at the same time are not compatible");
  }
  const pairs = args.pairs().map(([score, member]) => [toFloat(score), member] as const);
  if (options.has("INCR") && pairs.length > 1) {
    throw new RedisError("ERR INCR option supports a single increment-element pair");
  }

  const zset = db.zset(key) ?? new Map<string, number>();
  let [added, changed] = [0, 0];
  let last: number | undefined;
  for (const [given, member] of pairs) {
    const before = zset.get(member);
    const score = options.has("INCR") ? sum(before ?? 0, given) : given;
    const refused = before === undefined ? options.has("XX") : options.has("NX") ||
      options.has("GT") && score <= before || options.has("LT") && score >= before;
    if (refused) continue;
    zset.set(member, score);
    last = score;
    if (before === undefined) added++;
    else if (before !== score) changed++;
  }
  if (zset.size > 0) db.put(key, { kind: "zset", data: zset });
  if (options.has("INCR")) return format(last);
  return options.has("CH") ? added + changed : added;
}

function rank(db: Keyspace, args: Arguments, { reverse }: { reverse: boolean }): Reply {
  const members = sorted(db.zset(args.text()));
  if (reverse) members.reverse();
  const wanted = args.text();
  const index = members.findIndex(([member]) => member === wanted);
  return index === -1 ? null : index;
}

/** ZRANGEBYSCORE and its like: the reverse ones name the higher end first. */
function oldRange(
  db: Keyspace,
  args: Arguments,
  named: Pick<RangeQuery, "by" | "reverse">,
): Reply {
  const key = args.text();
  const query = readRange(args, named);
  return answer(range(db, key, query), query.withScores);
}

function ascending(args: Arguments, by: RangeQuery["by"]): RangeQuery {
  return { by, reverse: false, start: args.text(), stop: args.text() };
}

function dropRange(db: Keyspace, args: Arguments, { by }: Pick<RangeQuery, "by">): Reply {
  const key = args.text();
  return drop(db, key, range(db, key, ascending(args, by)).map(([member]) => member));
}

function drop(db: Keyspace, key: string, members: readonly string[]): number {
  const zset = db.zset(key);
  const dropped = members.filter((member) => zset?.delete(member)).length;
  db.deleteEmpty(key);
  return dropped;
}

function pop(db: Keyspace, args: Arguments, { reverse }: { reverse: boolean }): Reply {
  const key = args.text();
  const count = args.left === 0 ? 1 : args.integer();
  if (count < 0) throw new RedisError("ERR value is out of range, must be positive");
  const members = sorted(db.zset(key));
  if (reverse) members.reverse();
  const popped = members.slice(0, count);
  drop(db, key, popped.map(([member]) => member));
  return answer(popped, true);
}

/** ZUNIONSTORE and ZINTERSTORE with WEIGHTS and AGGREGATE; a plain set counts 1 for each member. */
function combine(db: Keyspace, args: Arguments, { everywhere }: { everywhere: boolean }): Reply {
  const target = args.text();
  const keys = Array.from({ length: args.integer() }, () => args.text());
  let weights = keys.map(() => 1);
  let aggregate: "SUM" | "MIN" | "MAX" = "SUM";
  while (args.left > 0) {
    const option = args.option("WEIGHTS", "AGGREGATE");
    if (option === "WEIGHTS") weights = keys.map(() => args.float());
    else if (option === "AGGREGATE") aggregate = args.option("SUM", "MIN", "MAX") ?? "SUM";
    else throw new RedisError(REFUSALS.syntax);
  }
  const sources = keys.map((key) =>
    db.kind(key) === "set"
      ? new Map([...db.set(key) ?? []].map((member) => [member, 1] as const))
      : db.zset(key) ?? new Map<string, number>()
  );
  const result = new Map<string, number>();
  sources.forEach((source, index) => {
    for (const [member, score] of source) {
      if (everywhere && !sources.every((other) => other.has(member))) continue;
      const weighted = score * (weights[index] ?? 1);
      const before = result.get(member);
      if (before === undefined) result.set(member, weighted);
      else if (aggregate === "SUM") result.set(member, before + weighted);
      else if (aggregate === "MIN") result.set(member, Math.min(before, weighted));
      else result.set(member, Math.max(before, weighted));
    }
  });
  return store(db, target, result);
}

function store(db: Keyspace, target: string, data: Kinds["zset"]): Reply {
  db.delete(target);
  if (data.size > 0) db.put(target, { kind: "zset", data });
  return data.size;
}

function sum(a: number, b: number): number {
  const result = a + b;
  if (Number.isNaN(result)) {
    throw new RedisError("ERR resulting score is not a number (NaN)");
  }
  return result;
}

function format(score: number | undefined): string | null {
  return score === undefined ? null : formatFloat(score);
}

function open(db: Keyspace, key: string): Kinds["zset"] {
  const existing = db.zset(key);
  if (existing !== undefined) return existing;
  const data: Kinds["zset"] = new Map();
  db.put(key, { kind: "zset", data });
  return data;
}
