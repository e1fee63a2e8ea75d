import assert from "node:assert/strict";
import { z } from "zod";
import {
  ApiError,
  createHandler,
  createPlatform,
  type Endpoint,
  endpoint,
  readConfig,
} from "../../../shared/platform/mod.ts";

const errorBody = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    message: z.string(),
    details: z.unknown().optional(),
    request_id: z.string(),
  }),
});

/** A function of one endpoint that does so, and what it logged. */
function handlerOf(
  handle: Endpoint["handle"],
  more: { fetch?: typeof fetch } = {},
): { send: (init?: RequestInit, path?: string) => Promise<Response>; lines: string[] } {
  const lines: string[] = [];
  const platform = createPlatform("demo", {
    config: readConfig({
      SUPABASE_URL: "http://database.test",
      SUPABASE_SECRET_KEYS: '{"default":"sb_secret_1"}',
      JWT_SECRET: "a shared secret of at least 32 characters",
      DATABASE_DEADLINE_MS: "200",
    }),
    writeLog: (line) => lines.push(line),
    ...more,
  });
  const handler = createHandler(platform, {
    name: "demo",
    needsDatabase: true,
    endpoints: [endpoint({
      name: "doThing",
      method: "POST",
      path: "/things/:id",
      summary: "Does a thing",
      status: 201,
      body: z.object({ database: z.boolean().optional() }),
      response: z.unknown(),
      handle: async (context) => {
        if (context.body.database !== true) return await handle(context);
        return { body: await platform.database.call("ping", {}, z.object({ now: z.string() })) };
      },
    })],
  });
  const id = "0b7f9c52-5f4b-4f0d-8a3a-0123456789ab";
  return {
    lines,
    send: (init = {}, path = `/demo/things/${id}`) =>
      handler(
        new Request(`http://functions.test${path}`, {
          method: "POST",
          headers: { apikey: "sb_secret_1" },
          ...init,
        }),
      ),
  };
}

async function errorOf(response: Response): Promise<z.infer<typeof errorBody>["error"]> {
  return errorBody.parse(await response.json()).error;
}

Deno.test("createHandler() answers what the endpoint answers, and logs the request", async () => {
  const { send, lines } = handlerOf(({ id, idempotencyKey, caller, actingUser }) =>
    Promise.resolve({ body: { id, idempotencyKey, caller, actingUser } })
  );
  const response = await send(
    { headers: { apikey: "sb_secret_1", "idempotency-key": "k", "x-request-id": "abc" } },
    "/demo/things/0B7F9C52-5F4B-4F0D-8A3A-0123456789AB",
  );
  assert.equal(response.status, 201);
  assert.deepEqual(await response.json(), {
    id: "0b7f9c52-5f4b-4f0d-8a3a-0123456789ab",
    idempotencyKey: "k",
    caller: { kind: "service" },
    actingUser: null,
  });
  assert.match(
    lines[0] ?? "",
    /"request_id":"abc","method":"POST","route":"POST \/things\/:id","status":201/,
  );
});

Deno.test("createHandler() turns an unexpected error into INTERNAL_ERROR that tells nothing", async () => {
  const secret = "hush: select * from people";
  for (const thrown of [new Error(secret), new TypeError(secret)]) {
    const { send, lines } = handlerOf(() => Promise.reject(thrown));
    const response = await send();
    assert.equal(response.status, 500);
    const text = await response.clone().text();
    assert.doesNotMatch(text, /hush|\.ts|stack| at /);
    assert.equal((await errorOf(response)).code, "INTERNAL_ERROR");
    // Where it happened is for the log; what it said may quote a caller.
    if (thrown instanceof Error) {
      assert.match(lines.join(), /"event":"request_failed".*handler_test/);
    }
    assert.doesNotMatch(lines.join(), /hush/);
    assert.match(lines.at(-1) ?? "", /"level":"error".*"code":"INTERNAL_ERROR"/);
  }
});

Deno.test("createHandler() gives an ApiError its status, details, and Retry-After where there is one", async () => {
  const { send } = handlerOf(() =>
    Promise.reject(new ApiError("PIN_LOCKED", "Wait", { details: { retry_after_s: 30 } }))
  );
  const response = await send();
  assert.equal(response.status, 423);
  assert.equal(response.headers.get("retry-after"), "30");
  const { code, message, details, request_id } = await errorOf(response);
  assert.deepEqual([code, message, details], ["PIN_LOCKED", "Wait", { retry_after_s: 30 }]);
  assert.equal(response.headers.get("x-request-id"), request_id);
});

