import assert from "node:assert/strict";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { SignJWT } from "jose";
import postgres from "postgres";
import { z } from "zod";
import { jwtSecretBytes } from "../../scripts/stack/keys.ts";
import { AlreadyRunningError, type Stack, startStack } from "../../scripts/stack/stack.ts";
import { freePorts } from "../../scripts/loopback/free-ports.ts";
import { openRawSocket, type RawSocket } from "../support/raw-socket.ts";
import { makeToyProject, type ToyProject } from "../support/toy-project.ts";

const TEST_SERVER = Deno.env.get("TEST_DATABASE_URL") ?? "none";

const whoSchema = z.object({
  role: z.string(),
  claims: z.record(z.string(), z.unknown()),
  sub: z.string().nullable(),
  method: z.string(),
  metres: z.number(),
});

const echoSchema = z.object({
  pid: z.number(),
  method: z.string(),
  path: z.string(),
  body: z.string(),
  env: z.record(z.string(), z.string()),
});

Deno.test("the stack on PGlite", async (t) => {
  await using toy = await makeToyProject();
  await using running = await open(toy);
  const { stack, lines } = running;
  await checkRoles(t, stack);
  await checkFunctions(t, { stack, lines });

  await t.step("40 callers at once on its one connection each keep their own role", async () => {
    const keys = [stack.info.publishable_key, stack.info.secret_key];
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => who(client(stack, keys[index % 2] ?? ""))),
    );
    answers.forEach(({ role }, index) => {
      assert.equal(role, index % 2 === 0 ? "anon" : "service_role");
    });
  });

  await t.step("a caller who is slow, or goes away, keeps nobody waiting", async () => {
    for (const url of [stack.url, stack.info.redis_rest_url]) {
      const { hostname, port } = new URL(url);
      const slow = await Deno.connect({ hostname, port: Number(port) });
      const head = `POST /rest/v1/rpc/who HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n` +
        `apikey: ${stack.info.secret_key}\r\ncontent-type: application/json\r\n\r\n{`;
      await slow.write(new TextEncoder().encode(head));
      await who(client(stack, stack.info.secret_key));
      slow.close();
      await who(client(stack, stack.info.secret_key));
    }
  });

  await t.step("psql's protocol reaches the same database, and waits for its turn", async () => {
    const sql = postgres(stack.info.db_url, { max: 1, onnotice: () => {} });
    try {
      const [row] = await sql`select count(*)::int as notes from public.note`;
      assert.equal(row?.["notes"], 2);
      await sql.begin(async (transaction) => {
        await transaction`insert into public.note values (3, 'eve')`;
        const others = Promise.all([who(client(stack, stack.info.publishable_key)), rows(stack)]);
        await new Promise((resolve) => setTimeout(resolve, 50));
        await transaction`delete from public.note where id = 3`;
        others.catch(() => {});
      });
      assert.deepEqual(await rows(stack), [1, 2]);
    } finally {
      await sql.end();
    }
  });

  await t.step("scheduled work runs with the secret key", async () => {
    await until(async () => {
      const sql = postgres(stack.info.db_url, { max: 1, onnotice: () => {} });
      try {
        const [row] = await sql`select count(*)::int as ticks from public.tick`;
        return Number(row?.["ticks"]) >= 2;
      } finally {
        await sql.end();
      }
    });
    assert.equal(lines.filter((line) => line.includes('job "absent" failed')).length, 1);
  });

  await t.step("a second stack on the same folder is refused with what to do", async () => {
    await assert.rejects(
      start(toy, []),
      (error: unknown) =>
        error instanceof AlreadyRunningError && error.message.includes(stack.url) &&
        error.message.includes("deno task status"),
    );
  });
});

