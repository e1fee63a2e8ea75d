import assert from "node:assert/strict";
import { backUp, restore } from "../../../scripts/backup/mod.ts";
import { DATA_FILE, MANIFEST_FILE, SUMS_FILE } from "../../../scripts/backup/manifest.ts";
import { createDatabase, hasDatabase, type TestDatabase } from "../../support/database.ts";
import { openTrip } from "../support/rides.ts";
import { type BackupFolder, backUpInto, forgeSums, temporaryFolder } from "./support/backups.ts";
import { addAuth, everything } from "./support/city.ts";

function refusal(name: string, fn: (folder: BackupFolder) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !hasDatabase,
    fn: async () => {
      await using folder = await temporaryFolder();
      await fn(folder);
    },
  });
}

async function smallCity(): Promise<TestDatabase> {
  const database = await createDatabase();
  for (const role of ["driver", "passenger"] as const) await openTrip(database.sql, role);
  return database;
}

async function copy(from: string, to: string): Promise<string> {
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) {
    await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
  return to;
}

refusal("restore() refuses files that are cut off, changed or missing", async (folder) => {
  await using database = await smallCity();
  const whole = await backUpInto(folder, database);
  await using target = await createDatabase();
  const before = await everything(target.sql);
  const damages: readonly [string, RegExp, (path: string) => Promise<void>][] = [
    ["cut", /mobility\.dump is not what was written/, async (path) => {
      await Deno.truncate(`${path}/${DATA_FILE}`, 5000);
    }],
    ["flip", /mobility\.dump is not what was written/, async (path) => {
      const bytes = await Deno.readFile(`${path}/${DATA_FILE}`);
      const middle = Math.floor(bytes.length / 2);
      bytes[middle] = (bytes[middle] ?? 0) ^ 1;
      await Deno.writeFile(`${path}/${DATA_FILE}`, bytes);
    }],
    ["manifest", /manifest\.json is not what was written/, async (path) => {
      const text = await Deno.readTextFile(`${path}/${MANIFEST_FILE}`);
      await Deno.writeTextFile(
        `${path}/${MANIFEST_FILE}`,
        text.replace('"taken_at": "2', '"taken_at": "1'),
      );
    }],
    ["lost", /mobility\.dump is missing/, (path) => Deno.remove(`${path}/${DATA_FILE}`)],
    ["sums", /SHA256SUMS is missing/, (path) => Deno.remove(`${path}/${SUMS_FILE}`)],
    ["none", /SHA256SUMS is missing/, (path) => Deno.remove(path, { recursive: true })],
  ];
  for (const [name, message, damage] of damages) {
    const path = await copy(whole, `${folder.path}/${name}`);
    await damage(path);
    await assert.rejects(restore({ folder: path, databaseUrl: target.url }), message, name);
  }
  assert.deepEqual(await everything(target.sql), before);
  await restore({ folder: whole, databaseUrl: target.url });
});

refusal(
  "restore() undoes everything when a row is missing or other than the manifest says",
  async (folder) => {
    await using database = await smallCity();
    const whole = await backUpInto(folder, database);
    await database.sql`delete from mobility.trips where role = 'driver'`;
    const fewer = await backUpInto(folder, { url: database.url, name: "fewer" });
    await database.sql`update mobility.profiles set display_name = 'Mallory'`;
    const changed = await backUpInto(folder, { url: database.url, name: "changed" });
    await Deno.copyFile(`${whole}/${MANIFEST_FILE}`, `${fewer}/${MANIFEST_FILE}`);
    await Deno.copyFile(`${whole}/${MANIFEST_FILE}`, `${changed}/${MANIFEST_FILE}`);

    await using target = await createDatabase();
    const before = await everything(target.sql);
    const expected = [[fewer, /mobility\.trips: the backup has 2 rows.*restored were 1 rows/], [
      changed,
      /mobility\.profiles: the backup has 2 rows.*restored were 2 rows/,
    ]] as const;
    for (const [path, message] of expected) {
      await forgeSums(path);
      await assert.rejects(restore({ folder: path, databaseUrl: target.url }), message);
      assert.deepEqual(await everything(target.sql), before);
    }
  },
);

refusal(
  "restore() loads nothing when the archive ends early, whatever the sums say",
  async (folder) => {
    await using database = await smallCity();
    const cut = await backUpInto(folder, database);
    const { size } = await Deno.stat(`${cut}/${DATA_FILE}`);
    await Deno.truncate(`${cut}/${DATA_FILE}`, size - 300);
    await forgeSums(cut);
    await using target = await createDatabase();
    const before = await everything(target.sql);
    await assert.rejects(restore({ folder: cut, databaseUrl: target.url }));
    assert.deepEqual(await everything(target.sql), before);
  },
);

refusal("restore() replaces people only when it is told to, and asks first", async (folder) => {
  await using database = await smallCity();
  const backup = await backUpInto(folder, database);
  const before = await everything(database.sql);
  await openTrip(database.sql, "passenger");
  const options = { folder: backup, databaseUrl: database.url };
  await assert.rejects(restore(options), /has people in it .*3 in mobility\.profiles.*--replace/);
  let question = "";
  const no = (asked: string): boolean => {
    question = asked;
    return false;
  };
  await assert.rejects(restore({ ...options, replace: true, confirm: no }), /Nothing was changed/);
  assert.match(
    question,
    /What it has now is lost: 3 rows of mobility\.profiles, 3 rows of mobility\.trips/,
  );
  assert.notDeepEqual(await everything(database.sql), before);
  await restore({ ...options, replace: true, confirm: () => true });
  assert.deepEqual(await everything(database.sql), before);
});

refusal("restore() wants exactly the backup's migrations", async (folder) => {
  await using database = await smallCity();
  const backup = await backUpInto(folder, database);
  await using newer = await createDatabase();
  await newer.sql`insert into supabase_migrations.schema_migrations values ('29990101000000')`;
  const into = (url: string): Promise<unknown> => restore({ folder: backup, databaseUrl: url });
  await assert.rejects(
    into(newer.url),
    /has migrations that the backup has not \(29990101000000\)/,
  );

  await using hosted = await createDatabase({ empty: true });
  await hosted.sql`create schema auth`;
  await addAuth(hosted.sql);
  await assert.rejects(into(hosted.url), /lacks \d+ of the backup's migrations.*supabase db push/);

  await database.sql`insert into supabase_migrations.schema_migrations values ('29990101000000')`;
  const later = await backUpInto(folder, { url: database.url, name: "later" });
  await using old = await createDatabase();
  const refused = restore({ folder: later, databaseUrl: old.url });
  await assert.rejects(refused, /migrations are not in this folder \(29990101000000\)/);
});

refusal("backUp() and restore() refuse URLs of no use, and repeat no password", async (folder) => {
  const urls: readonly [string, RegExp][] = [
    ["postgres://u:hunter2@aws-0.pooler.supabase.com:6543/postgres", /transaction pooler/],
    ["mysql://u:hunter2@host/db", /Cannot read DATABASE_URL/],
    ["postgres://u:hunter2@127.0.0.1:1/db", /ECONNREFUSED/],
    ["postgres://127.0.0.1/", /lacks the user/],
  ];
  for (const [databaseUrl, message] of urls) {
    const refused = backUp({ databaseUrl, folder: `${folder.path}/none` });
    await assert.rejects(refused, (error) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
  }
});
