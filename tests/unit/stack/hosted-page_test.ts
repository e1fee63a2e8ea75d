import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { hostedPage } from "../../../scripts/stack/hosted-page.ts";

const ORIGIN = "http://127.0.0.1:54321";
const WEB = fileURLToPath(new URL("../../../web", import.meta.url));

Deno.test("hostedPage() serves the trip page and what it loads, and nothing else of the folder", async () => {
  for (
    const path of [
      "/trip/",
      "/trip/main.js",
      "/trip/words/rw.js",
      "/shared/icon.js",
      "/vendor/leaflet/leaflet.css",
    ]
  ) {
    const answer = await get(path);
    assert.equal(answer?.status, 200, path);
    assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
    await answer.body?.cancel();
  }
  for (
    const path of [
      "/trip/x.js",
      "/trip/..%2fsimulator/main.js",
      "/vendor/",
      "/vendor/leaflet/LICENSE",
    ]
  ) {
    const answer = await get(path);
    assert.equal(answer?.status, 404, path);
    await answer.body?.cancel();
  }
  for (const path of ["/", "/simulator/", "/tripod", "/functions/v1/tracking/health"]) {
    assert.equal(await get(path), undefined, path);
  }
});

Deno.test("hostedPage() sends /trip to /trip/, so that the page finds its files", async () => {
  const answer = await get("/trip");
  assert.equal(answer?.status, 308);
  // Without a fragment of its own: the browser keeps the one with the link's token.
  assert.equal(answer.headers.get("location"), "/trip/");
});

Deno.test("hostedPage() packs what it sends, for those who can unpack it", async () => {
  const request = new Request(`${ORIGIN}/vendor/leaflet/leaflet.js`, {
    headers: { "accept-encoding": "gzip, br" },
  });
  const answer = await hostedPage(request, WEB);
  assert.equal(answer?.headers.get("content-encoding"), "gzip");
  const packed = (await answer.bytes()).length;
  const plain = (await (await get("/vendor/leaflet/leaflet.js"))?.bytes())?.length ?? 0;
  assert.ok(packed < plain / 3, `${packed} of ${plain} bytes`);
});

function get(path: string): Promise<Response | undefined> {
  return hostedPage(new Request(ORIGIN + path), WEB);
}
