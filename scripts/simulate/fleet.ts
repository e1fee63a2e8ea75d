import { distanceM } from "../../shared/geo/mod.ts";
import { pickWeighted, type Random } from "../city/random.ts";
import { pointNear } from "../city/route.ts";
import { after, type Context } from "./context.ts";
import { Driver } from "./driver.ts";
import { habits } from "./habits.ts";
import { exponential, logNormal } from "./streams.ts";
import type { Ping } from "./system-calls.ts";
import { speedOf, travelS } from "./travel.ts";

const HOUR_S = 3600;
/** An idle driver stops near a place, not on it. */
const STAND_RADIUS_M = 300;
/** Longer than the shift, so that a trip ends with it and not before. */
const SPARE_S = 2 * HOUR_S;
/** Positions come to the service in batches, as a gateway of an app's collects them. */
const COLLECTS_EVERY_S = 5;

/** All drivers: they come, wait, move to where more is going on, send positions, fall silent, and go home. */
export class Fleet {
  readonly drivers: readonly Driver[];
  readonly #context: Context;
  readonly #byUser: ReadonlyMap<string, Driver>;
  readonly #wanders = new Map<Driver, Random>();

  constructor(context: Context) {
    this.#context = context;
    const { city, streams, period } = context;
    this.drivers = city.drivers.map((plan) =>
      new Driver(plan, { streams, period, willingness: city.willingness })
    );
    this.#byUser = new Map(this.drivers.map((driver) => [driver.plan.userId, driver]));
  }

  /** @throws {Error} for somebody who is no driver here: the database offers rides to strangers */
  byUser(userId: string): Driver {
    const driver = this.#byUser.get(userId);
    if (driver === undefined) throw new Error(`No driver of this simulation is user ${userId}`);
    return driver;
  }

  /** Plans everybody's day. */
  plan(): void {
    const { queue, streams } = this.#context;
    for (const driver of this.drivers) {
      const { index, fromMs, untilMs } = driver.plan;
      this.#wanders.set(driver, streams.of("driver", index, "wander"));
      queue.plan(fromMs, async () => {
        await this.goOnline(driver);
        this.#planSilence(driver, streams.of("driver", index, "silences"));
        this.#ping(driver, streams.of("driver", index, "pings"));
      });
      queue.plan(untilMs, () => this.#endShift(driver));
    }
    this.#planCollection();
  }

  /** Is there for rides from now on, where the driver is. */
  async goOnline(driver: Driver): Promise<void> {
    const { calls, city, clock } = this.#context;
    const nowMs = clock.nowMs;
    driver.tripId = await calls.openDriverTrip({
      userId: driver.plan.userId,
      vehicleType: city.vehicleType,
      position: driver.at(nowMs),
      forS: (driver.plan.untilMs - nowMs) / 1000 + SPARE_S,
    });
    this.becomeIdle(driver);
  }

  /** Has nothing to do, and waits. */
  becomeIdle(driver: Driver): void {
    const { clock } = this.#context;
    driver.stop(clock.nowMs);
    driver.enter("idle", clock.nowMs);
    this.#wander(driver);
  }

  /** After a ride: goes on waiting, or home. The trip is open again (`isOpen`) or over. */
  async afterRide(driver: Driver, { isOpen }: { readonly isOpen: boolean }): Promise<void> {
    if (driver.isLeaving) {
      await this.#leave(driver, { isOpen });
    } else if (isOpen) this.becomeIdle(driver);
    else await this.goOnline(driver);
  }

  /** Runs what needs the driver's phone, now or when it is on again. */
  withPhone(driver: Driver, act: () => Promise<void>): Promise<void> {
    const { clock, queue } = this.#context;
    if (!driver.isSilent(clock.nowMs)) return act();
    queue.plan(driver.silentUntilMs, act);
    return Promise.resolve();
  }

  /** Sends where the driver is, now. */
  async sendPosition(driver: Driver): Promise<void> {
    const { calls, clock } = this.#context;
    await calls.sendPositions([this.#positionOf(driver, clock.nowMs)]);
  }

  #wander(driver: Driver): void {
    const random = this.#wanders.get(driver);
    if (random === undefined) return;
    const plans = driver.plans;
    const seconds = logNormal(random, habits.drivers.waitsBeforeMovingS);
    after(this.#context, {
      seconds,
      act: () => {
        if (driver.plans !== plans) return Promise.resolve();
        const seconds = this.#cruise(driver, random);
        after(this.#context, {
          seconds,
          act: () => {
            if (driver.plans === plans) this.#wander(driver);
            return Promise.resolve();
          },
        });
        return Promise.resolve();
      },
    });
  }

