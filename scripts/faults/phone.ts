import type { Sql } from "postgres";
import { z } from "zod";
import { type Identity, StandInClient, type Told } from "../stack/graph/stand-in-client.ts";
import { fromWireId, toWireId } from "../../shared/whatsapp/mod.ts";
import type { Random } from "../city/random.ts";
import type { PhoneContent } from "../stack/graph/phone-content.ts";
import { pause } from "./caller.ts";
import type { Ledger } from "./ledger.ts";
import {
  mostUrgent,
  react,
  type Reaction,
  type Read,
  type Side,
  type Whereabouts,
} from "./react.ts";

/** What people who chat share. */
export interface PhonesContext {
  readonly graphUrl: string;
  readonly sql: Sql;
  readonly ledger: Ledger;
  /** The PINs that passengers were told, by match; who rides together talks. */
  readonly pins: Map<string, string>;
  /** Simulated seconds in a second. */
  readonly speed: number;
  readonly signal: AbortSignal;
  /** Aborted when nobody begins anything new. */
  readonly goingHome: AbortSignal;
  readonly onStatus: (status: number | null, startedAt: number) => void;
}

/** Somebody with a phone. */
export interface Person {
  readonly side: Side;
  readonly identity: Identity;
  readonly where: Omit<Whereabouts, "isGoingHome">;
  readonly random: Random;
}

const message = z.looseObject({
  biz_opaque_callback_data: z.string(),
  interactive: z.looseObject({
    action: z.looseObject({
      buttons: z.array(z.object({ reply: z.object({ id: z.string(), title: z.string() }) }))
        .default([]),
      sections: z.array(
        z.object({ rows: z.array(z.looseObject({ id: z.string(), title: z.string() })) }),
      ).default([]),
    }),
  }).optional(),
  template: z.looseObject({
    components: z.array(z.looseObject({
      parameters: z.array(z.looseObject({ payload: z.string().optional() })),
    })).default([]),
  }).optional(),
});
const said = z.object({
  kind: z.string(),
  params: z.looseObject({ pin: z.string().optional(), match_id: z.string().optional() }),
});

const LEG_S = 200;
const SILENCE_MS = 20_000;
/** When Meta delivers again what got no 200, in milliseconds after the time before. */
const REDELIVER_AFTER_MS = [1_000, 2_000, 4_000, 8_000];

/** Reads and answers until the signal is aborted; who hears nothing for long writes again. */
export class Phone {
  readonly #context: PhonesContext;
  readonly #person: Person;
  readonly #standIn: StandInClient;
  #last = 0;
  #heardAt = -Infinity;
  #isBusy = false;

  constructor(person: Person, context: PhonesContext) {
    this.#person = person;
    this.#context = context;
    this.#standIn = new StandInClient(context.graphUrl);
  }

  /** Whether there is something that was not read, or not answered. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  async live(): Promise<void> {
    const { signal, goingHome } = this.#context;
    while (!signal.aborted) {
      const told = await this.#standIn.messages(this.#person.identity, {
        after: this.#last,
        wait: false,
      });
      if (told.length > 0) {
        this.#isBusy = true;
        this.#heardAt = performance.now();
        this.#last = told.at(-1)?.n ?? this.#last;
        await this.#answer(told);
        this.#isBusy = false;
      }
      if (
        performance.now() - this.#heardAt > SILENCE_MS &&
        (!goingHome.aborted || await this.#isInRide())
      ) {
        this.#heardAt = performance.now();
        await this.#do({ kind: "text", text: "Hello" });
      }
      await pause(300, signal);
    }
  }

  /** Reads all there is, then does what matters most. */
  async #answer(told: readonly Told[]): Promise<void> {
    const { pins, goingHome, signal } = this.#context;
    const { side, where, random } = this.#person;
    const reactions: Reaction[] = [];
    for (const one of told) {
      const { read, params } = await this.#read(one);
      if (params.pin !== undefined && params.match_id !== undefined) {
        pins.set(params.match_id, params.pin);
      }
      const pin = read.kind === "ask_pin" ? await this.#pinOf(params.match_id) : undefined;
      const reaction = pin === undefined
        ? react(side, read, { ...where, isGoingHome: goingHome.aborted })
        : { content: { kind: "text", text: pin } as const, rank: -1 };
      if (reaction !== undefined) reactions.push(reaction);
    }
    const content = mostUrgent(reactions);
    if (content === undefined) return;
    await pause(this.#pauseMs(content, random), signal);
    await this.#do(content);
  }

