import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { startStack } from "./stack.ts";

const USAGE = `deno task start [options]

  --fresh          forget the embedded database first
  --port N         the gateway's port (54321, or MOBILITY_PORT)
  --ports-from N   take every port from N upwards, to run a second stack beside another
  --data DIR       keep keys and data there (.stack)
  --quiet          hide what the functions log

DATABASE_URL and REDIS_URL, when set, take the place of the embedded database and Redis.`;

/** `deno task start`: runs the stack until Ctrl-C or SIGTERM. */
async function main(): Promise<number> {
  const root = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      fresh: { type: "boolean", default: false },
      port: { type: "string" },
      "ports-from": { type: "string" },
      data: { type: "string" },
      quiet: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const interrupted = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, interrupted.resolve);
  }
  const env = Deno.env.toObject();
  const startedAt = performance.now();
  const starting = startStack({
    root,
    data: values.data === undefined ? `${root}/.stack` : resolve(values.data),
    port: portNumber(values.port ?? env["MOBILITY_PORT"], "--port or MOBILITY_PORT"),
    portsFrom: portNumber(values["ports-from"], "--ports-from"),
    fresh: values.fresh,
    env,
    onProgress: report,
    ...(values.quiet ? {} : { onLog: report }),
  });
  const stack = await starting;
  report(`started in ${((performance.now() - startedAt) / 1000).toFixed(1)} s; Ctrl-C stops it`);
  print(`ready ${stack.url}`);
  await interrupted.promise;
  report("stopping");
  await stack.close();
  return 0;
}

/** A port of the command line. @throws {Error} when it is none */
export function portNumber(text: string | undefined, name: string): number | undefined {
  if (text === undefined || text === "") return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_400) return port;
  throw new Error(`Cannot use "${text}" as ${name}: give a port number below 65400`);
}

if (import.meta.main) await runCommand(main, USAGE);
