import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { operatorLink } from "../../scripts/stack/operator-link.ts";
import { findChromium, type OpenPage, openPage } from "../support/browser/chromium.ts";
import { signToken } from "../support/http.ts";
import { Night } from "../support/operator/night.ts";

const CHROMIUM = findChromium();
/** Sooner than the page asks by itself: what is seen within it was pushed. */
const PUSHED_MS = 5_000;

Deno.test({
  name: "the operator's page: a night at the desk",
  ignore: CHROMIUM === undefined,
  // The stack and the browser outlive the steps that happen to start their parts.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async (t) => {
    await using night = await Night.fall();
    await using browser = await openPage(CHROMIUM ?? "");
    const { page, errors, picture } = browser;
    // What follows a step that failed would only fail too.
    const step = async (name: string, work: () => Promise<void>): Promise<void> =>
      assert.ok(await t.step(name, work), `failed: ${name}`);
    await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });

    await step("a stranger is shown the door, an operator the city", async () => {
      await signIn(browser, night);
    });
    await step("with Supabase Auth a password signs in, and the token is renewed", async () => {
      await signInWithPassword(browser, night);
    });
    await step("a ride appears as it is made, and moves as it goes", async () => {
      await watchARide(browser, night);
    });
    await step("a ride is given to another driver, with a reason", async () => {
      await redispatch(browser, night);
    });
    await step("a call for help is on top of everything until somebody takes it up", async () => {
      await takeUp(browser, night);
    });
    await step("a dead letter is retried, and sent", async () => {
      await retry(browser, night);
    });
    await step("a request is cancelled, and a driver taken offline", async () => {
      await cancel(browser, night);
    });
    await step("the list is walked with the keyboard alone", async () => {
      await walk(page);
    });
    await step("filters leave what is asked for", async () => {
      await filter(browser, night);
    });
    assert.deepEqual(errors, []);
    await step("without a connection it says so, and goes on by itself", async () => {
      await loseConnection(browser);
    });
    await step("signing out leaves nothing behind", async () => {
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.locator("body[data-view=sign-in][data-ready=no]").waitFor();
      assert.equal(await page.locator(".row").count(), 0);
      assert.equal(await page.evaluate("sessionStorage.getItem('mobility-operator')"), null);
    });
    await picture("signed-out");
  },
});

async function signIn({ page, errors, picture }: OpenPage, { info }: Night): Promise<void> {
  const claims = { role: "authenticated", sub: crypto.randomUUID() };
  const token = await signToken(claims, info.jwt_secret);
  const address = new URL(info.operator_url);
  await page.goto(`${address.origin}${address.pathname}`);
  await page.getByLabel("Operator’s link").fill("https://example.com/#token=a.b.c");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("no link that signs in").waitFor();
  await page.getByLabel("Operator’s link").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("not an operator’s").waitFor();
  // What a browser says of every refusal.
  assert.match(errors.splice(0).join(), /status of 403/);
  await picture("sign-in");

  await page.getByLabel("Operator’s link").fill(await operatorLink(page.url(), info));
  await page.getByRole("button", { name: "Sign in" }).click();
  await ready(page);
  await page.goto("about:blank");
  await page.goto(info.operator_url);
  await ready(page);
  assert.equal(page.url(), `${address.origin}${address.pathname}`, "the token left the address");
  await page.locator("#who", { hasText: "Night desk" }).waitFor();
  await page.locator("#connection[data-state=live]").waitFor();
  await page.locator("path.free").nth(100).waitFor({ state: "attached" });
  assert.equal(await page.locator("#count-free").innerText(), "200");
  await picture("quiet");
}

