import assert from "node:assert/strict";
import { config } from "../../../web/trip/config.js";
import { Follower } from "../../../web/trip/follower.js";
import { until } from "./until.ts";

// What Deno has no page for.
Reflect.set(globalThis, "document", {
  visibilityState: "visible",
  addEventListener: () => {},
});

Deno.test("Follower asks again when something happens while it waits for an answer", async () => {
  await using api = serveLinks();
  const { follower, told } = api.follow(() => true);
  const answer = api.hold();
  follower.start();
  await until(() => api.asked === 1, "the first question");
  // Two things happen: one more question answers both.
  void follower.refresh();
  void follower.refresh();
  answer();
  await until(() => told.length === 2, "the second answer");
  assert.equal(api.asked, 2);
  assert.equal(follower.isReachable, true);
  follower.stop();
});

Deno.test("Follower asks nothing more once the ride is over", async () => {
  await using api = serveLinks();
  const { follower, told } = api.follow(() => false);
  follower.start();
  await until(() => told.length === 1, "the answer");
  await follower.refresh();
  assert.deepEqual([api.asked, told], [1, ["opened"]]);
});

Deno.test("Follower ends with a link that is of no use, and goes on when the service fails", async () => {
  await using api = serveLinks();
  const { follower, told } = api.follow(() => true);
  api.answer(503, "SERVICE_UNAVAILABLE");
  follower.start();
  await until(() => !follower.isReachable, "the failure");
  api.answer(410, "LINK_EXPIRED");
  // It tries again by itself, after a second at the most.
  await until(() => told.length === 1, "the end");
  assert.deepEqual(told, ["gone:LINK_EXPIRED"]);
  const { asked } = api;
  await follower.refresh();
  assert.equal(api.asked, asked);
});

interface Links extends AsyncDisposable {
  readonly asked: number;
  follow(goesOn: () => boolean): { follower: Follower; told: string[] };
  answer(status: number, code: string): void;
  /** Keeps the next answer back until it is called. */
  hold(): () => void;
}

function serveLinks(): Links {
  let asked = 0;
  let refusal: { status: number; code: string } | undefined;
  let held = Promise.resolve();
  const followers: Follower[] = [];
  const listening = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async () => {
    asked++;
    await held;
    held = Promise.resolve();
    if (refusal === undefined) return Response.json(RIDE);
    return Response.json({ error: { code: refusal.code } }, { status: refusal.status });
  });
  config.apiUrl = `http://127.0.0.1:${listening.addr.port}`;
  return {
    get asked() {
      return asked;
    },
    follow: (goesOn) => {
      const told: string[] = [];
      const follower = new Follower("token", {
        opened: () => {
          told.push("opened");
          return goesOn();
        },
        event: () => {},
        connection: () => {},
        gone: (code) => told.push(`gone:${code}`),
      });
      followers.push(follower);
      return { follower, told };
    },
    answer: (status, code) => {
      refusal = { status, code };
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    [Symbol.asyncDispose]: async () => {
      for (const follower of followers) follower.stop();
      await listening.shutdown();
    },
  };
}

const RIDE = {
  link: { viewer: "guest" },
  match: { id: "1", status: "accepted", pickup: { lat: 0, lng: 0 } },
  realtime: null,
  now: "2026-11-23T10:00:00Z",
};
