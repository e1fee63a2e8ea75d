export { trackingEndpoints } from "./endpoints.ts";
