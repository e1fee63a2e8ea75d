import { type Arguments, formatFloat, toFloat, toInteger } from "./arguments.ts";
import type { Keyspace } from "./keyspace.ts";
import { RedisError, REFUSALS, type Reply } from "./reply.ts";

/** A member of a sorted set with its score. */
export type Scored = readonly [member: string, score: number];

/** How a range is told: by place, by score or by the letters of the members. */
export interface RangeQuery {
  readonly by: "rank" | "score" | "lex";
  readonly reverse: boolean;
  readonly start: string;
  readonly stop: string;
  readonly limit?: { readonly offset: number; readonly count: number } | undefined;
}

/** The members from the lowest score to the highest, those of one score by their bytes. */
export function sorted(zset: ReadonlyMap<string, number> | undefined): Scored[] {
  return [...zset ?? []].sort(([a, x], [b, y]) => x === y ? compareText(a, b) : x < y ? -1 : 1);
}

/**
 * Reads `start stop [BYSCORE|BYLEX] [REV] [LIMIT offset count] [WITHSCORES]`, as ZRANGE has it; a command
 * whose name says how it ranges, as ZREVRANGEBYSCORE does, gives that.
 */
export function readRange(
  args: Arguments,
  named: Pick<RangeQuery, "by" | "reverse"> = { by: "rank", reverse: false },
): RangeQuery & { readonly withScores: boolean } {
  const [start, stop] = [args.text(), args.text()];
  let { by, reverse } = named;
  let withScores = false;
  let limit: RangeQuery["limit"];
  while (args.left > 0) {
    const option = args.option("BYSCORE", "BYLEX", "REV", "LIMIT", "WITHSCORES");
    if (option === "BYSCORE") by = "score";
    else if (option === "BYLEX") by = "lex";
    else if (option === "REV") reverse = true;
    else if (option === "LIMIT") limit = { offset: args.integer(), count: args.integer() };
    else if (option === "WITHSCORES") withScores = true;
    else throw new RedisError(REFUSALS.syntax);
  }
  if (limit !== undefined && by === "rank") {
    throw new RedisError(
      "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX",
    );
  }
  return { by, reverse, start, stop, limit, withScores };
}

/** The members of a range, in the order that was asked for. */
export function range(db: Keyspace, key: string, query: RangeQuery): Scored[] {
  const all = sorted(db.zset(key));
  if (query.by === "rank") {
    const [start, stop] = [toInteger(query.start), toInteger(query.stop)];
    const ordered = query.reverse ? all.reverse() : all;
    const from = start < 0 ? Math.max(all.length + start, 0) : start;
    const to = stop < 0 ? all.length + stop : stop;
    return ordered.slice(from, Math.max(to + 1, from));
  }
  const [low, high] = query.reverse ? [query.stop, query.start] : [query.start, query.stop];
  const within = query.by === "score" ? scoreBetween(low, high) : textBetween(low, high);
  const found = all.filter(within);
  if (query.reverse) found.reverse();
  if (query.limit === undefined) return found;
  const { offset, count } = query.limit;
  if (offset < 0) return [];
  return count < 0 ? found.slice(offset) : found.slice(offset, offset + count);
}

/** Members as Redis answers them: with scores, each member is followed by its own. */
export function answer(members: readonly Scored[], withScores: boolean): Reply {
  return members.flatMap(([member, score]) => withScores ? [member, formatFloat(score)] : [member]);
}

function scoreBetween(low: string, high: string): (member: Scored) => boolean {
  const [min, max] = [readBound(low), readBound(high)];
  return ([, score]) =>
    (min.open ? score > min.value : score >= min.value) &&
    (max.open ? score < max.value : score <= max.value);
}

function readBound(text: string): { value: number; open: boolean } {
  const open = text.startsWith("(");
  try {
    return { value: toFloat(open ? text.slice(1) : text), open };
  } catch (cause) {
    throw new RedisError("ERR min or max is not a float", { cause });
  }
}

function textBetween(low: string, high: string): (member: Scored) => boolean {
  for (const bound of [low, high]) {
    if (!/^([[(]|[+-]$)/.test(bound)) {
      throw new RedisError("ERR min or max not valid string range item");
    }
  }
  const after = (member: string): boolean => {
    if (low === "-" || low === "+") return low === "-";
    const order = compareText(member, low.slice(1));
    return low.startsWith("[") ? order >= 0 : order > 0;
  };
  const before = (member: string): boolean => {
    if (high === "-" || high === "+") return high === "+";
    const order = compareText(member, high.slice(1));
    return high.startsWith("[") ? order <= 0 : order < 0;
  };
  return ([member]) => after(member) && before(member);
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
