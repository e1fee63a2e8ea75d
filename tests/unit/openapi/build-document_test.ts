import assert from "node:assert/strict";
import { Validator } from "@seriousme/openapi-schema-validator";
import { z } from "zod";
import { readApiDocument } from "../../../scripts/docs/api-document.ts";
import {
  buildDocument,
  type OpenApiDocument,
  type Operation,
} from "../../../shared/openapi/mod.ts";
import { ApiSchemas } from "../../support/api-schemas.ts";

const document = readApiDocument();
const schemas = new ApiSchemas(document);

interface Entry {
  readonly at: readonly string[];
  readonly operation: Operation;
}

function operationsOf({ paths }: OpenApiDocument): Entry[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ at: ["paths", path, method], operation }))
  );
}

const operations = operationsOf(document);

Deno.test("buildDocument() makes a valid OpenAPI 3.1 document of all six functions", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone({ ...document }));
  assert.ok(valid, JSON.stringify(errors));
  assert.equal(validator.version, "3.1");
  assert.deepEqual(document.tags.map(({ name }) => name), [
    "orchestrator",
    "matching",
    "ranking",
    "tracking",
    "whatsapp-webhook",
    "metrics",
  ]);
  for (const { name } of document.tags) {
    assert.ok(document.paths[`/${name}/health`]?.get, `${name} has a health check`);
  }
});

Deno.test("buildDocument() makes a document that the validator would not take with a fault in it", async () => {
  const faulty = { ...document, paths: { "/a": { get: { responses: { "2xx": {} } } } } };
  assert.equal((await new Validator().validate(structuredClone(faulty))).valid, false);
});

Deno.test("buildDocument() makes schemas that all compile, strictly", () => {
  for (const name of Object.keys(document.components.schemas)) {
    schemas.compile(["components", "schemas", name]);
  }
  for (const { at, operation } of operations) {
    for (const type of Object.keys(operation.requestBody?.content ?? {})) {
      schemas.compile([...at, "requestBody", "content", type, "schema"]);
    }
    for (const [status, response] of Object.entries(operation.responses)) {
      if ("$ref" in response) continue;
      for (const type of Object.keys(response.content ?? {})) {
        schemas.compile([...at, "responses", status, "content", type, "schema"]);
      }
    }
  }
  for (const name of Object.keys(document.components.responses)) {
    schemas.compile([
      "components",
      "responses",
      name,
      "content",
      "application/json",
      "schema",
    ]);
  }
});

Deno.test("buildDocument() refers to nothing that is not there, and has no component that nobody needs", () => {
  const text = JSON.stringify(document);
  const referred = new Set([...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, to = ""]) => to));
  const { securitySchemes: _, ...components } = document.components;
  const there = Object.entries(components).flatMap(([kind, named]) =>
    Object.keys(named).map((name) => `components/${kind}/${name}`)
  );
  assert.deepEqual([...referred].sort(), there.sort());
});

Deno.test("buildDocument() gives every operation examples, which are what its schemas say", () => {
  for (const { at, operation } of operations) {
    const { operationId, requestBody, responses } = operation;
    for (const [type, content] of Object.entries(requestBody?.content ?? {})) {
      assert.ok("example" in content, `${operationId} has an example of a request`);
      const where = [...at, "requestBody", "content", type, "schema"];
      assert.equal(schemas.problem(where, content.example), undefined, operationId);
    }
    const done = Object.entries(responses).filter(([status]) => Number(status) < 300);
    assert.equal(done.length, 1, `${operationId} has one kind of success`);
    for (const [status, response] of done) {
      assert.ok(!("$ref" in response) && response.content, operationId);
      for (const [type, content] of Object.entries(response.content)) {
        assert.ok("example" in content, `${operationId} has an example of an answer`);
        const where = [...at, "responses", status, "content", type, "schema"];
        assert.equal(schemas.problem(where, content.example), undefined, operationId);
      }
    }
  }
});

Deno.test("buildDocument() says of every operation what it does, for whom, and how it may fail", () => {
  for (const { operation } of operations) {
    const { operationId, summary, responses } = operation;
    assert.match(operationId, /^[a-z][A-Za-z]+$/);
    assert.match(summary, /^[A-Z].*[^.]$/, operationId);
    assert.ok("500" in responses, operationId);
    const isOpen = ["link", "anybody"].includes(operation["x-callers"]);
    assert.equal(operation.security.length === 0, isOpen, operationId);
    if (["people", "operators", "service"].includes(operation["x-callers"])) {
      for (const status of ["400", "401", "403", "503"]) {
        assert.ok(status in responses, operationId);
      }
    }
    assert.equal("429" in responses, operation["x-rate-limit"] !== undefined, operationId);
    const idempotent = JSON.stringify(operation.parameters).includes("IdempotencyKey");
    const refuses = JSON.stringify(responses["422"] ?? {}).match(
      /IDEMPOTENCY_KEY_REUSED|IdempotencyKeyReused/,
    ) !== null;
    assert.equal(idempotent, refuses, operationId);
  }
});

Deno.test("buildDocument() refuses two schemas, or two endpoints, of one name", () => {
  const endpoint = {
    method: "GET",
    path: "/a",
    summary: "A",
    response: z.object({ a: z.string() }).meta({ id: "UnitA" }),
  } as const;
  const describe = (endpoints: Parameters<typeof buildDocument>[0][number]["endpoints"]): unknown =>
    buildDocument([{ name: "toy", summary: "A toy", needsDatabase: false, endpoints }]);
  describe([{ ...endpoint, name: "getA" }]);
  assert.throws(
    () => describe([{ ...endpoint, name: "getA" }, { ...endpoint, name: "getA", path: "/b" }]),
    /Two endpoints are called "getA"/,
  );
  const other = z.array(z.object({ c: z.string() }).meta({ id: "GetAResponse" }));
  assert.throws(
    () =>
      describe([
        { ...endpoint, name: "getA", response: z.object({ b: z.string() }) },
        { ...endpoint, name: "getB", path: "/b", response: other },
      ]),
    /Two schemas are called "GetAResponse"/,
  );
});
