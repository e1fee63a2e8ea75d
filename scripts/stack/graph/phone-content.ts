import { z } from "zod";

/** What a person does on their phone. */
export const phoneContent = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("text"), text: z.string().min(1).max(4096) }),
  z.strictObject({
    kind: z.literal("location"),
    lat: z.number().min(-90).max(90),
    lng: z.number().min(-180).max(180),
    name: z.string().optional(),
    address: z.string().optional(),
  }),
  /** A tap on a button or a row; which of the two it is follows from the message that has the id. */
  z.strictObject({
    kind: z.literal("reply"),
    id: z.string().min(1).max(256),
    title: z.string().min(1),
    as: z.enum(["button", "list", "template"]).optional(),
  }),
  z.strictObject({
    kind: z.literal("contacts"),
    contacts: z.array(z.strictObject({ name: z.string().min(1), phone: z.string().min(4) })).min(1),
  }),
  /** Fields of the message as they are to arrive: `type` and what belongs to it. */
  z.strictObject({ kind: z.literal("raw"), message: z.record(z.string(), z.unknown()) }),
]);

/** What a person does on their phone. */
export type PhoneContent = z.infer<typeof phoneContent>;

/** The fields of Meta's message for a content; `as` says what kind of a tap a reply is. */
export function messageFields(
  content: PhoneContent,
  as: "button" | "list" | "template",
): Record<string, unknown> {
  switch (content.kind) {
    case "text":
      return { type: "text", text: { body: content.text } };
    case "location": {
      const { lat, lng, name, address } = content;
      const place = { ...(address === undefined ? {} : { address }) };
      const called = { ...(name === undefined ? {} : { name }) };
      return { location: { ...place, latitude: lat, longitude: lng, ...called }, type: "location" };
    }
    case "reply":
      return tap(content, content.as ?? as);
    case "contacts":
      return { type: "contacts", contacts: content.contacts.map(card) };
    case "raw":
      return content.message;
  }
}

function tap(
  { id, title }: { id: string; title: string },
  as: "button" | "list" | "template",
): Record<string, unknown> {
  if (as === "template") return { type: "button", button: { payload: id, text: title } };
  const type = as === "list" ? "list_reply" : "button_reply";
  return { type: "interactive", interactive: { type, [type]: { id, title } } };
}

function card({ name, phone }: { name: string; phone: string }): Record<string, unknown> {
  const digits = phone.replaceAll(/\D/g, "");
  return {
    name: { formatted_name: name, first_name: name },
    phones: [{ phone: `+${digits}`, type: "CELL", wa_id: digits }],
  };
}
