import type { refusals as english } from "../en/refusals.ts";

export const refusals: Readonly<Record<keyof typeof english, string>> = {
  refusal_location: "Ce lieu ne semble pas juste. Envoyez encore une fois la localisation.",
  refusal_vehicle: "Ce véhicule ne convient pas. Choisissez encore une fois.",
  refusal_no_ride: "Vous n’êtes pas en course. En cas de danger, appelez le 112.",
  refusal_not_found: "Je ne trouve plus cette course.",
  refusal_taken: "Trop tard : c’est déjà pris.",
  refusal_cancelled: "Cette demande a été annulée.",
  refusal_completed: "Cette course est déjà terminée.",
  refusal_not_due: "C’est trop tôt. Je cherche un chauffeur 15 minutes avant la course.",
  refusal_in_ride: "Vous êtes dans une course. Terminez-la ou annulez-la d’abord.",
  refusal_state: "Ce n’est plus possible : la course a avancé.",
  refusal_rated: "Vous avez déjà noté cette course. Merci !",
  refusal_expired: "Cette demande est trop ancienne. Recommencez, s’il vous plaît.",
  refusal_too_late: "Trop tard : le temps pour répondre est passé.",
  refusal_self: "Vous ne pouvez pas rouler avec vous-même 🙂",
  refusal_declined: "On vous a déjà répondu non pour cette course. Choisissez-en une autre.",
  refusal_blocked: "Vous ne pouvez pas rouler ensemble : l’un de vous a bloqué l’autre.",
  refusal_contacts: "Vous avez 9 contacts de confiance, c’est le maximum. Retirez-en un d’abord.",
  refusal_nobody: "Aucun chauffeur n’est libre près de vous.",
  refusal_too_far:
    "Vous n’êtes pas encore au lieu de départ. Touchez « Je suis là » une fois sur place.",
  refusal_too_far_by:
    "Vous êtes encore à {distance} du lieu de départ. Touchez « Je suis là » une fois sur place.",
  refusal_pin:
    "Ce code PIN est faux. Demandez au passager les 4 chiffres qui sont dans sa discussion.",
  refusal_pin_left:
    "Ce code PIN est faux. Il reste {n, plural, one {# essai} other {# essais}}. Demandez au passager les 4 chiffres qui sont dans sa discussion.",
  refusal_pin_locked: "Trop de codes PIN faux. Réessayez dans {wait}.",
  refusal_rate: "C’était trop rapide. Réessayez dans {wait}.",
  refusal_forbidden: "Ce n’est pas votre course.",
  refusal_input: "Je n’ai pas pu utiliser cela. Réessayez, s’il vous plaît.",
  refusal_fault: "Un problème est arrivé chez nous. Réessayez dans une minute, s’il vous plaît.",
};
