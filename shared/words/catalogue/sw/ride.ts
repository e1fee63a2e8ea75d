import type { ride as english } from "../en/ride.ts";

export const ride: Readonly<Record<keyof typeof english, string>> = {
  choose_cancel_reason: "Kwa nini unataka kughairi?",
  reason_changed_mind: "Nimebadili mawazo",
  reason_waited_too_long: "Nimesubiri sana",
  reason_wrong_pickup: "Mahali si sahihi",
  reason_driver_asked: "Dereva ameomba",
  reason_passenger_absent: "Abiria hayupo",
  reason_too_far: "Ni mbali sana",
  reason_vehicle_problem: "Chombo kina tatizo",
  reason_passenger_asked: "Abiria ameomba",
  reason_other: "Sababu nyingine",
  reason_given: "Sababu: “{reason}”",
  ride_cancelled_passenger: "Safari imeghairiwa. Nimemjulisha dereva.",
  ride_cancelled_driver: "Safari imeghairiwa. Nimemjulisha abiria.",
  ride_lapsed: "Nimeifunga safari hii: hakuna kilichotokea kwa muda mrefu.",
  ride_withdrawn_passenger:
    "Timu yetu imelazimika kughairi safari hii. Unaweza kuomba nyingine wakati wowote.",
  ride_withdrawn_searching: "Timu yetu imemwondoa dereva huyu. Ninakutafutia mwingine.",
  ride_withdrawn_driver: "Timu yetu imeiondoa safari hii kwako. Haitahesabiwa dhidi yako.",
  rated: "Asante!",
  rated_low: "Asante kwa kutuambia. Ukimzuia {name}, hamtasafiri pamoja tena.",
  relayed: "💬 {name}: {text}",
  relay_sent: "Imetumwa ✓",
};
