import assert from "node:assert/strict";
import { ALINE, openWorld, until, type World } from "./graph-client.ts";

const HI = { type: "text", text: { body: "Hi" } };

Deno.test("events tells what happened, then what happens, each with its id", async () => {
  await using world = await openWorld({ statuses: false });
  await world.control("phone", { from: ALINE, content: { kind: "text", text: "Hello" } });
  await using stream = await listen(world);
  await until(() => stream.text().includes("event: ready"));
  assert.match(stream.text(), /id: \w+:1\ndata: {"kind":"person","about":{"key":"RW.1"/);
  assert.match(stream.text(), /"kind":"inbound"[^\n]*"text":"Hello"/);
  assert.match(stream.text(), /"kind":"webhook"[^\n]*"status":200/);
  await world.send(HI);
  await until(() => stream.text().includes('"kind":"outbound"'));
});

Deno.test("events goes on where the reader was, and says when it is another run", async () => {
  await using world = await openWorld({ statuses: false });
  await world.send(HI);
  await world.send({ type: "text", text: { body: "Second" } });
  await using first = await listen(world);
  await until(() => first.text().includes("event: ready"));
  const ids = [...first.text().matchAll(/^id: (.+)$/gm)].map(([, id]) => id ?? "");
  await using second = await listen(world, ids.at(-2));
  await until(() => second.text().includes("event: ready"));
  assert.doesNotMatch(second.text(), /"body":"Hi"/);
  assert.match(second.text(), /"body":"Second"/);
  assert.doesNotMatch(second.text(), /event: reset/);
  await using other = await listen(world, "another:7");
  await until(() => other.text().includes("event: ready"));
  assert.match(other.text(), /event: reset[\s\S]*"body":"Hi"/);
});

Deno.test("a read mark with typing reaches the person whose message it is", async () => {
  await using world = await openWorld({ statuses: false });
  const content = { kind: "text", text: "Hello" };
  await world.control("phone", { from: ALINE, content, message_id: "wamid.IN1" });
  await using stream = await listen(world);
  const mark = { to: undefined, status: "read", message_id: "wamid.IN1" };
  const { body } = await world.send({ ...mark, typing_indicator: { type: "text" } });
  assert.deepEqual(body, { success: true });
  await until(() => stream.text().includes('"kind":"seen"'));
  assert.match(stream.text(), /"kind":"seen","message_id":"wamid.IN1","typing":true.*"RW.1"/);
});

interface Listener extends AsyncDisposable {
  text(): string;
}

async function listen(world: World, lastEventId?: string): Promise<Listener> {
  const left = new AbortController();
  const response = await fetch(`${world.url}/standin/events`, {
    headers: lastEventId === undefined ? {} : { "last-event-id": lastEventId },
    signal: left.signal,
  });
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  let seen = "";
  const reading = (async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) seen += decoder.decode(chunk, { stream: true });
  })().catch(() => {});
  return {
    text: () => seen,
    [Symbol.asyncDispose]: async () => {
      left.abort();
      await reading;
    },
  };
}
