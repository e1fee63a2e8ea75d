import assert from "node:assert/strict";
import { LEAFLET_FOLDER, leafletFiles } from "../../../scripts/vendor-leaflet.ts";

for (const [name, text] of Object.entries(leafletFiles)) {
  Deno.test(`web/vendor/leaflet/${name} is what the package of deno.json has`, async () => {
    const copy = await Deno.readTextFile(new URL(name, LEAFLET_FOLDER));
    assert.ok(copy === text, "It differs: deno run -A scripts/vendor-leaflet.ts");
  });
}
