import assert from "node:assert/strict";
import { buildPages } from "../../../scripts/web-build.ts";

const FOLDER = new URL("../../../web/operator/", import.meta.url);

async function read(name: string, folder: URL = FOLDER): Promise<string> {
  return await Deno.readTextFile(new URL(name, folder));
}

Deno.test("index.html names stylesheets and symbols that exist, and modules name ids that do", async () => {
  const page = await read("index.html");
  for (const [, href = ""] of page.matchAll(/rel="stylesheet" href="([^"]+)"/g)) await read(href);
  for (const [, id = ""] of page.matchAll(/href="#([^"]+)"/g)) {
    assert.ok(page.includes(`id="${id}"`), id);
  }
  for await (const { name } of Deno.readDir(FOLDER)) {
    if (!name.endsWith(".js")) continue;
    for (const [, id = ""] of (await read(name)).matchAll(/byId\("([^"]+)"\)/g)) {
      // The panel's title comes and goes.
      assert.ok(page.includes(`id="${id}"`) || id === "panel-title", `${name}: #${id}`);
    }
  }
});

Deno.test("the operator's page asks nobody but its own host, and reads nothing as markup", async () => {
  for (const folder of [FOLDER, new URL("../shared/", FOLDER)]) {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (!isFile) continue;
      const text = await read(name, folder);
      const addresses = [...text.matchAll(/\b(?:https?|wss?):\/\/[^\s"'`<>]+/g)]
        .map(([one]) => one);
      const allowed = /w3\.org\/2000\/svg|tiles\.example|<project>|\/\/127\.0\.0\.1:\*|:\/\/$/;
      assert.deepEqual(addresses.filter((address) => !allowed.test(address)), [], name);
      assert.doesNotMatch(
        text,
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/,
        name,
      );
    }
  }
});

Deno.test("the operator's page has all its modules when it is built alone", async () => {
  const out = await Deno.makeTempDir();
  try {
    const options = { url: "https://abc.supabase.co", publishableKey: "sb_publishable_x" };
    await buildPages({ ...options, pages: ["operator"], out });
    const seen = new Set<string>();
    const visit = async (path: string): Promise<void> => {
      if (seen.has(path)) return;
      seen.add(path);
      const text = await Deno.readTextFile(path);
      for (const [, to = ""] of text.matchAll(/^(?:import|export) [^;]*?from "([^"]+)";/gms)) {
        await visit(new URL(to, `file://${path}`).pathname);
      }
    };
    await visit(`${out}/operator/main.js`);
    assert.ok(seen.has(`${out}/shared/realtime.js`) && seen.size > 30, `${seen.size} modules`);
    await assert.rejects(Deno.stat(`${out}/trip`), Deno.errors.NotFound);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});
