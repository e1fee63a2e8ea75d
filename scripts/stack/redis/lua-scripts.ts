import { createHash } from "node:crypto";
import { LuaApi, LuaReturn, LuaType } from "wasmoon-lua5.1";
import { type Address, LuaState } from "./lua-state.ts";
import { RedisError, type Reply } from "./reply.ts";

/** What a script is called with. */
export interface ScriptInput {
  readonly keys: readonly string[];
  readonly argv: readonly string[];
  /** Runs one command for the script; throws RedisError when Redis refuses it. */
  readonly runCommand: (words: readonly string[]) => Reply;
}

/** What scripts find in Redis, over the functions of this module; each tells whether it went well. */
const PRELUDE = `
local call, decode, encode, sha1hex = __call, __decode, __encode, __sha1hex
local function finish(ok, value)
  if ok then return value end
  error(value, 0)
end
redis = {
  call = function(...) return finish(call(...)) end,
  pcall = function(...) local _, value = call(...) return value end,
  error_reply = function(text) return { err = text } end,
  status_reply = function(text) return { ok = text } end,
  sha1hex = function(text) return finish(sha1hex(text)) end,
  replicate_commands = function() return true end,
  log = function() end,
  LOG_DEBUG = 0, LOG_VERBOSE = 1, LOG_NOTICE = 2, LOG_WARNING = 3,
}
cjson = {
  decode = function(text) return finish(decode(text)) end,
  encode = function(value) return finish(encode(value)) end,
  null = __null,
}
__call, __decode, __encode, __sha1hex, __null = nil, nil, nil, nil, nil
io, os, debug, package, require, module, dofile, loadfile, print = nil, nil, nil, nil, nil, nil, nil, nil, nil
setmetatable(_G, {
  __index = function(_, name)
    error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
  end,
  __newindex = function() error("Attempt to modify a readonly table", 2) end,
})
`;

/** EVAL's language, real Lua 5.1 as in Redis, with `redis`, `cjson`, KEYS and ARGV. */
export class LuaScripts {
  readonly #api: LuaApi;
  readonly #sources = new Map<string, string>();
  readonly #functions: readonly (readonly [name: string, pointer: number])[];
  #runCommand: ScriptInput["runCommand"] | undefined;

  private constructor(api: LuaApi) {
    this.#api = api;
    const text = (address: Address): string => api.lua_tolstring(address, 1, null);
    this.#functions = [
      ["__call", this.#expose((address, lua) => lua.pushReply(this.#call(address)))],
      ["__decode", this.#expose((address, lua) => lua.pushJson(parseJson(text(address))))],
      ["__encode", this.#expose((_address, lua) => lua.pushReply(lua.readJson(1)))],
      ["__sha1hex", this.#expose((address, lua) => lua.pushReply(sha1(text(address))))],
    ];
  }

  static async create(): Promise<LuaScripts> {
    return new LuaScripts(await LuaApi.initialize());
  }

  /**
   * Keeps a script and returns its SHA-1.
   * @throws {RedisError} when it does not compile
   */
  load(source: string): string {
    const hash = sha1(source);
    if (this.#sources.has(hash)) return hash;
    const address = this.#api.luaL_newstate();
    try {
      this.#compile(address, source);
    } finally {
      this.#api.lua_close(address);
    }
    this.#sources.set(hash, source);
    return hash;
  }

  has(hash: string): boolean {
    return this.#sources.has(hash.toLowerCase());
  }

  flush(): void {
    this.#sources.clear();
  }

  /**
   * Runs a kept script, each time in a Lua of its own.
   * @throws {RedisError} NOSCRIPT, or what the script or Redis raised
   */
  run(hash: string, input: ScriptInput): Reply {
    const source = this.#sources.get(hash.toLowerCase());
    if (source === undefined) {
      throw new RedisError("NOSCRIPT No matching script. Please use EVAL.");
    }
    const address = this.#api.luaL_newstate();
    const lua = new LuaState(this.#api, address);
    try {
      this.#prepare(address, input);
      this.#compile(address, source);
      this.#runCommand = input.runCommand;
      lua.call(1);
      return lua.readReply(-1);
    } finally {
      this.#runCommand = undefined;
      this.#api.lua_close(address);
    }
  }

  #prepare(address: Address, { keys, argv }: ScriptInput): void {
    const api = this.#api;
    const lua = new LuaState(api, address);
    api.luaL_openlibs(address);
    for (const [name, pointer] of this.#functions) {
      api.lua_pushcclosure(address, pointer, 0);
      api.lua_setglobal(address, name);
    }
    lua.pushJson(null);
    api.lua_setglobal(address, "__null");
    lua.pushReply(keys);
    api.lua_setglobal(address, "KEYS");
    lua.pushReply(argv);
    api.lua_setglobal(address, "ARGV");
    this.#compile(address, PRELUDE);
    lua.call(0);
  }

  #compile(address: Address, source: string): void {
    // Redis takes a first line that names the engine; to Lua it is a comment.
    const text = source.replace(/^#!/, "--");
    const length = new TextEncoder().encode(text).length;
    const result = this.#api.luaL_loadbuffer(address, text, length, "@user_script");
    if (result === LuaReturn.Ok) return;
    const reason = this.#api.lua_tolstring(address, -1, null);
    throw new RedisError(`ERR Error compiling script (new function): ${reason}`);
  }

  #call(address: Address): Reply {
    const api = this.#api;
    const words: string[] = [];
    for (let index = 1; index <= api.lua_gettop(address); index++) {
      const type = api.lua_type(address, index);
      if (type === LuaType.Number) words.push(String(api.lua_tonumber(address, index)));
      else if (type === LuaType.String) words.push(api.lua_tolstring(address, index, null));
      else {
        throw new RedisError(
          "ERR Lua redis lib command arguments must be strings or integers",
        );
      }
    }
    if (this.#runCommand === undefined) throw new RedisError("ERR no script is running");
    return this.#runCommand(words);
  }

  /** Makes a function for Lua: it returns whether the work went well, and what it pushed or refused. */
  #expose(work: (address: Address, lua: LuaState) => void): number {
    const api = this.#api;
    return api.module.addFunction((address: Address) => {
      const lua = new LuaState(api, address);
      const top = api.lua_gettop(address);
      try {
        work(address, lua);
        api.lua_pushboolean(address, 1);
        api.lua_insert(address, top + 1);
      } catch (error) {
        if (!(error instanceof RedisError)) throw error;
        api.lua_settop(address, top);
        api.lua_pushboolean(address, 0);
        lua.pushReply(error);
      }
      return 2;
    }, "ii");
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RedisError("ERR Expected value but found invalid token in cjson.decode", { cause });
  }
}

function sha1(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}