/** Supabase Auth is not part of the embedded stack: its two answers are played. */
async function signInWithPassword({ page: desk }: OpenPage, { info }: Night): Promise<void> {
  const page = await desk.context().newPage();
  const { origin, pathname, hash } = new URL(info.operator_url);
  const fragment = new URLSearchParams(hash.slice(1));
  const asked: unknown[] = [];
  await page.route("**/operator/config.js", (route) =>
    route.fulfill({
      contentType: "text/javascript",
      body:
        `export const config = { apiUrl: "/functions/v1", authUrl: "/auth/v1", publishableKey: "${
          fragment.get("key")
        }", realtimeUrl: "", tileUrl: "", tileAttribution: "" };`,
    }));
  await page.route("**/auth/v1/token?*", async (route) => {
    const url = new URL(route.request().url());
    const body: unknown = route.request().postDataJSON();
    asked.push([url.searchParams.get("grant_type"), body]);
    const isWrong = JSON.stringify(body).includes("wrong");
    await route.fulfill({
      status: isWrong ? 400 : 200,
      json: isWrong ? { error_code: "invalid_credentials" } : {
        access_token: fragment.get("token"),
        refresh_token: `refresh-${asked.length}`,
        // A second more than before which it is renewed; then an hour.
        expires_in: asked.length === 2 ? 61 : 3600,
      },
    });
  });
  await page.goto(`${origin}${pathname}`);
  await page.getByLabel("Email").fill("desk@example.com");
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Email or password is wrong.").waitFor();
  await page.getByLabel("Password").fill("right");
  await page.keyboard.press("Enter");
  await ready(page);
  await until(() => Promise.resolve(asked.length === 3));
  assert.deepEqual(asked.slice(1), [
    ["password", { email: "desk@example.com", password: "right" }],
    ["refresh_token", { refresh_token: "refresh-2" }],
  ]);
  await page.reload();
  await ready(page);
  assert.equal(asked.length, 3, "the tab remembers");
  await page.close();
}

async function watchARide({ page, picture }: OpenPage, night: Night): Promise<void> {
  const passenger = await night.open({ name: "Aline Uwase", role: "passenger" });
  const driver = await night.open({ name: "Jean Bosco", role: "driver", plate: "RAD 123 B" }, [
    1500,
    -600,
  ]);
  const match = await night.propose(passenger, driver);
  const row = page.locator(`[data-key="ride:${match.id}"] .row`);
  await row.waitFor({ timeout: PUSHED_MS });
  assert.match(await row.innerText(), /Aline Uwase → Jean Bosco/);
  await row.click();
  const panel = page.getByRole("complementary");
  await panel.getByText("Bound to Jean Bosco").waitFor();
  assert.match(await panel.innerText(), /RAD 123 B/);
  assert.equal(
    await panel.getByRole("link", { name: "Call" }).first().getAttribute("href").then((href) =>
      href?.startsWith("tel:+25079")
    ),
    true,
  );

  await night.move(match.id, "accept");
  await panel.locator(".pill", { hasText: "On the way" }).waitFor({ timeout: PUSHED_MS });
  const sign = page.locator(".sign.accepted.selected");
  const before = await centre(sign);
  await night.ping(driver.id, [900, -300]);
  await until(async () => await centre(sign) !== before);
  await panel.getByText(/Driver seen \d s ago, 9\d0 m from the pickup/).waitFor({
    timeout: PUSHED_MS,
  });
  await night.ping(driver.id, [500, -100]);
  await panel.getByText(/seen \d s ago, 5\d0 m/).waitFor({ timeout: PUSHED_MS });
  await picture("a-ride");
  await panel.getByRole("button", { name: /^Show \d+ messages/ }).click();
  await panel.getByText("To the passenger: ride accepted").waitFor();
  await panel.getByRole("button", { name: "Hide messages" }).click();
}

