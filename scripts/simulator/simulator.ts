import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { readRunning } from "../stack/running.ts";
import { portNumber } from "../stack/start.ts";
import { startStack } from "../stack/stack.ts";

const USAGE = `deno task simulator [options]

  --open           open the page in the browser
  --fresh          forget the embedded database first
  --ports-from N   take every port from N upwards
  --data DIR       keep keys and data there (.stack)
  --log            show what the functions log

Uses the stack that runs from the same folder, if there is one.`;

/** `deno task simulator`: two phones and a map in the browser, on the running stack or on one of its own. */
async function main(): Promise<number> {
  const root = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      open: { type: "boolean", default: false },
      fresh: { type: "boolean", default: false },
      "ports-from": { type: "string" },
      data: { type: "string" },
      log: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const data = values.data === undefined ? `${root}/.stack` : resolve(values.data);
  const running = await readRunning(data);
  if (running !== undefined) {
    report(`using the stack that runs at ${running.api_url}; it goes on when you leave the page`);
    await tell(running.simulator_url, values.open);
    return 0;
  }
  const interrupted = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, interrupted.resolve);
  }
  const stack = await startStack({
    root,
    data,
    portsFrom: portNumber(values["ports-from"], "--ports-from"),
    fresh: values.fresh,
    env: Deno.env.toObject(),
    onProgress: report,
    ...(values.log ? { onLog: report } : {}),
  });
  report("Ctrl-C stops the simulator and its stack");
  await tell(stack.info.simulator_url, values.open);
  await interrupted.promise;
  report("stopping");
  await stack.close();
  return 0;
}

async function tell(url: string, open: boolean): Promise<void> {
  print(`simulator ${url}`);
  if (!open) return;
  const openers: ReadonlyMap<string, readonly string[]> = new Map([
    ["darwin", ["open"]],
    ["windows", ["cmd", "/c", "start"]],
  ]);
  const [command = "", ...args] = openers.get(Deno.build.os) ?? ["xdg-open"];
  try {
    await new Deno.Command(command, { args: [...args, url], stderr: "null" }).output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    report(`There is no ${command} here: open the page yourself`);
  }
}

if (import.meta.main) await runCommand(main, USAGE);
