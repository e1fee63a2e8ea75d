import assert from "node:assert/strict";
import { z } from "zod";
import { parseBody } from "../../../shared/platform/body.ts";
import { ApiError, instant, parseInput, text } from "../../../shared/platform/mod.ts";

const schema = z.object({
  lat: z.number().optional(),
  vehicle_type: z.string().optional(),
  pickup: z.object({ lng: z.number() }).optional(),
  note: z.string().max(3).optional(),
});

function read(body: BodyInit | null, headers: HeadersInit = {}): Promise<unknown> {
  const request = new Request("http://functions.test/", { method: "POST", body, headers });
  return parseBody(request, { schema, maxBytes: 1_000 });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    return `took ${JSON.stringify(await work)}`;
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    throw error;
  }
}

Deno.test("parseBody() takes JSON, and nothing at all as an empty object", async () => {
  assert.deepEqual(await read('{"lat":1,"more":true}'), { lat: 1 });
  for (const empty of [null, "", " \n"]) assert.deepEqual(await read(empty), {});
});

Deno.test("parseBody() gives each mistake its code", async () => {
  const cases: [string, string][] = [
    ["{", "INVALID_JSON"],
    ['{"lat":NaN}', "INVALID_JSON"],
    ["\u0000", "INVALID_JSON"],
    ['{"lat":"1"}', "INVALID_LOCATION"],
    ['{"lat":null}', "INVALID_LOCATION"],
    ['{"lat":1e999}', "INVALID_LOCATION"],
    ['{"pickup":{"lng":true}}', "INVALID_LOCATION"],
    ['{"vehicle_type":1}', "INVALID_VEHICLE_TYPE"],
    ['{"note":"long"}', "VALIDATION_ERROR"],
    ["[]", "VALIDATION_ERROR"],
    ["null", "VALIDATION_ERROR"],
    ['"text"', "VALIDATION_ERROR"],
    [`{"more":${"[".repeat(32)}${"]".repeat(32)}}`, "VALIDATION_ERROR"],
  ];
  for (const [body, code] of cases) assert.equal(await codeOf(read(body)), code, body);
  const nested = `{"more":${"[".repeat(31)}${"]".repeat(31)}}`;
  assert.deepEqual(await read(nested), {});
});

Deno.test("parseBody() names the fields that are wrong, ten at most", () => {
  const many = z.object(
    Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`f${i}`, z.number()])),
  );
  try {
    parseInput(many, {});
    assert.fail("took it");
  } catch (error) {
    assert.ok(error instanceof ApiError);
    assert.match(error.message, /^f0: /);
    const { problems } = z.object({ problems: z.array(z.object({ path: z.string() })) })
      .parse(error.details);
    assert.deepEqual(
      problems.map(({ path }) => path),
      Array.from({ length: 10 }, (_, i) => `f${i}`),
    );
  }
});

Deno.test("parseBody() stops at the limit, whatever length was declared", async () => {
  const large = `{"more":"${"x".repeat(1_000)}"}`;
  assert.equal(await codeOf(read(large)), "PAYLOAD_TOO_LARGE");
  assert.equal(await codeOf(read(new Blob([large]).stream())), "PAYLOAD_TOO_LARGE");
  assert.equal(await codeOf(read("{}", { "content-length": "1001" })), "PAYLOAD_TOO_LARGE");
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller): void {
      pulled++;
      controller.enqueue(new Uint8Array(300));
    },
  });
  assert.equal(await codeOf(read(endless)), "PAYLOAD_TOO_LARGE");
  assert.ok(pulled < 10, "it stopped reading");
});

Deno.test("parseBody() reads characters that are split between chunks", async () => {
  const bytes = new TextEncoder().encode('{"note":"é"}');
  const parts = new ReadableStream<Uint8Array>({
    start(controller): void {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  assert.deepEqual(await read(parts), { note: "é" });
});

Deno.test("text() refuses what PostgreSQL cannot store", () => {
  assert.equal(text(5).parse("  ab é "), "ab é");
  for (const bad of ["", " ", "abcdef", "a\0b", "\ud800", 5]) {
    assert.equal(text(5).safeParse(bad).success, false, JSON.stringify(bad));
  }
});

Deno.test("instant turns any offset into UTC and refuses other centuries", () => {
  assert.equal(instant.parse("2026-01-01T00:00:00+23:59"), "2025-12-31T00:01:00.000Z");
  for (
    const bad of ["0000-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z", "now", 1]
  ) {
    assert.equal(instant.safeParse(bad).success, false, String(bad));
  }
});
