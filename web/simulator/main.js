// @ts-check
import { byId } from "./element.js";
import { MapView } from "./map-view.js";
import { showOthers } from "./others-view.js";
import { loadPhones } from "./phones.js";
import { SideView } from "./side-view.js";
import { Store } from "./store.js";
import { listen } from "./stream.js";

/** @typedef {import("./types.js").Phone} Phone */

const store = new Store(loadPhones());
/** @type {Map<"passenger" | "driver", Phone>} */
const shown = new Map();
const map = new MapView(byId("map"), { store, onPick: show });

/** @param {Phone} phone */
function onShow(phone) {
  shown.set(phone.role, phone);
  map.setPair([...shown.values()]);
}

const sides = {
  passenger: new SideView(byId("passengers"), { role: "passenger", store, onShow }),
  driver: new SideView(byId("drivers"), { role: "driver", store, onShow }),
};

/** @param {Phone} phone */
function show(phone) {
  sides[phone.role].show(phone);
}

showOthers(byId("others"), store, show);

const state = byId("state");
listen({
  entry: (entry) => store.add(entry),
  reset: () => store.reset(),
  ready: () => {
    document.body.dataset["ready"] = "yes";
  },
  connection: (isConnected) => {
    state.textContent = isConnected ? "Connected" : "The stack does not answer; trying again…";
    state.classList.toggle("lost", !isConnected);
  },
});
