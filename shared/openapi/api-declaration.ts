import { z } from "zod";
import type { RawDeclaration } from "../platform/mod.ts";

/** The path of the API's description. */
export const apiDeclaration: RawDeclaration = {
  name: "describeApi",
  method: "GET",
  path: "/openapi.json",
  summary: "This description of the API, as OpenAPI 3.1",
  description:
    "Made of the schemas that requests are parsed with. It may be kept for five minutes.",
  credentials: "none",
  response: {
    contentType: "application/json",
    schema: z.looseObject({ openapi: z.string(), info: z.looseObject({ title: z.string() }) }),
    isCacheable: true,
  },
  errors: [],
};
