import assert from "node:assert/strict";
import { renderMessage } from "../../shared/messages/mod.ts";
import { type Locale, locales, words } from "../../shared/words/mod.ts";
import { chatSuite, type ChatWorld } from "../support/chat/chat-suite.ts";
import type { Phone } from "../support/chat/phone.ts";
import { askForRide, goOnline, pinOf, wrongPin } from "../support/chat/rides.ts";
import { newSpot, north } from "../support/stack-people.ts";

/** What somebody writes first; their numbers are of countries that speak another language. */
const greetings = {
  en: { greeting: "Good morning!", phone: "+2507891" },
  fr: { greeting: "Bonjour", phone: "+2547891" },
  rw: { greeting: "Mwaramutse", phone: "+2437891" },
  sw: { greeting: "Habari za asubuhi", phone: "+2507892" },
} as const satisfies Record<Locale, { greeting: string; phone: string }>;

const { test } = chatSuite({ name: "chat on the embedded stack" });

for (const locale of locales) {
  test(`a whole ride in ${locale}, by webhook posts alone`, async (world) => {
    const passenger = speaker(world, { locale, name: "Aline Uwase" });
    const driver = speaker(world, { locale, name: "Eric Mugabo" });
    const { greeting } = greetings[locale];
    const at = newSpot();
    await goOnline(driver, { at: north(at, 700), plate: "rad 123 b", greeting });
    await askForRide(passenger, { at, to: north(at, 5000), greeting });

    const found = await passenger.receive("drivers_found");
    const { fare_amount, currency } = found.params;
    assert.ok(typeof fare_amount === "number" && fare_amount > 0, "the fare is estimated");
    const fare = words(locale).money(fare_amount, String(currency));
    assert.ok(found.text.includes(fare), `${fare} is in the text`);
    assert.deepEqual(found.choices.map(({ id }) => id.split(":")[0]), ["best", "pick"]);
    await passenger.tap("Eric Mugabo");
    await passenger.receive("asking_driver");
    assert.ok((await driver.receive("proposal")).text.includes(fare), "the driver sees the fare");
    await driver.tap("match_yes:");
    await driver.receive("ride_won");
    const accepted = await passenger.receive("ride_accepted");
    const eta = words(locale).duration(Number(accepted.params["eta_s"]));
    const pin = pinOf(accepted);
    for (const said of ["Eric Mugabo", "RAD 123 B", eta, `${world.info.api_url}/trip#`]) {
      assert.ok(accepted.text.includes(said), `"${said}" is in: ${accepted.text}`);
    }

    await driver.tap("arrive:");
    assert.match((await driver.receive("ask_pin")).text, /4|quatre|nne|kane/);
    assert.equal(pinOf(await passenger.receive("driver_arrived")), pin);
    await driver.write(wrongPin(pin));
    const refused = await driver.receive("refusal");
    assert.equal(refused.params["code"], "PIN_INVALID");
    assert.ok(!refused.text.includes(pin));
    await driver.write(pin);
    await driver.receive("ride_running");
    await passenger.receive("ride_started");
    await driver.tap("complete:");
    const done = await driver.receive("ride_done");
    const receipt = await passenger.receive("receipt");
    assert.ok(done.text.includes(fare) && receipt.text.includes(fare), "both see the fare");
    await passenger.tap("★★★★★");
    await passenger.receive("rated");
    await driver.tap("★★★★☆");
    await driver.receive("rated");

    await passenger.assertQuiet();
    await driver.assertQuiet();
    assertOwnLanguage(passenger);
    assertOwnLanguage(driver);
    const [ride] = await world.sql`
      select m.status, array_agg(r.rating order by r.rater_role) as ratings
      from mobility.matches m join mobility.ratings r on r.match_id = m.id
      where m.id = ${String(receipt.params["match_id"])} group by m.status`;
    assert.deepEqual({ ...ride }, { status: "completed", ratings: [4, 5] });
  });
}

function speaker(world: ChatWorld, { locale, name }: { locale: Locale; name: string }): Phone {
  const digits = String(Math.floor(Math.random() * 100_000)).padStart(5, "0");
  const phone = world.phone({ name, phone: greetings[locale].phone + digits });
  phone.locale = locale;
  return phone;
}

/** No other language says any of it in the same words: that it is this one's was seen when it was read. */
function assertOwnLanguage({ read, locale }: Phone): void {
  for (const { kind, params, text } of read) {
    for (const other of locales.filter((candidate) => candidate !== locale)) {
      const said = renderMessage({ kind, params, locale: other, window_open: true }, {
        tripPageUrl: "http://127.0.0.1/trip",
      });
      assert.ok(said !== null && "body" in said);
      assert.notEqual(text, said.body, `${kind} is the same in ${locale} and ${other}`);
    }
  }
}
