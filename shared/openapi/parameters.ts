import { z } from "zod";
import type { Parameter, Reference } from "./document.ts";
import type { Schemas } from "./schemas.ts";

/** The parameters that many operations have. */
export const sharedParameters = {
  IdempotencyKey: {
    name: "Idempotency-Key",
    in: "header",
    required: false,
    description:
      "What this request is called: done once, its replay gets the first answer for a day",
    schema: { type: "string", minLength: 1, maxLength: 200, pattern: "^[\\x21-\\x7e]+$" },
  },
  RequestId: {
    name: "X-Request-Id",
    in: "header",
    required: false,
    description: "Found again in the answer and in our log, if it is sensible; else one is made",
    // Of any length: one that is too long is replaced, not refused.
    schema: { type: "string" },
  },
} as const satisfies Record<string, Parameter>;

/** The headers that many answers have. */
export const sharedHeaders = {
  RequestId: { description: "Names the request in our log", schema: { type: "string" } },
  RetryAfter: { description: "Seconds to wait", schema: { type: "integer", minimum: 1 } },
  ETag: { description: "Of this content, for If-None-Match", schema: { type: "string" } },
  CacheControl: { description: "How long it may be kept", schema: { type: "string" } },
} as const;

/** Refers to one of the shared parameters. */
export function sharedParameter(name: keyof typeof sharedParameters): Reference {
  return { $ref: `#/components/parameters/${name}` };
}

/** Refers to one of the shared headers. */
export function sharedHeader(name: keyof typeof sharedHeaders): Reference {
  return { $ref: `#/components/headers/${name}` };
}

/** The id in a path. */
export const pathId: Parameter = {
  name: "id",
  in: "path",
  required: true,
  schema: { type: "string", format: "uuid" },
};

const objectSchema = z.object({
  properties: z.record(z.string(), z.record(z.string(), z.unknown())),
  required: z.array(z.string()).default([]),
});

/** What a query string has, one parameter for each property of an object. */
export function queryParameters(query: z.ZodType, schemas: Schemas): Parameter[] {
  const { properties, required } = objectSchema.parse(schemas.add(query, { io: "input" }));
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: "query",
    required: required.includes(name),
    ...(typeof description === "string" ? { description } : {}),
    schema,
  }));
}
