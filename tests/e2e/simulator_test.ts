import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { startStack } from "../../scripts/stack/stack.ts";
import { findChromium, type OpenPage, openPage } from "../support/browser/chromium.ts";
import { SimulatedPhone } from "../support/browser/simulated-phone.ts";
import { freePorts } from "../../scripts/loopback/free-ports.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
const CHROMIUM = findChromium();
/** Far from every driver of the seeded city. */
const PLACE = "Musanze";

Deno.test({
  name: "the simulator: two people in a browser find each other, ride and rate",
  ignore: CHROMIUM === undefined,
  // The stack and the browser outlive the steps that happen to start their parts.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    await using stack = await openStack();
    await using browser = await openPage(CHROMIUM ?? "");
    const { page, errors } = browser;
    // What follows a step that failed would only fail too.
    const step = async (name: string, work: () => Promise<void>): Promise<void> =>
      assert.ok(await t.step(name, work), `failed: ${name}`);
    await page.goto(stack.url);
    await page.locator("body[data-ready=yes]").waitFor();
    const passenger = new SimulatedPhone(page, "passengers");
    const driver = new SimulatedPhone(page, "drivers");

    await step("markers are moved by hand and by key, and phones to a place", async () => {
      await moveMarkers(browser, { passenger, driver });
    });
    await step("a ride, from hello to the ratings", async () => {
      await ride(browser, { passenger, driver });
    });
    await step("what people write is shown as WhatsApp shows it, and never run", async () => {
      await passenger.say(
        '<img src="x" onerror="document.title=1"> *bold* https://example.com/a?b=1',
      );
      const said = passenger.lastSaid();
      await said.filter({ hasText: '<img src="x"' }).waitFor();
      assert.equal(await said.locator("img").count(), 0);
      assert.equal(await said.locator("strong").innerText(), "bold");
      assert.equal(await said.locator("a").getAttribute("href"), "https://example.com/a?b=1");
    });
    await step("a phone is added, and has a conversation of its own", async () => {
      await driver.side.getByRole("button", { name: "Add a driver's phone" }).click();
      await driver.side.getByRole("button", { name: /^Muraho/ }).click();
      await driver.sees("menu:drive");
      assert.equal(await driver.side.locator(".bubble.out").count(), 1);
      await browser.picture("another-driver");
    });
    await step("a reload shows the conversation again", async () => {
      await page.reload();
      await passenger.side.locator(".bubble.out").filter({ hasText: "★★★★★" }).waitFor();
      assert.equal(await driver.side.locator(".tab").count(), 2);
    });
    assert.deepEqual(errors, []);
    await step("it says so when the stack does not take a message", async () => {
      await page.route("**/api/phone", (route) => route.fulfill({ status: 503, body: "asleep" }));
      await passenger.say("Hello?");
      await page.getByText("Not sent: asleep").waitFor();
    });
  },
});

interface Pair {
  readonly passenger: SimulatedPhone;
  readonly driver: SimulatedPhone;
}

async function moveMarkers(
  { page, picture }: OpenPage,
  { passenger, driver }: Pair,
): Promise<void> {
  await picture("start");
  const marker = page.locator(".marker.passenger");
  const box = await marker.boundingBox();
  assert.ok(box !== null);
  const from = { x: box.x + box.width / 2, y: box.y + 15 };
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x - 90, from.y + 60, { steps: 4 });
  await page.mouse.up();
  await passenger.side.locator(".where").filter({ hasText: /\d m from/ }).waitFor();
  await passenger.moveTo(PLACE);
  await driver.moveTo(PLACE);
  await page.locator(".marker.driver").focus();
  await page.keyboard.press("Shift+ArrowUp");
  await driver.side.locator(".where").filter({ hasText: `500 m from ${PLACE}` }).waitFor();
}

async function ride({ picture }: OpenPage, { passenger, driver }: Pair): Promise<void> {
  await driver.say("hi");
  await driver.tap("menu:drive");
  await driver.choose("veh:driver:moto");
  await driver.hears("plate");
  await driver.say("RAD 123 B");
  await driver.sendLocation();
  await driver.sees("offline:");

  await passenger.say("hi");
  await passenger.tap("menu:ride");
  await passenger.choose("veh:passenger:moto");
  await passenger.sendLocation();
  await passenger.sees("drop:skip");
  await picture("pin");
  await passenger.tap("drop:skip");
  await passenger.choose("pick:", picture);

  await driver.sees("match_yes:");
  await picture("asked");
  await driver.tap("match_yes:");
  const accepted = await passenger.hears(/PIN\D*\d{4}/);
  assert.match(accepted, /Eric Habimana/);
  assert.match(accepted, /RAD 123 B/);
  const [, pin = ""] = /PIN\D*(\d{4})/.exec(accepted) ?? [];
  await driver.sees("arrive:");
  await picture("accepted");
  await driver.tap("arrive:");
  await driver.hears("PIN");
  await driver.say(pin);
  await driver.sees("complete:");
  await picture("riding");
  await driver.tap("complete:");
  await passenger.choose("rate:");
  await driver.choose("rate:", picture);
  for (const phone of [passenger, driver]) {
    await phone.lastSaid().filter({ hasText: "★★★★★" }).waitFor();
    await phone.hears(/Thank/);
    // Blue ticks: the system has read it.
    await phone.lastSaid().locator(".ticks.read").waitFor();
  }
  await picture("rated");
}

async function openStack(): Promise<AsyncDisposable & { readonly url: string }> {
  const data = await Deno.makeTempDir({ prefix: "mobility-simulator-" });
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...env } = Deno.env.toObject();
  const stack = await startStack({ root: ROOT, data, portsFrom: freePorts(20), env });
  return {
    url: stack.info.simulator_url,
    [Symbol.asyncDispose]: async () => {
      await stack.close();
      await Deno.remove(data, { recursive: true });
      // PGlite sets a code of its own whenever PostgreSQL refuses something.
      Deno.exitCode = 0;
    },
  };
}
