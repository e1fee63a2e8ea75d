import { parseArgs } from "node:util";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { adviseAfterBackup, backUp, BackupError, formatBytes } from "./mod.ts";

const USAGE = `DATABASE_URL=postgresql://... deno task backup [options]

  --to FOLDER   where to; it must not exist (backups/<now>)
  --help        this text

DATABASE_URL is a direct connection or the session pooler's (port 5432, not 6543). pg_dump of the server's
version or newer has to be installed. Prints the folder. docs/backup.md says how to schedule it.`;

/** `deno task backup`: a folder that `deno task restore` takes. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: { to: { type: "string" }, help: { type: "boolean", short: "h", default: false } },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const databaseUrl = Deno.env.get("DATABASE_URL");
  if (!databaseUrl) throw new BackupError(`Which database? Set DATABASE_URL.\n\n${USAGE}`);
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      interruption.abort(new BackupError("Interrupted; nothing was kept"));
    });
  }
  const started = performance.now();
  const backup = await backUp({
    databaseUrl,
    folder: values.to ?? `backups/${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}Z`,
    onProgress: report,
    signal: interruption.signal,
  });
  const { manifest } = backup;
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  report(
    `${rows} rows of ${manifest.tables.length} tables as of ${manifest.taken_at}, ` +
      `${formatBytes(backup.bytes)} in ${seconds} s`,
  );
  for (const line of adviseAfterBackup(backup)) report(line);
  print(backup.folder);
  return 0;
}

if (import.meta.main) await runCommand(main, USAGE);
