import assert from "node:assert/strict";
import { Fleet } from "../../../scripts/demo/fleet.ts";
import { Latencies } from "../../../scripts/city/latencies.ts";
import { playRide, type RideOutcome } from "../../../scripts/demo/ride.ts";
import { RideCalls } from "../../../scripts/demo/ride-calls.ts";
import { ServiceClient, UnexpectedAnswerError } from "../../../scripts/city/service-client.ts";

const KCC = { lat: -1.9547, lng: 30.0936 };
const AIRPORT = { lat: -1.9622, lng: 30.1344 };
const YES = 0;
const NO = 0.5;

type Route = () => { status?: number; body: unknown };

function id(kind: string, number: number): string {
  return `${kind}0000000-0000-4000-8000-00000000000${number}`;
}

function refusal(status: number, code: string): Route {
  return () => ({ status, body: { error: { code, message: "no", request_id: "r" } } });
}

/** A service that answers as the contract says; `changes` override single routes. */
class FakeService {
  readonly requests: string[] = [];
  #tripStatus = "open";
  #matchStatus = "pending";
  readonly #changes: Record<string, Route>;

  constructor(changes: Record<string, Route> = {}) {
    this.#changes = changes;
  }

  fetch = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const path = new URL(String(input)).pathname.replaceAll(/\/[0-9a-f]{8}-[-0-9a-f]{27}/g, "/:id");
    const request = `${init?.method} ${path}`;
    this.requests.push(request);
    const { status = 200, body } = (this.#changes[request] ?? (() => this.#answer(path, init)))();
    return Promise.resolve(Response.json(body, { status, headers: { "x-request-id": "req-7" } }));
  };

