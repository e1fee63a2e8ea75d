import assert from "node:assert/strict";
import type { BrowserContextOptions } from "playwright-core";
import { report } from "../../scripts/print.ts";
import { hostPages } from "../support/trip-page/host-pages.ts";
import { findChromium, type OpenBrowser, openBrowser } from "../support/browser/chromium.ts";
import { stackSuite, type World } from "../support/stack.ts";
import { type Fix, kigaliTrack } from "../support/trip-page/kigali-track.ts";
import { type LinkedRide, linkedRide } from "../support/trip-page/linked-ride.ts";
import { openTripPage, PHONE, type TripPage } from "../support/trip-page/trip-page.ts";

const CHROMIUM = findChromium();
const MOST_BYTES = 150_000;
/** Chromium's "Slow 3G", and a phone a sixth as fast as this machine. */
const SLOW = { latency: 400, throughput: 50_000, cpu: 6 };
const TRACK = kigaliTrack();
/** Between two fixes of the track; a phone takes some five seconds. */
const PACE_MS = 150;

const suite = stackSuite({ name: "the trip page", ignore: CHROMIUM === undefined });
let chromium: Promise<OpenBrowser> | undefined;
Deno.test.afterAll(async () => await (await chromium)?.[Symbol.asyncDispose]());

test("a passenger follows the driver over a cut network to the receipt", async (world, browser) => {
  const ride = await linkedRide(world, { from: fixAt(0) });
  await using trip = await openTripPage(browser, {
    url: await ride.link("passenger"),
    context: { ...PHONE, reducedMotion: "no-preference" },
  });
  await trip.ready();
  assert.ok(trip.bytes < MOST_BYTES, `${trip.bytes} bytes`);
  const shown = JSON.stringify(await trip.shown());
  report(`tests: the trip page is ${trip.bytes} bytes over the wire; shown after ${shown} ms`);
  await trip.says("status", "Jean Bosco is coming!");
  await trip.says("pin", ride.pin);
  await trip.says("eta", /^\d+ min$/);
  await trip.says("way", /^to the pickup · \d\.\d km, towards the west$/);
  await trip.says("about", "Moto · ★ 4.8 (31)");
  await trip.says("plate", "RAD 123 B");
  await trip.says("fare", /^RWF.[\d,]+$/);
  await trip.isReadable();
  await trip.picture("start");

  const places = trip.glide(2_000);
  await replay(trip, ride, TRACK.slice(1, 41));
  assert.ok(await places > 20, `the driver was drawn at ${await places} places in 2 s`);
  await trip.picture("moving");
  await cutAndRestore(trip, ride);
  await loseAndFind(trip, ride);
  await widely(trip, "moving-wide");

  await replay(trip, ride, TRACK.slice(47));
  await ride.act("arrive");
  await trip.says("status", "Jean Bosco is here.");
  await trip.says("pin", ride.pin);
  await trip.hides("eta-line");
  await ride.act("start", { pin: ride.pin });
  await trip.says("status", "The ride has started. Have a good trip!");
  await trip.says("eta-about", "to the destination");
  await trip.hides("pin-card");
  await trip.picture("riding");
  await ride.act("complete");
  await trip.says("status", "You have arrived. Thank you for riding with Jean Bosco!");
  await trip.says("took", "min");
  await trip.page.locator(".car").waitFor({ state: "detached" });
  await trip.isReadable();
  await trip.picture("completed");
  await widely(trip, "completed-wide");
  await trip.isDeaf();
  assert.deepEqual([...trip.origins], [new URL(world.info.api_url).origin]);
  assert.deepEqual(trip.errors, []);
});

test("a slow phone shows the ride before the map", async (world, browser) => {
  const ride = await linkedRide(world, { from: fixAt(0) });
  await using trip = await openTripPage(browser, {
    url: await ride.link("passenger"),
    prepare: async (_, session) => {
      await session.send("Network.emulateNetworkConditions", {
        offline: false,
        latency: SLOW.latency,
        downloadThroughput: SLOW.throughput,
        uploadThroughput: SLOW.throughput,
      });
      await session.send("Emulation.setCPUThrottlingRate", { rate: SLOW.cpu });
    },
  });
  await trip.ready();
  const shown = await trip.shown();
  report(`tests: with slow 3G and a slow phone, shown after ${JSON.stringify(shown)} ms`);
  assert.ok(shown.ride < shown.map, "the ride waits for the map");
});

