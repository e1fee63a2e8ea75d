/** Blocked people, trusted contacts, SOS. */
export const safety = {
  blocked: "{name} is blocked. You two won’t ride together again.",
  unblocked: "{name} is not blocked any more.",
  blocked_list: "These people are blocked.",
  blocked_list_empty: "You have blocked nobody.",
  row_unblock_about: "Tap to unblock",
  sos_sent: "🆘 Our team has your SOS. In danger, call 112 now.",
  sos_sent_contacts:
    "{n, plural, =0 {You have no trusted contact yet: share the trip with somebody.} one {I also wrote to # person you trust.} other {I also wrote to # people you trust.}}",
  sos_alert: "🆘 {name} pressed SOS in a ride at {clock}. Call now. In danger, call 112.",
  sos_alert_follow: "Where the ride is: {url}",
  share_trip: "Follow my ride: {url}",
  contacts: "These people are told if you press SOS.",
  contacts_empty: "You have no trusted contacts yet: people who are told if you press SOS.",
  contacts_add: "To add somebody, send me their contact card: tap 📎 or +, then Contact.",
  row_uncontact_about: "Tap to remove",
  row_uncontact_about_phone: "{phone} · Tap to remove",
  ask_contact:
    "Who should be told if you press SOS? Send their contact card: tap 📎 or +, then Contact.",
  contact_added: "✅ {name} will be told if you press SOS.",
  contact_removed: "{name} won’t be told any more if you press SOS.",
};
