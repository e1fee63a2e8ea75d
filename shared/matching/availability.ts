import { ApiError, type Cache, type Platform } from "../platform/mod.ts";

/**
 * The mark that a trip is taken; whoever reads a cached search leaves marked trips out. A hash whose fields are those
 * who take it: of several who try at once one succeeds, and the others take back nothing but what is theirs.
 */
export function takenKey(tripId: string): string {
  return `mobility:taken:${tripId}`;
}

/** How much longer a mark lives than a pool: longer than a search may take from the database to the cache. */
const LONGER_S = 30;

/** Marks trips. KEYS: the marks. ARGV: who takes, seconds. */
const markScript = `
for _, key in ipairs(KEYS) do
  redis.call('HSET', key, ARGV[1], 1)
  redis.call('EXPIRE', key, ARGV[2])
end
return 1
`;

/**
 * Marks trips as taken *before* the transaction that takes them, so that no search answered from the
 * cache after its commit can offer them. A mark outlives every pool that was filled before it; after that,
 * pools come from a database that knows. What is marked and then not taken is released.
 */
export async function markTaken(
  cache: Cache,
  options: { tripIds: readonly string[]; by: string; poolTtlS: number },
): Promise<boolean> {
  const answers = await cache.exec((pipeline) => {
    pipeline.eval(markScript, options.tripIds.map(takenKey), [
      options.by,
      String(options.poolTtlS + LONGER_S),
    ]);
  });
  return answers !== undefined;
}

/** Takes back the marks that `by` set; a trip that somebody else has marked stays marked. */
export async function releaseTaken(
  cache: Cache,
  options: { tripIds: readonly string[]; by: string },
): Promise<void> {
  await cache.exec((pipeline) => {
    for (const id of options.tripIds) pipeline.hdel(takenKey(id), options.by);
  });
}

/**
 * Runs a transaction that takes trips between mark and, should it take nobody, release. Redis is told again after the
 * commit: it may have refused the mark, or lost it with all it knew while pools were filled that do not know yet.
 */
export async function whileTaking<T>(
  { cache, config: { poolTtlS }, afterResponse }: Pick<
    Platform,
    "cache" | "config" | "afterResponse"
  >,
  options: {
    tripIds: readonly string[];
    by: string;
    transaction: () => Promise<T>;
    /** Whether the result of the transaction has taken them; it always does unless said otherwise. */
    hasTaken?: (result: T) => boolean;
  },
): Promise<T> {
  const { tripIds, by, transaction, hasTaken = () => true } = options;
  const mark = (): Promise<boolean> => markTaken(cache, { tripIds, by, poolTtlS });
  const isMarked = await mark();
  try {
    const result = await transaction();
    if (!hasTaken(result)) afterResponse(() => releaseTaken(cache, { tripIds, by }));
    else if (isMarked) afterResponse(() => mark().then(() => {}));
    else await mark();
    return result;
  } catch (error) {
    // Without an answer it may have been committed all the same: such a mark ends by itself.
    if (error instanceof ApiError && error.status < 500) await releaseTaken(cache, options);
    throw error;
  }
}
