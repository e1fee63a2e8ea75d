/**
 * The first of `count` ports in a row on which nothing listens, below those that systems hand out.
 * @throws {Error} when there are none
 */
export function freePorts(count: number): number {
  for (let attempt = 0; attempt < 100; attempt++) {
    const first = 20_000 + Math.floor(Math.random() * 12_000);
    if (Array.from({ length: count }, (_, index) => first + index).every(isFree)) return first;
  }
  throw new Error(
    `Cannot find ${count} free ports in a row from 20000 to 32000: stop what holds them`,
  );
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}
