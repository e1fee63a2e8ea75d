import assert from "node:assert/strict";
import {
  type MessageKind,
  type MessageParams,
  renderMessage,
} from "../../../shared/messages/mod.ts";
import { catalogue } from "../../../shared/platform/mod.ts";
import type { OutboundMessage } from "../../../shared/whatsapp/mod.ts";
import { type Locale, locales } from "../../../shared/words/mod.ts";
import { bare } from "./samples/bare.ts";
import { typical } from "./samples/typical.ts";
import { tripPageUrl } from "./samples/values.ts";

const page = "https://trips.example.org/t/#Zm9sbG93LW1lLXRoaXMtd2F5";

/** A message as a person sees it, spaces that do not break shown as others. */
function shown<K extends MessageKind>(
  kind: K,
  { params, locale }: { params: MessageParams<K> | undefined; locale: Locale },
): string {
  const message = renderMessage({ kind, params, locale, window_open: true }, { tripPageUrl });
  assert.ok(message !== null);
  return picture(message).replaceAll("\u00A0", " ");
}

function picture(message: OutboundMessage): string {
  switch (message.type) {
    case "buttons":
      return `${message.body}\n${message.buttons.map(({ title }) => `[${title}]`).join(" ")}`;
    case "list": {
      const rows = message.sections.flatMap((section) => section.rows);
      return [
        message.body,
        `{${message.button}}`,
        ...rows.map(({ title, description }) => `- ${title} | ${description}`),
      ].join("\n");
    }
    case "template":
      return message.parameters.join(" | ");
    default:
      return message.body;
  }
}

function assertShown<K extends MessageKind>(
  kind: K,
  { params, expected }: {
    params: MessageParams<K> | undefined;
    expected: Readonly<Record<Locale, readonly string[]>>;
  },
): void {
  for (const locale of locales) {
    assert.deepEqual(shown(kind, { params, locale }).split("\n"), expected[locale]);
  }
}

Deno.test("an offer says how long, how far, where to, how much, who", () => {
  assertShown("offer", {
    params: typical.offer[0],
    expected: {
      en: [
        "🔔 New ride! Answer within 20 seconds.",
        "Pickup: Kigali Heights, 1.2 km · 4 min away",
        "Going to Kimironko Market, towards the east, 8.2 km",
        "Fare: RWF 1,450",
        "Passenger: ★ 4.9",
        "[Accept] [Decline]",
      ],
      fr: [
        "🔔 Nouvelle course ! Répondez dans les 20 secondes.",
        "Départ : Kigali Heights, à 1,2 km · 4 min",
        "Destination : Kimironko Market, vers l’est, 8,2 km",
        "Prix : 1 450 RWF",
        "Passager : ★ 4,9",
        "[Accepter] [Refuser]",
      ],
      rw: [
        "🔔 Urugendo rushya! Subiza mu gihe cy’amasegonda 20.",
        "Aho umufatira: Kigali Heights, km 1.2 · iminota 4",
        "Agiye: Kimironko Market, ahagana mu burasirazuba, km 8.2",
        "Igiciro: RWF 1,450",
        "Umugenzi: ★ 4.9",
        "[Emera] [Anga]",
      ],
      sw: [
        "🔔 Safari mpya! Jibu ndani ya sekunde 20.",
        "Mchukue: Kigali Heights, km 1.2 · dakika 4 kutoka ulipo",
        "Anakwenda: Kimironko Market, kuelekea mashariki, km 8.2",
        "Nauli: RWF 1,450",
        "Abiria: ★ 4.9",
        "[Kubali] [Kataa]",
      ],
    },
  });
});

Deno.test("an offer of which little is known says what is known", () => {
  assert.equal(
    shown("offer", { params: bare.offer[0], locale: "en" }),
    [
      "🔔 New ride! Answer within 20 seconds.",
      "Pickup: 10 m · 1 min away",
      "The passenger will tell you where to go.",
      "Passenger: new",
      "[Accept] [Decline]",
    ].join("\n"),
  );
});

