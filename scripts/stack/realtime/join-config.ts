import { z } from "zod";

/** What a client asks for when it joins; what is not understood counts as not asked for. */
export type JoinConfig = z.infer<typeof configSchema>;

const flag = z.boolean().catch(false).default(false);
const broadcast = z.object({
  ack: flag,
  self: flag,
  replication_ready: flag,
  replay: z.object({
    since: z.number().int().catch(0).default(0),
    limit: z.number().int().catch(10).default(10),
  }).optional().catch(undefined),
});
const configSchema = z.object({
  private: flag,
  broadcast: broadcast.prefault({}).catch(broadcast.parse({})),
  presence: z.object({ enabled: z.boolean().catch(true).default(true) }).prefault({})
    .catch({ enabled: true }),
  postgres_changes: z.array(z.record(z.string(), z.unknown())).catch([]).default([]),
});
const joinSchema = z.object({
  config: configSchema.prefault({}).catch(configSchema.parse({})),
  access_token: z.string().optional().catch(undefined),
});
const tokenSchema = z.object({ access_token: z.string() });

/** Reads the payload of a join. */
export function readJoin(payload: unknown): { config: JoinConfig; access_token?: string } {
  const { config, access_token } = joinSchema.catch(joinSchema.parse({})).parse(payload);
  return { config, ...isToken(access_token) ? { access_token } : {} };
}

/** The token of an `access_token` message; undefined when there is none to read. */
export function readNewToken(payload: unknown): string | undefined {
  const { data } = tokenSchema.safeParse(payload);
  return isToken(data?.access_token) ? data?.access_token : undefined;
}

/** Clients send their API key when they have no token: it says nothing that the connection does not know. */
function isToken(text: string | undefined): text is string {
  return text !== undefined && !text.startsWith("sb_");
}
