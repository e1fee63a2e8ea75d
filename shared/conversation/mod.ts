export { answerEvent, type Outcome } from "./answer-event.ts";
export { type ClaimedEvent, claimedEvent } from "./claimed-event.ts";
export type { Answer, Command, Decision, Search } from "./answer.ts";
export { type Action, beginsAnew, cancelReasons, parseAction } from "./actions.ts";
export { decide } from "./decide.ts";
