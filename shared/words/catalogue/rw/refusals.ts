import type { refusals as english } from "../en/refusals.ts";

export const refusals: Readonly<Record<keyof typeof english, string>> = {
  refusal_location: "Aho hantu ntihasobanutse. Ongera uhohereze.",
  refusal_vehicle: "Icyo kinyabiziga ntigihuye n’urugendo. Ongera uhitemo.",
  refusal_no_ride: "Nta rugendo urimo ubu. Niba uri mu kaga, hamagara 112.",
  refusal_not_found: "Uru rugendo sinkirubona.",
  refusal_taken: "Watinze: byamaze gufatwa.",
  refusal_cancelled: "Ubu busabe bwarahagaritswe.",
  refusal_completed: "Uru rugendo rwararangiye.",
  refusal_not_due: "Haracyari kare. Nshaka umushoferi habura iminota 15.",
  refusal_in_ride: "Ubu uri mu rugendo. Banza urusoze cyangwa uruhagarike.",
  refusal_state: "Ibyo ntibigishoboka: urugendo rugeze ku kindi cyiciro.",
  refusal_rated: "Uru rugendo wararuhaye amanota. Murakoze!",
  refusal_expired: "Igihe cy’ubu busabe cyararangiye. Ongera utangire.",
  refusal_too_late: "Watinze: igihe cyo gusubiza cyarangiye.",
  refusal_self: "Ntushobora kwitwara wowe ubwawe 🙂",
  refusal_declined: "Uru rugendo barwanze mbere. Hitamo urundi.",
  refusal_blocked: "Ntimushobora kugendana: umwe muri mwe yakumiriye undi.",
  refusal_contacts: "Usanzwe ufite abantu 9 wizeye, ntibashobora kurenga. Banza ukuremo umwe.",
  refusal_nobody: "Nta mushoferi uhari hafi yawe ubu.",
  refusal_too_far: "Nturagera aho ufatira umugenzi. Nuhagera, kanda “Nahageze”.",
  refusal_too_far_by:
    "Haracyari {distance} ngo ugere aho ufatira umugenzi. Nuhagera, kanda “Nahageze”.",
  refusal_pin: "Iyo PIN si yo. Saba umugenzi imibare 4 iri mu butumwa bwe.",
  refusal_pin_left:
    "Iyo PIN si yo. {n, plural, other {Usigaje inshuro #}}. Saba umugenzi imibare 4 iri mu butumwa bwe.",
  refusal_pin_locked: "Wanditse PIN zitari zo inshuro nyinshi. Ongera ugerageze nyuma y’{wait}.",
  refusal_rate: "Wihuse cyane. Ongera ugerageze nyuma y’{wait}.",
  refusal_forbidden: "Uru rugendo si urwawe.",
  refusal_input: "Ibyo sinshoboye kubikoresha. Ongera ugerageze.",
  refusal_fault: "Habaye ikibazo ku ruhande rwacu. Ongera ugerageze nyuma y’umunota.",
};
