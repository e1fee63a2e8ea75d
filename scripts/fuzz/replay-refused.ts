import { z } from "zod";

const archive = z.object({
  log: z.object({
    entries: z.array(z.object({
      request: z.object({
        method: z.string(),
        url: z.string(),
        headers: z.array(z.object({ name: z.string(), value: z.string() })),
        postData: z.object({ text: z.string() }).nullish(),
      }),
      response: z.object({ status: z.number() }),
    })),
  }),
});

/** A request with its answer. */
export type Entry = z.infer<typeof archive>["log"]["entries"][number];

/** What the archive does not keep, or fetch() sets by itself. */
const LEFT_OUT = [
  "apikey",
  "authorization",
  "host",
  "content-length",
  "connection",
  "accept-encoding",
];

/** Whether a request could change something, and was turned away for what it said. */
function wasRefused({ request, response }: Entry): boolean {
  return request.method !== "GET" && request.method !== "HEAD" && request.method !== "OPTIONS" &&
    request.method !== "TRACE" && response.status >= 400 && response.status < 500 &&
    response.status !== 429;
}

/** A request of the archive. */
export type SentRequest = Entry["request"];

/** What an HTTP archive has. @throws {z.ZodError} */
export async function readArchive(file: string): Promise<Entry[]> {
  return archive.parse(JSON.parse(await Deno.readTextFile(file))).log.entries;
}

/** The requests that were refused for what they said. */
export function refusedOf(entries: readonly Entry[]): SentRequest[] {
  return entries.filter(wasRefused).map(({ request }) => request);
}

/** How often each status was answered. */
export function countStatuses(entries: readonly Entry[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { response: { status } } of entries.toSorted(byStatus)) {
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

function byStatus(a: Entry, b: Entry): number {
  return a.response.status - b.response.status;
}

/** Sends requests once more, one after the other, and answers with those that are refused again. */
export async function sendAgain(
  requests: readonly SentRequest[],
  key: string,
): Promise<SentRequest[]> {
  const refused: SentRequest[] = [];
  for (const request of requests) {
    const response = await send(request, key);
    await response?.body?.cancel();
    // What it asked for may have become possible meanwhile.
    if (response !== undefined && !response.ok) refused.push(request);
  }
  return refused;
}

/** Undefined for what fetch() cannot send: another client could. */
async function send(request: SentRequest, key: string): Promise<Response | undefined> {
  try {
    const headers = new Headers({ apikey: key });
    for (const { name, value } of request.headers) {
      if (!LEFT_OUT.includes(name.toLowerCase())) headers.append(name, value);
    }
    return await fetch(request.url, {
      method: request.method,
      headers,
      body: request.postData?.text ?? null,
      redirect: "manual",
    });
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
