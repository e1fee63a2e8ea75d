import assert from "node:assert/strict";
import { z } from "zod";
import { createLogger } from "../../../shared/platform/mod.ts";

Deno.test("createLogger() writes one JSON object a line, from its level on", () => {
  const lines: string[] = [];
  const logger = createLogger("tracking", { level: "warn", write: (line) => lines.push(line) });
  logger.log("debug", "hidden");
  logger.log("info", "hidden");
  logger.log("warn", "shown", { code: 'A "quoted"\nline', duration_ms: 1.5, none: undefined });
  logger.log("error", "shown");
  assert.equal(lines.length, 2);
  const entry = z.strictObject({
    time: z.iso.datetime(),
    level: z.literal("warn"),
    function: z.literal("tracking"),
    event: z.literal("shown"),
    code: z.literal('A "quoted"\nline'),
    duration_ms: z.literal(1.5),
  });
  entry.parse(JSON.parse(lines[0] ?? ""));
  assert.ok(lines.every((line) => !line.includes("\n")));
});
