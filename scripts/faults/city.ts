import { z } from "zod";
import { type Identity, StandInClient } from "../stack/graph/stand-in-client.ts";
import { createRandom, pickWeighted } from "../city/random.ts";
import { pointNear } from "../city/route.ts";
import { Caller, pause } from "./caller.ts";
import { type Driver, Fleet } from "./fleet.ts";
import { openTrip, rideByApp, searchDrivers } from "./http-ride.ts";
import { Ledger } from "./ledger.ts";
import { type Person, Phone } from "./phone.ts";
import type { Stage } from "./stage.ts";
import { TakenWatch } from "./taken-watch.ts";
import { isAnswered, type Sent } from "./traffic.ts";

/** How much life there is. */
export interface CityOptions {
  readonly seed: number;
  /** Simulated seconds in a second. */
  readonly speed: number;
  readonly drivers: number;
  /** Passengers with an app, at a time. */
  readonly passengers: number;
  /** As many passengers as drivers who chat. */
  readonly chats: number;
  readonly signal: AbortSignal;
  /** Tells what happens, for whoever looks for what went wrong. */
  readonly note: (line: string) => void;
  readonly onViolation: (rule: string, what: string) => void;
}

/** A city with life in it. */
export interface LivingCity {
  readonly ledger: Ledger;
  /** Every attempt that was made. */
  readonly sent: readonly Sent[];
  readonly caller: Caller;
  /** Plays until everybody is sent home, then until `close`. */
  live(): Promise<void>;
  /** Nobody begins anything new. */
  goHome(): void;
  /** Whether somebody is under way, reads or writes. */
  isBusy(): boolean;
  /** The outbox ids of all replies that the Graph API has taken. */
  sentReplies(): Promise<string[]>;
  close(): Promise<void>;
}

const places = z.array(
  z.object({ lat: z.number(), lng: z.number(), weight: z.number().positive() }),
);
const callback = z.object({ biz_opaque_callback_data: z.string() });
const NEAR_M = 1_500;
/** So near that a driver who has shared where they are is near whoever waits. */
const CHAT_NEAR_M = 200;
const BETWEEN_RIDES_S = 60;
const LOOK_AROUND_EVERY_MS = 1_500;
const SEARCH_EVERY_MS = 700;
/** Who look at the drivers again and again, and never ask one. */
const WATCHERS = 3;
const CHAT_VEHICLE = "cab";

