const encoder = new TextEncoder();
const decoder = new TextDecoder();
const RETURN = 0x0d;

/** A command in Redis's protocol (RESP2). */
export function respCommand(words: readonly (string | number)[]): Uint8Array<ArrayBuffer> {
  const parts = words.map((word) => {
    const text = String(word);
    return `$${encoder.encode(text).length}\r\n${text}\r\n`;
  });
  return encoder.encode(`*${words.length}\r\n${parts.join("")}`);
}

/** Where the reply at the start of some bytes ends; undefined while it is not whole. */
export function replyEnd(bytes: Uint8Array, from = 0): number | undefined {
  const lineEnd = bytes.indexOf(RETURN, from);
  if (lineEnd < 0 || lineEnd + 2 > bytes.length) return undefined;
  const after = lineEnd + 2;
  const kind = String.fromCharCode(bytes[from] ?? 0);
  if (kind === "$") {
    const length = Number(decoder.decode(bytes.subarray(from + 1, lineEnd)));
    const end = length < 0 ? after : after + length + 2;
    return end > bytes.length ? undefined : end;
  }
  if (kind !== "*") return after;
  let end: number | undefined = after;
  const items = Number(decoder.decode(bytes.subarray(from + 1, lineEnd)));
  for (let item = 0; item < items && end !== undefined; item++) end = replyEnd(bytes, end);
  return end;
}
