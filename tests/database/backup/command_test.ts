import assert from "node:assert/strict";
import { createDatabase, hasDatabase } from "../../support/database.ts";
import { untilWaiting } from "../support/lock-waits.ts";
import { openTrip } from "../support/rides.ts";
import { temporaryFolder } from "./support/backups.ts";
import { everything } from "./support/city.ts";

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(
  script: "backup" | "restore",
  args: readonly string[],
  { url, cwd }: { readonly url?: string; readonly cwd?: string } = {},
): Promise<Ended> {
  const { code, stdout, stderr } = await commandOf(script, args, {
    env: { DATABASE_URL: url ?? "", NO_COLOR: "1" },
    ...(cwd === undefined ? {} : { cwd }),
  }).output();
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, out: decode(stdout), err: decode(stderr) };
}

function commandOf(
  script: string,
  args: readonly string[],
  options: Deno.CommandOptions,
): Deno.Command {
  const path = new URL(`../../../scripts/backup/${script}.ts`, import.meta.url).pathname;
  const config = new URL("../../../deno.json", import.meta.url).pathname;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", `--config=${config}`, path, ...args],
    stdin: "null",
    ...options,
  });
}

Deno.test({
  name: "backup, as a command, leaves nothing behind when it is interrupted",
  ignore: !hasDatabase,
  fn: async () => {
    await using folder = await temporaryFolder();
    await using database = await createDatabase();
    await database.sql.begin(async (transaction) => {
      // So that it has to wait in the midst of its work.
      await transaction`lock table mobility.trips in access exclusive mode`;
      const backup = commandOf("backup", [], {
        cwd: folder.path,
        env: { DATABASE_URL: database.url },
        stdout: "null",
        stderr: "piped",
      }).spawn();
      const ended = backup.output();
      await untilWaiting(database.sql, 1);
      assert.equal([...Deno.readDirSync(`${folder.path}/backups`)].length, 1);
      backup.kill("SIGINT");
      const { code, stderr } = await ended;
      assert.equal(code, 1);
      assert.match(new TextDecoder().decode(stderr), /Interrupted; nothing was kept/);
    });
    assert.deepEqual([...Deno.readDirSync(`${folder.path}/backups`)], []);
  },
});

Deno.test({
  name: "backup and restore, as commands: a folder, its check, a restore that is verified",
  ignore: !hasDatabase,
  fn: async () => {
    await using folder = await temporaryFolder();
    await using database = await createDatabase();
    await openTrip(database.sql, "passenger");
    const made = await run("backup", [], { url: database.url, cwd: folder.path });
    assert.equal(made.code, 0, made.err);
    const backup = made.out.trim();
    assert.match(backup, /\/backups\/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/);
    assert.match(made.err, /not in it/);

    const checked = await run("restore", [backup, "--check"]);
    assert.match(checked.out, /is whole: \d+ tables as of 2/);
    await using target = await createDatabase({ empty: true });
    const unasked = await run("restore", [backup], { url: target.url });
    assert.deepEqual([unasked.code, /nobody to ask: say --yes/.test(unasked.err)], [1, true]);
    const restored = await run("restore", [backup, "--yes"], { url: target.url });
    assert.equal(restored.code, 0, restored.err);
    assert.match(restored.err, /\d+ rows of \d+ tables are what the backup says they were/);
    assert.match(restored.err, /deno task deploy services: the functions.*mobility_worker_url/);
    assert.deepEqual(await everything(target.sql), await everything(database.sql));

    await Deno.truncate(`${backup}/mobility.dump`, 100);
    const damaged = await run("restore", [backup, "--check"]);
    assert.deepEqual([damaged.code, damaged.out], [1, ""]);
    assert.match(damaged.err, /is no whole backup: mobility\.dump is not what was written/);
  },
});

Deno.test("backup and restore, as commands, say what they want", async () => {
  assert.match((await run("backup", ["--help"])).out, /DATABASE_URL/);
  assert.match((await run("restore", ["--help"])).out, /--replace/);
  for (const script of ["backup", "restore"] as const) {
    const mistyped = await run(script, ["--force"]);
    assert.equal(mistyped.code, 1);
    assert.match(mistyped.err, /Unknown option '--force'/);
    assert.match(mistyped.err, /--help/);
  }
  assert.match((await run("backup", [])).err, /Which database\? Set DATABASE_URL/);
  assert.match((await run("restore", [])).err, /Which backup\?/);
});
