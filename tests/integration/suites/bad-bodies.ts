import assert from "node:assert/strict";
import type { ErrorCode } from "../../../shared/platform/mod.ts";
import { expectCode } from "../../support/http.ts";
import { fingerprintTables } from "../../../scripts/postgres/fingerprint-tables.ts";
import { openPair, rideIn } from "../../support/stack-people.ts";
import type { Suite, World } from "../../support/stack.ts";

type Kind = keyof typeof wrong;

/** A field of a body, by its path; `!` at the end: it must be there, `?`: null is as good as absent. */
type Fields = Readonly<Record<string, Kind>>;

interface Target {
  readonly call: string;
  /** A body that is accepted; each test spoils one thing in it. */
  readonly body: Record<string, unknown>;
  readonly fields: Fields;
}

const HUGE = 1e308;
const notNumbers = ["1", "NaN", "", true, [], {}];
const notStrings = [42, true, [], {}];
const wrong = {
  id: ["", "abc", "00000000-0000-4000-8000-00000000000g", "x".repeat(2000), ...notStrings],
  side: ["", "admin", "Driver", "__proto__", ...notStrings],
  strategy: ["", "best", "constructor", "__proto__", ...notStrings],
  vehicle: ["", "Moto", "a b", "x".repeat(40), "1moto", ...notStrings],
  lat: [90.001, -90.001, HUGE, -HUGE, ...notNumbers],
  lng: [180.001, -180.001, HUGE, ...notNumbers],
  place: ["here", 1, true, []],
  text: ["", "   ", "x".repeat(501), "a\u0000b", "\ud800", ...notStrings],
  seconds: [0, -1, 1.5, 86_401, HUGE, ...notNumbers],
  metres: [-1, HUGE, ...notNumbers],
  few: [0, -1, 1.5, 1001, HUGE, ...notNumbers],
  stars: [0, 6, 4.5, -5, HUGE, ...notNumbers],
  rating: [0.9, 5.1, -5, HUGE, ...notNumbers],
  age: [-1, -HUGE, ...notNumbers],
  share: [-0.1, 1.1, HUGE, ...notNumbers],
  pin: ["", "123", "12345", "12a4", "１２３４", 1234, true, [], {}],
  flag: [1, 0, "true", "", [], {}],
  when: ["", "now", "2026-02-30T00:00:00Z", "2026-01-01", "0000-01-01T00:00:00Z", ...notStrings],
  future: ["2020-01-01T00:00:00Z", "9999-01-01T00:00:00Z", "tomorrow", ...notStrings],
  ids: ["", {}, 1, ["abc"], [1], [null], Array.from({ length: 101 }, () => crypto.randomUUID())],
  list: ["", {}, 1, [1], [null], [[]], Array.from({ length: 501 }, () => ({}))],
} as const satisfies Record<string, readonly unknown[]>;

