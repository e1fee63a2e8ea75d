import type { safety as english } from "../en/safety.ts";

export const safety: Readonly<Record<keyof typeof english, string>> = {
  blocked: "Umemzuia {name}. Hamtasafiri pamoja tena.",
  unblocked: "Humzuii tena {name}.",
  blocked_list: "Umewazuia watu hawa.",
  blocked_list_empty: "Hujamzuia mtu yeyote.",
  row_unblock_about: "Bonyeza kuondoa kizuizi",
  sos_sent: "🆘 Timu yetu imepata SOS yako. Ukiwa hatarini, piga 112 sasa hivi.",
  sos_sent_contacts:
    "{n, plural, =0 {Bado hujaweka mtu unayemwamini: shiriki safari na mtu.} one {Nimemwandikia pia mtu # unayemwamini.} other {Nimewaandikia pia watu # unaowaamini.}}",
  sos_alert:
    "🆘 {name} amebonyeza SOS akiwa safarini saa {clock}. Piga simu sasa. Kukiwa na hatari, piga 112.",
  sos_alert_follow: "Safari iko hapa: {url}",
  share_trip: "Fuatilia safari yangu: {url}",
  contacts: "Watu hawa wanajulishwa ukibonyeza SOS.",
  contacts_empty: "Bado hujaweka watu unaowaamini. Hao ndio wanaojulishwa ukibonyeza SOS.",
  contacts_add: "Kuongeza mtu, nitumie namba yake: bonyeza 📎 au +, kisha Anwani (Contact).",
  row_uncontact_about: "Bonyeza kumwondoa",
  row_uncontact_about_phone: "{phone} · Bonyeza kumwondoa",
  ask_contact:
    "Nani ajulishwe ukibonyeza SOS? Tuma namba yake: bonyeza 📎 au +, kisha Anwani (Contact).",
  contact_added: "✅ Ukibonyeza SOS, nitamjulisha {name}.",
  contact_removed: "Ukibonyeza SOS, sitamjulisha tena {name}.",
};
