import type { ride as english } from "../en/ride.ts";

export const ride: Readonly<Record<keyof typeof english, string>> = {
  choose_cancel_reason: "Pourquoi voulez-vous annuler ?",
  reason_changed_mind: "J’ai changé d’avis",
  reason_waited_too_long: "J’ai trop attendu",
  reason_wrong_pickup: "Mauvais lieu de départ",
  reason_driver_asked: "Le chauffeur l’a demandé",
  reason_passenger_absent: "Le passager n’est pas là",
  reason_too_far: "C’est trop loin",
  reason_vehicle_problem: "Mon véhicule a un souci",
  reason_passenger_asked: "Le passager l’a demandé",
  reason_other: "Autre raison",
  reason_given: "Raison : « {reason} »",
  ride_cancelled_passenger: "La course est annulée. J’ai prévenu le chauffeur.",
  ride_cancelled_driver: "La course est annulée. J’ai prévenu le passager.",
  ride_lapsed: "J’ai fermé cette course : rien ne s’est passé depuis longtemps.",
  ride_withdrawn_passenger:
    "Notre équipe a dû annuler cette course. Vous pouvez en demander une autre quand vous voulez.",
  ride_withdrawn_searching:
    "Notre équipe a retiré cette course au chauffeur. J’en cherche un autre.",
  ride_withdrawn_driver: "Notre équipe a retiré cette course. Cela ne compte pas contre vous.",
  rated: "Merci !",
  rated_low:
    "Merci de nous l’avoir dit. Si vous bloquez {name}, vous ne roulerez plus jamais ensemble.",
  relayed: "💬 {name} : {text}",
  relay_sent: "Envoyé ✓",
};
