import { createHmac } from "node:crypto";
import { z } from "zod";
import type { Settings } from "../settings.ts";

/** A request to what was just deployed, which changes nothing, and what must come back. */
export interface SmokeTest {
  readonly id: string;
  /** Method and path, without secrets. */
  readonly request: string;
  /** Where to look when it does not pass. */
  readonly lookAt: string;
  /** Undefined when all is well, else what was wrong. */
  run(): Promise<string | undefined>;
}

const DEADLINE_MS = 15_000;
const EMPTY_WEBHOOK = '{"object":"whatsapp_business_account","entry":[]}';
const health = z.object({ status: z.string() });

interface Call {
  readonly method?: "GET" | "POST";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** All that is asked of a fresh deployment. */
export function smokeTests(
  settings: Settings,
  { apiUrl, secretKey, functions }: {
    readonly apiUrl: string;
    readonly secretKey: string;
    readonly functions: readonly string[];
  },
): SmokeTest[] {
  const call = (request: Call): Promise<Response> =>
    callFunction(`${apiUrl}/functions/v1`, request);
  return [
    ...functions.map((name) => healthTest(name, call)),
    ...webhookTests(settings, call),
    metricsTest(settings, { call, secretKey }),
    searchTest(call, secretKey),
  ];
}

type Caller = (request: Call) => Promise<Response>;

function healthTest(name: string, call: Caller): SmokeTest {
  const path = `/${name}/health`;
  return {
    id: `health-${name}`,
    request: `GET ${path}`,
    lookAt: `the logs of the function ${name}: it names the variable or module it lacks`,
    run: async () => {
      const response = await call({ path });
      const text = await response.text();
      if (response.status !== 200) return `status ${response.status}: ${text.slice(0, 200)}`;
      const answer = health.safeParse(parseJson(text));
      return answer.success ? undefined : `it answered ${text.slice(0, 200)}`;
    },
  };
}

function webhookTests({ functionVariables }: Settings, call: Caller): SmokeTest[] {
  const secret = functionVariables["WHATSAPP_APP_SECRET"] ?? "";
  const token = functionVariables["WHATSAPP_VERIFY_TOKEN"] ?? "";
  const subscribe = async (given: string): Promise<{ status: number; text: string }> => {
    const query = new URLSearchParams({
      "hub.mode": "subscribe",
      "hub.verify_token": given,
      "hub.challenge": "42",
    });
    const response = await call({ path: `/whatsapp-webhook?${query}` });
    return { status: response.status, text: await response.text() };
  };
  const post = async (key: string): Promise<number> => {
    const signature = createHmac("sha256", key).update(EMPTY_WEBHOOK).digest("hex");
    const response = await call({
      method: "POST",
      path: "/whatsapp-webhook",
      headers: {
        "content-type": "application/json",
        "x-hub-signature-256": `sha256=${signature}`,
      },
      body: EMPTY_WEBHOOK,
    });
    await response.body?.cancel();
    return response.status;
  };
  const lookAt = "the secret in the env file and in the Meta app's settings: they must be the same";
  return [
    {
      id: "webhook-verifies",
      request: "GET /whatsapp-webhook?hub.mode=subscribe, the right token",
      lookAt: `WHATSAPP_VERIFY_TOKEN: ${lookAt}`,
      run: async () => {
        const { status, text } = await subscribe(token);
        return status === 200 && text === "42" ? undefined : `status ${status}`;
      },
    },
    {
      id: "webhook-refuses-token",
      request: "GET /whatsapp-webhook?hub.mode=subscribe, a wrong token",
      lookAt: "shared/webhook/verify-subscription.ts: anybody could take the webhook over",
      run: async () => {
        const { status } = await subscribe(`${token}x`);
        return status === 403 ? undefined : `status ${status}, expected 403`;
      },
    },
    {
      id: "webhook-takes-signed",
      request: "POST /whatsapp-webhook, empty and signed",
      lookAt: `WHATSAPP_APP_SECRET: ${lookAt}; then the function's logs`,
      run: async () => {
        const status = await post(secret);
        return status === 200 ? undefined : `status ${status}, expected 200`;
      },
    },
    {
      id: "webhook-refuses-unsigned",
      request: "POST /whatsapp-webhook, signed with another secret",
      lookAt: "shared/whatsapp/signature.ts: anybody could speak for anybody",
      run: async () => {
        const status = await post(`${secret}x`);
        return status === 401 ? undefined : `status ${status}, expected 401`;
      },
    },
  ];
}

function metricsTest(
  { functionVariables, metricsUrl }: Settings,
  { call, secretKey }: { call: Caller; secretKey: string },
): SmokeTest {
  const token = functionVariables["METRICS_TOKEN"];
  return {
    id: "metrics",
    request: `GET ${metricsUrl ?? "/metrics"}`,
    lookAt: "METRICS_TOKEN and UPSTASH_REDIS_REST_URL: without Redis nothing is counted",
    run: async () => {
      const headers = token === undefined
        ? { apikey: secretKey }
        : { authorization: `Bearer ${token}` };
      const response = await call({ path: "/metrics", headers });
      const text = await response.text();
      if (response.status !== 200) return `status ${response.status}`;
      return text.includes("mobility_") ? undefined : "it has no metric of ours";
    },
  };
}

function searchTest(call: Caller, secretKey: string): SmokeTest {
  return {
    id: "search",
    request: "POST /matching/find-nearby, read-only",
    lookAt:
      "SUPABASE_SECRET_KEY (is it this project's?), then the migrations and the logs of matching",
    run: async () => {
      const response = await call({
        method: "POST",
        path: "/matching/find-nearby",
        headers: { apikey: secretKey, "content-type": "application/json" },
        body: JSON.stringify({ lat: -1.9441, lng: 30.0619, vehicle_type: "moto", limit: 1 }),
      });
      const text = await response.text();
      return response.status === 200
        ? undefined
        : `status ${response.status}: ${text.slice(0, 200)}`;
    },
  };
}

async function callFunction(base: string, { path, method = "GET", headers, body }: Call): Promise<
  Response
> {
  return await fetch(`${base}${path}`, {
    method,
    headers: { ...headers },
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
