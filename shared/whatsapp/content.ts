import { z } from "zod";
import { cleanLine, cleanText } from "./clean.ts";
import type { InboundContent } from "./inbound.ts";
import { normalisePhone } from "./sender.ts";
import { fromWireId } from "./wire-ids.ts";

const MAX_TEXT = 4096;
const MAX_NAME = 120;
const MAX_PLACE = 300;
const MAX_REPLY = 256;
const MAX_CONTACTS = 5;
/** A reaction, a withdrawn message and WhatsApp's own notices ask for no answer. */
const SILENT = new Set(["reaction", "revoke", "system"]);

const word = z.string().optional().catch(undefined);
const degrees = z.union([
  z.number(),
  z.string().trim().regex(/^[-+]?\d{1,3}(?:\.\d+)?$/).transform(Number),
]);

const textMessage = z.object({ text: z.object({ body: z.string() }) });
const locationMessage = z.object({
  location: z.object({
    latitude: degrees.pipe(z.number().min(-90).max(90)),
    longitude: degrees.pipe(z.number().min(-180).max(180)),
    name: word,
    address: word,
  }),
});
const tapped = z.object({ id: z.string(), title: word });
const interactiveMessage = z.object({
  interactive: z.union([
    z.object({ type: z.literal("button_reply"), button_reply: tapped })
      .transform((reply) => reply.button_reply),
    z.object({ type: z.literal("list_reply"), list_reply: tapped })
      .transform((reply) => reply.list_reply),
  ]),
});
const buttonMessage = z.object({ button: z.object({ payload: word, text: word }) });
const phones = z.array(z.object({ phone: word, wa_id: word }).catch({})).catch([]);
const contactsMessage = z.object({
  contacts: z.array(
    z.object({
      name: z.object({ formatted_name: word, first_name: word }).catch({}),
      phones,
    }).catch({ name: {}, phones: [] }),
  ),
});
const unsupportedMessage = z.object({ unsupported: z.object({ type: z.string() }) });

type Reader = (message: unknown) => InboundContent | undefined;
const readers: ReadonlyMap<string, Reader> = new Map([
  ["text", readText],
  ["location", readLocation],
  ["interactive", readInteractive],
  ["button", readButton],
  ["contacts", readContacts],
  ["unsupported", readUnsupported],
]);

/** What a message says. Null when it asks for no answer; what cannot be used is `unsupported`. */
export function parseContent(message: unknown, type: string): InboundContent | null {
  if (SILENT.has(type)) return null;
  return readers.get(type)?.(message) ?? unsupported(type);
}

function readText(message: unknown): InboundContent | undefined {
  const text = cleanText(textMessage.safeParse(message).data?.text.body ?? "", MAX_TEXT);
  return text === "" ? undefined : { kind: "text", text };
}

function readLocation(message: unknown): InboundContent {
  const parsed = locationMessage.safeParse(message);
  if (!parsed.success) return unsupported("unsupported:location");
  const { latitude, longitude } = parsed.data.location;
  const name = cleanLine(parsed.data.location.name ?? "", MAX_PLACE);
  const address = cleanLine(parsed.data.location.address ?? "", MAX_PLACE);
  return {
    kind: "location",
    lat: roundDegrees(latitude),
    lng: roundDegrees(longitude),
    ...(name === "" ? {} : { name }),
    ...(address === "" ? {} : { address }),
  };
}

function readInteractive(message: unknown): InboundContent | undefined {
  const { data } = interactiveMessage.safeParse(message);
  return data && reply(data.interactive.id, data.interactive.title);
}

function readButton(message: unknown): InboundContent | undefined {
  const { data } = buttonMessage.safeParse(message);
  return reply(data?.button.payload ?? data?.button.text ?? "", data?.button.text);
}

function readContacts(message: unknown): InboundContent | undefined {
  const cards = contactsMessage.safeParse(message).data?.contacts ?? [];
  const contacts = cards.flatMap((card) => {
    const phone = firstPhone(card.phones);
    const name = card.name.formatted_name ?? card.name.first_name ?? "";
    return phone === null ? [] : [{ name: cleanLine(name, MAX_NAME), phone }];
  }).slice(0, MAX_CONTACTS);
  return contacts.length === 0 ? undefined : { kind: "contacts", contacts };
}

function readUnsupported(message: unknown): InboundContent | undefined {
  const { data } = unsupportedMessage.safeParse(message);
  return data && unsupported(`unsupported:${data.unsupported.type}`);
}

/** A tap on a button of ours; one of another system on this number means what is on it. */
function reply(wireId: string, title = ""): InboundContent | undefined {
  const tapped = cleanText(wireId, MAX_REPLY);
  if (tapped === "") return undefined;
  const [id, named] = [fromWireId(tapped), cleanLine(title, MAX_REPLY)];
  return id === undefined
    ? { kind: "text", text: named || tapped }
    : { kind: "reply", id, title: named };
}

function unsupported(type: string): InboundContent {
  return { kind: "unsupported", type: type.replace(/[^\w:-]/g, "").slice(0, 64) || "unknown" };
}

/** To a centimetre; PostgreSQL refuses numbers too near to zero, and JSON has no negative zero. */
function roundDegrees(degrees: number): number {
  return Number(degrees.toFixed(7)) + 0;
}

/** A number typed without its country code is nobody's in particular. */
function firstPhone(numbers: z.infer<typeof phones>): string | null {
  const known = numbers.map((number) => normalisePhone(number.wa_id));
  const typed = numbers.map(({ phone = "" }) => phone.trim().replace(/^00/, "+"))
    .map((phone) => phone.startsWith("+") ? normalisePhone(phone) : null);
  return [...known, ...typed].find((phone) => phone !== null) ?? null;
}
