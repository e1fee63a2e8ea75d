import assert from "node:assert/strict";
import { encodeUserBroadcast } from "../../../scripts/stack/realtime/binary-frame.ts";
import { backoffMs } from "../../../web/shared/backoff.js";
import { RealtimeChannel } from "../../../web/shared/realtime.js";
import { until } from "./until.ts";

const TOPIC = "realtime:match:1";

Deno.test("RealtimeChannel joins in private with its token, and tells broadcasts in either form", async () => {
  await using server = serve();
  const channel = server.open("token-1");
  const join = await server.next();
  assert.deepEqual(server.query, { apikey: "sb_publishable_x", vsn: "2.0.0" });
  const [joinRef, ref, topic, event, payload] = join;
  assert.deepEqual([topic, event, ref], [TOPIC, "phx_join", joinRef]);
  assert.deepEqual(payload, {
    config: {
      broadcast: { ack: false, self: false },
      presence: { enabled: false, key: "" },
      postgres_changes: [],
      private: true,
    },
    access_token: "token-1",
  });
  assert.equal(channel.isJoined, false);
  server.reply(join, "ok");
  await server.heard("joined");
  server.say([null, null, TOPIC, "broadcast", {
    type: "broadcast",
    event: "moved",
    payload: { n: 1 },
  }]);
  await server.heard("moved:1");
  // What another client of protocol 2.0.0 has sent arrives like this.
  const bytes = new TextEncoder().encode(JSON.stringify({ n: 2 }));
  server.send(encodeUserBroadcast(TOPIC, { event: "moved", encoding: "json", bytes }));
  await server.heard("moved:2");
  server.say([null, null, "realtime:match:2", "broadcast", { event: "moved", payload: { n: 3 } }]);
  server.send("nonsense");
  server.say([null, null, TOPIC, "broadcast", { event: "moved", payload: { n: 4 } }]);
  await server.heard("moved:4");
  assert.equal(server.told.includes("moved:3"), false);
});

Deno.test("RealtimeChannel goes on with a newer token without joining again", async () => {
  await using server = serve();
  const channel = server.open("token-1");
  server.reply(await server.next(), "ok");
  await server.heard("joined");
  channel.use(server.access("token-1"));
  channel.use(server.access("token-2"));
  const [, , topic, event, payload] = await server.next();
  assert.deepEqual([topic, event, payload], [TOPIC, "access_token", { access_token: "token-2" }]);
  assert.equal(channel.isJoined, true);
});

Deno.test("RealtimeChannel says that it was refused, and tries again with the next token", async () => {
  await using server = serve();
  const channel = server.open("expired");
  server.reply(await server.next(), "error");
  await server.heard("refused");
  channel.use(server.access("fresh"));
  const again = await server.next();
  assert.match(JSON.stringify(again[4]), /"access_token":"fresh"/);
  server.reply(again, "ok");
  await server.heard("joined");
});

for (
  const [what, end] of [["its connection is cut", "cut"], [
    "its token has run out",
    "expire",
  ]] as const
) {
  Deno.test(`RealtimeChannel comes back by itself when ${what}`, async () => {
    await using server = serve();
    server.open("token-1");
    server.reply(await server.next(), "ok");
    await server.heard("joined");
    if (end === "cut") server.cut();
    else {server.say([null, null, TOPIC, "system", {
        status: "error",
        message: "Token has expired",
      }]);}
    await server.heard(end === "cut" ? "lost" : "refused");
    server.reply(await server.next(), "ok");
    await server.heard("joined", 2);
  });
}

Deno.test("RealtimeChannel is silent once it is closed", async () => {
  await using server = serve();
  const channel = server.open("token-1");
  server.reply(await server.next(), "ok");
  await server.heard("joined");
  channel.close();
  await server.closed();
  assert.deepEqual(server.told, ["joined"]);
  assert.equal(channel.isJoined, false);
});

Deno.test("backoffMs() doubles up to half a minute, and spreads those who lost the same connection", () => {
  assert.deepEqual([1, 2, 3, 9].map((failures) => backoffMs(failures, () => 1)), [
    1_000,
    2_000,
    4_000,
    30_000,
  ]);
  assert.equal(backoffMs(3, () => 0), 2_000);
});

type Frame = [string | null, string | null, string, string, unknown];

interface Server extends AsyncDisposable {
  readonly told: string[];
  readonly query: Record<string, string>;
  open(token: string): RealtimeChannel;
  access(token: string): Parameters<RealtimeChannel["use"]>[0];
  next(): Promise<Frame>;
  reply(frame: Frame, status: "ok" | "error"): void;
  say(frame: Frame): void;
  send(data: string | Uint8Array<ArrayBuffer> | undefined): void;
  heard(what: string, times?: number): Promise<void>;
  cut(): void;
  closed(): Promise<void>;
}

/** A server of one connection at a time that says what the test wants, with the client's channel on it. */
function serve(): Server {
  const received: Frame[] = [];
  const told: string[] = [];
  let query: Record<string, string> = {};
  let socket: WebSocket | undefined;
  let channel: RealtimeChannel | undefined;
  const listening = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) => {
      query = Object.fromEntries(new URL(request.url).searchParams);
      const upgraded = Deno.upgradeWebSocket(request);
      socket = upgraded.socket;
      socket.onmessage = ({ data }) => received.push(JSON.parse(String(data)));
      return upgraded.response;
    },
  );
  const server: Server = {
    told,
    get query() {
      return query;
    },
    open: (token) => {
      channel = new RealtimeChannel({
        joined: () => told.push("joined"),
        lost: () => told.push("lost"),
        refused: () => told.push("refused"),
        event: (event, payload) => told.push(`${event}:${Object.values(Object(payload)).join()}`),
      });
      channel.use(server.access(token));
      return channel;
    },
    access: (access_token) => ({
      url: `ws://127.0.0.1:${listening.addr.port}/realtime/v1/websocket`,
      apikey: "sb_publishable_x",
      topic: "match:1",
      access_token,
      expires_at: "2026-11-23T10:00:00Z",
    }),
    next: async () => {
      await until(() => received.length > 0, "a frame");
      const frame = received.shift();
      assert.ok(frame !== undefined);
      return frame;
    },
    reply: ([joinRef, ref, topic], status) =>
      server.say([joinRef, ref, topic, "phx_reply", { status, response: {} }]),
    say: (frame) => server.send(JSON.stringify(frame)),
    send: (data) => socket?.send(data ?? ""),
    heard: (what, times = 1) =>
      until(() => told.filter((word) => word === what).length >= times, `${what} in ${told}`),
    cut: () => socket?.close(),
    closed: () => until(() => socket?.readyState === WebSocket.CLOSED, "the connection's end"),
    [Symbol.asyncDispose]: async () => {
      channel?.close();
      await server.closed();
      await listening.shutdown();
    },
  };
  return server;
}