test("a guest sees neither PIN nor fare, in a language to choose", async (world, browser) => {
  const ride = await linkedRide(world, { from: fixAt(0), locale: "rw" });
  await using trip = await openTripPage(browser, {
    url: await ride.link("guest"),
    context: { ...PHONE, locale: "fr-FR" },
  });
  await trip.ready();
  await trip.says("status", "Jean Bosco arrive !");
  await trip.hides("pin-card");
  await trip.hides("fare-line");
  const content = await trip.page.locator("body").innerHTML();
  assert.equal(content.includes(`>${ride.pin}<`) || content.includes("RWF"), false);
  await trip.isReadable();
  await trip.picture("guest");
  await lookElsewhere(trip);
  await trip.page.getByRole("combobox", { name: "Langue" }).selectOption("sw");
  await trip.says("status", "Jean Bosco anakuja!");
  assert.equal(await trip.page.locator("html").getAttribute("lang"), "sw");
  await trip.page.reload();
  await trip.says("status", "Jean Bosco anakuja!");
  assert.deepEqual(trip.errors, []);
});

test("a driver shares the position, and keeps it while offline", async (world, browser) => {
  const ride = await linkedRide(world, { from: fixAt(45), locale: "rw" });
  await using trip = await openTripPage(browser, {
    url: await ride.link("driver"),
    context: { ...PHONE, permissions: ["geolocation"], geolocation: geolocation(fixAt(45)) },
  });
  await trip.ready();
  await trip.says("status", "Genda ufate Aline Uwase.");
  await trip.hides("pin-card");
  const way = await trip.page.locator("#navigate").getAttribute("href");
  assert.equal(way, "https://www.google.com/maps/dir/?api=1&destination=-1.9441,30.0619");
  await trip.picture("driver-rw");
  await trip.page.locator("#language").selectOption("en");
  const share = trip.page.getByRole("switch", { name: "Share my position" });
  await share.focus();
  await trip.page.keyboard.press("Space");
  await trip.says("share-state", "On. Keep this page open");
  assert.equal(await share.getAttribute("aria-checked"), "true");
  await walk(trip, TRACK.slice(46, 51));
  await ride.hasDriverAt(fixAt(50));
  await trip.hasSent(6);
  await trip.isReadable();
  await trip.picture("driver-sharing");

  await trip.page.context().setOffline(true);
  await trip.says("banner", "This phone is offline");
  await walk(trip, TRACK.slice(51, 59));
  await trip.says("share-waiting", /: [78]$/);
  // What is not sent yet is nobody else's.
  await trip.says("seen", /^Your last position is \d+ s old$/);
  await trip.picture("driver-offline");
  await trip.page.context().setOffline(false);
  await ride.hasDriverAt(fixAt(58));
  await trip.hides("share-waiting");
  await trip.hasSent(14);
  await trip.page.reload();
  await trip.says("share-state", "On. Keep this page open");
  await ride.act("arrive");
  await trip.says("status", "You are at the pickup.");
  await trip.says("hint", "Ask the passenger for the 4-digit PIN");
  await ride.act("start", { pin: ride.pin });
  await trip.says("navigate-name", "Navigate to the destination");
  await ride.act("complete");
  await trip.says("status", "Ride finished.");
  await trip.hides("driving");
  await trip.isDeaf();
  assert.deepEqual(trip.errors, []);
});

test(
  "a driver whose browser may not see the position is told what to do",
  async (world, browser) => {
    const ride = await linkedRide(world, { from: fixAt(0) });
    await using trip = await openTripPage(browser, { url: await ride.link("driver") });
    await trip.ready();
    await trip.page.getByRole("switch").click();
    await trip.says("share-state", "This page may not see your position.");
    assert.equal(await trip.page.getByRole("switch").getAttribute("aria-checked"), "false");
    await trip.isReadable();
    await trip.picture("driver-denied");
  },
);

test("without Realtime the page asks; without Leaflet it tells", async (world, browser) => {
  const ride = await linkedRide(world, { from: fixAt(0) });
  const url = await ride.link("guest");
  await using polling = await openTripPage(browser, {
    url,
    prepare: (page) => page.routeWebSocket(/\/realtime\/v1/, (socket) => socket.close()),
  });
  await polling.page.locator(".car .disc").waitFor();
  await ride.drive(fixAt(1));
  await polling.showsDriverAt(fixAt(1));
  assert.equal(await polling.page.locator("body[data-live=no]").count(), 1);
  await using mapless = await openTripPage(browser, {
    url,
    prepare: (page) => page.route("**/vendor/leaflet/leaflet.js", (route) => route.abort()),
  });
  await mapless.says("map-missing", "The map could not be loaded.");
  await mapless.says("status", "Jean Bosco is coming!");
  await mapless.says("way", "towards the");
  await mapless.isReadable();
  await mapless.picture("mapless");
});

