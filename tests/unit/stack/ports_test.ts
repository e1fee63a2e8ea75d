import assert from "node:assert/strict";
import { assertFree, choosePorts, PortTakenError } from "../../../scripts/stack/ports.ts";

Deno.test("choosePorts() gives known functions their ports and new ones the next from 5000", () => {
  assert.deepEqual(choosePorts({ functions: ["matching", "one", "ranking", "two"] }), {
    gateway: 54321,
    database: 54322,
    redis: 54379,
    graph: 54380,
    functions: { matching: 4700, one: 5000, ranking: 4500, two: 5001 },
  });
});

Deno.test("choosePorts() takes everything from one port upwards, but the gateway where told", () => {
  assert.deepEqual(choosePorts({ functions: ["a", "b"], from: 9000 }), {
    gateway: 9000,
    database: 9001,
    redis: 9002,
    graph: 9003,
    functions: { a: 9004, b: 9005 },
  });
  assert.equal(choosePorts({ functions: [], from: 9000, gateway: 80 }).gateway, 80);
});

Deno.test("assertFree() names the port, its part and the ways out when it is taken", () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  try {
    assert.throws(() => assertFree(port, "gateway"), (error: unknown) => {
      assert.ok(error instanceof PortTakenError);
      for (const part of [String(port), "gateway", "supabase stop", "--ports-from"]) {
        assert.ok(error.message.includes(part), part);
      }
      return true;
    });
  } finally {
    listener.close();
  }
  assertFree(port, "gateway");
});
