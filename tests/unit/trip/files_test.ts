import assert from "node:assert/strict";
import { dirname, relative, resolve } from "node:path/posix";

const FOLDER = new URL("../../../web/trip/", import.meta.url);
const PAGE = FOLDER.pathname;

Deno.test("index.html preloads every module that main.js needs at once, and no other", async () => {
  const page = await Deno.readTextFile(new URL("index.html", FOLDER));
  const preloaded = [...page.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map(([, href]) =>
    href
  );
  const needed = await modulesOf("main.js", new Set());
  needed.delete("main.js");
  assert.deepEqual(preloaded, [...needed].sort());
});

Deno.test("every word and symbol that index.html names exists", async () => {
  const page = await Deno.readTextFile(new URL("index.html", FOLDER));
  const { words } = await import("../../../web/trip/words/en.js");
  for (const [, key = ""] of page.matchAll(/data-word="([^"]+)"/g)) {
    assert.ok(Object.hasOwn(words, key), key);
  }
  for (const [, id = ""] of page.matchAll(/href="#([^"]+)"/g)) {
    assert.ok(page.includes(`id="${id}"`), id);
  }
});

Deno.test("the trip page asks nobody but its own host, the API and the tiles", async () => {
  for (const folder of [FOLDER, new URL("../shared/", FOLDER)]) {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (!isFile) continue;
      const text = await Deno.readTextFile(new URL(name, folder));
      const addresses = [...text.matchAll(/https?:\/\/[^\s"'`<>]+/g)].map(([address]) => address);
      const allowed = /w3\.org\/2000\/svg|google\.com\/maps\/dir\/|tiles\.example/;
      assert.deepEqual(addresses.filter((address) => !allowed.test(address)), [], name);
    }
  }
});

async function modulesOf(path: string, found: Set<string>): Promise<Set<string>> {
  if (found.has(path)) return found;
  found.add(path);
  const text = await Deno.readTextFile(new URL(path, FOLDER));
  for (const [, to = ""] of text.matchAll(/^(?:import|export) [^;]*?from "([^"]+)";/gms)) {
    await modulesOf(relative(PAGE, resolve(PAGE, dirname(path), to)), found);
  }
  return found;
}
