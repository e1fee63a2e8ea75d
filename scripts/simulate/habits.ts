/**
 * How people behave: every number that the simulation assumes of them, in seconds, metres and shares. Where
 * it was taken from somewhere, that is said; the rest is assumed, chosen to be plausible for motos in Kigali,
 * and there to be changed. docs/simulation.md has the same with its reasons.
 */
export const habits = {
  drivers: {
    /** Between two positions of one phone: the project's own load figure (870 a second for 26,000 motos). */
    pingEveryS: 30,
    /** Noise of a position, each way. Assumed: a phone's GPS under the open sky. */
    gpsNoiseM: 8,
    /** From the offer's transaction to the driver's eye: push, network, a look at the screen. Assumed. */
    noticesAfterS: { median: 3, sigma: 0.5 },
    /** From seeing an offer to tapping. Assumed; log-normal, as reaction times are. */
    answersAfterS: { median: 6, sigma: 0.7 },
    /**
     * How willing to accept a driver is, by driver: willing drivers are what a record can tell from others.
     * Assumed. It falls with each kilometre to the pickup.
     */
    willingness: { mean: 0.88, deviation: 0.1, min: 0.4, max: 0.99 },
    willingnessLostPerKm: 0.05,
    leastWillingness: 0.15,
    /** Of those who would not accept, how many do not answer at all. Assumed. */
    ignoresInsteadOfDeclining: 0.5,
    /** Cancels after accepting, on the way. Assumed; times with how unreliable the driver is. */
    cancelsOnTheWay: 0.04,
    /** How long a driver waits for a passenger who does not come. Assumed: what ride services ask for. */
    waitsForPassengerS: 300,
    /** Battery, tunnel, no credit: silences an hour of work, and how long they last. Assumed. */
    silencesPerHour: 0.06,
    silentForS: { median: 420, sigma: 0.9 },
    /** Waits where the last ride ended, then rides to where more is going on. Assumed. */
    waitsBeforeMovingS: { median: 420, sigma: 0.7 },
    cruisesNotFartherThanM: 4000,
    /** Mean stars of a driver's rides, by driver. Assumed. */
    stars: { mean: 4.55, deviation: 0.3, min: 3.2, max: 5 },
    /** Offers in the record a driver comes with. Assumed: enough for a record to say something. */
    pastOffers: { median: 60, sigma: 0.8 },
    ratesPassenger: 0.5,
  },
  passengers: {
    /** How long they wait for somebody to accept. Assumed: nobody publishes it. */
    searchesForS: { median: 300, sigma: 0.6 },
    /** Until they try again after "nobody is near" or "nobody accepted". Assumed. */
    triesAgainAfterS: { median: 20, sigma: 0.4 },
    /**
     * Change their mind after the match, whatever the driver does. With those who cancel because it takes long
     * it comes near Namma Yatri's 14% of riders who cancel, 29% of them for the wait (issues #1074, #1043; 2023).
     */
    changesMind: 0.12,
    /** Mean time until they do; some have their driver there by then. Assumed. */
    changesMindAfterS: 60,
    /** Cancel when the driver is that much later than was said: a share of the ETA and a fixed time. Assumed. */
    toleratesEtaTimes: 1.5,
    toleratesExtraS: { median: 240, sigma: 0.5 },
    /** Do not come to the pickup at all. Assumed. */
    doesNotCome: 0.015,
    /** From the driver's arrival to the PIN. Assumed. */
    boardsAfterS: { median: 45, sigma: 0.6 },
    mistypesPin: 0.04,
    ratesDriver: 0.45,
    stars: { mean: 4.8, deviation: 0.2, min: 3.5, max: 5 },
  },
  roads: {
    /** The way over the crow's flight: the product's own estimate is 1.3; cities measure 1.2 to 1.5. */
    roadFactor: { median: 1.32, sigma: 0.1 },
    /** How far one ride's speed is from the hour's. Assumed. */
    speedNoise: { median: 1, sigma: 0.18 },
    /** Metres a second of each vehicle at a mean hour: the product's own estimates. */
    speedMps: { moto: 6.9, cab: 5.6, lifan: 5, truck: 4.7, other: 5.6 },
    /** Share of that speed by hour of the day: slow where everybody travels. Assumed. */
    speedByHour: [
      ...[1.3, 1.3, 1.3, 1.3, 1.25, 1.15, 0.95, 0.8, 0.85, 0.95, 1, 1],
      ...[0.95, 0.95, 1, 1, 0.9, 0.78, 0.8, 0.92, 1.05, 1.15, 1.2, 1.25],
    ],
  },
  fleet: {
    /** Of the drivers there are, how many work today. Assumed. */
    worksToday: 0.9,
    /** When shifts start and how long they are. Assumed: motos work from dawn, half of them into the night. */
    shiftStarts: [
      { weight: 0.62, hour: 5.5, deviation: 0.8 },
      { weight: 0.16, hour: 9.5, deviation: 1.5 },
      { weight: 0.22, hour: 14.5, deviation: 1.5 },
    ],
    shiftHours: { mean: 9.5, deviation: 1.8, min: 4, max: 14 },
  },
} as const;

/** How people behave. */
export type Habits = typeof habits;
