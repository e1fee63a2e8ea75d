import { driverTrip, ids, kigali, match, pin, scheduledTrip, tap, text, trip } from "./events.ts";
import { type Row, testRows } from "./rows.ts";

/** Every step, with a context it can have. */
const everywhere = [
  { step: "idle", context: {} },
  { step: "vehicle", context: { role: "passenger" } },
  { step: "plate", context: { role: "driver", vehicle_type: "cab" } },
  { step: "pickup", context: { role: "driver", vehicle_type: "cab" } },
  { step: "pickup", context: { role: "passenger", vehicle_type: "cab" } },
  { step: "dropoff", context: { role: "passenger", vehicle_type: "cab", pickup: kigali } },
  { step: "time", context: { role: "passenger", later: true } },
  { step: "contact", context: {} },
];
const waitingForPin = {
  step: "pin",
  driver_trip: driverTrip({ status: "matched" }),
  match: match("driver", { status: "driver_arrived" }),
};

const words: Record<string, readonly string[]> = {
  menu: ["menu", "Menu!", "menyu", "ahabanza"],
  greeting: ["Hello", "bonjour", "Muraho", "habari", "👋"],
  help: ["help", "aide", "ubufasha", "msaada", "?"],
  language: ["language", "langue", "ururimi", "lugha"],
  today: ["today", "gains", "uyu munsi", "mapato"],
  sos: ["SOS", "au secours", "ntabara", "dharura", "🆘"],
  cancel: ["cancel", "annuler", "hagarika", "ghairi"],
  ride: ["ride", "une course", "urugendo", "usafiri"],
  drive: ["drive", "chauffeur", "gutwara", "dereva"],
};

function rowsFor(word: string, expected: (at: typeof everywhere[number]) => Partial<Row>): Row[] {
  return everywhere.flatMap((at) =>
    (words[word] ?? []).map((typed) => ({
      title: `understands "${typed}" at step ${at.step} ${JSON.stringify(at.context)}`,
      content: text(typed),
      around: at,
      ...expected(at),
    }))
  );
}

const home = { say: ["welcome"], step: "idle", context: {}, params: { name: "Eric" } };

testRows([
  ...rowsFor("menu", () => home),
  ...rowsFor("greeting", () => home),
  ...rowsFor("cancel", () => home),
  ...rowsFor("help", (at) => ({ say: ["help"], params: { step: at.step }, context: at.context })),
  ...rowsFor("language", (at) => ({ say: ["choose_language"], context: at.context })),
  ...rowsFor("today", (at) => ({ command: { name: "today" }, context: at.context })),
  ...rowsFor("sos", () => ({ say: ["refusal"], params: { code: "NO_RIDE" } })),
  ...rowsFor("ride", () => ({ say: ["choose_vehicle"], step: "vehicle" })),
  ...rowsFor("drive", () => ({ say: ["choose_vehicle"], step: "vehicle" })),
  ...["menu", "back"].map((typed) => ({
    title: `gives the buttons of the ride back for "${typed}"`,
    content: text(typed),
    around: waitingForPin,
    say: ["welcome"],
    command: { name: "show_ride", match_id: ids.match },
    step: "idle",
  })),
  {
    title: "helps at the step of the PIN",
    content: text("help"),
    around: waitingForPin,
    say: ["help"],
    params: { step: "pin" },
  },
  { title: "welcomes by the menu's button", content: tap("menu:home"), ...home },
  { title: "goes back from the menu to the menu", content: text("back"), ...home },
  {
    title: "goes back from the contacts to the menu",
    content: text("back"),
    around: { step: "contact" },
    ...home,
  },
  { title: "shows more", content: tap("menu:more"), say: ["menu_more"] },
  {
    title: "asks for the language by its button",
    content: tap("menu:language"),
    say: ["choose_language"],
  },
  {
    title: "tells about the day by its button",
    content: tap("menu:today"),
    command: { name: "today" },
  },
  {
    title: "lists whom the person has blocked",
    content: tap("menu:blocked"),
    command: { name: "list_blocked" },
  },
  {
    title: "helps by its button",
    content: tap("menu:help"),
    say: ["help"],
    params: { step: "idle" },
  },
  ...["en", "fr", "rw", "sw"].map((locale) => ({
    title: `sets the language to ${locale}, and the step stays`,
    content: tap(`lang:${locale}`),
    around: {
      step: "dropoff",
      context: { role: "passenger", vehicle_type: "moto", pickup: kigali },
    },
    command: { name: "set_locale", locale },
    context: { role: "passenger", vehicle_type: "moto", pickup: kigali },
  })),
  ...["qwertz", "12", "😀", ".", "\u0000"].map((typed) => ({
    title: `does not understand ${JSON.stringify(typed)}`,
    content: text(typed),
    say: ["not_understood"],
  })),
  {
    title: "does not understand a place of nothing",
    content: text("\u0000"),
    around: { step: "pickup", context: { role: "passenger", vehicle_type: "moto" } },
    say: ["not_understood"],
  },
  {
    title: "takes an unknown button for its title",
    content: tap("CONFIRM_42", "Menu"),
    ...home,
  },
  {
    title: "does not understand an unknown button",
    content: tap("driver:7", "Jean"),
    say: ["not_understood"],
  },
  ...["audio", "image", "unsupported:location"].map((type) => ({
    title: `says that it cannot read ${type}`,
    content: { kind: "unsupported", type } as const,
    around: { step: "pickup", context: { role: "driver", vehicle_type: "moto" } },
    say: ["unsupported"],
    params: { type },
    context: { role: "driver", vehicle_type: "moto" },
  })),
  {
    title: "begins at the menu from a step that another version has left",
    content: text("qwertz"),
    around: { step: "payment", context: { role: "passenger" } },
    say: ["not_understood"],
    step: "idle",
  },
  {
    title: "shows the menu to somebody with a wish, a ride for later and a trip online",
    content: text("menu"),
    around: {
      passenger_trip: trip(),
      scheduled_trips: [scheduledTrip()],
      driver_trip: driverTrip(),
    },
    ...home,
  },
  {
    title: "takes a pin at the contacts for the start of a ride",
    content: pin(kigali),
    around: { step: "contact" },
    say: ["choose_vehicle"],
    step: "vehicle",
    context: { role: "passenger", pickup: kigali },
  },
]);
