import fc from "fast-check";
import { codeOf } from "../../support/outcome.ts";
import { advance, cancelTrip, type Connection, openTrip, propose } from "../../support/rides.ts";
import { letChatTimePass } from "./chat-clock.ts";
import { answerOffer, dispatchTrip, type Offer, type OnlineDriver } from "./dispatch.ts";
import { newPerson, type Person, writes } from "./people.ts";
import { answerInbox, sendAll } from "./worker.ts";

const PASSENGERS = 3;
const DRIVERS = 5;

/** One thing that somebody does, or time passing. Rides and offers are named by how long ago they were made. */
export type Deed =
  | { readonly do: "open"; readonly who: number; readonly later: boolean }
  | { readonly do: "cancel_trip"; readonly who: number }
  | { readonly do: "propose"; readonly passenger: number; readonly driver: number }
  | {
    readonly do: "dispatch";
    readonly passenger: number;
    readonly first: number;
    readonly count: number;
    readonly batch: number;
  }
  | { readonly do: "answer_offer"; readonly ago: number; readonly accept: boolean }
  | { readonly do: "advance"; readonly ago: number; readonly action: string }
  | { readonly do: "command"; readonly who: number; readonly name: string }
  | { readonly do: "sweep" | "sweep_dispatch" | "sweep_chat" | "send" }
  | { readonly do: "wait"; readonly seconds: number };

const passenger = fc.integer({ min: 0, max: PASSENGERS - 1 });
const driver = fc.integer({ min: 0, max: DRIVERS - 1 });
const anybody = fc.integer({ min: 0, max: PASSENGERS + DRIVERS - 1 });
const ago = fc.integer({ min: 0, max: 3 });

function often<T>(weight: number, arbitrary: fc.Arbitrary<T>): fc.WeightedArbitrary<T> {
  return { weight, arbitrary };
}

/** Anything, those that carry dispatches and rides forward more often. */
export const anyDeed: fc.Arbitrary<Deed> = fc.oneof(
  often(
    6,
    fc.record({
      do: fc.constant("open"),
      who: anybody,
      later: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    }),
  ),
  often(2, fc.record({ do: fc.constant("cancel_trip"), who: anybody })),
  often(2, fc.record({ do: fc.constant("propose"), passenger, driver })),
  often(
    7,
    fc.record({
      do: fc.constant("dispatch"),
      passenger,
      first: driver,
      count: fc.integer({ min: 0, max: DRIVERS }),
      batch: fc.integer({ min: 1, max: 3 }),
    }),
  ),
  often(
    8,
    fc.record({
      do: fc.constant("answer_offer"),
      ago,
      accept: fc.integer({ min: 0, max: 2 }).map((n) => n === 0),
    }),
  ),
  often(
    4,
    fc.record({
      do: fc.constant("advance"),
      ago: fc.integer({ min: 0, max: 1 }),
      action: fc.constantFrom("next", "next", "next", "decline", "cancel"),
    }),
  ),
  often(
    3,
    fc.record({
      do: fc.constant("command"),
      who: anybody,
      name: fc.constantFrom("stay_online", "move", "watch", "search_again", "show_ride", "sos"),
    }),
  ),
  often(
    5,
    fc.record({
      do: fc.constantFrom("sweep", "sweep_dispatch", "sweep_dispatch", "sweep_chat", "send"),
    }),
  ),
  often(
    3,
    fc.record({
      do: fc.constant("wait"),
      seconds: fc.constantFrom(5, 10, 16, 31, 31, 61, 601, 1801, 7201),
    }),
  ),
);

const NEXT: Readonly<Record<string, string>> = {
  accepted: "arrive",
  driver_arrived: "start",
  in_progress: "complete",
};

/** Some people in chat, and what they do. */
export class ChatLife {
  readonly #sql: Connection;
  readonly #passengers: readonly Person[];
  readonly #drivers: readonly Person[];

  private constructor(sql: Connection, people: readonly Person[]) {
    this.#sql = sql;
    this.#passengers = people.slice(0, PASSENGERS);
    this.#drivers = people.slice(PASSENGERS);
  }

  /** Everybody has written; the drivers are online, and each passenger wants a ride. */
  static async begin(sql: Connection): Promise<ChatLife> {
    const people: Person[] = [];
    for (let i = 0; i < PASSENGERS + DRIVERS; i++) people.push(await newPerson(sql));
    const life = new ChatLife(sql, people);
    await life.returns();
    return life;
  }

