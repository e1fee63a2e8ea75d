// @ts-check
import { Actions } from "./actions.js";
import { setTimeZone, tickAges } from "./ages.js";
import { Api } from "./api.js";
import { byId, write } from "./element.js";
import { FiltersView } from "./filters-view.js";
import { showHeader } from "./header-view.js";
import { LettersView } from "./letters-view.js";
import { ListView } from "./list-view.js";
import { Live } from "./live.js";
import { openMap } from "./map-view.js";
import { PanelView } from "./panel-view.js";
import { Session } from "./session.js";
import { offerSignIn } from "./sign-in.js";
import { SosView } from "./sos-view.js";
import { Store } from "./store.js";
import { offerThemes } from "./theme.js";
import { problemText } from "./words.js";

/** @typedef {import("./types.js").Selection} Selection */

const store = new Store();
const session = new Session(() => showSession());
const api = new Api(session);
const live = new Live({ api, session, store, onConnection: () => showConnection() });
const actions = new Actions({ api, store, live });
const filters = new FiltersView(store, { onNarrow: () => void live.refresh() });
const list = new ListView(store, (target) => {
  pick(target);
  map?.bringIn();
});
const panel = new PanelView(store, actions);
const sos = new SosView({
  onShow: ({ match_id }) => {
    pick({ kind: "ride", id: match_id });
    map?.bringIn();
  },
  onTake: (alert) => void actions.takeUp(alert),
});
new LettersView(api, { onMoved: () => void live.refresh() });
/** @type {Awaited<ReturnType<typeof openMap>>} */
let map = null;

/** @param {Selection} target */
function pick(target) {
  store.select(target);
  void live.refresh();
}

function showSession() {
  const isSignedIn = session.token !== null;
  document.body.dataset["view"] = isSignedIn ? "city" : "sign-in";
  if (isSignedIn) {
    live.start();
    void drawMap();
    return;
  }
  live.stop();
  // Nobody who comes after should see who rode here.
  if (store.overview !== null) location.reload();
}

async function drawMap() {
  if (map !== null) return;
  map = await openMap(store, pick);
  byId("map-missing").hidden = map !== null;
  map?.show();
}

function showConnection() {
  if (live.problem === "FORBIDDEN") {
    write(byId("sign-in-problem"), problemText("FORBIDDEN"));
    return session.signOut();
  }
  showHeader(store, live);
}

store.listen(() => {
  if (store.city !== null) setTimeZone(store.city.time_zone);
  showHeader(store, live);
  filters.show();
  sos.show(store.alerts);
  list.show();
  panel.show();
  map?.show();
  document.body.dataset["ready"] = store.overview === null ? "no" : "yes";
});

setInterval(() => {
  tickAges();
  showHeader(store, live);
}, 1000);
byId("sign-out").addEventListener("click", () => session.signOut());
// Another link in the same tab is another operator.
addEventListener("hashchange", () => location.reload());
offerThemes();
offerSignIn(session);
session.begin();
