import assert from "node:assert/strict";
import { simulatorPage } from "../../../scripts/stack/simulator-page.ts";

const ORIGIN = "http://127.0.0.1:54321";

Deno.test("simulatorPage() serves its files with a strict policy, and nothing from outside its folder", async () => {
  const root = await Deno.makeTempDir();
  try {
    const folder = `${root}/page`;
    await Deno.mkdir(`${folder}/map`, { recursive: true });
    await Deno.writeTextFile(`${folder}/index.html`, "<!doctype html>");
    await Deno.writeTextFile(`${folder}/map/view.js`, "export {};");
    await Deno.writeTextFile(`${root}/secret.js`, "no");
    const index = await get(folder, "/simulator/");
    assert.deepEqual([index.status, await index.text()], [200, "<!doctype html>"]);
    assert.match(index.headers.get("content-security-policy") ?? "", /default-src 'none'/);
    assert.equal(index.headers.get("access-control-allow-origin"), null);
    const script = await get(folder, "/simulator/map/view.js");
    assert.equal(script.headers.get("content-type"), "text/javascript; charset=utf-8");
    await script.body?.cancel();
    const moved = await get(folder, "/simulator");
    assert.equal(moved.headers.get("location"), "/simulator/");
    for (const path of ["..%2fsecret.js", "%2e%2e/secret.js", "x.js", "map", "map/view.ts"]) {
      assert.equal((await get(folder, `/simulator/${path}`)).status, 404, path);
    }
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("simulatorPage() passes api/ on to the stand-in, body and all", async () => {
  const request = new Request(`${ORIGIN}/simulator/api/phone?a=1`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  const response = await simulatorPage(request, { folder: "/nowhere", control: echo });
  assert.equal(await response.text(), "POST /standin/phone?a=1 application/json {}");
});

Deno.test("simulatorPage() answers only to the names of this machine", async () => {
  for (const host of ["evil.example", "10.0.0.1", "127.0.0.1.evil.example"]) {
    const request = new Request(`http://${host}/simulator/api/people`);
    const response = await simulatorPage(request, { folder: "/nowhere", control: echo });
    assert.equal(response.status, 403, host);
  }
});

function get(folder: string, path: string): Promise<Response> {
  return simulatorPage(new Request(ORIGIN + path), { folder, control: echo });
}

async function echo(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const type = request.headers.get("content-type");
  return new Response(`${request.method} ${pathname}${search} ${type} ${await request.text()}`);
}
