// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />

/** @typedef {import("./types.js").Phone} Phone */

const KEY = "mobility.simulator.phones";
/** Numbers of +250 70 belong to no operator: a message that went astray would reach nobody. */
const PREFIX = "250709";

/** @type {readonly Phone[]} */
const FIRST = [
  {
    id: "passenger",
    role: "passenger",
    name: "Aline Uwase",
    phone: `${PREFIX}000001`,
    whatsapp_user_id: "RW.7090000000000000001",
    at: { lat: -1.9547, lng: 30.0936 },
  },
  {
    id: "driver",
    role: "driver",
    name: "Eric Habimana",
    phone: `${PREFIX}000002`,
    whatsapp_user_id: "RW.7090000000000000002",
    at: { lat: -1.9581, lng: 30.0982 },
  },
];

const FIRST_NAMES = [
  "Ange",
  "Chantal",
  "Claudine",
  "Diane",
  "Divine",
  "Emmanuel",
  "Fabrice",
  "Gisèle",
  "Innocent",
  "Jean Bosco",
  "Jean Claude",
  "Josiane",
  "Olivier",
  "Pacifique",
  "Solange",
  "Théogène",
];
const LAST_NAMES = [
  "Bizimana",
  "Gasana",
  "Ingabire",
  "Kayitesi",
  "Mugisha",
  "Mukamana",
  "Ndayisaba",
  "Niyonzima",
  "Nkurunziza",
  "Nshimiyimana",
  "Rukundo",
  "Umutoni",
  "Uwimana",
];

/**
 * The phones that were on the screen the last time, or a passenger's and a driver's.
 * @returns {Phone[]}
 */
export function loadPhones() {
  try {
    /** @type {unknown} */
    const saved = JSON.parse(localStorage.getItem(KEY) ?? "null");
    if (Array.isArray(saved) && saved.every(isPhone)) {
      const roles = new Set(saved.map(({ role }) => role));
      if (roles.size === 2) return saved;
    }
  } catch {
    // Nothing that this page wrote: it begins anew.
  }
  return structuredClone([...FIRST]);
}

/** @param {readonly Phone[]} phones */
export function savePhones(phones) {
  localStorage.setItem(KEY, JSON.stringify(phones));
}

/**
 * Somebody new, not far from a point.
 * @param {"passenger" | "driver"} role
 * @param {import("./types.js").Point} near
 * @returns {Phone}
 */
export function newPhone(role, near) {
  const number = String(Math.floor(Math.random() * 900_000) + 100_000);
  return {
    id: crypto.randomUUID(),
    role,
    name: `${pick(FIRST_NAMES)} ${pick(LAST_NAMES)}`,
    phone: PREFIX + number,
    whatsapp_user_id: `RW.7090000000000${number}`,
    at: { lat: near.lat + spread(), lng: near.lng + spread() },
  };
}

/**
 * The number as people write it, +250 709 000 001, or else the business-scoped id.
 * @param {{ phone: string | null, whatsapp_user_id: string | null }} whose
 * @returns {string}
 */
export function addressOf({ phone, whatsapp_user_id }) {
  if (phone === null) return whatsapp_user_id ?? "";
  return `+${phone.replace(/(\d{3})(?=\d)/g, "$1 ")}`;
}

/**
 * How to call somebody of whom perhaps only an address is known.
 * @param {{ name: string | null, phone: string | null, whatsapp_user_id: string | null }} whose
 * @returns {string}
 */
export function nameOf(whose) {
  return whose.name ?? `…${addressOf(whose).slice(-4)}`;
}

/**
 * @param {readonly string[]} names
 * @returns {string}
 */
function pick(names) {
  return names[Math.floor(Math.random() * names.length)] ?? "";
}

/** @returns {number} Degrees: half a kilometre at most, this way or that. */
function spread() {
  return (Math.random() - 0.5) * 0.009;
}

/**
 * @param {unknown} value
 * @returns {value is Phone}
 */
function isPhone(value) {
  if (typeof value !== "object" || value === null) return false;
  const { id, role, name, phone, whatsapp_user_id, at } = /** @type {Record<string, unknown>} */ (
    value
  );
  const isText = (/** @type {unknown} */ text) => text === null || typeof text === "string";
  return typeof id === "string" && (role === "passenger" || role === "driver") &&
    isText(name) && isText(phone) && isText(whatsapp_user_id) &&
    typeof at === "object" && at !== null && "lat" in at && typeof at.lat === "number" &&
    "lng" in at && typeof at.lng === "number";
}
