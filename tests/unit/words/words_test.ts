import assert from "node:assert/strict";
import { type Locale, locales, type Words, words } from "../../../shared/words/mod.ts";

const NBSP = "\u00A0";

/** What is said in English, French, Kinyarwanda and Swahili, in that order. */
type InEach = readonly [string, string, string, string];

function assertSaid(say: (words: Words) => string, expected: InEach): void {
  const said = locales.map((locale: Locale) => say(words(locale)));
  assert.deepEqual(said, [...expected]);
}

Deno.test("money() groups thousands as the language does, whole units with their currency", () => {
  assertSaid((w) => w.money(1450, "RWF"), [
    `RWF${NBSP}1,450`,
    `1${NBSP}450${NBSP}RWF`,
    `RWF${NBSP}1,450`,
    `RWF${NBSP}1,450`,
  ]);
  assertSaid((w) => w.money(1_234_567.5, "RWF"), [
    `RWF${NBSP}1,234,568`,
    `1${NBSP}234${NBSP}568${NBSP}RWF`,
    `RWF${NBSP}1,234,568`,
    `RWF${NBSP}1,234,568`,
  ]);
  assertSaid((w) => w.money(7250), ["7,250", `7${NBSP}250`, "7,250", "7,250"]);
  assert.equal(words("en").money(0, "KES"), `KES${NBSP}0`);
});

Deno.test("distance() says tens of metres, then kilometres, the near ones with a tenth", () => {
  assertSaid((w) => w.distance(5240), ["5.2 km", "5,2 km", "km 5.2", "km 5.2"]);
  assertSaid((w) => w.distance(347), ["350 m", "350 m", "metero 350", "mita 350"]);
  const inEnglish: [number, string][] = [
    [0, "10 m"],
    [994, "990 m"],
    [995, "1 km"],
    [1000, "1 km"],
    [1049, "1 km"],
    [9949, "9.9 km"],
    [9951, "10 km"],
    [14_600, "15 km"],
    [20_015_115, "20,015 km"],
  ];
  for (const [metres, text] of inEnglish) assert.equal(words("en").distance(metres), text);
});

Deno.test("duration() says minutes, at least one, and hours", () => {
  assertSaid((w) => w.duration(240), ["4 min", "4 min", "iminota 4", "dakika 4"]);
  assertSaid((w) => w.duration(0), ["1 min", "1 min", "umunota 1", "dakika 1"]);
  assertSaid((w) => w.duration(3600), ["1 h", "1 h", "isaha 1", "saa 1"]);
  assertSaid((w) => w.duration(4860), [
    "1 h 21 min",
    "1 h 21 min",
    "isaha 1 n’iminota 21",
    "saa 1 na dakika 21",
  ]);
});

Deno.test("patience() says seconds below two minutes and never more time than there is", () => {
  assertSaid((w) => w.patience(20), [
    "20 seconds",
    `20 secondes`,
    "amasegonda 20",
    "sekunde 20",
  ]);
  assert.equal(words("en").patience(1), "1 second");
  assert.equal(words("en").patience(119), "119 seconds");
  assert.equal(words("en").patience(179), "2 min");
});

Deno.test("clock(), moment() and day() are of the time zone, Kigali's unless told, in 24 hours", () => {
  const at = "2026-11-25T16:30:00.123456+00:00";
  assertSaid((w) => w.clock(at), ["18:30", "18:30", "18:30", "18:30"]);
  assertSaid((w) => w.moment(at, "Africa/Kigali"), [
    "Wed 25/11, 18:30",
    "mercredi 25/11 à 18:30",
    "ku wa gatatu 25/11, 18:30",
    "Jumatano 25/11, 18:30",
  ]);
  assertSaid((w) => w.day("2026-11-28T22:30:00Z", "Africa/Nairobi"), [
    "Sunday 29/11",
    "Dimanche 29/11",
    "Ku cyumweru 29/11",
    "Jumapili 29/11",
  ]);
  assert.equal(words("en").clock("2026-11-25T22:05:00Z", "Africa/Kigali"), "00:05");
  assert.equal(words("sw").clock(at, "Africa/Nairobi"), "19:30");
});

Deno.test("every language names each day of the week, and no two alike", () => {
  for (const locale of locales) {
    const days = [23, 24, 25, 26, 27, 28, 29].map((date) => {
      const iso = `2026-11-${date}T12:00:00Z`;
      return words(locale).day(iso).replace(/ \d+\/\d+$/, "");
    });
    assert.equal(new Set(days).size, 7, days.join());
  }
});

Deno.test("rating() has one decimal", () => {
  assertSaid((w) => w.rating(4.84), ["4.8", "4,8", "4.8", "4.8"]);
  assertSaid((w) => w.rating(5), ["5.0", "5,0", "5.0", "5.0"]);
});

Deno.test("t() chooses the plural: Kinyarwanda's singular too, of which ICU knows nothing", () => {
  assertSaid((w) => w.t("rides", { n: 1 }), ["1 ride", "1 course", "urugendo 1", "safari 1"]);
  assertSaid((w) => w.t("rides", { n: 0 }), ["0 rides", "0 course", "ingendo 0", "safari 0"]);
  assertSaid((w) => w.t("rides", { n: 1_000_000 }), [
    "1,000,000 rides",
    `1${NBSP}000${NBSP}000 courses`,
    "ingendo 1,000,000",
    "safari 1,000,000",
  ]);
});

Deno.test("t() takes values as they are, whatever ICU would make of them in a text", () => {
  const place = "{n, plural, <b>'x'</b> #}";
  assert.equal(words("en").t("pickup_place", { place }), `Pickup: ${place}`);
});

Deno.test("t() keeps French signs on the line of their word", () => {
  const text = words("fr").t("place_not_found", { place: "A : B" });
  assert.ok(
    text.startsWith(`Je ne trouve pas «${NBSP}A : B${NBSP}». Envoyez la localisation${NBSP}:`),
  );
});