Deno.test("the stack keeps PGlite's data, applies new migrations and refuses changed ones", async () => {
  await using toy = await makeToyProject();
  {
    await using first = await open(toy);
    const sql = postgres(first.stack.info.db_url, { max: 1, onnotice: () => {} });
    await sql`insert into public.note values (7, 'kept')`;
    // As in a folder from before there was a relay.
    await sql`drop schema realtime cascade`;
    await sql.end();
  }
  const added = "supabase/migrations/20260102000000_add_one.sql";
  await toy.write(added, "create table public.one ();");
  let socket: RawSocket | undefined;
  {
    await using second = await open(toy);
    assert.deepEqual(await rows(second.stack), [1, 2, 7]);
    const sql = postgres(second.stack.info.db_url, { max: 1, onnotice: () => {} });
    await sql`select realtime.send('{}', 'e', 't') from realtime.messages limit 0`;
    await sql.end();
    socket = await openRawSocket(second.stack.info, { vsn: "2.0.0" });
    assert.ok(second.lines.includes("migration 20260102000000_add_one"), second.lines.join("\n"));
  }
  await socket.closed();
  const broken = "supabase/migrations/20260103000000_add_broken.sql";
  await toy.write(broken, "create table public.two ();\ncreate tabel public.three ();");
  await assert.rejects(start(toy, []), /add_broken\.sql: [^]*tabel[^]*line 2[^]*--fresh/);
  await Deno.remove(`${toy.root}/${broken}`);
  await toy.write(added, "create table public.two ();");
  await assert.rejects(start(toy, []), /20260102000000_add_one\.sql has changed[^]*--fresh/);
  await Deno.remove(`${toy.root}/${added}`);
  await using fresh = await open(toy, { fresh: true });
  assert.deepEqual(await rows(fresh.stack), [1, 2]);
});

Deno.test({
  name: "the stack on a PostgreSQL server",
  ignore: TEST_SERVER === "none",
  fn: async (t) => {
    await using toy = await makeToyProject();
    const name = `stack_test_${crypto.randomUUID().slice(0, 8)}`;
    const admin = postgres(TEST_SERVER, { max: 1, onnotice: () => {} });
    await admin`create database ${admin(name)}`;
    const url = new URL(TEST_SERVER);
    url.pathname = `/${name}`;
    try {
      await using running = await open(toy, { env: { DATABASE_URL: url.href } });
      assert.equal(running.stack.info.db_url, url.href);
      await checkRoles(t, running.stack);
      await t.step("leaves the grants as the migrations made them", async () => {
        const sql = postgres(url.href, { max: 1 });
        const grants = await sql`
          select grantee from information_schema.role_table_grants
          where table_schema = 'mobility' and grantee in ('anon', 'authenticated', 'service_role')`;
        await sql.end();
        assert.equal(grants.length, 0);
      });
    } finally {
      await admin`drop database ${admin(name)} with (force)`;
      await admin.end();
    }
  },
});

async function checkRoles(t: Deno.TestContext, stack: Stack): Promise<void> {
  const { info } = stack;

  await t.step("runs each key as its role, sent by supabase-js", async () => {
    for (
      const [key, role] of [
        [info.publishable_key, "anon"],
        [info.anon_key, "anon"],
        [info.secret_key, "service_role"],
        [info.service_role_key, "service_role"],
      ] as const
    ) {
      const answer = await who(client(stack, key));
      assert.equal(answer.role, role);
      assert.equal(answer.claims["role"], role);
      assert.equal(answer.method, "POST");
      assert.equal(answer.metres, 0);
    }
  });

  await t.step(
    "runs a user's token as authenticated, with its claims, under the policies",
    async () => {
      const ann = client(stack, info.publishable_key, await userToken(stack, "ann"));
      const answer = await who(ann);
      assert.equal(answer.role, "authenticated");
      assert.equal(answer.sub, "ann");
      assert.equal(answer.claims["extra"], "kept");
      const { data } = await ann.from("note").select("id");
      assert.deepEqual(data, [{ id: 1 }]);
    },
  );

  await t.step("lets nobody do what was not granted", async () => {
    const anon = await client(stack, info.publishable_key).rpc("owner_only");
    assert.equal(anon.error?.code, "42501");
    assert.equal(anon.status, 401);
    const user = client(stack, info.publishable_key, await userToken(stack, "ann"));
    assert.equal((await user.rpc("owner_only")).status, 403);
    assert.equal((await client(stack, info.secret_key).rpc("owner_only")).data, 1);
    const keyless = await fetch(`${info.rest_url}/rpc/owner_only`, { method: "POST", body: "{}" });
    assert.equal(keyless.status, 401);
    await keyless.body?.cancel();
    const hidden = await client(stack, info.secret_key).schema("mobility").from("secret").select();
    assert.equal(hidden.status, 406);
  });

  await t.step("writes times and numbers as PostgREST does", async () => {
    const { data } = await client(stack, info.secret_key).rpc("moment");
    assert.deepEqual(data, [{ at: "2026-01-02T03:04:05.5+00:00", amount: 1.5 }]);
  });

  await t.step("learns of new functions from notify pgrst, as PostgREST does", async () => {
    const supabase = client(stack, info.secret_key);
    assert.equal((await supabase.rpc("newcomer")).error?.code, "PGRST202");
    const sql = postgres(info.db_url, { max: 1, onnotice: () => {} });
    await sql`create function public.newcomer() returns int language sql as 'select 5'`;
    await sql`grant execute on function public.newcomer() to service_role`;
    await sql`notify pgrst, 'reload schema'`;
    await sql.end();
    await until(async () => (await supabase.rpc("newcomer")).data === 5);
  });

  await t.step("passes on the errors that functions raise", async () => {
    const { status, error } = await client(stack, info.secret_key).rpc("refuse");
    assert.equal(status, 409);
    assert.equal(error?.code, "PT409");
    assert.equal(error?.message, "taken");
    const failed = await client(stack, info.secret_key).rpc("fail");
    assert.deepEqual([failed.status, failed.error?.code], [400, "P0001"]);
    const unknown = await client(stack, info.secret_key).rpc("no_such_function");
    assert.equal(unknown.error?.code, "PGRST202");
  });
}

