import { z } from "zod";
import type { Person } from "./people.ts";
import { People } from "./people.ts";

const fault = z.discriminatedUnion("kind", [
  /** An answer that is an error; the message is not taken. */
  z.strictObject({
    kind: z.literal("error"),
    status: z.number().int().min(400).max(599),
    code: z.number().int(),
    retry_after_s: z.number().int().min(0).optional(),
  }),
  /** Silence for a while, then a closed connection; the message is not taken. */
  z.strictObject({ kind: z.literal("timeout"), ms: z.number().int().min(0).max(600_000) }),
  /** A closed connection; the message is not taken. */
  z.strictObject({ kind: z.literal("reset") }),
  /** A closed connection although the message is taken and its statuses follow. */
  z.strictObject({ kind: z.literal("reset_after") }),
  /** The message is taken, and fails afterwards. */
  z.strictObject({ kind: z.literal("status_failed"), code: z.number().int() }),
]);

/** What to do wrong, how many times, and to whom; to anybody unless `match` says to whom. */
export const faultPlan = z.strictObject({
  match: z.strictObject({ to: z.string().optional() }).optional(),
  times: z.number().int().min(1).max(10_000).default(1),
  fault,
});

/** One thing that can go wrong with a message. */
export type Fault = z.infer<typeof fault>;
/** What to do wrong, how many times, and to whom. */
export type FaultPlan = z.infer<typeof faultPlan>;

/** What is still to go wrong. */
export class Faults {
  #plans: FaultPlan[] = [];

  add(plans: readonly FaultPlan[]): void {
    this.#plans.push(...plans);
  }

  clear(): void {
    this.#plans = [];
  }

  /** The plans that are not used up, with the times that are left. */
  left(): readonly FaultPlan[] {
    return this.#plans;
  }

  /** Uses up one time of the first plan for this person. */
  take(person: Person): Fault | undefined {
    const plan = this.#plans.find(({ match }) => match?.to === undefined || isTo(person, match.to));
    if (plan === undefined) return undefined;
    plan.times--;
    if (plan.times === 0) this.#plans = this.#plans.filter((other) => other !== plan);
    return plan.fault;
  }
}

function isTo(person: Person, to: string): boolean {
  const { phone, whatsapp_user_id } = People.address(to);
  return whatsapp_user_id === undefined
    ? person.phone !== null && person.phone === phone?.replaceAll(/\D/g, "")
    : person.whatsapp_user_id === whatsapp_user_id;
}
