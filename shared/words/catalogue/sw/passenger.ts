import type { passenger as english } from "../en/passenger.ts";

export const passenger: Readonly<Record<keyof typeof english, string>> = {
  choose_vehicle_passenger: "Unahitaji chombo gani cha usafiri?",
  choose_vehicle_driver: "Unaendesha nini?",
  ask_pickup_passenger: "📍 Dereva akuchukue wapi? Tuma mahali.",
  ask_pickup_driver: "📍 Uko wapi sasa? Tuma mahali ulipo, ili abiria wakuone.",
  ask_dropoff:
    "Unakwenda wapi? Tuma mahali nikuambie nauli: bonyeza 📎 au +, kisha Mahali (Location). Au ruka swali hili.",
  choose_time: "Unahitaji safari lini? Chagua saa, au iandike, kwa mfano 18:30.",
  place_not_found:
    "Sijapata “{place}”. Tafadhali tuma mahali: bonyeza 📎 au +, kisha Mahali (Location).",
  drivers_found:
    "{n, plural, one {Dereva # yuko karibu nawe.} other {Madereva # wako karibu nawe, walio bora kwanza.}}",
  drivers_found_wider:
    "Hakuna aliye karibu sana, kwa hiyo nimetafuta hadi {radius}: {n, plural, one {dereva #.} other {madereva #, walio bora kwanza.}}",
  estimate: "Nauli: takriban {fare}",
  estimate_distance: "Nauli: takriban {fare} kwa {distance}",
  drivers_found_choose: "Chagua mmoja, au niwaulize walio bora.",
  row_best_about: "Nawauliza madereva bora hadi mmoja akubali",
  nobody_near:
    "Hakuna dereva aliye huru ndani ya {radius} sasa. Naweza kukujulisha dereva akiwa karibu.",
  watching: "Sawa! Nitakuandikia mara tu dereva akiwa karibu.",
  somebody_near: "🔔 Kuna dereva karibu nawe sasa ({vehicle}). Nimuulize?",
  asking_driver: "Namuuliza {driver}. Ana {time} za kujibu.",
  dispatching: "Nawauliza madereva bora walio karibu nawe. Nitakuandikia mmoja akikubali.",
  driver_declined: "{driver} hawezi kuja safari hii. Niwaulize wengine?",
  driver_silent: "{driver} hajajibu. Niwaulize wengine?",
  nobody_accepted:
    "Hakuna dereva aliyekubali safari hii. Tafuta tena, au nitakujulisha dereva akiwa karibu.",
  proposal_to_passenger: "🔔 {driver} anataka kukubeba. Jibu ndani ya {time}.",
  fare: "Nauli: {fare}",
  ride_accepted: "✅ {driver} anakuja!",
  ride_accepted_eta: "✅ {driver} anakuja: yuko {distance}, takriban {duration}.",
  your_pin: "PIN yako: *{pin}*. Mpe dereva unapopanda.",
  follow: "Fuatilia safari: {url}",
  driver_arrived: "📍 {driver} amefika.",
  look_for: "Tafuta namba *{plate}*.",
  ride_started: "Safari imeanza. Safari njema!",
  receipt: "Umefika. Asante kwa kusafiri na {driver}!",
  receipt_ask: "Safari ilikuwaje?",
  rate_5: "Nzuri sana",
  rate_4: "Nzuri",
  rate_3: "Wastani",
  rate_2: "Si nzuri",
  rate_1: "Mbaya",
  cancelled_by_driver: "Samahani, dereva ameghairi. Nakutafutia mwingine.",
  trip_cancelled: "Sawa, ombi lako limeghairiwa.",
  trip_expired_passenger: "Ombi lako limefungwa: muda wake umekwisha.",
  trip_expired_driver: "Hauko kazini tena: muda wako umekwisha.",
  scheduled: "✅ Safari imepangwa {moment}.",
  scheduled_after: "Nitakukumbusha kabla, kisha tutatafuta dereva.",
  scheduled_reminder: "⏰ Ulipanga safari ya {moment}. Nitafute dereva sasa?",
};
