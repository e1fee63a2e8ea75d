import { ApiError, type Cache } from "../platform/mod.ts";

/** The mark that a trip is taken; whoever reads a cached search leaves marked trips out. */
export function takenKey(tripId: string): string {
  return `mobility:taken:${tripId}`;
}

/** Removes marks, but only those that still belong to whoever set them. */
const releaseScript = `
for i, key in ipairs(KEYS) do
  if redis.call('GET', key) == ARGV[1] then redis.call('DEL', key) end
end
return 1
`;

/**
 * Marks trips as taken *before* the transaction that takes them, so that no search answered from the
 * cache after its commit can offer them. A mark outlives every pool that was filled before it
 * (`poolTtlS` and the time a search may take); after that, pools come from a database that knows. What
 * is marked and then not taken is released.
 */
export async function markTaken(
  cache: Cache,
  options: { tripIds: readonly string[]; by: string; poolTtlS: number },
): Promise<boolean> {
  const answers = await cache.exec((pipeline) => {
    for (const id of options.tripIds) {
      pipeline.set(takenKey(id), options.by, { ex: options.poolTtlS + 30, nx: true });
    }
  });
  return answers !== undefined;
}

/** Releases the marks that `by` set. */
export async function releaseTaken(
  cache: Cache,
  options: { tripIds: readonly string[]; by: string },
): Promise<void> {
  await cache.exec((pipeline) => {
    pipeline.eval(releaseScript, options.tripIds.map(takenKey), [options.by]);
  });
}

/**
 * Runs a transaction that takes trips between mark and, should it be refused, release. A cache that refused the
 * mark is told again after the transaction; until then, or for one pool's life, it may know too little.
 */
export async function whileTaking<T>(
  cache: Cache,
  options: {
    tripIds: readonly string[];
    by: string;
    poolTtlS: number;
    transaction: () => Promise<T>;
  },
): Promise<T> {
  const marked = await markTaken(cache, options);
  try {
    const result = await options.transaction();
    if (!marked) await markTaken(cache, options);
    return result;
  } catch (error) {
    // Without an answer it may have been committed all the same: such a mark ends by itself.
    if (error instanceof ApiError && error.status < 500) await releaseTaken(cache, options);
    throw error;
  }
}