  /** Sets off to a place where much is going on, the likelier the nearer. */
  #cruise(driver: Driver, random: Random): number {
    const { city, clock } = this.#context;
    const here = driver.at(clock.nowMs);
    const spots = city.hotSpots.map((spot) => ({
      spot,
      weight: spot.weight *
        Math.exp(-distanceM(here, spot) / habits.drivers.cruisesNotFartherThanM),
    }));
    const to = pointNear(pickWeighted(random, spots).spot, { radiusM: STAND_RADIUS_M, random });
    const seconds = travelS(city, { from: here, to, atMs: clock.nowMs, random });
    driver.drive(clock.nowMs, { to, seconds });
    return seconds;
  }

  #planSilence(driver: Driver, random: Random): void {
    after(this.#context, {
      seconds: exponential(random, HOUR_S / habits.drivers.silencesPerHour),
      act: () => {
        const seconds = logNormal(random, habits.drivers.silentForS);
        driver.silentUntilMs = Math.ceil(this.#context.clock.nowMs + seconds * 1000);
        if (driver.state !== "offline") this.#planSilence(driver, random);
        return Promise.resolve();
      },
    });
  }

  async #endShift(driver: Driver): Promise<void> {
    driver.isLeaving = true;
    if (driver.state !== "idle") return;
    await this.withPhone(driver, async () => {
      if (driver.state === "idle") await this.#leave(driver, { isOpen: true });
    });
  }

  async #leave(driver: Driver, { isOpen }: { readonly isOpen: boolean }): Promise<void> {
    const { calls, clock } = this.#context;
    if (isOpen) await calls.cancelTrip(driver.tripId, "the shift is over");
    driver.stop(clock.nowMs);
    driver.enter("offline", clock.nowMs);
  }

  readonly #collected: Ping[] = [];

  #ping(driver: Driver, random: Random): void {
    const everyS = habits.drivers.pingEveryS;
    const next = (seconds: number): void =>
      after(this.#context, {
        seconds,
        act: () => {
          if (driver.state === "offline") return Promise.resolve();
          const { nowMs } = this.#context.clock;
          if (!driver.isSilent(nowMs)) this.#collected.push(this.#positionOf(driver, nowMs));
          next(everyS);
          return Promise.resolve();
        },
      });
    next(random() * everyS);
  }

  #planCollection(): void {
    after(this.#context, {
      seconds: COLLECTS_EVERY_S,
      act: async () => {
        const pings = this.#collected.splice(0);
        if (pings.length > 0) await this.#context.calls.sendPositions(pings);
        this.#planCollection();
      },
    });
  }

  #positionOf(driver: Driver, atMs: number): Ping {
    const { streams, city } = this.#context;
    const random = streams.of("driver", driver.plan.index, "gps", Math.round(atMs));
    const at = pointNear(driver.at(atMs), { radiusM: 2 * habits.drivers.gpsNoiseM, random });
    const speedMps = driver.isMoving(atMs) ? speedOf(city.vehicleType) : 0;
    // A position of the sixth decimal is one of 11 cm.
    const round = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;
    return { tripId: driver.tripId, atMs, speedMps, lat: round(at.lat), lng: round(at.lng) };
  }
}
