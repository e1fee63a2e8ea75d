import assert from "node:assert/strict";
import { postgrestError } from "../../../scripts/stack/postgrest-error.ts";

Deno.test("postgrestError() answers each SQLSTATE with PostgREST's status", () => {
  const statuses: Record<string, number> = {
    "P0001": 400,
    "P0002": 500,
    "PT409": 409,
    "PT429": 429,
    "PT4xx": 500,
    "22023": 400,
    "23502": 400,
    "23503": 409,
    "23505": 409,
    "23514": 400,
    "25006": 405,
    "40001": 500,
    "42501": 403,
    "42883": 404,
    "53300": 503,
    "55P03": 500,
    "57014": 500,
    "MB001": 400,
  };
  for (const [code, status] of Object.entries(statuses)) {
    assert.equal(postgrestError(raised({ code }), "authenticated")?.status, status, code);
  }
  assert.equal(postgrestError(raised({ code: "42501" }), "anon")?.status, 401);
});

Deno.test("postgrestError() answers 503 as PostgREST does when the database cannot be reached", async () => {
  for (const code of ["CONNECTION_CLOSED", "CONNECT_TIMEOUT", "ECONNREFUSED", "ECONNRESET"]) {
    const response = postgrestError(Object.assign(new Error("gone"), { code }), "anon");
    assert.equal(response?.status, 503, code);
    assert.match(await response.text(), /"PGRST001"/);
  }
  const other = Object.assign(new Error("mine"), { code: "MAX_PARAMETERS_EXCEEDED" });
  assert.equal(postgrestError(other, "anon"), undefined);
});

Deno.test("postgrestError() passes on message, detail and hint", async () => {
  const error = raised({ code: "PT409", message: "taken", detail: "by ann", hint: "wait" });
  assert.deepEqual(await postgrestError(error, "anon")?.json(), {
    code: "PT409",
    message: "taken",
    details: "by ann",
    hint: "wait",
  });
});

Deno.test("postgrestError() obeys sqlstate PGRST, and says when it is malformed", async () => {
  const response = postgrestError(
    raised({
      code: "PGRST",
      message: '{"code":"SLOW","message":"slow down"}',
      detail: '{"status":429,"headers":{"Retry-After":"5"}}',
    }),
    "anon",
  );
  assert.equal(response?.status, 429);
  assert.equal(response?.headers.get("retry-after"), "5");
  assert.deepEqual(await response?.json(), {
    code: "SLOW",
    message: "slow down",
    details: null,
    hint: null,
  });
  const malformed = postgrestError(raised({ code: "PGRST", message: "{}" }), "anon");
  assert.equal(malformed?.status, 500);
  assert.match(await malformed?.text() ?? "", /PGRST121/);
});

Deno.test("postgrestError() leaves alone what is no error of PostgreSQL", () => {
  assert.equal(postgrestError(new Error("boom"), "anon"), undefined);
  assert.equal(postgrestError(undefined, "anon"), undefined);
  assert.equal(postgrestError(raised({ code: "42P01" }), "anon"), undefined);
});

function raised(fields: Readonly<Record<string, string>>): Error {
  return Object.assign(new Error(fields["message"] ?? "boom"), { severity: "ERROR" }, fields);
}
