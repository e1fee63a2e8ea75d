import { type LuaApi, LuaReturn, LuaType } from "wasmoon-lua5.1";
import { RedisError, type Reply, Status } from "./reply.ts";

// cjson's encode_number_precision.
const DIGITS = 14;

/** The address of a Lua inside the WebAssembly module. */
export type Address = ReturnType<LuaApi["luaL_newstate"]>;

/** One Lua's stack, with what Redis's scripts need of it: answers and JSON, in and out. */
export class LuaState {
  readonly #api: LuaApi;
  readonly #address: Address;

  constructor(api: LuaApi, address: Address) {
    this.#api = api;
    this.#address = address;
  }

  /** Pushes an answer as scripts see it: nothing is false, a status and an error are tables. */
  pushReply(reply: Reply): void {
    const [api, L] = [this.#api, this.#address];
    if (typeof reply === "string") api.lua_pushstring(L, reply);
    else if (typeof reply === "number") api.lua_pushnumber(L, reply);
    else if (reply === null) api.lua_pushboolean(L, 0);
    else if (reply instanceof Status) this.#pushField("ok", reply.text);
    else if (reply instanceof RedisError) this.#pushField("err", reply.message);
    else this.pushList(reply, (item) => this.pushReply(item));
  }

  /** What a script returned, by Redis's rules: a number loses its fraction, a list ends at the first nil. */
  readReply(index: number): Reply {
    const [api, L] = [this.#api, this.#address];
    switch (api.lua_type(L, index)) {
      case LuaType.String:
        return api.lua_tolstring(L, index, null);
      case LuaType.Number:
        return Math.trunc(api.lua_tonumber(L, index));
      case LuaType.Boolean:
        return api.lua_toboolean(L, index) === 1 ? 1 : null;
      case LuaType.Table:
        return this.#readTable(api.lua_absindex(L, index));
      default:
        return null;
    }
  }

  /** The text of the error on top of the stack, raised as text or as `{ err = text }`. */
  readError(): string {
    const [api, L] = [this.#api, this.#address];
    const type = api.lua_type(L, -1);
    const text = type === LuaType.Table
      ? this.#readField("err", api.lua_absindex(L, -1))
      : undefined;
    if (text !== undefined) return text;
    return `ERR ${type === LuaType.String ? api.lua_tolstring(L, -1, null) : "unknown error"}`;
  }

  /** Pushes what JSON.parse gave; null becomes the value that cjson calls null. */
  pushJson(value: unknown): void {
    const [api, L] = [this.#api, this.#address];
    if (typeof value === "string") api.lua_pushstring(L, value);
    else if (typeof value === "number") api.lua_pushnumber(L, value);
    else if (typeof value === "boolean") api.lua_pushboolean(L, value ? 1 : 0);
    else if (Array.isArray(value)) {
      const items: unknown[] = value;
      this.pushList(items, (item) => this.pushJson(item));
    } else if (typeof value === "object" && value !== null) {
      api.luaL_checkstack(L, 4, "too many nested objects");
      api.lua_createtable(L, 0, 0);
      for (const [name, item] of Object.entries(value)) {
        api.lua_pushstring(L, name);
        this.pushJson(item);
        api.lua_rawset(L, -3);
      }
    } else api.lua_pushlightuserdata(L, 0);
  }

  /**
   * The JSON of a value as cjson writes it: a table with the keys 1 to n is an array, an empty one an
   * object, and numbers keep 14 digits.
   * @throws {RedisError} for what JSON cannot say
   */
  readJson(index: number): string {
    const [api, L] = [this.#api, this.#address];
    const type = api.lua_type(L, index);
    switch (type) {
      case LuaType.String:
        return JSON.stringify(api.lua_tolstring(L, index, null));
      case LuaType.Number:
        return formatNumber(api.lua_tonumber(L, index));
      case LuaType.Boolean:
        return api.lua_toboolean(L, index) === 1 ? "true" : "false";
      case LuaType.Nil:
      case LuaType.LightUserdata:
        return "null";
      case LuaType.Table:
        return this.#readJsonTable(api.lua_absindex(L, index));
      default:
        throw new RedisError(
          `ERR Cannot serialise ${api.lua_typename(L, type)}: type not supported`,
        );
    }
  }

  /** Pushes a list, whose items `push` pushes one by one. */
  pushList<T>(items: readonly T[], push: (item: T) => void): void {
    const [api, L] = [this.#api, this.#address];
    api.luaL_checkstack(L, 4, "too many nested lists");
    api.lua_createtable(L, items.length, 0);
    items.forEach((item, position) => {
      push(item);
      api.lua_rawseti(L, -2, position + 1);
    });
  }

  /**
   * Calls the function under its arguments on top of the stack.
   * @throws {RedisError} with what it raised
   */
  call(results: number): void {
    const result = this.#api.lua_pcall(this.#address, 0, results, 0);
    if (result !== LuaReturn.Ok) throw new RedisError(this.readError());
  }

  #pushField(name: string, text: string): void {
    const [api, L] = [this.#api, this.#address];
    api.lua_createtable(L, 0, 1);
    api.lua_pushstring(L, text);
    api.lua_setfield(L, -2, name);
  }

  #readField(name: string, table: number): string | undefined {
    const [api, L] = [this.#api, this.#address];
    api.lua_pushstring(L, name);
    api.lua_rawget(L, table);
    const isText = api.lua_type(L, -1) === LuaType.String;
    const text = isText ? api.lua_tolstring(L, -1, null) : undefined;
    api.lua_pop(L, 1);
    return text;
  }

  #readTable(table: number): Reply {
    const [api, L] = [this.#api, this.#address];
    api.luaL_checkstack(L, 4, "reached lua stack limit");
    const error = this.#readField("err", table);
    if (error !== undefined) return new RedisError(error);
    const status = this.#readField("ok", table);
    if (status !== undefined) return new Status(status);
    const items: Reply[] = [];
    for (;;) {
      api.lua_rawgeti(L, table, items.length + 1);
      const ends = api.lua_type(L, -1) === LuaType.Nil;
      if (!ends) items.push(this.readReply(-1));
      api.lua_pop(L, 1);
      if (ends) return items;
    }
  }

  #readJsonTable(table: number): string {
    const [api, L] = [this.#api, this.#address];
    api.luaL_checkstack(L, 4, "Cannot serialise, excessive depth");
    const entries: [key: string | number, json: string][] = [];
    api.lua_pushnil(L);
    while (api.lua_next(L, table) !== 0) {
      // A number must not be read as text: that changes the key in place, and lua_next loses its way.
      const isText = api.lua_type(L, -2) === LuaType.String;
      const key = isText ? api.lua_tolstring(L, -2, null) : api.lua_tonumber(L, -2);
      entries.push([key, this.readJson(-1)]);
      api.lua_pop(L, 1);
    }
    if (entries.length === 0 || !entries.every(([key]) => isPosition(key))) {
      const fields = entries.map(([key, json]) => `${JSON.stringify(String(key))}:${json}`);
      return `{${fields.join(",")}}`;
    }
    const items: string[] = [];
    for (const [key, json] of entries) items[Number(key) - 1] = json;
    if (items.length > 10 && items.length > entries.length * 2) {
      throw new RedisError("ERR Cannot serialise table: excessively sparse array");
    }
    return `[${Array.from(items, (json) => json ?? "null").join(",")}]`;
  }
}

function isPosition(key: string | number): boolean {
  return typeof key === "number" && Number.isInteger(key) && key > 0;
}

/** C's `%.14g`. */
function formatNumber(value: number): string {
  if (!Number.isFinite(value)) {
    throw new RedisError("ERR Cannot serialise number: must not be NaN or Inf");
  }
  const [digits = "", power = ""] = value.toExponential(DIGITS - 1).split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < DIGITS) return String(Number(value.toPrecision(DIGITS)));
  const sign = exponent < 0 ? "-" : "+";
  return `${Number(digits)}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
