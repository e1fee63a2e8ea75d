// @ts-check
import { distance } from "./geography.js";

/** @typedef {import("./types.js").Place} Place */

const FAR_M = 6_000;

/**
 * Pairs of neighbours: no third place lies in the circle between the two. They look like streets, and are
 * none.
 * @param {readonly Place[]} places
 * @returns {[Place, Place][]}
 */
export function neighbours(places) {
  return places.flatMap((a, index) =>
    places.slice(index + 1).flatMap((b) => {
      const apart = distance(a, b);
      if (apart > FAR_M) return [];
      const middle = { lat: (a.lat + b.lat) / 2, lng: (a.lng + b.lng) / 2 };
      const isParted = places.some((place) =>
        place !== a && place !== b && distance(place, middle) < apart / 2
      );
      return isParted ? [] : [/** @type {[Place, Place]} */ ([a, b])];
    })
  );
}
