export { operatorEndpoints } from "./endpoints.ts";
