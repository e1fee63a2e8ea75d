import assert from "node:assert/strict";
import { createOutboxPump } from "../../../shared/outbox/mod.ts";
import { createPlatform, readConfig } from "../../../shared/platform/mod.ts";
import { GraphClient } from "../../../shared/whatsapp/mod.ts";

const forever = { until: Infinity, items: Infinity };
const claimed = {
  id: "0b7f9c52-5f4b-4f0d-8a3a-000000000001",
  lease: "0b7f9c52-5f4b-4f0d-8a3a-00000000000a",
  kind: "not_understood",
  params: {},
  locale: "en",
  to: { whatsapp_user_id: "RW.1", phone: "+250788000001" },
  window_open: true,
  attempts: 0,
};

/** The outbox over a database that hands out `claims` one call after another, and a Graph API. */
function scene(
  claims: unknown[][],
  more: { refuseRecords?: boolean; graph?: () => Response } = {},
): { run: () => Promise<void>; sent: unknown[]; recorded: unknown[]; lines: string[] } {
  const sent: unknown[] = [];
  const recorded: unknown[] = [];
  const lines: string[] = [];
  const answerRpc = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    if (request.url.endsWith("/claim_outbox")) return Response.json(claims.shift() ?? []);
    const body: { p_results: unknown[] } = await request.json();
    recorded.push(...body.p_results);
    return more.refuseRecords
      ? Response.json({ code: "XX000", message: "broken" }, { status: 500 })
      : Response.json({ recorded: 1 });
  };
  const platform = createPlatform("demo", {
    config: readConfig({ SUPABASE_URL: "http://x.test", SUPABASE_SERVICE_ROLE_KEY: "k" }),
    writeLog: (line) => lines.push(line),
    fetch: answerRpc,
  });
  const graph = new GraphClient({
    graphUrl: "https://graph.test/v26.0",
    phoneNumberId: "1",
    accessToken: "token",
    deadlineMs: 1000,
    fetch: async (input, init) => {
      sent.push(await new Request(input, init).json());
      return more.graph?.() ?? Response.json({ messages: [{ id: `wamid.${sent.length}` }] });
    },
  });
  const pump = createOutboxPump(platform, { graph, tripPageUrl: "https://mobility.test/trip" });
  return { sent, recorded, lines, run: () => pump.run(forever) };
}

Deno.test("createOutboxPump() sends what it claims with the row's id, and records WhatsApp's", async () => {
  const { run, sent, recorded } = scene([[claimed]]);
  await run();
  assert.equal(sent.length, 1);
  assert.match(
    JSON.stringify(sent),
    /"biz_opaque_callback_data":"outbox:0b7f9c52-.*-000000000001"/,
  );
  assert.deepEqual(recorded, [{
    id: claimed.id,
    lease: claimed.lease,
    outcome: "sent",
    message_id: "wamid.1",
  }]);
});

Deno.test("createOutboxPump() never sends again what went out and could not be recorded", async () => {
  const again = { ...claimed, lease: "0b7f9c52-5f4b-4f0d-8a3a-00000000000b", attempts: 1 };
  const { run, sent, recorded } = scene([[claimed], [again]], { refuseRecords: true });
  await run();
  assert.equal(sent.length, 1);
  assert.deepEqual(recorded.slice(-1), [{
    id: claimed.id,
    lease: again.lease,
    outcome: "sent",
    message_id: "wamid.1",
  }]);
});

Deno.test("createOutboxPump() gives up what has no words, and sends the rest", async () => {
  const odd = { ...claimed, id: "0b7f9c52-5f4b-4f0d-8a3a-000000000002", kind: "nonsense" };
  const { run, sent, recorded, lines } = scene([[odd, claimed]]);
  await run();
  assert.equal(sent.length, 1);
  assert.ok(
    JSON.stringify(recorded).includes(
      `{"outcome":"dead","error_code":null,"error_detail":"RENDER_FAILED","id":"${odd.id}"`,
    ),
  );
  assert.match(lines.join(), /"render_failed","kind":"nonsense"/);
  assert.doesNotMatch(lines.join(), /250788|RW\.1/);
});

Deno.test("createOutboxPump() gives up what has nobody to go to any more", async () => {
  const { run, sent, recorded } = scene([[{
    ...claimed,
    to: { whatsapp_user_id: null, phone: null },
  }]]);
  await run();
  assert.equal(sent.length, 0);
  assert.match(
    JSON.stringify(recorded),
    /"outcome":"dead","error_code":null,"error_detail":"no_address"/,
  );
});

Deno.test("createOutboxPump() records a refusal of WhatsApp as what it means", async () => {
  const { run, recorded } = scene([[claimed]], {
    graph: () => Response.json({ error: { code: 131047, message: "x" } }, { status: 400 }),
  });
  await run();
  assert.deepEqual(recorded, [{
    id: claimed.id,
    lease: claimed.lease,
    outcome: "template",
    error_code: 131047,
  }]);
});
