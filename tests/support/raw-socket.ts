import type { StackInfo } from "../../scripts/stack/running.ts";

/** A WebSocket to Realtime whose frames a test writes and reads itself. */
export interface RawSocket {
  /** Sends one text frame. */
  send(frame: unknown): void;
  /** The next text frame that arrives, parsed; waits 10 s at most. */
  next(): Promise<unknown>;
  /** Waits until the server has closed it. */
  closed(): Promise<void>;
  close(): void;
}

/** Opens a socket with a version of the protocol, as the publishable key unless told otherwise. */
export async function openRawSocket(
  info: StackInfo,
  { vsn, key = info.publishable_key }: { vsn: string; key?: string },
): Promise<RawSocket> {
  const address = info.api_url.replace("http", "ws");
  const socket = new WebSocket(`${address}/realtime/v1/websocket?apikey=${key}&vsn=${vsn}`);
  const arrived: unknown[] = [];
  const waiting: ((frame: unknown) => void)[] = [];
  const ended = Promise.withResolvers<void>();
  socket.onclose = (): void => ended.resolve();
  socket.onmessage = ({ data }): void => {
    const frame: unknown = JSON.parse(String(data));
    const taker = waiting.shift();
    if (taker === undefined) arrived.push(frame);
    else taker(frame);
  };
  await new Promise<void>((resolve, reject) => {
    socket.onopen = (): void => resolve();
    socket.onerror = (): void => reject(new Error("The socket was refused"));
  });
  return {
    send: (frame) => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
    next: async () => {
      if (arrived.length > 0) return arrived.shift();
      return await within(new Promise<unknown>((resolve) => waiting.push(resolve)), "a frame");
    },
    closed: () => within(ended.promise, "the end"),
    close: () => socket.close(),
  };
}

async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited 10 s for ${what}`)), 10_000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
