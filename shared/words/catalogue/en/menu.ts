/** The menu, languages, help and small talk. */
export const menu = {
  welcome: "Hello! 👋 Do you need a ride, or are you a driver?",
  welcome_named: "Hello {name}! 👋 Do you need a ride, or are you a driver?",
  menu_more: "What would you like?",
  row_language: "Language",
  row_today: "Today",
  row_today_about: "Your rides and earnings",
  row_later: "Book for later",
  row_later_about: "A ride at the time you choose",
  row_contacts: "Trusted contacts",
  row_contacts_about: "Who is told if you press SOS",
  row_blocked: "Blocked people",
  row_blocked_about: "People you don’t ride with",
  row_help: "Help",
  row_help_about: "How it works",
  language_name: "English",
  choose_language: "Choose your language.",
  language_set: "OK, in English. What do you need?",
  help_idle:
    "Tap “Get a ride” to find a driver near you, or “I’m a driver” to find passengers. I’ll ask for what I need, step by step.",
  help_vehicle: "Tap “Choose” and pick the vehicle.",
  help_plate: "Type your number plate, for example RAD 123 B.",
  help_pickup:
    "Tap the location button under my question. There you can move the map or search for a place.",
  help_dropoff:
    "Send the place you are going to: tap 📎 or +, then Location. Or tap “Skip” and tell the driver.",
  help_time: "Pick a time from the list, or type one, for example 18:30.",
  help_pin:
    "The passenger has a PIN of 4 digits in this chat. Ask for it and type it here: then the ride starts.",
  help_contact: "Send the person’s contact card: tap 📎 or +, then Contact.",
  help_words:
    "At any time you can type *menu*, *back*, *cancel*, *language* or *help*; in a ride also *SOS*.",
  not_understood: "Sorry, I didn’t understand. Tap a button, or type *help*.",
  unsupported_location:
    "I can’t follow a live location. Please send where you are now: tap 📎 or +, then Location.",
  unsupported_audio: "I can’t listen to voice messages. Please type, or tap a button.",
  unsupported_other:
    "I can’t read this kind of message. Please type, tap a button, or send a location.",
  gone_offer: "This offer is not open any more.",
  gone_match: "This ride is already over.",
  gone_trip: "This request is already closed.",
};
