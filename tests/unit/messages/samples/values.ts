import type { MessageKind, MessageParams } from "../../../../shared/messages/mod.ts";

/** Values for every kind of message, several where a message has several forms. */
export type Samples = { readonly [K in MessageKind]: readonly MessageParams<K>[] };

export const tripPageUrl = "https://trips.example.org/t/";

export const id = (n: number): string => `0000000${n}-0000-4000-8000-000000000000`;
export const [trip, other, match, offer] = [id(1), id(2), id(3), id(4)];
export const at = "2026-11-25T16:30:00+00:00";
export const time_zone = "Africa/Kigali";
export const token = "Zm9sbG93LW1lLXRoaXMtd2F5";
export const kimironko = { lat: -1.9355, lng: 30.13, text: "Kimironko Market" };
export const heights = { lat: -1.9536, lng: 30.0606, text: "Kigali Heights" };
export const fare = { fare_amount: 1450, currency: "RWF" };
export const rated = { rating: 4.82, rating_count: 210 };

/** Of a message that needs no values. */
export const none = [{}];
