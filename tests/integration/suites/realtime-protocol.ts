import assert from "node:assert/strict";
import { openRawSocket, type RawSocket } from "../../support/raw-socket.ts";
import { flush, signedIn, until, withListeners } from "../../support/realtime.ts";
import type { Suite, World } from "../../support/stack.ts";
import { openTcpProxy } from "../../../scripts/loopback/tcp-proxy.ts";

/** The frames as they are on the wire, and what becomes of a connection that breaks. */
export function realtimeProtocolSuite({ test }: Suite): void {
  test("version 1.0.0 is spoken in objects", async (world) => {
    const user = crypto.randomUUID();
    const topic = `realtime:user:${user}`;
    const socket = await openRawSocket(world.info, { vsn: "1.0.0" });
    const ok = { status: "ok", response: {} };
    socket.send({ topic: "phoenix", event: "heartbeat", payload: {}, ref: "1" });
    assert.deepEqual(await socket.next(), {
      topic: "phoenix",
      event: "phx_reply",
      payload: ok,
      ref: "1",
    });
    const payload = await privateJoin(world, user);
    socket.send({ topic, event: "phx_join", payload, ref: "2" });
    assert.deepEqual(await socket.next(), {
      topic,
      event: "phx_reply",
      payload: { status: "ok", response: { postgres_changes: [] } },
      ref: "2",
    });
    await world.sql`select realtime.send('{"n": 1}', 'e', ${`user:${user}`})`;
    const [sent] = await world.sql<{ id: string }[]>`
      select id from realtime.messages where topic = ${`user:${user}`}`;
    assert.deepEqual(await socket.next(), {
      topic,
      event: "broadcast",
      payload: {
        type: "broadcast",
        event: "e",
        payload: { n: 1, id: sent?.id },
        meta: { id: sent?.id },
      },
      ref: null,
    });
    socket.send({ topic, event: "phx_leave", payload: {}, ref: "3" });
    assert.deepEqual(await socket.next(), { topic, event: "phx_reply", payload: ok, ref: "3" });
    assert.deepEqual(await socket.next(), { topic, event: "phx_close", payload: {}, ref: null });
    socket.send({ topic, event: "access_token", payload: {}, ref: "4" });
    assert.deepEqual(await socket.next(), {
      topic,
      event: "phx_reply",
      payload: { status: "error", response: { reason: "unmatched topic" } },
      ref: "4",
    });
    socket.close();
  });

  test("version 2.0.0 is spoken in lists", async (world) => {
    const user = crypto.randomUUID();
    const topic = `realtime:user:${user}`;
    const socket = await openRawSocket(world.info, { vsn: "2.0.0" });
    const ok = { status: "ok", response: {} };
    const reply = (ref: string, payload: unknown, joinRef: string | null = ref): unknown => [
      joinRef,
      ref,
      topic,
      "phx_reply",
      payload,
    ];
    socket.send([null, "1", "phoenix", "heartbeat", {}]);
    assert.deepEqual(await socket.next(), [null, "1", "phoenix", "phx_reply", ok]);
    const payload = await privateJoin(world, user);
    const joined = { status: "ok", response: { postgres_changes: [] } };
    socket.send(["2", "2", topic, "phx_join", payload]);
    assert.deepEqual(await socket.next(), reply("2", joined));
    // A second join takes the place of the first, whose goodbye comes too late to end it.
    socket.send(["3", "3", topic, "phx_join", payload]);
    assert.deepEqual(await socket.next(), ["2", "2", topic, "phx_close", {}]);
    assert.deepEqual(await socket.next(), reply("3", joined));
    socket.send(["2", "4", topic, "phx_leave", {}]);
    assert.deepEqual(await socket.next(), reply("4", ok, "2"));
    await world.sql`select realtime.send('{"id": "mine"}', 'e', ${`user:${user}`})`;
    const [joinRef, ref, to, event, content] = list(await socket.next());
    assert.deepEqual([joinRef, ref, to, event], [null, null, topic, "broadcast"]);
    assert.ok(typeof content === "object" && content !== null && "meta" in content);
    const { meta, ...rest } = content;
    assert.deepEqual(rest, { type: "broadcast", event: "e", payload: { id: "mine" } });
    assert.ok(typeof meta === "object" && meta !== null && "id" in meta);
    // Whatever a client asks for with them, an API key is no token, and presence is nobody's.
    socket.send(["3", "5", topic, "access_token", { access_token: "sb_publishable_x" }]);
    socket.send(["3", "6", topic, "presence", { type: "presence", event: "track", payload: {} }]);
    assert.deepEqual(await socket.next(), reply("6", ok, "3"));
    socket.send(["3", "7", topic, "access_token", { access_token: "nonsense" }]);
    assert.deepEqual(await socket.next(), ["3", null, topic, "system", {
      extension: "system",
      status: "error",
      message: "The token provided is not a valid JWT",
      channel: `user:${user}`,
    }]);
    assert.deepEqual(await socket.next(), ["3", "3", topic, "phx_close", {}]);
    socket.close();
  });

  test("a join that asks for more than broadcasts is told what there is", async (world) => {
    const socket = await openRawSocket(world.info, { vsn: "2.0.0" });
    const change = { event: "*", schema: "public", table: "t" };
    const config = {
      broadcast: { replication_ready: true },
      presence: { enabled: true },
      postgres_changes: [change],
    };
    socket.send(["1", "1", "realtime:x", "phx_join", { config }]);
    const response = { postgres_changes: [{ ...change, id: 1 }] };
    assert.deepEqual(await socket.next(), [
      "1",
      "1",
      "realtime:x",
      "phx_reply",
      { status: "ok", response },
    ]);
    assert.deepEqual(await socket.next(), ["1", null, "realtime:x", "presence_state", {}]);
    assert.deepEqual(await socket.next(), ["1", null, "realtime:x", "system", {
      extension: "system",
      status: "ok",
      message: "Replication connection established",
      channel: "x",
    }]);
    assert.deepEqual(await socket.next(), ["1", null, "realtime:x", "system", {
      extension: "postgres_changes",
      status: "error",
      message: "Changes of tables are not told by the embedded stack",
      channel: "x",
    }]);
    socket.close();
  });

  test("what is no join is refused, and what is no frame ends the connection", async (world) => {
    const socket = await openRawSocket(world.info, { vsn: "2.0.0" });
    const config = { private: false, presence: { enabled: false } };
    const expectError = async (topic: string, reason: string): Promise<void> => {
      socket.send(["1", "1", topic, "phx_join", { config }]);
      const payload = { status: "error", response: { reason } };
      assert.deepEqual(await socket.next(), ["1", "1", topic, "phx_reply", payload]);
    };
    await expectError("elsewhere:x", "unmatched topic");
    await expectError("realtime:", "TopicNameRequired: You must provide a topic name");
    for (let i = 0; i < 100; i++) {
      socket.send([`${i}`, `${i}`, `realtime:${i}`, "phx_join", { config }]);
      assert.deepEqual(list(await socket.next()).slice(0, 4), [
        `${i}`,
        `${i}`,
        `realtime:${i}`,
        "phx_reply",
      ]);
    }
    await expectError("realtime:100", "ChannelRateLimitReached: Too many channels");
    socket.send("nonsense");
    await socket.closed();
  });

  test("a client whose connection breaks comes back by itself", async (world) => {
    await using proxy = openTcpProxy(Number(new URL(world.info.api_url).port));
    await withListeners(world, async (listener) => {
      const user = crypto.randomUUID();
      const topic = `user:${user}`;
      const one = listener({ ...signedIn(world, user), url: `http://127.0.0.1:${proxy.port}` });
      const { statuses } = await one.subscribe(topic);
      const joins = (): number => statuses.filter(({ status }) => status === "SUBSCRIBED").length;
      for (let times = 1; times <= 3; times++) {
        assert.equal(joins(), times);
        await world.sql`select realtime.send('{}', ${`event ${times}`}, ${topic})`;
        await flush(world, [{ topic, listener: one }]);
        proxy.cut();
        await until(() => joins() > times, "it subscribes again");
      }
      assert.deepEqual(one.received.map(({ event }) => event), ["event 1", "event 2", "event 3"]);
    });
  });
}

/** The payload of a join as a signed-in user. */
async function privateJoin(world: World, user: string): Promise<unknown> {
  return {
    config: { private: true, presence: { enabled: false } },
    access_token: await world.http.token(user),
  };
}

function list(frame: Awaited<ReturnType<RawSocket["next"]>>): unknown[] {
  assert.ok(Array.isArray(frame));
  return frame;
}
