import type { menu as english } from "../en/menu.ts";

export const menu: Readonly<Record<keyof typeof english, string>> = {
  welcome: "Habari! 👋 Unahitaji usafiri, au wewe ni dereva?",
  welcome_named: "Habari {name}! 👋 Unahitaji usafiri, au wewe ni dereva?",
  menu_more: "Ungependa nini?",
  row_language: "Lugha",
  row_today: "Leo",
  row_today_about: "Safari zako na mapato yako",
  row_later: "Panga safari ya baadaye",
  row_later_about: "Safari kwa saa unayotaka",
  row_contacts: "Watu unaowaamini",
  row_contacts_about: "Wanaojulishwa ukibonyeza SOS",
  row_blocked: "Watu uliowazuia",
  row_blocked_about: "Watu usiosafiri nao",
  row_help: "Msaada",
  row_help_about: "Jinsi inavyofanya kazi",
  language_name: "Kiswahili",
  choose_language: "Chagua lugha yako.",
  language_set: "Sawa, kwa Kiswahili. Unahitaji nini?",
  help_idle:
    "Bonyeza “Nataka usafiri” kupata dereva aliye karibu nawe, au “Mimi ni dereva” kupata abiria. Nitakuuliza kinachohitajika hatua kwa hatua.",
  help_vehicle: "Bonyeza “Chagua”, kisha chagua chombo cha usafiri.",
  help_plate: "Andika namba yako ya usajili, kwa mfano RAD 123 B.",
  help_pickup:
    "Bonyeza kitufe cha mahali kilicho chini ya swali langu. Hapo unaweza kusogeza ramani au kutafuta mahali.",
  help_dropoff:
    "Tuma mahali unapokwenda: bonyeza 📎 au +, kisha Mahali (Location). Au bonyeza “Ruka” na umwambie dereva.",
  help_time: "Chagua saa kwenye orodha, au iandike, kwa mfano 18:30.",
  help_pin:
    "Abiria ana PIN ya tarakimu 4 kwenye ujumbe wake. Mwombe, kisha iandike hapa: safari itaanza.",
  help_contact: "Tuma namba ya mtu huyo: bonyeza 📎 au +, kisha Anwani (Contact).",
  help_words:
    "Wakati wowote unaweza kuandika *menyu*, *rudi*, *ghairi*, *lugha* au *msaada*; ukiwa safarini pia *SOS*.",
  not_understood: "Samahani, sijaelewa. Bonyeza kitufe, au andika *msaada*.",
  unsupported_location:
    "Siwezi kufuata mahali pa moja kwa moja (live location). Tafadhali tuma mahali ulipo sasa: bonyeza 📎 au +, kisha Mahali (Location).",
  unsupported_audio: "Siwezi kusikiliza ujumbe wa sauti. Tafadhali andika, au bonyeza kitufe.",
  unsupported_other:
    "Siwezi kusoma ujumbe wa aina hii. Tafadhali andika, bonyeza kitufe, au tuma mahali.",
  gone_offer: "Safari hii haipatikani tena.",
  gone_match: "Safari hii imekwisha.",
  gone_trip: "Ombi hili limefungwa.",
};
