import type { Point } from "../../shared/geo/mod.ts";

/** One recorded pickup; `at` is the file's own text. */
export interface Pickup extends Point {
  readonly at: string;
}

const COLUMNS = ["Date/Time", "Lat", "Lon"] as const;
const FIELD = /\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|$)/y;

/**
 * Reads a CSV of pickups with the columns "Date/Time","Lat","Lon" and any others, in the file's order.
 * @throws {Error} naming the line and what is wrong with it
 */
export function parsePickups(text: string): Pickup[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const header = fieldsOf(lines[0] ?? "");
  const [at, lat, lng] = COLUMNS.map((name) => header.indexOf(name));
  if (at === undefined || lat === undefined || lng === undefined || Math.min(at, lat, lng) < 0) {
    throw new Error(
      `Cannot read the pickups: line 1 must name the columns ${COLUMNS.join(", ")}; it is "${
        lines[0] ?? ""
      }"`,
    );
  }
  const pickups: Pickup[] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === "") continue;
    const fields = fieldsOf(line);
    pickups.push({
      at: (fields[at] ?? "").replace(/:00$/, ""),
      lat: degrees(fields[lat], { limit: 90, line: index + 1 }),
      lng: degrees(fields[lng], { limit: 180, line: index + 1 }),
    });
  }
  if (pickups.length === 0) {
    throw new Error("Cannot read the pickups: there is no line after the header");
  }
  return pickups;
}

function fieldsOf(line: string): string[] {
  const fields: string[] = [];
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex < line.length) {
    const [whole, quoted, plain] = FIELD.exec(line) ?? [];
    if (whole === undefined) break;
    fields.push(quoted?.replaceAll('""', '"') ?? plain?.trim() ?? "");
  }
  return fields;
}

function degrees(
  text: string | undefined,
  { limit, line }: { limit: number; line: number },
): number {
  const value = Number(text === "" ? undefined : text);
  if (Math.abs(value) <= limit) return value;
  throw new Error(
    `Cannot read the pickups: line ${line} has "${
      text ?? ""
    }" where degrees from -${limit} to ${limit} belong`,
  );
}
