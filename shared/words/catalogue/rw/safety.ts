import type { safety as english } from "../en/safety.ts";

export const safety: Readonly<Record<keyof typeof english, string>> = {
  blocked: "Wakumiriye {name}. Ntimuzongera kugendana.",
  unblocked: "Wakuyeho ikumira kuri {name}.",
  blocked_list: "Aba bantu warabakumiriye.",
  blocked_list_empty: "Nta muntu wakumiriye.",
  row_unblock_about: "Kanda ukureho ikumira",
  sos_sent: "🆘 SOS yawe yatugezeho. Niba uri mu kaga, hamagara 112 nonaha.",
  sos_sent_contacts:
    "{n, plural, =0 {Nta muntu wizeye urashyiramo: sangiza umuntu urugendo rwawe.} =1 {Nandikiye n’umuntu 1 wizeye.} other {Nandikiye n’abantu # wizeye.}}",
  sos_alert:
    "🆘 {name} yakanze SOS mu rugendo ku isaha ya {clock}. Hamagara nonaha. Niba hari akaga, hamagara 112.",
  sos_alert_follow: "Aho urugendo rugeze: {url}",
  share_trip: "Kurikira urugendo rwanjye: {url}",
  contacts: "Aba ni bo bamenyeshwa iyo ukanze SOS.",
  contacts_empty: "Nta bantu wizeye urashyiramo. Ni bo bamenyeshwa iyo ukanze SOS.",
  contacts_add:
    "Kugira ngo wongeremo umuntu, nyoherereza nimero ye: kanda 📎 cyangwa +, hanyuma Contact.",
  row_uncontact_about: "Kanda umukuremo",
  row_uncontact_about_phone: "{phone} · Kanda umukuremo",
  ask_contact:
    "Ni nde wamenyeshwa nukanda SOS? Ohereza nimero ye: kanda 📎 cyangwa +, hanyuma Contact.",
  contact_added: "✅ Nukanda SOS, nzabimenyesha {name}.",
  contact_removed: "Nukanda SOS, sinzongera kubimenyesha {name}.",
};
