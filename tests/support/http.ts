import assert from "node:assert/strict";
import { SignJWT } from "jose";
import { z } from "zod";
import type { StackInfo } from "../../scripts/stack/running.ts";
import type { ErrorCode } from "../../shared/platform/mod.ts";
import { contract, parseJson } from "./http-contract.ts";

/** Who calls: the secret key, a signed-in user by id, nobody, or whatever the headers say. */
export type As = "service" | "nobody" | { readonly user: string } | {
  readonly headers: HeadersInit;
};

/** One request; `raw` is sent as it is in place of a JSON body. */
export interface Call {
  readonly as?: As;
  readonly body?: unknown;
  readonly raw?: BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
  /** Skips the check against the description of the API, for what is none of its. */
  readonly unchecked?: boolean;
}

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  readonly text: string;
}

const errorCode = z.object({ error: z.object({ code: z.string() }) });

/** Calls functions, over the gateway or in process, and holds every answer against the contract. */
export class Http {
  readonly #info: StackInfo;
  readonly #send: (request: Request) => Promise<Response>;
  readonly #base: string;
  readonly #tokens = new Map<string, Promise<string>>();

  /** `handler` takes the place of the network: one function in this process. */
  constructor(info: StackInfo, handler?: (request: Request) => Promise<Response>) {
    this.#info = info;
    this.#send = handler ?? ((request) => fetch(request));
    this.#base = handler === undefined ? info.functions_url : "http://functions.test";
  }

  /** A token as Supabase Auth signs it for that user. */
  token(user: string): Promise<string> {
    const known = this.#tokens.get(user);
    if (known !== undefined) return known;
    const token = signToken({ role: "authenticated", sub: user }, this.#info.jwt_secret);
    this.#tokens.set(user, token);
    return token;
  }

  get(path: string, call: Call = {}): Promise<Answer> {
    return this.call(`GET ${path}`, call);
  }

  post(path: string, call: Call = {}): Promise<Answer> {
    return this.call(`POST ${path}`, call);
  }

  /** `target` is a method and a path that begins with the function's name. */
  async call(target: string, call: Call = {}): Promise<Answer> {
    const [method = "", path = ""] = target.split(" ");
    const headers = new Headers(await this.#credentials(call.as ?? "service"));
    for (const [name, value] of Object.entries(call.headers ?? {})) headers.set(name, value);
    const body = call.raw ?? (call.body === undefined ? undefined : JSON.stringify(call.body));
    if (body !== undefined && !headers.has("content-type")) {
      headers.set("content-type", "application/json");
    }
    const init = { method, headers, ...(body === undefined ? {} : { body }) };
    const response = await this.#send(new Request(`${this.#base}/${path}`, init));
    const text = await response.text();
    const answer = {
      status: response.status,
      headers: response.headers,
      body: parseJson(text),
      text,
    };
    if (!call.unchecked) {
      const [before = "", query = ""] = path.split("?");
      const sent = typeof body === "string" ? body : "";
      contract.check(
        { method, path: before, query: new URLSearchParams(query), body: sent },
        answer,
      );
    }
    return answer;
  }

  async #credentials(as: As): Promise<HeadersInit> {
    if (as === "nobody") return {};
    if (as === "service") return { apikey: this.#info.secret_key };
    if ("headers" in as) return as.headers;
    return {
      apikey: this.#info.publishable_key,
      authorization: `Bearer ${await this.token(as.user)}`,
    };
  }
}

/** Signs claims with HS256; valid for an hour from now unless `exp`, in Unix seconds, says otherwise. */
export async function signToken(
  claims: Readonly<Record<string, unknown>>,
  secret: string,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return await new SignJWT({ iat: now, exp: now + 3600, ...claims })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .sign(new TextEncoder().encode(secret));
}

/** The body of a success. */
export function expectOk<T>(answer: Answer, schema: z.ZodType<T>): T {
  assert.ok(answer.status < 300, `expected a success, got ${answer.status} ${answer.text}`);
  return schema.parse(answer.body);
}

/** Fails unless the answer is this error; its status is part of the contract every answer is held to. */
export function expectCode(answer: Answer, code: ErrorCode): void {
  const parsed = errorCode.safeParse(answer.body);
  assert.equal(
    parsed.success ? parsed.data.error.code : `${answer.status}`,
    code,
    `expected ${code}, got ${answer.status} ${answer.text.slice(0, 500)}`,
  );
}
