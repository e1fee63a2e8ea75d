import { parseArgs } from "node:util";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { adviseAfterRestore, BackupError, openFolder, restore } from "./mod.ts";

const USAGE = `DATABASE_URL=postgresql://... deno task restore FOLDER [options]

  --replace        also where there are people already; everything they have is lost
  --without-auth   leave out who may sign in (auth.users), for a database without Supabase Auth
  --check          only look whether the backup is whole; needs no database
  --yes            do not ask
  --help           this text

The database is empty, or has exactly the backup's migrations. All is loaded in one transaction and held
against the backup's manifest before it is committed. docs/backup.md says what comes before and after.`;

/** `deno task restore`: a database as it was when the backup was taken. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: {
      replace: { type: "boolean", default: false },
      "without-auth": { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      yes: { type: "boolean", short: "y", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) throw new BackupError(`Which backup?\n\n${USAGE}`);
  if (values.check) {
    const { taken_at, tables } = await openFolder(folder);
    print(`${folder} is whole: ${tables.length} tables as of ${taken_at}`);
    return 0;
  }
  const databaseUrl = Deno.env.get("DATABASE_URL");
  if (!databaseUrl) throw new BackupError(`Which database? Set DATABASE_URL.\n\n${USAGE}`);
  if (!values.yes && !Deno.stdin.isTerminal()) {
    throw new BackupError("There is nobody to ask: say --yes");
  }
  const restored = await restore({
    folder,
    databaseUrl,
    replace: values.replace,
    withoutAuth: values["without-auth"],
    ...(values.yes ? {} : { confirm }),
    onProgress: report,
  });
  report(`${restored.rows} rows of ${restored.tables} tables are what the backup says they were`);
  for (const line of adviseAfterRestore(restored)) report(line);
  print("restored");
  return 0;
}

if (import.meta.main) await runCommand(main, USAGE);