async function redispatch({ page, picture }: OpenPage, night: Night): Promise<void> {
  const panel = page.getByRole("complementary");
  await panel.getByRole("button", { name: "Find another driver" }).click();
  const question = page.getByRole("dialog", { name: "Find another driver?" });
  const yes = question.getByRole("button", { name: "Find another driver" });
  assert.ok(await yes.isDisabled(), "not without a reason");
  await question.getByText("Vehicle broke down").click();
  await question.getByPlaceholder("In your words").fill("chain");
  await picture("why");
  await yes.click();
  await page.getByText("Offered to 1 driver.").waitFor();
  // What goes on is the passenger's wish.
  await panel.getByText("A search is running").waitFor();
  await panel.locator(".offers li").first().waitFor();
  await page.locator("path.link.offered").first().waitFor({ state: "attached" });
  await picture("offered");
  const [trip] = await night.sql<{ id: string }[]>`
    select passenger_trip_id as id from mobility.dispatches where status = 'running'`;
  const match = await night.acceptOffer(trip?.id ?? "");
  const row = page.locator(`[data-key="ride:${match.id}"] .row`);
  await row.waitFor({ timeout: PUSHED_MS });
  await row.click();
  await panel.getByText("Night desk sent for another driver").waitFor();
  await panel.getByText("Vehicle broke down: chain").waitFor();
  await panel.getByText("Jean Bosco: cancelled by operations").waitFor();
  await picture("timeline");
}

async function takeUp({ page, picture }: OpenPage, night: Night): Promise<void> {
  const passenger = await night.open({ name: "Chantal", role: "passenger" }, [-400, 800]);
  const driver = await night.open({ name: "Damien", role: "driver", plate: "RAC 777 C" }, [
    -300,
    900,
  ]);
  const match = await night.propose(passenger, driver);
  for (const action of ["accept", "arrive"]) await night.move(match.id, action);
  await night.move(match.id, "start", { pin: match.pin });
  await night.callForHelp(match);
  const alert = page.getByRole("region", { name: "Calls for help" }).getByRole("listitem");
  await alert.waitFor({ timeout: PUSHED_MS });
  assert.match(
    await alert.innerText(),
    /SOS[^]*Chantal \(passenger\) with Damien, RAC 777 C, riding/,
  );
  assert.equal(await page.title(), "(SOS 1) Operations");
  await alert.getByRole("button", { name: "Show" }).click();
  await page.getByRole("complementary").getByText("SOS from the passenger").waitFor();
  // A ride that has begun is not given away.
  const another = page.getByRole("complementary").getByRole("button", {
    name: "Find another driver",
  });
  assert.ok(await another.isDisabled());
  const [first] = await page.locator("#list .row").allInnerTexts();
  assert.match(first ?? "", /Chantal[^]*Called for help/, "it is first in the list");
  await picture("sos");
  await alert.getByRole("button", { name: "I’m on it" }).click();
  await alert.waitFor({ state: "detached" });
  await page.getByRole("complementary").getByText("Taken up by Night desk").waitFor();
  assert.equal(await page.title(), "Operations");
  const [row] = await night.sql`select acknowledged_by from mobility.sos_alerts`;
  assert.deepEqual(row, { acknowledged_by: "Night desk" });
}

async function retry({ page, picture }: OpenPage, night: Night): Promise<void> {
  const evil = '<img src="x" onerror="document.title=1"> Eve';
  const trip = await night.open({ name: evil, role: "passenger" }, [5_000, 5_000]);
  const id = await night.giveUpMessage(trip.user_id);
  const button = page.getByRole("button", { name: "Dead letters" });
  await button.filter({ hasText: "1" }).waitFor();
  await button.click();
  const letters = page.getByRole("dialog", { name: "Dead letters" });
  const line = letters.getByRole("row").filter({ hasText: "relay sent" });
  assert.match(await line.innerText(), /131000 · Something went wrong/);
  await line.getByText(evil).waitFor();
  assert.equal(await page.locator("img[src=x]").count(), 0);
  await picture("dead-letters");
  await line.getByRole("button", { name: /^Retry/ }).click();
  await letters.getByText("Nothing was given up.").waitFor();
  await until(async () => {
    const [row] = await night.sql`select status from mobility.outbox where id = ${id}`;
    return ["sent", "delivered", "read"].includes(String(row?.["status"]));
  });
  await letters.getByRole("button", { name: "Close" }).click();
}