/** Bodies of the wrong shape, at every endpoint that takes one. */
export function badBodiesSuite({ test }: Suite): void {
  test("every field that is missing, null, of another type or out of range has its code", async (world) => {
    const targets = await targetsOf(world);
    const before = await fingerprintTables(world.sql);
    let tried = 0;
    for (const { call, body, fields } of targets) {
      for (const [name, kind] of Object.entries(fields)) {
        const path = name.replace(/[!?]$/, "");
        const values: unknown[] = [...wrong[kind]];
        if (name.endsWith("!")) values.push(undefined);
        if (!name.endsWith("?")) values.push(null);
        for (const value of values) {
          const spoilt = withValue(body, path, value);
          const answer = await world.http.call(call, { body: spoilt });
          assert.notEqual(answer.status, 200, `${call} took ${path}: ${JSON.stringify(value)}`);
          expectCode(answer, codeFor(path));
          tried++;
        }
        // JSON has no such numbers; one that is too large is infinite.
        const raw = (text: string): string =>
          JSON.stringify(withValue(body, path, "@")).replace('"@"', text);
        for (const text of ["NaN", "Infinity", "undefined", "01"]) {
          expectCode(await world.http.call(call, { raw: raw(text) }), "INVALID_JSON");
        }
        expectCode(await world.http.call(call, { raw: raw("1e999") }), codeFor(path));
        tried += 5;
      }
    }
    assert.ok(tried > 700, `${tried} bodies`);
    assert.deepEqual(await fingerprintTables(world.sql), before, "nothing changed");
  });

  test("bodies that are no object, no JSON, too large or too deep have their code", async (world) => {
    const targets = await targetsOf(world);
    const before = await fingerprintTables(world.sql);
    const megabyte = `{"x":"${"a".repeat(1_000_000)}"}`;
    const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
    const bodies: [string, ErrorCode][] = [
      ["{", "INVALID_JSON"],
      ["{'a':1}", "INVALID_JSON"],
      ['{"a":1}x', "INVALID_JSON"],
      ["\ufeff\u0000", "INVALID_JSON"],
      ["null", "VALIDATION_ERROR"],
      ["[]", "VALIDATION_ERROR"],
      ["[{}]", "VALIDATION_ERROR"],
      ['"text"', "VALIDATION_ERROR"],
      ["42", "VALIDATION_ERROR"],
      ["true", "VALIDATION_ERROR"],
      [deep(20_000), "VALIDATION_ERROR"],
      [`{"x":${deep(20_000)}}`, "VALIDATION_ERROR"],
      [megabyte, "PAYLOAD_TOO_LARGE"],
    ];
    for (const { call } of targets) {
      for (const [raw, code] of bodies) expectCode(await world.http.call(call, { raw }), code);
      const stream = new Blob([megabyte]).stream();
      expectCode(await world.http.call(call, { raw: stream }), "PAYLOAD_TOO_LARGE");
    }
    assert.deepEqual(await fingerprintTables(world.sql), before, "nothing changed");
  });

  test("an empty body is an empty object, and the names of prototypes are no fields", async (world) => {
    const before = await fingerprintTables(world.sql);
    const bodies = ["", "  ", "{}", '{"__proto__":{"role":"driver"},"constructor":1,"toString":2}'];
    for (const { call, fields } of await targetsOf(world)) {
      if (!Object.keys(fields).some((name) => name.endsWith("!"))) continue;
      for (const raw of bodies) {
        const answer = await world.http.call(call, { raw });
        assert.equal(answer.status, 400, `${call} ${raw}: ${answer.text}`);
      }
    }
    const polluted = '{"drivers":[{"__proto__":{"rating":5},"rating":3}]}';
    assert.equal((await world.http.post("ranking/rank-drivers", { raw: polluted })).status, 200);
    // What is cancelled, accepted and so on was made before; nothing else changed.
    const after = await fingerprintTables(world.sql);
    assert.equal(after.get("mobility.places"), before.get("mobility.places"));
  });

  test("a path's id that is no id is a VALIDATION_ERROR", async (world) => {
    const before = await fingerprintTables(world.sql);
    const ids = [
      "abc",
      "1",
      "0",
      "null",
      "undefined",
      "%00",
      "%27%3B--",
      "x".repeat(500),
      "__proto__",
    ];
    for (const id of ids) {
      const targets = [
        `DELETE orchestrator/trips/${id}`,
        `POST orchestrator/matches/${id}/accept`,
        `POST orchestrator/matches/${id}/rate`,
        `GET tracking/trips/${id}`,
        `GET tracking/matches/${id}`,
      ];
      for (const target of targets) expectCode(await world.http.call(target), "VALIDATION_ERROR");
    }
    assert.deepEqual(await fingerprintTables(world.sql), before);
  });
}

