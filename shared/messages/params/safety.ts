import { z } from "zod";
import { at, id, linkToken, maybe, quantity, timeZone } from "./fields.ts";

const blockedPerson = z.object({ user_id: id, name: maybe.text });

const contact = z.object({ id, name: maybe.text, phone_tail: maybe.text });

/** What is said about safety, and with which values. */
export const safetyParams = {
  blocked: z.object({ name: maybe.text }),
  unblocked: z.object({ name: maybe.text }),
  blocked_list: z.object({ people: z.array(blockedPerson) }),
  sos_sent: z.object({ match_id: id, contacts: quantity }),
  /** To a trusted contact, who may never have written to us. */
  sos_alert: z.object({ name: maybe.text, link_token: linkToken, at, time_zone: timeZone }),
  /** A text that the person can forward to anybody. */
  share_trip: z.object({ link_token: linkToken }),
  contacts: z.object({ contacts: z.array(contact) }),
  ask_contact: z.object({}),
  contact_added: z.object({ name: maybe.text }),
  contact_removed: z.object({ name: maybe.text }),
};
