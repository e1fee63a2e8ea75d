import type { Connection } from "./rides.ts";

/** A position as the API hands it to the database. */
export interface Point {
  readonly trip_id: string;
  readonly lat: number | string;
  readonly lng: number | string;
  readonly recorded_at?: string;
  readonly accuracy_m?: number;
  readonly heading?: number;
  readonly speed_mps?: number;
  readonly mock?: boolean;
  readonly by_hand?: boolean;
}

/** What became of a position. */
export interface PointAnswer {
  readonly trip_id: string;
  readonly accepted: boolean;
  readonly code?: string;
}

/** Sends positions, as the service or as one user. */
export async function ping(
  sql: Connection,
  points: readonly Point[],
  acting_user?: string,
): Promise<PointAnswer[]> {
  const [row] = await sql<{ answers: PointAnswer[] }[]>`
    select public.update_positions(${acting_user ?? null}, ${
    JSON.stringify(points)
  }::text::jsonb) as answers`;
  return row?.answers ?? [];
}

/** Sends one position; "ok", or the code it was not used for. */
export async function pingCode(sql: Connection, point: Point): Promise<string> {
  const [answer] = await ping(sql, [point]);
  if (answer === undefined) throw new Error("Cannot read the answer: there is none");
  return answer.code ?? (answer.accepted ? "ok" : "not accepted");
}

/** A moment so many seconds from now, in ISO 8601. */
export function inSeconds(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString();
}

/** The live position of a trip, as the table has it. */
export interface LivePosition {
  readonly lat: number;
  readonly lng: number;
  readonly trust: number;
  readonly available: boolean;
  readonly pings: number;
  readonly age_s: number;
}

/** Reads where a trip is. */
export async function livePosition(sql: Connection, trip: string): Promise<LivePosition> {
  const [row] = await sql<LivePosition[]>`
    select lat, lng, round(trust::numeric, 3)::float8 as trust, available, pings,
      extract(epoch from now() - position_at)::int as age_s
    from mobility.live_positions where trip_id = ${trip}`;
  if (row === undefined) throw new Error(`Cannot read the position of trip ${trip}: it has none`);
  return row;
}