  #answer(path: string, init?: RequestInit): ReturnType<Route> {
    const action = path.split("/").at(-1);
    const sent = String(init?.body);
    const match = (status: string): ReturnType<Route> => {
      this.#matchStatus = status;
      return { body: { match: { id: id("b", 1), status, pin: "0042" } } };
    };
    if (init?.method === "DELETE") this.#tripStatus = "cancelled";
    if (
      path === "/orchestrator/trips" || init?.method === "DELETE" || path === "/tracking/trips/:id"
    ) {
      const isDriver = sent.includes('"driver"');
      const trip = {
        id: isDriver ? id("a", 9) : id("a", 1),
        status: this.#tripStatus,
        duration_s: 600,
      };
      return { status: 200, body: { trip, match: { status: this.#matchStatus } } };
    }
    if (action === "find-drivers") {
      const drivers = [1, 2].map((number) => ({
        trip_id: id("e", number),
        user_id: id("d", number),
        distance_m: 100 * number,
        eta_s: 60,
      }));
      return { body: { drivers, cached: true } };
    }
    if (action === "complete") this.#tripStatus = "completed";
    if (action === "cancel" && sent.includes('"passenger"')) this.#tripStatus = "cancelled";
    if (action === "start" && !sent.includes("0042")) return refusal(422, "PIN_INVALID")();
    if (action === "rate") return { body: { rating: { rating: 5 } } };
    if (action === "update-location") return { body: { accepted: true } };
    return match(action === "complete" ? "completed" : "accepted");
  }
}

async function play(
  service: FakeService,
  { draws = [], signal = new AbortController().signal, speed = 1e6 }: {
    draws?: number[];
    signal?: AbortSignal;
    speed?: number;
  } = {},
): Promise<RideOutcome> {
  const client = new ServiceClient({
    functionsUrl: "http://stack",
    secretKey: "secret",
    latencies: new Latencies(),
    findInLog: (requestId) => `Find it: grep ${requestId}`,
    fetch: service.fetch,
  });
  const fleet = new Fleet(client);
  for (const number of [1, 2]) {
    await fleet.start({ userId: id("d", number), vehicleType: "moto", position: KCC });
  }
  service.requests.length = 0;
  const request = {
    index: 0,
    askedAt: "07:00",
    userId: id("c", 1),
    vehicleType: "moto",
    pickup: KCC,
    dropoff: AIRPORT,
  };
  const left = [...draws];
  const random = (): number => left.shift() ?? NO;
  return await playRide(request, { calls: new RideCalls(client), fleet, speed, signal, random });
}

Deno.test("playRide() goes from the wish to both ratings, and the driver goes online again", async () => {
  const service = new FakeService();
  const outcome = await play(service);
  assert.deepEqual(outcome, {
    status: "completed",
    matched: true,
    pickupDistanceM: 100,
    offers: 1,
    searches: 1,
    cachedSearches: 1,
  });
  assert.deepEqual(service.requests, [
    "POST /orchestrator/trips",
    "POST /orchestrator/find-drivers",
    "POST /orchestrator/accept-match",
    "POST /orchestrator/matches/:id/accept",
    "POST /tracking/update-location",
    "POST /orchestrator/matches/:id/arrive",
    "POST /orchestrator/matches/:id/start",
    "GET /tracking/matches/:id",
    "POST /orchestrator/matches/:id/complete",
    "POST /orchestrator/matches/:id/rate",
    "POST /orchestrator/matches/:id/rate",
    "POST /orchestrator/trips",
    "GET /tracking/trips/:id",
  ]);
});

Deno.test("playRide() searches again when a driver declines or cancels", async () => {
  const declined = await play(new FakeService(), { draws: [YES] });
  assert.deepEqual([declined.status, declined.offers, declined.searches], ["completed", 2, 2]);
  const dropped = await play(new FakeService(), { draws: [NO, YES] });
  assert.deepEqual([dropped.status, dropped.offers, dropped.searches], ["completed", 2, 2]);
});

Deno.test("playRide() ends when the passenger cancels", async () => {
  const outcome = await play(new FakeService(), { draws: [NO, NO, YES] });
  assert.deepEqual([outcome.status, outcome.matched], ["cancelled", true]);
});

Deno.test("playRide() enters the right PIN after a wrong one", async () => {
  const service = new FakeService();
  const outcome = await play(service, { draws: [NO, NO, NO, YES] });
  assert.equal(outcome.status, "completed");
  assert.equal(service.requests.filter((request) => request.endsWith("/start")).length, 2);
});

Deno.test("playRide() asks the next driver when others were quicker, and gives up in the end", async () => {
  const service = new FakeService({
    "POST /orchestrator/accept-match": refusal(409, "TRIP_ALREADY_MATCHED"),
  });
  const outcome = await play(service);
  assert.deepEqual([outcome.status, outcome.matched, outcome.offers], ["unmatched", false, 0]);
  const asked = service.requests.filter((request) => request.endsWith("/accept-match")).length;
  assert.equal(asked, 2 * outcome.searches);
  assert.ok(service.requests.includes("DELETE /orchestrator/trips/:id"));
});

Deno.test("playRide() passes by drivers who are not of this replay", async () => {
  const stranger = { trip_id: id("e", 5), user_id: id("d", 5), distance_m: 1, eta_s: 1 };
  const service = new FakeService({
    "POST /orchestrator/find-drivers": () => ({ body: { drivers: [stranger], cached: false } }),
  });
  assert.equal((await play(service)).status, "unmatched");
});

Deno.test("playRide() cancels the trip when it is stopped on the way", async () => {
  const stop = new AbortController();
  const service = new FakeService({
    "POST /orchestrator/matches/:id/accept": () => {
      stop.abort();
      return { body: { match: { id: id("b", 1), status: "accepted" } } };
    },
  });
  const outcome = await play(service, { signal: stop.signal, speed: 1 });
  assert.equal(outcome.status, "interrupted");
  assert.equal(service.requests.at(-1), "DELETE /orchestrator/trips/:id");
});

Deno.test("playRide() fails with the request id on what a correct system does not answer", async () => {
  for (
    const [route, answer, reason] of [
      [
        "POST /orchestrator/find-drivers",
        refusal(500, "DATABASE_ERROR"),
        /HTTP 500, DATABASE_ERROR/,
      ],
      ["POST /orchestrator/accept-match", refusal(422, "SELF_MATCH"), /HTTP 422, SELF_MATCH/],
      ["POST /orchestrator/find-drivers", () => ({ body: { drivers: 1 } }), /HTTP 200/],
      [
        "POST /orchestrator/find-drivers",
        () => ({ status: 502, body: "oops" }),
        /HTTP 502, "oops"/,
      ],
    ] as const
  ) {
    await assert.rejects(play(new FakeService({ [route]: answer })), (error) => {
      assert.ok(error instanceof UnexpectedAnswerError);
      assert.match(error.message, reason);
      assert.match(error.message, /Find it: grep req-7/);
      return true;
    });
  }
});

Deno.test("playRide() does not take the service's word for the end: it looks at the trip", async () => {
  const trip = { id: id("a", 1), status: "matched", duration_s: 1 };
  const service = new FakeService({
    "GET /tracking/trips/:id": () => ({ body: { trip, match: { status: "in_progress" } } }),
  });
  await assert.rejects(play(service), /should be completed; it is matched, its match in_progress/);
});