Deno.test("Database.call() turns what the API answers into the documented codes", async () => {
  const raised = (message: string, more: Record<string, unknown> = {}): Response =>
    Response.json({ code: "PT409", message, details: null, hint: null, ...more }, { status: 409 });
  const hang = (_: unknown, init?: RequestInit): Promise<Response> =>
    new Promise((_, reject) =>
      init?.signal?.addEventListener("abort", () => reject(init.signal?.reason))
    );
  const cases: [string, number, (input: unknown, init?: RequestInit) => Promise<Response>][] = [
    ["TRIP_EXPIRED", 410, () => Promise.resolve(raised("TRIP_EXPIRED"))],
    ["DATABASE_ERROR", 500, () => Promise.resolve(raised("constructor"))],
    ["DATABASE_ERROR", 500, () => Promise.resolve(raised("x", { code: "42501" }))],
    ["DATABASE_ERROR", 500, () => Promise.resolve(Response.json({ unexpected: true }))],
    ["DATABASE_ERROR", 500, () => Promise.resolve(Response.json(null))],
    [
      "PIN_INVALID",
      422,
      () =>
        Promise.resolve(
          Response.json({ error: { code: "PIN_INVALID", details: { attempts_left: 2 } } }),
        ),
    ],
    ["SERVICE_UNAVAILABLE", 503, () => Promise.resolve(raised("x", { code: "57014" }))],
    ["SERVICE_UNAVAILABLE", 503, () => Promise.resolve(raised("x", { code: "PGRST001" }))],
    [
      "SERVICE_UNAVAILABLE",
      503,
      () => Promise.resolve(new Response("<html>Bad gateway</html>", { status: 502 })),
    ],
    ["SERVICE_UNAVAILABLE", 503, () => Promise.reject(new TypeError("connection refused"))],
    ["SERVICE_UNAVAILABLE", 503, hang],
  ];
  for (const [code, status, answer] of cases) {
    const { send } = handlerOf(() => assert.fail("not reached"), { fetch: answer });
    const response = await send({
      body: '{"database":true}',
    });
    assert.deepEqual([response.status, (await errorOf(response)).code], [status, code]);
  }
});

Deno.test("Database.call() passes on what the function raised: its sentence and its details", async () => {
  const { send } = handlerOf(() => assert.fail("not reached"), {
    fetch: () =>
      Promise.resolve(Response.json({
        code: "PT409",
        message: "TRIP_ALREADY_MATCHED",
        details: "The trip is bound to another match",
        hint: '{"trip": "driver"}',
      }, { status: 409 })),
  });
  const { message, details } = await errorOf(await send({ body: '{"database":true}' }));
  assert.equal(message, "The trip is bound to another match");
  assert.deepEqual(details, { trip: "driver" });
});

Deno.test("Database.call() tries again after a deadlock or a lock timeout, three times in all", async () => {
  for (const [failures, status, calls] of [[2, 201, 3], [5, 500, 3]] as const) {
    let called = 0;
    const { send } = handlerOf(() => assert.fail("not reached"), {
      fetch: () => {
        called++;
        return Promise.resolve(
          called <= failures
            ? Response.json({ code: called === 1 ? "40P01" : "55P03", message: "x" }, {
              status: 500,
            })
            : Response.json({ now: "2026" }),
        );
      },
    });
    const response = await send({ body: '{"database":true}' });
    await response.body?.cancel();
    assert.deepEqual([response.status, called], [status, calls]);
  }
});

Deno.test("createPlatform().afterResponse() logs a failure, and tells the hosted runtime to wait", async () => {
  const lines: string[] = [];
  const platform = createPlatform("demo", {
    config: readConfig({ SUPABASE_URL: "http://x.test", SUPABASE_SERVICE_ROLE_KEY: "k" }),
    writeLog: (line) => lines.push(line),
  });
  const waited: Promise<unknown>[] = [];
  Reflect.set(globalThis, "EdgeRuntime", {
    waitUntil: (work: Promise<unknown>) => waited.push(work),
  });
  try {
    platform.afterResponse(() => Promise.reject(new RangeError("hush")));
    await Promise.all(waited);
  } finally {
    Reflect.deleteProperty(globalThis, "EdgeRuntime");
  }
  assert.equal(waited.length, 1);
  assert.match(lines.join(), /"event":"after_response_failed","reason":"RangeError"/);
  assert.doesNotMatch(lines.join(), /hush/);
});