  /** Whoever has no trip opens one. */
  async returns(): Promise<void> {
    const rows = await this.#sql<{ user_id: string }[]>`
      select user_id from mobility.trips where status in ('open', 'matched')`;
    const busy = new Set(rows.map(({ user_id }) => user_id));
    for (const [who, { user_id }] of [...this.#passengers, ...this.#drivers].entries()) {
      if (!busy.has(user_id)) await this.does({ do: "open", who, later: false });
    }
  }

  /**
   * Does it; gives "ok", the documented code it was refused with, or "skipped" when there is nothing to name.
   * @throws whatever is not a documented code
   */
  async does(deed: Deed): Promise<string> {
    const sql = this.#sql;
    switch (deed.do) {
      case "open": {
        const { user_id } = this.#person(deed.who);
        const scheduled_for = new Date(Date.now() + 1_000_000).toISOString();
        return await codeOf(
          openTrip(sql, this.#roleOf(deed.who), {
            user_id,
            expires_in_s: 1800,
            ...(deed.later ? { scheduled_for } : {}),
          }),
        );
      }
      case "cancel_trip": {
        const trip = await this.#trip(deed.who);
        return trip === undefined ? "skipped" : await codeOf(cancelTrip(sql, { trip }));
      }
      case "propose": {
        const passenger = await this.#trip(deed.passenger);
        const driver = await this.#trip(PASSENGERS + deed.driver);
        if (passenger === undefined || driver === undefined) return "skipped";
        return await codeOf(propose(sql, { passenger, driver }));
      }
      case "dispatch": {
        const trip = await this.#trip(deed.passenger);
        if (trip === undefined) return "skipped";
        const drivers: OnlineDriver[] = [];
        for (let i = 0; i < deed.count; i++) {
          const who = PASSENGERS + (deed.first + i) % DRIVERS;
          const trip_id = await this.#trip(who);
          if (trip_id !== undefined) drivers.push({ user_id: this.#person(who).user_id, trip_id });
        }
        return await codeOf(
          dispatchTrip(sql, { trip, drivers, batch_size: deed.batch, offer_s: 30 }),
        );
      }
      case "answer_offer": {
        const offers = await sql<Offer[]>`
          select id, status, driver_user_id, driver_trip_id from mobility.offers
          order by status = 'offered' desc, created_at desc, id limit 4`;
        const offer = offers[deed.ago % Math.max(1, offers.length)];
        return offer === undefined ? "skipped" : await codeOf(answerOffer(sql, offer, deed.accept));
      }
      case "advance":
        return await this.#advance(deed);
      case "command":
        return await this.#command(deed);
      case "sweep":
      case "sweep_dispatch":
      case "sweep_chat":
        await sql`select ${sql(deed.do)}()`;
        return "ok";
      case "send":
        await sendAll(sql);
        return "ok";
      case "wait":
        await letChatTimePass(sql, deed.seconds);
        return "ok";
    }
  }

  async #advance(deed: Extract<Deed, { do: "advance" }>): Promise<string> {
    const matches = await this.#sql<{ id: string; status: string; pin: string }[]>`
      select id, status, pin from mobility.matches join mobility.match_pins on match_id = id
      order by live desc, matches.created_at desc limit 2`;
    const match = matches[deed.ago % Math.max(1, matches.length)];
    if (match === undefined) return "skipped";
    return await codeOf(
      advance(this.#sql, {
        match: match.id,
        action: deed.action === "next" ? NEXT[match.status] ?? "accept" : deed.action,
        ...(deed.action === "cancel" ? { as: deed.ago === 0 ? "driver" : "passenger" } : {}),
        pin: match.pin,
      }),
    );
  }

  async #command({ who, name }: Extract<Deed, { do: "command" }>): Promise<string> {
    const person = this.#person(who);
    const [match] = await this.#sql<{ id: string }[]>`
      select id from mobility.matches
      where ${person.user_id} in (driver_user_id, passenger_user_id) order by created_at desc limit 1`;
    const trip_id = await this.#trip(who);
    const needsMatch = name === "show_ride" || name === "sos";
    if (needsMatch ? match === undefined : trip_id === undefined) return "skipped";
    const place = name === "move" ? { lat: -1.93, lng: 30.08 } : {};
    const command = { name, ...(needsMatch ? { match_id: match?.id } : { trip_id }), ...place };
    const event = await writes(this.#sql, person);
    const code = await codeOf(answerInbox(this.#sql, event, { command }));
    // Refused, it is answered with something else.
    if (code !== "ok" && code !== "LEASE_LOST") await answerInbox(this.#sql, event);
    return code;
  }

  #person(who: number): Person {
    const person = [...this.#passengers, ...this.#drivers][who];
    if (person === undefined) throw new Error(`Cannot act as person ${who}: there is none`);
    return person;
  }

  #roleOf(who: number): "passenger" | "driver" {
    return who < PASSENGERS ? "passenger" : "driver";
  }

  /** The newest trip of a person, open or not. */
  async #trip(who: number): Promise<string | undefined> {
    const [row] = await this.#sql<{ id: string }[]>`
      select id from mobility.trips where user_id = ${this.#person(who).user_id}
      order by status in ('open', 'matched') desc, scheduled_for is null desc, created_at desc limit 1`;
    return row?.id;
  }
}
