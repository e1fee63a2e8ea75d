import type { Sql } from "postgres";
import { z } from "zod";

const shareRow = z.object({
  percent: z.number().int(),
  /** To the microsecond, as text: equal texts are the same change. */
  set_at: z.string(),
  set_by: z.string().nullable(),
});

/** The share of the people that this system serves, and who set it when. */
export type Share = z.infer<typeof shareRow>;

const COLUMNS = "percent, changed_at::text as set_at, changed_by as set_by";

/** The share; undefined before the migrations that bring it. */
export async function readShare(sql: Sql): Promise<Share | undefined> {
  const [table] = await sql<{ there: boolean }[]>`
    select to_regclass('mobility.rollout') is not null as there`;
  if (!table?.there) return undefined;
  const [row] = await sql`select ${sql.unsafe(COLUMNS)} from mobility.rollout`;
  return shareRow.parse(row);
}

/** Sets the share, whoever set it before. */
export async function setShare(
  sql: Sql,
  { percent, by }: { readonly percent: number; readonly by: string },
): Promise<Share> {
  await sql`select public.set_rollout(${percent}, ${by})`;
  const [row] = await sql`select ${sql.unsafe(COLUMNS)} from mobility.rollout`;
  return shareRow.parse(row);
}

/** Sets the share unless somebody else has set it since; false when they have. */
export async function setShareIfStill(
  sql: Sql,
  { still, percent, by }: { readonly still: Share; readonly percent: number; readonly by: string },
): Promise<boolean> {
  return await sql.begin(async (transaction) => {
    const [row] = await transaction`
      select ${transaction.unsafe(COLUMNS)} from mobility.rollout for update`;
    if (shareRow.parse(row).set_at !== still.set_at) return false;
    await transaction`select public.set_rollout(${percent}, ${by})`;
    return true;
  });
}
