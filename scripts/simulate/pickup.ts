import type { Point } from "../../shared/geo/mod.ts";
import { habits } from "./habits.ts";
import type { RideRequest } from "./request.ts";
import type { Match } from "./rides.ts";
import { exponential, logNormal, normalWithin } from "./streams.ts";
import { travelS } from "./travel.ts";

const PIN_AGAIN_AFTER_S = 12;
const RATES_AFTER_S = 40;

/** From the match on: the way to the pickup and who may call it off, the PIN, the ride, the ratings. */
export function playPickup(request: RideRequest, play: Match): void {
  const { agreement, rides, context } = play;
  const { driver, promisedS } = agreement;
  const { index, pickup } = request.wish;
  const wayS = drive(request, { to: pickup, play, purpose: "pickup" });
  driver.enter("to_pickup", context.clock.nowMs);
  rides.whileIn(request, { seconds: wayS, act: () => arrive(request, play) });

  const moods = context.streams.of("driver", driver.plan.index, "moods", index, request.matches);
  if (moods() < habits.drivers.cancelsOnTheWay * driver.unreliability) {
    rides.whileIn(request, {
      seconds: moods() * wayS,
      act: () => context.fleet.withPhone(driver, () => driverCancels(request, play)),
    });
  }
  const mind = context.streams.of("passenger", index, "mind", request.matches);
  const { toleratesEtaTimes, toleratesExtraS, changesMind, changesMindAfterS } = habits.passengers;
  const patienceS = promisedS * toleratesEtaTimes + logNormal(mind, toleratesExtraS);
  rides.whileIn(request, {
    seconds: patienceS,
    act: () => passengerCancels(request, { ...play, reason: "the driver is late" }),
  });
  if (mind() < changesMind) {
    rides.whileIn(request, {
      seconds: exponential(mind, changesMindAfterS),
      act: () => passengerCancels(request, { ...play, reason: "changed plans" }),
    });
  }
}

async function driverCancels(request: RideRequest, play: Match): Promise<void> {
  // A silent phone may come back after all is over.
  if (request.stage !== "on_the_way" || request.agreement !== play.agreement) return;
  const { agreement, rides, context } = play;
  await rides.cancel(request, {
    matchId: agreement.matchId,
    side: "driver",
    stage: "on_the_way",
    reason: "cannot come",
  });
  rides.startSearching(request);
  await context.fleet.afterRide(agreement.driver, { isOpen: true });
  await rides.search(request);
}

async function passengerCancels(
  request: RideRequest,
  { agreement, rides, context, reason }: Match & { readonly reason: string },
): Promise<void> {
  const { matchId, driver } = agreement;
  await rides.cancel(request, { matchId, side: "passenger", stage: "on_the_way", reason });
  rides.end(request, "cancelled_passenger");
  await context.fleet.afterRide(driver, { isOpen: true });
}

async function arrive(request: RideRequest, play: Match): Promise<void> {
  const { agreement, rides, context } = play;
  const { driver, matchId } = agreement;
  if (driver.isSilent(context.clock.nowMs)) {
    // At the pickup, and nobody is told: the passenger may still lose patience.
    const { plans } = request;
    return await context.fleet.withPhone(
      driver,
      () => request.plans === plans ? arrive(request, play) : Promise.resolve(),
    );
  }
  await context.fleet.sendPosition(driver);
  await context.calls.advance(matchId, "arrive");
  request.arrivedMs = context.clock.nowMs;
  request.enter("at_pickup");
  driver.enter("at_pickup", context.clock.nowMs);
  const random = context.streams.of("passenger", request.wish.index, "boards");
  if (random() < habits.passengers.doesNotCome) {
    return rides.whileIn(request, {
      seconds: habits.drivers.waitsForPassengerS,
      act: () => giveUpOnPassenger(request, play),
    });
  }
  const isMistyped = random() < habits.passengers.mistypesPin;
  rides.whileIn(request, {
    seconds: logNormal(random, habits.passengers.boardsAfterS),
    act: () => context.fleet.withPhone(driver, () => start(request, { ...play, isMistyped })),
  });
}

