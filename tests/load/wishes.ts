import { SharedArray } from "k6/data";
import exec from "k6/execution";
import { settings } from "./settings.ts";

interface Point {
  readonly lat: number;
  readonly lng: number;
}

/** From where to where somebody wants to go. */
export interface Way {
  readonly pickup: Point;
  readonly dropoff: Point;
}

const ways = new SharedArray<Way>("ways", () => JSON.parse(open(settings.waysFile)) as Way[]);

/**
 * What the next person wants, as the simulator's Kigali has it. Scenarios that run together begin at different shares
 * of the list, so that nobody asks where somebody of another has just asked.
 */
export function nextWay({ from }: { readonly from: number }): Way {
  const index = exec.scenario.iterationInTest + Math.floor(from * ways.length);
  const way = ways[index % ways.length];
  if (way === undefined) throw new Error("Cannot find a way: the file has none");
  return way;
}
