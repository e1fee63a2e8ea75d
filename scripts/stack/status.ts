import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { readRunning, type StackInfo } from "./running.ts";

const USAGE = `deno task status [options]

  -o pretty|env|json   how to print (pretty)
  --data DIR           the folder of the stack (.stack)
  --help               this text`;
const FORMATS = ["pretty", "env", "json"] as const;

const LABELS: Readonly<Record<keyof StackInfo, string>> = {
  api_url: "API URL",
  rest_url: "REST URL",
  functions_url: "Functions URL",
  graph_url: "Graph API stand-in URL",
  webhook_url: "WhatsApp webhook URL",
  simulator_url: "Simulator URL",
  operator_url: "Operator's page",
  db_url: "Database URL",
  redis_rest_url: "Redis REST URL",
  redis_rest_token: "Redis REST token",
  publishable_key: "Publishable key",
  secret_key: "Secret key",
  jwt_secret: "JWT secret",
  anon_key: "anon key (legacy)",
  service_role_key: "service_role key (legacy)",
  whatsapp_app_secret: "WhatsApp app secret",
  whatsapp_verify_token: "WhatsApp verify token",
  pid: "Process id",
};
/** For programs: no person reads or types these. */
const NOT_FOR_PEOPLE: readonly string[] = ["whatsapp_app_secret", "whatsapp_verify_token"];

/** `deno task status`: the URLs and keys of the running stack, or exit code 1. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      output: { type: "string", short: "o", default: "pretty" },
      data: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const format = FORMATS.find((name) => name === values.output);
  if (format === undefined) {
    report(`Cannot print "${values.output}": give -o ${FORMATS.join(", -o ")}`);
    return 1;
  }
  const root = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
  const data = values.data === undefined ? `${root}/.stack` : resolve(values.data);
  const info = await readRunning(data);
  if (info === undefined) {
    report(`No stack is running from ${data}. Start one: deno task start`);
    return 1;
  }
  print(formatStatus(info, format));
  return 0;
}

/** What a person, a shell (`NAME="value"`) or a program reads of a running stack. */
export function formatStatus(info: StackInfo, format: typeof FORMATS[number]): string {
  const { pid, ...values } = info;
  const named = Object.entries(values).map(([name, value]) => [name.toUpperCase(), value] as const);
  if (format === "json") return JSON.stringify(Object.fromEntries(named), null, 2);
  if (format === "env") return named.map(([name, value]) => `${name}="${value}"`).join("\n");
  const lines = Object.entries({ ...values, pid })
    .filter(([name]) => !NOT_FOR_PEOPLE.includes(name));
  return lines.map(([name, value]) => `${label(name).padStart(26)}: ${value}`).join("\n");
}

function label(name: string): string {
  return Object.entries(LABELS).find(([known]) => known === name)?.[1] ?? name;
}

if (import.meta.main) await runCommand(main, USAGE);
