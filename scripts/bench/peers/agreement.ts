import { distanceM, type Point } from "../../../shared/geo/mod.ts";
import type { Contestant, Place } from "./contestants.ts";

/** How far a contestant's drivers are those of the first one. */
export interface Agreement {
  /** Share of the places where it found the same drivers. */
  readonly same: number;
  /** How much farther its farthest driver ever was, in metres. */
  readonly worstM: number;
}

/**
 * Asks two for the nearest drivers of the same places. Servers round positions in their own ways, so drivers who
 * are as far as each other may change places: what counts then is how far the last of them is.
 */
export async function agree(
  [first, second]: readonly [Contestant, Contestant],
  { pickups, places }: { readonly pickups: readonly Point[]; readonly places: readonly Place[] },
): Promise<Agreement> {
  const byId = new Map(places.map((place) => [place.trip_id, place]));
  const farthest = (ids: readonly string[], at: Point): number =>
    Math.max(
      0,
      ...ids.map((id) => {
        const place = byId.get(id);
        if (place === undefined) throw new Error(`${second.name} found "${id}", who is nobody`);
        return distanceM(at, place);
      }),
    );
  let same = 0;
  let worstM = 0;
  for (const at of pickups) {
    const [one, other] = [await first.nearest(at), await second.nearest(at)];
    if (one.length !== other.length) {
      throw new Error(`${first.name} found ${one.length} drivers, ${second.name} ${other.length}`);
    }
    if (one.toSorted().join() === other.toSorted().join()) same++;
    worstM = Math.max(worstM, Math.abs(farthest(other, at) - farthest(one, at)));
  }
  return { same: same / pickups.length, worstM };
}
