// What the modules of the simulator hand one another; there is no code here.

/**
 * A phone on the screen.
 * @typedef {object} Phone
 * @property {string} id
 * @property {"passenger" | "driver"} role
 * @property {string | null} name
 * @property {string | null} phone Digits alone.
 * @property {string | null} whatsapp_user_id
 * @property {Point} at
 */

/** @typedef {{ lat: number, lng: number }} Point */

/** @typedef {{ name: string, lat: number, lng: number, weight: number }} Place */

/**
 * Somebody the stand-in knows.
 * @typedef {object} Person
 * @property {string} key
 * @property {string | null} phone
 * @property {string | null} whatsapp_user_id
 * @property {string | null} name
 */

/**
 * What a person does, as `POST /standin/phone` takes it.
 * @typedef {{ kind: "text", text: string }
 *   | { kind: "location", lat: number, lng: number, name?: string, address?: string }
 *   | { kind: "reply", id: string, title: string }
 *   | { kind: "contacts", contacts: { name: string, phone: string }[] }
 *   | { kind: "raw", message: Record<string, unknown> }} Content
 */

/** @typedef {{ id: string, title: string, description?: string }} Row */

/**
 * What the business sends, as the Graph API takes it; the stand-in has checked it.
 * @typedef {{ type: "text", text: { body: string } }
 *   | { type: "interactive", interactive: Interactive }
 *   | { type: "location", location: MessageLocation }
 *   | { type: "template", template: Template }} Message
 */

/**
 * @typedef {object} MessageLocation
 * @property {string | number} latitude
 * @property {string | number} longitude
 * @property {string} [name]
 * @property {string} [address]
 */

/**
 * @typedef {object} Template
 * @property {string} name
 * @property {{ code: string }} language
 * @property {{ type: string, parameters: { text?: string, payload?: string }[] }[]} [components]
 */

/**
 * @typedef {{ body: { text: string }, header?: { text: string }, footer?: { text: string } } & (
 *   { type: "button", action: { buttons: { reply: Row }[] } }
 *   | { type: "list", action: { button: string, sections: { title?: string, rows: Row[] }[] } }
 *   | { type: "location_request_message" }
 *   | { type: "cta_url", action: { parameters: { display_text: string, url: string } } }
 * )} Interactive
 */

/** @typedef {"sent" | "delivered" | "read" | "failed"} Status */

/**
 * An entry of the stand-in's journal.
 * @typedef {{ n: number, at: string, person: string } & (
 *   { kind: "person", about: Person }
 *   | { kind: "inbound", message_id: string, content: Content }
 *   | { kind: "outbound", message_id: string, message: Message }
 *   | { kind: "status", message_id: string, status: Status, error_code?: number }
 *   | { kind: "seen", message_id: string, typing: boolean }
 *   | { kind: "webhook", message_id: string, status: number | null }
 * )} Entry
 */

/**
 * A message in a conversation, and how far it came.
 * @typedef {object} Item
 * @property {string} id
 * @property {string} at
 * @property {Content} [content] What the person said.
 * @property {Message} [message] What the business said.
 * @property {Status} [status] Of what the business said.
 * @property {number} [errorCode]
 * @property {number | null} [webhook] What the webhook answered to what the person said.
 * @property {boolean} seen Whether the system has read what the person said.
 */

export {};