async function cancel({ page }: OpenPage, night: Night): Promise<void> {
  const panel = page.getByRole("complementary");
  await page.locator("#list .row").filter({ hasText: "Eve" }).click();
  await panel.getByText("No search is running").waitFor();
  await panel.getByRole("button", { name: "Cancel the request" }).click();
  const question = page.getByRole("dialog", { name: "Cancel this request?" });
  await question.getByRole("button", { name: "Leave it" }).click();
  assert.equal(
    (await night.sql`select from mobility.trips where cancel_reason = 'operator'`).length,
    0,
  );
  await panel.getByRole("button", { name: "Cancel the request" }).click();
  await question.getByText("Looks like a prank").click();
  await question.getByRole("button", { name: "Cancel the request" }).click();
  await panel.getByText("does not wait any more").waitFor();

  await page.getByText("Free drivers", { exact: false }).last().click();
  await page.getByRole("searchbox").fill("RAD 123 B");
  await page.locator("#drivers .row").click();
  await panel.getByRole("button", { name: "Take offline" }).click();
  const offline = page.getByRole("dialog", { name: "Take this driver offline?" });
  await offline.getByText("Complaint").click();
  await offline.getByRole("button", { name: "Take offline" }).click();
  await panel.getByText("not free any more").waitFor();
  await page.getByRole("searchbox").fill("");
  await page.getByText("Free drivers", { exact: false }).last().click();
}

async function walk(page: Page): Promise<void> {
  await page.locator("#list .row").first().focus();
  const titles = await page.locator("#list .row strong").allInnerTexts();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const panel = page.getByRole("complementary");
  await panel.getByRole("heading", { name: titles[1] ?? "", exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "hidden" });
  assert.equal(
    await page.evaluate("document.activeElement.querySelector('strong').textContent"),
    titles[1],
  );
  await page.keyboard.press("/");
  await page.keyboard.type("Chantal");
  await until(async () => await page.locator("#list .row").count() === 1);
  await page.getByRole("searchbox").fill("");
}

async function filter({ page, picture }: OpenPage, night: Night): Promise<void> {
  await night.open({ name: "Patrick", role: "passenger" }, [-1200, -900]);
  await page.locator("#list .row").filter({ hasText: "Patrick" }).waitFor({ timeout: 15_000 });
  const rides = page.getByRole("button", { name: /^Riding/ });
  await rides.click({ modifiers: ["Alt"] });
  assert.deepEqual(await page.locator("#list .state span").allInnerTexts(), ["Riding"]);
  await rides.click({ modifiers: ["Alt"] });
  await page.getByRole("button", { name: /^Free/ }).click();
  await page.locator("path.free").first().waitFor({ state: "detached" });
  await page.getByRole("button", { name: /^Free/ }).click();
  await page.getByLabel("Vehicle", { exact: true }).selectOption("cab");
  await until(async () => await page.locator("#count-free").innerText() === "40");
  assert.equal(await page.locator("#list .row").count(), 0);
  await page.getByLabel("Vehicle", { exact: true }).selectOption("");
  await page.getByLabel("Area", { exact: true }).selectOption({ label: "Kigali" });
  await page.locator("#list .row").first().waitFor();
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.locator("#list .row").first().click();
  await page.getByRole("complementary").getByText("Asked for a ride").waitFor();
  await picture("light");
  await page.setViewportSize({ width: 900, height: 700 });
  await picture("narrow");
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
}

async function loseConnection({ page, picture }: OpenPage): Promise<void> {
  await page.context().setOffline(true);
  await page.locator("#connection[data-state=lost]").waitFor();
  await page.getByText(/No connection. This is how it was at \d\d:\d\d:\d\d/).waitFor();
  await picture("lost");
  await page.context().setOffline(false);
  await page.locator("#connection[data-state=live]").waitFor();
}

async function ready(page: Page): Promise<void> {
  await page.locator("body[data-view=city][data-ready=yes]").waitFor();
}

/** Where a sign is on the screen, as a text. */
async function centre(sign: Locator): Promise<string> {
  const box = await sign.locator(".disc").boundingBox();
  return box === null ? "nowhere" : `${Math.round(box.x)}, ${Math.round(box.y)}`;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!await condition()) {
    assert.ok(performance.now() < deadline, "it did not happen within 20 s");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
