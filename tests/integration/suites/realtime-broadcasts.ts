import assert from "node:assert/strict";
import { flush, signedIn, until, withListeners } from "../../support/realtime.ts";
import type { Suite, World } from "../../support/stack.ts";

/** What is sent in other ways than a ride's changes, and what becomes of it. */
export function realtimeBroadcastsSuite({ test }: Suite): void {
  test("what is committed arrives in order, whatever its length; what is undone never does", async (world) => {
    await withListeners(world, async (listener) => {
      const user = crypto.randomUUID();
      const topic = `user:${user}`;
      const one = listener(signedIn(world, user));
      await one.listen(topic);
      // The longest do not fit into a notification.
      const content = (n: number): string =>
        JSON.stringify({ n, filler: "é".repeat(n % 7 === 3 ? 9_000 : 10) });
      const undone = new Error("Undone");
      const expected: number[] = [];
      for (let n = 0; n < 120; n += 3) {
        const keep = n % 2 === 0;
        await world.sql.begin(async (transaction) => {
          for (const i of [n, n + 1, n + 2]) {
            await transaction`
              select realtime.send(${content(i)}::text::jsonb, 'e', ${topic})`;
          }
          if (!keep) throw undone;
        }).catch((error) => assert.equal(error, undone));
        if (keep) expected.push(n, n + 1, n + 2);
      }
      await flush(world, [{ topic, listener: one }]);
      assert.deepEqual(one.received.map(({ payload }) => payload["n"]), expected);
      const lengths = one.received.map(({ payload }) => String(payload["filler"]).length);
      assert.ok(lengths.includes(9_000) && lengths.includes(10));
    });
  });

  test("private and public channels of one topic do not hear each other", async (world) => {
    await withListeners(world, async (listener) => {
      const user = crypto.randomUUID();
      const topic = `user:${user}`;
      const insider = listener(signedIn(world, user));
      await insider.listen(topic);
      const outsider = listener();
      const { first } = await outsider.subscribe(topic, { config: { private: false } });
      assert.equal(first.status, "SUBSCRIBED", "anybody joins a public channel");
      await world.sql`select realtime.send('{}', 'secret', ${topic})`;
      await world.sql`select realtime.send('{}', 'open', ${topic}, false)`;
      await flush(world, [{ topic, listener: insider }]);
      await until(() => outsider.received.length > 0, "the public message");
      assert.deepEqual(insider.received.map(({ event }) => event), ["secret"]);
      assert.deepEqual(outsider.received.map(({ event }) => event), ["open"]);
    });
  });

  test("clients talk on public channels, in text and bytes", async (world) => {
    await withListeners(world, async (listener) => {
      const topic = `talk:${crypto.randomUUID()}`;
      const hearing = { config: { private: false, broadcast: { self: true, ack: true } } };
      const [a, b] = [listener(), listener()];
      const speaker = await a.subscribe(topic, { config: { private: false } });
      const echo = await b.subscribe(topic, hearing);
      assert.equal(
        await speaker.channel.send({ type: "broadcast", event: "hi", payload: { to: "b é" } }),
        "ok",
      );
      await until(() => echo.received.length === 1, "b hears a");
      assert.deepEqual(echo.received[0]?.payload, { to: "b é" });
      const mine = { type: "broadcast", event: "mine", payload: { by: "b" } } as const;
      assert.equal(await echo.channel.send(mine), "ok", "acknowledged");
      await until(() => speaker.received.length === 1, "a hears b, and not itself");
      await until(() => echo.received.length === 2, "b hears itself, as it wished");
      assert.deepEqual(speaker.received[0]?.payload, { by: "b" });
      await speaker.channel.send({
        type: "broadcast",
        event: "bytes",
        payload: new Uint8Array([1, 2, 255]).buffer,
      });
      await until(() => echo.received.length === 3, "b hears the bytes");
      assert.deepEqual(echo.received[2]?.payload, { bytes: [1, 2, 255] });
    });
  });

  test("nobody but the service speaks on a private channel", async (world) => {
    await withListeners(world, async (listener) => {
      const user = crypto.randomUUID();
      const topic = `user:${user}`;
      const ears = listener(signedIn(world, user));
      await ears.listen(topic);
      const mouth = listener(signedIn(world, user));
      const { channel } = await mouth.subscribe(topic);
      await channel.send({ type: "broadcast", event: "forged", payload: {} });
      await assert.rejects(channel.httpSend("forged", {}), /Unauthorized/);
      const service = listener({ key: world.info.secret_key });
      const { channel: trusted } = await service.subscribe(topic, {
        config: { private: true, broadcast: { ack: true } },
      });
      await trusted.send({ type: "broadcast", event: "by socket", payload: { n: 1 } });
      assert.deepEqual(await trusted.httpSend("by http", { n: 2 }), { success: true });
      await flush(world, [{ topic, listener: ears }, { topic, listener: mouth }]);
      assert.deepEqual(ears.received.map(({ event }) => event), ["by socket", "by http"]);
    });
  });

  test("POST /api/broadcast sends a batch, without what the caller may not send", async (world) => {
    await withListeners(world, async (listener) => {
      const user = crypto.randomUUID();
      const topic = `user:${user}`;
      const insider = listener(signedIn(world, user));
      await insider.listen(topic);
      const outsider = listener();
      await outsider.subscribe(topic, { config: { private: false } });
      const messages = [
        { topic, event: "private", payload: {}, private: true },
        { topic, event: "public", payload: {} },
      ];
      const { secret_key, publishable_key } = world.info;
      assert.equal(await post(world, { key: publishable_key, body: { messages } }), 202);
      assert.equal(await post(world, { key: secret_key, body: { messages } }), 202);
      await flush(world, [{ topic, listener: insider }]);
      await until(() => outsider.received.length === 2, "both public messages");
      assert.deepEqual(insider.received.map(({ event }) => event), ["private"]);
      assert.equal(await post(world, { key: "sb_secret_other", body: { messages } }), 401);
      for (
        const body of [{}, { messages: [{ topic }] }, {
          messages: [{ ...messages[0], payload: 1 }],
        }]
      ) {
        assert.equal(await post(world, { key: secret_key, body }), 422, JSON.stringify(body));
      }
      for (const path of ["/t/events/%zz", "/t"]) {
        const status = await post(world, { key: secret_key, path, body: {} });
        assert.ok(status === 404 || status === 422, `${path} ${status}`);
      }
    });
  });

  test("a client that was away has the last messages replayed", async (world) => {
    await withListeners(world, async (listener) => {
      const user = crypto.randomUUID();
      const topic = `user:${user}`;
      for (let n = 0; n < 5; n++) {
        await world.sql`
          select realtime.send(jsonb_build_object('n', ${n}::int), 'e', ${topic}),
            realtime.send('{}', 'public', ${topic}, false)`;
      }
      const one = listener(signedIn(world, user));
      const since = Date.now() - 60_000;
      const config = { private: true, broadcast: { replay: { since, limit: 3 } } };
      const { first } = await one.subscribe(topic, { config });
      assert.equal(first.status, "SUBSCRIBED");
      await flush(world, [{ topic, listener: one }]);
      assert.deepEqual(one.received.map(({ payload }) => payload["n"]), [2, 3, 4]);
      const stranger = await listener(signedIn(world, crypto.randomUUID())).subscribe(topic, {
        config,
      });
      assert.match(stranger.first.reason ?? "", /^Unauthorized/);
    });
  });
}

async function post(
  world: World,
  { key, body, path = "" }: { key: string; body: unknown; path?: string },
): Promise<number> {
  const response = await fetch(`${world.info.api_url}/realtime/v1/api/broadcast${path}`, {
    method: "POST",
    headers: { apikey: key, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  await response.body?.cancel();
  return response.status;
}
