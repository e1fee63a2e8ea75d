import assert from "node:assert/strict";
import { BackupError, restore } from "../../../scripts/backup/mod.ts";
import { migrate } from "../../../scripts/postgres/migrate.ts";
import { createV1 } from "../../../scripts/v1/rehearsal/v1-fixture.ts";
import { createDatabase, hasDatabase } from "../../support/database.ts";
import { addOldPerson } from "../v1/support/v1-database.ts";
import { backUpInto, runV1File, temporaryFolder } from "./support/backups.ts";

Deno.test({
  name: "restore() takes V1 as it was before V2 into an empty database, and not beside V2",
  ignore: !hasDatabase,
  fn: async () => {
    await using folder = await temporaryFolder();
    await using old = await createDatabase({ empty: true });
    await createV1(old.sql, { install: false });
    const person = await addOldPerson(old.sql);
    const backup = await backUpInto(folder, { url: old.url });
    await migrate(old.sql);
    await assert.rejects(
      restore({ folder: backup, databaseUrl: old.url, replace: true, withoutAuth: true }),
      (error) =>
        error instanceof BackupError && /Restore into an empty database/.test(error.message),
    );
    await using fresh = await createDatabase({ empty: true });
    await runV1File(backup, fresh.url);
    await restore({ folder: backup, databaseUrl: fresh.url, withoutAuth: true });
    const rows = await fresh.sql<{ user_id: string }[]>`select user_id from public.profiles`;
    assert.deepEqual(rows.map(({ user_id }) => user_id), [person]);
  },
});
