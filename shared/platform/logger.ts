const levels = { debug: 0, info: 1, warn: 2, error: 3 } as const;

/** A level of the log. */
export type Level = keyof typeof levels;

/**
 * What a line may carry: codes, counts, durations and ids of requests. Never a name, a phone number, a
 * token, a message body or a position.
 */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes one JSON object a line. */
export interface Logger {
  log(level: Level, event: string, fields?: Fields): void;
}

/** A logger for one function; `write` receives each finished line. */
export function createLogger(
  functionName: string,
  options: { level: Level; write?: (line: string) => void },
): Logger {
  // The platform collects what is written to the console; the one place that does.
  // deno-lint-ignore no-console
  const write = options.write ?? ((line: string) => console.log(line));
  return {
    log(level, event, fields = {}): void {
      if (levels[level] < levels[options.level]) return;
      write(
        JSON.stringify({
          time: new Date().toISOString(),
          level,
          function: functionName,
          event,
          ...fields,
        }),
      );
    },
  };
}
