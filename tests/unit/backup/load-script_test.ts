import assert from "node:assert/strict";
import { fitPreamble } from "../../../scripts/backup/load-script.ts";
import { formatBytes } from "../../../scripts/backup/format-bytes.ts";
import { literal } from "../../../scripts/backup/tables.ts";

Deno.test("fitPreamble() drops what this server cannot be set to, and nothing else", () => {
  const preamble = "\\restrict x\nSET statement_timeout = 0;\nSET transaction_timeout = 0;\n" +
    "SELECT pg_catalog.set_config('search_path', '', false);\n";
  assert.equal(
    fitPreamble(preamble, new Set(["statement_timeout"])),
    preamble.replace("SET transaction_timeout = 0;\n", ""),
  );
});

Deno.test("literal() writes what PostgreSQL reads, whatever standard_conforming_strings says", () => {
  assert.equal(literal("O'Neil"), "'O''Neil'");
  assert.equal(literal("a\\'b"), "E'a\\\\''b'");
});

Deno.test("formatBytes() keeps three figures or so", () => {
  const sizes = [0, 999, 1000, 12_345_678, 999_999_999, 4e13];
  assert.deepEqual(sizes.map(formatBytes), [
    "0 B",
    "999 B",
    "1.0 kB",
    "12.3 MB",
    "1.0 GB",
    "40.0 TB",
  ]);
});
