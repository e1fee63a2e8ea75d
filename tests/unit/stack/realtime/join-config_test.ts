import assert from "node:assert/strict";
import { readJoin, readNewToken } from "../../../../scripts/stack/realtime/join-config.ts";

const DEFAULTS = {
  private: false,
  broadcast: { ack: false, self: false, replication_ready: false },
  presence: { enabled: true },
  postgres_changes: [],
};

Deno.test("readJoin() reads what realtime-js sends", () => {
  const sent = {
    config: {
      broadcast: {
        ack: true,
        self: true,
        replication_ready: true,
        replay: { since: 5, limit: 3 },
      },
      presence: { key: "", enabled: false },
      postgres_changes: [{ event: "*", schema: "public" }],
      private: true,
    },
    access_token: "a.b.c",
  };
  assert.deepEqual(readJoin(sent), {
    config: {
      private: true,
      broadcast: {
        ack: true,
        self: true,
        replication_ready: true,
        replay: { since: 5, limit: 3 },
      },
      presence: { enabled: false },
      postgres_changes: [{ event: "*", schema: "public" }],
    },
    access_token: "a.b.c",
  });
});

Deno.test("readJoin() takes what it does not understand as not asked for", () => {
  for (const payload of [undefined, null, 1, "x", [], {}, { config: 1 }, { config: [] }]) {
    assert.deepEqual(readJoin(payload), { config: DEFAULTS }, JSON.stringify(payload));
  }
  const odd = {
    config: { private: "yes", broadcast: 1, presence: null, postgres_changes: {} },
    access_token: 5,
  };
  assert.deepEqual(readJoin(odd), { config: DEFAULTS });
  const { config } = readJoin({ config: { private: true, broadcast: { self: true, ack: 3 } } });
  assert.deepEqual(config, {
    ...DEFAULTS,
    private: true,
    broadcast: { ...DEFAULTS.broadcast, self: true },
  });
});

Deno.test("readJoin() and readNewToken() take an API key for no token", () => {
  assert.deepEqual(readJoin({ access_token: "sb_publishable_x" }), { config: DEFAULTS });
  assert.equal(readNewToken({ access_token: "sb_secret_x" }), undefined);
  assert.equal(readNewToken({ access_token: null }), undefined);
  assert.equal(readNewToken("x"), undefined);
  assert.equal(readNewToken({ access_token: "a.b.c" }), "a.b.c");
});
