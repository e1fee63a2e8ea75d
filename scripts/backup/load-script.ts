import type { Manifest } from "./manifest.ts";
import type { Loading, Target } from "./target.ts";
import { contentsQuery, literal, quoted, tableName, TEXT_SETTINGS } from "./tables.ts";

/** What is said when a table is not what the backup says it was. */
export const MISMATCH = "BACKUP_MISMATCH";
/** What is said of a large table that is. */
export const HELD = "BACKUP_HELD";
/** Tables of so many rows are worth a line of progress. */
export const LARGE = 10_000;

/** What psql runs before the rows: everything is in one transaction, which ends in `closing`. */
export function openingScript(loading: Loading, target: Target): string {
  const lines = [
    "begin;",
    "set local statement_timeout = 0;",
    "set local idle_in_transaction_session_timeout = 0;",
    // Who holds a table longer than this is a session that should not be there.
    "set local lock_timeout = '60s';",
  ];
  for (const { code, name, speed_mps, road_factor } of loading.vehicleTypes) {
    const values = [literal(code), literal(name), speed_mps, road_factor].join(", ");
    lines.push(`select from mobility.add_vehicle_type(${values});`);
  }
  const emptied = new Set([
    ...loading.tables.filter(({ schema }) => schema !== "auth"),
    // Pools of vehicle types that the backup does not know, and whatever the migrations filled.
    ...target.tables.filter(({ schema }) => schema === "mobility" || schema === "mobility_v1"),
  ].map(({ schema, name }) => quoted(schema, name)));
  if (emptied.size > 0) lines.push(`truncate ${[...emptied].join(", ")};`);
  // Not truncated: sessions and the rest of Auth hang on them, and go with them.
  if (loading.tables.some(({ schema, name }) => schema === "auth" && name === "users")) {
    lines.push("delete from auth.users;");
  }
  // The rows are as triggers and foreign keys left them. Without it no order of the tables would do,
  // and each row would tell people again what they were told.
  lines.push("set local session_replication_role = replica;");
  return lines.join("\n") + "\n";
}

/** What psql runs after the rows: holds every table against the manifest, and only then commits. */
export function closingScript(loading: Loading): string {
  // pg_restore turned notices off.
  const lines = [TEXT_SETTINGS, "set local client_min_messages = notice;"];
  for (const table of loading.tables) lines.push(verification(table));
  if (loading.schemas.includes("mobility")) lines.push("select from mobility.write_search();");
  if (loading.schemas.includes("mobility_v1")) lines.push(BRIDGE);
  lines.push("commit;");
  return lines.join("\n") + "\n";
}

/** The bridge to V1 is up or down as it was; the migrations put it up wherever they find V1. */
const BRIDGE = `do $bridge$
begin
  if not (select installed from mobility_v1.bridge) then
    perform mobility_v1.uninstall();
  elsif not mobility_v1.install() then
    raise 'The bridge to V1 cannot be put up: somebody is using V1''s tables';
  end if;
end
$bridge$;`;

function verification(table: Manifest["tables"][number]): string {
  const expected = `${table.rows} rows, sum ${table.checksum}`;
  return `do $verify$
declare
  v_found text;
begin
  select rows || ' rows, sum ' || checksum into v_found from (${contentsQuery(table)}) found;
  if v_found <> ${literal(expected)} then
    raise exception '${MISMATCH} %: the backup has %, restored were %',
      ${literal(tableName(table))}, ${literal(expected)}, v_found;
  end if;
  ${table.rows < LARGE ? "" : `raise notice '${HELD} %', ${literal(tableName(table))};`}
end
$verify$;`;
}

/**
 * What pg_restore writes before the first row, without the settings that this server does not know: a newer
 * pg_dump names some that came later.
 */
export function fitPreamble(preamble: string, settings: ReadonlySet<string>): string {
  return preamble.split("\n").filter((line) => {
    const name = /^SET (\w+) = /.exec(line)?.[1];
    return name === undefined || settings.has(name);
  }).join("\n");
}
