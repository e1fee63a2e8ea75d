import type { passenger as english } from "../en/passenger.ts";

export const passenger: Readonly<Record<keyof typeof english, string>> = {
  choose_vehicle_passenger: "Ukeneye ikihe kinyabiziga?",
  choose_vehicle_driver: "Utwara ikihe kinyabiziga?",
  ask_pickup_passenger: "📍 Umushoferi agufatire he? Ohereza aho hantu.",
  ask_pickup_driver: "📍 Uri he ubu? Ohereza aho uri, kugira ngo abagenzi bakubone.",
  ask_dropoff:
    "Ugiye he? Ohereza aho ugiye nkubwire igiciro: kanda 📎 cyangwa +, hanyuma Location (Localisation). Cyangwa usimbuke.",
  choose_time: "Urugendo urarushaka ryari? Hitamo isaha, cyangwa uyandike, urugero 18:30.",
  place_not_found:
    "Sinabonye “{place}”. Ohereza aho hantu: kanda 📎 cyangwa +, hanyuma Location (Localisation).",
  drivers_found:
    "{n, plural, =1 {Hari umushoferi 1 hafi yawe.} other {Hari abashoferi # hafi yawe, abeza babanza.}}",
  drivers_found_wider:
    "Nta wuri hafi cyane, nashatse kugeza kuri {radius}: {n, plural, =1 {umushoferi 1.} other {abashoferi #, abeza babanza.}}",
  estimate: "Igiciro: nka {fare}",
  estimate_distance: "Igiciro: nka {fare} kuri {distance}",
  drivers_found_choose: "Hitamo umwe, cyangwa nkubarize abeza.",
  row_best_about: "Mbaza abashoferi beza kugeza umwe yemeye",
  nobody_near:
    "Nta mushoferi uhari ubu mu ntera ya {radius}. Nshobora kukubwira hagize uboneka hafi.",
  watching: "Ni byiza! Nzakwandikira umushoferi nagera hafi yawe.",
  somebody_near: "🔔 Hari umushoferi hafi yawe ubu ({vehicle}). Mubaze?",
  asking_driver: "Ndimo kubaza {driver}. Afite {time} ngo asubize.",
  dispatching: "Ndimo kubaza abashoferi beza bari hafi yawe. Nzakwandikira hagize uwemera.",
  driver_declined: "{driver} ntabonetse kuri iyi nshuro. Mbaze abandi?",
  driver_silent: "{driver} ntiyasubije. Mbaze abandi?",
  nobody_accepted:
    "Nta mushoferi wemeye kuri iyi nshuro. Ongera ushake, cyangwa nzakubwire hagize uboneka hafi.",
  proposal_to_passenger: "🔔 {driver} arashaka kugutwara. Subiza mu gihe cy’{time}.",
  fare: "Igiciro: {fare}",
  ride_accepted: "✅ {driver} araje!",
  ride_accepted_eta: "✅ {driver} araje: ari kuri {distance}, nk’{duration}.",
  your_pin: "PIN yawe: *{pin}*. Yibwire umushoferi mugiye guhaguruka.",
  follow: "Kurikira urugendo: {url}",
  driver_arrived: "📍 {driver} yahageze.",
  look_for: "Reba pulaki *{plate}*.",
  ride_started: "Urugendo rwatangiye. Urugendo rwiza!",
  receipt: "{driver} yakugejeje iyo ujya. Murakoze!",
  receipt_ask: "Byagenze bite?",
  rate_5: "Byiza cyane",
  rate_4: "Byiza",
  rate_3: "Biraringaniye",
  rate_2: "Si byiza",
  rate_1: "Bibi",
  cancelled_by_driver: "Mbabarira, umushoferi yahagaritse urugendo. Ndimo kugushakira undi.",
  trip_cancelled: "Ni byiza, ubusabe bwawe bwahagaritswe.",
  trip_expired_passenger: "Ubusabe bwawe bwafunzwe: igihe cyabwo cyarangiye.",
  trip_expired_driver: "Ntukiri ku kazi: igihe cyawe cyarangiye.",
  scheduled: "✅ Urugendo ruteganyijwe {moment}.",
  scheduled_after: "Nzakwibutsa mbere yaho, hanyuma dushake umushoferi.",
  scheduled_reminder: "⏰ Wateganyije urugendo {moment}. Nshake umushoferi ubu?",
};
