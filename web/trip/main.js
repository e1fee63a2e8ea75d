// @ts-check
import { DriverPanel } from "./driver-panel.js";
import { Follower } from "./follower.js";
import { openMap } from "./map.js";
import { byId, show, translatePage, write, writeOrHide } from "./page.js";
import { showRide } from "./ride-view.js";
import { Ride } from "./ride.js";
import { lostText } from "./status-words.js";
import {
  english,
  firstLocale,
  keepLocale,
  keptLocale,
  LANGUAGES,
  loadWords,
  nearest,
} from "./words.js";

/** @typedef {import("./words.js").Locale} Locale */
/** @typedef {import("./words.js").WordKey} WordKey */
/** @typedef {import("./types.js").OpenedRide} OpenedRide */
/** @typedef {import("./types.js").Position} Position */

/** In the fragment, which no browser sends to a server. */
const token = decodeURIComponent(location.hash.slice(1));
let words = english;
/** @type {Ride | null} */
let ride = null;
/** @type {Awaited<ReturnType<typeof openMap>>} */
let map = null;
/** @type {DriverPanel | null} */
let driverPanel = null;
/** @type {ReturnType<typeof setInterval> | undefined} */
let clock;
/** What the page says in place of a ride. @type {{ title: WordKey, text?: WordKey }} */
let notice = { title: "loading" };

const follower = new Follower(token, {
  opened: (opened) => takeOpened(opened),
  event: (event, payload) => takeEvent(event, payload),
  connection: () => render(),
  gone: (code) => {
    if (ride !== null) driverPanel?.end();
    fail(code === "LINK_EXPIRED" ? "expired_link" : "unknown_link");
  },
});

/** @param {OpenedRide} opened */
function takeOpened(opened) {
  if (ride === null) begin(opened);
  else ride.update(opened, Date.now());
  render();
  return ride !== null && !ride.isOver;
}

/** @param {OpenedRide} opened */
function begin(opened) {
  ride = new Ride(opened, Date.now());
  document.body.dataset["view"] = "ride";
  document.body.dataset["viewer"] = ride.viewer;
  clock = setInterval(render, 1000);
  if (ride.viewer === "driver" && !ride.isOver) {
    driverPanel = new DriverPanel(ride, {
      token,
      onPoint: (point) => {
        ride?.show(point);
        render();
      },
      onChange: () => render(),
      onRefused: () => void follower.refresh(),
    });
  }
  const locale = ride.viewer === "guest" || keptLocale() !== null ? null : nearest(ride.locale);
  if (locale !== null && locale !== words.locale) void speak(locale);
  void drawMap(ride);
}

/** @param {Ride} shown */
async function drawMap(shown) {
  map = await openMap(byId("canvas"), {
    ride: shown,
    words,
    onFollowing: (isFollowing) => show("follow", !isFollowing),
  });
  show("map-missing", map === null);
  document.body.classList.toggle("mapless", map === null);
}

/**
 * @param {string} event
 * @param {unknown} payload
 */
function takeEvent(event, payload) {
  if (ride === null) return;
  if (event === "position_moved" && isPosition(payload)) ride.move(payload);
  if (event === "match_changed" && hasStatus(payload)) {
    ride.changeTo(payload.status);
    void follower.refresh();
  }
  render();
}

function render() {
  const now = Date.now();
  const isOnline = navigator.onLine;
  document.body.dataset["live"] = follower.isLive ? "yes" : "no";
  showBanner(isOnline, now);
  if (ride === null) return showNotice();
  showRide(ride, words, now);
  driverPanel?.show(words);
  map?.show(ride, words);
  if (ride.isOver) clearInterval(clock);
}

/**
 * @param {boolean} isOnline
 * @param {number} now
 */
function showBanner(isOnline, now) {
  const isDone = ride === null ? notice.title !== "loading" : ride.isOver;
  const connection = isOnline
    ? follower.isReachable ? null : words.say("unreachable")
    : words.say("phone_offline");
  const text = isDone ? null : connection ?? (ride && lostText(ride, words, now));
  writeOrHide("banner", text);
  byId("banner").classList.toggle("offline", connection !== null);
}

function showNotice() {
  const { title, text } = notice;
  write("notice-title", words.say(title));
  write("notice-text", text === undefined ? "" : words.say(text));
  byId("notice-icon").setAttribute("href", text === undefined ? "#i-clock" : "#i-link");
  document.title = words.say(title);
}

/** @param {"no_link" | "unknown_link" | "expired_link"} reason */
function fail(reason) {
  clearInterval(clock);
  ride = null;
  notice = { title: `${reason}_title`, text: reason };
  document.body.dataset["view"] = "notice";
  render();
}

/** @param {Locale} locale */
async function speak(locale) {
  words = await loadWords(locale) ?? words;
  translatePage(words);
  const select = byId("language");
  if (select instanceof HTMLSelectElement) select.value = words.locale;
  render();
}

function offerLanguages() {
  const select = byId("language");
  if (!(select instanceof HTMLSelectElement)) return;
  for (const [locale, name] of Object.entries(LANGUAGES)) {
    select.append(new Option(name, locale, false, locale === words.locale));
  }
  select.addEventListener("change", () => {
    const locale = nearest(select.value);
    if (locale === null) return;
    keepLocale(locale);
    void speak(locale);
  });
}

/**
 * @param {unknown} value
 * @returns {value is Position}
 */
function isPosition(value) {
  return typeof value === "object" && value !== null && "lat" in value && "lng" in value &&
    "recorded_at" in value && typeof value.lat === "number" && typeof value.lng === "number" &&
    typeof value.recorded_at === "string";
}

/**
 * @param {unknown} value
 * @returns {value is { status: string }}
 */
function hasStatus(value) {
  return typeof value === "object" && value !== null && "status" in value &&
    typeof value.status === "string";
}

offerLanguages();
void speak(firstLocale());
byId("follow").addEventListener("click", () => {
  if (ride !== null) map?.followAgain(ride);
});
// Another link in the same tab is another ride.
addEventListener("hashchange", () => location.reload());
if (token === "") fail("no_link");
else follower.start();
