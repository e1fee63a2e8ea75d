import assert from "node:assert/strict";
import { z } from "zod";
import { expectOk } from "../http.ts";
import { act, type Match, openDriver, openPassenger, propose } from "../stack-people.ts";
import { until } from "../stack-search.ts";
import type { World } from "../stack.ts";
import { airport, cityTower, type Fix } from "./kigali-track.ts";

/** A ride with links to it. */
export interface LinkedRide {
  readonly match: string;
  readonly pin: string;
  /** Makes a link, as the chat sends it. */
  link(viewer: "passenger" | "driver" | "guest"): Promise<string>;
  /** The driver's phone tells where it is; answers when the database has it. */
  drive(fix: Pick<Fix, "lat" | "lng"> & Partial<Fix>): Promise<void>;
  act(action: "arrive" | "start" | "complete", body?: unknown): Promise<Match>;
  /** Makes the driver's last point so many seconds older. */
  silentFor(seconds: number): Promise<void>;
  /** Waits until the database has the driver there. */
  hasDriverAt(fix: Fix): Promise<void>;
  /** Takes back what the passenger's side has made. */
  revoke(): Promise<void>;
}

const link = z.object({ token: z.string(), url: z.string() });

/** A ride in Kigali that its driver has accepted, with names, a plate and a record. */
export async function linkedRide(
  world: World,
  { from, locale = "en" }: { readonly from: Fix; readonly locale?: string },
): Promise<LinkedRide> {
  const { http, sql } = world;
  const passenger = await openPassenger(world, { at: cityTower, more: { dropoff: airport } });
  const driver = await openDriver(world, { at: { lat: from.lat, lng: from.lng } });
  await sql`update mobility.profiles set display_name = 'Aline Uwase', locale = ${locale}
    where user_id = ${passenger.user_id}`;
  await sql`update mobility.profiles set display_name = 'Jean Bosco', locale = ${locale}
    where user_id = ${driver.user_id}`;
  await sql`insert into mobility.vehicles (user_id, vehicle_type, plate)
    values (${driver.user_id}, 'moto', 'RAD 123 B')`;
  await sql`insert into mobility.user_metrics (user_id, role, rating_total, rating_count)
    values (${driver.user_id}, 'driver', 149, 31)
    on conflict (user_id, role) do update set rating_total = 149, rating_count = 31`;
  const made = await propose(world, { passenger, driver });
  const [asDriver, asPassenger] = [{ user: driver.user_id }, { user: passenger.user_id }];
  await act(world, { match: made.id, action: "accept", as: asDriver });
  return {
    match: made.id,
    pin: made.pin ?? "",
    link: async (viewer) => {
      const answer = await http.post(`tracking/matches/${made.id}/links`, {
        as: viewer === "driver" ? asDriver : asPassenger,
        body: { viewer },
      });
      assert.equal(answer.status, 201, answer.text);
      return link.parse(answer.body).url;
    },
    drive: async (fix) => {
      const body = { trip_id: driver.id, ...fix };
      expectOk(await http.post("tracking/update-location", { as: asDriver, body }), z.unknown());
    },
    act: (action, body) => act(world, { match: made.id, action, as: asDriver, body }),
    silentFor: async (seconds) => {
      await sql`update mobility.live_positions
        set position_at = position_at - make_interval(secs => ${seconds}) where trip_id = ${driver.id}`;
    },
    hasDriverAt: async (fix) => {
      await until(
        () => sql`select lat, lng from mobility.live_positions where trip_id = ${driver.id}`,
        ([row]) => row?.["lat"] === fix.lat && row["lng"] === fix.lng,
        { ms: 20_000 },
      );
    },
    revoke: async () => {
      const answer = await http.call(`DELETE tracking/matches/${made.id}/links`, {
        as: asPassenger,
      });
      assert.equal(answer.status, 200, answer.text);
    },
  };
}
