import type { templates as english } from "../en/templates.ts";

export const templates: Readonly<Record<keyof typeof english, string>> = {
  template_offer:
    "Kuna abiria karibu nawe anayehitaji usafiri. Umbali wa kumchukua: {distance}, {duration}. Anakokwenda: {direction}. Nauli: {fare}. Tafadhali jibu ndani ya {time}, la sivyo itaenda kwa dereva mwingine.",
  template_proposal:
    "Abiria amekuchagua umbebe. Umbali wa kumchukua: {distance}, {duration}. Anakokwenda: {direction}. Nauli: {fare}. Tafadhali jibu ndani ya {time}, la sivyo atamuuliza dereva mwingine.",
  template_ride_accepted:
    "Habari njema: {driver} anakuja. Chombo: {vehicle}, namba {plate}. PIN yako ni {pin}: mpe dereva unapopanda. Fuatilia safari kwenye {url} na uwe na safari njema.",
  template_driver_arrived:
    "Dereva wako amefika: {driver}, namba {plate}. PIN yako ni {pin}: mpe dereva unapopanda.",
  template_receipt:
    "Asante kwa kusafiri na {driver}. Nauli: {fare}. Umbali: {distance}. Safari ilikuwaje?",
  template_ride_done:
    "Safari yako imekwisha. Nauli: {fare}. Leo umeendesha {total} kwa jumla. Abiria alikuwaje?",
  template_cancelled_by_driver:
    "Samahani, dereva ameghairi safari yako. Tuwaulize madereva wengine?",
  template_cancelled_by_passenger: "Abiria ameghairi safari hii. Baki kazini, nyingine inakuja.",
  template_somebody_near: "Kuna dereva karibu nawe sasa ({vehicle}). Tumuulize?",
  template_nobody_accepted:
    "Hakuna dereva aliyekubali ombi lako safari hii. Tafuta tena, au tutakujulisha dereva akiwa karibu.",
  template_scheduled_reminder: "Ulipanga safari ya {moment}. Tutafute dereva sasa?",
  template_stay_online:
    "Bado unafanya kazi? Hivi karibuni abiria hawatakuona tena, isipokuwa ubaki kazini.",
  template_sos_alert:
    "Dharura: {name} amebonyeza SOS akiwa safarini saa {clock}. Piga simu sasa. Safari iko hapa: {url} (kukiwa na hatari, piga 112).",
  fare_open: "mtakubaliana",
  direction_open: "abiria atakuambia",
  plate_open: "haijulikani",
  distance_open: "haujulikani",
};
