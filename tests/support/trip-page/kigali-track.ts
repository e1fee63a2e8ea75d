/** One fix of a phone on a moto. */
export interface Fix {
  readonly lat: number;
  readonly lng: number;
  readonly heading: number;
  readonly speed_mps: number;
  readonly accuracy_m: number;
}

interface Point {
  readonly lat: number;
  readonly lng: number;
}

/** Where the passenger of the track waits, and goes. */
export const cityTower = { lat: -1.9441, lng: 30.0619, text: "Kigali City Tower" };
export const airport = { lat: -1.9632, lng: 30.135, text: "Kigali International Airport" };

/** From Kimihurura past the Convention Centre and Sopetrad to town. */
const STREETS: readonly Point[] = [
  { lat: -1.9535, lng: 30.0862 },
  { lat: -1.9545, lng: 30.0835 },
  { lat: -1.9552, lng: 30.0805 },
  { lat: -1.9548, lng: 30.0772 },
  { lat: -1.9541, lng: 30.0741 },
  { lat: -1.954, lng: 30.0712 },
  { lat: -1.953, lng: 30.069 },
  { lat: -1.9512, lng: 30.0668 },
  { lat: -1.949, lng: 30.065 },
  { lat: -1.9468, lng: 30.0636 },
  { lat: -1.9449, lng: 30.0624 },
  { lat: -1.9443, lng: 30.062 },
];
/** Fixes at red lights: the phone stands still, its position does not quite. */
const STOPS = new Set([17, 18, 19, 20, 41, 42, 43]);
const METRES_PER_DEGREE = 111_195;
const NOISE_M = 4;

/** A way through Kigali as a phone sees it: some 60 fixes, with noise and stops, ending at the City Tower. */
export function kigaliTrack(fixes = 60): Fix[] {
  const random = seeded(7);
  const moving = fixes - STOPS.size - 1;
  const track: Fix[] = [];
  let driven = 0;
  for (let index = 0; index < fixes; index++) {
    const isStopped = STOPS.has(index);
    if (index > 0 && !isStopped) driven++;
    const share = Math.min(1, driven / moving);
    const { at, heading } = along(share);
    const noise = (): number => (random() + random() - 1) * NOISE_M / METRES_PER_DEGREE;
    track.push({
      lat: at.lat + noise(),
      lng: at.lng + noise(),
      heading,
      speed_mps: isStopped ? 0 : 7 + random() * 4,
      accuracy_m: 4 + random() * 8,
    });
  }
  return track;
}

/** The point and the direction at a share of the way. */
function along(share: number): { at: Point; heading: number } {
  const legs = STREETS.slice(1).map((to, index) => ({ from: STREETS[index] ?? to, to }));
  const lengths = legs.map(({ from, to }) => Math.hypot(to.lat - from.lat, to.lng - from.lng));
  let left = share * lengths.reduce((sum, length) => sum + length, 0);
  for (const [index, { from, to }] of legs.entries()) {
    const length = lengths[index] ?? 0;
    if (left > length && index < legs.length - 1) {
      left -= length;
      continue;
    }
    const part = Math.min(1, left / length);
    const [north, east] = [to.lat - from.lat, to.lng - from.lng];
    return {
      at: { lat: from.lat + north * part, lng: from.lng + east * part },
      heading: (Math.atan2(east, north) * 180 / Math.PI + 360) % 360,
    };
  }
  throw new Error("The track has no streets");
}

/** The same noise each time: mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = state + 0x6D2B79F5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, 1 | state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 4_294_967_296;
  };
}
