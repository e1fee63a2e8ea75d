import assert from "node:assert/strict";
import { findClientPrograms } from "../../../scripts/backup/client-programs.ts";

/** A folder with programs that say to be of a version. */
async function fake(
  folder: string,
  version: string,
  names: readonly string[] = ["pg_dump", "pg_restore", "psql"],
): Promise<string> {
  const path = `${folder}/${version}`;
  await Deno.mkdir(path);
  for (const name of names) {
    await Deno.writeTextFile(
      `${path}/${name}`,
      `#!/bin/sh\necho "${name} (PostgreSQL) ${version}"\n`,
    );
    await Deno.chmod(`${path}/${name}`, 0o755);
  }
  return path;
}

Deno.test("findClientPrograms() takes the oldest that is new enough, and all three of one version", async () => {
  const folder = await Deno.makeTempDir({ prefix: "mobility-programs-" });
  try {
    const folders = [
      await fake(folder, "18beta1"),
      await fake(folder, "15.4"),
      await fake(folder, "16.2", ["pg_dump"]),
      await fake(folder, "17.6"),
      `${folder}/none`,
    ];
    const found = async (major: number): Promise<string> =>
      (await findClientPrograms(major, { folders })).version;
    assert.equal(await found(15), "15.4");
    assert.equal(await found(16), "17.6");
    assert.equal(await found(18), "18beta1");
    await assert.rejects(
      found(19),
      /newest pg_dump on this machine is 18\. Run: .*postgresql-client-19/,
    );
    const none = findClientPrograms(15, { folders: [] });
    await assert.rejects(none, /there is no pg_dump on this machine/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
