import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { MemoryRedis } from "../../scripts/stack/redis/memory-redis.ts";
import { type Redis, RedisError, type Reply, Status } from "../../scripts/stack/redis/reply.ts";
import { ServerRedis } from "../../scripts/stack/redis/server-redis.ts";

// One command a line, in order, on the same keys; every answer must be the server's own.
const COMMANDS = `
PING
ECHO hello
SET a 1
SET a 2 NX
SET a 2 XX GET
SET a 3 EX 100
TTL a
SET a 4 KEEPTTL
TTL a
INCR a
TTL a
INCRBY a 5
DECRBY a 3
DECR a
INCRBYFLOAT a 1.5
INCRBYFLOAT a 0.1
INCR a
SET s hello
INCR s
APPEND s x
STRLEN s
GETRANGE s 1 3
GETRANGE s -3 -1
GETRANGE s 4 2
GETSET s new
GETDEL s
GET s
GETEX a EX 50
TTL a
GETEX a PERSIST
TTL a
MSET k1 v1 k2 v2
MSET k1
MSET k1 v1 k2
MSETNX k1 z k9 z
MSETNX k8 z k9 z
MGET k1 k2 nope
EXISTS k1 k2 nope k1
DEL k1 nope
TYPE k2
TYPE nope
EXPIRE k2 100
EXPIRE k2 50 GT
EXPIRE k2 50 LT
EXPIRE k2 200 NX
EXPIRE k2 200 XX
EXPIRE k2 10 WHAT
EXPIRE nope 10
TTL k2
PERSIST k2
PERSIST k2
TTL k2
TTL nope
PTTL k2
EXPIREAT k2 1
EXISTS k2
SETEX e 0 v
SETEX e 10 v
PSETEX e 10000 v
PSETEX e -1 v
SETNX e z
EXPIRETIME nope
EXPIRE e 0
GET e
HSET h a 1 b 2
HSET h a 3 c 4
HSET h a
HSET h a 1 b
HSETNX h a 9
HGET h a
HMGET h a zz
HGETALL h
HGETALL nope
HINCRBY h a 4
HINCRBY h new 4
HINCRBYFLOAT h a 0.5
HINCRBY h a 1
HDEL h a zz
HLEN h
HKEYS h
HVALS h
HEXISTS h b
HEXISTS h zz
HSTRLEN h b
HMSET h q 1
GET h
HGET a f
INCR h
SADD h x
ZADD h 1 x
HSET z2 f not-a-number
HINCRBY z2 f 1
HDEL z2 f
EXISTS z2
HSCAN h 0
SADD s1 a b c
SADD s1 a d
SCARD s1
SISMEMBER s1 a
SISMEMBER s1 z
SMISMEMBER s1 a z
SREM s1 a z
SMEMBERS nope
SADD s2 b x
SINTER s1 s2
SINTERCARD 2 s1 s2
SINTERCARD 2 s1 s2 LIMIT 1
SINTERSTORE s3 s1 s2
SUNIONSTORE s3 s1 s2
SDIFFSTORE s4 s1 s2
SCARD s3
SCARD s4
SMOVE s1 s2 d
SMOVE s1 s2 nope
SREM s2 b x d
EXISTS s2
SPOP nope
SPOP nope 2
SRANDMEMBER nope
SPOP s1 -1
ZADD z 1 a 2 b 3 c
ZADD z NX 5 a
ZADD z XX CH 9 a
ZADD z CH 9 a 4 d
ZADD z INCR 1 a
ZADD z NX INCR 1 a
ZADD z GT CH 2 a
ZADD z NX GT 1 a
ZADD z NX XX 1 a
ZADD z INCR 1 a 2 b
ZADD z foo a
ZADD z 1
ZADD z XX 1 newone
ZSCORE z a
ZSCORE z nope
ZMSCORE z a nope
ZINCRBY z 1.5 b
ZINCRBY z inf b
ZINCRBY z -inf b
ZADD z 3.5 b
ZADD z -1.25 neg +inf top -inf bottom
ZRANGE z 0 -1 WITHSCORES
ZRANGE z 0 1 REV
ZRANGE z -2 -1
ZRANGE z 5 1
ZRANGE z 1 10 BYSCORE
ZRANGE z 10 1 BYSCORE REV
ZRANGE z -inf (10 BYSCORE LIMIT 0 2 WITHSCORES
ZRANGE z 0 1 LIMIT 0 1
ZRANGE z x y
ZRANGE z x y BYSCORE
ZRANGE z a b BYLEX
ZADD lex 0 a 0 b 0 c 0 d
ZRANGE lex [a [c BYLEX
ZRANGE lex (a (c BYLEX
ZRANGE lex - + BYLEX
ZRANGE lex + - BYLEX REV LIMIT 1 2
ZLEXCOUNT lex [b +
ZRANGEBYSCORE z -inf +inf WITHSCORES LIMIT 1 1
ZRANGEBYSCORE z (3 +inf
ZREVRANGE z 0 -1
ZREVRANGE z 0 -1 WITHSCORES
ZREVRANGEBYSCORE z +inf 3
ZRANGESTORE zz z 0 2
ZCARD zz
ZCOUNT z 0 5
ZCOUNT z (3 5
ZRANK z c
ZREVRANK z c
ZRANK z nope
ZREM z a nope
ZCARD z
ZPOPMIN z
ZPOPMAX z 2
ZPOPMIN nope
ZADD y 1 a 2 b 3 c
ZUNIONSTORE u 2 z y WEIGHTS 1 2
ZRANGE u 0 -1 WITHSCORES
ZINTERSTORE u 2 z y AGGREGATE MAX
ZRANGE u 0 -1 WITHSCORES
ZUNIONSTORE u 2 y s3 AGGREGATE MIN
ZRANGE u 0 -1 WITHSCORES
ZREMRANGEBYSCORE y 0 1
ZREMRANGEBYRANK y 0 0
ZREMRANGEBYLEX y [c [c
EXISTS y
ZADD y 1 a
ZSCAN y 0
GET
SET a
SET a b EX
SET a b EX 0
SET a b EX 10 PX 10
SET a b NX XX
SET a b KEEPTTL EX 1
SET a b WHAT
INCRBY a notanumber
SET big 9007199254740993
GET big
SCRIPT EXISTS abc
EVALSHA abc 0
EVAL "return 1" -1
EVAL "return 1" 2 k
EVAL "return 1" x
SCRIPT LOAD "return {KEYS[1], ARGV[1], ARGV[2]}"
EVALSHA d9fadfd18cb3c3df2c4d07e4c3ab6b6de9a5d1ea 0
EVAL "return {KEYS[1], ARGV[1], ARGV[2]}" 1 k v
EVAL "return redis.call('SET', KEYS[1], ARGV[1])" 1 ek ev
EVAL "return redis.call('GET', KEYS[1])" 1 ek
EVAL "return redis.call('SET', KEYS[1], ARGV[1], 'NX')" 1 ek ev
EVAL "return {1, 2.9, 'x', false, 5}" 0
EVAL "return {1, nil, 5}" 0
EVAL "return {1, {2, {3}}, true}" 0
EVAL "return redis.error_reply('MY err')" 0
EVAL "return redis.status_reply('FINE')" 0
EVAL "return {ok='FINE'}" 0
EVAL "return {err='BAD thing'}" 0
EVAL "return 10/4" 0
EVAL "return -10/4" 0
EVAL "redis.call('SET','q',10/2) return redis.call('GET','q')" 0
EVAL "return tostring(10/2)" 0
EVAL "return tostring(2^53)" 0
EVAL "return redis.pcall('INCR', 'h')" 0
EVAL "return redis.pcall('INCR', 'h').err" 0
EVAL "local ok = pcall(redis.call, 'INCR', 'h') return tostring(ok)" 0
EVAL "local r = redis.call('HGETALL','h') return #r" 0
EVAL "return redis.call('GET','missing') == false" 0
EVAL "return redis.call('SET','m','x').ok" 0
EVAL "return redis.call('TYPE','m').ok" 0
EVAL "redis.call('SET','emptyx','') return #redis.call('GET','emptyx')" 0
EVAL "return redis.call('ZRANGE','u',0,-1,'WITHSCORES')" 0
EVAL "return redis.call('INCRBY','n',7) + 1" 0
EVAL "return unpack({1,2})" 0
EVAL "return {table.getn({1,2}), string.format('%d', 3)}" 0
EVAL "return redis.sha1hex('abc')" 0
EVAL "return cjson.encode({1,2,{a=1.5}})" 0
EVAL "return cjson.encode({})" 0
EVAL "return cjson.encode({a=cjson.null})" 0
EVAL "return cjson.encode('quo\\"te')" 0
EVAL "return cjson.encode(1e15)" 0
EVAL "return cjson.encode({0.1, 1/3, 12345678901234567, 0.00001, -2.5e20, 99999999999999})" 0
EVAL "return cjson.decode(ARGV[1]).b[2]" 0 {"a":1,"b":[10,20,null]}
EVAL "return tostring(cjson.decode(ARGV[1]).b[3] == cjson.null)" 0 {"a":1,"b":[10,20,null]}
EVAL "return #cjson.decode(ARGV[1])" 0 [1,2,3]
EVAL "return cjson.encode(cjson.decode(ARGV[1]))" 0 [{"id":"x","n":1.25,"ok":true,"list":[1,"é"]}]
EVAL "return type(os.clock())" 0
TOUCH ek
UNLINK ek
KEYS nope*
DBSIZE
`.trim().split("\n").map(words);

