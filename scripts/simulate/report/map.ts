import * as Plot from "@observablehq/plot";
import type { Results } from "../results.ts";
import { quantile } from "../statistics.ts";
import { COLOURS, draw } from "./draw.ts";

const MAP_WIDTH = 760;
/** More dots than that would be a blot, and a heavy page. */
const MOST_DOTS = 2500;
/** Names that overlap are read by nobody: none nearer to another than such a part of the map. */
const NAMES = 12;
const BETWEEN_NAMES = { across: 0.2, down: 0.045 };

/** The city: where rides were asked for, where in vain, and where drivers waited. */
export function cityMap({ requests, idle_places, places }: Results): string {
  const served = requests.filter((row) => row.matches > 0).map((row) => row.pickup);
  const unserved = requests.filter((row) => row.matches === 0).map((row) => row.pickup);
  const { west, east, south, north } = frameOf([...served, ...unserved]);
  const corners = [[west, south], [east, south], [east, north], [west, north]];
  const middle = (north + south) / 2;
  const shape = (east - west) * Math.cos(middle * Math.PI / 180) / (north - south);
  const named = placesToName(places, { west, east, south, north });
  const at = { x: "lng", y: "lat", clip: true } as const;
  const km = scaleBar({ west, east, middle });
  return draw("Map of pickups, requests that nobody served, and places where drivers waited", {
    width: MAP_WIDTH,
    height: Math.round(Math.min(900, Math.max(380, MAP_WIDTH / shape))),
    marginLeft: 4,
    marginRight: 4,
    marginTop: 4,
    marginBottom: 4,
    projection: { type: "mercator", domain: { type: "MultiPoint", coordinates: corners } },
    r: { range: [0.5, 7] },
    marks: [
      Plot.frame({ stroke: COLOURS.text, strokeOpacity: 0.3 }),
      Plot.dot(thinned(idle_places), {
        ...at,
        r: "minutes",
        symbol: "square",
        fill: COLOURS.fair,
        fillOpacity: 0.45,
      }),
      Plot.dot(thinned(served), { ...at, r: 2.4, fill: COLOURS.good, fillOpacity: 0.6 }),
      Plot.dot(thinned(unserved), {
        ...at,
        r: 3.4,
        symbol: "times",
        stroke: COLOURS.bad,
        strokeWidth: 1.6,
      }),
      Plot.text(named, {
        x: "lng",
        y: "lat",
        text: "name",
        dy: -9,
        fill: "currentColor",
        stroke: "var(--card)",
        strokeWidth: 3,
        fontSize: 13,
      }),
      Plot.link([km], {
        x1: "from",
        x2: "to",
        y1: south + (north - south) * 0.03,
        y2: south + (north - south) * 0.03,
        stroke: "currentColor",
        strokeWidth: 2,
      }),
      Plot.text([km], {
        x: "from",
        y: south + (north - south) * 0.03,
        text: "label",
        textAnchor: "start",
        dy: -8,
      }),
    ],
  });
}

interface Frame {
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
}

/** Where 98 of 100 are, each way, and a little around them. */
function frameOf(points: readonly { lat: number; lng: number }[]): Frame {
  const lats = points.map(({ lat }) => lat).sort((a, b) => a - b);
  const lngs = points.map(({ lng }) => lng).sort((a, b) => a - b);
  const spread = (sorted: readonly number[]): [number, number] => {
    const [low, high] = [quantile(sorted, 0.01), quantile(sorted, 0.99)];
    const more = Math.max(0.003, (high - low) * 0.05);
    return [low - more, high + more];
  };
  const [south, north] = spread(lats);
  const [west, east] = spread(lngs);
  return { west, east, south, north };
}

/** Places within a frame that leave one another room, those first that come first. */
function placesToName(
  places: Results["places"],
  { west, east, south, north }: Frame,
): Results["places"] {
  const named: Results["places"] = [];
  for (const place of places) {
    const isWithin = place.lat > south && place.lat < north && place.lng > west && place.lng < east;
    const isFree = named.every(({ lat, lng }) =>
      Math.abs(lng - place.lng) > BETWEEN_NAMES.across * (east - west) ||
      Math.abs(lat - place.lat) > BETWEEN_NAMES.down * (north - south)
    );
    if (isWithin && isFree && named.length < NAMES) named.push(place);
  }
  return named;
}

function scaleBar(
  { west, east, middle }: { west: number; east: number; middle: number },
): { from: number; to: number; label: string } {
  const kmPerDegree = 111.2 * Math.cos(middle * Math.PI / 180);
  const width = (east - west) * kmPerDegree;
  const km = [1, 2, 5, 10, 20, 50].findLast((size) => size < width / 4) ?? 1;
  const from = west + (east - west) * 0.03;
  return { from, to: from + km / kmPerDegree, label: `${km} km` };
}

function thinned<T>(items: readonly T[]): T[] {
  const every = Math.max(1, Math.ceil(items.length / MOST_DOTS));
  return items.filter((_, index) => index % every === 0);
}
