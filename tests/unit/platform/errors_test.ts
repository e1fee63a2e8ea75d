import assert from "node:assert/strict";
import { ApiError, catalogue, isErrorCode } from "../../../shared/platform/mod.ts";

Deno.test("the catalogue gives every code a status of its kind", () => {
  for (const [code, { status, meaning }] of Object.entries(catalogue)) {
    assert.match(meaning, /^[A-Z].*\.$/, code);
    assert.match(code, /^[A-Z][A-Z_]+[A-Z]$/);
    assert.ok(status >= 400 && status <= 503, `${code} ${status}`);
    assert.equal(new ApiError(isErrorCode(code) ? code : "INTERNAL_ERROR", "").status, status);
  }
  assert.equal(catalogue.UNAUTHENTICATED.status, 401);
  assert.equal(catalogue.RATE_LIMITED.status, 429);
  assert.equal(catalogue.SERVICE_UNAVAILABLE.status, 503);
});

Deno.test("isErrorCode() knows the codes and not the names every object has", () => {
  assert.equal(isErrorCode("TRIP_NOT_FOUND"), true);
  for (const name of ["constructor", "toString", "__proto__", "", "trip_not_found"]) {
    assert.equal(isErrorCode(name), false, name);
  }
});

Deno.test("ApiError keeps code, details and cause", () => {
  const cause = new Error("why");
  const error = new ApiError("FORBIDDEN", "No", { details: { a: 1 }, cause });
  assert.deepEqual([error.name, error.code, error.message, error.details, error.cause], [
    "ApiError",
    "FORBIDDEN",
    "No",
    { a: 1 },
    cause,
  ]);
  assert.equal("cause" in new ApiError("FORBIDDEN", "No"), false);
});
