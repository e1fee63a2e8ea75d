// @ts-check

/**
 * A message of Realtime's protocol 2.0.0, in either direction.
 * @typedef {object} Frame
 * @property {string | null} joinRef
 * @property {string | null} ref
 * @property {string} topic With its "realtime:".
 * @property {string} event
 * @property {unknown} payload
 */

const USER_BROADCAST = 4;
const JSON_ENCODING = 1;

/**
 * @param {Frame} frame
 * @returns {string}
 */
export function encodeFrame({ joinRef, ref, topic, event, payload }) {
  return JSON.stringify([joinRef, ref, topic, event, payload]);
}

/**
 * Reads a frame of the server's; null for one that says nothing to this page.
 * @param {unknown} data
 * @returns {Frame | null}
 */
export function decodeFrame(data) {
  try {
    if (data instanceof ArrayBuffer) return decodeBroadcast(new Uint8Array(data));
    /** @type {unknown} */
    const parts = JSON.parse(String(data));
    if (!Array.isArray(parts)) return null;
    const [joinRef, ref, topic, event, payload] = parts;
    if (typeof topic !== "string" || typeof event !== "string") return null;
    return { joinRef: textOrNull(joinRef), ref: textOrNull(ref), topic, event, payload };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * Kind 4: the lengths of topic, event and metadata, the payload's encoding, those strings, the payload. Read as
 * the text frame that would have said the same.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Frame | null}
 */
function decodeBroadcast(bytes) {
  const [kind, topicLength = 0, eventLength = 0, metaLength = 0, encoding] = bytes;
  if (kind !== USER_BROADCAST || encoding !== JSON_ENCODING) return null;
  const text = new TextDecoder();
  const topicEnd = 5 + topicLength;
  const eventEnd = topicEnd + eventLength;
  const event = text.decode(bytes.subarray(topicEnd, eventEnd));
  return {
    joinRef: null,
    ref: null,
    topic: text.decode(bytes.subarray(5, topicEnd)),
    event: "broadcast",
    payload: {
      type: "broadcast",
      event,
      payload: JSON.parse(text.decode(bytes.subarray(eventEnd + metaLength))),
    },
  };
}

/**
 * @param {unknown} value
 * @returns {string | null}
 */
function textOrNull(value) {
  return typeof value === "string" ? value : null;
}
