/** A value as the text of its JSON, which the statement casts: `${asJson(x)}::text::jsonb`. */
export function asJson(value: unknown): string {
  return JSON.stringify(value);
}

/** The column "answer" of the one row of a statement. */
export async function answeredBy<T>(
  statement: PromiseLike<readonly { readonly answer?: unknown }[]>,
): Promise<T> {
  const [row] = await statement;
  if (row === undefined) throw new Error("Cannot read the answer: the statement gave no row");
  return row.answer as T;
}
