import type { Stage } from "./stage.ts";

/** Something that breaks for a while. */
export interface Fault {
  readonly name: string;
  /** Breaks it; gives what mends it again. */
  inject(stage: Stage): Promise<() => Promise<void>>;
}

/** Runs something every so many milliseconds until it is told to end; gives what tells it. */
export function repeat(everyMs: number, work: () => Promise<void>): () => Promise<void> {
  const stopped = Promise.withResolvers<void>();
  let isOver = false;
  const running = (async () => {
    while (!isOver) {
      await work();
      let timer: ReturnType<typeof setTimeout> | undefined;
      const next = new Promise<void>((resolve) => timer = setTimeout(resolve, everyMs));
      await Promise.race([next, stopped.promise]);
      clearTimeout(timer);
    }
  })();
  return async () => {
    isOver = true;
    stopped.resolve();
    await running;
  };
}
