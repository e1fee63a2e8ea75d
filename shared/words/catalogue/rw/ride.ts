import type { ride as english } from "../en/ride.ts";

export const ride: Readonly<Record<keyof typeof english, string>> = {
  choose_cancel_reason: "Kuki ushaka guhagarika?",
  reason_changed_mind: "Nahinduye igitekerezo",
  reason_waited_too_long: "Nategereje cyane",
  reason_wrong_pickup: "Aho gufatirwa si ho",
  reason_driver_asked: "Umushoferi yabisabye",
  reason_passenger_absent: "Umugenzi ntahari",
  reason_too_far: "Ni kure cyane",
  reason_vehicle_problem: "Ikinyabiziga cyapfuye",
  reason_passenger_asked: "Umugenzi yabisabye",
  reason_other: "Indi mpamvu",
  reason_given: "Impamvu: “{reason}”",
  ride_cancelled_passenger: "Urugendo rwahagaritswe. Nabimenyesheje umushoferi.",
  ride_cancelled_driver: "Urugendo rwahagaritswe. Nabimenyesheje umugenzi.",
  ride_lapsed: "Nafunze uru rugendo: hashize igihe kinini nta kigenda.",
  ride_withdrawn_passenger:
    "Ikipe yacu yahagaritse uru rugendo. Ushobora gusaba urundi igihe cyose.",
  ride_withdrawn_searching: "Ikipe yacu yambuye umushoferi uru rugendo. Ndimo kugushakira undi.",
  ride_withdrawn_driver: "Ikipe yacu yahagaritse uru rugendo. Ntibikubarwaho.",
  rated: "Murakoze!",
  rated_low: "Urakoze kubitubwira. Nukumira {name}, ntimuzongera kugendana.",
  relayed: "💬 {name}: {text}",
  relay_sent: "Byoherejwe ✓",
};
