import assert from "node:assert/strict";
import { type Connection, type Match, openTrip, type Trip } from "../../support/rides.ts";
import { newPerson } from "./people.ts";
import { answeredBy, asJson } from "./rpc.ts";
import { newPhone } from "./whatsapp.ts";

/** A driver who is online, and whom WhatsApp reaches. */
export interface OnlineDriver {
  readonly user_id: string;
  readonly trip_id: string;
}

/** So many drivers online at one point. */
export async function onlineDrivers(
  sql: Connection,
  count: number,
  at: { readonly lat?: number; readonly lng?: number } = {},
): Promise<OnlineDriver[]> {
  const phones = Array.from({ length: count }, newPhone);
  const people = await sql<{ user_id: string }[]>`
    insert into mobility.profiles (phone, display_name)
    select phone, 'Driver ' || right(phone, 4) from unnest(${phones}::text[]) phone
    returning user_id`;
  const drivers = await sql<OnlineDriver[]>`
    select user_id, public.create_trip(null, user_id, 'driver', 'moto',
      ${at.lat ?? -1.951}, ${at.lng ?? 30.06}) #>> '{trip,id}' as trip_id
    from unnest(${people.map(({ user_id }) => user_id)}::uuid[]) user_id`;
  return [...drivers];
}

/** A search for a driver by offers. */
export interface DispatchWish {
  readonly trip: string;
  /** The best first; their distances grow by 100 m. */
  readonly drivers: readonly OnlineDriver[];
  readonly batch_size?: number;
  readonly offer_s?: number;
  readonly acting_user?: string;
}

/** What dispatch_trip answers. */
export interface Dispatch {
  readonly id: string;
  readonly status: string;
  readonly candidates: number;
  readonly offered: number;
  readonly offers_in_s: number | null;
}

/** Candidates for a dispatch, in the order of the drivers. */
export function candidatesOf(
  drivers: readonly OnlineDriver[],
): { trip_id: string; distance_m: number; eta_s: number }[] {
  return drivers.map(({ trip_id }, i) => ({
    trip_id,
    distance_m: 100 * (i + 1),
    eta_s: 15 * (i + 1),
  }));
}

/** Offers a passenger's trip to drivers in turn. */
export async function dispatchTrip(
  sql: Connection,
  { trip, drivers, batch_size = 3, offer_s = 30, acting_user }: DispatchWish,
): Promise<Dispatch> {
  const { dispatch } = await answeredBy<{ dispatch: Dispatch }>(sql`
    select public.dispatch_trip(${acting_user ?? null}, ${trip},
      ${asJson(candidatesOf(drivers))}::text::jsonb, ${batch_size}, ${offer_s}) as answer`);
  return dispatch;
}

/** A ride as it was offered to a driver. */
export interface Offer {
  readonly id: string;
  readonly status: string;
  readonly driver_user_id: string;
  readonly driver_trip_id: string;
}

/** Every offer of a passenger's trip, the first first. */
export async function offersOf(sql: Connection, trip: string): Promise<Offer[]> {
  return [
    ...await sql<Offer[]>`
      select id, status, driver_user_id, driver_trip_id from mobility.offers
      where passenger_trip_id = ${trip} order by created_at, distance_m`,
  ];
}

/** What became of the offers to some drivers, in the order of the drivers; null for no offer. */
export async function statesOf(
  sql: Connection,
  trip: string,
  drivers: readonly OnlineDriver[],
): Promise<(string | null)[]> {
  const offers = await offersOf(sql, trip);
  return drivers.map(({ user_id }) =>
    offers.filter(({ driver_user_id }) => driver_user_id === user_id).at(-1)?.status ?? null
  );
}

/** The last offer of a trip to a driver. */
export async function offerTo(
  sql: Connection,
  trip: string,
  driver: OnlineDriver,
): Promise<Offer> {
  const offer = (await offersOf(sql, trip)).findLast(({ driver_user_id }) =>
    driver_user_id === driver.user_id
  );
  if (offer === undefined) throw new Error("Cannot find the offer: none was made to this driver");
  return offer;
}

/** A driver accepts or declines an offer. */
export async function answerOffer(
  sql: Connection,
  offer: Pick<Offer, "id" | "driver_user_id">,
  accept: boolean,
): Promise<{ match?: Match; declined?: true }> {
  return await answeredBy(
    sql`select public.answer_offer(${offer.driver_user_id}, ${offer.id}, ${accept}) as answer`,
  );
}

/** The state of the newest dispatch of a trip. */
export async function dispatchOf(sql: Connection, trip: string): Promise<string | undefined> {
  const [row] = await sql<{ status: string }[]>`
    select status from mobility.dispatches where passenger_trip_id = ${trip}
    order by created_at desc limit 1`;
  return row?.status;
}

/** Expires offers and sends the next ones. */
export async function sweepDispatch(
  sql: Connection,
): Promise<{ dispatches: number; expired_offers: number }> {
  return await answeredBy(sql`select public.sweep_dispatch() as answer`);
}

/** A passenger who has written, and their open trip. */
export async function passengerTrip(sql: Connection): Promise<Trip> {
  const { user_id } = await newPerson(sql);
  return await openTrip(sql, "passenger", { user_id, dropoff: { lat: -1.96, lng: 30.1 } });
}

/** A driver who must be there. */
export function nth(drivers: readonly OnlineDriver[], i: number): OnlineDriver {
  const driver = drivers[i];
  assert.ok(driver);
  return driver;
}

/** What a driver did with offers, as their record has it; null without one. */
export async function metricsOf(sql: Connection, driver: OnlineDriver): Promise<unknown> {
  const [row] = await sql`
    select offers_accepted, offers_declined, offers_expired,
      round(response_ms_total / 1000.0)::int as response_s
    from mobility.user_metrics where user_id = ${driver.user_id} and role = 'driver'`;
  return row ?? null;
}
