import assert from "node:assert/strict";
import { applyExceptions } from "../../../scripts/check/lint-exceptions.ts";

const FOUND = { rule: "mobility_v1.verify", level: "warning", detail: "a reserved word (line 3)" };
const EXCEPTION = {
  functions: ["mobility_v1.verify"],
  detail: "a reserved word",
  reason: "it is quoted",
};

Deno.test("applyExceptions() leaves out what an exception names, at whatever line", () => {
  assert.deepEqual(applyExceptions([FOUND], [EXCEPTION]), { left: [], unneeded: [] });
});

Deno.test("applyExceptions() keeps the same of another function, and another thing of the same", () => {
  const others = [{ ...FOUND, rule: "mobility.sweep" }, { ...FOUND, detail: "an unused variable" }];
  assert.deepEqual(applyExceptions([FOUND, ...others], [EXCEPTION]).left, others);
});

Deno.test("applyExceptions() names the exceptions that nothing needs any more", () => {
  assert.deepEqual(applyExceptions([], [EXCEPTION]).unneeded, [
    "mobility_v1.verify: a reserved word",
  ]);
});
