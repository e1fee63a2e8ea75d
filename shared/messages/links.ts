import type { Point } from "../geo/mod.ts";
import type { Scene } from "./scene.ts";

/** The page of a trip. Its secret is in the fragment, which no browser sends to a server. */
export function tripPage(linkToken: string, { tripPageUrl }: Scene): string {
  return `${tripPageUrl}#${encodeURIComponent(linkToken)}`;
}

/** Opens the way to a place in the phone's map. */
export function mapLink({ lat, lng }: Point): string {
  return `https://www.google.com/maps/dir/?api=1&destination=${lat},${lng}`;
}
