import type { safety as english } from "../en/safety.ts";

export const safety: Readonly<Record<keyof typeof english, string>> = {
  blocked: "Vous avez bloqué {name}. Vous ne roulerez plus ensemble.",
  unblocked: "Vous ne bloquez plus {name}.",
  blocked_list: "Ces personnes sont bloquées.",
  blocked_list_empty: "Vous n’avez bloqué personne.",
  row_unblock_about: "Touchez pour débloquer",
  sos_sent: "🆘 Notre équipe a votre SOS. En danger, appelez le 112 maintenant.",
  sos_sent_contacts:
    "{n, plural, =0 {Vous n’avez pas encore de contact de confiance : partagez le trajet avec quelqu’un.} one {J’ai aussi écrit à # contact de confiance.} other {J’ai aussi écrit à # contacts de confiance.}}",
  sos_alert:
    "🆘 {name} a appuyé sur SOS pendant une course, à {clock}. Appelez maintenant. En danger, appelez le 112.",
  sos_alert_follow: "Où est la course : {url}",
  share_trip: "Suivez ma course : {url}",
  contacts: "Ces personnes sont prévenues si vous appuyez sur SOS.",
  contacts_empty:
    "Vous n’avez pas encore de contacts de confiance : ils sont prévenus si vous appuyez sur SOS.",
  contacts_add:
    "Pour en ajouter un, envoyez-moi sa fiche de contact : touchez 📎 ou +, puis Contact.",
  row_uncontact_about: "Touchez pour retirer",
  row_uncontact_about_phone: "{phone} · Touchez pour retirer",
  ask_contact:
    "Qui prévenir si vous appuyez sur SOS ? Envoyez sa fiche de contact : touchez 📎 ou +, puis Contact.",
  contact_added: "✅ Si vous appuyez sur SOS, je préviens {name}.",
  contact_removed: "Si vous appuyez sur SOS, je ne préviens plus {name}.",
};
