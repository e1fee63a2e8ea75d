import { driverTrip, ids, match, now, tap, text, trip } from "./events.ts";
import { type Row, testRows } from "./rows.ts";

const inRide = { passenger_trip: trip({ status: "matched" }), match: match("passenger") };
const justNow = match("passenger", { status: "completed", completed_at: now });
const longAgo = match("passenger", {
  status: "completed",
  completed_at: "2026-11-23T12:00:00.000Z",
});
const atContact = { step: "contact" };
const card = (...contacts: { name: string; phone: string }[]): Row["content"] => ({
  kind: "contacts",
  contacts,
});
const added = (phone: string, contact_name: string): unknown => ({
  name: "add_contact",
  phone,
  contact_name,
});

testRows([
  ...[tap(`sos:${ids.match}`), tap(`sos:${ids.otherMatch}`), text("sos"), text("SOS!!!")].map((
    content,
  ) => ({
    title: `raises the alarm in a ride (${JSON.stringify(content)})`,
    content,
    around: inRide,
    command: { name: "sos", match_id: ids.match },
  })),
  {
    title: "raises the alarm for a driver who waits for the PIN",
    content: text("sos"),
    around: {
      step: "pin",
      driver_trip: driverTrip({ status: "matched" }),
      match: match("driver", { status: "driver_arrived" }),
    },
    command: { name: "sos", match_id: ids.match },
  },
  {
    title: "raises the alarm for a ride that has just ended",
    content: tap(`sos:${ids.match}`),
    around: { last_match: justNow },
    command: { name: "sos", match_id: ids.match },
  },
  ...[
    {},
    { last_match: longAgo },
    { passenger_trip: trip(), match: match("passenger", { status: "pending" }) },
  ].map((around, index) => ({
    title: `says that there is no ride to raise the alarm for (${index})`,
    content: text("sos"),
    around,
    say: ["refusal"],
    params: { code: "NO_RIDE" },
  })),
  {
    title: "shares the ride",
    content: tap(`share:${ids.match}`),
    around: inRide,
    command: { name: "share_trip", match_id: ids.match },
  },
  {
    title: "blocks the other side",
    content: tap(`block:${ids.match}`),
    command: { name: "block", match_id: ids.match },
  },
  {
    title: "unblocks somebody",
    content: tap(`unblock:${ids.person}`),
    command: { name: "unblock", user_id: ids.person },
  },
  {
    title: "trusts a contact no more",
    content: tap(`uncontact:${ids.contact}`),
    command: { name: "remove_contact", contact_id: ids.contact },
  },
  {
    title: "lists the contacts and takes another one",
    content: tap("menu:contacts"),
    command: { name: "list_contacts" },
    step: "contact",
    context: {},
  },
  {
    title: "takes the first contact of a card that has a number",
    content: card({ name: "Shop", phone: "" }, { name: "Maman", phone: "+250 788 123 456" }),
    around: atContact,
    command: added("+250788123456", "Maman"),
    step: "idle",
  },
  {
    title: "asks again when a card has no number",
    content: card({ name: "Shop", phone: "call me" }),
    around: atContact,
    say: ["ask_contact"],
  },
  {
    title: "cannot read a card that nobody has asked for",
    content: card({ name: "Maman", phone: "+250788123456" }),
    say: ["unsupported"],
    params: { type: "contacts" },
  },
  ...([
    ["+250788123456", "+250788123456", "…456"],
    ["0788 123 456", "+250788123456", "…456"],
    ["788123456", "+250788123456", "…456"],
    ["250788123456", "+250788123456", "…456"],
    ["00254 712 345 678", "+254712345678", "…678"],
    ["Maman 0788123456", "+250788123456", "Maman"],
    ["0788-123-456: Grand frère", "+250788123456", "Grand frère"],
  ] as const).map(([typed, phone, name]) => ({
    title: `takes "${typed}" for a contact`,
    content: text(typed),
    around: atContact,
    command: added(phone, name),
    step: "idle",
  })),
  {
    title: "takes a number without its country to be of the person's own",
    content: text("0712345678"),
    around: { ...atContact, person: { phone: "+254700000001" } },
    command: added("+254712345678", "…678"),
    step: "idle",
  },
  ...["Maman", "12345", "0788", "+0000000000", "123456789012345678901"].map((typed) => ({
    title: `asks again for the contact "${typed}"`,
    content: text(typed),
    around: atContact,
    say: ["ask_contact"],
  })),
  {
    title: "adds a contact during a ride",
    content: text("0788123456"),
    around: { ...inRide, ...atContact },
    command: added("+250788123456", "…456"),
    step: "idle",
  },
]);
