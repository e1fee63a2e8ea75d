import type { z } from "zod";
import { isMessageKind, type MessageKind, messageKinds } from "../../../../shared/messages/mod.ts";
import { paramsOf } from "../../../../shared/messages/say.ts";
import { bare } from "./bare.ts";
import { longest } from "./longest.ts";
import { typical } from "./typical.ts";

/** Every kind there is. */
export const kinds: readonly MessageKind[] = Object.keys(messageKinds).filter(isMessageKind);

/** Values of one message, and which of the forms they are. */
export interface Sample {
  readonly kind: MessageKind;
  readonly form: "typical" | "longest" | "bare" | "null";
  readonly params: object;
}

/** Every sample; what may be absent is absent in one form and null in another. */
export function allSamples(): Sample[] {
  return kinds.flatMap((kind): Sample[] => [
    ...typical[kind].map((params): Sample => ({ kind, form: "typical", params })),
    ...longest[kind].map((params): Sample => ({ kind, form: "longest", params })),
    ...bare[kind].map((params): Sample => ({ kind, form: "bare", params })),
    ...bare[kind].map((params): Sample => ({
      kind,
      form: "null",
      params: { ...nullsOf(kind), ...params },
    })),
  ]);
}

function nullsOf(kind: MessageKind): Record<string, null> {
  const shape: Record<string, z.ZodType> = paramsOf[kind].shape;
  return Object.fromEntries(
    Object.keys(shape).filter((field) => shape[field]?.safeParse(null).success)
      .map((field) => [field, null]),
  );
}
