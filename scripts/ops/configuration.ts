import { fileURLToPath } from "node:url";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { scaleDurations } from "./durations.ts";

/** The folder with everything that is configured. */
export const OPS = fileURLToPath(new URL("../../ops", import.meta.url));

/** What Alertmanager can be told of whom to tell. */
export const RECEIVERS = ["none", "slack", "email", "webhook"] as const;

/** Where each program listens, on 127.0.0.1. */
export interface MonitoringPorts {
  readonly prometheus: number;
  readonly alertmanager: number;
  readonly blackbox: number;
}

/** What differs from the files in `ops/`: whom to watch, where to listen, how fast time goes. */
export interface ConfigurationOptions {
  /** Such as https://<project ref>.supabase.co */
  readonly projectUrl: string;
  /** What the metrics function takes as bearer token. */
  readonly token: string;
  readonly ports: MonitoringPorts;
  /** How many times shorter every duration is. */
  readonly scale?: number | undefined;
  /** How often to scrape and to evaluate, such as 1s, in place of the configured intervals. */
  readonly every?: string | undefined;
  /** Takes all notifications, in place of the configured receivers. */
  readonly webhookUrl?: string | undefined;
}

const targetFile = z.array(z.looseObject({ labels: z.record(z.string(), z.string()) }));
const receiverList = z.array(z.looseObject({ name: z.string() }));
const prometheusFile = z.looseObject({ global: z.looseObject({}) });
const alertmanagerFile = z.looseObject({ receivers: receiverList });

/** Reads a YAML file of `ops/`. @throws {Error} naming the file when it is not YAML */
export async function readOps(path: string): Promise<unknown> {
  const parsed: unknown = parse(await Deno.readTextFile(`${OPS}/${path}`));
  return parsed;
}

/** The names of the files of a folder of `ops/`, such as `prometheus/rules`, in order. */
export async function listOps(folder: string): Promise<string[]> {
  const names = [];
  for await (const { name, isFile } of Deno.readDir(`${OPS}/${folder}`)) {
    if (isFile && !name.startsWith(".")) names.push(name);
  }
  return names.sort();
}

/** Writes the configuration of `ops/` into a folder, for programs that run there on loopback ports. */
export async function writeConfiguration(
  folder: string,
  options: ConfigurationOptions,
): Promise<void> {
  const { ports, scale = 1 } = options;
  for (const part of ["prometheus/rules", "prometheus/secrets", "alertmanager", "blackbox"]) {
    await Deno.mkdir(`${folder}/${part}`, { recursive: true });
  }
  async function write(path: string, value: unknown): Promise<void> {
    await Deno.writeTextFile(`${folder}/${path}`, stringify(value));
  }
  for (const name of await listOps("prometheus/rules")) {
    const path = `prometheus/rules/${name}`;
    await write(path, scaleDurations(await readOps(path), scale));
  }
  const addresses = new Map([
    ["alertmanager:9093", `127.0.0.1:${ports.alertmanager}`],
    ["blackbox:9115", `127.0.0.1:${ports.blackbox}`],
  ]);
  const prometheus = prometheusFile.parse(
    scaleDurations(await readOps("prometheus/prometheus.yml"), scale),
  );
  const global = options.every === undefined ? prometheus.global : {
    ...prometheus.global,
    scrape_interval: options.every,
    scrape_timeout: options.every,
    evaluation_interval: options.every,
  };
  await write(
    "prometheus/prometheus.yml",
    replaceStrings({ ...prometheus, global }, addresses),
  );
  const targets = targetFile.parse(await readOps("prometheus/targets.yml"));
  await write(
    "prometheus/targets.yml",
    targets.map((group) => ({ ...group, labels: { __project: options.projectUrl } })),
  );
  await Deno.writeTextFile(`${folder}/prometheus/secrets/metrics_token`, options.token, {
    mode: 0o600,
  });
  await write("blackbox/blackbox.yml", await readOps("blackbox/blackbox.yml"));
  const alertmanager = alertmanagerFile.parse(
    scaleDurations(await readOps("alertmanager/alertmanager.yml"), scale),
  );
  await write("alertmanager/alertmanager.yml", tellingOnly(alertmanager, options.webhookUrl));
  await copyFolder(`${OPS}/alertmanager/secrets`, `${folder}/alertmanager/secrets`);
}

/** Alertmanager's file with the receivers of `ops/alertmanager/receivers/<kind>.yml` in place of its own. */
export async function withReceivers(
  file: string,
  kind: (typeof RECEIVERS)[number],
): Promise<string> {
  const text = await Deno.readTextFile(`${OPS}/alertmanager/receivers/${kind}.yml`);
  const at = file.search(/^#.*\nreceivers:$/m);
  if (at < 0) {
    throw new Error(
      'Cannot find the receivers of alertmanager.yml: they are what follows "receivers:" at its end, after one line of comment',
    );
  }
  return file.slice(0, at) + text;
}

function tellingOnly(
  file: z.infer<typeof alertmanagerFile>,
  url: string | undefined,
): unknown {
  if (url === undefined) return file;
  const receivers = file.receivers.map(({ name }) => ({
    name,
    webhook_configs: [{ url: `${url}/${name}`, send_resolved: true }],
  }));
  return { ...file, receivers };
}

function replaceStrings(value: unknown, by: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return by.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => replaceStrings(item, by));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, replaceStrings(item, by)]),
  );
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isFile } of Deno.readDir(from)) {
    if (isFile) await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}