async function checkFunctions(
  t: Deno.TestContext,
  { stack, lines }: { stack: Stack; lines: readonly string[] },
): Promise<void> {
  const functions = stack.info.functions_url;

  await t.step(
    "a function sees its own path, the body and what it is configured with",
    async () => {
      const response = await fetch(`${functions}/open/a/b?c=1`, { method: "PUT", body: "hello" });
      assert.equal(response.headers.get("x-toy"), "yes");
      const echo = echoSchema.parse(await response.json());
      assert.deepEqual([echo.method, echo.path, echo.body], ["PUT", "/open/a/b?c=1", "hello"]);
      assert.equal(echo.env["SUPABASE_URL"], stack.url);
      assert.equal(echo.env["SUPABASE_SECRET_KEYS"], `{"default":"${stack.info.secret_key}"}`);
      assert.equal(echo.env["UPSTASH_REDIS_REST_URL"], stack.info.redis_rest_url);
      assert.equal(echo.env["WHATSAPP_GRAPH_URL"], `${stack.info.graph_url}/v26.0`);
      assert.equal(echo.env["WHATSAPP_APP_SECRET"], stack.info.whatsapp_app_secret);
      assert.equal(echo.env["WHATSAPP_VERIFY_TOKEN"], stack.info.whatsapp_verify_token);
      assert.equal(echo.env["MOBILITY_TRIP_PAGE_URL"], `${stack.url}/trip`);
      assert.equal(echo.env["WHATSAPP_PHONE_NUMBER_ID"], "42");
      assert.equal(echo.env["TOY_SETTING"], "from-dot-env");
      assert.equal(echo.env["TOY_OTHER"], "from-the-caller");
      const redirect = await fetch(`${functions}/open/redirect`, { redirect: "manual" });
      assert.equal(redirect.status, 303);
      await redirect.body?.cancel();
    },
  );

  await t.step(
    "verify_jwt lets only the project's tokens through, and every preflight",
    async () => {
      const call = async (authorization?: string): Promise<number> => {
        const response = await fetch(`${functions}/guarded/x`, {
          headers: authorization === undefined ? {} : { authorization },
        });
        await response.body?.cancel();
        return response.status;
      };
      assert.equal(await call(), 401);
      assert.equal(await call(`Bearer ${stack.info.secret_key}`), 401);
      assert.equal(await call(`Bearer ${stack.info.anon_key}`), 200);
      assert.equal(await call(`Bearer ${await userToken(stack, "ann")}`), 200);
      const preflight = await fetch(`${functions}/guarded/x`, { method: "OPTIONS" });
      assert.equal(echoSchema.parse(await preflight.json()).method, "OPTIONS");
    },
  );

  await t.step("a name that is no function gets 404 with those that are", async () => {
    const response = await fetch(`${functions}/nope/x`);
    assert.equal(response.status, 404);
    assert.match(await response.text(), /guarded, missing, open/);
    const missing = await fetch(`${functions}/missing/x`);
    assert.equal(missing.status, 503);
    await missing.body?.cancel();
  });

  await t.step("a function that crashes answers 503 and is started again", async () => {
    const before = stack.functionPids()["open"];
    await (await fetch(`${functions}/open/crash`)).body?.cancel();
    await until(async () => {
      const response = await fetch(`${functions}/open/x`);
      const text = await response.text();
      return response.status === 503 && text.includes("BOOT_ERROR");
    });
    await until(async () => {
      const response = await fetch(`${functions}/open/x`);
      await response.body?.cancel();
      return response.status === 200;
    });
    assert.notEqual(stack.functionPids()["open"], before);
    assert.ok(lines.some((line) => line.includes('function "open" ended (exit code 3)')));
  });

  await t.step(
    "rest answers preflights without a key; realtime wants one, and sign-in says what is missing",
    async () => {
      const preflight = await fetch(`${stack.info.rest_url}/rpc/who`, {
        method: "OPTIONS",
        headers: {
          origin: "http://localhost:3000",
          "access-control-request-method": "POST",
          "access-control-request-headers": "apikey,content-type",
        },
      });
      assert.equal(preflight.status, 200);
      assert.equal(preflight.headers.get("access-control-allow-origin"), "*");
      assert.equal(preflight.headers.get("access-control-allow-headers"), "apikey,content-type");
      await preflight.body?.cancel();
      for (
        const [path, status] of [
          ["/auth/v1/.well-known/jwks.json", 200],
          ["/auth/v1/signup", 501],
          ["/realtime/v1/websocket", 401],
          ["/_system/config", 404],
          ["/", 404],
        ] as const
      ) {
        const response = await fetch(`${stack.url}${path}`);
        await response.body?.cancel();
        assert.equal(response.status, status, path);
      }
    },
  );
}

