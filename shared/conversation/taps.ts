import type { Action } from "./actions.ts";
import { type Answer, answered, type Decision } from "./answer.ts";
import type { ClaimedEvent } from "./claimed-event.ts";
import {
  answerOffer,
  goOffline,
  passengersNear,
  startDriving,
  stayOnline,
  takePassenger,
} from "./driver.ts";
import { chooseLanguage, setLanguage } from "./language.ts";
import { help, home, more, today } from "./menu.ts";
import {
  askTheBest,
  cancelTrip,
  cancelTripBecause,
  pickDriver,
  searchAgain,
  skipDropoff,
  startRide,
  watch,
} from "./passenger.ts";
import { advance, cancelMatchBecause, cancelMatchFrom, rate } from "./ride.ts";
import {
  block,
  listBlocked,
  openContacts,
  removeContact,
  shareTrip,
  sos,
  unblock,
} from "./safety.ts";
import { chooseTime, startLater } from "./scheduling.ts";
import { chooseVehicle } from "./vehicle.ts";

/** What a tap comes to, on a button or a row of whatever age. */
export function decideTap(event: ClaimedEvent, action: Action): Decision {
  switch (action.verb) {
    case "pick":
      return pickDriver(event, action);
    case "best":
      return askTheBest(event, action.trip_id);
    case "again":
      return searchAgain(event, action.trip_id);
    case "watch":
      return watch(event, action.trip_id);
    case "stay":
      return stayOnline(event);
    case "near":
      return passengersNear(event);
    case "take":
      return takePassenger(event, action.other_trip_id);
    default:
      return answered(answerTap(event, action));
  }
}

type Searching = "pick" | "best" | "again" | "watch" | "stay" | "near" | "take";

function answerTap(event: ClaimedEvent, action: Exclude<Action, { verb: Searching }>): Answer {
  switch (action.verb) {
    case "menu":
      return goTo(event, action.to);
    case "lang":
      return setLanguage(event, action.locale);
    case "veh":
      return chooseVehicle(event, { role: action.role, vehicle_type: action.vehicle_type });
    case "drop_skip":
      return skipDropoff(event);
    case "at":
      return chooseTime(event, action.at);
    case "cancel":
      return cancelTrip(event, action.trip_id);
    case "offline":
      return goOffline(event);
    case "offer_yes":
    case "offer_no":
      return answerOffer(event, { offer_id: action.offer_id, accept: action.verb === "offer_yes" });
    case "match_yes":
      return advance(event, { action: "accept", match_id: action.match_id });
    case "match_no":
      return advance(event, { action: "decline", match_id: action.match_id });
    case "arrive":
    case "complete":
      return advance(event, { action: action.verb, match_id: action.match_id });
    case "mcancel":
      return cancelMatchFrom(event, action.match_id);
    case "why":
      return action.target === "trip"
        ? cancelTripBecause(event, { trip_id: action.id, reason: action.reason })
        : cancelMatchBecause(event, { match_id: action.id, reason: action.reason });
    case "share":
      return shareTrip(event, action.match_id);
    case "sos":
      return sos(event);
    case "block":
      return block(event, action.match_id);
    case "rate":
      return rate(event, { match_id: action.match_id, rating: action.rating });
    case "unblock":
      return unblock(event, action.user_id);
    case "uncontact":
      return removeContact(event, action.contact_id);
  }
}

function goTo(event: ClaimedEvent, to: Extract<Action, { verb: "menu" }>["to"]): Answer {
  switch (to) {
    case "home":
      return home(event);
    case "ride":
      return startRide(event);
    case "drive":
      return startDriving(event);
    case "more":
      return more(event);
    case "language":
      return chooseLanguage(event);
    case "today":
      return today(event);
    case "later":
      return startLater(event);
    case "contacts":
      return openContacts(event);
    case "blocked":
      return listBlocked(event);
    case "help":
      return help(event);
  }
}
