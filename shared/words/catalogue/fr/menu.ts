import type { menu as english } from "../en/menu.ts";

export const menu: Readonly<Record<keyof typeof english, string>> = {
  welcome: "Bonjour ! 👋 Vous cherchez une course, ou vous êtes chauffeur ?",
  welcome_named: "Bonjour {name} ! 👋 Vous cherchez une course, ou vous êtes chauffeur ?",
  menu_more: "Que voulez-vous faire ?",
  row_language: "Langue",
  row_today: "Aujourd’hui",
  row_today_about: "Vos courses et vos gains",
  row_later: "Réserver pour plus tard",
  row_later_about: "Une course à l’heure de votre choix",
  row_contacts: "Contacts de confiance",
  row_contacts_about: "Qui est prévenu si vous appuyez sur SOS",
  row_blocked: "Personnes bloquées",
  row_blocked_about: "Avec qui vous ne roulez pas",
  row_help: "Aide",
  row_help_about: "Comment ça marche",
  language_name: "Français",
  choose_language: "Choisissez votre langue.",
  language_set: "D’accord, en français. Que voulez-vous faire ?",
  help_idle:
    "Touchez « Demander une course » pour trouver un chauffeur près de vous, ou « Je suis chauffeur » pour trouver des passagers. Je demande ensuite ce qu’il faut, pas à pas.",
  help_vehicle: "Touchez « Choisir » et prenez le véhicule.",
  help_plate: "Écrivez votre numéro de plaque, par exemple RAD 123 B.",
  help_pickup:
    "Touchez le bouton de localisation sous ma question. Vous pouvez y déplacer la carte ou chercher un lieu.",
  help_dropoff:
    "Envoyez le lieu où vous allez : touchez 📎 ou +, puis Localisation. Ou touchez « Passer » et dites-le au chauffeur.",
  help_time: "Choisissez une heure dans la liste, ou écrivez-la, par exemple 18:30.",
  help_pin:
    "Le passager a un code PIN de 4 chiffres dans sa discussion. Demandez-le et écrivez-le ici : la course commence alors.",
  help_contact: "Envoyez la fiche de contact de la personne : touchez 📎 ou +, puis Contact.",
  help_words:
    "À tout moment, vous pouvez écrire *menu*, *retour*, *annuler*, *langue* ou *aide* ; pendant une course, aussi *SOS*.",
  not_understood: "Désolé, je n’ai pas compris. Touchez un bouton, ou écrivez *aide*.",
  unsupported_location:
    "Je ne peux pas suivre une position en direct. Envoyez plutôt votre position actuelle : touchez 📎 ou +, puis Localisation.",
  unsupported_audio:
    "Je ne peux pas écouter les messages vocaux. Écrivez, ou touchez un bouton, s’il vous plaît.",
  unsupported_other:
    "Je ne peux pas lire ce genre de message. Écrivez, touchez un bouton, ou envoyez un lieu.",
  gone_offer: "Cette offre n’est plus ouverte.",
  gone_match: "Cette course est déjà terminée.",
  gone_trip: "Cette demande est déjà fermée.",
};
