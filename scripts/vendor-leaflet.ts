import script from "leaflet/dist/leaflet.js" with { type: "text" };
import styles from "leaflet/dist/leaflet.css" with { type: "text" };
import license from "leaflet/LICENSE" with { type: "text" };
import { report } from "./print.ts";

/** Where the pages find Leaflet. */
export const LEAFLET_FOLDER = new URL("../web/vendor/leaflet/", import.meta.url);

/** Leaflet's files by name, as the package of deno.json's version has them. */
export const leafletFiles: Readonly<Record<string, string>> = {
  "leaflet.js": script,
  "leaflet.css": styles,
  LICENSE: license,
};

/** Copies what the pages need of Leaflet out of its package: they are served as they are, without a build. */
async function main(): Promise<void> {
  await Deno.mkdir(LEAFLET_FOLDER, { recursive: true });
  for (const [name, text] of Object.entries(leafletFiles)) {
    await Deno.writeTextFile(new URL(name, LEAFLET_FOLDER), text);
    report(`wrote ${name}: ${text.length} characters`);
  }
}

if (import.meta.main) await main();
