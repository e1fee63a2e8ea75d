import fc from "fast-check";
import { codeOf } from "./outcome.ts";
import {
  advance,
  cancelTrip,
  type Connection,
  type Match,
  openTrip,
  propose,
  rate,
  type Side,
  sweep,
  type Trip,
} from "./rides.ts";
import { letTimePass } from "./trip-state.ts";

/** Who calls: one of two passengers, one of two drivers, or the service. */
export type Actor = 0 | 1 | 2 | 3 | "service";

/** One call of the API, or time passing. Trips and matches are named by how long ago they were made. */
export type Call =
  | {
    readonly do: "create";
    readonly who: number;
    readonly role: Side;
    readonly in_s: number | null;
  }
  | { readonly do: "cancel_trip"; readonly actor: Actor; readonly trip: number }
  | {
    readonly do: "accept_match";
    readonly actor: Actor;
    readonly passenger: number;
    readonly driver: number;
    readonly by: Side;
  }
  | {
    readonly do: "advance";
    readonly actor: Actor;
    readonly match: number;
    readonly action: string;
    readonly as: string | null;
    readonly right_pin: boolean;
    readonly keep: boolean;
  }
  | {
    readonly do: "rate";
    readonly actor: Actor;
    readonly match: number;
    readonly as: Side;
    readonly rating: number;
  }
  | { readonly do: "ping"; readonly actor: Actor; readonly trip: number; readonly age_s: number }
  | { readonly do: "sweep" }
  | { readonly do: "wait"; readonly seconds: number };

const actor = fc.constantFrom<Actor>("service", "service", "service", 0, 1, 2, 3);
const recent = fc.integer({ min: 0, max: 5 });
const side = fc.constantFrom<Side>("driver", "passenger");
const step = fc.constantFrom(
  "accept",
  "accept",
  "arrive",
  "start",
  "complete",
  "decline",
  "cancel",
);

const NEXT: Readonly<Record<string, string>> = {
  accepted: "arrive",
  driver_arrived: "start",
  in_progress: "complete",
};

/** Any call, those that carry rides forward more often. */
export const anyCall: fc.Arbitrary<Call> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("create"),
      who: fc.integer({ min: 0, max: 3 }),
      role: side,
      in_s: fc.constantFrom(null, null, null, 300, 3600),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cancel_trip"), actor, trip: recent }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("accept_match"),
      actor,
      passenger: recent,
      driver: recent,
      by: side,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("advance"),
      actor,
      match: fc.integer({ min: 0, max: 1 }),
      action: step,
      as: fc.constantFrom(null, null, "driver", "passenger", "system", "stranger"),
      right_pin: fc.integer({ min: 0, max: 3 }).map((n) => n > 0),
      keep: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("rate"),
      actor,
      match: recent,
      as: side,
      rating: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("ping"),
      actor,
      trip: recent,
      age_s: fc.constantFrom(-120, 0, 10, 1900),
    }),
  },
  // A ride that goes as rides go.
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("advance"),
      actor: fc.constant<Actor>("service"),
      match: fc.constant(0),
      action: fc.constant("next"),
      as: fc.constant(null),
      right_pin: fc.integer({ min: 0, max: 3 }).map((n) => n > 0),
      keep: fc.constant(true),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("sweep") }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("wait"),
      seconds: fc.constantFrom(5, 5, 10, 10, 20, 20, 61, 61, 61, 601, 1801, 7201, 43_201),
    }),
  },
);

/** Four people and all that they opened and made, newest first. */
export class CityLife {
  readonly #sql: Connection;
  readonly #people = Array.from({ length: 4 }, () => crypto.randomUUID());
  readonly #trips: Trip[] = [];
  readonly #matches: Match[] = [];

  constructor(sql: Connection) {
    this.#sql = sql;
  }

  /** Two passengers and two drivers set out. */
  async begin(): Promise<void> {
    for (const who of [0, 1, 2, 3]) {
      await this.make({ do: "create", who, role: who < 2 ? "passenger" : "driver", in_s: null });
    }
  }

