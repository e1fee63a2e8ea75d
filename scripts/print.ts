const encoder = new TextEncoder();

/** Writes one line of a script's result to standard output. */
export function print(line: string): void {
  writeAll(Deno.stdout, line);
}

/** Writes one line of progress or advice to standard error, so that results can be piped. */
export function report(line: string): void {
  writeAll(Deno.stderr, line);
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, line: string): void {
  let bytes = encoder.encode(line + "\n");
  while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
}