async function targetsOf(world: World): Promise<Target[]> {
  const { passenger, driver } = await openPair(world);
  const pending = (await rideIn(world, "pending")).match.id;
  const arrived = (await rideIn(world, "driver_arrived")).match.id;
  const completed = (await rideIn(world, "completed")).match.id;
  const place = { lat: 36.5, lng: 61.5 };
  return [
    {
      call: "POST orchestrator/trips",
      body: {
        user_id: crypto.randomUUID(),
        role: "driver",
        vehicle_type: "moto",
        pickup: { ...place, text: "Here" },
        dropoff: { ...place, text: "There" },
      },
      fields: {
        "user_id!": "id",
        "role!": "side",
        "vehicle_type!": "vehicle",
        "pickup!": "place",
        "pickup.lat!": "lat",
        "pickup.lng!": "lng",
        "pickup.text?": "text",
        "dropoff?": "place",
        "dropoff.lat!": "lat",
        "dropoff.lng!": "lng",
        expires_in_s: "seconds",
        "scheduled_for?": "future",
      },
    },
    {
      call: "POST orchestrator/find-drivers",
      body: { passenger_trip_id: passenger.id },
      fields: {
        "passenger_trip_id!": "id",
        radius_m: "metres",
        limit: "few",
        strategy: "strategy",
      },
    },
    {
      call: "POST orchestrator/find-passengers",
      body: { driver_trip_id: driver.id },
      fields: { "driver_trip_id!": "id", radius_m: "metres", limit: "few", strategy: "strategy" },
    },
    {
      call: "POST orchestrator/accept-match",
      body: { passenger_trip_id: passenger.id, driver_trip_id: driver.id },
      fields: {
        "passenger_trip_id!": "id",
        "driver_trip_id!": "id",
        initiated_by: "side",
        respond_within_s: "seconds",
      },
    },
    { call: `DELETE orchestrator/trips/${driver.id}`, body: {}, fields: { reason: "text" } },
    ...["accept", "decline"].map((action) => ({
      call: `POST orchestrator/matches/${pending}/${action}`,
      body: {},
      fields: { as: "side" } as const,
    })),
    {
      call: `POST orchestrator/matches/${arrived}/start`,
      body: { pin: "0000" },
      fields: { "pin!": "pin", as: "side" },
    },
    {
      call: `POST orchestrator/matches/${pending}/cancel`,
      body: { reason: "No", as: "driver" },
      fields: { "reason!": "text", as: "side", keep_searching: "flag" },
    },
    {
      call: `POST orchestrator/matches/${completed}/rate`,
      body: { rating: 5, as: "driver" },
      fields: { "rating!": "stars", as: "side", comment: "text" },
    },
    {
      call: "POST matching/find-nearby",
      body: { ...place, vehicle_type: "moto" },
      fields: {
        "lat!": "lat",
        "lng!": "lng",
        "vehicle_type!": "vehicle",
        role: "side",
        radius_m: "metres",
        limit: "few",
        exclude_user_ids: "ids",
      },
    },
    {
      call: "POST ranking/rank-drivers",
      body: { drivers: [{ rating: 4 }] },
      fields: {
        "drivers!": "list",
        strategy: "strategy",
        limit: "few",
        "drivers.0.rating?": "rating",
        "drivers.0.acceptance_rate?": "share",
        "drivers.0.distance_m?": "metres",
        "drivers.0.position_age_s?": "age",
      },
    },
    {
      call: "POST tracking/update-location",
      body: { trip_id: driver.id, ...place },
      fields: {
        "trip_id!": "id",
        "lat!": "lat",
        "lng!": "lng",
        recorded_at: "when",
        "accuracy_m?": "metres",
        "heading?": "metres",
        "speed_mps?": "metres",
      },
    },
    {
      call: "POST tracking/update-locations",
      body: { locations: [{ trip_id: driver.id, ...place }] },
      fields: {
        "locations!": "list",
        "locations.0.trip_id!": "id",
        "locations.0.lat!": "lat",
        "locations.0.lng!": "lng",
      },
    },
  ];
}

function codeFor(path: string): ErrorCode {
  if (/(^|\.)(lat|lng)$/.test(path)) return "INVALID_LOCATION";
  return path === "vehicle_type" ? "INVALID_VEHICLE_TYPE" : "VALIDATION_ERROR";
}

/** A copy of a body with another value at a path; undefined takes the field away. */
function withValue(body: Record<string, unknown>, path: string, value: unknown): unknown {
  const copy: unknown = structuredClone(body);
  const names = path.split(".");
  const last = names.pop() ?? "";
  let at = copy;
  for (const name of names) at = Reflect.get(Object(at), name);
  if (value === undefined) Reflect.deleteProperty(Object(at), last);
  else Reflect.set(Object(at), last, value);
  return copy;
}
