export { createWebhookHandler } from "./webhook-handler.ts";
