import assert from "node:assert/strict";

const FOLDER = new URL("../../../web/operator/", import.meta.url);

async function read(name: string): Promise<string> {
  return await Deno.readTextFile(new URL(name, FOLDER));
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
  for await (const { name, isFile } of Deno.readDir(FOLDER)) {
    if (!isFile) continue;
    const text = await read(name);
    const addresses = [...text.matchAll(/\b(?:https?|wss?):\/\/[^\s"'`<>]+/g)].map(([one]) => one);
    const allowed = /w3\.org\/2000\/svg|tiles\.example|<project>|\/\/127\.0\.0\.1:\*|:\/\/$/;
    assert.deepEqual(addresses.filter((address) => !allowed.test(address)), [], name);
    assert.doesNotMatch(
      text,
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/,
      name,
    );
  }
});
