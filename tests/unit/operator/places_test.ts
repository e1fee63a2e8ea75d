import assert from "node:assert/strict";
import { firstZooms } from "../../../web/operator/map-places.js";

const place = (
  name: string,
  lng: number,
): { name: string; lat: number; lng: number; weight: number } => ({
  name,
  lat: -1.95,
  lng,
  weight: 1,
});

Deno.test("firstZooms() names a place as soon as there is room beside those that matter more", () => {
  const [market, stand, far] = [
    place("The market", 30.06),
    place("The stand", 30.062),
    place("Far away", 31),
  ];
  const from = firstZooms([market, stand, far]);
  assert.equal(from.get(market), 10);
  assert.equal(from.get(far), 10);
  assert.ok((from.get(stand) ?? 0) > 12, `${from.get(stand)}`);
});

Deno.test("firstZooms() leaves out what never has room", () => {
  const [a, b] = [place("One", 30.06), place("Another", 30.06)];
  assert.equal(firstZooms([a, b]).get(b), undefined);
});
