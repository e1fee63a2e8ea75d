import type { OutboundMessage } from "../../whatsapp/mod.ts";
import { buttons, list, matchChoices } from "../choices.ts";
import { tripPage } from "../links.ts";
import { lines, nameOr, sentence } from "../phrases.ts";
import type { ParsedParams } from "../say.ts";
import type { Scene } from "../scene.ts";
import { tidy } from "../tidy.ts";

const ROW_TITLE = 24;
const PHONE_TAIL = 8;

/** Blocked people, trusted contacts, SOS. */
export const safety = {
  blocked,
  unblocked,
  contact_added: contactAdded,
  contact_removed: contactRemoved,
  blocked_list: blockedList,
  sos_sent: sosSent,
  sos_alert: sosAlert,
  share_trip: shareTrip,
  contacts,
  ask_contact: askContact,
};

function blocked({ name }: ParsedParams<"blocked">, scene: Scene): OutboundMessage {
  return aboutPerson(name, { key: "blocked", scene });
}

function unblocked({ name }: ParsedParams<"unblocked">, scene: Scene): OutboundMessage {
  return aboutPerson(name, { key: "unblocked", scene });
}

function contactAdded(
  { name }: ParsedParams<"contact_added">,
  scene: Scene,
): OutboundMessage {
  return aboutPerson(name, { key: "contact_added", scene });
}

function contactRemoved(
  { name }: ParsedParams<"contact_removed">,
  scene: Scene,
): OutboundMessage {
  return aboutPerson(name, { key: "contact_removed", scene });
}

function aboutPerson(
  name: string | null | undefined,
  { key, scene }: {
    key: "blocked" | "unblocked" | "contact_added" | "contact_removed";
    scene: Scene;
  },
): OutboundMessage {
  const body = scene.words.t(key, { name: nameOr(name, "this_person", scene) });
  return { type: "text", body: sentence(body) };
}

function blockedList(
  { people }: ParsedParams<"blocked_list">,
  scene: Scene,
): OutboundMessage {
  const { t } = scene.words;
  if (people.length === 0) return { type: "text", body: t("blocked_list_empty") };
  return list(scene, {
    body: t("blocked_list"),
    button: "list_unblock",
    rows: people.map(({ user_id, name }) => ({
      id: `unblock:${user_id}`,
      title: tidy(name ?? "", ROW_TITLE) || sentence(t("this_person")),
      description: t("row_unblock_about"),
    })),
  });
}

function sosSent(
  { match_id, contacts }: ParsedParams<"sos_sent">,
  scene: Scene,
): OutboundMessage {
  const { t } = scene.words;
  return buttons(scene, {
    body: lines(t("sos_sent"), t("sos_sent_contacts", { n: Math.round(contacts) })),
    choices: [matchChoices.share(match_id)],
  });
}

function sosAlert(params: ParsedParams<"sos_alert">, scene: Scene): OutboundMessage {
  const { t, clock } = scene.words;
  const name = nameOr(params.name, "somebody_who_trusts", scene);
  return {
    type: "text",
    body: lines(
      sentence(t("sos_alert", { name, clock: clock(params.at, params.time_zone) })),
      t("sos_alert_follow", { url: tripPage(params.link_token, scene) }),
    ),
  };
}

function shareTrip(
  { link_token }: ParsedParams<"share_trip">,
  scene: Scene,
): OutboundMessage {
  const body = scene.words.t("share_trip", { url: tripPage(link_token, scene) });
  return { type: "text", body };
}

function contacts({ contacts }: ParsedParams<"contacts">, scene: Scene): OutboundMessage {
  const { t } = scene.words;
  if (contacts.length === 0) {
    return { type: "text", body: lines(t("contacts_empty"), t("contacts_add")) };
  }
  return list(scene, {
    body: lines(t("contacts"), t("contacts_add")),
    button: "list_uncontact",
    rows: contacts.map(({ id, name, phone_tail }) => {
      const tail = tidy(phone_tail ?? "", PHONE_TAIL);
      const phone = tail === "" ? "" : `•••${tail}`;
      const named = tidy(name ?? "", ROW_TITLE);
      return {
        id: `uncontact:${id}`,
        title: named || phone || sentence(t("this_person")),
        description: named !== "" && phone !== ""
          ? t("row_uncontact_about_phone", { phone })
          : t("row_uncontact_about"),
      };
    }),
  });
}

function askContact(_: ParsedParams<"ask_contact">, { words }: Scene): OutboundMessage {
  return { type: "text", body: words.t("ask_contact") };
}