test("as built for another host it follows all the same, on tiles", async (world, browser) => {
  const ride = await linkedRide(world, { from: fixAt(0) });
  await using host = await hostPages(world);
  const [, token = ""] = (await ride.link("passenger")).split("#");
  await using trip = await openTripPage(browser, { url: `${host.url}/trip/#${token}` });
  await trip.ready();
  await trip.page.locator("img.leaflet-tile-loaded").first().waitFor();
  await trip.page.getByRole("link", { name: "Test tiles" }).waitFor();
  assert.deepEqual([...host.referrers], [`${host.url}/`]);
  await ride.drive(fixAt(1));
  await trip.showsDriverAt(fixAt(1));
  await trip.page.waitForTimeout(500);
  await trip.picture("tiles");
  assert.deepEqual(trip.errors, []);
});

test("a link that is of no use says why", async (world, browser) => {
  const ride = await linkedRide(world, { from: fixAt(0) });
  const url = await ride.link("passenger");
  await using trip = await openTripPage(browser, { url });
  await trip.ready();
  await ride.revoke();
  await trip.page.reload();
  await trip.says("notice-title", "This link is not valid any more");
  await trip.isReadable();
  await trip.picture("revoked");
  await trip.page.goto(url.replace(/#.*/, "#00000000000000000000000000000000"));
  await trip.says("notice-title", "We don’t know this link");
  await trip.page.goto(url.replace(/#.*/, "#"));
  await trip.says("notice-title", "The link is missing");
});

function test(name: string, body: (world: World, browser: OpenBrowser) => Promise<void>): void {
  suite.test(name, async (world) => body(world, await (chromium ??= openBrowser(CHROMIUM ?? ""))));
}

/** Drives through the fixes, and tells how long each took from the driver's phone to the page. */
async function replay(trip: TripPage, ride: LinkedRide, fixes: readonly Fix[]): Promise<void> {
  const sent = new Map<string, number>();
  for (const fix of fixes) {
    sent.set(`${fix.lat},${fix.lng}`, Date.now());
    await ride.drive(fix);
    await trip.page.waitForTimeout(PACE_MS);
  }
  await trip.showsDriverAt(fixes.at(-1) ?? fixAt(0));
  const delays = (await trip.moves()).flatMap(({ at, when }) => {
    const from = sent.get(at);
    return from === undefined ? [] : [when - from];
  }).sort((a, b) => a - b);
  const [median, p95] = [0.5, 0.95].map((part) => delays[Math.floor(part * (delays.length - 1))]);
  report(
    `tests: ${delays.length} of ${fixes.length} points were on the page after a median of ${median} ms ` +
      `(p95 ${p95} ms), from the driver's request`,
  );
  assert.equal(delays.length, fixes.length, "a point was not shown");
}

async function cutAndRestore(trip: TripPage, ride: LinkedRide): Promise<void> {
  await trip.page.context().setOffline(true);
  await trip.says("banner", "This phone is offline.");
  await trip.picture("offline");
  for (const fix of TRACK.slice(41, 46)) await ride.drive(fix);
  await trip.page.context().setOffline(false);
  await trip.showsDriverAt(fixAt(45));
  await trip.ready();
  await trip.hides("banner");
}

/** The driver's phone has been silent for a while, and goes on being so until the page says that it is lost. */
async function loseAndFind(trip: TripPage, ride: LinkedRide): Promise<void> {
  await ride.silentFor(50);
  await trip.page.reload();
  await trip.ready();
  await trip.says("seen", /^Last seen 5\d s ago$/);
  await trip.says("banner", "No signal from Jean Bosco. Last seen 1 min ago.");
  await trip.hides("seen");
  await trip.isReadable();
  await trip.picture("lost");
  await ride.drive(fixAt(46));
  await trip.hides("banner");
  await trip.says("seen", "Seen just now");
}

/** A reader who moves the map is left alone, and gets back to the ride. */
async function lookElsewhere(trip: TripPage): Promise<void> {
  const { mouse } = trip.page;
  await mouse.move(180, 220);
  await mouse.down();
  await mouse.move(60, 120, { steps: 5 });
  await mouse.up();
  await trip.page.locator("#follow").click();
  await trip.hides("follow");
}

async function widely(trip: TripPage, name: string): Promise<void> {
  await trip.page.setViewportSize({ width: 1280, height: 800 });
  // The map is laid out anew after the window has stopped changing.
  await trip.page.waitForTimeout(1_000);
  await trip.picture(name);
  await trip.page.setViewportSize({ width: 360, height: 740 });
}

/** The phone that the page is on moves through the fixes. */
async function walk(trip: TripPage, fixes: readonly Fix[]): Promise<void> {
  for (const fix of fixes) {
    await trip.page.context().setGeolocation(geolocation(fix));
    await trip.showsDriverAt(fix);
  }
}

function geolocation({ lat, lng, accuracy_m }: Fix): BrowserContextOptions["geolocation"] & object {
  return { latitude: lat, longitude: lng, accuracy: accuracy_m };
}

function fixAt(index: number): Fix {
  const fix = TRACK[index];
  assert.ok(fix !== undefined);
  return fix;
}
