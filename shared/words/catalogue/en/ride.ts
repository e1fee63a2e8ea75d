/** What either side of a ride hears. */
export const ride = {
  choose_cancel_reason: "Why do you want to cancel?",
  reason_changed_mind: "I changed my mind",
  reason_waited_too_long: "I waited too long",
  reason_wrong_pickup: "Wrong pickup place",
  reason_driver_asked: "The driver asked me to",
  reason_passenger_absent: "The passenger isn’t here",
  reason_too_far: "It’s too far",
  reason_vehicle_problem: "My vehicle has a problem",
  reason_passenger_asked: "The passenger asked",
  reason_other: "Another reason",
  reason_given: "Reason: “{reason}”",
  ride_cancelled_passenger: "The ride is cancelled. I told the driver.",
  ride_cancelled_driver: "The ride is cancelled. I told the passenger.",
  ride_lapsed: "I closed this ride: nothing happened for a long time.",
  ride_withdrawn_passenger:
    "Our team had to cancel this ride. You can ask for another one at any time.",
  ride_withdrawn_searching:
    "Our team took this ride back from the driver. I’m looking for another one.",
  ride_withdrawn_driver: "Our team took this ride back. It does not count against you.",
  rated: "Thank you!",
  rated_low:
    "Thank you for telling us. If you block {name}, you two will never ride together again.",
  relayed: "💬 {name}: {text}",
  relay_sent: "Sent ✓",
};
