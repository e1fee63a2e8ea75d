/** Templates: sent when a person has been silent for a day, word for word as Meta has approved them. */
export const templates = {
  template_offer:
    "A passenger near you needs a ride. Pickup: {distance} away, {duration}. Destination: {direction}. Fare: {fare}. Please answer within {time}, or it goes to another driver.",
  template_proposal:
    "A passenger chose you for a ride. Pickup: {distance} away, {duration}. Destination: {direction}. Fare: {fare}. Please answer within {time}, or the passenger asks another driver.",
  template_ride_accepted:
    "Good news: {driver} is coming. Vehicle: {vehicle}, plate {plate}. Your PIN is {pin}: give it to the driver when you get on. Follow the ride at {url} and have a good trip.",
  template_driver_arrived:
    "Your driver is here: {driver}, plate {plate}. Your PIN is {pin}: give it to the driver when you get on.",
  template_receipt:
    "Thank you for your ride with {driver}. Fare: {fare}. Distance: {distance}. How was the ride?",
  template_ride_done:
    "Your ride is finished. Fare: {fare}. Today you drove {total} in all. How was the passenger?",
  template_cancelled_by_driver:
    "Sorry, the driver cancelled your ride. Shall we ask the other drivers?",
  template_cancelled_by_passenger:
    "The passenger cancelled this ride. Stay online for the next one.",
  template_somebody_near: "A driver is near you now ({vehicle}). Shall we ask for you?",
  template_nobody_accepted:
    "No driver accepted your request this time. You can search again, or we’ll tell you when somebody is near.",
  template_scheduled_reminder: "You booked a ride for {moment}. Shall we look for a driver now?",
  template_stay_online:
    "Are you still working? Passengers will stop seeing you soon, unless you stay online.",
  template_sos_alert:
    "Emergency: {name} pressed SOS in a ride at {clock}. Please call now. Where the ride is: {url} (in danger, call 112).",
  fare_open: "to be agreed",
  direction_open: "the passenger will tell you",
  plate_open: "not known",
  distance_open: "not known",
};
