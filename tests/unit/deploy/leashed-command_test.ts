import assert from "node:assert/strict";
import { runLeashed } from "../../../scripts/supabase-cli/leashed-command.ts";

const MODULE = new URL("../../../scripts/supabase-cli/leashed-command.ts", import.meta.url).href;

Deno.test("runLeashed() gives both streams and the exit code", async () => {
  const lines: string[] = [];
  const result = await runLeashed(["sh", "-c", 'echo "$WORD"; echo err >&2; exit 3'], {
    env: { WORD: "a word" },
    onLine: (line) => lines.push(line),
  });
  assert.deepEqual(result, { success: false, code: 3, stdout: "a word\n", stderr: "err" });
  assert.deepEqual(lines, ["err"]);
});

Deno.test("runLeashed() gives 127 for a command that is not there", async () => {
  assert.equal((await runLeashed(["no-such-command-anywhere"])).code, 127);
});

Deno.test("runLeashed() takes the command and its children along when its process is killed", async () => {
  const folder = await Deno.makeTempDir();
  const parent = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `import { runLeashed } from "${MODULE}";
      await runLeashed(["sh", "-c", "sleep 600 & echo $! >${folder}/pid; wait"]);`,
    ],
    stdin: "null",
  }).spawn();
  const pid = await untilRead(`${folder}/pid`);
  assert.ok(isAlive(pid));
  parent.kill("SIGKILL");
  await parent.status;
  const deadline = performance.now() + 10_000;
  while (isAlive(pid)) {
    assert.ok(performance.now() < deadline, "the child of the command lives on");
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  await Deno.remove(folder, { recursive: true });
});

async function untilRead(path: string): Promise<number> {
  const deadline = performance.now() + 20_000;
  while (true) {
    const text = await Deno.readTextFile(path).catch(() => "");
    if (/^\d+\n$/.test(text)) return Number(text);
    assert.ok(performance.now() < deadline, "the command did not start");
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** A process that ended and was not waited for is no life. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}
