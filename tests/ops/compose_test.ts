import assert from "node:assert/strict";
import { z } from "zod";
import { OPS, readOps } from "../../scripts/ops/configuration.ts";

/** The keys of a service that the file uses, of those that the Compose specification has. */
const service = z.strictObject({
  image: z.string().regex(/^[\w./-]+:v?\d+\.\d+\.\d+$/, "Pin the version"),
  command: z.array(z.string()).optional(),
  working_dir: z.string().optional(),
  environment: z.record(z.string(), z.string()).optional(),
  volumes: z.array(z.string()),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+:\d+$/, "Listen on loopback")).optional(),
  extra_hosts: z.array(z.string()).optional(),
  depends_on: z.array(z.string()).optional(),
  restart: z.literal("unless-stopped"),
});
const compose = z.strictObject({
  name: z.string(),
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.null()),
});
const prometheus = z.object({
  alerting: z.object({
    alertmanagers: z.array(z.object({
      static_configs: z.array(z.object({ targets: z.array(z.string()) })),
    })),
  }),
});
const datasources = z.object({ datasources: z.array(z.object({ url: z.url() })) });

Deno.test("compose.yaml pins versions, listens on loopback and mounts what is there", async () => {
  const file = compose.parse(await readOps("compose.yaml"));
  assert.deepEqual(Object.keys(file.services).sort(), [
    "alertmanager",
    "blackbox",
    "grafana",
    "prometheus",
  ]);
  for (const [name, { volumes, depends_on = [] }] of Object.entries(file.services)) {
    for (const volume of volumes) {
      const [from = ""] = volume.split(":");
      if (!from.startsWith("./")) assert.ok(from in file.volumes, `${name}: volume ${from}`);
      else assert.ok((await Deno.stat(`${OPS}/${from}`)).isDirectory, `${name}: ${from}`);
    }
    for (const other of depends_on) assert.ok(other in file.services, `${name} needs ${other}`);
  }
});

Deno.test("the services of compose.yaml find one another by their names", async () => {
  const names = Object.keys(compose.parse(await readOps("compose.yaml")).services);
  const { alerting } = prometheus.parse(await readOps("prometheus/prometheus.yml"));
  const hosts = alerting.alertmanagers.flatMap(({ static_configs }) =>
    static_configs.flatMap(({ targets }) => targets)
  );
  const { datasources: sources } = datasources.parse(
    await readOps("grafana/provisioning/datasources/prometheus.yml"),
  );
  hosts.push(...sources.map(({ url }) => new URL(url).host));
  const text = await Deno.readTextFile(`${OPS}/prometheus/prometheus.yml`);
  assert.match(text, /replacement: blackbox:9115/);
  for (const host of hosts) assert.ok(names.includes(host.split(":")[0] ?? ""), host);
});
