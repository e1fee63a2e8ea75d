import type { z } from "zod";
import { driverParams } from "./params/driver.ts";
import { menuParams } from "./params/menu.ts";
import { passengerParams } from "./params/passenger.ts";
import { rideParams } from "./params/ride.ts";
import { safetyParams } from "./params/safety.ts";

/** The shape of the values of every kind of message. */
export const paramsOf = {
  ...menuParams,
  ...passengerParams,
  ...driverParams,
  ...rideParams,
  ...safetyParams,
};

/** The name of a message that the system can say. */
export type MessageKind = keyof typeof paramsOf;

/** The values that a kind of message needs, as JSON: distances in metres, times in seconds or ISO 8601. */
export type MessageParams<K extends MessageKind> = z.input<typeof paramsOf[K]>;

/** The values of a kind after parsing. */
export type ParsedParams<K extends MessageKind> = z.output<typeof paramsOf[K]>;

/** Something to say to a person, before it is put into their language. */
export type Say = { [K in MessageKind]: { kind: K; params: MessageParams<K> } }[MessageKind];

/** Something to say; the compiler holds the values against the kind. */
export function say<K extends MessageKind>(
  kind: K,
  params: MessageParams<K>,
): { kind: K; params: MessageParams<K> } {
  return { kind, params };
}

/** Whether there is a message of this kind. */
export function isMessageKind(kind: string): kind is MessageKind {
  return Object.hasOwn(paramsOf, kind);
}
