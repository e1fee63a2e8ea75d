import assert from "node:assert/strict";
import { duration } from "../../../web/operator/ages.js";
import { describeEntry, distanceText, fareText, problemText } from "../../../web/operator/words.js";

const at = "2026-11-23T03:00:00Z";
const title = (entry: Parameters<typeof describeEntry>[0]): string => describeEntry(entry).title;

Deno.test("duration() is short, and never negative", () => {
  const said = [-5, 0, 59, 60, 3599, 3600, 3900, 172_800].map(duration);
  assert.deepEqual(said, ["0 s", "0 s", "59 s", "1 min", "59 min", "1 h 00", "1 h 05", "2 days"]);
});

Deno.test("distanceText() and fareText() say what people say", () => {
  assert.deepEqual([4, 846, 994, 995, 9949, 12_345].map(distanceText), [
    "0 m",
    "850 m",
    "990 m",
    "1.0 km",
    "9.9 km",
    "12 km",
  ]);
  assert.equal(fareText({ fare_amount: 12_500, currency: "RWF" }), "12,500 RWF");
  assert.equal(fareText({ fare_amount: null, currency: null }), null);
});

Deno.test("describeEntry() tells who did it: a side, or operations", () => {
  const cancelled = { at, kind: "match", driver_name: "Jean", from_status: "accepted" } as const;
  assert.equal(
    title({ ...cancelled, status: "cancelled_driver", actor: "driver" }),
    "Jean: cancelled by the driver",
  );
  assert.equal(
    title({ ...cancelled, status: "cancelled_driver", actor: "system" }),
    "Jean: cancelled by operations",
  );
  assert.equal(
    describeEntry({ ...cancelled, status: "cancelled_driver", actor: "system" }).detail,
    "was on the way",
  );
  assert.equal(
    title({ at, kind: "operator", action: "redispatch", name: "Claire" }),
    "Claire sent for another driver",
  );
});

Deno.test("describeEntry() tells how a search went, what was said, and what was felt", () => {
  assert.equal(
    title({ at, kind: "dispatch", status: "exhausted", offered: 7 }),
    "Search ended: nobody of 7 wanted it",
  );
  const dead = {
    at,
    kind: "message",
    message: "ride_accepted",
    to: "passenger",
    status: "dead",
  } as const;
  assert.deepEqual(describeEntry({ ...dead, error_code: 131026 }), {
    title: "To the passenger: ride accepted",
    detail: "dead, error 131026",
    tone: "sos",
  });
  assert.equal(
    title({ at, kind: "rating", by: "passenger", rating: 4 }),
    "The passenger gave ★★★★",
  );
});

Deno.test("problemText() has words for what nobody thought of", () => {
  assert.equal(problemText("NEVER_HEARD_OF"), "It did not work (NEVER_HEARD_OF).");
});
