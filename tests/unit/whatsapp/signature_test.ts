import assert from "node:assert/strict";
import fc from "fast-check";
import { signBody, verifySignature } from "../../../shared/whatsapp/mod.ts";
import { appSecret, fixture, ownFixtures, sharedFixtures } from "./fixtures.ts";

const vector = encode('{"object":"whatsapp_business_account","entry":[]}');
const vectorHeader = "sha256=c84a394cc475525991e78ff16e430b02e47f953877d2af0ade26956ce6f384dc";

Deno.test("signBody and verifySignature agree with the published vector", async () => {
  assert.equal(await signBody(appSecret, vector), vectorHeader);
  assert.equal(await verifySignature(appSecret, { body: vector, header: vectorHeader }), true);
  assert.equal(await verifySignature("other", { body: vector, header: vectorHeader }), false);
});

Deno.test("verifySignature accepts every fixture of the project", async () => {
  assert.ok(ownFixtures.length >= 8);
  for (const { name, bytes, header } of ownFixtures) {
    assert.equal(await verifySignature(appSecret, { body: bytes, header }), true, name);
  }
});

// Where there are none beside the project, there is nothing to skip.
if (sharedFixtures.length > 0) {
  Deno.test({
    name: "verifySignature accepts every fixture beside the project",
    fn: async () => {
      for (const { name, bytes, header } of sharedFixtures) {
        assert.equal(await verifySignature(appSecret, { body: bytes, header }), true, name);
      }
    },
  });
}

Deno.test("verifySignature falls back to the escaped form only of a body that has something to escape", async () => {
  const body = encode('{"a":"é🚗\u007f"}');
  const escaped = encode('{"a":"\\u00e9\\ud83d\\ude97\\u007f"}');
  const header = await signBody(appSecret, escaped);
  assert.equal(await verifySignature(appSecret, { body, header }), true);
  const other = encode('{"a":"è🚗\u007f"}');
  assert.equal(await verifySignature(appSecret, { body: other, header }), false);
  const replaced = await signBody(appSecret, encode("\\ufffd"));
  const options = { body: Uint8Array.of(0xff), header: replaced };
  assert.equal(await verifySignature(appSecret, options), false);
});

Deno.test("verifySignature is false for any malformed header", async () => {
  const digits = vectorHeader.slice("sha256=".length);
  const malformed = [
    null,
    "",
    digits,
    `sha1=${digits}`,
    `SHA256=${digits}`,
    `sha256=${digits.toUpperCase()}`,
    `sha256=${digits.slice(1)}`,
    `sha256=${digits}0`,
    ` ${vectorHeader}`,
    `${vectorHeader}\n`,
    `sha256=${digits.slice(1)}g`,
    `${vectorHeader},${vectorHeader}`,
  ];
  for (const header of malformed) {
    assert.equal(await verifySignature(appSecret, { body: vector, header }), false, String(header));
  }
});

Deno.test("verifySignature is false for a body with any one bit flipped", async () => {
  for (const name of ["text_ascii", "text_utf8", "text_utf8_signed_escaped"]) {
    const { bytes, header } = fixture(name);
    const flip = fc.record({ at: fc.nat(bytes.length - 1), bit: fc.nat(7) });
    await fc.assert(fc.asyncProperty(flip, async ({ at, bit }) => {
      const body = bytes.map((byte, index) => index === at ? byte ^ (1 << bit) : byte);
      assert.equal(await verifySignature(appSecret, { body, header }), false);
    }));
  }
});

Deno.test("verifySignature is false for a header with any one bit flipped", async () => {
  const { bytes, header } = fixture("text_ascii");
  const flip = fc.record({ at: fc.nat(header.length - 1), bit: fc.nat(7) });
  await fc.assert(fc.asyncProperty(flip, async ({ at, bit }) => {
    const units = Array.from(header, (char) => char.charCodeAt(0));
    const flipped = String.fromCharCode(
      ...units.map((unit, i) => i === at ? unit ^ (1 << bit) : unit),
    );
    assert.equal(await verifySignature(appSecret, { body: bytes, header: flipped }), false);
  }));
});

Deno.test("verifySignature accepts what signBody signs, whatever the bytes", async () => {
  const secret = fc.string({ minLength: 1 });
  await fc.assert(fc.asyncProperty(fc.uint8Array(), secret, async (body, key) => {
    assert.equal(await verifySignature(key, { body, header: await signBody(key, body) }), true);
  }));
});

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
