import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import postgres, { type Sql } from "postgres";
import { z } from "zod";
import { match, trip } from "../../../shared/rides/mod.ts";
import type { StackInfo } from "../../../scripts/stack/running.ts";
import { startStack } from "../../../scripts/stack/stack.ts";
import { freePorts } from "../../../scripts/loopback/free-ports.ts";
import { expectOk, Http } from "../http.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, "");
/** Beside the Kigali Convention Centre. */
const CENTRE = { lat: -1.9547, lng: 30.0936 };

type Trip = z.infer<typeof trip>;
type Match = z.infer<typeof match>;

/** A stack with the seeded city, on which the tests make things happen. */
export class Night implements AsyncDisposable {
  readonly info: StackInfo;
  readonly http: Http;
  readonly sql: Sql;
  readonly #close: () => Promise<void>;

  private constructor(info: StackInfo, close: () => Promise<void>) {
    this.info = info;
    this.http = new Http(info);
    this.sql = postgres(info.db_url, { max: 1, onnotice: () => {} });
    this.#close = close;
  }

  /** Starts the whole system, its clock included. */
  static async fall(): Promise<Night> {
    const data = await Deno.makeTempDir({ prefix: "mobility-operator-" });
    const { DATABASE_URL: _database, REDIS_URL: _redis, ...env } = Deno.env.toObject();
    const stack = await startStack({ root: ROOT, data, portsFrom: freePorts(20), env });
    return new Night(stack.info, async () => {
      await stack.close();
      await Deno.remove(data, { recursive: true });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sql.end({ timeout: 5 });
    await this.#close();
    // PGlite sets a code of its own whenever PostgreSQL refuses something.
    Deno.exitCode = 0;
  }

  /** Somebody opens a trip, so many metres from the centre to the north and to the east. */
  async open(
    who: { readonly name: string; readonly role: "driver" | "passenger"; readonly plate?: string },
    [north, east]: readonly [number, number] = [0, 0],
  ): Promise<Trip> {
    const user_id = crypto.randomUUID();
    const at = { lat: CENTRE.lat + north / 111_195, lng: CENTRE.lng + east / 111_195 };
    await this.sql`
      insert into mobility.profiles (user_id, display_name, phone)
      values (${user_id}, ${who.name}, ${newNumber()})`;
    if (who.plate !== undefined) {
      await this.sql`insert into mobility.vehicles values (${user_id}, 'moto', ${who.plate})`;
    }
    const answer = await this.http.post("orchestrator/trips", {
      body: {
        user_id,
        role: who.role,
        vehicle_type: "moto",
        pickup: { ...at, text: "Kigali Convention Centre" },
        ...who.role === "passenger" &&
          { dropoff: { lat: at.lat - 0.008, lng: at.lng + 0.04, text: "Kigali Airport" } },
      },
    });
    return expectOk(answer, z.object({ trip })).trip;
  }

  /** Binds a passenger and a driver. */
  async propose(passenger: Trip, driver: Trip): Promise<Match> {
    const answer = await this.http.post("orchestrator/accept-match", {
      body: {
        passenger_trip_id: passenger.id,
        driver_trip_id: driver.id,
        respond_within_s: 600,
      },
    });
    return expectOk(answer, z.object({ match })).match;
  }

  /** One step of a ride. */
  async move(id: string, action: string, body: Record<string, unknown> = {}): Promise<void> {
    const answer = await this.http.post(`orchestrator/matches/${id}/${action}`, { body });
    assert.ok(answer.status < 300, answer.text);
  }

  /** A driver's phone says where it is, so many metres from the centre. */
  async ping(trip_id: string, [north, east]: readonly [number, number]): Promise<void> {
    const at = { lat: CENTRE.lat + north / 111_195, lng: CENTRE.lng + east / 111_195 };
    const answer = await this.http.post("tracking/update-location", {
      body: { trip_id, ...at, heading: 200, speed_mps: 7 },
    });
    assert.ok(answer.status < 300, answer.text);
  }

  /** One of those who look at an offer for this trip takes it. */
  async acceptOffer(passengerTrip: string): Promise<Match> {
    const [offer] = await this.sql<{ id: string }[]>`
      select id from mobility.offers where passenger_trip_id = ${passengerTrip} and status = 'offered'
      order by distance_m limit 1`;
    const answer = await this.http.post(`orchestrator/offers/${offer?.id}/accept`, { body: {} });
    return expectOk(answer, z.object({ match })).match;
  }

  /** The passenger of a ride calls for help. */
  async callForHelp({ id, passenger_user_id, pickup }: Match): Promise<void> {
    await this.sql`
      insert into mobility.sos_alerts (match_id, user_id, side, lat, lng)
      values (${id}, ${passenger_user_id}, 'passenger', ${pickup.lat}, ${pickup.lng})`;
  }

  /** A message that was given up, to somebody who wrote a moment ago. */
  async giveUpMessage(user: string): Promise<string> {
    await this.sql`
      insert into mobility.conversations (user_id, last_inbound_at) values (${user}, now())
      on conflict (user_id) do update set last_inbound_at = now()`;
    const [row] = await this.sql<{ id: string }[]>`
      insert into mobility.outbox (user_id, kind, status, attempts, error_code, error_detail)
      values (${user}, 'relay_sent', 'dead', 10, 131000, 'Something went wrong') returning id`;
    return row?.id ?? "";
  }
}

function newNumber(): string {
  return `+25079${String(Math.floor(Math.random() * 1e7)).padStart(7, "0")}`;
}
