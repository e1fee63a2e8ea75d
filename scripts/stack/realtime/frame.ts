import { z } from "zod";
import { decodeUserPush, encodeUserBroadcast, FrameError, type UserPush } from "./binary-frame.ts";
import { parseJson } from "../../parse-json.ts";

/** The versions of the protocol: objects in 1.0.0, arrays and binary broadcasts in 2.0.0. */
export type Vsn = "1.0.0" | "2.0.0";

/** What a client counts its messages with; Phoenix gives back whatever it was. */
export type Ref = string | number | null;

/** A message in either direction. `topic` has its "realtime:" here, as on the wire. */
export interface Message {
  readonly join_ref: Ref;
  readonly ref: Ref;
  readonly topic: string;
  readonly event: string;
  readonly payload: unknown;
}

/** What a client sent: a message, or a broadcast in binary form. */
export type Incoming =
  | ({ readonly kind: "message" } & Message)
  | ({ readonly kind: "user_push" } & UserPush);

/**
 * What every subscriber of a topic is sent: the payload of a "broadcast" message, or an event with the bytes
 * that another client sent in binary form.
 */
export type Broadcast =
  | { readonly kind: "message"; readonly payload: unknown }
  | {
    readonly kind: "user";
    readonly event: string;
    readonly encoding: "json" | "binary";
    readonly bytes: Uint8Array<ArrayBuffer>;
  };

const ref = z.union([z.string(), z.number()]).nullish().transform((value) => value ?? null);
const fields = { join_ref: ref, ref, topic: z.string(), event: z.string(), payload: z.unknown() };
const objectSchema = z.object(fields);
const arraySchema = z.tuple([ref, ref, fields.topic, fields.event, fields.payload]).rest(
  z.unknown(),
).transform(([join_ref, ref, topic, event, payload]) => ({ join_ref, ref, topic, event, payload }));

/**
 * Reads a frame that a client sent.
 * @throws {FrameError}
 */
export function decodeFrame(data: string | ArrayBuffer, vsn: Vsn): Incoming {
  if (typeof data !== "string") {
    if (vsn === "1.0.0") throw new FrameError("Version 1.0.0 has no binary frames");
    return { kind: "user_push", ...decodeUserPush(new Uint8Array(data)) };
  }
  const schema = vsn === "1.0.0" ? objectSchema : arraySchema;
  const parsed = schema.safeParse(parseJson(data));
  if (!parsed.success) throw new FrameError(`Not a message of version ${vsn}`);
  return { kind: "message", ...parsed.data };
}

/** A message as text. In 1.0.0 the server leaves `join_ref` out, as Phoenix does. */
export function encodeMessage(message: Message, vsn: Vsn): string {
  const { join_ref, ref, topic, event, payload } = message;
  return JSON.stringify(
    vsn === "1.0.0" ? { topic, event, payload, ref } : [join_ref, ref, topic, event, payload],
  );
}

/** A broadcast for the subscribers of one version; undefined when that version cannot have it. */
export function encodeBroadcast(
  topic: string,
  { broadcast, vsn }: { readonly broadcast: Broadcast; readonly vsn: Vsn },
): string | Uint8Array<ArrayBuffer> | undefined {
  if (broadcast.kind === "user" && vsn === "2.0.0") return encodeUserBroadcast(topic, broadcast);
  const payload = broadcast.kind === "message" ? broadcast.payload : asMessage(broadcast);
  if (payload === undefined) return undefined;
  return encodeMessage({ join_ref: null, ref: null, topic, event: "broadcast", payload }, vsn);
}

function asMessage({ event, encoding, bytes }: Broadcast & { kind: "user" }): unknown {
  if (encoding === "binary") return undefined;
  const payload = parseJson(new TextDecoder().decode(bytes));
  return payload === undefined ? undefined : { type: "broadcast", event, payload };
}