  /**
   * Makes the call; gives "ok", its code, or "skipped" when there is nothing yet to name.
   * @throws whatever is not a documented code
   */
  async make(call: Call): Promise<string> {
    const sql = this.#sql;
    switch (call.do) {
      case "create":
        return await codeOf(
          openTrip(sql, call.role, {
            user_id: this.#people[call.who] ?? "",
            ...(call.in_s === null
              ? {}
              : { scheduled_for: new Date(Date.now() + call.in_s * 1000).toISOString() }),
          }).then((trip) => this.#trips.unshift(trip)),
        );
      case "cancel_trip": {
        const trip = this.#trips[call.trip % this.#trips.length]?.id;
        if (trip === undefined) return "skipped";
        return await codeOf(cancelTrip(sql, { trip, ...this.#acting(call.actor) }));
      }
      case "accept_match": {
        const passenger = this.#trip("passenger", call.passenger);
        const driver = this.#trip("driver", call.driver);
        if (passenger === undefined || driver === undefined) return "skipped";
        const proposal = { passenger, driver, initiated_by: call.by, ...this.#acting(call.actor) };
        // Without an acting user the PIN is in the answer; a driver's answer has none.
        return await codeOf(
          propose(sql, proposal).then((match) => this.#matches.unshift(match)),
        );
      }
      case "advance":
        return await this.#advance(call);
      case "rate": {
        const match = this.#matches[call.match % this.#matches.length]?.id;
        if (match === undefined) return "skipped";
        const { rating, as } = call;
        return await codeOf(rate(sql, { match, rating, as, ...this.#acting(call.actor) }));
      }
      case "ping":
        return await this.#ping(call);
      case "sweep":
        await sweep(sql);
        return "ok";
      case "wait":
        await letTimePass(sql, call.seconds);
        return "ok";
    }
  }

  async #advance(call: Extract<Call, { do: "advance" }>): Promise<string> {
    const match = this.#matches[call.match % this.#matches.length]?.id;
    if (match === undefined) return "skipped";
    const [row] = await this.#sql<{ pin: string; status: string }[]>`
      select pin, status from mobility.match_pins join mobility.matches on id = match_id
      where id = ${match}`;
    const { pin = "", status = "" } = row ?? {};
    let pinError: string | undefined;
    const code = await codeOf(
      advance(this.#sql, {
        match,
        action: call.action === "next" ? NEXT[status] ?? "accept" : call.action,
        pin: call.right_pin ? pin : pin === "0000" ? "0001" : "0000",
        keep_searching: call.keep,
        ...(call.as === null ? {} : { as: call.as }),
        ...this.#acting(call.actor),
      }).then(({ error }) => pinError = error?.code),
    );
    return pinError ?? code;
  }

  async #ping(call: Extract<Call, { do: "ping" }>): Promise<string> {
    const trip = this.#trips[call.trip % this.#trips.length]?.id;
    if (trip === undefined) return "skipped";
    const point = {
      trip_id: trip,
      // Near enough to be believed.
      lat: -1.95 - Math.abs(call.age_s) / 1_000_000,
      lng: 30.061,
      recorded_at: new Date(Date.now() - call.age_s * 1000).toISOString(),
    };
    const [row] = await this.#sql<{ code: string | null }[]>`
      select public.update_positions(${this.#acting(call.actor).acting_user ?? null},
        ${JSON.stringify([point])}::text::jsonb) -> 0 ->> 'code' as code`;
    return row?.code ?? "ok";
  }

  #acting(who: Actor): { acting_user?: string } {
    return who === "service" ? {} : { acting_user: this.#people[who] ?? "" };
  }

  #trip(role: Side, ago: number): string | undefined {
    const trips = this.#trips.filter((trip) => trip.role === role);
    return trips.length === 0 ? undefined : trips[ago % trips.length]?.id;
  }
}
