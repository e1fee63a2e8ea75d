import assert from "node:assert/strict";

/** Waits until something is true; fails, naming it, after ten seconds. */
export async function until(isTrue: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!isTrue()) {
    assert.ok(performance.now() < deadline, `waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