  /** People think for a moment; who drives takes longer. */
  #pauseMs(content: PhoneContent, random: Random): number {
    const drives = content.kind === "reply" && /^(?:arrive|complete):/.test(content.id);
    return drives ? 1000 * LEG_S * (0.5 + random()) / this.#context.speed : 300 + 1_000 * random();
  }

  async #pinOf(matchId: string | undefined): Promise<string | undefined> {
    const { pins, signal } = this.#context;
    // The passenger has not read it yet.
    for (let waited = 0; waited < 60 && !signal.aborted; waited++) {
      const pin = pins.get(matchId ?? "");
      if (pin !== undefined) return pin;
      await pause(1_000, signal);
    }
    return undefined;
  }

  /** What a message is, which only the outbox knows; asked until the database answers. */
  async #read(
    told: Told,
  ): Promise<{ readonly read: Read; readonly params: z.infer<typeof said>["params"] }> {
    const { sql, signal } = this.#context;
    const { biz_opaque_callback_data, interactive, template } = message.parse(told.message);
    const payloads =
      template?.components.flatMap(({ parameters }) =>
        parameters.flatMap(({ payload }) => payload ?? [])
      ) ?? [];
    const choices = [
      ...interactive?.action.buttons.map(({ reply }) => reply) ?? [],
      ...interactive?.action.sections.flatMap(({ rows }) => rows) ?? [],
      ...payloads.map((id) => ({ id, title: id })),
    ].map(({ id, title }) => ({ id: fromWireId(id) ?? id, title }));
    const id = biz_opaque_callback_data.replace(/^outbox:/, "");
    while (!signal.aborted) {
      try {
        const [row] = await sql`select kind, params from mobility.outbox where id = ${id}`;
        const { kind, params } = said.parse(row);
        return { read: { kind, choices }, params };
      } catch (error) {
        if (error instanceof z.ZodError) throw error;
        await pause(500, signal);
      }
    }
    return { read: { kind: "unknown", choices: [] }, params: {} };
  }

  /** Brings it to the webhook as Meta does: again, until it is answered with 200. */
  async #do(content: PhoneContent): Promise<void> {
    const { ledger, signal, onStatus } = this.#context;
    const { identity } = this.#person;
    const act = {
      from: identity,
      content: content.kind === "reply" ? { ...content, id: toWireId(content.id) } : content,
      message_id: `wamid.faults.${crypto.randomUUID()}`,
      sent_at: new Date().toISOString(),
      redeliver: false,
    };
    for (let attempt = 0; !signal.aborted; attempt++) {
      const startedAt = performance.now();
      const { status } = await this.#standIn.act(act);
      onStatus(status, startedAt);
      if (status === 200) {
        const { message_id: messageId } = act;
        ledger.take({ messageId, person: identity.name ?? "", content: describe(content) });
        return;
      }
      await pause(REDELIVER_AFTER_MS[attempt] ?? 8_000, signal);
    }
  }

  async #isInRide(): Promise<boolean> {
    try {
      const rows = await this.#context.sql`
        select from mobility.matches m join mobility.profiles p
          on p.user_id in (m.driver_user_id, m.passenger_user_id)
        where m.live and p.whatsapp_user_id = ${this.#person.identity.whatsapp_user_id}`;
      return rows.length > 0;
    } catch {
      return true;
    }
  }
}

function describe(content: PhoneContent): string {
  return content.kind === "reply" ? content.id : content.kind;
}
