/** A client's broadcast in binary form (kind 3). */
export interface UserPush {
  readonly join_ref: string | null;
  readonly ref: string | null;
  readonly topic: string;
  readonly event: string;
  readonly encoding: "json" | "binary";
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A frame that this protocol does not have. */
export class FrameError extends Error {
  override name = "FrameError";
}

const USER_BROADCAST_PUSH = 3;
const USER_BROADCAST = 4;
const JSON_ENCODING = 1;
const MOST_BYTES = 255;

/**
 * Reads kind 3: the lengths of join_ref, ref, topic, event and metadata, the payload's encoding, then those
 * strings and the payload. Metadata asks for storing, which the relay does not do.
 * @throws {FrameError}
 */
export function decodeUserPush(frame: Uint8Array<ArrayBuffer>): UserPush {
  const [kind, ...header] = frame.subarray(0, 7);
  const [joinRef = 0, ref = 0, topic = 0, event = 0, metadata = 0, encoding = 0] = header;
  const payload = 7 + joinRef + ref + topic + event + metadata;
  if (kind !== USER_BROADCAST_PUSH || header.length < 6 || frame.length < payload) {
    throw new FrameError("Not a broadcast in binary form");
  }
  let offset = 7;
  const text = (length: number): string => {
    offset += length;
    return new TextDecoder().decode(frame.subarray(offset - length, offset));
  };
  return {
    join_ref: text(joinRef) || null,
    ref: text(ref) || null,
    topic: text(topic),
    event: text(event),
    encoding: encoding === JSON_ENCODING ? "json" : "binary",
    bytes: frame.slice(payload),
  };
}

/**
 * Writes kind 4: the lengths of topic, event and metadata, the encoding, then the strings and the payload.
 * Undefined when topic or event is longer than 255 bytes, which the form cannot hold.
 */
export function encodeUserBroadcast(
  topic: string,
  { event, encoding, bytes }: Pick<UserPush, "event" | "encoding" | "bytes">,
): Uint8Array<ArrayBuffer> | undefined {
  const [topicBytes, eventBytes] = [topic, event].map((text) => new TextEncoder().encode(text));
  if (topicBytes === undefined || eventBytes === undefined) return undefined;
  if (topicBytes.length > MOST_BYTES || eventBytes.length > MOST_BYTES) return undefined;
  const frame = new Uint8Array(5 + topicBytes.length + eventBytes.length + bytes.length);
  frame.set([
    USER_BROADCAST,
    topicBytes.length,
    eventBytes.length,
    0,
    encoding === "json" ? JSON_ENCODING : 0,
  ]);
  frame.set(topicBytes, 5);
  frame.set(eventBytes, 5 + topicBytes.length);
  frame.set(bytes, 5 + topicBytes.length + eventBytes.length);
  return frame;
}
