import assert from "node:assert/strict";
import { selectV1 } from "../../../scripts/backup/v1-definitions.ts";

const V1 = [
  "215; 1259 16390 TABLE public rides_trips postgres",
  "3365; 0 0 ACL public TABLE rides_trips postgres",
  "3364; 0 0 COMMENT public COLUMN rides_trips.status postgres",
  "3210; 2606 16397 CONSTRAINT public rides_trips rides_trips_pkey postgres",
  "3212; 2620 16400 TRIGGER public rides_trips v1_touch postgres",
  "220; 1255 16399 FUNCTION public v1_touch() postgres",
];
const OTHER = [
  "; Archive created at 2026-11-23",
  "214; 1259 16380 TABLE mobility trips postgres",
  "3213; 2620 16401 TRIGGER public rides_trips mobility_note postgres",
  "221; 1255 16402 FUNCTION public accept_match(uuid, uuid) postgres",
  "3366; 0 0 ACL public FUNCTION accept_match(p_trip uuid) postgres",
  "3358; 0 16390 TABLE DATA public rides_trips postgres",
  "5; 2615 2200 SCHEMA - public postgres",
];

Deno.test("selectV1() keeps what makes V1's tables, not V2's functions, the bridge or the rows", () => {
  const list = [...OTHER.slice(0, 3), ...V1, ...OTHER.slice(3)].join("\n");
  const own = new Set(["accept_match"]);
  const bridge = new Set(["rides_trips mobility_note"]);
  assert.equal(selectV1(list, { own, bridge }), V1.join("\n") + "\n");
});
