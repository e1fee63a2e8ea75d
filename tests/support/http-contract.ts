import assert from "node:assert/strict";
import { z } from "zod";
import { readApiDocument } from "../../scripts/docs/api-document.ts";
import type { ApiResponse, Method, OpenApiDocument, Operation } from "../../shared/openapi/mod.ts";
import { catalogue, errorBody } from "../../shared/platform/mod.ts";
import { ApiSchemas } from "./api-schemas.ts";

/** What was sent: `path` begins with the function's name and has no slash before it; `body` is "" for none. */
export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

/** What came back. */
export interface ReceivedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  readonly text: string;
}

interface Route {
  readonly path: string;
  readonly method: Method;
  readonly pattern: RegExp;
  readonly operation: Operation;
}

const parameter = z.object({ name: z.string(), in: z.string(), required: z.boolean() });
const methods = ["get", "post", "delete"] as const;

/** Holds what goes over the wire against a description of the API. */
export class Contract {
  readonly #document: OpenApiDocument;
  readonly #schemas: ApiSchemas;
  readonly #routes: readonly Route[];

  constructor(document: OpenApiDocument) {
    this.#document = document;
    this.#schemas = new ApiSchemas(document);
    this.#routes = Object.entries(document.paths).flatMap(([path, item]) =>
      methods.flatMap((method) => {
        const operation = item[method];
        if (operation === undefined) return [];
        const pattern = new RegExp(`^${path.slice(1).replace("{id}", "[^/]+")}$`);
        return [{ path, method, pattern, operation }];
      })
    );
  }

  /** @throws AssertionError that says what the description knows nothing of */
  check(request: SentRequest, answer: ReceivedAnswer): void {
    const where = `${request.method} ${request.path} -> ${answer.status} ${
      answer.text.slice(0, 400)
    }`;
    if (answer.status >= 400) checkError(answer, where);
    const route = this.#routes.find(({ method, pattern }) =>
      method === request.method.toLowerCase() && pattern.test(request.path)
    );
    if (route === undefined) {
      const code = errorBody.safeParse(answer.body).data?.error.code;
      assert.ok(
        code === "NOT_FOUND" || code === "METHOD_NOT_ALLOWED",
        `${where}: the API's description has no such path and method`,
      );
      return;
    }
    this.#checkAnswer(route, { answer, where });
    if (answer.status < 300) this.#checkRequest(route, { request, where });
  }

  /** Holds an answer alone against the description, whatever was asked. @throws as check */
  checkText(
    { method, path }: Pick<SentRequest, "method" | "path">,
    { response: { status, headers }, text }: { response: Response; text: string },
  ): void {
    // The gateway's, for a function that was killed.
    if (status === 503 && text.includes('"BOOT_ERROR"')) return;
    const sent = { method, path, query: new URLSearchParams(), body: "{}" };
    this.check(sent, { status, headers, body: parseJson(text), text });
  }

  #checkAnswer(
    { path, method, operation }: Route,
    { answer, where }: { answer: ReceivedAnswer; where: string },
  ): void {
    const declared = operation.responses[answer.status];
    const statuses = Object.keys(operation.responses).join(", ");
    assert.ok(declared !== undefined, `${where}: ${operation.operationId} declares ${statuses}`);
    const at = "$ref" in declared
      ? declared.$ref.slice(2).split("/")
      : ["paths", path, method, "responses", String(answer.status)];
    const { headers = {}, content } = this.#response(declared);
    for (const name of Object.keys(headers)) {
      assert.ok(answer.headers.has(name), `${where}: the header ${name} is missing`);
    }
    if (content === undefined) {
      return assert.equal(answer.text, "", `${where}: no body is declared`);
    }
    const type = answer.headers.get("content-type")?.split(";")[0] ?? "none";
    assert.ok(type in content, `${where}: the content is ${type}, not ${Object.keys(content)}`);
    const value = type === "application/json" ? answer.body : answer.text;
    const problem = this.#schemas.problem([...at, "content", type, "schema"], value);
    assert.equal(problem, undefined, `${where} is not what ${operation.operationId} declares`);
  }

  /** Whatever was done has to have been asked for as the description says. */
  #checkRequest(
    { path, method, operation }: Route,
    { request, where }: { request: SentRequest; where: string },
  ): void {
    for (const [index, declared] of operation.parameters.entries()) {
      const known = parameter.safeParse(declared).data;
      if (known?.in !== "query") continue;
      const value = request.query.get(known.name);
      assert.ok(value !== null || !known.required, `${where}: ?${known.name} was not needed`);
      if (value === null) continue;
      const at = ["paths", path, method, "parameters", String(index), "schema"];
      assert.equal(this.#schemas.problem(at, value), undefined, `${where}: ?${known.name}`);
    }
    if (operation.requestBody === undefined) return;
    if (request.body.trim() === "") {
      assert.ok(!operation.requestBody.required, `${where}: no body was needed`);
      return;
    }
    const [type = ""] = Object.keys(operation.requestBody.content);
    const at = ["paths", path, method, "requestBody", "content", type, "schema"];
    const problem = this.#schemas.problem(at, JSON.parse(request.body));
    assert.equal(problem, undefined, `${where} was done, but the description refuses the request`);
  }

  #response(declared: Operation["responses"][string]): ApiResponse {
    if (!("$ref" in declared)) return declared;
    const response = this.#document.components.responses[declared.$ref.split("/").at(-1) ?? ""];
    assert.ok(response, `The description lacks ${declared.$ref}`);
    return response;
  }
}

/** The API's own. */
export const contract = new Contract(readApiDocument());

/** What JSON says; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What holds for every error, wherever it comes from; a health check that says no is none. */
function checkError(answer: ReceivedAnswer, where: string): void {
  assert.doesNotMatch(answer.text, /\bat \S+ \(|\.ts:\d|file:\/\/|node_modules/, where);
  const parsed = errorBody.safeParse(answer.body);
  if (!parsed.success) return;
  const { code, request_id } = parsed.data.error;
  assert.equal(answer.status, catalogue[code].status, `${where}: not the status of ${code}`);
  assert.equal(answer.headers.get("x-request-id"), request_id, where);
}
