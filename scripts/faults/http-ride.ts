import { z } from "zod";
import type { Point } from "../../shared/geo/mod.ts";
import { pick, type Random } from "../city/random.ts";
import { type Caller, type Outcome, pause } from "./caller.ts";
import { type Driver, type Fleet, tripAnswer } from "./fleet.ts";
import type { TakenWatch } from "./taken-watch.ts";

/** What rides by the app share. */
export interface HttpRideContext {
  readonly caller: Caller;
  readonly fleet: Fleet;
  readonly taken: TakenWatch;
  readonly random: Random;
  /** Simulated seconds in a second. */
  readonly speed: number;
  readonly signal: AbortSignal;
}

/** What became of a wish. */
export type RideEnd = "completed" | "cancelled" | "nobody came" | "given up";

const match = z.object({
  id: z.guid(),
  status: z.string(),
  driver_trip_id: z.guid(),
  pin: z.string().nullish(),
});
const matchAnswer = z.object({ match });
const found = z.object({
  drivers: z.array(z.object({ trip_id: z.guid(), eta_s: z.number() })),
  cached: z.boolean(),
});
const offers = z.object({
  offers: z.array(z.object({ id: z.guid(), status: z.string(), driver_trip_id: z.guid() })),
});
type Match = z.infer<typeof match>;

const HABITS = { declines: 0.1, ignores: 0.08, cancels: 0.05, mistypesPin: 0.05 };
const SEARCHES = 6;
const OFFER_S = 10;
const LEG_S = 240;

/** One passenger's wish with an app, from the wish to the ratings; plays the drivers' part as well. */
export async function rideByApp(
  context: HttpRideContext,
  wish: { readonly userId: string; readonly pickup: Point; readonly dropoff: Point },
): Promise<RideEnd> {
  const { caller, random } = context;
  const opened = await openTrip(caller, wish);
  if (!opened.ok) return "given up";
  const tripId = opened.value.trip.id;
  const search = random() < 0.5 ? byProposal : byOffers;
  for (let searches = 0; searches < SEARCHES && !context.signal.aborted; searches++) {
    const bound = await search(context, tripId);
    if (bound === undefined) {
      await pause(1_000, context.signal);
      continue;
    }
    return await ride(context, { ...bound, wish, tripId });
  }
  await cancelTrip(context, tripId);
  return "nobody came";
}

/** A passenger says where they are. */
export function openTrip(
  caller: Caller,
  { userId, pickup, dropoff }: {
    readonly userId: string;
    readonly pickup: Point;
    readonly dropoff?: Point;
  },
): Promise<Outcome<z.infer<typeof tripAnswer>>> {
  return caller.ask({
    step: "open trip",
    method: "POST",
    path: "/orchestrator/trips",
    body: { user_id: userId, role: "passenger", vehicle_type: "moto", pickup, dropoff },
    answer: tripAnswer,
  });
}

/** Who is near, held against the database. */
export function searchDrivers(
  { caller, taken }: Pick<HttpRideContext, "caller" | "taken">,
  tripId: string,
): ReturnType<TakenWatch["search"]> {
  return taken.search(() =>
    caller.ask({
      step: "find drivers",
      method: "POST",
      path: "/orchestrator/find-drivers",
      body: { passenger_trip_id: tripId, limit: 10 },
      answer: found,
    })
  );
}

interface Bound {
  readonly match: Match;
  readonly driver: Driver;
}

/** The passenger looks at who is near and asks one. */
async function byProposal(context: HttpRideContext, tripId: string): Promise<Bound | undefined> {
  const { caller, fleet, random, signal } = context;
  const drivers = await searchDrivers(context, tripId);
  const [nearest] = drivers.flatMap(({ trip_id }) => fleet.driverOf(trip_id) ?? []);
  if (nearest === undefined) return undefined;
  const proposed = await caller.ask({
    step: "accept match",
    method: "POST",
    path: "/orchestrator/accept-match",
    body: { passenger_trip_id: tripId, driver_trip_id: nearest.tripId, respond_within_s: 20 },
    answer: matchAnswer,
  });
  if (!proposed.ok) return undefined;
  const { match } = proposed.value;
  const mood = random();
  if (mood < HABITS.ignores) {
    await waitUntilOver(context, match.id);
    return undefined;
  }
  await pause(300 + 700 * random(), signal);
  if (mood < HABITS.ignores + HABITS.declines) {
    await advance(context, match.id, "decline");
    return undefined;
  }
  const accepted = await advance(context, match.id, "accept");
  return accepted.ok
    ? { match: { ...match, ...accepted.value.match }, driver: nearest }
    : undefined;
}

