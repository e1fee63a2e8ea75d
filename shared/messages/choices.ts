import type { ListRow, OutboundMessage } from "../whatsapp/mod.ts";
import type { MessageKey } from "../words/mod.ts";
import type { Scene } from "./scene.ts";

/** A button: what comes back when it is tapped, and what is on it. */
export interface Choice {
  readonly id: string;
  readonly title: MessageKey;
}

const LIST_ROWS = 10;

/** Every button there is. The ids are read by the conversation; they must not change for as long as chats last. */
export const choices = {
  ride: { id: "menu:ride", title: "button_ride" },
  drive: { id: "menu:drive", title: "button_drive" },
  more: { id: "menu:more", title: "button_more" },
  home: { id: "menu:home", title: "button_home" },
  help: { id: "menu:help", title: "button_help" },
  /** Asks for a driver's new place. */
  moved: { id: "menu:drive", title: "button_moved" },
  goOnline: { id: "menu:drive", title: "button_online" },
  skip: { id: "drop:skip", title: "button_skip" },
} as const satisfies Record<string, Choice>;

/** Buttons about a trip. */
export const tripChoices = {
  again: (trip: string): Choice => ({ id: `again:${trip}`, title: "button_again" }),
  best: (trip: string): Choice => ({ id: `best:${trip}`, title: "button_best" }),
  watch: (trip: string): Choice => ({ id: `watch:${trip}`, title: "button_watch" }),
  cancel: (trip: string): Choice => ({ id: `cancel:${trip}`, title: "button_cancel" }),
  near: (trip: string): Choice => ({ id: `near:${trip}`, title: "button_near" }),
  stay: (trip: string): Choice => ({ id: `stay:${trip}`, title: "button_stay" }),
  stillHere: (trip: string): Choice => ({ id: `stay:${trip}`, title: "button_still_here" }),
  offline: (trip: string): Choice => ({ id: `offline:${trip}`, title: "button_offline" }),
};

/** Buttons about a match. */
export const matchChoices = {
  yes: (match: string): Choice => ({ id: `match_yes:${match}`, title: "button_accept" }),
  no: (match: string): Choice => ({ id: `match_no:${match}`, title: "button_decline" }),
  arrive: (match: string): Choice => ({ id: `arrive:${match}`, title: "button_arrived" }),
  complete: (match: string): Choice => ({ id: `complete:${match}`, title: "button_complete" }),
  cancel: (match: string): Choice => ({ id: `mcancel:${match}`, title: "button_cancel_ride" }),
  share: (match: string): Choice => ({ id: `share:${match}`, title: "button_share" }),
  sos: (match: string): Choice => ({ id: `sos:${match}`, title: "button_sos" }),
  block: (match: string): Choice => ({ id: `block:${match}`, title: "button_block" }),
};

/** Buttons about an offer. */
export const offerChoices = {
  yes: (offer: string): Choice => ({ id: `offer_yes:${offer}`, title: "button_accept" }),
  no: (offer: string): Choice => ({ id: `offer_no:${offer}`, title: "button_decline" }),
};

/** A text with up to three buttons. */
export function buttons(
  { words }: Scene,
  { body, choices }: { body: string; choices: readonly Choice[] },
): OutboundMessage {
  return {
    type: "buttons",
    body,
    buttons: choices.map(({ id, title }) => ({ id, title: words.t(title) })),
  };
}

/** A text that opens a list of rows, of which ten fit. */
export function list(
  { words }: Scene,
  { body, button, rows }: { body: string; button: MessageKey; rows: readonly ListRow[] },
): OutboundMessage {
  return {
    type: "list",
    body,
    button: words.t(button),
    sections: [{ rows: rows.slice(0, LIST_ROWS) }],
  };
}

/** The five rows to rate the other side of a match with, the best first. */
export function ratingRows(matchId: string, { words }: Scene): ListRow[] {
  const names = ["rate_5", "rate_4", "rate_3", "rate_2", "rate_1"] as const;
  return names.map((name, index) => {
    const rating = 5 - index;
    return {
      id: `rate:${matchId}:${rating}`,
      title: "★".repeat(rating) + "☆".repeat(index),
      description: words.t(name),
    };
  });
}
