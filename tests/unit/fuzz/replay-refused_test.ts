import assert from "node:assert/strict";
import { countStatuses, type Entry, refusedOf } from "../../../scripts/fuzz/replay-refused.ts";

function entry(method: string, status: number): Entry {
  return { request: { method, url: "http://stack/x", headers: [] }, response: { status } };
}

Deno.test("refusedOf() is what could change something and was turned away for what it said", () => {
  const refused = entry("POST", 409);
  const others = [entry("POST", 201), entry("GET", 404), entry("POST", 429), entry("POST", 500)];
  assert.deepEqual(refusedOf([...others, refused]), [refused.request]);
});

Deno.test("countStatuses() counts the answers by status", () => {
  const entries = [entry("POST", 500), entry("GET", 200), entry("GET", 500)];
  assert.deepEqual(countStatuses(entries), { "200": 1, "500": 2 });
});
