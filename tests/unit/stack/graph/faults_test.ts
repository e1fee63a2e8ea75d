import assert from "node:assert/strict";
import { ALINE, openWorld, until } from "./graph-client.ts";

const HI = { type: "text", text: { body: "Hi" } };

Deno.test("a fault of kind error is answered as told, and then all is well", async () => {
  await using world = await openWorld();
  const fault = { kind: "error", status: 429, code: 130429, retry_after_s: 3 };
  await world.control("faults", { times: 2, fault });
  for (let attempt = 0; attempt < 2; attempt++) {
    const { status, body } = await world.send(HI);
    assert.equal(status, 429);
    assert.match(JSON.stringify(body), /"code":130429/);
  }
  assert.equal((await world.send(HI)).status, 200);
  assert.deepEqual(await world.control("faults"), { faults: [] });
});

Deno.test("a fault meets only the person it is for, whichever address is used", async () => {
  await using world = await openWorld();
  await world.control("phone", { from: ALINE, content: { kind: "text", text: "Hi" } });
  const fault = { kind: "error", status: 500, code: 131000 };
  await world.control("faults", [{ match: { to: "+250 788 000 001" }, times: 1, fault }]);
  assert.equal((await world.send({ ...HI, to: "250788000002" })).status, 200);
  assert.equal((await world.send({ ...HI, to: undefined, recipient: "RW.1" })).status, 500);
});

Deno.test("reset closes the connection and takes nothing; reset_after takes and tells sent", async () => {
  await using world = await openWorld({ statuses: false });
  await world.control("faults", { fault: { kind: "reset" } });
  await assert.rejects(world.send(HI), TypeError);
  assert.deepEqual(await world.control("messages?to=250788000001"), { messages: [], last: 0 });
  await world.control("faults", { fault: { kind: "reset_after" } });
  await assert.rejects(world.send(HI), TypeError);
  assert.match(JSON.stringify(await world.control("messages?to=250788000001")), /"body":"Hi"/);
  await until(() => world.statuses().length === 1);
  assert.match(world.statuses()[0] ?? "", / sent$/);
});

Deno.test("timeout says nothing until the caller gives up, and takes nothing", async () => {
  await using world = await openWorld();
  await world.control("faults", { fault: { kind: "timeout", ms: 600_000 } });
  const url = `${world.url}/v26.0/100000000000001/messages`;
  const body = JSON.stringify({ messaging_product: "whatsapp", to: "250788000001", ...HI });
  const headers = { authorization: "Bearer test-token" };
  const signal = AbortSignal.timeout(30);
  await assert.rejects(fetch(url, { method: "POST", headers, body, signal }), /timeout/);
  assert.deepEqual(await world.control("messages?to=250788000001"), { messages: [], last: 0 });
});

Deno.test("status_failed answers 200 and then tells that it failed, as Meta does", async () => {
  await using world = await openWorld();
  await world.control("phone", { from: ALINE, content: { kind: "text", text: "Hi" } });
  await world.control("faults", { fault: { kind: "status_failed", code: 131047 } });
  const { status, id } = await world.send({ ...HI, biz_opaque_callback_data: "outbox:7" });
  assert.equal(status, 200);
  await until(() => world.statuses().length === 1);
  assert.deepEqual(world.statuses(), [`${id} failed`]);
  const text = JSON.stringify(world.posts.at(-1)?.body);
  assert.match(text, /"errors":\[{"code":131047/);
  assert.match(text, /"biz_opaque_callback_data":"outbox:7"/);
  // As documented: a failure names no contact, and no id when it was sent to the number.
  assert.doesNotMatch(text, /contacts|recipient_user_id/);
});

Deno.test("24 hours after a person's last message only a template goes through", async () => {
  await using world = await openWorld({ statuses: false });
  await world.control("heard", {
    from: ALINE,
    at: new Date(Date.now() - 86_460_000).toISOString(),
  });
  const refused = await world.send(HI);
  assert.equal(refused.status, 400);
  assert.match(JSON.stringify(refused.body), /"code":131047/);
  const template = { name: "ride_update", language: { code: "en" } };
  assert.equal((await world.send({ type: "template", template })).status, 200);
  await world.control("phone", { from: ALINE, content: { kind: "text", text: "Hi" } });
  assert.equal((await world.send(HI)).status, 200);
});

Deno.test("the pair rate lends a burst of 45 and then gives one message in 6 s", async () => {
  let now = Date.now();
  await using world = await openWorld({ statuses: false, pairRate: true, now: () => now });
  for (let sent = 0; sent < 45; sent++) assert.equal((await world.send(HI)).status, 200);
  assert.match(JSON.stringify((await world.send(HI)).body), /"code":131056/);
  assert.equal((await world.send({ ...HI, to: "250788000002" })).status, 200);
  now += 6_001;
  assert.equal((await world.send(HI)).status, 200);
  assert.equal((await world.send(HI)).status, 400);
  await world.control("settings", { pair_rate: false });
  assert.equal((await world.send(HI)).status, 200);
});