interface Running extends AsyncDisposable {
  readonly stack: Stack;
  readonly lines: readonly string[];
}

interface OpenOptions {
  readonly fresh?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

async function open(toy: ToyProject, options: OpenOptions = {}): Promise<Running> {
  const lines: string[] = [];
  const stack = await start(toy, lines, options);
  return { stack, lines, [Symbol.asyncDispose]: () => stack.close() };
}

async function start(
  toy: ToyProject,
  lines: string[],
  { fresh = false, env = {} }: OpenOptions = {},
): Promise<Stack> {
  return await startStack({
    root: toy.root,
    data: `${toy.root}/.stack`,
    portsFrom: freePorts(8),
    fresh,
    env: { TOY_OTHER: "from-the-caller", ...env },
    jobs: [
      { name: "tick", rpc: "tick_tock", every_s: 0.2 },
      { name: "absent", rpc: "absent", every_s: 0.2 },
    ],
    onProgress: (line) => lines.push(line),
    onLog: (line) => lines.push(line),
  });
}

function client(stack: Stack, key: string, token?: string): SupabaseClient {
  return createClient(stack.url, key, {
    auth: { persistSession: false, autoRefreshToken: false },
    global: token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
  });
}

async function who(supabase: SupabaseClient): Promise<z.infer<typeof whoSchema>> {
  const { data, error } = await supabase.rpc("who");
  assert.equal(error, null);
  return whoSchema.parse(data);
}

async function rows(stack: Stack): Promise<number[]> {
  const { data } = await client(stack, stack.info.secret_key).from("note").select("id").order("id");
  return z.array(z.object({ id: z.number() })).parse(data).map(({ id }) => id);
}

async function userToken(stack: Stack, sub: string): Promise<string> {
  return await new SignJWT({ sub, role: "authenticated", extra: "kept" })
    .setProtectedHeader({ alg: "HS256" }).setExpirationTime("5 minutes")
    .sign(jwtSecretBytes(stack.info.jwt_secret));
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!await condition()) {
    assert.ok(performance.now() < deadline, "it did not happen within 10 s");
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
