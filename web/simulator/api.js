// @ts-check

/** @typedef {import("./types.js").Phone} Phone */
/** @typedef {import("./types.js").Content} Content */

/**
 * Does on a phone what its owner does. What comes of it is told by the journal.
 * @param {Phone} phone
 * @param {Content} content
 * @param {{ context?: string | undefined }} [options] The message that is answered.
 * @returns {Promise<void>}
 * @throws {Error} In words for a person, when the stand-in refuses it or does not answer.
 */
export async function act(phone, content, { context } = {}) {
  const { name, whatsapp_user_id } = phone;
  const from = { name, whatsapp_user_id, phone: phone.phone };
  const body = { from, content, ...(context === undefined ? {} : { context }) };
  let response;
  try {
    response = await fetch("api/phone", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Error("Not sent: the stack does not answer. Is it running?");
  }
  if (!response.ok) throw new Error(`Not sent: ${await reason(response)}`);
}

/**
 * @param {Response} response
 * @returns {Promise<string>}
 */
async function reason(response) {
  const text = await response.text();
  try {
    /** @type {unknown} */
    const answer = JSON.parse(text);
    if (typeof answer === "object" && answer !== null && "error" in answer) {
      return String(answer.error);
    }
  } catch {
    // No JSON: the text says it.
  }
  return text || `HTTP ${response.status}`;
}
