import { createPlatform, readWhatsAppConfig } from "../../../shared/platform/mod.ts";
import { createStrategies } from "../../../shared/ranking/mod.ts";
import { createWebhookHandler } from "../../../shared/webhook/mod.ts";

const config = readWhatsAppConfig();
const platform = createPlatform("whatsapp-webhook", { config });
const strategies = createStrategies(config.rankingStrategies);

Deno.serve(createWebhookHandler(platform, { config, strategies }));