/** Puts everybody where they live; drivers with an app are online when it returns. */
export async function openCity(stage: Stage, options: CityOptions): Promise<LivingCity> {
  const { sql, stack: { info } } = stage;
  const { seed, note, onViolation } = options;
  const closing = new AbortController();
  const signal = AbortSignal.any([options.signal, closing.signal]);
  const goingHome = new AbortController();
  const ledger = new Ledger();
  const sent: Sent[] = [];
  const onSent = (one: Sent): void => {
    sent.push(one);
    if (!isAnswered(one)) {
      const { step, status, startedAt, endedAt } = one;
      note(`${step} -> ${status ?? "no answer"} after ${Math.round(endedAt - startedAt)} ms`);
    }
  };
  const caller = new Caller({
    functionsUrl: info.functions_url,
    secretKey: info.secret_key,
    ledger,
    onSent,
    random: createRandom(seed, 2),
    signal,
  });
  const spots = places.parse([
    ...await sql`select lat, lng, weight from mobility.places where area_code = 'kigali' order by code`,
  ]);
  // A small city: everybody is around one place.
  const centre = pickWeighted(createRandom(seed), spots);
  const near = (random: () => number): { lat: number; lng: number } =>
    pointNear(centre, { radiusM: NEAR_M, random });

  const fleet = new Fleet(caller);
  const random = createRandom(seed, 1);
  const drivers = Array.from({ length: options.drivers }, (_, index): Driver => ({
    userId: userId("d3", index),
    position: near(random),
    tripId: "",
  }));
  await Promise.all(drivers.map((driver) => fleet.goOnline(driver)));

  const taken = new TakenWatch({
    sql,
    onSearch: (kind) => ledger.count(kind),
    onViolation: (what) => onViolation("a search offers nobody who is taken", what),
  });
  let underWay = 0;
  async function passenger(index: number): Promise<void> {
    const random = createRandom(seed, 100 + index);
    for (let ride = 0; !signal.aborted && !goingHome.signal.aborted; ride++) {
      underWay++;
      const end = await rideByApp(
        { caller, fleet, taken, random, speed: options.speed, signal },
        { userId: userId("c3", index), pickup: near(random), dropoff: near(random) },
      ).finally(() => underWay--);
      ledger.count(`rides by app: ${end}`);
      await pause(1000 * BETWEEN_RIDES_S * random() / options.speed, signal);
    }
  }

  const pins = new Map<string, string>();
  const people = Array.from({ length: 2 * options.chats }, (_, index): Person => {
    const random = createRandom(seed, 200 + index);
    const side = index % 2 === 0 ? "driver" : "passenger";
    const number = String(index + 1).padStart(6, "0");
    return {
      side,
      random,
      identity: {
        name: `${side} ${index + 1}`,
        phone: `+250789${number}`,
        whatsapp_user_id: `RW.6000000000${number}`,
      },
      where: {
        vehicle: CHAT_VEHICLE,
        at: pointNear(centre, { radiusM: CHAT_NEAR_M, random }),
        to: near(random),
        plate: `RAD ${100 + index} B`,
      },
    };
  });
  const phones = people.map((person) =>
    new Phone(person, {
      graphUrl: info.graph_url,
      sql,
      ledger,
      pins,
      speed: options.speed,
      signal,
      goingHome: goingHome.signal,
      onStatus: (status, startedAt) =>
        onSent({ step: "webhook", startedAt, endedAt: performance.now(), status }),
    })
  );

  return {
    ledger,
    sent,
    caller,
    live: async () => {
      await Promise.all([
        ...Array.from({ length: options.passengers }, (_, index) => passenger(index)),
        ...phones.map((phone) => phone.live()),
        fleet.sendPositions(signal),
        lookAround(caller, { at: centre, signal }),
        ...["ranking", "metrics"].map((name) => probe(caller, { name, signal })),
        ...Array.from({ length: WATCHERS }, (_, index) =>
          watchDrivers(
            { caller, taken, signal: AbortSignal.any([signal, goingHome.signal]) },
            { userId: userId("c3", 1_000 + index), at: centre },
          )),
      ]);
    },
    goHome: () => goingHome.abort(),
    isBusy: () => underWay > 0 || phones.some((phone) => phone.isBusy),
    sentReplies: async () => {
      const standIn = new StandInClient(info.graph_url);
      const all = await Promise.all(people.map(({ identity }) => repliesTo(standIn, identity)));
      return all.flat();
    },
    close: () => {
      closing.abort();
      return Promise.resolve();
    },
  };
}

/** Asks a function that no ride needs whether it is well, as a monitor does. */
async function probe(
  caller: Caller,
  { name, signal }: { readonly name: string; readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    await caller.ask({
      step: `${name} health`,
      method: "GET",
      path: `/${name}/health`,
      answer: z.unknown(),
    });
    await pause(LOOK_AROUND_EVERY_MS, signal);
  }
}

/** What else is called now and then: who is near. */
async function lookAround(
  caller: Caller,
  { at, signal }: { readonly at: { lat: number; lng: number }; readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    await caller.ask({
      step: "find nearby",
      method: "POST",
      path: "/matching/find-nearby",
      body: { role: "driver", vehicle_type: "moto", lat: at.lat, lng: at.lng },
      answer: z.unknown(),
    });
    await pause(LOOK_AROUND_EVERY_MS, signal);
  }
}

/** Searches again and again, so that the cache has something to answer. */
async function watchDrivers(
  { caller, taken, signal }: {
    readonly caller: Caller;
    readonly taken: TakenWatch;
    readonly signal: AbortSignal;
  },
  { userId, at }: { readonly userId: string; readonly at: { lat: number; lng: number } },
): Promise<void> {
  const opened = await openTrip(caller, { userId, pickup: at });
  while (opened.ok && !signal.aborted) {
    await searchDrivers({ caller, taken }, opened.value.trip.id);
    await pause(SEARCH_EVERY_MS, signal);
  }
}

async function repliesTo(standIn: StandInClient, identity: Identity): Promise<string[]> {
  const told = await standIn.messages(identity, { after: 0, wait: false });
  return told.map(({ message }) =>
    callback.parse(message).biz_opaque_callback_data.replace(/^outbox:/, "")
  );
}

function userId(prefix: "c3" | "d3", number: number): string {
  return `${prefix}000000-0000-4000-8000-${String(number + 1).padStart(12, "0")}`;
}