async function giveUpOnPassenger(request: RideRequest, play: Match): Promise<void> {
  const { agreement, rides, context } = play;
  await rides.cancel(request, {
    matchId: agreement.matchId,
    side: "driver",
    stage: "at_pickup",
    reason: "the passenger did not come",
  });
  // Who did not come does not look for another one: the wish is over.
  await context.calls.cancelTrip(request.tripId, "did not come");
  rides.end(request, "no_show");
  await context.fleet.afterRide(agreement.driver, { isOpen: true });
}

async function start(
  request: RideRequest,
  { isMistyped, ...play }: Match & { readonly isMistyped: boolean },
): Promise<void> {
  const { agreement, rides, context } = play;
  const { matchId, pin, driver } = agreement;
  const typed = isMistyped ? String((Number(pin) + 1) % 10_000).padStart(4, "0") : pin;
  const isStarted = await context.calls.start(matchId, typed);
  if (isStarted === isMistyped) {
    throw new Error(
      `Match ${matchId} ${isStarted ? "started with a wrong PIN" : "refused its PIN"}`,
    );
  }
  if (isMistyped) {
    return rides.whileIn(request, {
      seconds: PIN_AGAIN_AFTER_S,
      act: () =>
        context.fleet.withPhone(driver, () => start(request, { ...play, isMistyped: false })),
    });
  }
  request.enter("riding");
  const wayS = drive(request, { to: request.wish.dropoff, play, purpose: "ride" });
  driver.enter("riding", context.clock.nowMs);
  rides.whileIn(request, {
    seconds: wayS,
    act: () => context.fleet.withPhone(driver, () => complete(request, play)),
  });
}

async function complete(request: RideRequest, play: Match): Promise<void> {
  const { agreement, rides, context } = play;
  const { matchId, driver } = agreement;
  await context.fleet.sendPosition(driver);
  const match = await context.calls.advance(matchId, "complete");
  const { nowMs } = context.clock;
  request.completedMs = nowMs;
  request.fare = match.fare_amount ?? request.fare;
  rides.end(request, "completed");
  if (nowMs >= context.period.fromMs && nowMs < context.period.untilMs) {
    driver.rides++;
    driver.earned += request.fare ?? 0;
  }
  planRatings(request, play);
  await context.fleet.afterRide(driver, { isOpen: false });
}

function planRatings(request: RideRequest, { agreement, context }: Match): void {
  const { matchId, driver } = agreement;
  const { drivers, passengers } = habits;
  const random = context.streams.of("passenger", request.wish.index, "ratings");
  const sides = [
    { as: "passenger", rates: passengers.ratesDriver, mean: driver.meanStars },
    { as: "driver", rates: drivers.ratesPassenger, mean: passengers.stars.mean },
  ] as const;
  for (const { as, rates, mean } of sides) {
    const isRated = random() < rates;
    const rating = Math.round(normalWithin(random, { mean, deviation: 0.6, min: 1, max: 5 }));
    const seconds = RATES_AFTER_S * (1 + random());
    if (!isRated) continue;
    const at = context.clock.nowMs + seconds * 1000;
    context.queue.plan(at, () => context.calls.rate(matchId, { as, rating }));
  }
}

/** Sets the driver off; the seconds it takes, the same whatever the policy for the same two people. */
function drive(
  request: RideRequest,
  { to, play: { agreement, context }, purpose }: { to: Point; play: Match; purpose: string },
): number {
  const { driver } = agreement;
  const { clock, city, streams } = context;
  const who = purpose === "ride" ? [] : [driver.plan.index];
  const random = streams.of("road", purpose, request.wish.index, ...who);
  const from = driver.at(clock.nowMs);
  const seconds = travelS(city, { from, to, atMs: clock.nowMs, random });
  return (driver.drive(clock.nowMs, { to, seconds }) - clock.nowMs) / 1000;
}
