import type { Entry, Journal } from "./journal.ts";

/** Where a stream begins, and what ends it. */
export interface EventStreamOptions {
  /** The reader's `Last-Event-ID`. */
  readonly lastEventId: string | null;
  /** Tells this run of the stand-in from the one before it, whose numbers mean nothing here. */
  readonly run: string;
  readonly signal: AbortSignal;
}

const KEEP_ALIVE_MS = 15_000;

/**
 * The journal as server-sent events, from its beginning or from where the reader was. A reader who has seen
 * another run of the stand-in is first told `reset`; `ready` follows what happened before.
 */
export function eventStream(
  journal: Journal,
  { lastEventId, run, signal }: EventStreamOptions,
): Response {
  const encoder = new TextEncoder();
  const [seenRun, seen] = lastEventId?.split(":") ?? [];
  const after = seenRun === run ? Number(seen) : 0;
  let stop = (): void => {};
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller): void {
      const write = (text: string): void => controller.enqueue(encoder.encode(text));
      const tell = (entry: Entry): void =>
        write(`id: ${run}:${entry.n}\ndata: ${JSON.stringify(entry)}\n\n`);
      const unlisten = journal.listen(tell);
      const timer = setInterval(() => write(": still here\n\n"), KEEP_ALIVE_MS);
      stop = (): void => {
        unlisten();
        clearInterval(timer);
        signal.removeEventListener("abort", end);
      };
      const end = (): void => {
        stop();
        controller.close();
      };
      signal.addEventListener("abort", end);
      write("retry: 1000\n\n");
      if (lastEventId !== null && seenRun !== run) write("event: reset\ndata: {}\n\n");
      journal.after(after).forEach(tell);
      write("event: ready\ndata: {}\n\n");
      if (signal.aborted) end();
    },
    cancel: () => stop(),
  });
  return new Response(stream, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
  });
}