// In these, the words after the code differ: the server adds the script's name and line.
const CODE_ONLY: readonly (readonly string[])[] = [
  ["EVAL", "return redis.call('NOSUCH')", "0"],
  ["EVAL", "return redis.call('INCR', 'h')", "0"],
  ["EVAL", "redis.call('INCR', {})", "0"],
  ["EVAL", "this is not lua", "0"],
  ["EVAL", "error('boom')", "0"],
  ["EVAL", "newglobal = 1", "0"],
  ["EVAL", "return nosuchglobal", "0"],
  ["EVAL", "return cjson.decode('{nope')", "0"],
  ["EVAL", "return cjson.encode(function() end)", "0"],
  ["EVAL", "return tostring(io)", "0"],
  ["NOSUCH", "x"],
];

Deno.test({
  name: "MemoryRedis answers each command as a Redis server does",
  ignore: await findServer() === undefined,
  fn: async () => {
    await using server = await startServer();
    await using compare = await openBoth(server.url);
    const differences: unknown[] = [];
    for (const command of COMMANDS) {
      const { memory, real } = await compare.run(command);
      if (!isDeepStrictEqual(plain(memory), plain(real))) {
        differences.push({ command: command.join(" "), memory: plain(memory), real: plain(real) });
      }
    }
    assert.deepEqual(differences, []);
    for (const command of CODE_ONLY) {
      const { memory, real } = await compare.run(command);
      assert.equal(code(memory), code(real), command.join(" "));
    }
  },
});

