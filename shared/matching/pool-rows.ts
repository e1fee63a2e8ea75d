import { z } from "zod";
import { type CandidateRow, candidateRow } from "./answers.ts";

const row = candidateRow.shape;
const standing = row.standing.shape;

/** The fields of a row in the order in which the cache keeps them: without their names it is half as long. */
const packedRow = z.tuple([
  row.trip_id,
  row.user_id,
  row.lat,
  row.lng,
  row.position_age_s,
  row.expires_in_s,
  standing.rating,
  standing.rating_count,
  standing.acceptance_rate,
  standing.offer_count,
  standing.completion_rate,
  standing.match_count,
  standing.total_trips,
]);

/** Rows as the cache keeps them. */
export const packedRows = z.array(packedRow);

/** A row as the cache keeps it. */
export function packRow(
  { trip_id, user_id, lat, lng, position_age_s, expires_in_s, standing }: CandidateRow,
): z.infer<typeof packedRow> {
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

/** A row as the database gave it. */
export function unpackRow(packed: z.infer<typeof packedRow>): CandidateRow {
  const [trip_id, user_id, lat, lng, position_age_s, expires_in_s, ...record] = packed;
  const [
    rating,
    rating_count,
    acceptance_rate,
    offer_count,
    completion_rate,
    match_count,
    total_trips,
  ] = record;
  return {
    trip_id,
    user_id,
    lat,
    lng,
    position_age_s,
    expires_in_s,
    standing: {
      rating,
      rating_count,
      acceptance_rate,
      offer_count,
      completion_rate,
      match_count,
      total_trips,
    },
  };
}
