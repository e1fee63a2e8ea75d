import { type CommandWord, recognise } from "../words/mod.ts";
import { parseAction } from "./actions.ts";
import { type Answer, answered, type Decision } from "./answer.ts";
import { cancel, stop } from "./cancelling.ts";
import type { ClaimedEvent } from "./claimed-event.ts";
import { cleanText } from "./clean-text.ts";
import { startDriving } from "./driver.ts";
import { goBack } from "./flow.ts";
import { chooseLanguage, withLocale } from "./language.ts";
import { takeLocation } from "./location.ts";
import { help, home, notUnderstood, today, unsupported } from "./menu.ts";
import { searchTask, skipDropoff, startRide } from "./passenger.ts";
import { agreedMatch, answerProposal, pinTyped, relay } from "./ride.ts";
import { contactShared, contactTyped, sos } from "./safety.ts";
import { timeTyped } from "./scheduling.ts";
import { stepOf } from "./steps.ts";
import { decideTap } from "./taps.ts";
import { plateTyped, vehicleTyped } from "./vehicle.ts";

const MAX_PLACE_LENGTH = 200;

/**
 * What a person's message, or a task of theirs, comes to: pure, of the event and its situation alone. Nothing a
 * person can send makes it throw.
 */
export function decide(event: ClaimedEvent): Decision {
  const decision = decideContent(event);
  return decision.kind === "answer" ? answered(withLocale(event, decision.answer)) : decision;
}

function decideContent(event: ClaimedEvent): Decision {
  const { content } = event.event;
  switch (content.kind) {
    case "text":
      return decideText(event, content.text);
    case "reply": {
      const action = parseAction(content.id);
      // A template's button, or one of another system on this number, means what it says.
      return action ? decideTap(event, action) : decideText(event, content.title);
    }
    case "location":
      return answered(takeLocation(event, content));
    case "contacts":
      return answered(
        stepOf(event).step === "contact"
          ? contactShared(event, content.contacts)
          : unsupported(event, "contacts"),
      );
    case "unsupported":
      return answered(unsupported(event, content.type));
    case "task":
      return searchTask(event, content.trip_id);
  }
}

function decideText(event: ClaimedEvent, text: string): Decision {
  const pin = pinTyped(event, text);
  if (pin) return answered(pin);
  const { step } = stepOf(event);
  const match = agreedMatch(event);
  // What people write to each other, and the names of places, may begin like a command.
  const whole = match !== null || step !== "idle";
  const word = recognise(text, { whole });
  const said = word && answerWord(event, word);
  if (said) return answered(said);
  switch (step) {
    case "vehicle":
      return answered(vehicleTyped(event, text));
    case "plate":
      return answered(plateTyped(event, text));
    case "time":
      return answered(timeTyped(event, text));
    case "contact":
      return answered(contactTyped(event, text));
    case "pickup":
    case "dropoff": {
      const named = cleanText(text, MAX_PLACE_LENGTH);
      if (named === "") return answered(notUnderstood(event));
      return { kind: "find_place", question: { text: named, end: step } };
    }
    case "pin":
    case "idle":
      return answered(
        match !== null && cleanText(text, 1) !== ""
          ? relay(event, { match, text })
          : notUnderstood(event),
      );
  }
}

/** The answer to a command that was typed; undefined when at this point it is no command. */
function answerWord(event: ClaimedEvent, word: CommandWord): Answer | undefined {
  switch (word) {
    case "greeting":
      // In a ride it is for the other side.
      return agreedMatch(event) ? undefined : home(event);
    case "menu":
      return home(event);
    case "back":
      return goBack(event);
    case "cancel":
      return cancel(event);
    case "help":
      return help(event);
    case "language":
      return chooseLanguage(event);
    case "today":
      return today(event);
    case "sos":
      return sos(event);
    case "ride":
      return startRide(event);
    case "drive":
    case "online":
      return startDriving(event);
    case "offline":
    case "stop":
      return stop(event);
    case "yes":
      return answerProposal(event, true);
    case "no":
      return answerProposal(event, false) ?? skipped(event);
    case "skip":
      return skipped(event);
  }
}

function skipped(event: ClaimedEvent): Answer | undefined {
  return stepOf(event).step === "dropoff" ? skipDropoff(event) : undefined;
}
