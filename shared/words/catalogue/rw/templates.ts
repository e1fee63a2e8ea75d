import type { templates as english } from "../en/templates.ts";

export const templates: Readonly<Record<keyof typeof english, string>> = {
  template_offer:
    "Hari umugenzi hafi yawe ushaka urugendo. Aho umufatira: {distance}, {duration}. Aho agiye: {direction}. Igiciro: {fare}. Subiza mu gihe cy’{time}, naho ubundi ruhabwa undi mushoferi.",
  template_proposal:
    "Umugenzi yaguhisemo ngo umutware. Aho umufatira: {distance}, {duration}. Aho agiye: {direction}. Igiciro: {fare}. Subiza mu gihe cy’{time}, naho ubundi arabaza undi mushoferi.",
  template_ride_accepted:
    "Inkuru nziza: {driver} araje. Ikinyabiziga: {vehicle}, pulaki {plate}. PIN yawe ni {pin}: yibwire umushoferi mugiye guhaguruka. Kurikira urugendo kuri {url} kandi ugire urugendo rwiza.",
  template_driver_arrived:
    "Umushoferi wawe yahageze: {driver}, pulaki {plate}. PIN yawe ni {pin}: yibwire umushoferi mugiye guhaguruka.",
  template_receipt:
    "Wageze iyo ujya, wari utwawe na: {driver}. Igiciro: {fare}. Intera: {distance}. Urugendo rwagenze rute?",
  template_ride_done:
    "Urugendo rwarangiye. Igiciro: {fare}. Uyu munsi wakoze {total} muri rusange. Umugenzi yari ameze ate?",
  template_cancelled_by_driver:
    "Mbabarira, umushoferi yahagaritse urugendo rwawe. Tubaze abandi bashoferi?",
  template_cancelled_by_passenger: "Umugenzi yahagaritse uru rugendo. Guma ku kazi, urundi ruraza.",
  template_somebody_near: "Hari umushoferi hafi yawe ubu ({vehicle}). Tumubaze?",
  template_nobody_accepted:
    "Nta mushoferi wemeye ubusabe bwawe kuri iyi nshuro. Ongera ushake, cyangwa tuzakubwire hagize uboneka hafi.",
  template_scheduled_reminder: "Wateganyije urugendo {moment}. Dushake umushoferi ubu?",
  template_stay_online:
    "Uracyakora? Vuba aha abagenzi ntibazongera kukubona, keretse ugumye ku kazi.",
  template_sos_alert:
    "Byihutirwa: {name} yakanze SOS mu rugendo ku isaha ya {clock}. Hamagara nonaha. Aho urugendo rugeze: {url} (niba hari akaga, hamagara 112).",
  fare_open: "muracyumvikanaho",
  direction_open: "umugenzi arahakubwira",
  plate_open: "ntizwi",
  distance_open: "ntizwi",
};
