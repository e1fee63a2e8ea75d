import type { ISql } from "postgres";

/** A connection pool or a transaction. */
export type Connection = ISql<NonNullable<unknown>>;

/** The two sides of a match. */
export type Side = "driver" | "passenger";

/** What the tests read of a trip's JSON. */
export interface Trip {
  readonly id: string;
  readonly user_id: string;
  readonly role: Side;
  readonly status: string;
  readonly fare_amount: number | null;
  readonly distance_m: number | null;
  readonly duration_s: number | null;
  readonly expires_at: string;
  readonly cancel_reason: string | null;
}

/** What the tests read of a match's JSON. */
export interface Match {
  readonly id: string;
  readonly status: string;
  readonly initiated_by: Side;
  readonly passenger_trip_id: string;
  readonly driver_trip_id: string;
  readonly passenger_user_id: string;
  readonly driver_user_id: string;
  readonly fare_amount: number | null;
  readonly distance_m: number | null;
  readonly currency: string | null;
  readonly cancel_reason: string | null;
  /** Left out for the driver. */
  readonly pin?: string;
}

/** A trip to open; by default a moto in Kigali, for somebody new. */
export interface TripWish {
  readonly acting_user?: string;
  readonly user_id?: string;
  readonly vehicle_type?: string;
  readonly lat?: number;
  readonly lng?: number;
  readonly dropoff?: { readonly lat: number; readonly lng: number };
  readonly expires_in_s?: number;
  /** ISO 8601. */
  readonly scheduled_for?: string;
  readonly key?: string;
}

/** Opens a trip through the API. */
export async function openTrip(sql: Connection, role: Side, wish: TripWish = {}): Promise<Trip> {
  const [row] = await sql<{ trip: Trip }[]>`
    select public.create_trip(
      p_acting_user => ${wish.acting_user ?? null}, p_user_id => ${
    wish.user_id ?? crypto.randomUUID()
  },
      p_role => ${role}, p_vehicle_type => ${wish.vehicle_type ?? "moto"},
      p_pickup_lat => ${wish.lat ?? -1.95}, p_pickup_lng => ${wish.lng ?? 30.06},
      p_dropoff_lat => ${wish.dropoff?.lat ?? null}, p_dropoff_lng => ${wish.dropoff?.lng ?? null},
      p_expires_in_s => ${wish.expires_in_s ?? 1800},
      p_scheduled_for => ${wish.scheduled_for ?? null}, p_idempotency_key => ${wish.key ?? null}
    ) -> 'trip' as trip`;
  return answered(row?.trip);
}

/** Two trips to bind; the service proposes for the passenger by default. */
export interface Proposal {
  readonly passenger: string;
  readonly driver: string;
  readonly acting_user?: string;
  readonly initiated_by?: Side;
  readonly respond_within_s?: number;
  readonly key?: string;
}

/** Binds two trips in a pending match. */
export async function propose(sql: Connection, proposal: Proposal): Promise<Match> {
  const [row] = await sql<{ match: Match }[]>`
    select public.accept_match(
      p_acting_user => ${proposal.acting_user ?? null},
      p_passenger_trip_id => ${proposal.passenger}, p_driver_trip_id => ${proposal.driver},
      p_initiated_by => ${proposal.initiated_by ?? "passenger"},
      p_respond_within_s => ${proposal.respond_within_s ?? 60},
      p_idempotency_key => ${proposal.key ?? null}
    ) as match`;
  return answered(row?.match);
}

/** Who acts in a match, and with what. */
export interface Move {
  readonly acting_user?: string;
  readonly as?: string;
  readonly pin?: string;
  readonly reason?: string;
  readonly keep_searching?: boolean;
  readonly key?: string;
}

/** The error of a wrong PIN, which is answered rather than raised. */
export interface PinError {
  readonly code: "PIN_INVALID" | "PIN_LOCKED";
  readonly details: { readonly attempts_left?: number; readonly retry_after_s?: number };
}

