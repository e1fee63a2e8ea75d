import { say } from "../messages/mod.ts";
import type { ErrorCode } from "../platform/mod.ts";
import { type Answer, reply } from "./answer.ts";
import type { ClaimedEvent } from "./claimed-event.ts";
import { stepOf } from "./steps.ts";

/** Leaves whatever was going on and shows the menu; in a ride, what is to do there as well. */
export function home(event: ClaimedEvent): Answer {
  const { match } = event.situation;
  return reply(event, {
    step: "idle",
    say: [say("welcome", { name: event.person.display_name })],
    ...(match && { command: { name: "show_ride", match_id: match.id } }),
  });
}

/** The second menu. */
export function more(event: ClaimedEvent): Answer {
  return reply(event, { step: "idle", say: [say("menu_more", {})] });
}

/** What can be done at this step; the step stays. */
export function help(event: ClaimedEvent): Answer {
  return reply(event, { say: [say("help", { step: stepOf(event).step })] });
}

/** The person's rides and earnings of the day; the step stays. */
export function today(event: ClaimedEvent): Answer {
  return reply(event, { command: { name: "today" } });
}

/** A tap or a word for something that is not there any more. */
export function gone(event: ClaimedEvent, what: "offer" | "match" | "trip"): Answer {
  return reply(event, { say: [say("gone", { what })] });
}

/** A refusal that the rules give before the database is asked. */
export function refuse(event: ClaimedEvent, code: ErrorCode | "NO_RIDE"): Answer {
  return reply(event, { say: [say("refusal", { code })] });
}

/** A text that is no answer and no command: the first one of a stranger is welcomed all the same. */
export function notUnderstood(event: ClaimedEvent): Answer {
  if (!event.person.locale_known) return home(event);
  return reply(event, { say: [say("not_understood", {})] });
}

/** A voice note, a picture, a live location… */
export function unsupported(event: ClaimedEvent, type: string): Answer {
  return reply(event, { say: [say("unsupported", { type })] });
}
