import { check } from "k6";
import { hmac } from "k6/crypto";
import http from "k6/http";
import { think } from "./api.ts";
import { optionsOf, settings, usersOf } from "./settings.ts";
import { nextWay } from "./wishes.ts";

export const options = optionsOf({ webhook: usersOf(1) }, ["webhook"]);

/** Somebody who writes by WhatsApp: says hello, asks for a moto, sends a pin. */
export function chat(): void {
  const person = `RW.8${String(__VU).padStart(9, "0")}${String(__ITER).padStart(6, "0")}`;
  say(person, { type: "text", text: { body: "Muraho" } });
  think(4, 10);
  say(person, { type: "text", text: { body: "moto" } });
  think(4, 12);
  const { lat, lng } = nextWay({ from: 0.7 }).pickup;
  say(person, { type: "location", location: { latitude: lat, longitude: lng } });
  think(10, 20);
}

/** Meta waits for 200 alone; the reply comes later, to the stand-in of its Graph API. */
function say(person: string, content: object): void {
  const now = Date.now();
  const body = JSON.stringify({
    object: "whatsapp_business_account",
    entry: [{
      id: "200000000000002",
      changes: [{
        field: "messages",
        value: {
          messaging_product: "whatsapp",
          metadata: {
            display_phone_number: "15550100001",
            phone_number_id: "100000000000001",
          },
          contacts: [{ profile: { name: "Load" }, user_id: person }],
          messages: [{
            from_user_id: person,
            id: `wamid.load.${crypto.randomUUID()}`,
            timestamp: String(Math.floor(now / 1000)),
            ...content,
          }],
        },
      }],
    }],
  });
  const response = http.post(`${settings.functionsUrl}/whatsapp-webhook`, body, {
    headers: {
      "content-type": "application/json",
      "x-hub-signature-256": `sha256=${hmac("sha256", settings.appSecret, body, "hex")}`,
    },
    tags: { call: "webhook", name: "webhook" },
  });
  check(response, { "webhook is acknowledged": ({ status }) => status === 200 });
}

export default chat;
