import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { BrowserContextOptions, CDPSession, Page, WebSocket } from "playwright-core";
import { z } from "zod";
import type { OpenBrowser, OpenPage } from "../browser/chromium.ts";
import { until } from "../stack-search.ts";

/** A phone of the kind most people in Kigali have. */
export const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  locale: "en-RW",
};

/** How to open the trip page. */
export interface OpenTripPage {
  readonly url: string;
  readonly context?: BrowserContextOptions;
  /** Called before anything is loaded. */
  readonly prepare?: (page: Page, session: CDPSession) => Promise<unknown>;
}

const PROBE = fileURLToPath(new URL("probe.js", import.meta.url));
const moves = z.array(z.object({ at: z.string(), when: z.number() }));
const positions = z.object({ points: z.array(z.unknown()) });
const shown = z.object({ ride: z.number(), map: z.number() });

/** Opens the trip page in a browser, and looks at it as a person does. */
export async function openTripPage(
  browser: OpenBrowser,
  { url, context = PHONE, prepare }: OpenTripPage,
): Promise<TripPage> {
  const opened = await browser.open(context);
  const session = await opened.page.context().newCDPSession(opened.page);
  const trip = new TripPage(opened);
  session.on("Network.loadingFinished", ({ encodedDataLength }) => trip.bytes += encodedDataLength);
  await session.send("Network.enable");
  await opened.page.addInitScript({ path: PROBE });
  await prepare?.(opened.page, session);
  await opened.page.goto(url);
  return trip;
}

/** The trip page in a browser. */
export class TripPage implements AsyncDisposable {
  readonly page: Page;
  readonly errors: string[];
  readonly picture: OpenPage["picture"];
  /** What came over the wire so far, headers and all. */
  bytes = 0;
  /** Whom the page asked for anything. */
  readonly origins = new Set<string>();
  readonly #opened: OpenPage;
  /** Connections of Realtime since the page was loaded. */
  #sockets: WebSocket[] = [];
  /** Points that the page has sent and the server has taken. */
  #sent = 0;

  constructor(opened: OpenPage) {
    this.#opened = opened;
    this.page = opened.page;
    this.errors = opened.errors;
    this.picture = opened.picture;
    this.page.on("request", (request) => this.origins.add(new URL(request.url()).origin));
    this.page.on("response", (response) => {
      if (!response.ok() || !response.url().endsWith("/links/positions")) return;
      this.#sent += positions.parse(response.request().postDataJSON()).points.length;
    });
    this.page.on("websocket", (socket) => this.#sockets.push(socket));
    // The connections of a page that is left are closed without a word.
    this.page.on("domcontentloaded", () => this.#sockets = []);
  }

  /** Waits until the server has taken exactly so many points from the page. */
  async hasSent(points: number): Promise<void> {
    await until(() => Promise.resolve(this.#sent), (sent) => sent >= points, { ms: 20_000 });
    assert.equal(this.#sent, points);
  }

  /** Waits until the page listens to nothing any more. */
  async isDeaf(): Promise<void> {
    assert.ok(this.#sockets.length > 0);
    await until(
      () => Promise.resolve(this.#sockets.filter((socket) => !socket.isClosed()).length),
      (open) => open === 0,
    );
  }

  /** Waits until the ride is shown with a map, and is followed as it happens. */
  async ready(): Promise<void> {
    await this.page.locator("body[data-view=ride][data-live=yes]").waitFor();
    await this.page.locator(".car .disc").waitFor();
  }

  /** Waits until an element, by its id, says this. */
  async says(id: string, text: string | RegExp): Promise<void> {
    await this.page.locator(`#${id}:visible`).filter({ hasText: text }).waitFor();
  }

  /** Waits until an element, by its id, is not there for anybody. */
  async hides(id: string): Promise<void> {
    await this.page.locator(`#${id}`).waitFor({ state: "hidden" });
  }

  /** Waits until the driver is on the map there; fails after 15 s. */
  async showsDriverAt(at: { readonly lat: number; readonly lng: number }): Promise<void> {
    await this.page.locator(`.car[data-at="${at.lat},${at.lng}"]`).waitFor({
      state: "attached",
      timeout: 15_000,
    });
  }

  /** Where the driver was put so far ("lat,lng"), and when, in milliseconds since 1970. */
  async moves(): Promise<z.infer<typeof moves>> {
    return moves.parse(await this.page.evaluate("probe.moves"));
  }

  /** When the ride and the map were first shown, in milliseconds since the navigation. */
  async shown(): Promise<z.infer<typeof shown>> {
    return shown.parse(await this.page.evaluate("probe.shown"));
  }

  /** At how many places the driver is drawn within so many milliseconds. */
  async glide(ms: number): Promise<number> {
    return z.number().parse(await this.page.evaluate(`probe.glide(${ms})`));
  }

  /** Fails when there is a text that is hard to read, or wider than the screen. */
  async isReadable(): Promise<void> {
    assert.deepEqual(await this.page.evaluate("probe.faint()"), []);
    const overflow = await this.page.evaluate(
      "document.documentElement.scrollWidth - document.documentElement.clientWidth",
    );
    assert.equal(overflow, 0, "the page is wider than the screen");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened[Symbol.asyncDispose]();
  }
}
