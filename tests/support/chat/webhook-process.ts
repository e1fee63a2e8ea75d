import assert from "node:assert/strict";
import type { World } from "../stack.ts";

const NAME = "whatsapp-webhook";

/** Kills the process of the webhook; the stack starts it again, a little later each time. */
export async function killWebhook(world: World): Promise<void> {
  const pid = world.functionPids()[NAME];
  if (pid !== undefined) Deno.kill(pid, "SIGKILL");
  // What it had handed to the network is taken before anybody looks for it.
  for (let turn = 0; turn < 3; turn++) await isUp(world);
}

/** Kills the webhook, which forgets what it had read, and waits until the next one answers. */
export async function restartWebhook(world: World): Promise<void> {
  const before = world.functionPids()[NAME];
  await killWebhook(world);
  const deadline = performance.now() + 30_000;
  while (world.functionPids()[NAME] === before || !await isUp(world)) {
    assert.ok(performance.now() < deadline, "the webhook is not up again after 30 s");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function isUp({ info }: World): Promise<boolean> {
  const response = await fetch(`${info.functions_url}/${NAME}/health`);
  await response.body?.cancel();
  return response.status === 200;
}
