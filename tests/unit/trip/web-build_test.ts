import assert from "node:assert/strict";
import { buildPages, type WebBuildOptions } from "../../../scripts/web-build.ts";

const PROJECT = "https://abc.supabase.co";
const TILES = "https://{s}.tiles.example/{z}/{x}/{y}.png";

Deno.test("buildPages() writes the pages for one project, with a policy for it and its tiles alone", async () => {
  const { folder, remove } = await build({ publishableKey: "sb_publishable_x", tileUrl: TILES });
  try {
    const config = await read(`${folder}/trip/config.js`);
    assert.match(config, /"apiUrl": "https:\/\/abc\.supabase\.co\/functions\/v1"/);
    assert.match(
      await read(`${folder}/operator/config.js`),
      /"publishableKey": "sb_publishable_x"/,
    );
    for (const page of ["trip", "operator"]) {
      const html = await read(`${folder}/${page}/index.html`);
      assert.match(html, /connect-src https:\/\/abc\.supabase\.co wss:\/\/abc\.supabase\.co;/);
      assert.match(html, /img-src 'self' data: https:\/\/\*\.tiles\.example;/);
      assert.equal(html.includes("127.0.0.1"), false);
    }
    assert.match(await read(`${folder}/_headers`), /frame-ancestors 'none'/);
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assert.deepEqual(names, [".nojekyll", "_headers", "operator", "shared", "trip", "vendor"]);
    await read(`${folder}/vendor/leaflet/LICENSE`);
    await read(`${folder}/trip/words/rw.js`);
  } finally {
    await remove();
  }
});

Deno.test("buildPages() builds anew over what it built, and removes nothing else", async () => {
  const { folder, remove } = await build({ pages: ["trip"] });
  try {
    await Deno.writeTextFile(`${folder}/trip/old.js`, "");
    await buildPages({ url: PROJECT, pages: ["trip"], out: folder });
    await assert.rejects(() => read(`${folder}/trip/old.js`), Deno.errors.NotFound);
    await Deno.mkdir(`${folder}/mine/trip`, { recursive: true });
    await assert.rejects(
      () => buildPages({ url: PROJECT, pages: ["trip"], out: `${folder}/mine` }),
      /something else in it/,
    );
    await Deno.stat(`${folder}/mine/trip`);
  } finally {
    await remove();
  }
});

Deno.test("buildPages() refuses what no browser or host could use, before it writes anything", async () => {
  const refused: [Partial<WebBuildOptions>, RegExp][] = [
    [{ url: "http://abc.supabase.co" }, /must begin with https/],
    [{ url: "abc" }, /not a project's URL/],
    [{ url: `${PROJECT}/functions/v1` }, /not a project's URL/],
    [{ tileUrl: "https://tiles.example/{z}/{x}.png" }, /--tile-url/],
    [{ tileUrl: "https://tiles.example; script-src */{z}/{x}/{y}" }, /--tile-url/],
    [{ pages: ["operator"] }, /needs a publishableKey/],
    [{ pages: ["simulator"] }, /no page "simulator"/],
  ];
  for (const [options, message] of refused) {
    await assert.rejects(() => build(options), message);
  }
});

async function build(
  options: Partial<WebBuildOptions>,
): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await Deno.makeTempDir();
  const remove = (): Promise<void> => Deno.remove(folder, { recursive: true });
  try {
    await buildPages({ url: PROJECT, pages: ["trip", "operator"], ...options, out: folder });
  } catch (error) {
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    await remove();
    throw error;
  }
  return { folder, remove };
}

function read(path: string): Promise<string> {
  return Deno.readTextFile(path);
}
