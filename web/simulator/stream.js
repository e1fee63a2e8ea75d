// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />

/** @typedef {import("./types.js").Entry} Entry */

const KINDS = ["person", "inbound", "outbound", "status", "seen", "webhook"];

/**
 * What to do with what the stream tells.
 * @typedef {object} Listener
 * @property {(entry: Entry) => void} entry
 * @property {() => void} reset Another run of the stand-in: everything before is forgotten.
 * @property {() => void} ready Everything that happened before has been told.
 * @property {(connected: boolean) => void} connection
 */

/**
 * Listens to the stand-in's journal for as long as the page is open; connects again by itself.
 * @param {Listener} listener
 */
export function listen(listener) {
  const source = new EventSource("api/events");
  source.addEventListener("open", () => listener.connection(true));
  source.addEventListener("reset", () => listener.reset());
  source.addEventListener("ready", () => listener.ready());
  source.addEventListener("message", (event) => {
    const entry = readEntry(String(Reflect.get(event, "data")));
    if (entry !== undefined) listener.entry(entry);
  });
  source.addEventListener("error", () => {
    listener.connection(false);
    if (source.readyState !== EventSource.CLOSED) return;
    // A browser gives up for good when it is answered with an error, as while the stack starts.
    setTimeout(() => listen(listener), 1_000);
  });
}

/**
 * @param {string} text
 * @returns {Entry | undefined}
 */
function readEntry(text) {
  /** @type {unknown} */
  const value = JSON.parse(text);
  return isEntry(value) ? value : undefined;
}

/**
 * The stand-in is of the same version as this page: the kind says what else is there.
 * @param {unknown} value
 * @returns {value is Entry}
 */
function isEntry(value) {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  return KINDS.includes(String(value.kind)) && "person" in value &&
    typeof value.person === "string";
}
