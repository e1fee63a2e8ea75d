import { type Answer, reply } from "./answer.ts";
import type { ClaimedEvent } from "./claimed-event.ts";
import { cleanText } from "./clean-text.ts";
import { ask, askAgain } from "./flow.ts";
import { gone, refuse } from "./menu.ts";
import { agreedMatch } from "./ride.ts";

/** A ride that has just ended is still one that somebody may need help in. */
const SOS_AFTER_RIDE_MS = 2 * 3600 * 1000;
const MAX_NAME_LENGTH = 80;
/** Where most people are, and the countries around. */
const countryCodes = ["250", "243", "254", "255", "256", "257"] as const;

/** Raises the alarm for the ride that is under way, whatever ride the button is from. */
export function sos(event: ClaimedEvent): Answer {
  const { last_match, now } = event.situation;
  const justEnded = last_match?.completed_at &&
    Date.parse(now) - Date.parse(last_match.completed_at) < SOS_AFTER_RIDE_MS;
  const match = agreedMatch(event) ?? (justEnded ? last_match : null);
  if (match === null) return refuse(event, "NO_RIDE");
  return reply(event, { command: { name: "sos", match_id: match.id } });
}

/** Gives the person a link to the ride to forward. */
export function shareTrip(event: ClaimedEvent, matchId: string): Answer {
  if (agreedMatch(event)?.id !== matchId) return gone(event, "match");
  return reply(event, { command: { name: "share_trip", match_id: matchId } });
}

/** Blocks the other side of a ride. */
export function block(event: ClaimedEvent, matchId: string): Answer {
  return reply(event, { command: { name: "block", match_id: matchId } });
}

/** Shows who is told in an emergency, and takes another one. */
export function openContacts(event: ClaimedEvent): Answer {
  return reply(event, { step: "contact", command: { name: "list_contacts" } });
}

/** Takes the first contact of a card that has a number. */
export function contactShared(
  event: ClaimedEvent,
  contacts: readonly { name: string; phone: string }[],
): Answer {
  for (const { name, phone } of contacts) {
    const number = phoneNumber(phone, event.person.phone);
    if (number !== undefined) return addContact(event, { name, phone: number });
  }
  return ask(event, "contact", { context: {} });
}

/** Takes a typed number, with or without a name before or behind it. */
export function contactTyped(event: ClaimedEvent, text: string): Answer {
  const digits = /\+?\d[\d\s().-]{6,20}\d/.exec(text)?.[0];
  const phone = digits && phoneNumber(digits, event.person.phone);
  if (!digits || !phone) return askAgain(event);
  const name = text.replace(digits, " ").replace(/[\s:,;.-]+/g, " ").trim();
  return addContact(event, { name, phone });
}

function addContact(
  event: ClaimedEvent,
  { name, phone }: { name: string; phone: string },
): Answer {
  return reply(event, {
    step: "idle",
    command: {
      name: "add_contact",
      phone,
      contact_name: cleanText(name, MAX_NAME_LENGTH) || `…${phone.slice(-3)}`,
    },
  });
}

/** A number as +E.164; one without its country is taken to be of the country of `near`. */
function phoneNumber(text: string, near: string | null): string | undefined {
  const number = text.replace(/[\s().-]/g, "").replace(/^00/, "+");
  if (/^\+[1-9]\d{7,14}$/.test(number)) return number;
  const home = countryCodes.find((code) => near?.startsWith(`+${code}`)) ?? countryCodes[0];
  if (/^0\d{9}$/.test(number)) return `+${home}${number.slice(1)}`;
  if (/^[1-9]\d{8}$/.test(number)) return `+${home}${number}`;
  return countryCodes.some((code) => number.startsWith(code)) && /^\d{12}$/.test(number)
    ? `+${number}`
    : undefined;
}

/** Trusts a contact no more. */
export function removeContact(event: ClaimedEvent, contactId: string): Answer {
  return reply(event, { command: { name: "remove_contact", contact_id: contactId } });
}

/** Shows whom the person has blocked. */
export function listBlocked(event: ClaimedEvent): Answer {
  return reply(event, { command: { name: "list_blocked" } });
}

/** Lets somebody be found again. */
export function unblock(event: ClaimedEvent, userId: string): Answer {
  return reply(event, { command: { name: "unblock", user_id: userId } });
}
