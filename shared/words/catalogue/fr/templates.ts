import type { templates as english } from "../en/templates.ts";

export const templates: Readonly<Record<keyof typeof english, string>> = {
  template_offer:
    "Un passager près de vous cherche une course. Départ à {distance}, {duration}. Destination : {direction}. Prix : {fare}. Répondez dans les {time}, sinon un autre chauffeur la recevra.",
  template_proposal:
    "Un passager vous a choisi pour une course. Départ à {distance}, {duration}. Destination : {direction}. Prix : {fare}. Répondez dans les {time}, sinon le passager demandera à un autre.",
  template_ride_accepted:
    "Bonne nouvelle : {driver} arrive. Véhicule : {vehicle}, plaque {plate}. Votre code PIN est {pin} : donnez-le au chauffeur en montant. Suivez la course sur {url} et bonne route.",
  template_driver_arrived:
    "Votre chauffeur est là : {driver}, plaque {plate}. Votre code PIN est {pin} : donnez-le au chauffeur en montant.",
  template_receipt:
    "Vous voilà à destination, merci d’avoir roulé avec {driver}. Prix : {fare}. Distance : {distance}. Comment était la course ?",
  template_ride_done:
    "Votre course est terminée. Prix : {fare}. Aujourd’hui, vous avez fait {total} en tout. Comment était le passager ?",
  template_cancelled_by_driver:
    "Désolé, le chauffeur a annulé votre course. Voulez-vous demander aux autres chauffeurs ?",
  template_cancelled_by_passenger:
    "Le passager a annulé cette course. Restez en ligne pour la prochaine.",
  template_somebody_near:
    "Un chauffeur est près de vous maintenant ({vehicle}). Voulez-vous lui demander ?",
  template_nobody_accepted:
    "Aucun chauffeur n’a accepté votre demande cette fois. Cherchez encore, ou nous vous prévenons quand il y en a un tout près.",
  template_scheduled_reminder:
    "Vous avez réservé une course pour {moment}. Voulez-vous chercher un chauffeur maintenant ?",
  template_stay_online:
    "Vous travaillez encore ? Les passagers ne vous verront bientôt plus, sauf si vous restez en ligne.",
  template_sos_alert:
    "Urgence : {name} a appuyé sur SOS pendant une course, à {clock}. Appelez maintenant. Où est la course : {url} (en danger, appelez le 112).",
  fare_open: "à convenir",
  direction_open: "le passager vous la dira",
  plate_open: "inconnue",
  distance_open: "inconnue",
};
