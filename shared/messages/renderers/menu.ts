import type { OutboundMessage } from "../../whatsapp/mod.ts";
import { locales, type MessageKey, words as wordsOf } from "../../words/mod.ts";
import { buttons, choices, list } from "../choices.ts";
import { lines, nameOr } from "../phrases.ts";
import type { ParsedParams } from "../say.ts";
import type { Scene } from "../scene.ts";

const start = [choices.ride, choices.drive, choices.more];

const helpOfStep: Readonly<Record<ParsedParams<"help">["step"], MessageKey>> = {
  idle: "help_idle",
  vehicle: "help_vehicle",
  plate: "help_plate",
  pickup: "help_pickup",
  dropoff: "help_dropoff",
  time: "help_time",
  pin: "help_pin",
  contact: "help_contact",
};

const goneThings: Readonly<Record<ParsedParams<"gone">["what"], MessageKey>> = {
  offer: "gone_offer",
  match: "gone_match",
  trip: "gone_trip",
};

/** The menu, languages, help and small talk. */
export const menu = {
  welcome,
  language_set: languageSet,
  menu_more: menuMore,
  choose_language: chooseLanguage,
  help,
  not_understood: notUnderstood,
  unsupported,
  gone,
};

function welcome({ name }: ParsedParams<"welcome">, scene: Scene): OutboundMessage {
  const { t } = scene.words;
  const body = name?.trim()
    ? t("welcome_named", { name: nameOr(name, "this_person", scene) })
    : t("welcome");
  return buttons(scene, { body, choices: start });
}

function languageSet(_: ParsedParams<"language_set">, scene: Scene): OutboundMessage {
  return buttons(scene, { body: scene.words.t("language_set"), choices: start });
}

function menuMore(_: ParsedParams<"menu_more">, scene: Scene): OutboundMessage {
  const { t } = scene.words;
  const languages = locales.map((locale) => wordsOf(locale).t("language_name")).join(" · ");
  return list(scene, {
    body: t("menu_more"),
    button: "list_choose",
    rows: [
      { id: "menu:later", title: t("row_later"), description: t("row_later_about") },
      { id: "menu:today", title: t("row_today"), description: t("row_today_about") },
      { id: "menu:language", title: t("row_language"), description: languages },
      { id: "menu:contacts", title: t("row_contacts"), description: t("row_contacts_about") },
      { id: "menu:blocked", title: t("row_blocked"), description: t("row_blocked_about") },
      { id: "menu:help", title: t("row_help"), description: t("row_help_about") },
    ],
  });
}

/** In every language at once: whoever needs this may not read the one they are spoken to in. */
function chooseLanguage(
  _: ParsedParams<"choose_language">,
  scene: Scene,
): OutboundMessage {
  return list(scene, {
    body: lines(...locales.map((locale) => wordsOf(locale).t("choose_language"))),
    button: "list_choose",
    rows: locales.map((locale) => ({
      id: `lang:${locale}`,
      title: wordsOf(locale).t("language_name"),
    })),
  });
}

function help({ step }: ParsedParams<"help">, scene: Scene): OutboundMessage {
  const { t } = scene.words;
  return buttons(scene, {
    body: lines(t(helpOfStep[step]), t("help_words")),
    choices: [choices.home],
  });
}

function notUnderstood(_: ParsedParams<"not_understood">, scene: Scene): OutboundMessage {
  return buttons(scene, {
    body: scene.words.t("not_understood"),
    choices: [choices.home, choices.help],
  });
}

function unsupported({ type }: ParsedParams<"unsupported">, scene: Scene): OutboundMessage {
  const key = type.includes("location")
    ? "unsupported_location"
    : /audio|voice/.test(type)
    ? "unsupported_audio"
    : "unsupported_other";
  return { type: "text", body: scene.words.t(key) };
}

function gone({ what }: ParsedParams<"gone">, scene: Scene): OutboundMessage {
  return buttons(scene, { body: scene.words.t(goneThings[what]), choices: [choices.home] });
}