Deno.test("an accepted ride gives the driver, the plate, the PIN and the page to follow", () => {
  assertShown("ride_accepted", {
    params: typical.ride_accepted[0],
    expected: {
      en: [
        "✅ Jean is coming: 1.2 km, about 4 min.",
        "Moto · *RAD 123 B* · ★ 4.8",
        "Your PIN: *4821*. Give it to the driver when you get on.",
        "Fare: RWF 1,450",
        `Follow the ride: ${page}`,
        "[Cancel ride] [Share trip] [SOS]",
      ],
      fr: [
        "✅ Jean arrive : à 1,2 km, environ 4 min.",
        "Moto · *RAD 123 B* · ★ 4,8",
        "Votre code PIN : *4821*. Donnez-le au chauffeur en montant.",
        "Prix : 1 450 RWF",
        `Suivre la course : ${page}`,
        "[Annuler la course] [Partager le trajet] [SOS]",
      ],
      rw: [
        "✅ Jean araje: ari kuri km 1.2, nk’iminota 4.",
        "Moto · *RAD 123 B* · ★ 4.8",
        "PIN yawe: *4821*. Yibwire umushoferi mugiye guhaguruka.",
        "Igiciro: RWF 1,450",
        `Kurikira urugendo: ${page}`,
        "[Hagarika urugendo] [Sangiza urugendo] [SOS]",
      ],
      sw: [
        "✅ Jean anakuja: yuko km 1.2, takriban dakika 4.",
        "Bodaboda · *RAD 123 B* · ★ 4.8",
        "PIN yako: *4821*. Mpe dereva unapopanda.",
        "Nauli: RWF 1,450",
        `Fuatilia safari: ${page}`,
        "[Ghairi safari] [Shiriki safari] [SOS]",
      ],
    },
  });
});

Deno.test("a driver or passenger whose name is not known is called by what they are", () => {
  const first = <K extends MessageKind>(kind: K, params: MessageParams<K> | undefined): string[] =>
    locales.map((locale) => shown(kind, { params, locale }).split("\n")[0] ?? "");
  assert.deepEqual(first("ride_accepted", bare.ride_accepted[0]), [
    "✅ Your driver is coming!",
    "✅ Votre chauffeur arrive !",
    "✅ Umushoferi wawe araje!",
    "✅ Dereva wako anakuja!",
  ]);
  assert.deepEqual(first("ride_won", bare.ride_won[0]), [
    "✅ The ride is yours! Pick up the passenger.",
    "✅ La course est à vous ! Allez chercher le passager.",
    "✅ Urugendo ni urwawe! Genda ufate umugenzi.",
    "✅ Safari ni yako! Mchukue abiria.",
  ]);
  assert.deepEqual(first("driver_silent", bare.driver_silent[0]), [
    "The driver didn’t answer. Shall I ask the others?",
    "Le chauffeur n’a pas répondu. Je demande aux autres ?",
    "Umushoferi ntiyasubije. Mbaze abandi?",
    "Dereva hajajibu. Niwaulize wengine?",
  ]);
});