Deno.test({
  name: "ServerRedis and MemoryRedis keep a transaction together and discard a senseless one",
  ignore: await findServer() === undefined,
  fn: async () => {
    await using server = await startServer();
    await using both = await openBoth(server.url);
    for (const redis of both.all) {
      const replies = await redis.run([["SET", "a", "1"], ["LPUSH"], ["INCR", "a"]]);
      assert.deepEqual(replies.map(plain).map(String).filter((text) => text === "2"), ["2"]);
      assert.deepEqual(
        (await redis.run([["SET", "a", "5"], ["INCR", "a"], ["HGET", "a", "f"]], { atomic: true }))
          .map(code),
        ["OK", 6, "WRONGTYPE"],
      );
      await assert.rejects(redis.run([["SET", "a", "9"], ["GET"]], { atomic: true }), RedisError);
      assert.deepEqual(await redis.run([["GET", "a"]]), ["6"]);
    }
  },
});

Deno.test({
  name: "ServerRedis lists a hash however it is asked, and says when its server is gone",
  ignore: await findServer() === undefined,
  fn: async () => {
    const server = await startServer();
    const redis = await ServerRedis.connect(server.url);
    try {
      await redis.run([["hset", "h", "a", "1", "b", "2"]]);
      for (const name of ["hgetall", "HGETALL"]) {
        assert.deepEqual(await redis.run([[name, "h"]]), [["a", "1", "b", "2"]]);
      }
      await server[Symbol.asyncDispose]();
      assert.deepEqual(await redis.run([["ping"]]), [
        new RedisError("ERR the server does not answer"),
      ]);
    } finally {
      await redis.close();
    }
  },
});

function words(line: string): string[] {
  return [...line.matchAll(/(?:^| )"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, bare]) =>
    quoted?.replaceAll(/\\(.)/g, "$1") ?? bare ?? ""
  );
}

function plain(reply: Reply): unknown {
  if (reply instanceof Status) return reply.text;
  if (reply instanceof RedisError) return `error: ${reply.message.replace(/ script: .*$/, "")}`;
  return Array.isArray(reply) ? reply.map(plain) : reply;
}

function code(reply: Reply): unknown {
  return reply instanceof RedisError ? reply.message.split(" ")[0] : plain(reply);
}

interface Both extends AsyncDisposable {
  readonly all: readonly Redis[];
  run(command: readonly string[]): Promise<{ memory: Reply; real: Reply }>;
}

async function openBoth(url: string): Promise<Both> {
  const memory = await MemoryRedis.create();
  const real = await ServerRedis.connect(url);
  return {
    all: [memory, real],
    run: async (command: readonly string[]) => {
      const [[inMemory = null], [onServer = null]] = await Promise.all([
        memory.run([command]),
        real.run([command]),
      ]);
      return { memory: inMemory, real: onServer };
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([memory.close(), real.close()]);
    },
  };
}

async function findServer(): Promise<string | undefined> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    const path = `${folder}/redis-server`;
    if (await Deno.stat(path).then(() => true, () => false)) return path;
  }
  return undefined;
}

async function startServer(): Promise<AsyncDisposable & { url: string }> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const child = new Deno.Command(await findServer() ?? "redis-server", {
    args: ["--bind", "127.0.0.1", "--port", String(port), "--save", ""],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  for (let log = ""; !log.includes("Ready to accept connections");) {
    const { value, done } = await output.read();
    if (done) throw new Error(`redis-server did not start:\n${log}`);
    log += value;
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      while (!(await output.read()).done);
      await child.status;
    },
  };
}
