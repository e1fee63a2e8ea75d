import assert from "node:assert/strict";
import { RealtimeClient } from "@supabase/supabase-js";
import fc from "fast-check";
import {
  type Broadcast,
  decodeFrame,
  encodeBroadcast,
  encodeMessage,
} from "../../../../scripts/stack/realtime/frame.ts";
import { FrameError } from "../../../../scripts/stack/realtime/binary-frame.ts";

// What the client itself writes and reads.
const { serializer } = new RealtimeClient("ws://127.0.0.1:9", { params: { apikey: "unused" } });

/** Text of at most 255 bytes, of any language. */
const shortText = fc.string({ unit: "binary", minLength: 1, maxLength: 60 })
  .map((text) => text.toWellFormed());
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => new Uint8Array(array));

Deno.test("decodeFrame() reads every text message that the client writes", () => {
  fc.assert(
    fc.property(
      fc.option(shortText),
      fc.option(shortText),
      shortText,
      shortText,
      fc.dictionary(fc.string(), fc.jsonValue()),
      (join_ref, ref, topic, event, payload) => {
        const message = { join_ref, ref, topic, event, payload: plain(payload) };
        fc.pre(event !== "broadcast");
        const expected = { kind: "message", ...message };
        assert.deepEqual(decodeFrame(written(message), "2.0.0"), expected);
        assert.deepEqual(decodeFrame(JSON.stringify(message), "1.0.0"), expected);
      },
    ),
  );
});

Deno.test("decodeFrame() reads every broadcast that the client writes in binary form", () => {
  fc.assert(
    fc.property(
      fc.option(shortText),
      fc.option(shortText),
      shortText,
      shortText,
      fc.oneof(fc.jsonValue().map(plain).filter((value) => value !== null), bytes),
      fc.boolean(),
      (join_ref, ref, topic, event, content, persist) => {
        const payload = content instanceof Uint8Array ? content.buffer : content;
        const frame = written({
          join_ref,
          ref,
          topic,
          event: "broadcast",
          payload: { type: "broadcast", event, payload, ...persist ? { persist } : {} },
        });
        const binary = content instanceof Uint8Array;
        assert.deepEqual(decodeFrame(frame, "2.0.0"), {
          kind: "user_push",
          join_ref,
          ref,
          topic,
          event,
          encoding: binary ? "binary" : "json",
          bytes: binary ? content : new TextEncoder().encode(JSON.stringify(content)),
        });
      },
    ),
  );
});

Deno.test("encodeBroadcast() writes what the client reads, in either form", () => {
  fc.assert(
    fc.property(
      shortText,
      shortText,
      fc.oneof(fc.jsonValue().map(plain), bytes),
      (topic, event, content) => {
        const binary = content instanceof Uint8Array;
        const broadcast: Broadcast = {
          kind: "user",
          event,
          encoding: binary ? "binary" : "json",
          bytes: binary ? content : new TextEncoder().encode(JSON.stringify(content)),
        };
        const payload = {
          type: "broadcast",
          event,
          payload: binary ? content.buffer : content,
        };
        const message = { join_ref: null, ref: null, topic, event: "broadcast", payload };
        const frame = encodeBroadcast(topic, { broadcast, vsn: "2.0.0" });
        assert.ok(frame instanceof Uint8Array);
        assert.deepEqual(read(frame.buffer), message);

        const old = encodeBroadcast(topic, { broadcast, vsn: "1.0.0" });
        const { join_ref: _, ...fields } = message;
        if (binary) assert.equal(old, undefined, "1.0.0 has no bytes");
        else assert.deepEqual(JSON.parse(String(old)), fields);

        if (binary) return;
        const stored: Broadcast = { kind: "message", payload };
        assert.deepEqual(
          read(String(encodeBroadcast(topic, { broadcast: stored, vsn: "2.0.0" }))),
          message,
        );
      },
    ),
  );
});

Deno.test("encodeMessage() writes a reply as each version has it", () => {
  const message = {
    join_ref: "3",
    ref: "7",
    topic: "realtime:x",
    event: "phx_reply",
    payload: { status: "ok", response: {} },
  };
  assert.deepEqual(read(encodeMessage(message, "2.0.0")), message);
  const { join_ref: _, ...fields } = message;
  assert.deepEqual(JSON.parse(encodeMessage(message, "1.0.0")), fields);
});

Deno.test("encodeBroadcast() leaves out what the binary form cannot hold", () => {
  const broadcast: Broadcast = {
    kind: "user",
    event: "e",
    encoding: "json",
    bytes: new Uint8Array([123, 125]),
  };
  const encode = (topic: string, event = "e"): unknown =>
    encodeBroadcast(topic, { broadcast: { ...broadcast, event }, vsn: "2.0.0" });
  assert.ok(encode("é".repeat(127)) instanceof Uint8Array);
  assert.equal(encode("é".repeat(128)), undefined);
  assert.equal(encode("t", "x".repeat(256)), undefined);
});

Deno.test("decodeFrame() refuses what is no message of its version", () => {
  for (const text of ["", "{", "null", "[]", "[1,2]", '["1","2",3,"event",{}]', "{}"]) {
    for (const vsn of ["1.0.0", "2.0.0"] as const) {
      assert.throws(() => decodeFrame(text, vsn), FrameError, `${vsn} ${text}`);
    }
  }
  assert.throws(() => decodeFrame('{"topic":"t","event":"e"}', "2.0.0"), FrameError);
  assert.throws(() => decodeFrame('["1","1","t","e",{}]', "1.0.0"), FrameError);
  assert.throws(() => decodeFrame(new ArrayBuffer(0), "1.0.0"), FrameError);
});

Deno.test("decodeFrame() refuses bytes that are cut short or of another kind", () => {
  const payload = { type: "broadcast", event: "e", payload: {} };
  const frame = written({
    join_ref: "1",
    ref: "2",
    topic: "realtime:x",
    event: "broadcast",
    payload,
  });
  assert.ok(frame instanceof ArrayBuffer);
  const header = frame.byteLength - "{}".length;
  for (let length = 0; length < header; length++) {
    assert.throws(() => decodeFrame(frame.slice(0, length), "2.0.0"), FrameError, `${length}`);
  }
  for (const kind of [0, 1, 2, 4, 255]) {
    const other = new Uint8Array(frame.slice(0));
    other[0] = kind;
    assert.throws(() => decodeFrame(other.buffer, "2.0.0"), FrameError, `kind ${kind}`);
  }
  fc.assert(fc.property(bytes, (any) => {
    try {
      decodeFrame(any.buffer, "2.0.0");
    } catch (error) {
      assert.ok(error instanceof FrameError);
    }
  }));
});

function written(message: Parameters<typeof serializer.encode>[0]): string | ArrayBuffer {
  let frame: string | ArrayBuffer | undefined;
  serializer.encode(message, (encoded) => frame = encoded);
  assert.ok(frame !== undefined);
  return frame;
}

function read(frame: string | ArrayBuffer): unknown {
  let message: unknown;
  serializer.decode(frame, (decoded: unknown) => message = decoded);
  return message;
}

/** As JSON has it: without -0 and prototypes. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}
