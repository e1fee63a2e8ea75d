import type { refusals as english } from "../en/refusals.ts";

export const refusals: Readonly<Record<keyof typeof english, string>> = {
  refusal_location: "Mahali hapo hapaeleweki. Tafadhali tuma tena.",
  refusal_vehicle: "Chombo hicho hakifai kwa safari hii. Tafadhali chagua tena.",
  refusal_no_ride: "Huna safari sasa. Ukiwa hatarini, piga 112.",
  refusal_not_found: "Siioni tena safari hii.",
  refusal_taken: "Umechelewa: tayari imechukuliwa.",
  refusal_cancelled: "Ombi hili limeghairiwa.",
  refusal_completed: "Safari hii imekwisha.",
  refusal_not_due: "Bado ni mapema. Natafuta dereva dakika 15 kabla ya safari.",
  refusal_in_ride: "Uko safarini sasa. Maliza au ghairi safari hiyo kwanza.",
  refusal_state: "Hilo haliwezekani tena: safari imesonga mbele.",
  refusal_rated: "Tayari umeipa safari hii nyota. Asante!",
  refusal_expired: "Muda wa ombi hili umekwisha. Tafadhali anza tena.",
  refusal_too_late: "Umechelewa: muda wa kujibu umekwisha.",
  refusal_self: "Huwezi kujibeba mwenyewe 🙂",
  refusal_declined: "Safari hii tayari imekataliwa. Chagua nyingine.",
  refusal_blocked: "Hamwezi kusafiri pamoja: mmoja wenu amemzuia mwingine.",
  refusal_contacts: "Tayari una watu 9 unaowaamini, ndio wengi zaidi. Ondoa mmoja kwanza.",
  refusal_nobody: "Hakuna dereva aliye huru karibu nawe sasa.",
  refusal_too_far: "Bado hujafika mahali pa kumchukua abiria. Ukifika, bonyeza “Nimefika”.",
  refusal_too_far_by:
    "Bado uko umbali wa {distance} kutoka mahali pa kumchukua abiria. Ukifika, bonyeza “Nimefika”.",
  refusal_pin: "PIN hiyo si sahihi. Mwombe abiria tarakimu 4 zilizo kwenye ujumbe wake.",
  refusal_pin_left:
    "PIN hiyo si sahihi. {n, plural, one {Umebakiwa na jaribio #} other {Umebakiwa na majaribio #}}. Mwombe abiria tarakimu 4 zilizo kwenye ujumbe wake.",
  refusal_pin_locked: "Umeandika PIN zisizo sahihi mara nyingi. Jaribu tena baada ya {wait}.",
  refusal_rate: "Umekwenda haraka mno. Jaribu tena baada ya {wait}.",
  refusal_forbidden: "Hii si safari yako.",
  refusal_input: "Sikuweza kutumia hilo. Tafadhali jaribu tena.",
  refusal_fault: "Kumetokea tatizo upande wetu. Tafadhali jaribu tena baada ya dakika moja.",
};
