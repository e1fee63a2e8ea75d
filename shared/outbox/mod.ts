export { createDeliveryPump } from "./delivery-pump.ts";
export { errorLabel } from "./error-label.ts";
export { createOutboxPump } from "./outbox-pump.ts";
export type { DeliveryUrls } from "./post-delivery.ts";