Deno.test("the drivers that were found are rows below the best available", () => {
  assertShown("drivers_found", {
    params: typical.drivers_found[0],
    expected: {
      en: [
        "2 drivers near you, best first.",
        "Fare: about RWF 1,450 for 5.2 km",
        "Choose one, or let me ask the best for you.",
        "{See drivers}",
        "- Best available | I ask the best drivers until one says yes",
        "- Jean | ★ 4.8 · 320 rides · 1.2 km · 4 min",
        "- Claude | new · 350 m · 1 min",
      ],
      fr: [
        "2 chauffeurs près de vous, les meilleurs d’abord.",
        "Prix : environ 1 450 RWF pour 5,2 km",
        "Choisissez, ou laissez-moi demander aux meilleurs.",
        "{Voir les chauffeurs}",
        "- Meilleur disponible | Je demande aux meilleurs, jusqu’à ce que l’un accepte",
        "- Jean | ★ 4,8 · 320 courses · 1,2 km · 4 min",
        "- Claude | nouveau · 350 m · 1 min",
      ],
      rw: [
        "Hari abashoferi 2 hafi yawe, abeza babanza.",
        "Igiciro: nka RWF 1,450 kuri km 5.2",
        "Hitamo umwe, cyangwa nkubarize abeza.",
        "{Reba abashoferi}",
        "- Umwiza uhari | Mbaza abashoferi beza kugeza umwe yemeye",
        "- Jean | ★ 4.8 · ingendo 320 · km 1.2 · iminota 4",
        "- Claude | mushya · metero 350 · umunota 1",
      ],
      sw: [
        "Madereva 2 wako karibu nawe, walio bora kwanza.",
        "Nauli: takriban RWF 1,450 kwa km 5.2",
        "Chagua mmoja, au niwaulize walio bora.",
        "{Ona madereva}",
        "- Bora aliyepo | Nawauliza madereva bora hadi mmoja akubali",
        "- Jean | ★ 4.8 · safari 320 · km 1.2 · dakika 4",
        "- Claude | mpya · mita 350 · dakika 1",
      ],
    },
  });
});

Deno.test("a wider search says so, and how wide", () => {
  const body = locales.map((locale) =>
    shown("drivers_found", { params: typical.drivers_found[1], locale }).split("\n")[0]
  );
  assert.deepEqual(body, [
    "Nobody is close by, so I looked further, up to 5 km: 2 drivers, best first.",
    "Personne tout près, alors j’ai cherché plus loin, jusqu’à 5 km : 2 chauffeurs, les meilleurs d’abord.",
    "Nta wuri hafi cyane, nashatse kugeza kuri km 5: abashoferi 2, abeza babanza.",
    "Hakuna aliye karibu sana, kwa hiyo nimetafuta hadi km 5: madereva 2, walio bora kwanza.",
  ]);
});

Deno.test("an SOS names the emergency number, to the person and to those they trust", () => {
  for (const locale of locales) {
    assert.match(shown("sos_sent", { params: typical.sos_sent[0], locale }), /\b112\b/);
    const alert = shown("sos_alert", { params: typical.sos_alert[0], locale });
    assert.match(alert, /^🆘 Aline /);
    assert.match(alert, /\b112\b/);
    assert.ok(alert.endsWith(page));
  }
});

Deno.test("an error code that nobody put into words is a fault of ours, in every language", () => {
  for (const locale of locales) {
    const said = (code: string): string => shown("refusal", { params: { code }, locale });
    assert.equal(said("NEVER_HEARD_OF"), said("INTERNAL_ERROR"));
    assert.equal(said("toString"), said("INTERNAL_ERROR"));
    assert.notEqual(said("PIN_INVALID"), said("INTERNAL_ERROR"));
  }
});

/** Nobody in a chat can cause these, or do anything about them. */
const faults = [
  "UNAUTHENTICATED",
  "METHOD_NOT_ALLOWED",
  "LINK_NOT_FOUND",
  "LINK_EXPIRED",
  "ALERT_NOT_FOUND",
  "DEAD_LETTER_NOT_FOUND",
  "DEAD_LETTER_EXPIRED",
  "LEASE_LOST",
  "OUT_OF_DATE",
  "PAYLOAD_TOO_LARGE",
  "TRIP_WRONG_ROLE",
  "IDEMPOTENCY_KEY_REUSED",
  "INTERNAL_ERROR",
  "DATABASE_ERROR",
  "CACHE_ERROR",
  "SERVICE_UNAVAILABLE",
];

Deno.test("every error code has words of its own in renderers/refusal.ts, or is a fault of ours", () => {
  const said = (code: string): string => shown("refusal", { params: { code }, locale: "en" });
  for (const code of Object.keys(catalogue)) {
    assert.equal(said(code) === said("INTERNAL_ERROR"), faults.includes(code), code);
  }
});