Deno.test("createHandler() hands a raw endpoint its request untouched, and counts and refuses as ever", async () => {
  const lines: string[] = [];
  const handler = createHandler(
    createPlatform("demo", {
      config: readConfig({ SUPABASE_URL: "http://x.test", SUPABASE_SERVICE_ROLE_KEY: "k" }),
      writeLog: (line) => lines.push(line),
    }),
    {
      name: "demo",
      needsDatabase: false,
      endpoints: [],
      rawEndpoints: [{
        name: "takeThing",
        method: "POST",
        path: "/",
        summary: "Takes a thing",
        credentials: "none",
        response: { contentType: "text/plain", schema: z.string() },
        errors: ["FORBIDDEN"],
        handle: async (request) => {
          const text = await request.text();
          if (text === "no") throw new ApiError("FORBIDDEN", "No");
          return new Response(`${request.headers.get("x-own")} ${text}`);
        },
      }],
    },
  );
  const send = (method: string, body?: string): Promise<Response> =>
    handler(
      new Request("http://functions.test/demo", {
        method,
        headers: { "x-own": "mine" },
        ...(body === undefined ? {} : { body }),
      }),
    );
  assert.equal(await (await send("POST", "not JSON")).text(), "mine not JSON");
  assert.match(lines[0] ?? "", /"method":"POST","route":"POST \/","status":200/);
  assert.equal((await errorOf(await send("POST", "no"))).code, "FORBIDDEN");
  const refused = await send("DELETE");
  assert.equal(refused.headers.get("allow"), "POST");
  assert.equal((await errorOf(refused)).code, "METHOD_NOT_ALLOWED");
});

Deno.test("createHandler() lets anybody call an endpoint that asks for a secret, and limits each secret", async () => {
  const lines: string[] = [];
  const counts = new Map<string, number>();
  await using redis = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const commands = z.array(z.array(z.coerce.string())).parse(await request.json());
      // The limit's script: its fourth part is the key of this minute.
      return Response.json(commands.map(([command = "", , , key = ""]) => {
        if (command.toLowerCase() !== "eval" || !key.includes(":limit:")) return { result: 0 };
        const subject = key.split(":").at(-2) ?? "";
        counts.set(subject, (counts.get(subject) ?? 0) + 1);
        return { result: (counts.get(subject) ?? 0) > 2 ? 30 : 0 };
      }));
    },
  );
  const callers: unknown[] = [];
  const handler = createHandler(
    createPlatform("demo", {
      config: readConfig({
        SUPABASE_URL: "http://x.test",
        SUPABASE_SERVICE_ROLE_KEY: "sb_secret_1",
        UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${redis.addr.port}`,
        UPSTASH_REDIS_REST_TOKEN: "token",
        LOG_LEVEL: "debug",
      }),
      writeLog: (line) => lines.push(line),
    }),
    {
      name: "demo",
      needsDatabase: false,
      endpoints: [endpoint({
        name: "openThing",
        method: "POST",
        path: "/open",
        summary: "Opens a thing",
        body: z.object({ token: z.string() }),
        response: z.unknown(),
        limit: { requests: 2, windowS: 60 },
        secretOf: ({ token }) => token,
        handle: ({ caller, actingUser }) => {
          callers.push([caller.kind, actingUser]);
          return Promise.resolve({ body: {} });
        },
      })],
    },
  );
  const send = async (token: unknown, headers: HeadersInit = {}): Promise<string> => {
    const body = JSON.stringify({ token });
    const response = await handler(
      new Request("http://functions.test/demo/open", { method: "POST", headers, body }),
    );
    if (response.ok) return String(response.status);
    return (await errorOf(response)).code;
  };
  assert.equal(await send("hush-1"), "200");
  // No key makes more of a caller than the secret does.
  assert.equal(await send("hush-1", { apikey: "sb_secret_1" }), "200");
  assert.equal(await send("hush-1"), "RATE_LIMITED");
  assert.equal(await send("hush-2", { authorization: "Bearer nonsense" }), "200");
  assert.equal(await send(5), "VALIDATION_ERROR");
  const nobody = ["anybody", "00000000-0000-0000-0000-000000000000"];
  assert.deepEqual(callers, [nobody, nobody, nobody]);
  assert.deepEqual([...counts.values()], [3, 1]);
  assert.doesNotMatch([...counts.keys(), ...lines].join(), /hush/);
});
