import type { menu as english } from "../en/menu.ts";

export const menu: Readonly<Record<keyof typeof english, string>> = {
  welcome: "Muraho! 👋 Urashaka urugendo, cyangwa uri umushoferi?",
  welcome_named: "Muraho {name}! 👋 Urashaka urugendo, cyangwa uri umushoferi?",
  menu_more: "Hitamo icyo ushaka.",
  row_language: "Ururimi",
  row_today: "Uyu munsi",
  row_today_about: "Ingendo wakoze n’amafaranga winjije",
  row_later: "Teganya urugendo",
  row_later_about: "Urugendo ku isaha ushaka",
  row_contacts: "Abantu wizeye",
  row_contacts_about: "Abamenyeshwa iyo ukanze SOS",
  row_blocked: "Abo wakumiriye",
  row_blocked_about: "Abo utagendana na bo",
  row_help: "Ubufasha",
  row_help_about: "Uko bikora",
  language_name: "Ikinyarwanda",
  choose_language: "Hitamo ururimi.",
  language_set: "Ni byiza, tuvuge Ikinyarwanda. Urashaka iki?",
  help_idle:
    "Kanda “Nshaka urugendo” ubone umushoferi uri hafi yawe, cyangwa “Ndi umushoferi” ubone abagenzi. Nzagenda nkubaza ibikenewe kimwe kimwe.",
  help_vehicle: "Kanda “Hitamo”, maze uhitemo ikinyabiziga.",
  help_plate: "Andika nimero ya pulaki y’ikinyabiziga cyawe, urugero RAD 123 B.",
  help_pickup:
    "Kanda buto yo kohereza aho uri, iri munsi y’ikibazo cyanjye. Ushobora no kwimura ikarita cyangwa gushaka ahantu.",
  help_dropoff:
    "Ohereza aho ugiye: kanda 📎 cyangwa +, hanyuma Location (Localisation). Cyangwa ukande “Simbuka”, ubibwire umushoferi.",
  help_time: "Hitamo isaha ku rutonde, cyangwa uyandike, urugero 18:30.",
  help_pin:
    "Umugenzi afite PIN y’imibare 4 mu butumwa bwe. Yimusabe, uyandike hano: urugendo ruhita rutangira.",
  help_contact: "Ohereza nimero y’uwo muntu: kanda 📎 cyangwa +, hanyuma Contact.",
  help_words:
    "Igihe cyose ushobora kwandika *menu*, *subira inyuma*, *hagarika*, *ururimi* cyangwa *ubufasha*; mu rugendo na *SOS*.",
  not_understood: "Mbabarira, sinabyumvise. Kanda buto, cyangwa wandike *ubufasha*.",
  unsupported_location:
    "Sinshobora gukurikira aho ugenda (live location). Ohereza aho uri ubu: kanda 📎 cyangwa +, hanyuma Location (Localisation).",
  unsupported_audio: "Sinshobora kumva ubutumwa bw’ijwi. Andika, cyangwa ukande buto.",
  unsupported_other:
    "Sinshobora gusoma ubutumwa nk’ubu. Andika, kanda buto, cyangwa wohereze aho uri.",
  gone_offer: "Uru rugendo ntirukiboneka.",
  gone_match: "Uru rugendo rwararangiye.",
  gone_trip: "Ubu busabe bwarafunzwe.",
};
