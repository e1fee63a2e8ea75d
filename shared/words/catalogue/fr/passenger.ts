import type { passenger as english } from "../en/passenger.ts";

export const passenger: Readonly<Record<keyof typeof english, string>> = {
  choose_vehicle_passenger: "Quel véhicule voulez-vous ?",
  choose_vehicle_driver: "Que conduisez-vous ?",
  ask_pickup_passenger: "📍 Où le chauffeur doit-il vous prendre ? Envoyez le lieu.",
  ask_pickup_driver:
    "📍 Où êtes-vous maintenant ? Envoyez votre position, pour que les passagers vous trouvent.",
  ask_dropoff_from: "📍 Départ : {place}.",
  ask_dropoff:
    "Où allez-vous ? Envoyez le lieu et je vous dis le prix : touchez 📎 ou +, puis Localisation. Ou passez cette question.",
  choose_time:
    "Quand voulez-vous la course ? Choisissez une heure, ou écrivez-la, par exemple 18:30.",
  place_not_found:
    "Je ne trouve pas « {place} ». Envoyez la localisation : touchez 📎 ou +, puis Localisation.",
  drivers_found:
    "{n, plural, one {# chauffeur} other {# chauffeurs}} près de vous, les meilleurs d’abord.",
  drivers_found_wider:
    "Personne tout près, alors j’ai cherché plus loin, jusqu’à {radius} : {n, plural, one {# chauffeur} other {# chauffeurs}}, les meilleurs d’abord.",
  estimate: "Prix : environ {fare}",
  estimate_distance: "Prix : environ {fare} pour {distance}",
  drivers_found_choose: "Choisissez, ou laissez-moi demander aux meilleurs.",
  row_best_about: "Je demande aux meilleurs, jusqu’à ce que l’un accepte",
  nobody_near:
    "Aucun chauffeur n’est libre à moins de {radius}. Je peux vous prévenir quand il y en a un tout près.",
  watching: "D’accord ! Je vous écris dès qu’un chauffeur est tout près.",
  somebody_near: "🔔 Un chauffeur est près de vous maintenant ({vehicle}). Je lui demande ?",
  asking_driver: "Demande envoyée : {driver} a {time} pour répondre.",
  dispatching:
    "Je demande aux meilleurs chauffeurs près de vous. Je vous écris dès que l’un accepte.",
  driver_declined: "{driver} ne peut pas venir cette fois. Je demande aux autres ?",
  driver_silent: "{driver} n’a pas répondu. Je demande aux autres ?",
  nobody_accepted:
    "Aucun chauffeur n’a accepté cette fois. Cherchez encore, ou je vous préviens quand il y en a un tout près.",
  proposal_to_passenger: "🔔 {driver} vous propose une course. Répondez dans les {time}.",
  fare: "Prix : {fare}",
  ride_accepted: "✅ {driver} arrive !",
  ride_accepted_eta: "✅ {driver} arrive : à {distance}, environ {duration}.",
  your_pin: "Votre code PIN : *{pin}*. Donnez-le au chauffeur en montant.",
  follow: "Suivre la course : {url}",
  driver_arrived: "📍 {driver} est là.",
  look_for: "Cherchez la plaque *{plate}*.",
  ride_started: "La course a commencé. Bonne route !",
  receipt: "Vous voilà à destination. Merci d’avoir roulé avec {driver} !",
  receipt_ask: "C’était comment ?",
  rate_5: "Très bien",
  rate_4: "Bien",
  rate_3: "Moyen",
  rate_2: "Pas bien",
  rate_1: "Mauvais",
  cancelled_by_driver: "Désolé, le chauffeur a annulé. J’en cherche un autre.",
  trip_cancelled: "D’accord, votre demande est annulée.",
  trip_expired_passenger: "Votre demande est fermée : son temps est passé.",
  trip_expired_driver: "Vous êtes hors ligne : votre temps est passé.",
  scheduled: "✅ Réservé pour {moment}.",
  scheduled_after: "Je vous le rappelle avant, puis nous cherchons un chauffeur.",
  scheduled_reminder:
    "⏰ Vous avez réservé une course pour {moment}. Je cherche un chauffeur maintenant ?",
};
