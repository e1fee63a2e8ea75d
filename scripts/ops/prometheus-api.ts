import { z } from "zod";

const sample = z.object({
  metric: z.record(z.string(), z.string()),
  value: z.tuple([z.number(), z.string()]),
});
const queryAnswer = z.object({
  data: z.discriminatedUnion("resultType", [
    z.object({ resultType: z.literal("vector"), result: z.array(sample) }),
    z.object({ resultType: z.literal("scalar"), result: z.tuple([z.number(), z.string()]) }),
  ]),
});
const ruleList = z.object({
  data: z.object({
    groups: z.array(z.object({
      rules: z.array(z.object({
        name: z.string(),
        type: z.enum(["alerting", "recording"]),
        query: z.string(),
        health: z.string(),
        lastError: z.string().optional(),
        state: z.string().optional(),
      })),
    })),
  }),
});
const alertList = z.object({
  data: z.object({
    alerts: z.array(z.object({
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()),
      state: z.enum(["pending", "firing"]),
      activeAt: z.string(),
    })),
  }),
});
const targetList = z.object({
  data: z.object({
    activeTargets: z.array(z.object({
      labels: z.record(z.string(), z.string()),
      scrapeUrl: z.string(),
      health: z.enum(["up", "down", "unknown"]),
      lastError: z.string(),
      lastScrape: z.string(),
    })),
  }),
});
const refusal = z.object({ error: z.string() });

/** One series of an answer and its value now. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a rule is, and how its last evaluation went. */
export type LoadedRule = z.infer<typeof ruleList>["data"]["groups"][number]["rules"][number];

/** An alert that is pending or firing. */
export type ActiveAlert = z.infer<typeof alertList>["data"]["alerts"][number];

/** The HTTP API of a Prometheus. */
export class PrometheusApi {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** The series of an expression, now. @throws {Error} with Prometheus's own words when it refuses */
  async query(expression: string): Promise<Sample[]> {
    const { data } = await this.#get(`query?${new URLSearchParams({ query: expression })}`, {
      schema: queryAnswer,
    });
    if (data.resultType === "scalar") return [{ labels: {}, value: Number(data.result[1]) }];
    return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  /** Every rule that is loaded. */
  async rules(): Promise<LoadedRule[]> {
    const { data } = await this.#get("rules", { schema: ruleList });
    return data.groups.flatMap(({ rules }) => rules);
  }

  async alerts(): Promise<ActiveAlert[]> {
    return (await this.#get("alerts", { schema: alertList })).data.alerts;
  }

  /** What is scraped, and how that goes. */
  async targets(): Promise<z.infer<typeof targetList>["data"]["activeTargets"]> {
    return (await this.#get("targets?state=active", { schema: targetList })).data.activeTargets;
  }

  async #get<T>(path: string, { schema }: { readonly schema: z.ZodType<T> }): Promise<T> {
    const response = await fetch(`${this.#url}/api/v1/${path}`, {
      signal: AbortSignal.timeout(20_000),
    });
    const body: unknown = await response.json();
    if (response.ok) return schema.parse(body);
    const reason = refusal.safeParse(body).data?.error ?? `HTTP ${response.status}`;
    throw new Error(`Prometheus refuses ${decodeURIComponent(path)}: ${reason}`);
  }
}