/** The system asks the drivers; several may want it at once. */
async function byOffers(context: HttpRideContext, tripId: string): Promise<Bound | undefined> {
  const { caller, fleet, random, signal } = context;
  const dispatched = await caller.ask({
    step: "dispatch",
    method: "POST",
    path: "/orchestrator/dispatch",
    body: { passenger_trip_id: tripId, offer_s: OFFER_S, batch_size: 3 },
    answer: z.object({ dispatch: z.object({ id: z.guid() }) }),
  });
  if (!dispatched.ok) return undefined;
  const answered = new Set<string>();
  for (let quiet = 0; quiet < 2 * OFFER_S && !signal.aborted; quiet++) {
    const listed = await caller.ask({
      step: "offers",
      method: "GET",
      path: `/orchestrator/trips/${tripId}/offers`,
      answer: offers,
    });
    if (!listed.ok) return undefined;
    const open = listed.value.offers.filter(({ id, status }) =>
      status === "offered" && !answered.has(id)
    );
    for (const { id } of open) answered.add(id);
    const answers = await Promise.all(open.map(async (offer) => {
      const driver = fleet.driverOf(offer.driver_trip_id);
      const mood = random();
      if (driver === undefined || mood < HABITS.ignores) return [];
      await pause(300 + 500 * random(), signal);
      const answer = mood < HABITS.ignores + HABITS.declines ? "decline" : "accept";
      const outcome = await caller.ask({
        step: `${answer} offer`,
        method: "POST",
        path: `/orchestrator/offers/${offer.id}/${answer}`,
        body: {},
        answer: z.object({ match: match.optional() }),
      });
      return outcome.ok && outcome.value.match !== undefined
        ? [{ match: outcome.value.match, driver }]
        : [];
    }));
    const [bound] = answers.flat();
    if (bound !== undefined) return bound;
    if (listed.value.offers.every(({ status }) => status !== "offered") && quiet > 3) {
      return undefined;
    }
    await pause(1_000, signal);
  }
  return undefined;
}

async function ride(
  context: HttpRideContext,
  { match, driver, wish, tripId }: Bound & {
    readonly wish: { readonly pickup: Point; readonly dropoff: Point };
    readonly tripId: string;
  },
): Promise<RideEnd> {
  const { caller, fleet, random } = context;
  await drive(context);
  if (random() < HABITS.cancels) {
    const as = pick(random, ["driver", "passenger"] as const);
    await caller.ask({
      step: "cancel",
      method: "POST",
      path: `/orchestrator/matches/${match.id}/cancel`,
      body: { as, reason: "changed plans" },
      answer: matchAnswer,
    });
    await cancelTrip(context, tripId);
    await fleet.goOnline(driver);
    return "cancelled";
  }
  driver.position = wish.pickup;
  await caller.ask({
    step: "position",
    method: "POST",
    path: "/tracking/update-location",
    body: { trip_id: driver.tripId, ...wish.pickup, by_hand: true },
    answer: z.unknown(),
  });
  const arrived = await advance(context, match.id, "arrive");
  const started = arrived.ok && await start(context, match);
  await drive(context);
  driver.position = wish.dropoff;
  const completed = started && (await advance(context, match.id, "complete")).ok;
  if (!completed) {
    await cancelTrip(context, tripId);
    await fleet.goOnline(driver);
    return "given up";
  }
  await Promise.all((["driver", "passenger"] as const).map((as) =>
    caller.ask({
      step: "rate",
      method: "POST",
      path: `/orchestrator/matches/${match.id}/rate`,
      body: { as, rating: 3 + Math.floor(3 * random()) },
      answer: z.unknown(),
    })
  ));
  await fleet.goOnline(driver);
  return "completed";
}

async function start(context: HttpRideContext, { id, pin }: Match): Promise<boolean> {
  const { caller, random } = context;
  const told = pin ?? (await tracked(context, id))?.pin;
  if (told === undefined || told === null) return false;
  const enter = async (digits: string): Promise<boolean> =>
    (await caller.ask({
      step: "start",
      method: "POST",
      path: `/orchestrator/matches/${id}/start`,
      body: { pin: digits },
      answer: matchAnswer,
    })).ok;
  if (random() < HABITS.mistypesPin) {
    await enter(String((Number(told) + 1) % 10_000).padStart(4, "0"));
  }
  return await enter(told);
}

function advance(
  { caller }: HttpRideContext,
  matchId: string,
  action: "accept" | "decline" | "arrive" | "complete",
): Promise<Outcome<{ match: Match }>> {
  return caller.ask({
    step: action,
    method: "POST",
    path: `/orchestrator/matches/${matchId}/${action}`,
    body: {},
    answer: matchAnswer,
  });
}

async function tracked({ caller }: HttpRideContext, matchId: string): Promise<
  { readonly status: string; readonly pin?: string | null | undefined } | undefined
> {
  const outcome = await caller.ask({
    step: "track",
    method: "GET",
    path: `/tracking/matches/${matchId}`,
    answer: z.object({ match: match.pick({ status: true, pin: true }) }),
  });
  return outcome.ok ? outcome.value.match : undefined;
}

/** A proposal that nobody answers is over after a while, by the database's clock. */
async function waitUntilOver(context: HttpRideContext, matchId: string): Promise<void> {
  while (!context.signal.aborted && (await tracked(context, matchId))?.status === "pending") {
    await pause(2_000, context.signal);
  }
}

async function cancelTrip({ caller }: HttpRideContext, tripId: string): Promise<void> {
  await caller.ask({
    step: "cancel trip",
    method: "DELETE",
    path: `/orchestrator/trips/${tripId}`,
    body: { reason: "no ride came of it" },
    answer: tripAnswer,
  });
}

async function drive({ random, speed, signal }: HttpRideContext): Promise<void> {
  await pause(1000 * LEG_S * (0.5 + random()) / speed, signal);
}
