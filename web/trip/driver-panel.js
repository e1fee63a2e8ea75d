// @ts-check
import { byId, show, write, writeOrHide } from "./page.js";
import { PointQueue } from "./point-queue.js";
import { PositionSharing } from "./share-position.js";
import { names } from "./status-words.js";

/** @typedef {import("./ride.js").Ride} Ride */
/** @typedef {import("./types.js").Point} Point */
/** @typedef {import("./words.js").Words} Words */

const KEPT = "trip-sharing";

/** What the driver has beside the others: the switch, and the way in a map that speaks. */
export class DriverPanel {
  #ride;
  #queue;
  #sharing;
  #isEnded = false;

  /**
   * @param {Ride} ride
   * @param {object} options
   * @param {string} options.token
   * @param {(point: Point) => void} options.onPoint The driver sees the own position before the server does.
   * @param {() => void} options.onChange
   * @param {() => void} options.onRefused The server takes no more points.
   */
  constructor(ride, { token, onPoint, onChange, onRefused }) {
    this.#ride = ride;
    this.#queue = new PointQueue(token, {
      name: ride.match.id,
      listener: {
        changed: onChange,
        refused: () => {
          this.#sharing.stop();
          onRefused();
        },
      },
    });
    this.#sharing = new PositionSharing({
      serverTime: (now) => ride.serverTime(now),
      onChange,
      onPoint: (point) => {
        this.#queue.add(point);
        onPoint(point);
      },
    });
    byId("share").addEventListener("click", () => this.#toggle());
    show("driving", true);
    if (isKept(ride.match.id)) void this.#goOn();
  }

  /**
   * Shows how things are.
   * @param {Words} words
   */
  show(words) {
    if (this.#isEnded) return;
    if (this.#ride.isOver) return this.end();
    const { state, isOn } = this.#sharing;
    byId("share").setAttribute("aria-checked", String(isOn));
    byId("driving").dataset["state"] = state;
    write("share-state", words.say(`share_${state}`, names(this.#ride, words)));
    const isWaiting = this.#queue.size > 2;
    writeOrHide(
      "share-waiting",
      isWaiting ? words.say("share_waiting", { n: this.#queue.size }) : null,
    );
    this.#showWay(words);
  }

  /** The ride is over: nobody follows it any more. */
  end() {
    this.#isEnded = true;
    this.#sharing.stop();
    this.#queue.clear();
    keep(null);
    show("driving", false);
  }

  #toggle() {
    if (this.#sharing.isOn) this.#sharing.stop();
    else this.#sharing.start();
    keep(this.#sharing.isOn ? this.#ride.match.id : null);
  }

  /** After a reload, as before it; but only where that needs no question. */
  async #goOn() {
    try {
      const permission = await navigator.permissions.query({ name: "geolocation" });
      if (permission.state === "granted" && !this.#ride.isOver) this.#sharing.start();
    } catch {
      // A browser that does not tell: the driver switches on again.
    }
  }

  /** @param {Words} words */
  #showWay(words) {
    const { dropoff, pickup } = this.#ride.match;
    const { target } = this.#ride;
    const place = target?.place ??
      (this.#ride.status === "driver_arrived" ? dropoff ?? pickup : null);
    show("ways", place !== null);
    if (place === null) return;
    const to = `${place.lat},${place.lng}`;
    write("navigate-name", words.say(place === pickup ? "navigate_pickup" : "navigate_dropoff"));
    byId("navigate").setAttribute(
      "href",
      `https://www.google.com/maps/dir/?api=1&destination=${to}`,
    );
    byId("other-map").setAttribute("href", `geo:${to}?q=${to}`);
  }
}

/** @param {string} ride */
function isKept(ride) {
  try {
    return localStorage.getItem(KEPT) === ride;
  } catch {
    return false;
  }
}

/** @param {string | null} ride */
function keep(ride) {
  try {
    if (ride === null) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, ride);
  } catch {
    // The driver switches on again after a reload.
  }
}
