import { z } from "zod";
import { type CandidateRow, candidateRow } from "./answers.ts";

const lists = z.array(z.array(z.unknown()));
const rows = z.array(candidateRow);

/** A row as the cache keeps it: without the names of its fields it is half as long. */
export function packRow(
  { trip_id, user_id, lat, lng, position_age_s, expires_in_s, standing }: CandidateRow,
): readonly unknown[] {
  return [
    trip_id,
    user_id,
    lat,
    lng,
    position_age_s,
    expires_in_s,
    standing.rating,
    standing.rating_count,
    standing.acceptance_rate,
    standing.offer_count,
    standing.completion_rate,
    standing.match_count,
    standing.total_trips,
  ];
}

/** Rows as the database gave them, of what packRow made; undefined for anything else. */
export function unpackRows(packed: unknown): CandidateRow[] | undefined {
  return rows.safeParse(lists.safeParse(packed).data?.map(named)).data;
}

function named(fields: readonly unknown[]): unknown {
  const [trip_id, user_id, lat, lng, position_age_s, expires_in_s, ...standing] = fields;
  return {
    trip_id,
    user_id,
    lat,
    lng,
    position_age_s,
    expires_in_s,
    standing: {
      rating: standing[0],
      rating_count: standing[1],
      acceptance_rate: standing[2],
      offer_count: standing[3],
      completion_rate: standing[4],
      match_count: standing[5],
      total_trips: standing[6],
    },
  };
}
