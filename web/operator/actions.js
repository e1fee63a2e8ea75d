// @ts-check
import { field } from "../shared/field.js";
import { ApiError } from "./api.js";
import { askReason } from "./ask-reason.js";
import { toast } from "./toast.js";
import { nameOr, problemText } from "./words.js";

/** @typedef {import("./api.js").Api} Api */
/** @typedef {import("./live.js").Live} Live */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").Alert} Alert */
/** @typedef {import("./types.js").FreeDriver} FreeDriver */
/** @typedef {import("./types.js").RideInFull} RideInFull */
/** @typedef {import("./types.js").WaitingTrip} WaitingTrip */

const RIDE_REASONS = [
  "Driver does not answer",
  "Vehicle broke down",
  "Passenger asked",
  "Safety",
  "Wrong pickup",
];
const TRIP_REASONS = ["Passenger asked", "Waited too long", "Made twice", "Looks like a prank"];
const DRIVER_REASONS = ["Driver asked", "Not at the wheel", "Complaint", "Wrong vehicle"];

/** What an operator does; each with a question before and a word after. */
export class Actions {
  #api;
  #store;
  #live;

  /** @param {{ api: Api, store: Store, live: Live }} parts */
  constructor({ api, store, live }) {
    this.#api = api;
    this.#store = store;
    this.#live = live;
  }

  /** @param {RideInFull} ride */
  async cancelRide({ match, passenger, driver }) {
    const reason = await askReason({
      title: "Cancel this ride?",
      text: `It ends for ${nameOr(passenger.name, "the passenger")} and ${
        nameOr(driver.name, "the driver")
      } alike. Both are told that it was us; neither is told the reason, and it counts against nobody.`,
      confirm: "Cancel the ride",
      isGrave: true,
      reasons: RIDE_REASONS,
    });
    if (reason === null) return;
    await this.#do(`rides/${match.id}/cancel`, { reason }, () => toast("The ride is cancelled."));
  }

  /** @param {RideInFull} ride */
  async redispatchRide({ match, passenger, driver }) {
    const reason = await askReason({
      title: "Find another driver?",
      text: `The ride is taken from ${
        nameOr(driver.name, "the driver")
      }, and offered to others near the pickup. ${
        nameOr(passenger.name, "The passenger")
      } is told. It counts against nobody.`,
      confirm: "Find another driver",
      reasons: RIDE_REASONS,
    });
    if (reason === null) return;
    await this.#do(`rides/${match.id}/redispatch`, { reason }, (answer) => {
      sayDispatch(answer);
      // The ride is over: what goes on is the passenger's wish.
      this.#store.select({ kind: "trip", id: match.passenger_trip_id });
    });
  }

  /** @param {WaitingTrip} trip */
  async dispatchTrip({ trip_id, name }) {
    const reason = await askReason({
      title: "Find a driver?",
      text: `The ride of ${
        nameOr(name, "the passenger")
      } is offered to those near the pickup, the best first.`,
      confirm: "Find a driver",
      reasons: ["Waits too long", "Passenger called", "No search was running"],
    });
    if (reason === null) return;
    await this.#do(`trips/${trip_id}/redispatch`, { reason }, sayDispatch);
  }

  /** @param {WaitingTrip} trip */
  async cancelTrip({ trip_id, name }) {
    const reason = await askReason({
      title: "Cancel this request?",
      text: `${nameOr(name, "The passenger")} is told that the request is cancelled.`,
      confirm: "Cancel the request",
      isGrave: true,
      reasons: TRIP_REASONS,
    });
    if (reason === null) return;
    await this.#do(`trips/${trip_id}/cancel`, { reason }, () => toast("The request is cancelled."));
  }

  /** @param {FreeDriver} driver */
  async takeOffline({ trip_id, name }) {
    const reason = await askReason({
      title: "Take this driver offline?",
      text: `${nameOr(name, "The driver")} gets no more rides until they go online again.`,
      confirm: "Take offline",
      isGrave: true,
      reasons: DRIVER_REASONS,
    });
    if (reason === null) return;
    await this.#do(`trips/${trip_id}/cancel`, { reason }, () => toast("The driver is offline."));
  }

  /** @param {Alert} alert */
  async takeUp({ alert_id, name, side }) {
    await this.#do(`sos/${alert_id}/acknowledge`, {}, (answer) => {
      const by = field(field(answer, "alert"), "acknowledged_by");
      toast(`The call of ${nameOr(name, `the ${side}`)} was taken up by ${by}.`);
    });
  }

  /**
   * @param {string} path
   * @param {unknown} body
   * @param {(answer: unknown) => void} done
   */
  async #do(path, body, done) {
    try {
      done(await this.#api.post(path, body));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast(problemText(error.code), { isBad: true });
    }
    await this.#live.refresh();
  }
}

/** @param {unknown} answer */
function sayDispatch(answer) {
  const dispatch = field(answer, "dispatch");
  const problem = field(answer, "problem");
  if (typeof problem === "string") {
    return toast(`The driver is free, but no search began. ${problemText(problem)}`, {
      isBad: true,
    });
  }
  if (field(dispatch, "status") === "exhausted") {
    return toast("Nobody is near. The passenger was told.", { isBad: true });
  }
  const offered = Number(field(dispatch, "offered"));
  toast(`Offered to ${offered === 1 ? "1 driver" : `${offered} drivers`}.`);
}
