import { z } from "zod";
import { maybe } from "./fields.ts";

/** The steps of a conversation in which a person can ask for help. */
export const steps = [
  "idle",
  "vehicle",
  "plate",
  "pickup",
  "dropoff",
  "time",
  "pin",
  "contact",
] as const;

/** What the menu and small talk say, and with which values. */
export const menuParams = {
  welcome: z.object({ name: maybe.text }),
  menu_more: z.object({}),
  choose_language: z.object({}),
  language_set: z.object({}),
  help: z.object({ step: z.enum(steps) }),
  not_understood: z.object({}),
  /** The kind of message that cannot be read: "audio", "unsupported:location", … */
  unsupported: z.object({ type: z.string() }),
  /** An error code of the API, and what it says about itself. */
  refusal: z.object({ code: z.string(), details: z.unknown().optional() }),
  /** A tap on an old button: there is nothing to do any more. */
  gone: z.object({ what: z.enum(["offer", "match", "trip"]) }),
};
