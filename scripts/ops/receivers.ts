import { parseArgs } from "node:util";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { OPS, RECEIVERS, withReceivers } from "./configuration.ts";

const USAGE = `deno task ops:receivers <${RECEIVERS.join("|")}>

Says whom Alertmanager tells: puts ops/alertmanager/receivers/<kind>.yml at the end of
ops/alertmanager/alertmanager.yml. Edit the addresses there; secrets are files in ops/alertmanager/secrets.`;

const SECRETS: Readonly<Record<(typeof RECEIVERS)[number], string | undefined>> = {
  none: undefined,
  slack: "slack_url",
  email: "smtp_password",
  webhook: "webhook_token",
};

/** `deno task ops:receivers`: rewrites the receivers, and says what is still missing. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    options: { help: { type: "boolean", short: "h", default: false } },
    allowPositionals: true,
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const kind = RECEIVERS.find((name) => name === positionals[0]);
  if (kind === undefined || positionals.length !== 1) {
    report(`Give one of ${RECEIVERS.join(", ")}\n\n${USAGE}`);
    return 1;
  }
  const path = `${OPS}/alertmanager/alertmanager.yml`;
  await Deno.writeTextFile(path, await withReceivers(await Deno.readTextFile(path), kind));
  const secret = SECRETS[kind];
  if (secret !== undefined && !await isFile(`${OPS}/alertmanager/secrets/${secret}`)) {
    report(`Still to do: write the secret into ops/alertmanager/secrets/${secret}`);
  }
  print(`${path}: receivers ${kind}; Alertmanager reads it when it is started again`);
  return 0;
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}

if (import.meta.main) await runCommand(main, USAGE);