/** One action on a match; a wrong PIN is in `error`. */
export async function advance(
  sql: Connection,
  { match, action, ...move }: Move & { readonly match: string; readonly action: string },
): Promise<Match & { readonly error?: PinError }> {
  const [row] = await sql<{ match: Match & { error?: PinError } }[]>`
    select public.advance_match(
      p_acting_user => ${move.acting_user ?? null}, p_match_id => ${match}, p_action => ${action},
      p_as => ${move.as ?? null}, p_pin => ${move.pin ?? null}, p_reason => ${move.reason ?? null},
      p_keep_searching => ${move.keep_searching ?? false}, p_idempotency_key => ${move.key ?? null}
    ) as match`;
  return answered(row?.match);
}

/** A rating of a match by one side. */
export async function rate(
  sql: Connection,
  { match, rating, ...move }: Move & { readonly match: string; readonly rating: number },
): Promise<{ match_id: string; rated_by: Side; rating: number }> {
  const [row] = await sql<{ rating: { match_id: string; rated_by: Side; rating: number } }[]>`
    select public.rate_match(
      p_acting_user => ${move.acting_user ?? null}, p_match_id => ${match}, p_rating => ${rating},
      p_as => ${move.as ?? null}, p_idempotency_key => ${move.key ?? null}
    ) as rating`;
  return answered(row?.rating);
}

/** Cancels a trip and the match under way on it. */
export async function cancelTrip(
  sql: Connection,
  { trip, acting_user, reason, key }: {
    readonly trip: string;
    readonly acting_user?: string;
    readonly reason?: string;
    readonly key?: string;
  },
): Promise<{ trip: Trip; match: Match | null }> {
  const [row] = await sql<{ answer: { trip: Trip; match: Match | null } }[]>`
    select public.cancel_trip(
      p_acting_user => ${acting_user ?? null}, p_trip_id => ${trip}, p_reason => ${reason ?? null},
      p_idempotency_key => ${key ?? null}
    ) as answer`;
  return answered(row?.answer);
}

/** What the sweep counted. */
export interface Swept {
  readonly expired_matches: number;
  readonly expired_trips: number;
  readonly hidden_positions: number;
  readonly due_trips: number;
  readonly forgotten_keys: number;
}

/** Does what time does. */
export async function sweep(sql: Connection): Promise<Swept> {
  const [row] = await sql<{ swept: Swept }[]>`select public.sweep() as swept`;
  return answered(row?.swept);
}

/** A new passenger's and a new driver's trip, bound in a pending match that the passenger proposed. */
export async function proposedRide(
  sql: Connection,
  wish: TripWish & { readonly initiated_by?: Side; readonly respond_within_s?: number } = {},
): Promise<Match> {
  const { initiated_by, respond_within_s, ...trip } = wish;
  const passenger = await openTrip(sql, "passenger", trip);
  const { dropoff: _, ...idle } = trip;
  const driver = await openTrip(sql, "driver", idle);
  return await propose(sql, {
    passenger: passenger.id,
    driver: driver.id,
    ...(initiated_by === undefined ? {} : { initiated_by }),
    ...(respond_within_s === undefined ? {} : { respond_within_s }),
  });
}

const PATH = ["accept", "arrive", "start", "complete"] as const;
const STATES = ["pending", "accepted", "driver_arrived", "in_progress", "completed"];

/** A ride taken through the API to one state. */
export async function rideIn(
  sql: Connection,
  status: string,
  wish: Parameters<typeof proposedRide>[1] = {},
): Promise<Match> {
  const match = await proposedRide(sql, wish);
  const asked = match.initiated_by === "passenger" ? "driver" : "passenger";
  const act = async (action: string, as: string): Promise<void> => {
    await advance(sql, {
      match: match.id,
      action,
      as,
      reason: "test",
      ...(match.pin === undefined ? {} : { pin: match.pin }),
    });
  };
  if (status === "declined") await act("decline", asked);
  else if (status === "cancelled_driver") await act("cancel", "driver");
  else if (status === "cancelled_passenger") await act("cancel", "passenger");
  else if (status === "expired") {
    await sql`update mobility.matches set respond_by = now() where id = ${match.id}`;
    await sweep(sql);
  } else {
    for (const action of PATH.slice(0, STATES.indexOf(status))) {
      await act(action, action === "accept" ? asked : "driver");
    }
  }
  return { ...match, status };
}

function answered<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("Cannot read the answer: the statement gave no row");
  return value;
}
