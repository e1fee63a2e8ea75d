import { z } from "zod";
import { at, fare, id, linkToken, maybe, point, quantity, ratings, timeZone } from "./fields.ts";

/** What a driver weighs: the way there, the way the ride goes, the fare, who asks. */
const rideOnOffer = {
  distance_m: quantity,
  eta_s: quantity,
  pickup: point,
  dropoff: maybe.point,
  ride_distance_m: maybe.quantity,
  ...fare,
  passenger_rating: ratings.rating,
  passenger_rating_count: ratings.rating_count,
};

const passengerFound = z.object({ trip_id: id, distance_m: quantity, eta_s: quantity });

/** What is said to a driver up to the end of the ride, and with which values. */
export const driverParams = {
  ask_plate: z.object({ vehicle_type: z.string() }),
  online: z.object({ trip_id: id, vehicle_type: z.string(), until: at, time_zone: timeZone }),
  stay_online: z.object({ trip_id: id }),
  still_online: z.object({ trip_id: id, until: at, time_zone: timeZone }),
  /** The position is too old for passengers to find the driver. */
  hidden: z.object({ trip_id: id }),
  offline: z.object({ rides: quantity, earnings: quantity, currency: maybe.currency }),
  offer: z.object({ offer_id: id, ...rideOnOffer, expires_in_s: quantity }),
  proposal: z.object({ match_id: id, ...rideOnOffer, respond_s: quantity }),
  /** This and the next also to a passenger, about what a driver proposed. */
  offer_gone: z.object({ reason: z.enum(["taken", "cancelled", "expired"]) }),
  offer_declined: z.object({}),
  ride_won: z.object({
    match_id: id,
    passenger_name: maybe.text,
    pickup: point,
    dropoff: maybe.point,
    ...fare,
    link_token: linkToken,
  }),
  ask_pin: z.object({ match_id: id }),
  ride_running: z.object({ match_id: id, dropoff: maybe.point }),
  ride_done: z.object({
    match_id: id,
    passenger_name: maybe.text,
    ...fare,
    rides_today: quantity,
    earnings_today: quantity,
    /** Whether the driver is findable again, where the ride ended. */
    online: z.boolean().nullish(),
  }),
  cancelled_by_passenger: z.object({ match_id: id, reason: maybe.text }),
  passengers_near: z.object({ trip_id: id, passengers: z.array(passengerFound).min(1) }),
  no_passengers_near: z.object({ trip_id: id }),
  asking_passenger: z.object({
    match_id: id.nullish(),
    passenger_name: maybe.text,
    respond_s: quantity,
  }),
  passenger_declined: z.object({}),
  passenger_silent: z.object({}),
  today: z.object({
    rides: quantity,
    earnings: quantity,
    currency: maybe.currency,
    ...ratings,
    rides_as_passenger: quantity,
  }),
};
