// For the function that serves it.
export { apiEndpoint } from "./api-endpoint.ts";

// For those who read it: the tests, the documentation.
export { buildDocument } from "./build-document.ts";
export type {
  ApiResponse,
  Callers,
  Content,
  Method,
  OpenApiDocument,
  Operation,
  Parameter,
  Reference,
  Schema,
} from "./document.ts";
export { type DescribedFunction, describedFunctions } from "./functions.ts";
