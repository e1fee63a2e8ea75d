import assert from "node:assert/strict";
import { alignRows } from "../../../scripts/city/align-rows.ts";

Deno.test("alignRows() pads the first column to the right and the others to the left", () => {
  assert.deepEqual(alignRows([["a", "1"], ["bbb", "22"]]), ["a      1", "bbb   22"]);
});
