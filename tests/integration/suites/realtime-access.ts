import assert from "node:assert/strict";
import { signToken } from "../../support/http.ts";
import {
  flush,
  type Listener,
  type ListenerOptions,
  signedIn,
  type Subscription,
  until,
  withListeners,
} from "../../support/realtime.ts";
import { act, rideIn } from "../../support/stack-people.ts";
import type { Suite, World } from "../../support/stack.ts";

/** Who is let in, and for how long. */
export function realtimeAccessSuite({ test }: Suite): void {
  test("expired, forged and foreign tokens, revoked links and anon are told nothing", async (world) => {
    await withListeners(world, async (listener) => {
      const { match, driver, passenger } = await rideIn(world, "pending");
      const ride = `match:${match.id}`;
      const sub = passenger.user_id;
      const now = Math.floor(Date.now() / 1000);
      const user = { role: "authenticated", sub };
      const revoked = await linkTo(world, match.id, sub);
      await world.sql`select public.revoke_links(${sub}, ${match.id})`;
      const expired = await linkTo(world, match.id, sub);
      await world.sql`update mobility.trip_links set expires_at = now() where id = ${expired}`;

      const denied = "Unauthorized: You do not have permissions to read from this Channel topic: ";
      const refused: [name: string, options: ListenerOptions, reason: RegExp][] = [
        ["anon", {}, /^Unauthorized: /],
        ["anon by its legacy key", { key: world.info.anon_key }, /^Unauthorized: /],
        ["a stranger", signedIn(world, crypto.randomUUID()), /^Unauthorized: /],
        ["an expired token", signed(world, { ...user, exp: now - 60 }), /Token has expired 6\d /],
        ["a forged token", { token: () => signToken(user, "x".repeat(40)) }, /^JwtSignatureError/],
        ["no token", { token: () => Promise.resolve("nonsense") }, /^MalformedJWT/],
        ["a role of nobody's", signed(world, { ...user, role: "postgres" }), /^InvalidJWTToken/],
        ["no expiry", signed(world, { ...user, exp: undefined }), /^InvalidJWTToken/],
        ["a revoked link", signed(world, linkClaims(revoked)), /^Unauthorized: /],
        ["an expired link", signed(world, linkClaims(expired)), /^Unauthorized: /],
      ];
      const tries: { listener: Listener; subscriptions: Subscription[] }[] = [];
      for (const [name, options, reason] of refused) {
        const one = listener(options);
        const subscriptions: Subscription[] = [];
        for (const topic of [ride, `user:${sub}`, "operators"]) {
          const tried = await one.subscribe(topic);
          assert.equal(tried.first.status, "CHANNEL_ERROR", `${name} on ${topic}`);
          assert.match(tried.first.reason ?? "", reason, `${name} on ${topic}`);
          if (reason.source.includes("Unauth")) {
            assert.equal(tried.first.reason, denied + topic);
          }
          subscriptions.push(tried);
        }
        tries.push({ listener: one, subscriptions });
      }

      const friend = listener(signedIn(world, sub));
      await friend.listen(ride, `user:${sub}`);
      await act(world, { match: match.id, action: "accept", as: { user: driver.user_id } });
      await flush(world, [
        { topic: ride, listener: friend },
        { topic: `user:${sub}`, listener: friend },
      ]);
      assert.equal(friend.received.length, 2, "whoever may listen was told");
      for (const { listener, subscriptions } of tries) {
        assert.deepEqual(listener.received, []);
        const joined = subscriptions.flatMap(({ statuses }) => statuses)
          .filter(({ status }) => status === "SUBSCRIBED");
        assert.deepEqual(joined, [], "though the client tries again");
      }
    });
  });

  test("a link's token follows its ride until the link is revoked", async (world) => {
    await withListeners(world, async (listener) => {
      const { match, driver, passenger } = await rideIn(world, "pending");
      const ride = `match:${match.id}`;
      const link = await linkTo(world, match.id, passenger.user_id);
      const options = signed(world, linkClaims(link));
      const guest = listener(options);
      await guest.listen(ride);
      const closed = await guest.subscribe(`user:${passenger.user_id}`);
      assert.match(closed.first.reason ?? "", /^Unauthorized: /);
      await act(world, { match: match.id, action: "accept", as: { user: driver.user_id } });
      await flush(world, [{ topic: ride, listener: guest }]);
      assert.deepEqual(guest.received.map(({ event }) => event), ["match_changed"]);

      await world.sql`select public.revoke_links(${passenger.user_id}, ${match.id})`;
      const again = await listener(options).subscribe(ride);
      assert.match(again.first.reason ?? "", /^Unauthorized: /, "to join again");
      // Whoever is in already is asked with the next token, as on Supabase.
      const [subscription] = guest.client.getChannels();
      const statuses: string[] = [];
      subscription?.on("system", {}, ({ message }) => statuses.push(String(message)));
      const exp = Math.floor(Date.now() / 1000) + 60;
      await guest.client.realtime.setAuth(
        await signToken({ ...linkClaims(link), exp }, world.info.jwt_secret),
      );
      await until(() => statuses.length > 0, "the channel is closed");
      assert.deepEqual(statuses, [
        `You do not have permissions to read from this Channel topic: ${ride}`,
      ]);
    });
  });

  test("a channel closes when its token expires, and stays open with a new one", async (world) => {
    await withListeners(world, async (listener) => {
      const user = crypto.randomUUID();
      const topic = `user:${user}`;
      const claims = { role: "authenticated", sub: user };
      const exp = Math.floor(Date.now() / 1000) + 2;
      const leaver = listener(signed(world, { ...claims, exp }));
      let next = { ...claims, exp };
      const stayer = listener({ token: () => signToken(next, world.info.jwt_secret) });
      const left = await leaver.subscribe(topic);
      const stayed = await stayer.subscribe(topic);
      assert.deepEqual([left.first.status, stayed.first.status], ["SUBSCRIBED", "SUBSCRIBED"]);
      next = { ...claims, exp: exp + 60 };
      await stayer.client.realtime.setAuth();

      await until(() => left.statuses.length > 1, "the channel is closed");
      assert.ok(Date.now() >= exp * 1000, "not before the token expires");
      assert.deepEqual(left.statuses.map(({ status }) => status), ["SUBSCRIBED", "CLOSED"]);
      assert.deepEqual(left.system, ["Token has expired 0 seconds ago"]);
      await flush(world, [{ topic, listener: stayer }]);
      assert.deepEqual(leaver.received, []);
      assert.deepEqual(stayed.statuses.map(({ status }) => status), ["SUBSCRIBED"]);
    });
  });

  test("a socket needs one of the project's keys", async (world) => {
    const url = `${world.info.api_url}/realtime/v1/websocket?vsn=2.0.0`;
    const token = await world.http.token(crypto.randomUUID());
    for (const key of ["", "sb_publishable_other", token, world.info.jwt_secret]) {
      const response = await fetch(`${url}&apikey=${key}`);
      assert.equal(response.status, 401, key);
      await response.body?.cancel();
    }
    const { publishable_key, secret_key, anon_key, service_role_key } = world.info;
    for (const key of [publishable_key, secret_key, anon_key, service_role_key]) {
      const socket = new WebSocket(`${url.replace("http", "ws")}&apikey=${key}`);
      await new Promise<void>((resolve, reject) => {
        socket.onopen = (): void => resolve();
        socket.onerror = (): void => reject(new Error("Refused"));
      });
      socket.close();
    }
    for (const [vsn, status] of [["3.0.0", 403], ["2.0.0", 426]] as const) {
      const address = `${world.info.api_url}/realtime/v1/websocket?vsn=${vsn}`;
      const response = await fetch(`${address}&apikey=${publishable_key}`);
      assert.equal(response.status, status, vsn);
      await response.body?.cancel();
    }
  });
}

function signed(world: World, claims: Readonly<Record<string, unknown>>): ListenerOptions {
  return { token: () => signToken(claims, world.info.jwt_secret) };
}

/** What the page of a link gets a token with. */
function linkClaims(id: string): Readonly<Record<string, unknown>> {
  return { role: "authenticated", aud: "authenticated", sub: id, link_id: id };
}

/** The id of a new guest's link. */
async function linkTo({ sql }: World, match: string, user: string): Promise<string> {
  const [made] = await sql<{ token: string }[]>`
    select public.create_link(${user}, ${match}, 'guest') ->> 'token' as token`;
  const [link] = await sql<{ id: string }[]>`
    select id from mobility.trip_links
    where token_hash = sha256(convert_to(${made?.token ?? ""}, 'UTF8'))`;
  assert.ok(link);
  return link.id;
}
