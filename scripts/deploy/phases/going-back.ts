import type { Situation } from "../situation.ts";

/** What a backup from before the migrations is good for: not to undo them in the database that has them. */
export function adviseOnGoingBack(
  { share, v1 }: Pick<Situation, "share" | "v1">,
  folder: string,
): string {
  const where =
    "Restore it into a new, empty project; into this database it does not go any more " +
    "once the migrations are applied (docs/backup.md#restore)";
  if (share !== undefined) {
    return `to go back: deno task deploy rollback where a V1 is, or the release before. If data was harmed: ${where}: ` +
      `with the release before, deno task restore ${folder}`;
  }
  const restore = `deno task restore ${folder}`;
  if (v1 === "absent") return `if data was harmed: ${where}: ${restore}`;
  return "to go back: deno task deploy rollback; V1 serves everybody, V2 is idle beside it. If V1's data was harmed: " +
    `${where}: psql "$DATABASE_URL" --file=${folder}/v1.sql, then ${restore}`;
}
